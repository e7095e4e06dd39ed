// A run that is learning, or one instrument's look at it: curves over the steps, and bars, numbers, pictures and
// a table of answers, each where there are any. While the run moves it asks for the news by itself, without a rerun
// of the page. What gives a fault away is pointed out once it may be.
// Out: trigger "woken", when the run has come to rest; trigger "begin", once, where nothing has begun yet.
/**
 * With float64 arrays: the steps of each of `runs` runs, for each line its values of panel after panel; then the
 * uint8 codes of each group of pictures, and the answers' float64 counts, a row for each true class.
 * @typedef {{title: string, short: string, height: number, log?: boolean, percent?: boolean, span?: [number, number],
 *   level?: {value: number, text: string}}} ClinicPanel
 * @typedef {{title: string, colour: string, dash?: string, run: number}} ClinicLine
 * @typedef {{name: string, what: string, run: string, address: string, every: number, moving: boolean,
 *   wakes: boolean, begin: boolean, status: string, alt: string, note: string, reach: number, runs: number,
 *   panels: ClinicPanel[], lines: ClinicLine[], mark?: {lines: number[], panel: number, step: ?number, text: string},
 *   bars: {title: string, share: number, text: string, colour: string, marked?: boolean}[],
 *   figures: ?{head: string[], rows: string[][], marked: number[]},
 *   pictures: {title: string, side: number, labels: string[], notes: string[], marked: number[]}[],
 *   answers: ?{colours: string[], rows: string, columns: string, sum: string}}} ClinicMessage
 */
const MARGIN = { left: 50, right: 14, top: 24, bottom: 8 }
const AXIS = 42

