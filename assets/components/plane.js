// The loss on planes through trained networks: one panel a plane, pointed at in the browser. The same
// place is read in every panel at once; near the path of the training run its points are read.
// In: PlanesMessage, and for each panel its picture, and its losses on training and on validation as
// float32, row by row from the smallest y.
const NEAR = 3.2  // of the 100 units of a side: as near to a path point is on it

export default component(stand => {
  let header = null, panels = [], place = null  // place: {panel, row, column} or {panel, point}

  function addPanel(index, grid) {
    const parts = framed(), image = element("img", { alt: "", draggable: "false" })
    const lines = svg("svg", { viewBox: "0 0 100 100", "aria-hidden": "true" })
    const surface = element("div", { class: "surface", role: "application", tabindex: "0" })
    parts.frame.append(image, lines, surface)
    grid.append(parts.figure)
    let shown = null
    const panel = {
      ...parts,
      update(one, [picture, ...losses]) {
        panel.losses = losses.map(blob => numbersOf(blob))
        parts.label(one)
        const keys = say("Arrow keys move the place that is read, Home goes to the network.")
        surface.setAttribute("aria-label", `${one.alt} ${keys}`)
        if (shown === one.digest) return
        shown = one.digest
        URL.revokeObjectURL(image.src)
        image.src = addressOf(picture, "image/png")
      },
      draw: () => lines.replaceChildren(...pathMarks(panel), ...crossMarks(panel, place)),
      end: () => URL.revokeObjectURL(image.src),
    }
    const go = to => { place = to; refresh() }
    surface.onpointermove = surface.onpointerdown = event => {
      go(placeAt(panel, index, ...partUnder(event, surface).map(part => 100 * part)))
    }
    surface.onpointerleave = () => go(null)
    onKeys(surface, {
      arrow: (right, down) => go(moved(panel, index, place, [-down, right])),
      Home: () => go(centreOf(panel, index)), Escape: () => go(null),
    })
    return panel
  }

  function refresh() {
    for (const panel of panels) panel.draw()
    const hint = say("Point at a plane to read the loss there, and at its path to read a checkpoint.")
    const read = place === null ? [element("span", { class: "hint", text: hint })] : told(panels, place, header.part)
    stand.find(".readout").replaceChildren(...read)
  }

  return planesView(stand, 3, addPanel, (...news) => { [header, panels] = news; refresh() })
})

// Where a point of the plane lies on a panel of 100 × 100, the largest y on top.
const spotOf = (panel, [x, y]) =>
  [linear([panel.x[0], panel.x.at(-1)], [0, 100])(x), linear([panel.y[0], panel.y.at(-1)], [100, 0])(y)]

function distancesTo(panel, [u, v]) {
  return panel.path.map(place => spotOf(panel, place)).map(([x, y]) => Math.hypot(x - u, y - v))
}

// Whether the path can be pointed at: not where it is a dot at the centre.
const isWide = panel => Math.max(...distancesTo(panel, spotOf(panel, [0, 0])), 0) > 8
const cellOf = (panel, index, row, column) =>
  ({ panel: index, row: clamp(row, 0, panel.y.length - 1), column: clamp(column, 0, panel.x.length - 1) })
const centreOf = (panel, index) => cellOf(panel, index, panel.y.indexOf(0), panel.x.indexOf(0))

function placeAt(panel, index, u, v) {
  const distances = distancesTo(panel, [u, v])
  const nearest = Math.min(...distances, Infinity)
  if (nearest < NEAR && isWide(panel)) return { panel: index, point: distances.lastIndexOf(nearest) }
  const [row, column] = [(1 - v / 100) * (panel.y.length - 1), u / 100 * (panel.x.length - 1)]
  return cellOf(panel, index, Math.round(row), Math.round(column))
}

function moved(panel, index, place, [rows, columns]) {
  const from = place?.panel === index && "row" in place ? place : centreOf(panel, index)
  return cellOf(panel, index, from.row + rows, from.column + columns)
}

function told(panels, place, part) {
  const panel = panels[place.panel], { row, column, point } = place
  if (point !== undefined) {
    const { steps, off, truth, foot } = panel
    const text = say("Step {step}: {off} off the plane.", { step: steps[point], off: off[point] })
    const losses = { truth: truth[point], foot: foot[point] }
    return [element("b", { text }), ` ${say("Its true loss is {truth}, its projection has {foot}", losses)}`]
  }
  const text = `x = ${show(panel.x[column], 2)}, y = ${show(panel.y[row], 2)}: `
  const values = panels.map(one => {
    const [training, validation] = one.losses.map(losses => digits(losses[row * one.x.length + column]))
    const both = part === 0
      ? say("{training} on training ({validation} on validation)", { training, validation })
      : say("{validation} on validation ({training} on training)", { training, validation })
    return panels.length > 1 ? `${one.title} ${both}` : both
  })
  return [element("b", { text }), values.join(" · ")]
}

function digits(value) {
  if (Number.isNaN(value)) return say("not yet")
  if (!Number.isFinite(value)) return say("no finite number")
  return printed(value, size => size >= 100 ? size.toFixed(0) : size.toPrecision(3))
}

// The path: a line with a halo, and a point for each checkpoint, the fuller the nearer to the plane.
function pathMarks(panel) {
  if (!panel.path.length) return []
  const places = panel.path.map(place => spotOf(panel, place)), wide = isWide(panel)
  const points = places.map(place => place.map(value => value.toFixed(2)).join()).join(" ")
  const marks = [svg("polyline", { points, class: "halo" }), svg("polyline", { points, class: "line" })]
  places.forEach(([cx, cy], i) => {
    const end = i === places.length - 1, r = end ? 1.9 : i === 0 ? 1.7 : 1.1
    const look = { class: end ? "dot end" : "dot", fill: "var(--path)", "fill-opacity": end ? 1 : panel.near[i] }
    marks.push(svg("circle", { cx, cy, r, class: "under" }))
    if (wide && (i === 0 || end)) marks.push(name(cx, cy, i === 0 ? say("start") : say("end")))
    marks.push(svg("circle", { cx, cy, r, ...look }))
  })
  return marks
}

// "start" and "end" beside their points; not where both are one dot.
function name(x, y, text) {
  const left = x > 80
  return svg("text", { x: left ? x - 3 : x + 3, y: y + 1.2, "text-anchor": left ? "end" : "start" }, text)
}

function crossMarks(panel, place) {
  if (place === null || !("row" in place)) return []
  const { row, column } = cellOf(panel, 0, place.row, place.column)
  const [x, y] = spotOf(panel, [panel.x[column], panel.y[row]])
  const d = `M${x - 4} ${y}H${x + 4}M${x} ${y - 4}V${y + 4}`
  return ["cross halo", "cross"].map(kind => svg("path", { d, class: kind }))
}
