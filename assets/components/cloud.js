// Fifty fits of noisy points drawn at once, and beside them what they miss, over capacity. Points are dragged and are
// then alike in all samples; a capacity is chosen in the chart. Every number is the server's.
// Out, state "moved": {values: {index, x, y}, {index} for a point let go, or {capacity}, number}.
/**
 * With the truth, the mean fit and the fits, the shown sample's first, as float32. `parameters` belong to the
 * `capacities`; `lines` are errors over them, `at` those at the chosen one; `top` is where the axis of errors ends.
 * @typedef {{bias: number, variance: number, training: number, test: number}} CloudErrors
 * @typedef {{name: string, number: number, address: string, points: [number, number][], pinned: number[],
 *   reach: number, capacities: number[], parameters: number[], lines: Object<string, number[]>, noise: number,
 *   top: number, chosen: number, bounds: [number, number], at: [number, CloudErrors], ticks: [number, number][],
 *   axis: string, peak: ?{place: number, text: string}, stale: boolean, colours: Object<string, string>,
 *   values: Object<string, string>, told: string, samples: number}} CloudMessage
 */
const PAD = { left: 40, right: 10, top: 20, bottom: 38 }
const NEAR = 26, STEP = 0.02, FAR_STEPS = 5, DOT = 5, FAINT = 0.2, TWICE_MS = 400