export default component(place => {
  const { find } = place, stack = find(".stack")
  /** @type {ClinicMessage} */
  let settings = null
  let steps = [], values = [], at = null, width = 0, cursors = [], begun = null
  find(".hint").textContent = say("Point at a step, or move with the arrow keys.")

  const ask = keepAsking(place, message => {
    take(unpack(message))
    if (!settings.moving && settings.wakes) place.trigger("woken", true)
    return settings.moving
  })

  function update(data) {
    const message = unpack(data), { header } = message
    take(message)
    if (header.begin && begun !== header.what) {
      begun = header.what
      place.trigger("begin", true)
    }
    ask(header.moving ? header.address : "", header.every, () => ({}))
  }

  function take({ header, blobs }) {
    if (settings?.what !== header.what || settings?.run !== header.run) at = null
    if (settings?.what === header.what && header.runs > settings.runs) stack.scrollIntoView({ block: "nearest" })
    settings = header
    const rest = [...blobs], taken = () => numbersOf(rest.shift(), Float64Array)
    steps = Array.from({ length: header.runs }, taken)
    values = header.lines.map(taken)
    find(".status").textContent = header.status
    find(".remark").textContent = header.note
    showBars(header.bars)
    showFigures(header.figures)
    showPictures(header.pictures, header.pictures.map(() => rest.shift()))
    showAnswers(header.answers, header.answers ? taken() : null)
    draw()
  }

  // ------------------------------------------------------------------ curves

  const valueOf = (line, panel, index) => values[line][panel * steps[settings.lines[line].run].length + index]
  const right = () => width - MARGIN.right
  const across = step => linear([0, settings.reach], [MARGIN.left, right()])(step)
  const heightOf = (value, { log }) => (log ? Math.log10(value) : value)
  const finite = Number.isFinite

  function draw() {
    width = stack.clientWidth
    const { panels } = settings ?? {}, none = !panels?.length
    for (const part of [stack, find(".readout"), find(".legend")]) part.hidden = none
    find(".top").hidden = !settings?.wakes
    if (none || !(width = stack.clientWidth)) return
    stack.setAttribute("aria-label", settings.alt)
    const drawn = panels.map((one, index) => drawPanel(one, index, index === panels.length - 1))
    cursors = drawn.map(one => one.cursor)
    stack.replaceChildren(...drawn.map(one => one.picture))
    point()
  }

  function spanOf(panel, index) {
    const seen = settings.lines.flatMap(({ run }, line) =>
      Array.from(steps[run], (_, i) => heightOf(valueOf(line, index, i), panel)))
    if (panel.level) seen.push(heightOf(panel.level.value, panel))
    const found = seen.filter(finite), [low, high] = panel.span?.map(one => heightOf(one, panel)) ?? [0, 1]
    if (panel.span && !panel.log) return [low, high]
    const span = [Math.min(...found, panel.span ? low : Infinity), Math.max(...found, panel.span ? high : -Infinity)]
    if (!found.length) return [low, high]
    const room = Math.max(0.06 * (span[1] - span[0]), 0.03)
    return [span[0] - room, span[1] + room]
  }

  function drawPanel(panel, index, last) {
    const bottom = panel.height - MARGIN.bottom
    const plot = { left: MARGIN.left, right: right(), top: MARGIN.top, bottom }
    const [low, high] = spanOf(panel, index), down = linear([low, high], [plot.bottom, plot.top])
    const height = last ? bottom + AXIS : panel.height
    const picture = svg("svg", { class: "panel", height, width, viewBox: `0 0 ${width} ${height}`,
      "aria-hidden": "true" })
    picture.append(svg("text", { class: "title", x: 0, y: 15 }, panel.title))
    const even = ticks(low, high, panel.height < 100 ? 2 : 5).map(one => [one, said(one, panel)])
    const places = panel.log ? powers(low, high) : even
    for (const [place, text] of places) {
      const y = Math.round(down(place)) + 0.5
      picture.append(levelLine(y, plot, "grid"), tickLeft(y, plot, text))
    }
    for (const tick of ticks(0, settings.reach, width < 420 ? 4 : 6)) {
      const x = Math.round(across(tick)) + 0.5
      picture.append(uprightLine(x, plot, "grid"))
      if (last) picture.append(tickBelow(x, plot, whole(tick)))
    }
    if (last) picture.append(tickBelow((plot.left + plot.right) / 2, plot, say("step"), 2))
    const cursor = uprightLine(0, plot, "cursor"), { mark } = settings
    const here = mark?.panel === index ? mark : null
    const lines = settings.lines.map((one, line) => drawLine(one, line, index, panel, down, plot, mark))
    const notes = [...levelOf(panel, plot, down), ...(here ? noteOf(here, index, panel, plot, down) : [])]
    const hole = `clinic-${settings.name.replace(/\W/g, "-")}-${index}`
    picture.append(within(hole, plot, 2, ...lines.flat()), ...notes, cursor)
    return { picture, cursor }
  }

  // Where the values of a line are drawn; 0 has no place on a logarithmic axis and lies at its foot.
  const spotsOf = (line, index, panel, down, foot) => Array.from(steps[settings.lines[line].run], (step, i) => {
    const height = heightOf(valueOf(line, index, i), panel)
    return [across(step), height === -Infinity ? foot : down(height)]
  })

  function drawLine({ colour, dash }, line, index, panel, down, { bottom }, mark) {
    const spots = spotsOf(line, index, panel, down, bottom)
    const pieces = [[]]
    for (const [x, y] of spots) {
      if (finite(y)) pieces.at(-1).push(`${x.toFixed(1)},${y.toFixed(1)}`)
      else if (pieces.at(-1).length) pieces.push([])
    }
    const d = pieces.filter(piece => piece.length).map(piece => `M${piece.join("L")}${piece.length > 1 ? "" : "h0.1"}`)
    const faded = mark && mark.panel === index && !mark.lines.includes(line)
    return [svg("path", { class: faded ? "line faded" : "line", d: d.join(""), stroke: colour,
      "stroke-dasharray": dash || null })]
  }

  function levelOf(panel, plot, down) {
    if (!panel.level) return []
    const y = down(heightOf(panel.level.value, panel))
    return [levelLine(y, plot, "level"),
      svg("text", { class: "note", x: plot.right - 2, y: y - 5, "text-anchor": "end" }, panel.level.text)]
  }

  // A ring on each line that is pointed out, at the step where there is something to see or where the line ends; and
  // the word for it beside the highest, on the side where there is room.
  function noteOf({ lines, step, text }, index, panel, plot, down) {
    const rings = lines.map(line => {
      const spots = spotsOf(line, index, panel, down, plot.bottom), seen = one => finite(one?.[1])
      const there = spots[steps[settings.lines[line].run].indexOf(step)]
      return seen(there) ? there : spots.findLast(seen)
    }).filter(Boolean)
    if (!rings.length) return []
    const [x, y] = rings.reduce((best, one) => (one[1] < best[1] ? one : best)), left = x > (plot.left + plot.right) / 2
    return [...rings.map(([cx, cy]) => svg("circle", { class: "ring", cx, cy, r: 6 })),
      svg("text", { class: "note strong", x: x + (left ? -12 : 12), y: y + 4, "text-anchor": left ? "end" : "start" },
        text)]
  }

  const said = (value, { percent }) => (percent ? `${show(100 * value, 0)} %` : rounded(value))
  const told = (value, { percent }) => {
    if (percent) return Number.isNaN(value) ? "–" : `${show(100 * value, 1)} %`
    if (Number.isNaN(value)) return say("no number")
    if (value > 0 && (value < 1e-3 || value >= 1e5)) return power(value, 1)
    return value >= 1 && value < 1000 ? show(value, 2) : rounded(value, 3)
  }

  function point() {
    const longest = steps.reduce((best, one) => (one.length > best.length ? one : best), new Float64Array())
    const index = clamp(at ?? Infinity, 0, longest.length - 1), step = longest[index]
    const x = finite(step) ? across(step) : 0
    const visibility = at !== null && finite(step) ? "visible" : "hidden"
    cursors.forEach(one => filled(one, { x1: x, x2: x, visibility }))
    const { panels, lines } = settings
    const cells = lines.map(({ run }, line) => panels.map((panel, number) => {
      const place = at === null ? steps[run].length - 1 : steps[run].indexOf(step)
      return place < 0 ? "–" : told(valueOf(line, number, place), panel)
    }))
    const heading = finite(step) ? `${say("step")} ${whole(step)}` : say("step")
    const row = (tag, first, texts) => element("tr", {}, first, ...texts.map(text => element(tag, { text })))
    const one = panels.length === 1
    find(".readout").hidden = one
    const { mark } = settings, some = mark && mark.lines.length < lines.length
    const kind = line => (some && mark.lines.includes(line) ? "told" : null)
    find(".legend").replaceChildren(...(one ? [element("b", { text: heading }), ...lines.map(({ title, colour, dash },
      line) => element("span", { class: kind(line) }, sample(26, colour, dash || null), `${title}: `,
      element("b", { text: cells[line][0] })))] : []))
    find(".readout").tHead.replaceChildren(row("th", element("th", { text: heading }), panels.map(one => one.short)))
    find(".readout").tBodies[0].replaceChildren(...lines.map(({ title, colour, dash }, line) =>
      row("td", element("td", { class: kind(line) }, sample(26, colour, dash || null), title), cells[line])))
    const texts = lines.map(({ title }, line) =>
      `${title}: ${cells[line].map((text, i) => `${panels[i].short} ${text}`).join(", ")}`)
    filled(stack, { "aria-valuemin": 0, "aria-valuemax": settings.reach, "aria-valuenow": step || 0,
      "aria-valuetext": `${heading}. ${texts.join("; ")}` })
  }

  const longestRun = () => steps.reduce((best, one) => (one.length > best.length ? one : best), new Float64Array())
  stack.onpointermove = stack.onpointerdown = event => {
    const found = longestRun(), x = event.clientX - stack.getBoundingClientRect().left
    const step = linear([MARGIN.left, right()], [0, settings.reach])(x)
    at = found.length ? found.reduce((best, one, i) =>
      Math.abs(one - step) < Math.abs(found[best] - step) ? i : best, 0) : null
    point()
  }
  stack.onpointerleave = event => { if (event.pointerType !== "touch") { at = null; point() } }
  const go = to => { at = longestRun().length ? clamp(to, 0, longestRun().length - 1) : null; point() }
  onKeys(stack, {
    arrow: (rightwards, down) => go((at ?? longestRun().length - 1) + rightwards - down), far: 10,
    Home: () => go(0), End: () => go(Infinity), Escape: () => { at = null; point() },
  })

  // ------------------------------------------------------------------ looks

  function showBars(bars) {
    find(".bars").replaceChildren(...bars.map(({ title, share, text, colour, marked }) =>
      element("div", { class: marked ? "bar-row marked" : "bar-row" }, element("span", { text: title }),
        element("div", { class: "track" }, element("div", { class: "fill",
          style: `width: ${100 * clamp(share || 0, 0, 1)}%; background: ${colour}` })),
        element("b", { text }))))
  }

  function showFigures(figures) {
    const row = (tag, texts, kind) => element("tr", { class: kind }, ...texts.map(text => element(tag, { text })))
    find(".figures").replaceChildren(...(figures ? [element("table", { class: "readout" },
      element("thead", {}, row("th", figures.head, null)),
      element("tbody", {}, ...figures.rows.map((texts, i) =>
        row("td", texts, figures.marked.includes(i) ? "marked" : null))))] : []))
  }

  function showPictures(groups, blobs) {
    find(".pictures").replaceChildren(...groups.flatMap(({ title, side, labels, notes, marked }, group) => [
      element("div", { class: "caption", text: title }),
      element("div", { class: "wall" }, ...labels.map((label, i) => {
        const codes = blobs[group].subarray(i * side * side, (i + 1) * side * side)
        const name = say("picture {number}: {label}", { number: i + 1, label })
        return element("figure", { class: marked.includes(i) ? "marked" : null }, pictureOf(codes, side, name),
          element("figcaption", {}, element("b", { text: label }), element("span", { text: notes[i] ?? "" })))
      })),
    ]))
  }

  function pictureOf(codes, side, name) {
    const canvas = element("canvas", { width: side, height: side, role: "img", "aria-label": name })
    const image = new ImageData(side, side)
    codes.forEach((code, pixel) => image.data.set([code, code, code, 255], 4 * pixel))
    canvas.getContext("2d").putImageData(image, 0, 0)
    return canvas
  }

  function showAnswers(answers, counts) {
    if (!answers) { find(".answers").replaceChildren(); return }
    const classes = Math.sqrt(counts.length), most = Math.max(...counts, 1), every = [...Array(classes).keys()]
    const cell = count => {
      const rgb = colourAt(answers.colours, Math.sqrt(count / most))
      return element("td", { text: count ? whole(count) : "", style: `background: rgb(${rgb}); color: ${inkOn(rgb)}` })
    }
    const head = element("tr", {}, element("th", { text: answers.rows }), ...every.map(text => element("th", { text })))
    const rows = every.map(row => element("tr", {}, element("th", { text: row }),
      ...every.map(column => cell(counts[row * classes + column]))))
    const sums = every.map(column => every.reduce((sum, row) => sum + counts[row * classes + column], 0))
    const foot = element("tr", { class: "sum" }, element("th", { text: answers.sum }),
      ...sums.map(sum => element("td", { text: whole(sum) })))
    const top = element("caption", { text: answers.columns })
    const body = element("tbody", {}, head, ...rows, foot)
    find(".answers").replaceChildren(element("table", { class: "matrix" }, top, body))
  }

  place.onResize(() => { if (stack.clientWidth !== width) draw() }, find(".clinic"))
  return update
})

// Round places of a logarithmic axis from 10^low to 10^high, with their numbers; at most seven.
function powers(low, high) {
  const [first, last] = [Math.floor(low), Math.ceil(high)]
  const between = [[1, 2, 5], [1, 3], [1]].map(digits =>
    Array.from({ length: last - first + 1 }, (_, i) => digits.map(digit => digit * 10 ** (first + i))).flat()
      .map(value => [Math.log10(value), value]).filter(([place]) => place >= low && place <= high))
  const few = between.find(found => found.length <= 7)
  if (few) return few.map(([place, value]) => [place, rounded(value, 1)])
  const every = Math.ceil((last - first) / 6)
  return between[2].filter((_, i) => i % every === 0).map(([place, value]) => [place, power(value, 0)])
}
