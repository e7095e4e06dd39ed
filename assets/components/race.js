// How the curves of a race are drawn: scales, lines and bands, what the pointer marks, and files.
const MARGIN = { left: 54, right: 14, top: 30, bottom: 40 }
const NARROW = 480, KEY_ROW = 20
const USUAL = 0.9  // the share of a band's points that a linear axis reaches at least
const ROOM = 10  // how far beyond the end of a linear axis a logarithmic one may go, as a factor
const MOST_MARKS = 8
const MOST_LABELS = 4
const DASHES = { training: "5 4" }

function partName(part) {
  return part === "training" ? say("training") : part === "validation" ? say("validation") : part
}

function read(blob, [chart, recipe, part]) {
  const values = numbersOf(blob), n = values.length / 4
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
// Without curves the axes end at `total` and `most`.
function scaleOf({ zero, logarithmic, parts }, curves, most, total, width, height) {
  const [left, right, bottom] = [MARGIN.left, width - MARGIN.right, height - MARGIN.bottom]
  const top = MARGIN.top + (width < NARROW && parts.length > 1 ? KEY_ROW : 0)
  const last = roundUp(Math.max(curves.length ? 1 : total, ...curves.map(({ steps }) => steps.at(-1) ?? 1)))
  const values = curves.flatMap(({ low, median, high }) =>
    [low, median, high].flatMap(row => extremes(row, logarithmic)))
  let [least, largest] = values.length ? [Math.min(...values), Math.max(...values)] : [logarithmic ? 0.1 : 0, most ?? 1]
  largest = Math.min(largest, logarithmic ? ROOM * (most ?? Infinity) : Math.min(usualEnd(curves), most ?? Infinity))
  if (zero && !logarithmic) least = Math.min(least, 0)
  if (largest - least < 1e-12) largest = logarithmic ? least * 10 : least + 1
  const marks = logarithmic ? decades(least, largest)
    : wholeSteps(least, largest, Math.max(3, Math.round((bottom - top) / 55)))
  if (!logarithmic) [least, largest] = [marks[0], marks.at(-1)]
  const value = logarithmic ? Math.log : value => value
  const down = linear([value(least), value(largest)], [bottom, top])
  return {
    left, right, top, bottom, last, marks, logarithmic,
    across: linear([0, last], [left, right]), stepAt: linear([left, right], [0, last]), down: one => down(value(one)),
  }
}

// Round numbers that begin at `low` or below and end at `high` or beyond.
function wholeSteps(low, high, count) {
  const marks = ticks(low, high, count), gap = marks.length > 1 ? marks[1] - marks[0] : high - low
  while (marks[0] > low + 1e-9 * gap) marks.unshift(Number((marks[0] - gap).toPrecision(12)))
  while (marks.at(-1) < high - 1e-9 * gap) marks.push(Number((marks.at(-1) + gap).toPrecision(12)))
  return marks
}

// Where a linear axis ends: beyond every median, and all but the most extreme points of the bands.
function usualEnd(curves) {
  const highs = curves.flatMap(({ high }) => Array.from(high).filter(Number.isFinite)).sort((a, b) => a - b)
  const medians = curves.flatMap(({ median }) => extremes(median, false))
  return highs.length ? Math.max(highs[Math.floor(USUAL * (highs.length - 1))], ...medians) : Infinity
}

function extremes(row, logarithmic) {
  const found = row.filter(value => Number.isFinite(value) && (!logarithmic || value > 0))
  return found.length ? [Math.min(...found), Math.max(...found)] : []
}

// The next of a few round numbers, so that the axis moves in leaps and not all the time.
function roundUp(step) {
  const power = 10 ** Math.floor(Math.log10(step))
  const candidates = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].map(factor => Math.round(factor * power))
  return candidates.find(candidate => candidate >= step) ?? step
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

// The old course of a race that was left is drawn thin and pale, behind the others.
function picture({ charts, recipes, then }, place, curves, old, marks, scale, width, height) {
  const { title, parts } = charts[place], { left, right } = scale
  const size = { width, height, viewBox: `0 0 ${width} ${height}` }
  const drawn = svg("svg", { class: "picture", ...size, "aria-hidden": "true" },
    svg("text", { class: "title", x: 0, y: 13 }, title))
  if (parts.length > 1) drawn.append(keyOf(parts, width))
  for (const tick of scale.marks) {
    const y = Math.round(scale.down(tick)) + 0.5
    drawn.append(levelLine(y, scale, "grid"), tickLeft(y, scale, digits4(tick)))
  }
  for (const tick of ticks(0, scale.last, Math.max(3, Math.round((right - left) / 80))).filter(Number.isInteger)) {
    drawn.append(tickBelow(scale.across(tick), scale, whole(tick)))
  }
  drawn.append(tickBelow((left + right) / 2, scale, say("step"), 2))
  const colour = recipe => recipes[recipe].colour
  const bands = curves.map(({ recipe, ...curve }) =>
    svg("path", { class: "band", "data-recipe": recipe, fill: colour(recipe), d: around(curve, scale) }))
  const line = kind => ({ recipe, part, ...curve }) => {
    const dashes = parts.length > 1 && DASHES[part] ? { "stroke-dasharray": DASHES[part], "stroke-opacity": 0.8 } : {}
    const look = { stroke: colour(recipe), d: along(curve, scale), ...dashes }
    return svg("path", { class: kind, "data-recipe": recipe, ...look })
  }
  const rules = marks.map(([recipe, step]) =>
    filled(uprightLine(scale.across(step), scale, "mark"), { "data-recipe": recipe, stroke: colour(recipe) }))
  rules.push(...labels(marks, scale))
  if (then !== null) drawn.append(uprightLine(scale.across(then), scale, "then"))
  const lines = [...old.map(line("old")), ...bands, ...curves.map(line("line"))]
  drawn.append(within(`race-clip-${place}`, scale, 2, ...lines, ...rules))
  return drawn
}

// What was changed, beside its line and near the top, one below the other; where there are many, the readout says it.
function labels(marks, { across, right, top }) {
  return marks.length > MOST_LABELS ? [] : marks.map(([recipe, step, text], row) => {
    const x = across(step), late = x > right - 6 * text.length
    const place = { x: x + (late ? -4 : 4), y: top + 11 + 13 * row, "text-anchor": late ? "end" : "start" }
    return svg("text", { class: "label", "data-recipe": recipe, ...place }, text)
  })
}

// Which dashes stand for which part: at the right of the title, below it where there is no room.
function keyOf(parts, width) {
  const group = svg("g"), narrow = width < NARROW, y = narrow ? 13 + KEY_ROW : 13
  let x = narrow ? width : width - 34
  for (const part of [...parts].reverse()) {
    x -= 7 * partName(part).length + 36
    const line = levelLine(y - 4, { left: x, right: x + 24 }, "key")
    group.append(filled(line, { "stroke-dasharray": DASHES[part] }), svg("text", { x: x + 29, y }, partName(part)))
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

function along({ steps, median }, { across, down, logarithmic }) {
  const usable = place => Number.isFinite(median[place]) && (!logarithmic || median[place] > 0)
  const point = place => `${across(steps[place]).toFixed(1)},${down(median[place]).toFixed(1)}`
  return pieces(steps, usable, point).map(piece => `M${piece.join("L")}${piece.length < 2 ? "h0.01" : ""}`).join("")
}

function around({ steps, low, high }, { across, down, bottom, logarithmic }) {
  const ends = place => Number.isFinite(low[place]) && Number.isFinite(high[place])
  const usable = place => ends(place) && (!logarithmic || high[place] > 0)
  const lower = place => (logarithmic && low[place] <= 0 ? bottom : down(low[place]))
  const points = place =>
    [lower(place), down(high[place])].map(y => `${across(steps[place]).toFixed(1)},${y.toFixed(1)}`)
  return pieces(steps, usable, points).map(piece => {
    const upper = piece.map(([, point]) => point), back = piece.map(([point]) => point).reverse()
    return `M${upper.join("L")}L${back.join("L")}Z`
  }).join("")
}

function cursor(step, found, scale, { recipes }) {
  const { across, down, top, bottom, logarithmic } = scale, group = svg("g", { class: "pointed" })
  group.append(uprightLine(across(step), scale, "cursor"))
  for (const { recipe, steps, median, index } of found) {
    const value = median[index], y = down(value)
    if (index < 0 || !Number.isFinite(value) || (logarithmic && value <= 0) || y < top - 2 || y > bottom + 2) continue
    group.append(svg("circle", { cx: across(steps[index]), cy: y, r: 3.5, fill: recipes[recipe].colour }))
  }
  return group
}

// Four digits, powers of ten for what is very small or large.
function digits4(value) {
  const size = Math.abs(value)
  if (size >= 1000 && size < 1e6) return whole(value)
  const far = size !== 0 && (size < 1e-4 || size >= 1e6)
  return far ? printed(value, one => Number(one.toPrecision(3)).toExponential()) : rounded(value)
}

// The picture as a file of its own: styles written out, a background, and the recipes' names below.
const STYLES = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-opacity", "opacity",
  "font-size", "font-weight", "font-family"]
function standalone(drawn, recipes) {
  const copy = drawn.cloneNode(true)
  copy.querySelector(".pointed")?.remove()
  const originals = [...drawn.querySelectorAll("*")].filter(one => !one.closest(".pointed"))
  ;[...copy.querySelectorAll("*")].forEach((one, place) => {
    const style = getComputedStyle(originals[place])
    for (const name of STYLES) one.setAttribute(name, style.getPropertyValue(name))
  })
  const width = Number(drawn.getAttribute("width")), height = Number(drawn.getAttribute("height")), pad = 16
  const ink = getComputedStyle(drawn.querySelector("text"))
  const background = getComputedStyle(drawn).getPropertyValue("--st-background-color") || "#ffffff"
  const columns = Math.max(Math.floor(width / 190), 1), rows = Math.ceil(recipes.length / columns)
  const look = { fill: ink.fill, "font-size": "12px", "font-family": ink.fontFamily }
  const names = recipes.flatMap(({ name, colour }, place) => {
    const x = (place % columns) * (width / columns), y = height + 8 + 20 * Math.floor(place / columns)
    const disc = svg("circle", { cx: x + 6, cy: y + 6, r: 5, fill: colour })
    return [disc, svg("text", { x: x + 17, y: y + 10, ...look }, name)]
  })
  const size = { width: width + 2 * pad, height: height + 2 * pad + 20 * rows + 8 }
  const viewBox = `${-pad} ${-pad} ${size.width} ${size.height}`
  const page = svg("svg", { xmlns: "http://www.w3.org/2000/svg", ...size, viewBox })
  page.append(svg("rect", { x: -pad, y: -pad, ...size, fill: background }), ...copy.childNodes, ...names)
  return new XMLSerializer().serializeToString(page)
}

async function raster(text, scale = 2) {
  const image = element("img", { src: `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}` })
  await image.decode()
  const canvas = element("canvas", { width: image.width * scale, height: image.height * scale })
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height)
  return new Promise(resolve => canvas.toBlob(resolve, "image/png"))
}

function save(blob, name, ending) {
  const link = element("a", { href: URL.createObjectURL(blob), download: `${name}.${ending}` })
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}
