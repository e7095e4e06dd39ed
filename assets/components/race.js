// How the curves of a race are drawn: scales, lines and bands, what the pointer marks, and files.
const MARGIN = { left: 54, right: 14, top: 30, bottom: 40 }
const NARROW = 480, KEY_ROW = 20
const USUAL = 0.9  // the share of a band's points that a linear axis reaches at least
const ROOM = 10  // how far beyond the end of a linear axis a logarithmic one may go, as a factor
const MOST_MARKS = 8
const DASHES = { training: "5 4" }

function read(blob, [chart, recipe, part]) {
  const values = new Float32Array(blob.slice().buffer), n = values.length / 4
  const [steps, low, median, high] = [0, 1, 2, 3].map(row => values.subarray(row * n, (row + 1) * n))
  return { chart, recipe, part, steps, low, median, high }
}

// The last place that was measured at `step` or before; -1 where the curve had ended, or not begun.
function placeOf(steps, step) {
  if (!steps.length || step > steps.at(-1)) return -1
  let place = steps.length - 1
  while (place >= 0 && steps[place] > step) place -= 1
  return place
}

// Where steps and values lie. What lies far beyond the rest leaves the chart at its upper edge.
function scaleOf({ zero, logarithmic, parts }, curves, most, width, height) {
  const [left, right, bottom] = [MARGIN.left, width - MARGIN.right, height - MARGIN.bottom]
  const top = MARGIN.top + (width < NARROW && parts.length > 1 ? KEY_ROW : 0)
  const last = roundUp(Math.max(1, ...curves.map(({ steps }) => steps.at(-1) ?? 1)))
  const values = curves.flatMap(({ low, median, high }) => [low, median, high].flatMap(row => extremes(row, logarithmic)))
  let [least, largest] = values.length ? [Math.min(...values), Math.max(...values)] : [logarithmic ? 0.1 : 0, 1]
  largest = Math.min(largest, logarithmic ? ROOM * (most ?? Infinity) : Math.min(usualEnd(curves), most ?? Infinity))
  if (zero && !logarithmic) least = Math.min(least, 0)
  if (largest - least < 1e-12) largest = logarithmic ? least * 10 : least + 1
  const marks = logarithmic ? decades(least, largest) : ticks(least, largest, Math.max(3, Math.round((bottom - top) / 55)))
  if (!logarithmic) {
    const gap = marks.length > 1 ? marks[1] - marks[0] : largest - least
    while (marks[0] > least + 1e-9 * gap) marks.unshift(Number((marks[0] - gap).toPrecision(12)))
    while (marks.at(-1) < largest - 1e-9 * gap) marks.push(Number((marks.at(-1) + gap).toPrecision(12)))
    least = marks[0]; largest = marks.at(-1)
  }
  const place = logarithmic ? Math.log : value => value
  const share = value => (place(value) - place(least)) / (place(largest) - place(least))
  return {
    left, right, top, bottom, last, marks, logarithmic,
    across: step => left + (step / last) * (right - left),
    down: value => bottom - share(value) * (bottom - top),
    stepAt: x => ((x - left) / (right - left)) * last,
  }
}

// Where a linear axis ends: beyond every median, and all but the most extreme points of the bands.
function usualEnd(curves) {
  const highs = curves.flatMap(({ high }) => Array.from(high).filter(Number.isFinite)).sort((a, b) => a - b)
  const medians = curves.flatMap(({ median }) => extremes(median, false))
  return highs.length ? Math.max(highs[Math.floor(USUAL * (highs.length - 1))], ...medians) : Infinity
}

function extremes(row, logarithmic) {
  let low = Infinity, high = -Infinity
  for (const value of row) if (Number.isFinite(value) && (!logarithmic || value > 0)) { low = Math.min(low, value); high = Math.max(high, value) }
  return high >= low ? [low, high] : []
}

// The next of a few round numbers, so that the axis moves in leaps and not all the time.
function roundUp(step) {
  const power = 10 ** Math.floor(Math.log10(step))
  return [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].map(factor => Math.round(factor * power)).find(candidate => candidate >= step) ?? step
}

