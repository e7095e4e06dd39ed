// Networks that stand still, a dot each: by the kind of place or by a measure. Point at one, or go to it with the arrow
// keys, and see what it draws, the curvatures around it, and its numbers. Every number is the server's.
/**
 * `columns` are the kinds that stand below the dots, or empty where x is a measure over `span`. Blobs: float64, x and y
 * of all dots; float64 the curvatures of each, ascending; bytes what each draws, `side` × `side`. `said` are rows of a
 * dot's table, `spots` the examples in the picture, from 0 to 1, and which class they are.
 * @typedef {{name: string, number: number, columns: string[], axes: [string, string], span: [number, number],
 *   height: [number, number], kinds: {title: string, colour: string}[], kind: number[], counts: string[],
 *   heads: string[], said: string[][][], side: number, stops: string[], spots: [number, number, number][],
 *   signs: [string, string, string], none: number[], seeds: number[], drawn: string, curved: string, alt: string,
 *   at: number}} StopsMessage `signs` are the colours of what is negative, of what is positive, and of what counts as
 *   none: up to `none`, of each dot.
 */
const PLOT = { left: 44, right: 10, top: 40, bottom: 46 }, HIGH = 350, RADIUS = 5.5
const LEAST_POWER = -5, MOST_POWER = 1, SPECTRUM = 150

export default component(place => {
  const { find } = place, plot = find(".plot"), canvas = find("canvas")
  /** @type {StopsMessage} */
  let data = null
  let xs = [], ys = [], curvatures = [], pictures = null, spots = [], at = 0, width = 0, number = -1

  function update(message) {
    const { header, blobs } = unpack(message)
    if (header.number < number) return
    const fresh = JSON.stringify(header) !== JSON.stringify(data)
    data = header
    number = header.number
    ;[xs, ys, curvatures] = blobs.slice(0, 3).map(blob => numbersOf(blob, Float64Array))
    pictures = blobs[3]
    if (fresh) at = header.at
    draw()
  }

  function draw() {
    width = plot.clientWidth
    if (!data || width <= PLOT.left + PLOT.right) return
    const box = { left: PLOT.left, right: width - PLOT.right, top: PLOT.top, bottom: HIGH - PLOT.bottom }
    const up = linear(data.height, [box.bottom, box.top]), { columns } = data
    const across = columns.length ? linear([-0.5, columns.length - 0.5], [box.left, box.right])
      : linear(data.span, [box.left + 8, box.right - 8])
    const room = columns.length ? (box.right - box.left) / columns.length / 2 - RADIUS : 5 * RADIUS
    spots = spread(Array.from(xs, (x, index) => [across(x), up(ys[index])]), room)
    filled(plot, { viewBox: `0 0 ${width} ${HIGH}`, height: HIGH })
    const levels = ticks(...data.height, 6).flatMap(value => {
      const y = Math.round(up(value)) + 0.5
      return [levelLine(y, box, "grid"), tickLeft(y, box, rounded(value, 3))]
    })
    const below = columns.length ? columns.flatMap((title, index) => [
      ...inLines(title).map((line, row) => tickBelow(across(index), box, line, 1 + 0.85 * row)),
      svg("text", { class: "count", x: across(index), y: box.top - 8, "text-anchor": "middle" }, data.counts[index]),
    ]) : ticks(...data.span, 6).map(value => tickBelow(across(value), box, `${whole(value)} %`))
    const name = columns.length ? [] : [tickBelow((box.left + box.right) / 2, box, data.axes[0], 2)]
    const dots = spots.map(([cx, cy], index) =>
      svg("circle", { class: "dot", cx, cy, r: RADIUS, fill: data.kinds[data.kind[index]].colour }))
    const title = svg("text", { x: 0, y: 14 }, data.axes[1])
    const picked = svg("circle", { class: "picked", r: RADIUS + 3 })
    plot.replaceChildren(title, ...levels, ...below, ...name, ...dots, picked)
    find(".hint").textContent = say("Point at a dot, or go from dot to dot with the arrow keys.")
    point(at)
  }

  function point(index) {
    at = clamp(index, 0, spots.length - 1)
    if (!spots.length) return
    const [cx, cy] = spots[at], { title, colour } = data.kinds[data.kind[at]]
    filled(plot.querySelector(".picked"), { cx, cy })
    const run = say("seed {number}", { number: data.seeds[at] })
    find(".head").replaceChildren(element("i", { style: `background:${colour}` }), `${title}, ${run}`)
    find("tbody").replaceChildren(...data.heads.map((head, row) =>
      element("tr", {}, element("td", { text: head }), element("td", { text: data.said[at][row] }))))
    find(".drawn").textContent = data.drawn
    find(".curved").textContent = data.curved
    paint()
    drawSpectrum()
    const told = data.heads.map((head, row) => `${head} ${data.said[at][row]}`).join("; ")
    filled(plot, { "aria-label": data.alt, "aria-valuemin": 1, "aria-valuemax": spots.length, "aria-valuenow": at + 1,
      "aria-valuetext": `${title}, ${run}. ${told}` })
  }

  function paint() {
    const { side, stops } = data, codes = pictures.subarray(at * side * side, (at + 1) * side * side), scale = 12
    const small = new ImageData(side, side)
    codes.forEach((code, index) => small.data.set([...colourAt(stops, code / 255), 255], 4 * index))
    const held = new OffscreenCanvas(side, side), pen = canvas.getContext("2d")
    held.getContext("2d").putImageData(small, 0, 0)
    canvas.width = canvas.height = side * scale
    pen.imageSmoothingEnabled = data.spots.length > 0
    pen.drawImage(held, 0, 0, side * scale, side * scale)
    for (const [x, y, one] of data.spots) {
      pen.beginPath()
      pen.arc(x * canvas.width, y * canvas.height, 6, 0, 2 * Math.PI)
      pen.fillStyle = one ? stops.at(-1) : stops[0]
      pen.strokeStyle = "#ffffff"
      pen.lineWidth = 2
      pen.fill()
      pen.stroke()
    }
  }

  // Each curvature a line: below the middle where it is negative; longer by the powers of ten of its size.
  function drawSpectrum() {
    const chart = find(".spectrum"), wide = chart.clientWidth || 200, count = curvatures.length / spots.length
    const own = curvatures.subarray(at * count, (at + 1) * count), half = (SPECTRUM - 20) / 2
    const long = value => half * clamp((Math.log10(Math.abs(value)) - LEAST_POWER) / (MOST_POWER - LEAST_POWER), 0, 1)
    const right = linear([0, Math.max(count - 1, 1)], [34, wide - 4]), middle = 8 + half
    const colour = value => data.signs[Math.abs(value) <= data.none[at] ? 2 : value < 0 ? 0 : 1]
    filled(chart, { viewBox: `0 0 ${wide} ${SPECTRUM}` })
    const box = { left: 30, right: wide, top: 0, bottom: SPECTRUM }
    chart.replaceChildren(levelLine(middle, box, "zero"),
      ...[[0, "0"], [-2, "10⁻²"], [1, "10"]].map(([power, text], order) => tickLeft(
        order ? middle - half * (power - LEAST_POWER) / (MOST_POWER - LEAST_POWER) : middle, box, text)),
      tickLeft(middle + half * (-2 - LEAST_POWER) / (MOST_POWER - LEAST_POWER), box, "−10⁻²"),
      ...Array.from(own, (value, order) => svg("line", { class: "value", stroke: colour(value), x1: right(order),
        x2: right(order), y1: middle, y2: middle - Math.sign(value) * long(value) })))
  }

  plot.onpointermove = plot.onpointerdown = event => {
    const [right, down] = partUnder(event, plot)
    point(nearestTo(spots, right * width, down * HIGH))
  }
  onKeys(plot, {
    arrow: (right, down) => point(nextFrom(spots, at, right, down)), Home: () => point(0),
    End: () => point(Infinity),
  })
  place.onLive(() => data?.name, update)
  place.onResize(() => { if (plot.clientWidth !== width) draw() }, plot)
  return update
})

