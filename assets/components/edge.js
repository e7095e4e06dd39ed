// The loss and the sharpness of a network as it learns, over the steps, with the limit 2/η on the axis of the
// sharpness. While the run moves it asks for the points that are new by itself, without a rerun of the page.
// Out: trigger "woken", when the run has come to rest.
/**
 * With a float64 array of four for each point: step, loss, sharpness, rate. `from` is the place of the first of
 * them in the `run`. News have no more than these.
 * @typedef {{run: string, from: number, moving: boolean, status: string}} EdgeNews
 * @typedef {EdgeNews & {name: string, number: number, address: string, every: number, steps: number, rate: number,
 *   guess: number, alt: string, colours: {loss: string, sharpness: string, limit: string, guess: string}}} EdgeMessage
 */
const MARGIN = { left: 46, right: 78, top: 24, bottom: 8 }
const AXIS = 42, HEIGHTS = [160, 230], LEAST_STEPS = 600, ROOM = 1.3
const LOSSES = [-2, 0], STEP = 0, LOSS = 1, SHARPNESS = 2, RATE = 3

export default component(place => {
  const { find } = place, stack = find(".stack")
  /** @type {EdgeMessage} */
  let settings = null
  let points = [], run = null, moving = false, number = -1, width = 0, at = null, cursors = [], address = ""
  find(".hint").textContent = say("Point at a step, or move with the arrow keys.")

  const ask = keepAsking(place, message => {
    take(unpack(message))
    if (!moving) place.trigger("woken", true)
    return moving
  })

  function update(data) {
    const { header, blobs } = unpack(data)
    if (header.number >= number) {
      number = header.number
      settings = { ...header, address: header.address || address }
    }
    take({ header, blobs })
    if (header.address || !moving) {
      address = header.address
      ask(moving ? address : "", settings.every, () => ({ known: points.length }))
    }
  }

  function take({ header, blobs }) {
    if (run !== header.run) [points, run, at] = [[], header.run, null]
    if (header.from <= points.length) {
      const found = numbersOf(blobs[0], Float64Array)
      points.splice(header.from)
      for (let i = 0; i < found.length; i += 4) points.push(found.subarray(i, i + 4))
    }
    moving = header.moving
    find(".status").textContent = header.status
    draw()
  }

  const last = () => points.at(-1)
  const reach = () => Math.max(LEAST_STEPS, Math.ceil(((last()?.[STEP] ?? 0) * 1.08) / 200) * 200)

  // Up to a little above the limit and the curve; a burst of the curve may leave the picture.
  function highest() {
    const limits = [2 / settings.rate, 2 / settings.guess, ...points.map(one => 2 / one[RATE])]
    const sharp = points.map(one => one[SHARPNESS]).filter(Number.isFinite).sort((a, b) => a - b)
    const usual = sharp[Math.floor(0.97 * (sharp.length - 1))] ?? 0
    return ROOM * Math.max(Math.min(Math.max(...limits.slice(0, 2)), 40), Math.min(usual, 60), 8)
  }

  function lossSpan() {
    const seen = points.map(one => Math.log10(one[LOSS])).filter(Number.isFinite)
    return [Math.floor(2 * Math.min(LOSSES[0], ...seen)) / 2, Math.ceil(2 * Math.max(LOSSES[1], ...seen)) / 2]
  }

  function draw() {
    width = stack.clientWidth
    if (!settings || !width) return
    const narrow = width < 480, right = width - (narrow ? 14 : MARGIN.right)
    const across = linear([0, reach()], [MARGIN.left, right])
    stack.setAttribute("aria-label", settings.alt)
    const panels = [
      panel(0, say("Loss (logarithmic)"), lossSpan(), right, across, lossMarks),
      panel(1, say("Sharpness λmax, and the limit 2/η"), [0, highest()], right, across, limitMarks),
    ]
    cursors = panels.map(one => one.cursor)
    stack.replaceChildren(...panels.map(one => one.picture))
    point()
  }

  function panel(index, title, [low, high], right, across, marksOf) {
    const bottom = index === 1, height = HEIGHTS[index] + (bottom ? AXIS : MARGIN.bottom)
    const plot = { left: MARGIN.left, right, top: MARGIN.top, bottom: HEIGHTS[index] }
    const down = linear([low, high], [plot.bottom, plot.top])
    const size = { height, width, viewBox: `0 0 ${width} ${height}` }
    const picture = svg("svg", { class: "panel", ...size, "aria-hidden": "true" })
    picture.append(svg("text", { class: "title", x: plot.left, y: 15 }, title))
    for (const tick of index ? ticks(low, high, 5) : ticks(low, high, 4).filter(Number.isInteger)) {
      const y = Math.round(down(tick)) + 0.5
      picture.append(levelLine(y, plot, "grid"), tickLeft(y, plot, index ? rounded(tick) : rounded(10 ** tick)))
    }
    for (const tick of ticks(0, reach(), width < 500 ? 4 : 7)) {
      const x = Math.round(across(tick)) + 0.5
      picture.append(uprightLine(x, plot, "grid"))
      if (bottom) picture.append(tickBelow(x, plot, whole(tick)))
    }
    if (bottom) picture.append(tickBelow((plot.left + plot.right) / 2, plot, say("step"), 2))
    const cursor = uprightLine(0, plot, "cursor")
    const { drawn, notes } = marksOf(plot, across, down)
    picture.append(within(`edge-${index}`, plot, 2, ...drawn), ...notes, cursor)
    return { picture, cursor }
  }

  const path = (values, across, down) => {
    const parts = points.flatMap((one, i) => Number.isFinite(values[i])
      ? [`${across(one[STEP]).toFixed(1)},${down(values[i]).toFixed(1)}`] : [])
    return parts.length ? `M${parts.join("L")}` : ""
  }

  function lossMarks(plot, across, down) {
    const d = path(points.map(one => Math.log10(one[LOSS])), across, down)
    return { drawn: [svg("path", { class: "line", d, stroke: settings.colours.loss })], notes: [] }
  }

  // The limit as it was at each point, then that of the slider; above it is the zone where steps grow.
  function limitMarks(plot, across, down) {
    const { limit, sharpness, guess } = settings.colours, now = 2 / settings.rate
    const corners = points.map(one => [across(one[STEP]), down(2 / one[RATE])])
    const steps = corners.map(([x, y], i) => i ? `H${x.toFixed(1)}V${y.toFixed(1)}` : `M${x},${y.toFixed(1)}`).join("")
    const d = `${steps || `M${plot.left},${down(now).toFixed(1)}`}V${down(now).toFixed(1)}H${plot.right}`
    const zone = `${d}V${plot.top - 40}H${plot.left}Z`
    const curve = path(points.map(one => one[SHARPNESS]), across, down)
    const said = down(2 / settings.guess)
    const inside = y => y > plot.top && y < plot.bottom
    // A narrow chart has no room beside it.
    const [spot, lower] = plot.right < width - 40 ? [{ x: plot.right + 6 }, 4]
      : [{ x: plot.right - 4, "text-anchor": "end" }, -5]
    const note = (y, text, fill) => inside(y)
      ? [svg("text", { class: "note", ...spot, y: y + lower, style: `fill: ${fill}` }, text)] : []
    const apart = Math.abs(said - down(now)) > 14
    return {
      drawn: [
        svg("path", { class: "beyond", d: zone, fill: limit }),
        svg("line", { class: "guess", x1: plot.left, x2: plot.right, y1: said, y2: said, stroke: guess }),
        svg("path", { class: "limit", d, stroke: limit }),
        svg("path", { class: "line", d: curve, stroke: sharpness }),
      ],
      notes: [...note(down(now), "2/η", limit), ...(apart ? note(said, say("prediction"), guess) : [])],
    }
  }

  function point() {
    const found = points.length ? points[clamp(at ?? Infinity, 0, points.length - 1)] : null
    const first = reach(), right = width - (width < 480 ? 14 : MARGIN.right)
    const x = found ? linear([0, first], [MARGIN.left, right])(found[STEP]) : 0
    cursors.forEach(one => filled(one, { x1: x, x2: x, visibility: found && at !== null ? "visible" : "hidden" }))
    const { loss, sharpness, limit, guess } = settings.colours, pull = found ? found[RATE] * found[SHARPNESS] : 0
    const cells = [
      [say("step"), null, found ? whole(found[STEP]) : "–"],
      [say("loss"), loss, found ? rounded(found[LOSS], 3) : "–"],
      ["λ", sharpness, found ? rounded(found[SHARPNESS], 4) : "–"],
      ["2/η", limit, rounded(found ? 2 / found[RATE] : 2 / settings.rate, 4)],
      ["ηλ", null, found ? show(pull, 2) : "–", pull > 2 ? `color: ${limit}; font-weight: 650` : null],
      [say("2/prediction"), guess, rounded(2 / settings.guess, 4)],
    ]
    const head = ([text, colour]) => element("th", {}, ...(colour ? [element("i", { style: `background: ${colour}` })]
      : []), text)
    find(".readout").tHead.replaceChildren(element("tr", {}, ...cells.map(head)))
    find(".readout").tBodies[0].replaceChildren(
      element("tr", {}, ...cells.map(([, , text, style]) => element("td", { text, style }))))
    const bounds = { "aria-valuemin": 0, "aria-valuemax": last()?.[STEP] ?? 0, "aria-valuenow": found?.[STEP] ?? 0 }
    filled(stack, { ...bounds, "aria-valuetext": cells.map(([text, , value]) => `${text} ${value}`).join(", ") })
  }

  stack.onpointermove = stack.onpointerdown = event => {
    const right = width - (width < 480 ? 14 : MARGIN.right)
    const x = event.clientX - stack.getBoundingClientRect().left
    const step = linear([MARGIN.left, right], [0, reach()])(x)
    at = points.length ? points.reduce((best, one, i) =>
      Math.abs(one[STEP] - step) < Math.abs(points[best][STEP] - step) ? i : best, 0) : null
    point()
  }
  stack.onpointerleave = event => { if (event.pointerType !== "touch") { at = null; point() } }
  const go = to => { at = points.length ? clamp(to, 0, points.length - 1) : null; point() }
  onKeys(stack, {
    arrow: (right, down) => go((at ?? points.length - 1) + right - down), far: 10,
    Home: () => go(0), End: () => go(Infinity), Escape: () => { at = null; point() },
  })

  place.onLive(() => settings?.name, update)
  place.onResize(() => { if (stack.clientWidth !== width) draw() }, stack)
  return update
})
