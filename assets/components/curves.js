// Curves over one x axis, in panels below one another: point at an x in any of them and read the
// values of every curve in all. The values are the server's own float64, at the places it computed;
// between them nothing is made up.
// Out, state "pinned": {x, number}: the x that was clicked, or chosen with Enter.
/**
 * With a float64 array of panels × count values for each curve; `words.at` is the symbol of the axis.
 * @typedef {{place: number, left: ?number, right: ?number, taken: ?number}} Jump
 * @typedef {{title: string, colour: string, dash: string, jumps: Jump[][], points?: [number, number][][]}} CurveLine
 *   Jumps for each panel, and points (x, value) that are drawn as discs.
 * @typedef {{title: string, short: string, height: number, span?: ?[number, number], decimals?: ?number,
 *   beyond?: string[]}} CurvePanel  What is written of values below and above the span, if they are not to be read.
 * @typedef {{name: string, number: number, places: {low: number, high: number, count: number},
 *   panels: CurvePanel[], curves: CurveLine[],
 *   marks?: {place: number, text: string}[], at: number, words: {at: string}, alt: string,
 *   also?: string, steps?: boolean}} CurvesMessage Of a drag that moves two charts, the last blob is the message to
 *   `also`. Over `steps` the curves can be played: they grow from the first place to the last.
 */
const PLAYED_MS = 120
const MARGIN = { left: 46, right: 14, top: 24, bottom: 8 }
const AXIS = 24