const inLines = title => title.split(" ").reduce((lines, word) => {
  const last = lines.at(-1)
  return last !== undefined && last.length + word.length < 9 ? [...lines.slice(0, -1), `${last} ${word}`]
    : [...lines, word]
}, [])

// Beside each other where they would lie upon each other, up to `room` pixels aside, and from there above each other.
function spread(places, room) {
  const taken = [], beside = Math.max(1, Math.floor(room / RADIUS))
  return places.map(([x, y]) => {
    for (let turn = 0; turn < 4 * places.length; turn += 1) {
      const out = Math.ceil(turn / 2), side = turn % 2 ? 1 : -1
      const spot = [x + (out % beside) * side * RADIUS, y - 2 * RADIUS * Math.floor(out / beside)]
      if (taken.every(([one, other]) => Math.hypot(one - spot[0], other - spot[1]) >= 2 * RADIUS - 1)) {
        taken.push(spot)
        return spot
      }
    }
    return [x, y]
  })
}

function nearestTo(places, x, y) {
  const far = ([one, other]) => Math.hypot(one - x, other - y)
  return places.reduce((best, one, index) => (far(one) < far(places[best]) ? index : best), 0)
}

// The nearest dot that lies that way; the same where there is none.
function nextFrom(places, from, right, down) {
  const [x, y] = places[from], ahead = ([one, other]) => (one - x) * right + (other - y) * down
  const aside = ([one, other]) => Math.abs((one - x) * down) + Math.abs((other - y) * right)
  const cost = one => ahead(one) + 2 * aside(one)
  return places.reduce((best, one, index) =>
    ahead(one) > 0.5 && (best === from || cost(one) < cost(places[best])) ? index : best, from)
}
