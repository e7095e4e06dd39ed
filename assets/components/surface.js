// The loss over planes as surfaces, turned by dragging or with the arrow keys, all panels alike.
// In: as plane.js, but for each panel one blob: the height of every point as float32, the decimal
// logarithm of the loss; `lift` are those at the points of the path.
const surfaces = new WeakMap()
const START = { yaw: -0.6, pitch: 0.62 }, TURN = 0.12, PER_PIXEL = 0.01, FLATTEST = 0.05, STEEPEST = 1.5

export default function (component) {
  const { parentElement, data } = component
  let view = surfaces.get(parentElement)
  if (!view) surfaces.set(parentElement, (view = createSurfaces(parentElement)))
  const { header, blobs } = unpack(data)
  view.update(header, blobs)
  return () => view.stop()
}

function createSurfaces(parentElement) {
  const find = selector => parentElement.querySelector(selector)
  const root = find(".planes"), grid = find(".panels"), readout = find(".readout"), legend = find(".legend")
  const turn = { ...START }
  let header = null, panels = [], asked = 0

  function update(next, blobs) {
    header = next
    root.style.setProperty("--least", header.least)
    root.style.setProperty("--columns", header.columns)
    while (panels.length < header.panels.length) panels.push(addPanel())
    while (panels.length > header.panels.length) panels.pop().figure.remove()
    header.panels.forEach((one, i) => panels[i].update(one, floats(blobs[i])))
    drawLegend(legend, header.legend, header.words)
    readout.replaceChildren(element("span", { class: "hint", text: header.words.turn }))
    redraw()
  }

  function addPanel() {
    const parts = framed(), canvas = element("canvas", { role: "img", tabindex: "0" })
    parts.frame.classList.add("wide")
    parts.frame.append(canvas)
    grid.append(parts.figure)
    const panel = { canvas, ...parts }
    panel.update = (one, heights) => {
      Object.assign(panel, one, { heights })
      parts.label({ ...one, sides: false })
      canvas.setAttribute("aria-label", `${one.alt} ${header.words.turn}`)
    }
    canvas.onpointerdown = event => canvas.setPointerCapture(event.pointerId)
    canvas.onpointermove = event => {
      if (!canvas.hasPointerCapture(event.pointerId)) return
      rotate(event.movementX * PER_PIXEL, event.movementY * PER_PIXEL)
    }
    canvas.onkeydown = event => {
      const turns = { ArrowLeft: [-TURN, 0], ArrowRight: [TURN, 0], ArrowUp: [0, -TURN], ArrowDown: [0, TURN] }
      if (event.key === "Home") { Object.assign(turn, START); redraw() }
      else if (event.key in turns) rotate(...turns[event.key])
      else return
      event.preventDefault()
    }
    observer.observe(canvas)
    return panel
  }

  function rotate(yaw, pitch) {
    turn.yaw += yaw
    turn.pitch = Math.min(Math.max(turn.pitch + pitch, FLATTEST), STEEPEST)
    redraw()
  }

  function redraw() {
    if (!asked) asked = requestAnimationFrame(() => { asked = 0; for (const panel of panels) paint(panel, turn, header) })
  }

  const observer = new ResizeObserver(redraw)
  return { update, stop() { observer.disconnect(); cancelAnimationFrame(asked); surfaces.delete(parentElement) } }
}

function paint(panel, { yaw, pitch }, { legend, text, path }) {
  const { canvas, heights, x, y } = panel, ratio = window.devicePixelRatio || 1
  const side = Math.round(canvas.clientWidth * ratio), tallness = Math.round(canvas.clientHeight * ratio)
  if (!side || !heights) return
  if (canvas.width !== side || canvas.height !== tallness) Object.assign(canvas, { width: side, height: tallness })
  const context = canvas.getContext("2d")
  context.clearRect(0, 0, side, tallness)
  const [low, high] = [legend.edges[0], legend.edges.at(-1)]
  const [cy, sy, cp, sp] = [Math.cos(yaw), Math.sin(yaw), Math.cos(pitch), Math.sin(pitch)]
  const unit = (value, axis) => 2 * (value - axis[0]) / (axis.at(-1) - axis[0]) - 1
  const tall = value => 1.15 * (Math.min(Math.max(value, low), high) - low) / (high - low) - 0.55
  const project = (a, b, h) => {  // orthographic: turned about the vertical, then tilted
    const right = a * cy - b * sy, away = a * sy + b * cy
    return [side * (0.5 + 0.33 * right), 0.54 * tallness - 0.31 * side * (h * cp + away * sp)]
  }
  const columns = x.length, rows = y.length
  const corner = (row, column) => project(unit(x[column], x), unit(y[row], y), tall(heights[row * columns + column]))
  // Far cells first: a field of heights needs no other sorting.
  const rowOrder = order(rows - 1, cy > 0), columnOrder = order(columns - 1, sy > 0)
  const every = Math.max(1, Math.round(columns / 25))
  context.lineWidth = ratio
  context.lineJoin = "round"
  for (const row of rowOrder) for (const column of columnOrder) {
    const places = [[row, column], [row, column + 1], [row + 1, column + 1], [row + 1, column]]
    const mean = places.reduce((sum, [r, c]) => sum + heights[r * columns + c], 0) / 4
    if (Number.isNaN(mean)) continue
    const corners = places.map(([r, c]) => corner(r, c))
    trace(context, corners)
    context.closePath()
    context.fillStyle = context.strokeStyle = `rgb(${colourAt(legend.colours, (mean - low) / (high - low)).join()})`
    context.fill()
    context.stroke()
    context.strokeStyle = text
    context.globalAlpha = 0.22
    if (row % every === 0) { trace(context, corners.slice(0, 2)); context.stroke() }
    if (column % every === 0) { trace(context, [corners[3], corners[0]]); context.stroke() }
    context.globalAlpha = 1
  }
  drawPath(context, panel.path.map(([a, b], i) => project(unit(a, x), unit(b, y), tall(panel.lift[i]) + 0.02)), path, ratio)
}

function order(count, farFirst) {
  const places = Array.from({ length: count }, (_, i) => i)
  return farFirst ? places.reverse() : places
}

function trace(context, points) {
  context.beginPath()
  points.forEach(([x, y], i) => (i ? context.lineTo(x, y) : context.moveTo(x, y)))
}

function drawPath(context, points, colour, ratio) {
  const sound = points.filter(point => point.every(Number.isFinite))
  if (!sound.length) return
  context.strokeStyle = context.fillStyle = colour
  context.lineWidth = 2 * ratio
  trace(context, sound)
  context.stroke()
  sound.forEach(([x, y], i) => {
    context.beginPath()
    context.arc(x, y, (i === sound.length - 1 ? 5 : 2.4) * ratio, 0, 2 * Math.PI)
    context.fill()
  })
}