// Powers of ten, with 2 and 5 between them where there are few, and not all where there are many.
function decades(low, high) {
  const factors = Math.log10(high / low) < 3 ? [1, 2, 5] : [1]
  const stride = Math.ceil(Math.log10(high / low) / MOST_MARKS) || 1
  const found = []
  for (let power = Math.floor(Math.log10(low) / stride) * stride; 10 ** power <= high; power += stride) {
    for (const factor of factors) found.push(Number((factor * 10 ** power).toPrecision(3)))
  }
  return found.filter(value => value >= low * 0.999 && value <= high * 1.001)
}

function picture({ charts, recipes, words }, place, curves, marks, scale, width, height) {
  const { title, parts } = charts[place]
  const { left, right, top, bottom, across, down } = scale
  const drawn = svg("svg", { class: "picture", width, height, viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" })
  const clip = `race-clip-${place}`
  const hole = svg("clipPath", { id: clip })
  hole.append(svg("rect", { x: left, y: top - 2, width: Math.max(right - left, 1), height: Math.max(bottom - top + 4, 1) }))
  drawn.append(hole, svg("text", { class: "title", x: 0, y: 13 }, title))
  if (parts.length > 1) drawn.append(keyOf(parts, words.parts, width))
  for (const tick of scale.marks) {
    const y = Math.round(down(tick)) + 0.5
    drawn.append(svg("line", { class: "grid", x1: left, x2: right, y1: y, y2: y }))
    drawn.append(svg("text", { class: "tick", x: left - 7, y: y + 4, "text-anchor": "end" }, digits4(tick)))
  }
  for (const tick of ticks(0, scale.last, Math.max(3, Math.round((right - left) / 80))).filter(Number.isInteger)) {
    drawn.append(svg("text", { class: "tick", x: across(tick), y: bottom + 17, "text-anchor": "middle" }, whole(tick)))
  }
  drawn.append(svg("text", { class: "tick", x: (left + right) / 2, y: bottom + 35, "text-anchor": "middle" }, words.step))
  const body = svg("g", { "clip-path": `url(#${clip})` })
  const bands = curves.map(({ recipe, steps, low, high }) => svg("path", { class: "band", "data-recipe": recipe, fill: recipes[recipe].colour, d: around(steps, low, high, scale) }))
  const lines = curves.map(({ recipe, part, steps, median }) => svg("path", {
    class: "line", "data-recipe": recipe, stroke: recipes[recipe].colour, d: along(steps, median, scale),
    ...(parts.length > 1 && DASHES[part] ? { "stroke-dasharray": DASHES[part], "stroke-opacity": 0.8 } : {}),
  }))
  const rules = marks.map(([recipe, step]) => svg("line", { class: "mark", "data-recipe": recipe, stroke: recipes[recipe].colour, x1: across(step), x2: across(step), y1: top, y2: bottom }))
  body.append(...bands, ...lines, ...rules)
  drawn.append(body)
  return drawn
}

// Which dashes stand for which part: at the right of the title, below it where there is no room.
function keyOf(parts, words, width) {
  const group = svg("g", {})
  const narrow = width < NARROW, y = narrow ? 13 + KEY_ROW : 13
  let x = narrow ? width : width - 34
  for (const part of [...parts].reverse()) {
    x -= 7 * words[part].length + 36
    group.append(svg("line", { class: "key", x1: x, x2: x + 24, y1: y - 4, y2: y - 4, ...(DASHES[part] ? { "stroke-dasharray": DASHES[part] } : {}) }), svg("text", { x: x + 29, y }, words[part]))
  }
  return group
}

function pieces(steps, usable, point) {
  const found = [[]]
  for (let place = 0; place < steps.length; place += 1) {
    if (usable(place)) found.at(-1).push(point(place))
    else if (found.at(-1).length) found.push([])
  }
  return found.filter(piece => piece.length)
}

function along(steps, values, { across, down, logarithmic }) {
  const usable = place => Number.isFinite(values[place]) && (!logarithmic || values[place] > 0)
  const point = place => `${across(steps[place]).toFixed(1)},${down(values[place]).toFixed(1)}`
  return pieces(steps, usable, point).map(piece => `M${piece.join("L")}${piece.length < 2 ? "h0.01" : ""}`).join("")
}

function around(steps, low, high, { across, down, bottom, logarithmic }) {
  const usable = place => Number.isFinite(low[place]) && Number.isFinite(high[place]) && (!logarithmic || high[place] > 0)
  const lower = place => (logarithmic && low[place] <= 0 ? bottom : down(low[place]))
  return pieces(steps, usable, place => [across(steps[place]), lower(place), down(high[place])]).map(piece => {
    const edge = rows => rows.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join("L")
    return `M${edge(piece.map(([x, , y]) => [x, y]))}L${edge(piece.map(([x, y]) => [x, y]).reverse())}Z`
  }).join("")
}

function cursor(step, found, { across, down, top, bottom, logarithmic }, { recipes }) {
  const group = svg("g", { class: "pointed" })
  group.append(svg("line", { class: "cursor", x1: across(step), x2: across(step), y1: top, y2: bottom }))
  for (const { recipe, steps, median, index } of found) {
    const value = median[index]
    if (index < 0 || !Number.isFinite(value) || (logarithmic && value <= 0)) continue
    const y = down(value)
    if (y >= top - 2 && y <= bottom + 2) group.append(svg("circle", { cx: across(steps[index]), cy: y, r: 3.5, fill: recipes[recipe].colour }))
  }
  return group
}

function whole(number) { return Math.round(number).toLocaleString("en") }

// Four digits, a true minus sign, powers of ten for what is very small or large.
function digits4(value) {
  if (Number.isNaN(value)) return "–"
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞"
  const size = Math.abs(value)
  const text = size !== 0 && (size < 1e-4 || size >= 1e6) ? Number(value.toPrecision(3)).toExponential().replace("+", "") : size >= 1000 ? Math.round(value).toLocaleString("en") : String(Number(value.toPrecision(4)))
  return text.replaceAll("-", "−")
}

// The picture as a file of its own: styles written out, a background, and the recipes' names below.
const STYLES = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-opacity", "opacity", "font-size", "font-weight", "font-family"]
function standalone(drawn, recipes) {
  const copy = drawn.cloneNode(true)
  copy.querySelector(".pointed")?.remove()
  const originals = [...drawn.querySelectorAll("*")].filter(one => !one.closest(".pointed"))
  ;[...copy.querySelectorAll("*")].forEach((one, place) => {
    const style = getComputedStyle(originals[place])
    for (const name of STYLES) one.setAttribute(name, style.getPropertyValue(name))
  })
  const width = Number(drawn.getAttribute("width")), height = Number(drawn.getAttribute("height")), pad = 16
  const style = getComputedStyle(drawn), ink = getComputedStyle(drawn.querySelector("text"))
  const background = style.getPropertyValue("--st-background-color") || "#ffffff"
  const columns = Math.max(Math.floor(width / 190), 1), rows = Math.ceil(recipes.length / columns)
  const names = recipes.map(({ name, colour }, place) => {
    const x = (place % columns) * (width / columns), y = height + 8 + 20 * Math.floor(place / columns)
    const group = svg("g", {})
    group.append(svg("circle", { cx: x + 6, cy: y + 6, r: 5, fill: colour }), svg("text", { x: x + 17, y: y + 10, fill: ink.fill, "font-size": "12px", "font-family": ink.fontFamily }, name))
    return group
  })
  const size = { width: width + 2 * pad, height: height + 2 * pad + 20 * rows + 8 }
  const page = svg("svg", { xmlns: "http://www.w3.org/2000/svg", ...size, viewBox: `${-pad} ${-pad} ${size.width} ${size.height}` })
  page.append(svg("rect", { x: -pad, y: -pad, ...size, fill: background }), ...copy.childNodes, ...names)
  return new XMLSerializer().serializeToString(page)
}

function raster(text, scale = 2) {
  return new Promise((resolve, reject) => {
    const image = new Image()
    image.onload = () => {
      const canvas = element("canvas")
      canvas.width = image.width * scale
      canvas.height = image.height * scale
      canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height)
      canvas.toBlob(blob => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/png")
    }
    image.onerror = () => reject(new Error("no picture"))
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`
  })
}

function save(blob, name, ending) {
  const link = element("a", { href: URL.createObjectURL(blob), download: `${name}.${ending}` })
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}
