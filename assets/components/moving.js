// A digit to be moved about in its field, and what several networks say of it, wherever it is.
// All outputs came from the server at once, so that they follow the hand.
// Out, state "placed": {right, down, number}.
/**
 * With the picture (field², 8 bits), the order of its pixels (field², 16 bits), and probabilities,
 * 32-bit floats (network, down, right, class).
 * @typedef {{digest: number, number: number, field: number, reach: number, label: number, right: number,
 *   down: number, networks: {title: string, colour: string, dash: string}[]}} MovingMessage
 */
export default component(place => {
  const { find } = place, canvas = find(".field"), curve = find(".curve"), readout = find(".readout")
  /** @type {MovingMessage} */
  let data = null
  let picture = null, order = null, shares = null
  let right = 0, down = 0, number = 0, drag = null, rows = [], speaking = 0
  find(".field-title").textContent = say("Drag the digit")
  find(".centre").textContent = say("Back to the middle")
  canvas.setAttribute("aria-label", say("A digit in its field. Drag it, or use the arrow keys, to move it."))

  function update(message) {
    const { header, blobs } = unpack(message)
    const same = header.digest === data?.digest
    data = header
    if (header.number >= number) { number = header.number; right = header.right; down = header.down }
    if (!same) {
      picture = blobs[0].slice()
      order = numbersOf(blobs[1], Uint16Array)
      shares = numbersOf(blobs[2])
      canvas.width = canvas.height = header.field
      layOut()
    }
    draw()
  }

  function layOut() {
    const title = say("Probability of {label}, as the digit moves to the right", { label: data.label })
    find(".curve-title").textContent = title
    curve.setAttribute("aria-label", title)
    find(".keys").replaceChildren(...data.networks.map(one =>
      element("span", {}, sample(32, one.colour, one.dash), one.title)))
    rows = data.networks.map(network => {
      const says = element("div", { class: "says" })
      const bars = Array.from({ length: 10 }, (_, digit) => barOf(digit, digit === data.label, network.colour))
      const name = element("div", { class: "title", text: network.title })
      return { says, bars, box: element("div", { class: "answer" }, name, says, ...bars.map(one => one.bar)) }
    })
    find(".answers").replaceChildren(...rows.map(one => one.box))
  }

  const side = () => 2 * data.reach + 1
  function share(network, dy, dx, digit) {
    return shares[((network * side() + dy + data.reach) * side() + dx + data.reach) * 10 + digit]
  }

  function draw() {
    drawField()
    const told = rows.map(({ says, bars }, network) => {
      let best = 0
      bars.forEach(({ fill, share: text }, digit) => {
        const value = share(network, down, right, digit)
        if (value > share(network, down, right, best)) best = digit
        fill.style.width = `${100 * value}%`
        text.textContent = percent(value)
      })
      const sure = percent(share(network, down, right, best))
      const name = element("b", { text: best, class: best === data.label ? "" : "wrong" })
      says.replaceChildren(`${say("says")} `, name, ` ${sure}`)
      return `${data.networks[network].title}: ${best}, ${sure}`
    })
    const spot = say("{right} right, {down} down", { right: show(right, 0), down: show(down, 0) })
    find(".place").textContent = spot
    drawCurve()
    clearTimeout(speaking)
    speaking = setTimeout(() => { readout.textContent = `${spot}. ${told.join("; ")}.` }, 400)
  }

  function drawField() {
    const size = data.field, image = new ImageData(size, size)
    for (let spot = 0; spot < size * size; spot++) {
      const from = order[spot], y = Math.floor(from / size) - down, x = (from % size) - right
      const ink = y >= 0 && x >= 0 && y < size && x < size ? picture[y * size + x] : 0
      image.data.set([ink, ink, ink, 255], 4 * spot)
    }
    canvas.getContext("2d").putImageData(image, 0, 0)
  }

  function drawCurve() {
    const width = Math.max(curve.clientWidth, 200), height = Math.max(curve.clientHeight, 100), { reach, label } = data
    const plot = { left: 44, right: width - 12, top: 8, bottom: height - 36 }
    const x = linear([-reach, reach], [plot.left, plot.right]), y = linear([0, 1], [plot.bottom, plot.top])
    curve.setAttribute("viewBox", `0 0 ${width} ${height}`)
    const parts = [0, 0.5, 1].flatMap(value =>
      [levelLine(y(value), plot, "grid"), tickLeft(y(value), plot, `${100 * value} %`)])
    for (let at = -reach; at <= reach; at += 4) parts.push(tickBelow(x(at), plot, show(at, 0)))
    parts.push(tickBelow((plot.left + plot.right) / 2, plot, say("moved right (pixels)"), 2))
    parts.push(uprightLine(x(right), plot, "now"))
    data.networks.forEach(({ colour, dash }, index) => {
      const at = dx => [x(dx), y(share(index, down, dx, label))]
      const points = Array.from({ length: side() }, (_, spot) => at(spot - reach).join()).join(" ")
      const [cx, cy] = at(right)
      parts.push(svg("polyline", { points, stroke: colour, "stroke-dasharray": dash }))
      parts.push(svg("circle", { cx, cy, r: 4, fill: colour }))
    })
    curve.replaceChildren(...parts)
  }

  function move(newRight, newDown) {
    const before = [right, down];
    [right, down] = [newRight, newDown].map(value => clamp(Math.round(value), -data.reach, data.reach))
    if (before[0] === right && before[1] === down) return false
    draw()
    return true
  }
  function tell() { number = later(number); place.report("placed", { right, down, number }) }

  canvas.onpointerdown = event => {
    canvas.setPointerCapture(event.pointerId)
    drag = { x: event.clientX, y: event.clientY, right, down }
  }
  canvas.onpointermove = event => {
    if (!drag) return
    const pixel = canvas.getBoundingClientRect().width / data.field
    move(drag.right + (event.clientX - drag.x) / pixel, drag.down + (event.clientY - drag.y) / pixel)
  }
  canvas.onpointerup = canvas.onpointercancel = () => {
    if (drag && (drag.right !== right || drag.down !== down)) tell()
    drag = null
  }
  onKeys(canvas, { arrow(across, along) { move(right + across, down + along) } })
  canvas.onkeyup = event => { if (event.key in ARROWS) tell() }
  find(".centre").onclick = () => { if (move(0, 0)) tell() }
  place.onResize(() => { if (data) drawCurve() }, curve)
  place.atEnd(() => clearTimeout(speaking))
  return update
})

function barOf(digit, wanted, colour) {
  const fill = element("div", { class: "fill" }), share = element("span", { class: "share" })
  const track = element("div", { class: "track" }, fill)
  fill.style.background = colour
  const bar = element("div", { class: wanted ? "bar wanted" : "bar" }, element("span", { text: digit }), track, share)
  return { bar, fill, share }
}

function percent(share) {
  if (Number.isNaN(share)) return "–"
  return `${show(100 * share, share >= 0.9995 || share < 0.0005 ? 0 : 1)} %`
}
