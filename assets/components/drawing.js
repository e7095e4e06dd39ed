// A small board to draw a digit on, with the pointer or with keys.
// Out, state "drawn": {strokes, number}, after each stroke; none: wiped.
/** @typedef {{strokes: [number, number][][], number: number}} DrawingMessage Places are in [0, 1]. */
const PEN = 0.075, NEAREST = 0.012, MOST_POINTS = 1500, STEP = 0.04

export default component(place => {
  const canvas = place.find("canvas"), wipe = place.find("button"), said = place.find(".said")
  let strokes = [], number = 0, current = null, spot = [0.5, 0.5]
  canvas.setAttribute("aria-label", say("A board to draw a digit on with the pointer, or with keys: the arrow keys " +
    "move the pen, Enter puts it down and lifts it."))
  wipe.textContent = say("Wipe")

  function draw() {
    const pen = canvas.getContext("2d"), size = canvas.width
    pen.clearRect(0, 0, size, size)
    Object.assign(pen, { lineWidth: PEN * size, lineCap: "round", lineJoin: "round", strokeStyle: "#ffffff" })
    for (const stroke of strokes) {
      pen.beginPath()
      for (const [index, [x, y]] of stroke.entries()) pen[index ? "lineTo" : "moveTo"](x * size, y * size)
      if (stroke.length === 1) pen.lineTo(stroke[0][0] * size + 0.1, stroke[0][1] * size)
      pen.stroke()
    }
    if (!canvas.matches(":focus-visible")) return
    Object.assign(pen, { lineWidth: 2, strokeStyle: current ? "#ffd84d" : "#8a939e" })
    pen.beginPath()
    pen.arc(spot[0] * size, spot[1] * size, (PEN * size) / 2 + 3, 0, 2 * Math.PI)
    pen.stroke()
  }

  const bounded = part => Math.round(1000 * clamp(part, 0, 1)) / 1000
  const tell = () => { number = later(number); place.report("drawn", { strokes, number }) }
  function begin(point) {
    current = [point]
    strokes = [...strokes, current]
    draw()
  }
  function go(point) {
    const [x, y] = current.at(-1)
    if (Math.hypot(point[0] - x, point[1] - y) < NEAREST || strokes.flat().length >= MOST_POINTS) return
    current.push(point)
    draw()
  }
  function end() { if (current) { current = null; draw(); tell() } }

  const at = event => partUnder(event, canvas).map(bounded)
  canvas.onpointerdown = event => { end(); canvas.setPointerCapture(event.pointerId); begin(at(event)) }
  canvas.onpointermove = event => { if (current && canvas.hasPointerCapture(event.pointerId)) go(at(event)) }
  canvas.onpointerup = canvas.onpointercancel = canvas.onblur = end
  canvas.onfocus = draw
  onKeys(canvas, {
    far: 3,
    arrow(right, down) {
      spot = [spot[0] + STEP * right, spot[1] + STEP * down].map(bounded)
      if (current) go(spot)
      draw()
      tellPlace()
    },
    Enter() { if (current) end(); else begin(spot); tellPlace() },
    Escape: end,
  })
  function tellPlace() {
    const [x, y] = spot.map(part => `${Math.round(100 * part)}%`)
    said.textContent = current ? say("Pen down, {x} from the left, {y} from the top", { x, y })
      : say("Pen up, {x} from the left, {y} from the top", { x, y })
  }
  wipe.onclick = () => { strokes = []; draw(); tell() }

  return (/** @type {DrawingMessage} */ data) => {
    if (data.number >= number && !current) { number = data.number; strokes = data.strokes }
    draw()
  }
})
