// Errors over the capacity of models: lines with bands, and areas that lie on one another. Point at a capacity and
// read all of them there; as a slider is dragged they follow.
// Out, state "moved": {values: {place}, number}: which of the capacities was clicked, or chosen with Enter.
/**
 * With a float64 array of 3 × count for each entry: where its band or its area begins, what is read, where it ends.
 * `spots` are where the capacities lie, from 0 to 1; the value axis goes over `span` and is `logarithmic` or not.
 * @typedef {{title: string, colour: string, dash: string, area: boolean}} Entry
 * @typedef {{name: string, number: number, title: string, axis: string, spots: number[], texts: string[],
 *   ticks: number[], span: [number, number], logarithmic: boolean, height: number, series: Entry[],
 *   marks: {spot: number, text: string}[], band: string, to: string, at: number, alt: string, decimals?: ?number,
 *   also?: string}} CapacityMessage
 *   `ticks` are the capacities that are written below; `band` is what the band holds, `to` a word
 *   that stands between two numbers. Of a drag that moves two
 *   charts, the last blob is the message to `also`.
 */
const MARGIN = { left: 50, right: 16, top: 26, bottom: 42 }
const LABEL = 30

export default component(place => {
  const { find } = place, stack = find(".stack"), readout = find(".readout")
  /** @type {CapacityMessage} */
  let settings = null
  let values = [], width = 0, at = 0, number = -1, cursor = null
  find(".hint").textContent = say("Point at the chart, or move with the arrow keys; a click or Enter keeps the place.")

  function update(data) {
    const { header, blobs } = unpack(data)
    if (header.number < number) return
    const fresh = header.at !== settings?.at || header.spots.length !== settings.spots.length
    settings = header
    number = header.number
    values = blobs.slice(0, header.series.length).map(blob => rowsOf(numbersOf(blob, Float64Array)))
    if (fresh) at = inside(header.at)
    stack.setAttribute("aria-label", header.alt)
    draw()
    if (header.also) {
      const detail = { name: header.also, message: blobs.at(-1) }
      window.dispatchEvent(new CustomEvent("deepglass-live", { detail }))
    }
  }

  const inside = index => clamp(index, 0, settings.spots.length - 1)
  const across = spot => linear([0, 1], [MARGIN.left, width - MARGIN.right])(spot)

  function draw() {
    width = stack.clientWidth
    if (!settings || !width) return
    const { title, axis, spots, texts, height, span, logarithmic } = settings
    const plot = { left: MARGIN.left, right: width - MARGIN.right, top: MARGIN.top, bottom: height - MARGIN.bottom }
    const down = scaleOf(span, logarithmic, [plot.bottom, plot.top])
    const size = { height, width, viewBox: `0 0 ${width} ${height}` }
    const picture = svg("svg", { class: "panel", ...size, "aria-hidden": "true" })
    picture.append(svg("text", { class: "title", x: 0, y: 14 }, title))
    for (const tick of logarithmic ? powers(span) : ticks(...span, 5)) {
      const y = Math.round(down(tick)) + 0.5
      picture.append(levelLine(y, plot, "grid"), tickLeft(y, plot, written(tick)))
    }
    const shown = apart(settings.ticks.map(index => across(spots[index])), LABEL)
    settings.ticks.forEach((index, order) => {
      if (shown[order]) picture.append(tickBelow(across(spots[index]), plot, texts[index]))
    })
    picture.append(tickBelow((plot.left + plot.right) / 2, plot, axis, 2))
    const kept = uprightLine(across(spots[inside(settings.at)]), plot, "kept")
    cursor = uprightLine(0, plot, "cursor")
    const clip = `capacity-${settings.name.replace(/\W/g, "-")}`
    const notes = settings.marks.map(({ spot, text }) => noteAt(across(spot), text, plot))
    const drawn = settings.series.flatMap((_, index) => drawEntry(index, down))
    picture.append(within(clip, plot, 3, ...drawn), ...notes.flat(), kept, cursor)
    stack.replaceChildren(picture)
    point(at)
  }

  function noteAt(x, text, plot) {
    const side = x < width / 2 ? 1 : -1
    const spot = { x: x + 5 * side, y: plot.top + 10, "text-anchor": side > 0 ? "start" : "end" }
    return [uprightLine(x, plot, "mark"), svg("text", { class: "note", ...spot }, text)]
  }

  function drawEntry(index, down) {
    const { colour, dash, area } = settings.series[index], [low, value, high] = values[index]
    const spot = row => place => `${across(settings.spots[place]).toFixed(1)},${down(row[place]).toFixed(1)}`
    const found = stretches(settings.spots.length, place => [low, high].every(row => usable(row[place])))
    const around = found.map(places =>
      `M${[...places.map(spot(high)), ...places.toReversed().map(spot(low))].join("L")}Z`)
    const fill = svg("path", { class: area ? "area" : "band", d: around.join(""), fill: colour })
    if (area) return [fill]
    const along = stretches(settings.spots.length, place => usable(value[place]))
    const d = along.map(places => `M${places.map(spot(value)).join("L")}`).join("")
    const dots = settings.spots.length > 24 ? [] : along.flat().map(place => {
      const [cx, cy] = spot(value)(place).split(",")
      return svg("circle", { cx, cy, r: 2.5, fill: colour })
    })
    return [fill, svg("path", { class: "line", d, stroke: colour, "stroke-dasharray": dash }), ...dots]
  }
  const usable = value => Number.isFinite(value) && (!settings.logarithmic || value > 0)

  function point(index) {
    at = inside(index)
    const x = across(settings.spots[at])
    filled(cursor, { x1: x, x2: x })
    read()
  }

  function read() {
    const { series, texts, axis, spots, band, to } = settings
    const row = (tag, first, cells) => element("tr", {}, first, ...cells.map(text => element(tag, { text })))
    const heading = `${axis}: ${texts[at]}`
    const numbers = series.map(({ area }, index) => {
      const [low, value, high] = values[index].map(one => written(one[at], settings.decimals))
      const between = low.startsWith("−") ? ` ${to} ` : " – "
      return { value, range: area || !band || low === high ? "" : low + between + high }
    })
    const some = numbers.some(({ range }) => range)
    readout.tHead.replaceChildren(row("th", element("th", { text: heading }), ["", ...some ? [band] : []]))
    readout.tBodies[0].replaceChildren(...series.map(({ title, colour, dash, area }, index) => {
      const look = area ? square(colour) : sample(26, colour, dash)
      return row("td", element("td", {}, look, title), [numbers[index].value, ...some ? [numbers[index].range] : []])
    }))
    const told = series.map(({ title }, index) => `${title} ${numbers[index].value}`)
    const bounds = { "aria-valuemin": 0, "aria-valuemax": spots.length - 1, "aria-valuenow": at }
    filled(stack, { ...bounds, "aria-valuetext": `${heading}. ${told.join("; ")}` })
  }

  function keep() {
    settings.at = at
    number = later(number)
    find(".said").textContent = say("kept: {place}", { place: `${settings.axis} ${settings.texts[at]}` })
    place.report("moved", { values: { place: at }, number })
    draw()
  }

  const indexUnder = event => {
    const x = event.clientX - stack.getBoundingClientRect().left
    return nearest(settings.spots.map(across), x)
  }
  stack.onpointermove = stack.onpointerdown = event => point(indexUnder(event))
  stack.onpointerleave = () => point(settings.at)
  stack.onclick = keep
  onKeys(stack, {
    arrow: (right, down) => point(at + right - down), far: 4, Enter: keep,
    Home: () => point(0), End: () => point(Infinity),
  })

  place.onLive(() => settings?.name, update)
  place.onResize(() => { if (stack.clientWidth !== width) draw() }, stack)
  return update
})

