// A picture on its way through a network: the picture, every layer's maps or cells, a bar for each class. Pointing
// at a unit, or going to it with the keyboard, shows it large and marks what feeds it; a click lets it stay.
/**
 * Codes go from 0 to 254 along the stops, 255 is no number; of three channels they are red, green and blue.
 * @typedef {{height: number, width: number, channels: number}} PassTile
 * @typedef {PassTile & {sources: number}} PassWeights From each unit of a unit's sources, or from the picture.
 * @typedef {{kind: "map" | "cell" | "class", name: string, note: string, steps: string, places: number[],
 *   tile: PassTile, stops: string[], signed: boolean, reach: number, weights: ?PassWeights, biases: ?number[],
 *   carried: boolean}} PassLayer The colours go from 0 or, `signed`, from -reach, to reach.
 * With the picture's codes, and of each layer: the codes of its values, the least and the largest value of each
 * unit, how strongly each depends on each unit before it (both float32, row by row), and the codes of its weights.
 * @typedef {{picture: PassTile, layers: PassLayer[], classes: {label: string, share: number, truth: boolean}[],
 *   scale: string[], alt: string, summary: string, when: string, step: number, moving: boolean}} PassNews
 * @typedef {PassNews & {address: string, every: number}} PassMessage The news come from the address, if there is one.
 */
const TILE = 44, CELL = 20, KERNEL = 24, LARGEST_KERNEL = 7, PICTURE = 112, BARS = 208, GAP = 6, TOP = 52
const HEAD = 84, LEAST_WAY = 26, MOST_WAY = 130, ROWS = 8, THICK = 7, MOST_LINES = 4000, SIDE = 268
const LONGEST = 16_000  // pixels: a browser draws nothing on a canvas that is much longer
const RED = "#c2403a", BLUE = "#2f6fb3"

// The colours of all codes.
function coloursOf(stops) {
  return Array.from({ length: 256 }, (_, code) => colourAt(stops, code < 255 ? code / 254 : NaN))
}

function paint(canvas, codes, { height, width, channels }, colours) {
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height })
  const context = canvas.getContext("2d"), picture = context.createImageData(width, height)
  for (let pixel = 0; pixel < width * height; pixel += 1) {
    const rgb = channels === 3 ? codes.subarray(3 * pixel, 3 * pixel + 3) : colours[codes[pixel]]
    picture.data.set(rgb, 4 * pixel)
    picture.data[4 * pixel + 3] = 255
  }
  context.putImageData(picture, 0, 0)
}

// How large a unit is on the board; in the first layer its weights stand beside it.
function sizeOf({ kind, weights }, first) {
  const own = kind === "map" ? TILE : CELL, wide = kind === "class" ? BARS : own
  const beside = !first || !weights ? 0 : weights.height <= LARGEST_KERNEL ? KERNEL : kind === "class" ? 36 : TILE
  return { beside, own, width: wide + (beside && beside + 3), height: Math.max(own, beside) }
}

// Where the units of each column stand, [left, top], and how large the board is: the columns share the `room`,
// each in the middle of the height; where there are many large units, two stand side by side.
function boardOf(columns, room) {
  const shapes = columns.map(({ count, width, height }) => {
    const across = count > ROWS && height >= TILE && width < BARS ? 2 : 1, down = Math.ceil(count / across)
    const wide = across * (width + GAP) - GAP
    return { across, wide, taken: Math.max(wide, HEAD), tall: down * (height + GAP) - GAP }
  })
  const tall = Math.max(...shapes.map(one => one.tall))
  const taken = shapes.reduce((sum, one) => sum + one.taken, 0)
  const way = clamp((room - taken) / Math.max(columns.length - 1, 1), LEAST_WAY, MOST_WAY)
  let left = 0
  const places = columns.map(({ count, width, height }, column) => {
    const { across, taken: room, tall: own } = shapes[column], from = left, top = TOP + (tall - own) / 2
    left += room + way
    return Array.from({ length: count }, (_, unit) =>
      [from + (unit % across) * (width + GAP), top + Math.floor(unit / across) * (height + GAP)])
  })
  return { places, width: left - way, height: TOP + tall + 4 }
}

// The unit next to another: to the side the nearest of the next file, up and down within its column.
function neighbour(places, { column, unit }, right, down) {
  const [left, top] = places[column][unit]
  let found = { column, unit }, least = Infinity
  places.forEach((units, other) => units.forEach(([x, y], index) => {
    const [along, beside] = right ? [(x - left) * right, y - top] : [(y - top) * down, x - left]
    if (along <= 0 || (down && other !== column)) return
    const far = along * 1000 + Math.abs(beside)
    if (far < least) [least, found] = [far, { column: other, unit: index }]
  }))
  return found
}

