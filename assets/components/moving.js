// A digit to be moved about in its field, and what several networks say of it, wherever it is.
// All answers came from the server at once, so that they follow the hand.
// In: {digest, number, field, reach, label, right, down, networks: [{title, colour, dash}], labels},
// and the picture (field², 8 bits), the order of its pixels (field², 16 bits), and probabilities,
// 32-bit floats (network, down, right, class). Out, state "placed": {right, down, number}.
const movings = new WeakMap()

export default function (component) {
  const { parentElement, data, setStateValue } = component
  let moving = movings.get(parentElement)
  if (!moving) movings.set(parentElement, (moving = createMoving(parentElement)))
  moving.report = value => setStateValue("placed", value)
  const { header, blobs } = unpack(data)
  moving.update(header, blobs)
  return () => moving.stop()
}

function createMoving(parentElement) {
  const find = selector => parentElement.querySelector(selector)
  const canvas = find(".field"), curve = find(".curve"), readout = find(".readout")
  let data = null, picture = null, order = null, shares = null
  let right = 0, down = 0, number = 0, drag = null, rows = [], speaking = 0
  const moving = { update, report: () => {}, stop: () => { clearTimeout(speaking); resized.disconnect() } }
  const resized = new ResizeObserver(() => { if (data) drawCurve() })
  resized.observe(curve)

  function update(header, blobs) {
    const same = data && header.digest === data.digest
    data = header
    resized.observe(curve)
    if (header.number >= number) { number = header.number; right = header.right; down = header.down }
    if (!same) {
      picture = blobs[0].slice()
      order = new Uint16Array(blobs[1].slice().buffer)
      shares = new Float32Array(blobs[2].slice().buffer)
      canvas.width = canvas.height = header.field
      layOut()
    }
    draw()
  }

  function layOut() {
    find(".field-title").textContent = data.labels.field
    find(".curve-title").textContent = data.labels.curve
    find(".centre").textContent = data.labels.centre
    canvas.setAttribute("aria-label", data.labels.alt)
    const key = network => {
      const line = svg("svg", { viewBox: "0 0 32 10", "aria-hidden": "true" })
      line.append(svg("line", { x1: 0, x2: 32, y1: 5, y2: 5, stroke: network.colour, "stroke-width": 3, "stroke-dasharray": network.dash }))
      return element("span", {}, line, network.title)
    }
    find(".keys").replaceChildren(...data.networks.map(key))
    rows = []
    find(".answers").replaceChildren(...data.networks.map(network => {
      const says = element("div", { class: "says" }), bars = Array.from({ length: 10 }, (_, digit) => {
        const fill = element("div", { class: "fill" }), share = element("span", { class: "share" })
        fill.style.background = network.colour
        const bar = element("div", { class: digit === data.label ? "bar wanted" : "bar" }, element("span", { text: digit }), element("div", { class: "track" }, fill), share)
        return { bar, fill, share }
      })
      rows.push({ says, bars })
      return element("div", { class: "answer" }, element("div", { class: "title", text: network.title }), says, ...bars.map(one => one.bar))
    }))
  }

  const side = () => 2 * data.reach + 1
  function share(network, dy, dx, digit) {
    return shares[((network * side() + dy + data.reach) * side() + dx + data.reach) * 10 + digit]
  }

  function draw() {
    drawField()
    const told = rows.map(({ says, bars }, network) => {
      let best = 0
      for (let digit = 0; digit < 10; digit++) {
        const value = share(network, down, right, digit)
        if (value > share(network, down, right, best)) best = digit
        bars[digit].fill.style.width = `${100 * value}%`
        bars[digit].share.textContent = percent(value)
      }
      says.replaceChildren(data.labels.says + " ", element("b", { text: best, class: best === data.label ? "" : "wrong" }), ` ${percent(share(network, down, right, best))}`)
      return `${data.networks[network].title}: ${best}, ${percent(share(network, down, right, best))}`
    })
    find(".place").textContent = placeText()
    drawCurve()
    clearTimeout(speaking)
    speaking = setTimeout(() => { readout.textContent = `${placeText()}. ${told.join("; ")}.` }, 400)
  }

  const percent = value => Number.isNaN(value) ? "–" : `${(100 * value).toFixed(value >= 0.9995 || value < 0.0005 ? 0 : 1)} %`
  const signed = value => (value < 0 ? `−${-value}` : `${value}`)
  const placeText = () => data.labels.place.replace("{right}", signed(right)).replace("{down}", signed(down))

  function drawField() {
    const size = data.field, image = new ImageData(size, size)
    for (let place = 0; place < size * size; place++) {
      const from = order[place], y = Math.floor(from / size) - down, x = (from % size) - right
      const ink = y >= 0 && x >= 0 && y < size && x < size ? picture[y * size + x] : 0
      image.data.set([ink, ink, ink, 255], 4 * place)
    }
    canvas.getContext("2d").putImageData(image, 0, 0)
  }

  function drawCurve() {
    const width = Math.max(curve.clientWidth, 200), height = Math.max(curve.clientHeight, 100)
    const [left, top, base] = [44, 8, height - 36], reach = data.reach
    const x = at => left + ((at + reach) / (2 * reach)) * (width - left - 12), y = value => base - value * (base - top)
    curve.setAttribute("viewBox", `0 0 ${width} ${height}`)
    curve.setAttribute("aria-label", data.labels.curve)
    const parts = [0, 0.5, 1].flatMap(value => [
      svg("line", { class: "grid", x1: left, x2: width - 12, y1: y(value), y2: y(value) }),
      svg("text", { x: left - 6, y: y(value) + 4, "text-anchor": "end" }, `${100 * value} %`),
    ])
    for (let at = -reach; at <= reach; at += 4) parts.push(svg("text", { x: x(at), y: base + 16, "text-anchor": "middle" }, signed(at)))
    parts.push(svg("text", { x: (left + width - 12) / 2, y: base + 32, "text-anchor": "middle" }, data.labels.axis))
    parts.push(svg("line", { class: "now", x1: x(right), x2: x(right), y1: top, y2: base }))
    data.networks.forEach((network, index) => {
      const points = Array.from({ length: side() }, (_, place) => `${x(place - reach)},${y(share(index, down, place - reach, data.label))}`)
      parts.push(svg("polyline", { points: points.join(" "), stroke: network.colour, "stroke-dasharray": network.dash }))
      parts.push(svg("circle", { cx: x(right), cy: y(share(index, down, right, data.label)), r: 4, fill: network.colour }))
    })
    curve.replaceChildren(...parts)
  }

  const bounded = value => Math.min(Math.max(Math.round(value), -data.reach), data.reach)
  function place(newRight, newDown) {
    if (newRight === right && newDown === down) return false
    right = newRight; down = newDown
    draw()
    return true
  }
  function tell() { number = Math.max(number + 1, Date.now()); moving.report({ right, down, number }) }

  canvas.onpointerdown = event => {
    canvas.setPointerCapture(event.pointerId)
    drag = { x: event.clientX, y: event.clientY, right, down }
  }
  canvas.onpointermove = event => {
    if (!drag) return
    const pixel = canvas.getBoundingClientRect().width / data.field
    place(bounded(drag.right + (event.clientX - drag.x) / pixel), bounded(drag.down + (event.clientY - drag.y) / pixel))
  }
  canvas.onpointerup = canvas.onpointercancel = () => {
    if (drag && (drag.right !== right || drag.down !== down)) tell()
    drag = null
  }
  canvas.onkeydown = event => {
    const step = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[event.key]
    if (!step) return
    event.preventDefault()
    place(bounded(right + step[0]), bounded(down + step[1]))
  }
  canvas.onkeyup = event => { if (event.key.startsWith("Arrow")) tell() }
  find(".centre").onclick = () => { if (place(0, 0)) tell() }
  return moving
}
