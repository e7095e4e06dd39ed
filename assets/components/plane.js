// The loss on planes through trained networks: one panel a plane, pointed at in the browser. The same
// place is read in every panel at once; near the path of the training run its points are read.
// In: {panels: [{title, note, alt, digest, x, y, path, steps, off, truth, foot}], part, legend,
// words, least, columns, path}, and for each panel its picture, and its losses on training and on
// validation as float32, row by row from the smallest y.
const planes = new WeakMap()
const NEAR = 3.2  // of the 100 units of a side: as near to a path point is on it

export default function (component) {
  const { parentElement, data } = component
  let view = planes.get(parentElement)
  if (!view) planes.set(parentElement, (view = createPlanes(parentElement)))
  const { header, blobs } = unpack(data)
  view.update(header, blobs)
  return () => view.stop()
}

function createPlanes(parentElement) {
  const find = selector => parentElement.querySelector(selector)
  const root = find(".planes"), grid = find(".panels"), readout = find(".readout"), legend = find(".legend")
  let header = null, panels = [], place = null  // place: {panel, row, column} or {panel, point}

  function update(next, blobs) {
    header = next
    root.style.setProperty("--path", header.path)
    root.style.setProperty("--least", header.least)
    root.style.setProperty("--columns", header.columns)
    while (panels.length < header.panels.length) panels.push(addPanel(panels.length))
    while (panels.length > header.panels.length) panels.pop().remove()
    header.panels.forEach((one, i) => panels[i].update(one, blobs.slice(3 * i, 3 * i + 3)))
    drawLegend(legend, header.legend, header.words)
    refresh()
  }

  function addPanel(index) {
    const parts = framed(), image = element("img", { alt: "", draggable: "false" })
    const lines = svg("svg", { viewBox: "0 0 100 100", "aria-hidden": "true" })
    const surface = element("div", { class: "surface", role: "img", tabindex: "0" })
    parts.frame.append(image, lines, surface)
    grid.append(parts.figure)
    const panel = { losses: [], ...parts }
    let digest = null
    panel.update = (one, [picture, ...losses]) => {
      Object.assign(panel, one)
      panel.losses = losses.map(floats)
      parts.label(one)
      surface.setAttribute("aria-label", `${one.alt} ${header.words.keys}`)
      if (digest !== one.digest) {
        digest = one.digest
        URL.revokeObjectURL(image.src)
        image.src = URL.createObjectURL(new Blob([picture], { type: "image/png" }))
      }
    }
    panel.draw = () => lines.replaceChildren(...pathMarks(panel, header.words), ...crossMarks(panel, place))
    panel.remove = () => { URL.revokeObjectURL(image.src); parts.figure.remove() }
    surface.onpointermove = surface.onpointerdown = event => {
      const box = surface.getBoundingClientRect()
      const u = 100 * (event.clientX - box.left) / box.width, v = 100 * (event.clientY - box.top) / box.height
      place = placeAt(panel, index, u, v)
      refresh()
    }
    surface.onpointerleave = () => { place = null; refresh() }
    surface.onkeydown = event => {
      const moves = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [1, 0], ArrowDown: [-1, 0] }
      if (event.key === "Escape") place = null
      else if (event.key === "Home") place = centreOf(panel, index)
      else if (event.key in moves) place = moved(panel, index, place, moves[event.key])
      else return
      event.preventDefault()
      refresh()
    }
    return panel
  }

  function refresh() {
    for (const panel of panels) panel.draw()
    const said = place === null ? [element("span", { class: "hint", text: header.words.hint })] : told(panels, place, header)
    readout.replaceChildren(...said)
  }

  return { update, stop() { panels.forEach(panel => panel.remove()); planes.delete(parentElement) } }
}

// Where a point of the plane lies on a panel of 100 × 100, the largest y on top.
const across = (panel, x) => 100 * (x - panel.x[0]) / (panel.x.at(-1) - panel.x[0])
const up = (panel, y) => 100 - 100 * (y - panel.y[0]) / (panel.y.at(-1) - panel.y[0])
const bounded = (value, length) => Math.min(Math.max(value, 0), length - 1)

