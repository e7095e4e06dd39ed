// Curves over one x axis, in panels below one another: point at an x in any of them and read the
// values of every curve in all. The values are the server's own float64, at the places it computed;
// between them nothing is made up.
// In: {name, number, places: {low, high, count}, panels: [{title, short, height}], curves: [{title, colour,
// dash, jumps: [[{place, left, right, taken}] per panel]}], marks: [{place, text}], at, words, alt},
// and for each curve a float64 array of panels × count values.
// Out, state "pinned": {x, number}: the x that was clicked, or chosen with Enter.
const charts = new WeakMap()
const MARGIN = { left: 46, right: 14, top: 24, bottom: 8 }
const AXIS = 24

export default function (component) {
  const { parentElement, data, setStateValue } = component
  let chart = charts.get(parentElement)
  if (!chart) charts.set(parentElement, (chart = createChart(parentElement)))
  chart.report = value => setStateValue("pinned", value)
  chart.update(data)
  return () => chart.stop()
}

function createChart(parentElement) {
  const find = selector => parentElement.querySelector(selector)
  const stack = find(".stack"), readout = find(".readout")
  let settings = null, values = [], width = 0, at = 0, number = -1, layers = []

  function update(data) {
    const { header, blobs } = unpack(data)
    if (header.number < number) return
    const moved = settings === null || header.at !== settings.at || header.places.low !== settings.places.low
    settings = header
    number = header.number
    values = blobs.map(blob => new Float64Array(blob.slice().buffer))
    if (moved) at = nearest(header.at)
    stack.setAttribute("aria-label", header.alt)
    find(".hint").textContent = header.words.hint
    draw()
  }

  const xOf = index => {
    const { low, high, count } = settings.places
    return Math.round((low + (index * (high - low)) / (count - 1)) * 1e9) / 1e9
  }
  const nearest = x => {
    const { low, high, count } = settings.places
    return Math.min(Math.max(Math.round(((x - low) / (high - low)) * (count - 1)), 0), count - 1)
  }
  const across = x => MARGIN.left + ((x - settings.places.low) / (settings.places.high - settings.places.low)) * (width - MARGIN.left - MARGIN.right)
  const valueOf = (curve, panel, index) => values[curve][panel * settings.places.count + index]

  // The span of a panel: all that is finite, unless a few values would flatten the rest.
  function spanOf(panel) {
    const found = []
    settings.curves.forEach((_, curve) => {
      for (let index = 0; index < settings.places.count; index += 4) {
        const value = valueOf(curve, panel, index)
        if (Number.isFinite(value)) found.push(value)
      }
      for (const { left, right } of settings.curves[curve].jumps[panel]) found.push(...[left, right].filter(Number.isFinite))
    })
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

  function draw() {
    width = stack.clientWidth
    if (!settings || !width) return
    layers = settings.panels.map((panel, place) => drawPanel(panel, place, place === settings.panels.length - 1))
    stack.replaceChildren(...layers.map(layer => layer.picture))
    point(at)
  }

  function drawPanel({ title, height }, panel, last) {
    const bottom = height - MARGIN.bottom - (last ? AXIS - MARGIN.bottom : 0)
    const [low, high] = spanOf(panel)
    const down = value => MARGIN.top + ((high - value) / (high - low)) * (bottom - MARGIN.top)
    const picture = svg("svg", { class: "panel", height, width, viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" })
    const clip = `clip-${settings.name.replace(/\W/g, "-")}-${panel}`
    const hole = svg("clipPath", { id: clip })
    hole.append(svg("rect", { x: MARGIN.left, y: MARGIN.top - 3, width: Math.max(width - MARGIN.left - MARGIN.right, 1), height: bottom - MARGIN.top + 6 }))
    picture.append(hole, svg("text", { class: "title", x: MARGIN.left, y: 15 }, title))
    for (const tick of ticks(low, high, 4)) {
      const y = Math.round(down(tick)) + 0.5
      picture.append(svg("line", { class: tick === 0 ? "zero" : "grid", x1: MARGIN.left, x2: width - MARGIN.right, y1: y, y2: y }))
      picture.append(svg("text", { class: "tick", x: MARGIN.left - 6, y: y + 4, "text-anchor": "end" }, short(tick)))
    }
    for (const tick of ticks(settings.places.low, settings.places.high, width < 500 ? 6 : 12)) {
      const x = Math.round(across(tick)) + 0.5
      picture.append(svg("line", { class: tick === 0 ? "zero" : "grid", x1: x, x2: x, y1: MARGIN.top, y2: bottom }))
      if (last) picture.append(svg("text", { class: "tick", x, y: bottom + 16, "text-anchor": "middle" }, short(tick)))
    }
    const notes = []
    for (const { place, text } of settings.marks ?? []) {
      const x = across(place)
      const side = x < width / 2 ? 1 : -1
      picture.append(svg("line", { class: "mark", x1: x, x2: x, y1: MARGIN.top, y2: bottom }))
      notes.push(svg("text", { class: "note", x: x + 5 * side, y: (MARGIN.top + bottom) / 2, "text-anchor": side > 0 ? "start" : "end" }, text))
    }
    const body = svg("g", { "clip-path": `url(#${clip})` })
    settings.curves.forEach((curve, index) => body.append(...drawCurve(curve, index, panel, down)))
    picture.append(body, ...notes)
    const cursor = svg("line", { class: "cursor", y1: MARGIN.top - 2, y2: bottom })
    const dots = settings.curves.map(({ colour }) => svg("circle", { r: 4, fill: colour }))
    const shown = svg("g", { "clip-path": `url(#${clip})` })
    shown.append(...dots)
    picture.append(cursor, shown)
    return { picture, cursor, dots, down }
  }

  // A path that breaks where the values jump: open rings at both sides, a disc at what is taken.
  function drawCurve({ colour, dash, jumps }, curve, panel, down) {
    const pieces = [[]]
    const ahead = [...jumps[panel]]
    const add = (x, value) => {
      if (Number.isFinite(value)) pieces.at(-1).push(`${across(x).toFixed(1)},${down(value).toFixed(1)}`)
      else if (pieces.at(-1).length) pieces.push([])
    }
    for (let index = 0; index < settings.places.count; index += 1) {
      const x = xOf(index)
      let on = false
      while (ahead.length && ahead[0].place <= x + 1e-7) {
        const { place, left, right } = ahead.shift()
        on ||= Math.abs(place - x) < 1e-7
        add(place, left ?? NaN)
        pieces.push([])
        add(place, right ?? NaN)
      }
      if (!on) add(x, valueOf(curve, panel, index))
    }
    const d = pieces.filter(piece => piece.length > 1).map(piece => `M${piece.join("L")}`).join("")
    const drawn = [svg("path", { class: "line", d, stroke: colour, "stroke-dasharray": dash })]
    const ring = { r: 3.5, stroke: colour, "stroke-width": 1.75 }
    for (const { place, left, right, taken } of jumps[panel]) {
      for (const side of [left, right]) {
        if (Number.isFinite(side)) drawn.push(svg("circle", { cx: across(place), cy: down(side), fill: "var(--st-background-color)", ...ring }))
      }
      if (Number.isFinite(taken)) drawn.push(svg("circle", { cx: across(place), cy: down(taken), fill: colour, ...ring }))
    }
    return drawn
  }

  function point(index) {
    at = Math.min(Math.max(index, 0), settings.places.count - 1)
    const x = xOf(at)
    layers.forEach(({ cursor, dots, down }, panel) => {
      for (const end of ["x1", "x2"]) cursor.setAttribute(end, across(x))
      dots.forEach((dot, curve) => {
        const value = valueOf(curve, panel, at)
        dot.setAttribute("visibility", Number.isFinite(value) ? "visible" : "hidden")
        if (!Number.isFinite(value)) return
        dot.setAttribute("cx", across(x))
        dot.setAttribute("cy", down(value))
      })
    })
    read(x)
  }

  function read(x) {
    const { curves, panels, words, places } = settings
    const row = (tag, cells) => element("tr", {}, ...cells.map(cell => cell instanceof Node ? cell : element(tag, { text: cell })))
    const heading = `${words.at} = ${number6(x)}`
    readout.tHead.replaceChildren(row("th", [heading, ...panels.map(panel => panel.short)]))
    readout.tBodies[0].replaceChildren(...curves.map((curve, index) => {
      const swatch = svg("svg", { viewBox: "0 0 26 10", "aria-hidden": "true" })
      swatch.append(svg("line", { x1: 0, x2: 26, y1: 5, y2: 5, stroke: curve.colour, "stroke-width": 3, "stroke-dasharray": curve.dash }))
      const name = element("td", {}, swatch, curve.title)
      return row("td", [name, ...panels.map((_, panel) => number6(valueOf(index, panel, at)))])
    }))
    stack.setAttribute("aria-valuemin", places.low)
    stack.setAttribute("aria-valuemax", places.high)
    stack.setAttribute("aria-valuenow", x)
    stack.setAttribute("aria-valuetext", `${heading}. ` + curves.map((curve, index) =>
      `${curve.title}: ` + panels.map((panel, place) => `${panel.short} ${number6(valueOf(index, place, at))}`).join(", ")).join("; "))
  }

  function pin() {
    number = Math.max(number + 1, Date.now())
    settings.at = xOf(at)
    find(".said").textContent = `${settings.words.pinned} ${number6(xOf(at))}`
    chart.report({ x: xOf(at), number })
  }

  const indexUnder = event => {
    const inner = width - MARGIN.left - MARGIN.right
    const share = (event.clientX - stack.getBoundingClientRect().left - MARGIN.left) / inner
    return Math.round(share * (settings.places.count - 1))
  }
  stack.onpointermove = stack.onpointerdown = event => point(indexUnder(event))
  stack.onpointerleave = () => point(nearest(settings.at))
  stack.onclick = () => pin()
  stack.onkeydown = event => {
    const big = Math.round(settings.places.count / 24)
    const moves = { ArrowLeft: -1, ArrowRight: 1, ArrowDown: -1, ArrowUp: 1, PageDown: -big, PageUp: big, Home: -settings.places.count, End: settings.places.count }
    if (event.key in moves) point(at + moves[event.key] * (event.shiftKey ? 10 : 1))
    else if (event.key === "Enter" || event.key === " ") pin()
    else return
    event.preventDefault()
  }

  const live = event => {
    if (settings && event.detail.name === settings.name) update(event.detail.message)
  }
  window.addEventListener("deepglass-live", live)
  const observer = new ResizeObserver(() => { if (stack.clientWidth !== width) draw() })
  observer.observe(stack)
  const chart = { update, report: () => {}, stop() { observer.disconnect(); window.removeEventListener("deepglass-live", live); charts.delete(parentElement) } }
  return chart
}

function short(value) { return String(Number(value.toPrecision(4))).replace("-", "−") }

// Six digits, a true minus sign, no negative zero.
function number6(value) {
  if (Number.isNaN(value)) return "–"
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞"
  const small = Math.abs(value) < 1e-4 && value !== 0
  const text = small || Math.abs(value) >= 1e6 ? value.toExponential(3) : value.toFixed(Math.abs(value) < 100 ? 6 : 2)
  return (Number(text) === 0 ? "0.000000" : text).replaceAll("-", "−")
}
