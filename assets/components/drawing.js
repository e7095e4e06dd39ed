// A small board to draw a digit on. In: {strokes, number, labels}.
// Out, state "drawn": {strokes: [[[x, y]]] in [0, 1], number}, after each stroke; none: wiped.
const drawings = new WeakMap()
const PEN = 0.075, NEAREST = 0.012, MOST_POINTS = 1500

export default function (component) {
  const { parentElement, data, setStateValue } = component
  let drawing = drawings.get(parentElement)
  if (!drawing) drawings.set(parentElement, (drawing = createDrawing(parentElement)))
  drawing.report = value => setStateValue("drawn", value)
  drawing.update(data)
}

function createDrawing(parentElement) {
  const canvas = parentElement.querySelector("canvas"), wipe = parentElement.querySelector("button")
  const drawing = { update, report: () => {} }
  let strokes = [], number = 0, current = null

  function update(data) {
    canvas.setAttribute("aria-label", data.labels.alt)
    wipe.textContent = data.labels.wipe
    if (data.number >= number && !current) { number = data.number; strokes = data.strokes }
    draw()
  }

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

  const at = event => {
    const box = canvas.getBoundingClientRect(), inside = value => Math.min(Math.max(value, 0), 1)
    return [inside((event.clientX - box.left) / box.width), inside((event.clientY - box.top) / box.height)].map(value => Math.round(1000 * value) / 1000)
  }
  const tell = () => { number = Math.max(number + 1, Date.now()); drawing.report({ strokes, number }) }
  canvas.onpointerdown = event => {
    canvas.setPointerCapture(event.pointerId)
    current = [at(event)]
    strokes = [...strokes, current]
    draw()
  }
  canvas.onpointermove = event => {
    if (!current) return
    const point = at(event), [x, y] = current[current.length - 1]
    if (Math.hypot(point[0] - x, point[1] - y) < NEAREST || strokes.flat().length >= MOST_POINTS) return
    current.push(point)
    draw()
  }
  canvas.onpointerup = canvas.onpointercancel = () => { if (current) { current = null; tell() } }
  wipe.onclick = () => { strokes = []; draw(); tell() }
  return drawing
}