// The lines to each unit of a column from those before it: their sign, and how thick they are.
function linesOf(strengths, before) {
  const most = strengths.reduce((far, one) => (Math.abs(one) > far ? Math.abs(one) : far), 0)
  return Array.from(strengths, (strength, place) => ({
    to: Math.floor(place / before), from: place % before, negative: strength < 0,
    thick: Number.isFinite(strength) && strength && most < Infinity ? 0.3 + (THICK * Math.abs(strength)) / most : 0,
  })).filter(line => line.thick)
}

export default component(stand => {
  const root = stand.find(".pass"), board = stand.find(".board"), large = stand.find(".large")
  const name = stand.find(".name"), told = stand.find(".told"), note = stand.find(".note")
  const slices = stand.find(".slices")
  const lines = element("canvas", { class: "lines", "aria-hidden": "true" })
  /** @type {PassMessage} */
  let header = null
  let columns = [], layout = "", places = [], chosen = null, active = { column: 0, unit: 0 }, stays = false

  // Everything of a column that is drawn: the picture is the first, with one unit.
  function read(blobs) {
    const tables = new Map()
    const table = stops => tables.get(stops.join()) ?? tables.set(stops.join(), coloursOf(stops)).get(stops.join())
    const [picture, ...rest] = blobs
    const first = { kind: "picture", name: say("Picture"), note: "", tile: header.picture, codes: picture, count: 1,
      colours: table(["#000000", "#ffffff"]), size: { own: PICTURE, beside: 0, width: PICTURE, height: PICTURE } }
    columns = [first, ...header.layers.map((layer, index) => {
      const [codes, ranges, strengths, weights] = rest.slice(4 * index, 4 * index + 4)
      return { ...layer, codes, ranges: numbersOf(ranges), strengths: numbersOf(strengths), given: weights,
        count: layer.places.length, colours: table(layer.stops), size: sizeOf(layer, index === 0),
        share: table(header.scale) }
    })]
    columns.slice(1).forEach((one, index) => { one.lines = linesOf(one.strengths, columns[index].count) })
  }

  const bytesOf = ({ height, width, channels }) => height * width * channels
  const codesOf = ({ codes, tile }, unit) => codes.subarray(unit * bytesOf(tile), (unit + 1) * bytesOf(tile))
  const weightsOf = ({ given, weights }, unit, source = 0) => {
    const size = bytesOf(weights), start = (unit * weights.sources + source) * size
    return given.subarray(start, start + size)
  }

  function nameOf({ column, unit }) {
    const { kind, name: layer, places: numbers } = columns[column]
    if (kind === "picture") return layer
    if (kind === "class") return classOf(unit)
    const number = numbers[unit] + 1
    if (kind === "map") return say("{layer}, map {number}", { layer, number })
    return say("{layer}, unit {number}", { layer, number })
  }
  function classOf(unit) {
    const { label, truth } = header.classes[unit]
    return truth ? say("{label} (true)", { label }) : label
  }

  function build() {
    const heads = columns.map(({ name: title, note: text, steps }) =>
      element("div", { class: "head", title: steps ?? null }, element("b", { text: title }), text))
    columns.forEach((column, place) => {
      column.units = Array.from({ length: column.count }, (_, unit) => {
        const own = element("canvas"), beside = column.size.beside ? element("canvas") : null
        const about = { role: "option", id: `unit-${place}-${unit}`, "aria-label": nameOf({ column: place, unit }),
          "data-column": place, "data-unit": unit, class: column.kind === "class" ? "unit class" : "unit" }
        const bar = column.kind === "class" && barOf(unit)
        const node = element("div", about, ...[beside, ...(bar ? bar.parts : [own])].filter(Boolean))
        if (bar) node.classList.toggle("true", header.classes[unit].truth)
        return { node, own, beside, bar }
      })
    })
    board.replaceChildren(lines, ...heads, ...columns.flatMap(one => one.units.map(unit => unit.node)))
    board.setAttribute("aria-label", header.alt)
    board.style.setProperty("--label", Math.max(...header.classes.map((_, unit) => classOf(unit).length)) + 1)
  }

  function barOf(unit) {
    const fill = element("i"), share = element("span", { class: "share" }), title = classOf(unit)
    const label = element("span", { class: "label", translate: "no", title, text: title })
    return { fill, share, parts: [label, element("span", { class: "bar", "aria-hidden": "true" }, fill), share] }
  }

  // What was built before stays, where it is of the same form: only what it shows is new.
  function keepUnits(before) { columns.forEach((column, place) => { column.units = before[place].units }) }

  function lay() {
    const sizes = columns.map(({ count, size }) => ({ count, ...size })), beside = root.clientWidth - SIDE
    root.classList.toggle("wide", boardOf(sizes, 0).width > beside)
    const found = boardOf(sizes, root.classList.contains("wide") ? root.clientWidth - 8 : beside)
    places = found.places
    Object.assign(board.style, { width: `${found.width}px`, height: `${found.height}px` })
    const ratio = Math.min(window.devicePixelRatio || 1, LONGEST / found.width)
    Object.assign(lines, { width: Math.round(found.width * ratio), height: Math.round(found.height * ratio) })
    Object.assign(lines.style, { width: `${found.width}px`, height: `${found.height}px` })
    const heads = board.querySelectorAll(".head")
    columns.forEach(({ units, size: { own, beside, width, height } }, column) => {
      heads[column].style.left = `${places[column][0][0]}px`
      units.forEach(({ node, own: canvas, beside: weights }, unit) => {
        const [left, top] = places[column][unit]
        Object.assign(node.style, { left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` })
        Object.assign(canvas.style, { width: `${own}px`, height: `${own}px` })
        if (weights) Object.assign(weights.style, { width: `${beside}px`, height: `${beside}px` })
      })
    })
    drawLines()
  }

  function fill() {
    columns.forEach(column => column.units.forEach(({ own, beside, bar }, unit) => {
      if (beside) paint(beside, weightsOf(column, unit), column.weights, column.share)
      if (!bar) { paint(own, codesOf(column, unit), column.tile, column.colours); return }
      const { share } = header.classes[unit]
      bar.fill.style.width = `${100 * (share ?? 0)}%`
      bar.share.textContent = percent(share)
    }))
  }

  const isChosen = (column, unit) => chosen?.column === column && chosen.unit === unit
  // The lines to what is chosen from the units of a column, by those.
  const feeding = column => new Map(chosen?.column !== column + 1 ? []
    : columns[chosen.column].lines.filter(line => line.to === chosen.unit).map(line => [line.from, line]))

  function drawLines() {
    const context = lines.getContext("2d"), ratio = lines.width / lines.clientWidth || 1
    context.setTransform(ratio, 0, 0, ratio, 0, 0)
    context.clearRect(0, 0, lines.width, lines.height)
    const few = columns.slice(1).reduce((sum, one) => sum + one.lines.length, 0) <= MOST_LINES
    columns.slice(1).forEach((column, before) => column.lines.forEach(line => {
      const strong = isChosen(before + 1, line.to)
      if (!strong && !few) return
      context.globalAlpha = strong ? 0.95 : (chosen ? 0.07 : 0.3) * (line.thick / THICK)
      drawLine(context, line, columns[before].size, places[before][line.from], places[before + 1][line.to], column.size)
    }))
  }

  function drawLine(context, { negative, thick }, left, [x1, y1], [x2, y2], right) {
    const from = x1 + left.width, high = y1 + left.height / 2, low = y2 + right.height / 2, middle = (from + x2) / 2
    context.strokeStyle = negative ? BLUE : RED
    context.lineWidth = thick
    context.beginPath()
    context.moveTo(from, high)
    context.bezierCurveTo(middle, high, middle, low, x2, low)
    context.stroke()
  }

  function mark() {
    columns.forEach(({ units }, column) => {
      const feeds = feeding(column)
      units.forEach(({ node }, unit) => {
        node.classList.toggle("chosen", isChosen(column, unit))
        node.classList.toggle("feeds", feeds.has(unit))
        node.style.setProperty("--line", feeds.has(unit) ? shade(feeds.get(unit)) : "")
        node.classList.toggle("aside", chosen?.column === column && !isChosen(column, unit))
        node.setAttribute("aria-selected", isChosen(column, unit))
      })
    })
    board.setAttribute("aria-activedescendant", `unit-${active.column}-${active.unit}`)
  }

  const speak = how => [name, told].forEach(one => one.setAttribute("aria-live", how))

  function choose(which) {
    chosen = which
    if (which) active = which
    speak("polite")
    mark()
    drawLines()
    describe()
  }

  function describe() {
    const { column: place, unit } = chosen ?? { column: 0, unit: 0 }, column = columns[place]
    const bars = column.kind === "class"
    name.textContent = chosen ? nameOf(chosen) : say("The picture")
    name.translate = !bars
    large.hidden = bars || column.kind === "cell"
    if (!large.hidden) paint(large, codesOf(column, unit), column.tile, column.colours)
    told.textContent = chosen ? words(column, place, unit).join(" · ") : header.summary
    stand.find(".when").textContent = header.when
    note.textContent = chosen ? column.steps ?? "" : say("Point at a unit to see what feeds it; a click lets it stay.")
    showSlices(column, place, unit)
  }

  function words({ kind, ranges, reach, signed, biases, carried, lines: all }, place, unit) {
    if (kind === "picture") return [header.alt]
    const [low, high] = [ranges[2 * unit], ranges[2 * unit + 1]].map(value => rounded(value))
    const bias = biases && say("bias {bias}", { bias: rounded(biases[unit] ?? NaN) })
    const share = kind === "class" && say("probability {share}", { share: percent(header.classes[unit].share) })
    const range = kind === "map" ? say("from {low} to {high}", { low, high })
      : kind === "class" ? say("logit {value}", { value: low }) : say("value {value}", { value: low })
    const end = `${signed ? "±" : ""}${rounded(reach, 3)}`
    const colours = kind !== "class" && say("colours reach to {reach}", { reach: end })
    const added = carried && say("plus what the same unit before it gave")
    const leading = all.filter(line => line.to === unit)
    const widest = leading.reduce((far, one) => (one.thick > (far?.thick ?? 0) ? one : far), null)
    const most = leading.length > 1 && say("fed most by {unit}: {size}", {
      unit: nameOf({ column: place - 1, unit: widest.from }),
      size: rounded(columns[place].strengths[unit * columns[place - 1].count + widest.from], 3),
    })
    return [range, colours, share, bias, added, most].filter(Boolean)
  }

  // The weights as pictures: one for each unit before, or of a first layer the one for the picture.
  function showSlices({ weights, share, kind }, place, unit) {
    if (!chosen || kind === "picture" || !weights) { slices.replaceChildren(); return }
    slices.style.setProperty("--side", weights.sources > 1 ? "34px" : "112px")
    slices.replaceChildren(...Array.from({ length: weights.sources }, (_, source) => {
      const canvas = element("canvas"), caption = place > 1 ? columns[place - 1].places[source] + 1 : say("weights")
      paint(canvas, weightsOf(columns[place], unit, source), weights, share)
      return element("figure", {}, canvas, element("figcaption", { text: caption }))
    }))
  }

  const unitOf = event => {
    const node = event.target.closest(".unit")
    return node && { column: Number(node.dataset.column), unit: Number(node.dataset.unit) }
  }
  board.onpointerover = event => {
    const under = unitOf(event)
    if (under && !stays && !isChosen(under.column, under.unit)) choose(under)
  }
  board.onclick = event => {
    const under = unitOf(event)
    stays = under !== null && !(stays && isChosen(under.column, under.unit))
    choose(under)
  }
  board.onpointerleave = () => { if (chosen && !stays) choose(null) }
  board.onfocus = () => board.matches(":focus-visible") && choose(chosen ?? active)
  board.onblur = () => { if (chosen && !stays) choose(null) }
  onKeys(board, {
    arrow(right, down) {
      const next = neighbour(places, active, right, down)
      columns[next.column].units[next.unit].node.scrollIntoView({ block: "nearest", inline: "nearest" })
      choose(next)
    },
    Enter: () => { stays = true; choose(active) },
    Escape: () => { stays = false; choose(null) },
  })
  stand.onResize(() => header && lay(), root)

  const ask = keepAsking(stand, message => {
    const { header: { moving, layers } } = unpack(message)
    if (layers) take(message)
    return moving
  })

  function take(data) {
    const before = columns, { header: newest, blobs } = unpack(data)
    header = newest
    read(blobs)
    const forms = columns.map(({ kind, name: title, note: text, count, size }) => [kind, title, text, count, size])
    const form = JSON.stringify([forms, header.classes.map((_, unit) => classOf(unit)), header.alt])
    const known = form === layout
    layout = form
    if (known) keepUnits(before)
    else build()
    if (chosen && !columns[chosen.column]?.units[chosen.unit]) { chosen = null; stays = false }
    if (!columns[active.column]?.units[active.unit]) active = { column: 0, unit: 0 }
    speak("off")
    fill()
    if (known) drawLines()
    else lay()
    mark()
    describe()
  }

  return data => {
    take(data)
    ask(header.address, header.every, () => ({ known: header.step }))
  }
})

// The colour of a line, the paler the thinner it is.
const shade = ({ negative, thick }) =>
  `rgba(${rgbOf(negative ? BLUE : RED).join()}, ${Math.min(0.15 + thick / THICK, 1)})`

const percent = share => (Number.isFinite(share) ? `${show(100 * share, 1)} %` : "–")
