// The same logits through two outputs: a card for each with a bar for every probability and for the
// gradient that goes back. Every number is the server's; sliders that are dragged send new ones.
// In: {name, number, colours: {share, down, up}, words, cards: [{title, note, rows: [{label, share,
// gradient, wanted}], total, loss}]}.
const views = new WeakMap()

export default function (component) {
  const { parentElement, data } = component
  let view = views.get(parentElement)
  if (!view) views.set(parentElement, (view = createView(parentElement)))
  view.update(data)
  return () => view.stop()
}

function createView(parentElement) {
  const root = parentElement.querySelector(".outputs")
  let name = null, number = -1

  function update(data) {
    const { header } = unpack(data)
    if (header.number < number) return
    name = header.name
    number = header.number
    root.replaceChildren(...header.cards.map(card => drawCard(card, header)))
  }

  const live = event => { if (event.detail.name === name) update(event.detail.message) }
  window.addEventListener("deepglass-live", live)
  return { update, stop() { window.removeEventListener("deepglass-live", live); views.delete(parentElement) } }
}

function drawCard({ title, note, rows, total, loss }, { words, colours }) {
  const heading = element("tr", {}, ...["", words.probability, "", words.gradient, ""].map(text => element("th", { text })))
  const body = rows.map(row => drawRow(row, colours))
  const sums = element("tr", { class: "total" }, element("td", { text: words.sum }), element("td"),
    element("td", { class: "number", text: show(total) }), element("td", { text: words.loss }), element("td", { class: "number", text: show(loss) }))
  const table = element("table", {}, element("thead", {}, heading), element("tbody", {}, ...body, sums))
  return element("section", { class: "card" }, element("h3", { text: title }), element("p", { text: note }), table)
}

function drawRow({ label, share, gradient, wanted }, colours) {
  const name = element("td", { class: wanted ? "true" : null, text: label })
  const number = value => element("td", { class: "number", text: show(value) })
  const filled = element("i", { style: `left:0;width:${100 * share}%;background:${colours.share}` })
  const width = 50 * Math.min(Math.abs(gradient), 1)
  const side = gradient < 0 ? `left:${50 - width}%` : "left:50%"
  const pulled = element("i", { style: `${side};width:${width}%;background:${gradient < 0 ? colours.down : colours.up}` })
  return element("tr", {}, name,
    element("td", {}, element("div", { class: "bar", "aria-hidden": "true" }, filled)), number(share),
    element("td", {}, element("div", { class: "bar signed", "aria-hidden": "true" }, pulled)), number(gradient))
}
