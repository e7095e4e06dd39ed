// What the two views of a plane share, plane.js and surface.js: panels with their captions, a legend.
/**
 * `x` and `y` are the places that were computed, `path` those of the training run and `near` how near it was.
 * @typedef {{title: string, note: string, alt: string, digest: number, sideways: [string, string], x: number[],
 *   y: number[], path: [number, number][], near: number[], steps: number[], off: string[], truth: string[],
 *   foot: string[], lift?: number[]}} PlanePanel
 * @typedef {{panels: PlanePanel[], part: 0 | 1, least: string, columns: number, path: string, text: string,
 *   legend: {edges: number[], colours: string[], marks: [number, string][]}}} PlanesMessage
 */

// `addPanel` makes a panel in the grid, with what updates it from its part of the message and ends it.
function planesView({ find, atEnd }, perPanel, addPanel, drawn) {
  const root = find(".planes"), panels = []
  const end = length => panels.splice(length).forEach(panel => { panel.end?.(); panel.figure.remove() })
  atEnd(() => end(0))
  return data => {
    const { header, blobs } = unpack(data)
    for (const name of ["path", "least", "columns"]) root.style.setProperty(`--${name}`, header[name])
    while (panels.length < header.panels.length) panels.push(addPanel(panels.length, find(".panels")))
    end(header.panels.length)
    header.panels.forEach((one, i) => {
      Object.assign(panels[i], one)
      panels[i].update(one, blobs.slice(perPanel * i, perPanel * (i + 1)))
    })
    drawLegend(find(".legend"), header.legend)
    drawn(header, panels)
  }
}

// A figure with a title, a note, a square frame, and what its two sides stand for.
function framed() {
  const title = element("div", { class: "title" }), note = element("div", { class: "note" })
  const left = element("div", { class: "left" }), under = element("div", { class: "below" })
  const frame = element("div", { class: "frame" }), body = element("div", { class: "body" }, left, frame, under)
  const label = ({ x, y, sides = true, ...one }) => {
    title.textContent = one.title
    note.textContent = one.note
    const ends = (axis, name) => [show(axis[0], 2), name, show(axis.at(-1), 2)].map(text => element("span", { text }))
    left.replaceChildren(...(sides ? ends(y, one.sideways[1]) : []))
    under.replaceChildren(...(sides ? ends(x, one.sideways[0]) : []))
  }
  return { figure: element("div", { class: "panel" }, title, note, body), frame, label }
}

// A bar of the bands with the loss at every few edges.
function drawLegend(legend, { edges, colours, marks }) {
  const text = say("Loss in nats, 10 and more in one colour")
  const bar = element("div", { class: "bar", role: "img", "aria-label": text }), part = 100 / colours.length
  colours.forEach((colour, i) => {
    bar.append(element("i", { style: `left: ${part * i}%; width: ${part + 0.2}%; background: ${colour}` }))
  })
  for (const [edge, number] of marks) {
    bar.append(element("b", { text: number, style: `left: ${part * (edges.indexOf(edge) + 1)}%` }))
  }
  const path = say("The line is the path of training; the fuller a point, the nearer the network was to the plane. " +
    "The large point is where training ended.")
  legend.replaceChildren(element("span", { text }), bar, element("span", { text: path }))
}