export default component(place => {
  const { find } = place, stack = find(".stack"), readout = find(".readout")
  /** @type {CurvesMessage} */
  let settings = null
  let values = [], width = 0, at = 0, number = -1, layers = []
  let growing = false, timer = 0  // whether the curves end at the place that is read
  find(".hint").textContent = say("Point at any x, or move with the arrow keys; a click or Enter keeps it.")

  function update(data) {
    const { header, blobs } = unpack(data)
    if (header.number < number) return
    const moved = header.at !== settings?.at || header.places.low !== settings.places.low
    settings = header
    number = header.number
    values = blobs.slice(0, header.curves.length).map(blob => numbersOf(blob, Float64Array))
    if (moved) at = nearest(header.at)
    stack.setAttribute("aria-label", header.alt)
    find(".transport").hidden = !header.steps
    draw()
    if (header.also) {
      const detail = { name: header.also, message: blobs.at(-1) }
      window.dispatchEvent(new CustomEvent("deepglass-live", { detail }))
    }
  }

  const ofPlaces = range => linear([settings.places.low, settings.places.high], range)
  const xOf = index => {
    const { low, high, count } = settings.places
    return Math.round((low + (index * (high - low)) / (count - 1)) * 1e9) / 1e9
  }
  const inside = index => clamp(index, 0, settings.places.count - 1)
  const nearest = x => inside(Math.round(ofPlaces([0, settings.places.count - 1])(x)))
  const across = x => ofPlaces([MARGIN.left, width - MARGIN.right])(x)
  const valueOf = (curve, panel, index) => values[curve][panel * settings.places.count + index]

  function spanOf(panel) {
    const { count } = settings.places, { span } = settings.panels[panel]
    if (span) return span
    const every = count > 400 ? 4 : 1
    const seen = settings.curves.flatMap(({ jumps, points }, curve) => [
      ...values[curve].subarray(panel * count, (panel + 1) * count).filter((_, index) => index % every === 0),
      ...jumps[panel].flatMap(({ left, right }) => [left, right]),
      ...(points?.[panel] ?? []).map(([, value]) => value),
    ])
    return usualSpan(seen.filter(Number.isFinite))
  }

  function draw() {
    width = stack.clientWidth
    if (!settings || !width) return
    const last = settings.panels.length - 1
    layers = settings.panels.map((panel, index) => drawPanel(panel, index, index === last))
    stack.replaceChildren(...layers.map(layer => layer.picture))
    point(at)
  }

  function drawPanel({ title, height }, panel, last) {
    const plot = { left: MARGIN.left, right: width - MARGIN.right, top: MARGIN.top }
    plot.bottom = height - (last ? AXIS : MARGIN.bottom)
    const [low, high] = spanOf(panel)
    const down = linear([low, high], [plot.bottom, plot.top])
    const size = { height, width, viewBox: `0 0 ${width} ${height}` }
    const picture = svg("svg", { class: "panel", ...size, "aria-hidden": "true" })
    const clip = `clip-${settings.name.replace(/\W/g, "-")}-${panel}`
    picture.append(svg("text", { class: "title", x: plot.left, y: 15 }, title))
    for (const tick of ticks(low, high, 4)) {
      const y = Math.round(down(tick)) + 0.5
      picture.append(levelLine(y, plot, tick === 0 ? "zero" : "grid"), tickLeft(y, plot, rounded(tick)))
    }
    for (const tick of ticks(settings.places.low, settings.places.high, width < 500 ? 6 : 12)) {
      const x = Math.round(across(tick)) + 0.5
      picture.append(uprightLine(x, plot, tick === 0 ? "zero" : "grid"))
      if (last) picture.append(tickBelow(x, plot, rounded(tick)))
    }
    const notes = (settings.marks ?? []).map(({ place: at, text }) => {
      const x = across(at), side = x < width / 2 ? 1 : -1
      const spot = { x: x + 5 * side, y: (plot.top + plot.bottom) / 2, "text-anchor": side > 0 ? "start" : "end" }
      picture.append(uprightLine(x, plot, "mark"))
      return svg("text", { class: "note", ...spot }, text)
    })
    const drawn = settings.curves.flatMap((curve, index) => drawCurve(curve, index, panel, down))
    const cursor = uprightLine(0, { ...plot, top: plot.top - 2 }, "cursor")
    const dots = settings.curves.map(({ colour }) => svg("circle", { r: 4, fill: colour }))
    picture.append(within(clip, plot, 3, ...drawn), ...notes, cursor, within(`${clip}-dots`, plot, 3, ...dots))
    return { picture, cursor, dots, down }
  }

  // A path that breaks where the values jump: open rings at both sides, a disc at what is taken; then the points.
  function drawCurve({ colour, dash, jumps, points: discs }, curve, panel, down) {
    const { count } = settings.places
    const spots = { length: growing ? at + 1 : count }
    const points = Array.from(spots, (_, index) => [xOf(index), valueOf(curve, panel, index)])
    const spot = ([x, value]) => `${across(x).toFixed(1)},${down(value).toFixed(1)}`
    const pieces = brokenAt(points, jumps[panel]).filter(piece => piece.length > 1)
    const d = pieces.map(piece => `M${piece.map(spot).join("L")}`).join("")
    const drawn = [svg("path", { class: "line", d, stroke: colour, "stroke-dasharray": dash })]
    const ring = (x, value, fill) => {
      if (!Number.isFinite(value)) return
      const look = { r: 3.5, stroke: colour, "stroke-width": 1.75, fill }
      drawn.push(svg("circle", { cx: across(x), cy: down(value), ...look }))
    }
    for (const { place: x, left, right, taken } of jumps[panel]) {
      for (const side of [left, right]) ring(x, side, "var(--st-background-color)")
      ring(x, taken, colour)
    }
    for (const [x, value] of discs?.[panel] ?? []) ring(x, value, colour)
    return drawn
  }

  function point(index) {
    at = inside(index)
    const x = xOf(at)
    layers.forEach(({ cursor, dots, down }, panel) => {
      filled(cursor, { x1: across(x), x2: across(x) })
      dots.forEach((dot, curve) => {
        const value = valueOf(curve, panel, at)
        const shown = Number.isFinite(value)
        filled(dot, shown ? { visibility: "visible", cx: across(x), cy: down(value) } : { visibility: "hidden" })
      })
    })
    read(x)
  }

  function read(x) {
    const { curves, panels, words, places } = settings
    const numbers = curve => panels.map((one, panel) =>
      absent(curve, panel) ? "" : told(valueOf(curve, panel, at), one))
    const row = (tag, first, cells) => element("tr", {}, first, ...cells.map(text => element(tag, { text })))
    const heading = `${words.at} = ${show(x, decimalsOf(places))}`
    readout.tHead.replaceChildren(row("th", element("th", { text: heading }), panels.map(panel => panel.short)))
    readout.tBodies[0].replaceChildren(...curves.map(({ title, colour, dash, points }, curve) =>
      row("td", element("td", {}, points?.some(one => one.length) && !drawn(curve) ? disc(colour)
        : sample(26, colour, dash), title), numbers(curve))))
    const texts = curves.map(({ title }, curve) =>
      `${title}: ${numbers(curve).flatMap((text, panel) => text ? `${panels[panel].short} ${text}` : []).join(", ")}`)
    const span = { "aria-valuemin": places.low, "aria-valuemax": places.high }
    filled(stack, { ...span, "aria-valuenow": x, "aria-valuetext": `${heading}. ${texts.join("; ")}` })
  }

  const drawn = curve => values[curve].some(Number.isFinite)
  // A curve that belongs to other panels alone.
  const absent = (curve, panel) => drawn(curve) && !settings.curves[curve].points?.[panel]?.length
    && !values[curve].subarray(panel * settings.places.count, (panel + 1) * settings.places.count).some(Number.isFinite)
  const disc = fill => svg("svg", { viewBox: "0 0 26 10", "aria-hidden": "true" },
    svg("circle", { cx: 13, cy: 5, r: 4, fill }))

  function pin() {
    number = later(number)
    const x = settings.at = xOf(at)
    find(".said").textContent = say("kept: {symbol} is {value}", { symbol: settings.words.at, value: digits4(x) })
    place.report("pinned", { x, number })
  }

  // Whoever reads a place sees the whole curves again.
  function look(index) {
    pause()
    const whole = growing
    growing = false
    if (whole) draw()
    point(index)
  }

  const indexUnder = event => {
    const x = event.clientX - stack.getBoundingClientRect().left
    const range = [0, settings.places.count - 1]
    return Math.round(linear([MARGIN.left, width - MARGIN.right], range)(x))
  }
  stack.onpointermove = stack.onpointerdown = event => { if (!timer) look(indexUnder(event)) }
  stack.onpointerleave = () => { if (!timer && !growing) point(nearest(settings.at)) }
  stack.onclick = () => { if (!timer) pin() }
  const page = () => Math.round(settings.places.count / 24)
  onKeys(stack, {
    arrow: (right, down) => look(at + right - down), far: 10, Enter: pin,
    PageDown: () => look(at - page()), PageUp: () => look(at + page()),
    Home: () => look(0), End: () => look(Infinity),
  })

  const playing = element("button", { type: "button" })
  const step = element("button", { type: "button", text: say("One step") })
  find(".transport").append(playing, step)
  const pause = () => {
    clearInterval(timer)
    timer = 0
    playing.textContent = say("Play")
  }
  const grow = () => {
    growing = true
    at = inside(at + 1)
    draw()
    if (at === settings.places.count - 1) pause()
  }
  playing.onclick = () => {
    if (timer) { pause(); return }
    if (at === settings.places.count - 1) at = -1
    playing.textContent = say("Pause")
    timer = setInterval(grow, PLAYED_MS)
  }
  step.onclick = () => {
    pause()
    if (!growing) at = -1
    grow()
  }
  pause()
  place.atEnd(pause)

  place.onLive(() => settings?.name, update)
  place.onResize(() => { if (stack.clientWidth !== width) draw() }, stack)
  return update
})

