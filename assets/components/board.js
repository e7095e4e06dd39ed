// Scores over places in a row: lines, steps, discs, rings, bands and bars. Point at a place and read all of them
// there; as a slider is dragged they follow.
/**
 * With a float64 array of the x of all places, and for each entry one of as many values, NaN where there is none;
 * of a band and of bars it has three rows: low, what is read, high.
 * @typedef {{title: string, kind: "line" | "steps" | "discs" | "rings" | "band" | "bars", colour: string,
 *   dash: string, colours?: string[]}} BoardEntry Bars have a colour for each place.
 * @typedef {{span: [number, number], logarithmic: boolean, title: string, unit: string,
 *   ticks?: {at: number, text: string}[], decimals: number | null}} BoardAxis
 * @typedef {{name: string, number: number, across: BoardAxis, up: BoardAxis, height: number,
 *   entries: BoardEntry[], told: string[], at: number, alt: string, also?: string}} BoardMessage `told` are
 *   sentences about it. Of a drag that moves two charts, the last blob is the message to `also`.
 */
const MARGIN = { left: 50, right: 16, top: 26, bottom: 42 }
const THREE = ["band", "bars"], NONE = "–"

export default component(place => {
  const { find } = place, stack = find(".stack"), readout = find(".readout")
  /** @type {BoardMessage} */
  let settings = null
  let xs = [], values = [], sides = [], width = 0, at = 0, number = -1, cursor = null
  find(".hint").textContent = say("Point at the chart, or move with the arrow keys.")

  function update(data) {
    const { header, blobs } = unpack(data)
    if (header.number < number) return
    const fresh = header.at !== settings?.at
    settings = header
    number = header.number
    ;[xs, ...values] = blobs.slice(0, header.entries.length + 1).map(blob => numbersOf(blob, Float64Array))
    at = inside(fresh ? header.at : at)
    stack.setAttribute("aria-label", header.alt)
    find(".told").replaceChildren(...header.told.map(text => element("p", { text })))
    draw()
    if (header.also) {
      const detail = { name: header.also, message: blobs.at(-1) }
      window.dispatchEvent(new CustomEvent("deepglass-live", { detail }))
    }
  }

  const inside = index => clamp(index, 0, xs.length - 1)
  const rows = index => {
    const found = values[index], count = xs.length
    return THREE.includes(settings.entries[index].kind)
      ? [0, 1, 2].map(row => found.subarray(row * count, (row + 1) * count)) : [found, found, found]
  }

  function draw() {
    width = stack.clientWidth
    if (!settings || !width) return
    const { across: level, up, height, entries } = settings
    const plot = { left: MARGIN.left, right: width - MARGIN.right, top: MARGIN.top, bottom: height - MARGIN.bottom }
    const down = scaleOf(up, [plot.bottom, plot.top]), across = scaleOf(level, [plot.left, plot.right])
    sides = Array.from(xs, across)
    const size = { height, width, viewBox: `0 0 ${width} ${height}` }
    const picture = svg("svg", { class: "panel", ...size, "aria-hidden": "true" })
    picture.append(svg("text", { class: "title", x: 0, y: 14 }, up.title))
    for (const { at: value, text } of ticksOf(up, 6)) {
      const y = Math.round(down(value)) + 0.5
      picture.append(levelLine(y, plot, "grid"), tickLeft(y, plot, text))
    }
    for (const { at: value, text } of ticksOf(level, width < 500 ? 4 : 8)) {
      picture.append(tickBelow(across(value), plot, text))
    }
    picture.append(tickBelow((plot.left + plot.right) / 2, plot, level.title, 2))
    cursor = uprightLine(0, plot, "cursor")
    const drawn = entries.flatMap((entry, index) => DRAWN[entry.kind](entry, sides, rows(index), down))
    picture.append(within(`board-${settings.name.replace(/\W/g, "-")}`, plot, 4, ...drawn), cursor)
    stack.replaceChildren(picture)
    point(at)
  }

  function point(index) {
    at = inside(index)
    const x = sides[at]
    filled(cursor, { x1: x, x2: x })
    const { across: { title, ticks: named, unit, logarithmic }, up, entries } = settings
    const name = logarithmic ? undefined : named?.find(one => one.at === xs[at])?.text
    const heading = `${title}: ${name ?? written(xs[at], unit)}`
    const said = entries.map(({ kind }, index) => {
      const found = rows(index).map(row => row[at])
      const [low, value, high] = found.map(one => written(one, up.unit, decimalsOf(up, found)))
      return THREE.includes(kind) && value !== NONE ? [value, say("{low} to {high}", { low, high })] : [value]
    })
    const line = (tag, first, cells) => element("tr", {}, first, ...cells.map(text => element(tag, { text })))
    const wide = said.some(cells => cells.length > 1)
    const cells = found => (wide && found.length < 2 ? [...found, ""] : found)
    readout.tHead.replaceChildren(line("th", element("th", { text: heading }), cells([""])))
    readout.tBodies[0].replaceChildren(...entries.map((entry, index) =>
      line("td", element("td", {}, lookOf(entry), entry.title), cells(said[index]))))
    const told = entries.map(({ title: name }, index) => `${name} ${said[index].join(", ")}`)
    const bounds = { "aria-valuemin": 0, "aria-valuemax": xs.length - 1, "aria-valuenow": at }
    filled(stack, { ...bounds, "aria-valuetext": `${heading}. ${told.join("; ")}` })
  }

  stack.onpointermove = stack.onpointerdown = event => {
    const x = event.clientX - stack.getBoundingClientRect().left
    point(nearest(sides, x))
  }
  stack.onpointerleave = () => point(settings.at)
  onKeys(stack, {
    arrow: (right, down) => point(at + right - down), far: 10, Home: () => point(0), End: () => point(Infinity),
  })

  place.onLive(() => settings?.name, update)
  place.onResize(() => { if (stack.clientWidth !== width) draw() }, stack)
  return update
})

