// The loss over planes as surfaces, turned by dragging or with the arrow keys, all panels alike.
// In: PlanesMessage, and for each panel the height of every point as float32, the decimal logarithm of
// the loss; `lift` are those at the points of the path.
const START = { yaw: -0.6, pitch: 0.62 }, TURN = 0.12, PER_PIXEL = 0.01, FLATTEST = 0.05, STEEPEST = 1.5

export default component(place => {
  const turn = { ...START }, hint = say("Drag a surface to turn it, or use the arrow keys; Home turns it back.")
  let header = null, panels = [], asked = 0

  function addPanel(_, grid) {
    const parts = framed(), canvas = element("canvas", { role: "application", tabindex: "0" })
    parts.frame.classList.add("wide")
    parts.frame.append(canvas)
    grid.append(parts.figure)
    const panel = { canvas, ...parts, update(one, [heights]) {
      panel.heights = numbersOf(heights)
      parts.label({ ...one, sides: false })
      canvas.setAttribute("aria-label", `${one.alt} ${hint}`)
    } }
    canvas.onpointerdown = event => canvas.setPointerCapture(event.pointerId)
    canvas.onpointermove = event => {
      if (!canvas.hasPointerCapture(event.pointerId)) return
      rotate(event.movementX * PER_PIXEL, event.movementY * PER_PIXEL)
    }
    onKeys(canvas, {
      arrow: (right, down) => rotate(TURN * right, TURN * down),
      Home() { Object.assign(turn, START); redraw() },
    })
    observer.observe(canvas)
    return panel
  }

  function rotate(yaw, pitch) {
    turn.yaw += yaw
    turn.pitch = clamp(turn.pitch + pitch, FLATTEST, STEEPEST)
    redraw()
  }

  function redraw() {
    asked ||= requestAnimationFrame(() => { asked = 0; for (const panel of panels) paint(panel, turn, header) })
  }

  const observer = place.onResize(redraw)
  place.atEnd(() => cancelAnimationFrame(asked))
  place.find(".readout").replaceChildren(element("span", { class: "hint", text: hint }))
  return planesView(place, 1, addPanel, (...news) => { [header, panels] = news; redraw() })
})

function paint(panel, { yaw, pitch }, { legend, text, path }) {
  const { canvas, heights, x, y } = panel, ratio = window.devicePixelRatio || 1
  const side = Math.round(canvas.clientWidth * ratio), tallness = Math.round(canvas.clientHeight * ratio)
  if (!side || !heights) return
  if (canvas.width !== side || canvas.height !== tallness) Object.assign(canvas, { width: side, height: tallness })
  const context = canvas.getContext("2d")
  context.clearRect(0, 0, side, tallness)
  const [low, high] = [legend.edges[0], legend.edges.at(-1)]
  const [cy, sy, cp, sp] = [Math.cos(yaw), Math.sin(yaw), Math.cos(pitch), Math.sin(pitch)]
  const [acrossOf, awayOf] = [x, y].map(axis => linear([axis[0], axis.at(-1)], [-1, 1]))
  const heightOf = linear([low, high], [-0.55, 0.6]), tall = value => heightOf(clamp(value, low, high))
  const project = (a, b, h) => {  // orthographic: turned about the vertical, then tilted
    const right = a * cy - b * sy, away = a * sy + b * cy
    return [side * (0.5 + 0.33 * right), 0.54 * tallness - 0.31 * side * (h * cp + away * sp)]
  }
  const columns = x.length, rows = y.length
  const corner = ([row, column]) => project(acrossOf(x[column]), awayOf(y[row]), tall(heights[row * columns + column]))
  // Far cells first: a field of heights needs no other sorting.
  const rowOrder = order(rows - 1, cy > 0), columnOrder = order(columns - 1, sy > 0)
  const every = Math.max(1, Math.round(columns / 25))
  context.lineWidth = ratio
  context.lineJoin = "round"
  for (const row of rowOrder) for (const column of columnOrder) {
    const places = [[row, column], [row, column + 1], [row + 1, column + 1], [row + 1, column]]
    const mean = places.reduce((sum, [r, c]) => sum + heights[r * columns + c], 0) / 4
    if (Number.isNaN(mean)) continue
    const corners = places.map(corner)
    trace(context, corners)
    context.closePath()
    const colour = colourAt(legend.colours, (mean - low) / (high - low))
    context.fillStyle = context.strokeStyle = `rgb(${colour.join()})`
    context.fill()
    context.stroke()
    context.strokeStyle = text
    context.globalAlpha = 0.22
    if (row % every === 0) { trace(context, corners.slice(0, 2)); context.stroke() }
    if (column % every === 0) { trace(context, [corners[3], corners[0]]); context.stroke() }
    context.globalAlpha = 1
  }
  const along = panel.path.map(([a, b], i) => project(acrossOf(a), awayOf(b), tall(panel.lift[i]) + 0.02))
  drawPath(context, along, path, ratio)
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
