// A marble for each method on one landscape, with its trail; beside it all losses, below it one step in numbers. The
// start is dragged; every place and every number is the server's, the browser runs through them.
// Out, state "moved": {values: {first, second} for the start, or {method}, number}.
/**
 * With the ground as JPEG, or nothing where it is as before; places (steps + 1, methods, 2) and losses (steps + 1,
 * methods) as float32, NaN from where a method has diverged; the chosen method's rows (steps, rows, 2) as float64.
 * While something is dragged there may be fewer steps.
 * @typedef {{slug: string, title: string, colour: string, rate: string, told: string, gone: ?number}} MarbleMethod
 * @typedef {{name: string, number: number, address: string, slug: string, across: [number, number],
 *   up: [number, number], steps: number, chosen: string, start: [number, number], target: number, target_text: string,
 *   axis: string, span: [number, number], methods: MarbleMethod[], marks: [number, number][], note: string,
 *   rows: {label: string, symbol: string}[], alt: string}} MarblesMessage
 */
const SPEEDS = [5, 20, 60], USUAL = 1, STEP = 0.02, FAR_STEPS = 5, NEAR = 30, RADIUS = 7
const QUIET_MS = 150
const ROOM = { left: 46, right: 10, top: 26, bottom: 40 }
const CALM = matchMedia("(prefers-reduced-motion: reduce)")
const ICONS = { restart: "M1 1h2v12H1zM13 1v12L4 7z", play: "M2 1v12l11-6z", pause: "M2 1h4v12H2zM8 1h4v12H8z",
  step: "M1 1v12l8-6zM11 1h2v12h-2z" }