// How each kind is drawn, at the pixels `sides` of all places, from its rows low, value and high.
const DRAWN = {
  line: ({ colour, dash }, sides, [, value], down) => [path(colour, dash, stretches(value).map(found =>
    `M${thinned(found, sides).map(place => spot(sides[place], down(value[place]))).join("L")}`))],
  steps: ({ colour, dash }, sides, [, value], down) => [path(colour, dash, stretches(value).map(found =>
    thinned(found, sides).map((place, order) => order ? `H${sides[place].toFixed(1)}V${down(value[place]).toFixed(1)}`
      : `M${spot(sides[place], down(value[place]))}`).join("")))],
  discs: ({ colour }, sides, [, value], down) => [svg("path", { d: circles(sides, value, down), fill: colour })],
  rings: ({ colour }, sides, [, value], down) =>
    [svg("path", { d: circles(sides, value, down), fill: "none", stroke: colour, "stroke-width": 1.5 })],
  band: ({ colour }, sides, [low, , high], down) => [svg("path", { class: "band", fill: colour,
    d: stretches(low).map(all => thinned(all, sides)).map(found => `M${[
      ...found.map(place => spot(sides[place], down(high[place]))),
      ...found.toReversed().map(place => spot(sides[place], down(low[place])))].join("L")}Z`).join("") })],
  bars: ({ colours }, sides, [low, value, high], down) => stretches(low).flat().flatMap(place => {
    const x = sides[place], look = { stroke: colours[place], "stroke-width": 2.5 }
    const [below, above] = [down(low[place]), down(high[place])]
    return [svg("line", { x1: x, x2: x, y1: below, y2: above, ...look }),
      ...[below, above].map(y => svg("line", { x1: x - 7, x2: x + 7, y1: y, y2: y, ...look })),
      svg("circle", { cx: x, cy: down(value[place]), r: 4.5, fill: colours[place] })]
  }),
}

const spot = (x, y) => `${x.toFixed(1)},${y.toFixed(1)}`
const path = (stroke, dash, parts) =>
  svg("path", { class: "line", d: parts.join(""), stroke, "stroke-dasharray": dash })
const circles = (sides, value, down) => stretches(value).flat().map(place =>
  `M${spot(sides[place] - 3.5, down(value[place]))}a3.5,3.5 0 1 0 7,0a3.5,3.5 0 1 0 -7,0`).join("")

// The places in a row that have a value.
function stretches(row) {
  const found = [[]]
  for (let place = 0; place < row.length; place += 1) {
    if (Number.isFinite(row[place])) found.at(-1).push(place)
    else if (found.at(-1).length) found.push([])
  }
  return found.filter(places => places.length)
}

// The first of some places, and the last one in each pixel: a line through more costs time and shows no more.
function thinned(places, sides) {
  return places.filter((place, order) =>
    !order || Math.round(sides[place]) !== Math.round(sides[places[order + 1]]))
}

function scaleOf({ span, logarithmic }, side) {
  if (!logarithmic) return linear(span, side)
  const straight = linear(span.map(Math.log), side)
  return value => straight(Math.log(value))
}

// The ticks of an axis: its own, or powers of ten, or else round numbers.
function ticksOf({ span: [low, high], logarithmic, ticks: own, unit }, count) {
  if (own) return own
  const found = logarithmic ? [] : ticks(low, high, count)
  for (let power = 10 ** Math.ceil(Math.log10(low) - 1e-9); logarithmic && power <= high * 1.001; power *= 10) {
    found.push(Number(power.toPrecision(3)))
  }
  return found.map(at => ({ at, text: written(at, unit) }))
}

// So many decimals as the axis has, and more where an interval is too narrow for them.
function decimalsOf({ decimals }, [low, , high]) {
  return decimals === null || !(high > low) ? decimals : Math.max(decimals, 1 - Math.floor(Math.log10(high - low)))
}

// A number with its unit: with so many decimals, else of up to four digits, or a whole one.
function written(value, unit, decimals = null) {
  if (!Number.isFinite(value)) return NONE
  const short = () => (Math.abs(value) >= 1000 ? whole(value) : rounded(value, 3))
  return `${decimals === null ? short() : show(value, decimals)}${unit}`
}

function lookOf({ kind, colour, dash }) {
  const round = { cx: 13, cy: 5, r: 4 }
  if (kind === "line" || kind === "steps") return sample(26, colour, dash)
  const shape = {
    discs: () => svg("circle", { ...round, fill: colour }),
    rings: () => svg("circle", { ...round, fill: "none", stroke: colour, "stroke-width": 1.5 }),
    band: () => svg("rect", { x: 3, width: 20, height: 10, fill: colour, "fill-opacity": 0.3 }),
    bars: () => svg("line", { x1: 13, x2: 13, y1: 0, y2: 10, stroke: colour, "stroke-width": 2.5 }),
  }[kind]()
  return svg("svg", { viewBox: "0 0 26 10", "aria-hidden": "true" }, shape)
}

function nearest(places, x) {
  return places.reduce((best, one, index) => (Math.abs(one - x) < Math.abs(places[best] - x) ? index : best), 0)
}