export default component(place => {
  const { find } = place, plane = find(".plane"), canvas = find("canvas"), over = find(".over"), chart = find(".chart")
  /** @type {CloudMessage} */
  let data = null
  let truth = [], mean = [], fits = [], hand = null, report = null
  let held = -1, selected = 0, choosing = false, went = false, pressed = -Infinity
  find(".hint").textContent = say("Drag a point, with arrow keys too (Page Up and Page Down go to the next): it is " +
    "then the same in all samples, until a double click or Delete lets it go. Click or drag over the right chart.")

  function take(bytes) {
    const { header, blobs } = unpack(bytes)
    if (data && header.number < data.number) return
    const kept = held >= 0 && data ? data.points[held] : null
    data = header;
    [truth, mean, fits] = blobs.map(blob => numbersOf(blob))
    selected = Math.min(selected, data.points.length - 1)
    if (kept && data.points[held]) data.points[held] = kept
    draw()
  }

  const boxOf = one => ({
    left: PAD.left, right: one.clientWidth - PAD.right, top: PAD.top, bottom: one.clientHeight - PAD.bottom,
  })
  const planeScales = box => [
    linear([-1.04, 1.04], [box.left, box.right]), linear([-data.reach, data.reach], [box.bottom, box.top]),
  ]

  function draw() {
    if (!data || plane.clientWidth < PAD.left + PAD.right) return
    drawFits()
    drawPlane()
    drawErrors()
    drawKeys()
    find(".told").replaceChildren(...boldened(data.told))
  }

  function drawFits() {
    const box = boxOf(plane), [across, up] = planeScales(box), ratio = window.devicePixelRatio || 1
    canvas.width = plane.clientWidth * ratio
    canvas.height = plane.clientHeight * ratio
    const pen = canvas.getContext("2d"), count = truth.length, far = 3 * data.reach
    pen.scale(ratio, ratio)
    pen.beginPath()
    pen.rect(box.left, box.top, box.right - box.left, box.bottom - box.top)
    pen.clip()
    pen.lineJoin = "round"
    const places = Array.from({ length: count }, (_, index) => across(2 * index / (count - 1) - 1))
    const line = (values, from, { colour, width, alpha = 1, dash = [] }) => {
      Object.assign(pen, { strokeStyle: colour, lineWidth: width, globalAlpha: alpha })
      pen.setLineDash(dash)
      pen.beginPath()
      places.forEach((x, index) => pen.lineTo(x, up(clamp(values[from + index], -far, far))))
      pen.stroke()
    }
    const { variance, shown } = data.colours, ink = getComputedStyle(plane).color
    for (let one = 0; one < data.samples; one += 1) {
      line(fits, one * count, { colour: variance, width: 1.25, alpha: FAINT })
    }
    line(mean, 0, { colour: variance, width: 3.5 })
    line(truth, 0, { colour: ink, width: 1.5, dash: [5, 4] })
    line(fits, 0, { colour: shown, width: 2.25 })
  }

  function drawPlane() {
    const box = boxOf(plane), [across, up] = planeScales(box)
    over.setAttribute("viewBox", `0 0 ${plane.clientWidth} ${plane.clientHeight}`)
    const marks = [-1, -0.5, 0, 0.5, 1].map(x => tickBelow(across(x), box, rounded(x)))
      .concat([-2, -1, 0, 1, 2].map(y => tickLeft(up(y), box, rounded(y))))
    const spots = data.points.map(([x, y]) => ({ cx: across(x), cy: up(clamp(y, -data.reach, data.reach)) }))
    const discs = spots.map((spot, index) => svg("circle", { r: DOT, ...spot, class: kindOf(index) }))
    const edge = { x: box.left, y: box.top, width: box.right - box.left, height: box.bottom - box.top }
    over.replaceChildren(svg("rect", { class: "edge", ...edge }), ...marks,
      tickBelow((box.left + box.right) / 2, box, "x", 2), ...discs,
      svg("circle", { class: "ring", r: DOT + 5, ...spots[selected] }),
      ...spots.map(spot => svg("circle", { class: "grip", r: 14, ...spot })))
    const [x, y] = data.points[selected].map(value => show(value, 2))
    plane.setAttribute("aria-label", say("{count} fits of noisy points, drawn over one another, with their mean " +
      "and the truth. Point {index} of {points}: x {x}, y {y}.",
    { count: data.samples, index: selected + 1, points: data.points.length, x, y }))
  }

  // Whether a point is put by hand, is held now, or lies beyond the plane and stands at its edge.
  function kindOf(index) {
    const kinds = { pinned: data.pinned.includes(index), held: index === held,
      beyond: Math.abs(data.points[index][1]) > data.reach }
    return ["point", ...Object.keys(kinds).filter(kind => kinds[kind])].join(" ")
  }

  function drawErrors() {
    const box = boxOf(chart), { lines, noise, top, parameters, colours, bounds, at: [here, errors] } = data
    const ends = [data.ticks[0][1], data.ticks.at(-1)[1]]
    const up = linear([0, top], [box.bottom, box.top]), across = linear(ends.map(Math.log), inside(box))
    const x = count => across(Math.log(count)), y = value => up(Math.min(value, 3 * top))
    const path = values => values.map((value, index) => `${x(parameters[index]).toFixed(1)},${y(value).toFixed(1)}`)
    const level = parameters.map(() => noise)
    const low = lines.bias.map(value => value + noise), high = low.map((value, index) => value + lines.variance[index])
    const area = (from, to, fill, opacity) => svg("path", { class: "area", fill, "fill-opacity": opacity,
      d: `M${path(to).concat(path(from).reverse()).join("L")}Z` })
    const curve = (values, kind, look = {}) => svg("path", { class: kind, d: `M${path(values).join("L")}`, ...look })
    const dot = (value, fill) => svg("circle", { cx: x(here), cy: y(value), r: 4, fill })
    const height = ticks(0, top, 5)
    const count = data.points.length, threshold = count >= ends[0] && count <= ends[1]
    const kind = data.stale ? { class: "stale" } : {}
    const drawn = svg("g", kind, area(level.map(() => 0), level, colours.noise, 0.25),
      area(level, low, colours.bias, 0.6), area(low, high, colours.variance, 0.45), curve(high, "total"),
      curve(level, "line", { stroke: colours.noise }),
      curve(lines.training, "line", { stroke: colours.shown, "stroke-dasharray": "6 4" }),
      curve(lines.test, "line", { stroke: colours.shown }))
    const svgChart = find(".errors")
    svgChart.setAttribute("viewBox", `0 0 ${chart.clientWidth} ${chart.clientHeight}`)
    svgChart.replaceChildren(
      ...height.flatMap(value => [levelLine(up(value), box, "grid"), tickLeft(up(value), box, rounded(value))]),
      within("cloud-errors", box, 0, drawn, ...threshold ? [uprightLine(x(count), box, "threshold")] : [],
        uprightLine(x(here), box, "now"), dot(errors.training, colours.shown), dot(errors.test, colours.shown)),
      ...data.ticks.map(([value, place2]) => tickBelow(x(place2), box, whole(value))),
      tickBelow((box.left + box.right) / 2, box, data.axis, 2), ...notes(box, x, threshold ? count : 0),
      svg("text", { x: box.left, y: box.top - 7, class: "note" }, say("mean squared error")))
    const [least, most] = bounds
    filled(chart, { "aria-label": say("Errors over capacity"), "aria-valuemin": least, "aria-valuemax": most,
      "aria-valuenow": data.chosen, "aria-valuetext": `${data.axis} ${data.chosen}` })
  }

  // What is written into the chart: where there are as many parameters as points, and how high a cut peak goes.
  function notes(box, x, count) {
    const side = x(count || 1) > 0.25 * box.left + 0.75 * box.right ? -1 : 1, anchor = side > 0 ? "start" : "end"
    const note = (at, y, text) => svg("text", { class: "note", x: x(at) + 6 * side, y, "text-anchor": anchor }, text)
    const found = count ? [note(count, box.top + 16, say("parameters = points"))] : []
    if (data.peak) found.push(note(data.parameters[data.peak.place], box.top + 34, data.peak.text))
    return found
  }

  function drawKeys() {
    const { colours, values } = data
    const key = (mark, text, value) => {
      const picture = svg("svg", { viewBox: "0 0 26 12", "aria-hidden": "true" }, mark)
      return element("span", {}, picture, value ? `${text} ` : text, ...value ? [element("b", { text: value })] : [])
    }
    const line = (stroke, dash, width = 3, opacity = 1) => svg("line", { x1: 0, x2: 26, y1: 6, y2: 6, stroke,
      "stroke-width": width, "stroke-dasharray": dash, opacity })
    const wash = (fill, opacity) => svg("rect", { width: 26, height: 12, fill, "fill-opacity": opacity })
    const disc = kind => svg("circle", { class: kind, cx: 13, cy: 6, r: DOT - 0.5 })
    find(".left").replaceChildren(
      key(line("currentColor", "5 4", 1.5), say("truth")),
      key(line(colours.variance, null, 3, 0.4), say("{count} fits", { count: data.samples })),
      key(line(colours.variance, null, 4), say("their mean")),
      key(line(colours.shown), say("fit of these points")),
      key(disc("point"), say("new in each sample")), key(disc("point pinned"), say("put by hand: in all")))
    find(".right").replaceChildren(
      key(wash(colours.variance, 0.45), say("variance"), values.variance),
      key(wash(colours.bias, 0.6), say("bias²"), values.bias),
      key(wash(colours.noise, 0.25), say("noise σ²"), values.noise),
      key(line("currentColor", null, 1.5), say("sum: expected error"), values.total),
      key(line(colours.shown), say("fit, new points"), values.test),
      key(line(colours.shown, "6 4"), say("fit, its points"), values.training))
  }

  // ---------------------------------------------------------------- a point

  const nearest = (right, down) => {
    const box = boxOf(plane), [across, up] = planeScales(box)
    const far = data.points.map(([x, y]) => Math.hypot(across(x) - right, up(y) - down))
    const index = far.indexOf(Math.min(...far))
    return far[index] < NEAR ? index : -1
  }
  const pixelsOf = (event, target) => {
    const [right, down] = partUnder(event, target)
    return [right * target.clientWidth, down * target.clientHeight]
  }

  function put(index, [x, y], final) {
    const round = value => Math.round(value * 1000) / 1000
    data.points[index] = [round(clamp(x, -1, 1)), round(clamp(y, -data.reach, data.reach))]
    if (!data.pinned.includes(index)) data.pinned.push(index)
    drawPlane()
    send({ index, x: data.points[index][0], y: data.points[index][1] }, final)
  }

  function send(values, final) {
    if (final) hand.flow.finish({ values }, report)
    else hand.flow.push({ values })
  }
  const letGo = index => { if (data.pinned.includes(index)) send({ index }, true) }

  plane.onpointerdown = event => {
    const index = nearest(...pixelsOf(event, plane))
    if (index < 0) return
    selected = index
    held = index
    hand.held = true
    plane.setPointerCapture(event.pointerId)
    drawPlane()
  }
  plane.onpointermove = event => {
    if (held < 0) return
    const box = boxOf(plane), [right, down] = pixelsOf(event, plane)
    went = true
    put(held, [linear([box.left, box.right], [-1.04, 1.04])(right),
      linear([box.bottom, box.top], [-data.reach, data.reach])(down)], false)
  }
  plane.onpointerup = plane.onpointercancel = ({ timeStamp }) => {
    if (held < 0) return
    const index = held
    held = -1
    hand.held = false
    if (went) put(index, data.points[index], true)
    else if (timeStamp - pressed < TWICE_MS) letGo(index)
    else drawPlane()
    pressed = went ? -Infinity : timeStamp
    went = false
  }
  const select = by => {
    const order = data.points.map((_, index) => index).sort((a, b) => data.points[a][0] - data.points[b][0])
    selected = order[(order.indexOf(selected) + by + order.length) % order.length]
    drawPlane()
  }
  onKeys(plane, {
    far: FAR_STEPS,
    arrow: (right, down) => {
      const [x, y] = data.points[selected]
      put(selected, [x + STEP * right, y - STEP * data.reach * down], true)
    },
    PageDown: () => select(1), PageUp: () => select(-1), Delete: () => letGo(selected),
  })

  // ---------------------------------------------------------------- a capacity

  function choose(capacity, final) {
    const wanted = clamp(Math.round(capacity), ...data.bounds)
    if (wanted === data.chosen && !final) return
    data.chosen = wanted
    send({ capacity: wanted }, final)
  }
  const capacityUnder = event => {
    const box = boxOf(chart), [right] = pixelsOf(event, chart)
    const [first, last] = [data.ticks[0], data.ticks.at(-1)]
    const count = Math.exp(linear(inside(box), [first[1], last[1]].map(Math.log))(right))
    return linear([first[1], last[1]], [first[0], last[0]])(count)
  }
  chart.onpointerdown = event => {
    choosing = hand.held = true
    chart.setPointerCapture(event.pointerId)
    choose(capacityUnder(event), false)
  }
  chart.onpointermove = event => { if (choosing) choose(capacityUnder(event), false) }
  chart.onpointerup = chart.onpointercancel = () => {
    if (!choosing) return
    choosing = hand.held = false
    choose(data.chosen, true)
  }
  onKeys(chart, {
    far: FAR_STEPS, arrow: (right, down) => choose(data.chosen + right - down, true),
    Home: () => choose(data.bounds[0], true), End: () => choose(data.bounds[1], true),
  })

  place.onLive(() => data?.name, take)
  place.onResize(draw, plane)
  const moved = movable(place, "moved", () => "one", (made, _, tell) => {
    hand = made
    report = tell
    hand.take = given => take(given.bytes)
  })
  return bytes => {
    const { header } = unpack(bytes)
    moved({ bytes, name: header.name, number: header.number, address: header.address })
  }
})

const inside = ({ left, right }) => [left + 4, right - 4]

// Text with what stands between two asterisks in bold.
const boldened = text => text.split("**").map((part, index) => index % 2 ? element("b", { text: part }) : part)
