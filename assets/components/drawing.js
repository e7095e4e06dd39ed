// A small board to draw a digit on. Out, state "drawn": {strokes, number}, after each stroke; none: wiped.
/** @typedef {{strokes: [number, number][][], number: number}} DrawingMessage Places are in [0, 1]. */
const PEN = 0.075, NEAREST = 0.012, MOST_POINTS = 1500

export default component(place => {
  const canvas = place.find("canvas"), wipe = place.find("button")
  let strokes = [], number = 0, current = null
  canvas.setAttribute("aria-label", say("A board to draw a digit on with the pointer."))
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
  }

  const at = event => partUnder(event, canvas).map(part => Math.round(1000 * clamp(part, 0, 1)) / 1000)
  const tell = () => { number = later(number); place.report("drawn", { strokes, number }) }
  canvas.onpointerdown = event => {
    canvas.setPointerCapture(event.pointerId)
    current = [at(event)]
    strokes = [...strokes, current]
    draw()
  }
  canvas.onpointermove = event => {
    if (!current) return
    const point = at(event), [x, y] = current.at(-1)
    if (Math.hypot(point[0] - x, point[1] - y) < NEAREST || strokes.flat().length >= MOST_POINTS) return
    current.push(point)
    draw()
  }
  canvas.onpointerup = canvas.onpointercancel = () => { if (current) { current = null; tell() } }
  wipe.onclick = () => { strokes = []; draw(); tell() }

  return (/** @type {DrawingMessage} */ data) => {
    if (data.number >= number && !current) { number = data.number; strokes = data.strokes }
    draw()
  }
})
