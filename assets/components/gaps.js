// Rows of bars, each from one value to another on a scale that all have, and a sentence below. Every number and every
// word is the server's; sliders that are dragged send new ones.
/**
 * `start` and `end` are parts of the scale, from 0 to 1. A word between double asterisks is bold. `also` is the name of
 * a second chart that a drag moves, whose message is the last blob.
 * @typedef {{title: string, note: string, start: number, end: number, colour: string, value: string, says: string,
 *   strong: boolean}} GapRow
 * @typedef {{name: string, number: number, alt: string, rows: GapRow[], told: string, also?: string}} GapsMessage
 */
export default component(place => {
  const { find } = place
  let name = null, number = -1

  function update(message) {
    /** @type {{header: GapsMessage, blobs: Uint8Array[]}} */
    const { header, blobs } = unpack(message)
    if (header.number < number) return
    name = header.name
    number = header.number
    find(".rows").setAttribute("aria-label", header.alt)
    find(".rows").replaceChildren(...header.rows.map(drawRow))
    find(".told").replaceChildren(...emphasised(header.told))
    if (header.also) {
      const detail = { name: header.also, message: blobs.at(-1) }
      window.dispatchEvent(new CustomEvent("deepglass-live", { detail }))
    }
  }

  place.onLive(() => name, update)
  return update
})

function drawRow({ title, note, start, end, colour, value, says, strong }) {
  const [low, high] = [start, end].map(one => clamp(100 * one, 0, 100)).sort((one, other) => one - other)
  const bar = element("i", { style: `left:${low}%;width:${high - low}%;background:${colour}` })
  return element("div", { class: strong ? "row strong" : "row", role: "listitem" },
    element("div", { class: "title", text: title }, element("span", { class: "note", text: note })),
    element("div", { class: "track", "aria-hidden": "true" }, bar),
    element("div", { class: "value", text: value }), element("div", { class: "says", text: says }))
}

function emphasised(text) {
  return text.split("**").map((part, place) => place % 2 ? element("b", { text: part }) : part)
}