function placeAt(panel, index, u, v) {
  const distances = panel.path.map(([x, y]) => Math.hypot(across(panel, x) - u, up(panel, y) - v))
  const nearest = Math.min(...distances, Infinity)
  if (nearest < NEAR && spread(panel) > 8) return { panel: index, point: distances.lastIndexOf(nearest) }
  const column = bounded(Math.round(u / 100 * (panel.x.length - 1)), panel.x.length)
  const row = bounded(Math.round((1 - v / 100) * (panel.y.length - 1)), panel.y.length)
  return { panel: index, row, column }
}

// How far the path reaches on the panel: one that is a dot at the centre is not worth pointing at.
function spread(panel) {
  const reach = panel.path.map(([x, y]) => Math.hypot(across(panel, x) - across(panel, 0), up(panel, y) - up(panel, 0)))
  return Math.max(...reach, 0)
}

const centreOf = (panel, index) => ({ panel: index, row: panel.y.indexOf(0), column: panel.x.indexOf(0) })

function moved(panel, index, place, [rows, columns]) {
  const from = place?.panel === index && "row" in place ? place : centreOf(panel, index)
  return { panel: index, row: bounded(from.row + rows, panel.y.length), column: bounded(from.column + columns, panel.x.length) }
}

function told(panels, place, { words, part }) {
  const panel = panels[place.panel]
  if ("point" in place) {
    const { steps, off, truth, foot } = panel, i = place.point
    const text = words.point.replace("{step}", steps[i]).replace("{off}", off[i])
    const losses = words.losses.replace("{truth}", truth[i]).replace("{foot}", foot[i])
    return [element("b", { text }), ` ${losses}`]
  }
  const { row, column } = place
  const where = `x = ${show(panel.x[column], 2)}, y = ${show(panel.y[row], 2)}: `
  const values = panels.map(one => {
    const [training, validation] = one.losses.map(losses => digits(losses[row * one.x.length + column], words))
    const name = panels.length > 1 ? `${one.title} ` : ""
    return name + words.parts[part].replace("{training}", training).replace("{validation}", validation)
  })
  return [element("b", { text: where }), values.join(" · ")]
}

function digits(value, words) {
  if (Number.isNaN(value)) return words.later
  if (!Number.isFinite(value)) return words.endless
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3)
}

// The path: a line with a halo, and a point for each checkpoint, the fuller the nearer to the plane.
function pathMarks(panel, words) {
  if (!panel.path.length) return []
  const places = panel.path.map(([x, y]) => [across(panel, x), up(panel, y)])
  const points = places.map(place => place.map(value => value.toFixed(2)).join()).join(" ")
  const ends = spread(panel) > 8
  const marks = [svg("polyline", { points, class: "halo" }), svg("polyline", { points, class: "line" })]
  places.forEach(([cx, cy], i) => {
    const end = i === places.length - 1, r = end ? 1.9 : i === 0 ? 1.7 : 1.1
    marks.push(svg("circle", { cx, cy, r, class: "under" }))
    if (ends && (i === 0 || end)) marks.push(name(cx, cy, i === 0 ? words.start : words.end))
    marks.push(svg("circle", { cx, cy, r, class: end ? "dot end" : "dot", fill: "var(--path)", "fill-opacity": end ? 1 : panel.near[i] }))
  })
  return marks
}

// "start" and "end" beside their points; not where both are one dot.
function name(x, y, text) {
  const left = x > 80
  const made = svg("text", { x: left ? x - 3 : x + 3, y: y + 1.2, "text-anchor": left ? "end" : "start" })
  made.textContent = text
  return made
}

function crossMarks(panel, place) {
  if (place === null || !("row" in place)) return []
  const x = across(panel, panel.x[bounded(place.column, panel.x.length)]), y = up(panel, panel.y[bounded(place.row, panel.y.length)])
  const d = `M${x - 4} ${y}H${x + 4}M${x} ${y - 4}V${y + 4}`
  return [svg("path", { d, class: "cross halo" }), svg("path", { d, class: "cross" })]
}