const square = fill => svg("svg", { viewBox: "0 0 26 10", "aria-hidden": "true" },
  svg("rect", { x: 8, width: 10, height: 10, rx: 2, fill, "fill-opacity": 0.75 }))

// With so many decimals; else with three digits, or as a whole number.
function written(value, decimals = null) {
  if (decimals !== null) return show(value, decimals)
  return Math.abs(value) >= 100 ? whole(value) : rounded(value, 3)
}

// The three rows of an array.
function rowsOf(found) {
  const count = found.length / 3
  return [0, 1, 2].map(row => found.subarray(row * count, (row + 1) * count))
}

function scaleOf(span, logarithmic, side) {
  if (!logarithmic) return linear(span, side)
  const straight = linear(span.map(Math.log), side)
  return value => straight(Math.log(value))
}

// The powers of ten in a span, with 2 and 5 times them where there are few.
function powers([low, high]) {
  const factors = high / low < 200 ? [1, 2, 5] : [1], found = []
  for (let power = Math.floor(Math.log10(low)); 10 ** power <= high; power += 1) {
    found.push(...factors.map(factor => Number((factor * 10 ** power).toPrecision(3))))
  }
  return found.filter(value => value >= low * 0.999 && value <= high * 1.001)
}

// Which of some rising places can be written to, as far apart as that.
function apart(places, room) {
  let last = -Infinity
  return places.map(one => {
    if (one - last < room) return false
    last = one
    return true
  })
}

// The places from 0 to `count` in a row that are good.
function stretches(count, good) {
  const found = [[]]
  for (let place = 0; place < count; place += 1) {
    if (good(place)) found.at(-1).push(place)
    else if (found.at(-1).length) found.push([])
  }
  return found.filter(places => places.length)
}

function nearest(places, x) {
  return places.reduce((best, one, index) => (Math.abs(one - x) < Math.abs(places[best] - x) ? index : best), 0)
}
