// The same logits through two outputs: a card for each with a bar for every probability and for the
// gradient that goes back. Every number is the server's; sliders that are dragged send new ones.
/**
 * @typedef {{label: string, share: number, gradient: number, wanted: boolean}} OutputRow
 * @typedef {{name: string, number: number, colours: {share: string, down: string, up: string},
 *   cards: {title: string, note: string, rows: OutputRow[], total: number, loss: number}[]}} OutputsMessage
 */
export default component(place => {
  const root = place.find(".outputs")
  let name = null, number = -1

  function update(data) {
    /** @type {{header: OutputsMessage}} */
    const { header } = unpack(data)
    if (header.number < number) return
    name = header.name
    number = header.number
    root.replaceChildren(...header.cards.map(card => drawCard(card, header.colours)))
  }
  place.onLive(() => name, update)
  return update
})

const cell = value => element("td", { class: "number", text: show(value) })

function drawCard({ title, note, rows, total, loss }, colours) {
  const heading = element("tr", {}, ...["", "p", "", "∂L/∂z", ""].map(text => element("th", { text })))
  const sums = element("tr", { class: "total" }, element("td", { text: say("sum") }), element("td"), cell(total),
    element("td", { text: say("loss L") }), cell(loss))
  const body = element("tbody", {}, ...rows.map(row => drawRow(row, colours)), sums)
  const table = element("table", {}, element("thead", {}, heading), body)
  return element("section", { class: "card" }, element("h2", { text: title }), element("p", { text: note }), table)
}

function drawRow({ label, share, gradient, wanted }, colours) {
  const name = element("td", wanted ? { class: "true", text: say("{label} (true)", { label }) } : { text: label })
  const bar = (kind, style) =>
    element("td", {}, element("div", { class: kind, "aria-hidden": "true" }, element("i", { style })))
  const width = 50 * Math.min(Math.abs(gradient), 1), start = gradient < 0 ? 50 - width : 50
  const pulled = `left:${start}%;width:${width}%;background:${gradient < 0 ? colours.down : colours.up}`
  return element("tr", {}, name, bar("bar", `left:0;width:${100 * share}%;background:${colours.share}`), cell(share),
    bar("bar signed", pulled), cell(gradient))
}