// The span of a panel: all that is finite, unless a few values would flatten the rest.
function usualSpan(found) {
  if (!found.length) return [-1, 1]
  found.sort((a, b) => a - b)
  const share = part => found[Math.floor(part * (found.length - 1))]
  let [low, high] = [found[0], found.at(-1)]
  const usual = share(0.98) - share(0.02)
  if (usual > 0 && high - low > 6 * usual) { low = share(0.02) - usual; high = share(0.98) + usual }
  low = Math.min(low, 0); high = Math.max(high, 0)
  if (high - low < 1e-9) { low -= 1; high += 1 }
  const room = 0.07 * (high - low)
  return [low - room, high + room]
}

// The pieces of a curve of [x, value] that can be drawn in one go, up to each jump and from it on.
function brokenAt(points, jumps) {
  const pieces = [[]], ahead = [...jumps]
  const add = (x, value) => {
    if (Number.isFinite(value)) pieces.at(-1).push([x, value])
    else if (pieces.at(-1).length) pieces.push([])
  }
  for (const [x, value] of points) {
    let on = false
    while (ahead.length && ahead[0].place <= x + 1e-7) {
      const { place, left, right } = ahead.shift()
      on ||= Math.abs(place - x) < 1e-7
      add(place, left)
      pieces.push([])
      add(place, right)
    }
    if (!on) add(x, value)
  }
  return pieces
}

// How many decimals tell two neighbouring places apart.
function decimalsOf({ low, high, count }) {
  const apart = Number(((high - low) / (count - 1)).toPrecision(6))
  return Math.min((String(apart).split(".")[1] ?? "").length, 4)
}

// A value as its panel has it written.
function told(value, { span, decimals, beyond }) {
  if (beyond?.length && value < span[0]) return beyond[0]
  if (beyond?.length && value > span[1]) return beyond[1]
  return Number.isInteger(decimals) ? show(value, decimals) : digits4(value)
}

// Four digits, as a power of ten where that would say nothing or too much.
function digits4(value) {
  const size = Math.abs(value)
  return (size < 1e-4 && size > 0) || size >= 1e6 ? power(value, 3) : size < 1000 ? rounded(value) : show(value, 1)
}
