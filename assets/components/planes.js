// What the two views of a plane share, plane.js and surface.js: panels with their captions, a legend.

function floats(blob) {
  const copy = blob.slice()  // a blob need not begin at a multiple of four bytes
  return new Float32Array(copy.buffer, 0, copy.byteLength >> 2)
}

// A figure with a title, a note, a square frame, and what its two sides stand for.
function framed() {
  const title = element("div", { class: "title" }), note = element("div", { class: "note" })
  const left = element("div", { class: "left" }), below = element("div", { class: "below" })
  const frame = element("div", { class: "frame" })
  const figure = element("div", { class: "panel" }, title, note, element("div", { class: "body" }, left, frame, below))
  const label = ({ x, y, sides = true, ...one }) => {
    title.textContent = one.title
    note.textContent = one.note
    const ends = (axis, name) => [show(axis[0], 2), name, show(axis.at(-1), 2)].map(text => element("span", { text }))
    left.replaceChildren(...(sides ? ends(y, one.sideways[1]) : []))
    below.replaceChildren(...(sides ? ends(x, one.sideways[0]) : []))
  }
  return { figure, frame, label }
}

// A bar of the bands with the loss at every few edges.
function drawLegend(legend, { edges, colours, marks }, words) {
  const bar = element("div", { class: "bar", role: "img", "aria-label": words.scale })
  colours.forEach((colour, i) => {
    const block = element("i")
    Object.assign(block.style, { left: `${100 * i / colours.length}%`, width: `${100 / colours.length + 0.2}%`, background: colour })
    bar.append(block)
  })
  for (const [edge, text] of marks) {
    const mark = element("b", { text })
    mark.style.left = `${100 * (edges.indexOf(edge) + 1) / colours.length}%`
    bar.append(mark)
  }
  legend.replaceChildren(element("span", { text: words.scale }), bar, element("span", { text: words.path }))
}