export default component(place => {
  const { find } = place, plane = find(".plane"), canvas = find("canvas"), over = find(".over")
  const chart = find(".losses"), scrub = find(".scrub"), speed = find(".speed")
  /** @type {MarblesMessage} */
  let data = null
  let places = [], losses = [], rows = [], known = 0, ground = null, hand = null, report = null
  let time = 0, playing = false, frame = 0, last = 0
  let held = false, at = [0, 0], told = -1, dots = null, signature = ""
  // What does not change from frame to frame: the ground with all paths, and the trails up to a step.
  const ways = document.createElement("canvas"), trails = document.createElement("canvas")
  let drawn = -1, pushed = -Infinity

  // ---------------------------------------------------------------- what comes

  function take(bytes) {
    const { header, blobs } = unpack(bytes)
    if (data && header.number < data.number) return
    const before = data
    data = header
    if (before?.slug !== data.slug) ground = null
    ;[places, losses] = blobs.slice(1, 3).map(blob => numbersOf(blob))
    rows = numbersOf(blobs[3], Float64Array)
    known = losses.length / data.methods.length - 1
    if (blobs[0].length) paint(blobs[0])
    if (!held) at = [...data.start]
    if (before?.slug !== data.slug) begin()
    told = drawn = -1
    scrub.max = data.steps
    label()
    drawChips()
    drawChart()
    if (!playing || followed()) draw()
    run()
  }
  // While a hand moves something each answer is a picture, and time needs none of its own.
  const followed = () => performance.now() - pushed < QUIET_MS
  const follow = bytes => { pushed = performance.now(); take(bytes) }

  function paint(bytes) {
    const mine = `${bytes.length} ${bytes.slice(-64)} ${bytes.slice(bytes.length / 2, bytes.length / 2 + 64)}`
    if (mine === signature) return
    signature = mine
    createImageBitmap(new Blob([bytes], { type: "image/jpeg" })).then(picture => {
      if (mine !== signature) return
      ground = picture
      drawn = -1
      draw()
    })
  }

  // ---------------------------------------------------------------- time

  const step = () => Math.min(Math.round(time), data.steps)
  function run() {
    cancelAnimationFrame(frame)
    last = 0
    if (playing && data) frame = requestAnimationFrame(tick)
    const name = playing ? say("Pause") : say("Play")
    filled(find(".play"), { title: name, "aria-label": name }).replaceChildren(icon(playing ? "pause" : "play"))
  }
  function tick(now) {
    const passed = last ? (now - last) / 1000 : 0
    last = now
    if (ground) time += Math.min(passed, 0.1) * SPEEDS[speed.selectedIndex]
    if (time >= data.steps) [time, playing] = [data.steps, false]
    if (!playing || !followed()) draw()
    if (playing) frame = requestAnimationFrame(tick)
    else run()
  }
  place.atEnd(() => cancelAnimationFrame(frame))
  function restart() { time = 0 }
  // Play from the start; who wants nothing to move sees the end.
  function begin() {
    playing = !CALM.matches
    time = playing ? 0 : data.steps
  }
  function goTo(where, still = true) {
    time = clamp(where, 0, data.steps)
    if (still) playing = false
    draw()
    run()
  }
  function toggle() {
    if (!playing && time >= data.steps) restart()
    playing = !playing
    run()
  }

  // ---------------------------------------------------------------- the plane

  const scales = () => [linear(data.across, [0, plane.clientWidth]), linear(data.up, [plane.clientHeight, 0])]
  const spotOf = (index, one) => {
    const here = 2 * (index * data.methods.length + one)
    return [places[here], places[here + 1]]
  }
  // Where a marble is between two steps; NaN where it is nowhere.
  function marble(one) {
    const from = Math.min(Math.floor(time), known), to = Math.min(from + 1, known), part = Math.min(time, known) - from
    const [a, b] = [spotOf(from, one), spotOf(to, one)]
    return a.map((value, axis) => part > 0 ? value + part * (b[axis] - value) : value)
  }

  function draw() {
    if (!data || !plane.clientWidth) return
    if (ground) drawPlane()  // until it is there the plane stays as it was, at first empty
    drawTime()
  }

  function drawPlane() {
    const scale = scales(), paper = getComputedStyle(plane).getPropertyValue("--st-background-color") || "#fff"
    const order = data.methods.map((_, index) => index).sort((a, b) => isChosen(a) - isChosen(b))
    const now = Math.min(Math.floor(time), known)
    if (drawn < 0) {
      const pen = sheet(ways)
      pen.drawImage(ground, 0, 0, plane.clientWidth, plane.clientHeight)
      order.forEach(one => trail(pen, one, [0, known], scale, { width: isChosen(one) ? 1.75 : 1.25, alpha: 0.45 }))
    }
    const bright = drawn < 0 || now < drawn ? sheet(trails) : trails.getContext("2d")
    const from = drawn < 0 || now < drawn ? 0 : drawn
    if (now > from) order.forEach(one => trail(bright, one, [from, now], scale, { width: widthOf(one), alpha: 1 }))
    drawn = now
    const pen = sheet(canvas)
    for (const one of [ways, trails]) pen.drawImage(one, 0, 0, plane.clientWidth, plane.clientHeight)
    for (const one of order) {
      const spot = marble(one)
      if (Number.isNaN(spot[0])) continue
      const [[x, y], [left, top]] = [spot, spotOf(now, one)].map(([a, b]) => [scale[0](a), scale[1](b)])
      Object.assign(pen, { strokeStyle: data.methods[one].colour, lineWidth: widthOf(one) })
      pen.beginPath()
      pen.moveTo(left, top)
      pen.lineTo(x, y)
      pen.stroke()
      Object.assign(pen, { fillStyle: data.methods[one].colour, lineWidth: 2, strokeStyle: paper })
      pen.beginPath()
      pen.arc(x, y, isChosen(one) ? RADIUS + 2 : RADIUS, 0, 2 * Math.PI)
      pen.fill()
      pen.stroke()
    }
    drawOver(...scale)
  }
  const widthOf = one => isChosen(one) ? 3.5 : 2.25

  // An empty sheet of the size of the plane, and what draws on it.
  function sheet(on) {
    const ratio = window.devicePixelRatio || 1
    const width = Math.round(plane.clientWidth * ratio), height = Math.round(plane.clientHeight * ratio)
    if (on.width !== width || on.height !== height) Object.assign(on, { width, height })
    const pen = on.getContext("2d")
    pen.setTransform(ratio, 0, 0, ratio, 0, 0)
    pen.clearRect(0, 0, plane.clientWidth, plane.clientHeight)
    return Object.assign(pen, { lineJoin: "round", lineCap: "round", globalAlpha: 1 })
  }
  const isChosen = one => data.methods[one].slug === data.chosen

  function trail(pen, one, [from, to], [across, up], { width, alpha }) {
    Object.assign(pen, { strokeStyle: data.methods[one].colour, lineWidth: width, globalAlpha: alpha })
    pen.beginPath()
    for (let index = from; index <= to; index += 1) {
      const [x, y] = spotOf(index, one)
      if (Number.isNaN(x)) break
      pen.lineTo(across(x), up(y))
    }
    pen.stroke()
  }

  function drawOver(across, up) {
    const [width, height] = [plane.clientWidth, plane.clientHeight], where = { cx: across(at[0]), cy: up(at[1]) }
    const key = [width, height, ...at, ...data.across, ...data.up, data.marks.length].join()
    if (over.dataset.key === key) return
    over.dataset.key = key
    over.setAttribute("viewBox", `0 0 ${width} ${height}`)
    const marks = ticks(...data.across, width < 420 ? 5 : 7).filter(value => across(value) > 34 &&
      across(value) < width - 34).map(value =>
      svg("text", { class: "tick", x: across(value), y: height - 6, "text-anchor": "middle" }, rounded(value)))
      .concat(ticks(...data.up, 6).filter(value => up(value) > 30 && up(value) < height - 22).map(value =>
        svg("text", { class: "tick", x: 6, y: up(value) + 4 }, rounded(value))))
    const squares = data.marks.map(([x, y]) =>
      svg("rect", { class: "mark", x: across(x) - 5, y: up(y) - 5, width: 10, height: 10 }))
    over.replaceChildren(svg("rect", { class: "edge", x: 0.5, y: 0.5, width: width - 1, height: height - 1 }),
      ...marks, ...squares, svg("text", { class: "tick", x: width - 8, y: height - 6, "text-anchor": "end" }, "w₁"),
      svg("text", { class: "tick", x: 6, y: 15 }, "w₂"), svg("circle", { class: "ring halo", r: 13, ...where }),
      svg("circle", { class: "ring", r: 13, ...where }), svg("circle", { class: "grip", r: 22, ...where }))
  }

  function label() {
    const [x, y] = at.map(value => show(value, 2))
    plane.setAttribute("aria-label", `${data.alt}. ${say("Start: {x}, {y}", { x, y })}`)
    find(".hint").textContent = `${data.note} ${say("Drag the ring, or use the arrow keys, to begin elsewhere.")}`
  }

  function move([x, y], final) {
    const inside = (value, [low, high]) => Number(clamp(value, low, high).toFixed(3))
    at = [inside(x, data.across), inside(y, data.up)]
    label()
    draw()
    const value = { values: { first: at[0], second: at[1] } }
    if (!final) { hand.flow.push(value); return }
    hand.flow.finish(value, report)
    begin()
    draw()
    run()
  }
  const under = event => {
    const [right, down] = partUnder(event, plane)
    return [linear([0, 1], data.across)(right), linear([1, 0], data.up)(down)]
  }
  plane.onpointerdown = event => {
    const [across, up] = scales(), { left, top } = plane.getBoundingClientRect()
    if (Math.hypot(across(at[0]) - event.clientX + left, up(at[1]) - event.clientY + top) > NEAR) return
    held = hand.held = true
    plane.setPointerCapture(event.pointerId)
  }
  plane.onpointermove = event => { if (held) move(under(event), false) }
  plane.onpointerup = plane.onpointercancel = () => {
    if (!held) return
    held = hand.held = false
    move(at, true)
  }
  onKeys(plane, {
    far: FAR_STEPS, Enter: toggle,
    arrow: (right, down) => {
      const size = STEP * (data.up[1] - data.up[0])
      move([at[0] + size * right, at[1] - size * down], true)
    },
  })

  // ---------------------------------------------------------------- the losses

  const lossScales = () => {
    const box = { left: ROOM.left, right: chart.clientWidth - ROOM.right, top: ROOM.top,
      bottom: chart.clientHeight - ROOM.bottom }
    const up = linear(data.span.map(Math.log10), [box.bottom, box.top])
    const [low, high] = data.span
    return { box, across: linear([0, data.steps], [box.left, box.right]),
      up: loss => up(Math.log10(clamp(loss, low / 10, high * 10))) }
  }

  function drawChart() {
    if (!data || !chart.clientWidth) return
    const { box, across, up } = lossScales(), many = data.methods.length
    const [low, high] = data.span.map(Math.log10).map(Math.round)
    const every = Math.max(1, Math.ceil((high - low) / 6)), marks = []
    for (let exponent = low; exponent <= high; exponent += every) {
      const y = up(10 ** exponent), text = Math.abs(exponent) < 3 ? rounded(10 ** exponent) : power(10 ** exponent, 0)
      marks.push(levelLine(y, box, "grid"), tickLeft(y, box, text))
    }
    const line = one => {
      const points = []
      for (let index = 0; index <= known; index += 1) {
        const loss = losses[index * many + one]
        if (Number.isNaN(loss)) break
        points.push(`${across(index).toFixed(1)},${up(loss).toFixed(1)}`)
      }
      return svg("path", { class: isChosen(one) ? "curve chosen" : "curve", stroke: data.methods[one].colour,
        d: `M${points.join("L")}` })
    }
    const order = data.methods.map((_, index) => index).sort((a, b) => isChosen(a) - isChosen(b))
    const target = up(data.target)
    dots = svg("g")
    chart.setAttribute("viewBox", `0 0 ${chart.clientWidth} ${chart.clientHeight}`)
    chart.replaceChildren(svg("text", { class: "title", x: 0, y: 14 }, data.axis), ...marks,
      ...ticks(0, data.steps, 5).map(value => tickBelow(across(value), box, whole(value))),
      tickBelow((box.left + box.right) / 2, box, say("steps"), 2), levelLine(target, box, "target"),
      within("marbles-losses", box, 2, ...order.map(line)),
      svg("text", { class: "note", x: box.right - 4, y: target - 5, "text-anchor": "end" }, data.target_text), dots)
  }

  function drawTime() {
    const now = step()
    if (told === now) return
    const { box, across, up } = lossScales(), many = data.methods.length
    const points = data.methods.flatMap(({ colour }, one) => {
      const loss = losses[Math.min(now, known) * many + one]
      return Number.isNaN(loss) ? [] : [svg("circle", { class: "dot", r: isChosen(one) ? 5 : 3.5, fill: colour,
        cx: across(Math.min(now, known)), cy: clamp(up(loss), box.top, box.bottom) })]
    })
    dots?.replaceChildren(uprightLine(across(now), box, "cursor"), ...points)
    scrub.value = now
    scrub.setAttribute("aria-valuetext", say("step {step}", { step: now }))
    find(".now").textContent = say("step {step}", { step: now })
    spell(now)
  }
  const stepUnder = event => {
    const { box } = lossScales(), { left } = chart.getBoundingClientRect()
    return Math.round(linear([box.left, box.right], [0, data.steps])(event.clientX - left))
  }
  chart.onpointerdown = event => { chart.setPointerCapture(event.pointerId); goTo(stepUnder(event)) }
  chart.onpointermove = event => { if (chart.hasPointerCapture(event.pointerId)) goTo(stepUnder(event)) }

  // ---------------------------------------------------------------- methods, and one step

  function drawChips() {
    const box = filled(find(".chips"), { "aria-label": say("Method") })
    if (!box.children.length) box.replaceChildren(...data.methods.map(chipOf))
    const focused = place.host.shadowRoot?.activeElement ?? document.activeElement
    const had = focused?.classList?.contains("chip")
    data.methods.forEach(({ slug, colour, rate, told: ended, gone }, index) => {
      const chip = box.children[index], [disc, , size, end] = chip.children, chosen = slug === data.chosen
      filled(chip, { class: gone === null ? "chip" : "chip gone", "aria-checked": chosen, tabindex: chosen ? 0 : -1 })
      disc.style.background = colour
      size.textContent = `η ${rate}`
      end.textContent = ended
      if (had && chosen) chip.focus()
    })
  }
  function chipOf({ slug, title }) {
    const chip = element("button", { type: "button", role: "radio" }, element("i"), element("span", { text: title }),
      element("span"), element("span", { class: "told" }))
    chip.onclick = () => choose(slug)
    onKeys(chip, { arrow: (right, down) => neighbour(slug, right + down) })
    return chip
  }
  function neighbour(slug, by) {
    const many = data.methods.length, from = data.methods.findIndex(one => one.slug === slug)
    choose(data.methods[(from + by + many) % many].slug)
  }
  const choose = method => hand.flow.finish({ values: { method } }, report)

  // The step under the cursor, that which leads away from here: of the last place, the one that led to it.
  function spell(now) {
    told = now
    const index = Math.min(now, known - 1), { title, gone } = data.methods.find(({ slug }) => slug === data.chosen)
    find(".heading").textContent = say("{method}, step {step} of {steps}", { method: title, step: index + 1,
      steps: data.steps })
    const lost = gone !== null && index >= gone
    const cell = value => element("td", { text: lost ? "–" : number(value) })
    find(".readout").tHead.replaceChildren(element("tr", {}, ...["", "", "w₁", "w₂"].map(text =>
      element(text ? "th" : "td", { text }))))
    find(".readout").tBodies[0].replaceChildren(...data.rows.map(({ label: name, symbol }, row) => {
      const here = 2 * (index * data.rows.length + row)
      return element("tr", {}, element("td", { text: name }), element("td", { text: symbol }), cell(rows[here]),
        cell(rows[here + 1]))
    }))
  }

  // ---------------------------------------------------------------- buttons

  function icon(name) {
    return svg("svg", { viewBox: "0 0 14 14", "aria-hidden": "true" }, svg("path", { d: ICONS[name] }))
  }
  const button = (name, words, act) => {
    const made = filled(find(`.${name}`), { title: words, "aria-label": words })
    made.replaceChildren(icon(name))
    made.onclick = act
  }
  button("restart", say("From the start"), () => { restart(); playing = true; run() })
  button("play", say("Play"), toggle)
  button("step", say("One step"), () => goTo(Math.floor(time) + 1))
  filled(speed, { "aria-label": say("Speed") }).append(...SPEEDS.map((count, index) =>
    element("option", { text: say("{count} steps/s", { count }), selected: index === USUAL ? "" : null })))
  filled(scrub, { "aria-label": say("Step") }).oninput = () => goTo(Number(scrub.value))

  place.onLive(() => data?.name, follow)
  place.onLive(() => `${data?.name}.more`, follow)
  place.onResize(() => { told = drawn = -1; drawChart(); draw() }, plane, chart)
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

// A number of a table, which holds the smallest moments and what is about to blow up.
function number(value) {
  const size = Math.abs(value)
  return size === 0 || (size >= 1e-3 && size < 1e4) ? show(value, size < 0.1 ? 5 : 4) : power(value, 2)
}
