// The intervals of many test sets, side by side from the lowest value up: which of them hold the true value, and how
// many do as sets grow; below, two classifiers on the same pictures. Every number is the server's.
/**
 * With value, low and high of each set as float32, and a byte for each: 1 holds the true value, 0 misses it.
 * @typedef {{title: string, value: ?number, low: ?number, high: ?number, on: boolean}} CoveredWay
 * @typedef {{name: string, number: number, true: number, span: [number, number], size: number, share: ?number,
 *   ways: CoveredWay[], over: {sizes: number[], curves: {title: string, colour: string, values: ?number[]}[],
 *   band: [number, number]}, versus: {true: number, reach: number, rows: {title: string, colour: string, low: number,
 *   high: number}[], gain: number, words: string[]}, colours: Object<string, string>, words: Object<string, string>,
 *   told: string[], compared: string[]}} CoverageMessage
 */
const PLACES = { left: 44, right: 8, top: 10, bottom: 36 }, WAY = 62, PART = 150, FAR_SETS = 20, LEAST_TALL = 7

export default component(place => {
  const { find } = place, sets = find(".sets"), over = find(".over"), versus = find(".versus")
  /** @type {CoverageMessage} */
  let data = null
  let values = null, holds = null, at = 0, box = null

  find(".hint").textContent = say("Point at an interval, or go through them with the arrow keys.")

  function take(bytes) {
    const { header, blobs } = unpack(bytes)
    if (data && header.number < data.number) return
    data = header
    values = numbersOf(blobs[0])
    holds = blobs[1]
    at = clamp(at, 0, Math.max(holds.length - 1, 0))
    const { words, colours } = data
    for (const part of ["one", "two", "three"]) find(`.${part}`).textContent = words[part]
    const key = (text, colour) => element("span", {}, element("i", { style: `background:${colour}` }), text)
    find(".keys").replaceChildren(key(words.holds, colours.holds), key(words.misses, colours.misses),
      key(words.true, "var(--st-text-color)"))
    find(".keys.also").replaceChildren(...data.over.curves.map(({ title, colour }) => key(title, colour)))
    const paragraphs = texts => texts.map(text => element("p", {}, ...text.split("**").map((part, place) =>
      place % 2 ? element("b", { text: part }) : part)))
    find(".told").replaceChildren(...paragraphs(data.told))
    find(".told.also").replaceChildren(...paragraphs(data.compared))
    draw()
  }

  function draw() {
    if (!data) return
    drawSets()
    drawOver()
    drawVersus()
    point(at)
  }
  const frameOf = plot => ({ left: PLACES.left, right: plot.clientWidth - PLACES.right, top: PLACES.top,
    bottom: plot.clientHeight - PLACES.bottom })

  function drawSets() {
    const wide = sets.clientWidth, { ways, colours, words, span } = data
    if (wide < 200) return
    const whole = frameOf(sets), rules = wide < 480 ? ways.filter(({ on }) => on) : ways
    box = { ...whole, left: whole.left + WAY * rules.length + 10 }
    const y = linear(span, [whole.bottom, whole.top]), steps = ticks(...span, 6), digits = decimalsOf(steps)
    const step = (box.right - box.left) / Math.max(holds.length, 1)
    const paths = ["", ""], dots = []
    for (let one = 0; one < holds.length; one += 1) {
      const x = (box.left + (one + 0.5) * step).toFixed(1), [, low, high] = values.subarray(3 * one)
      const [top, end] = [high, low].map(value => y(clamp(value, ...span)))
      const thin = Math.max(LEAST_TALL - (end - top), 0) / 2
      paths[holds[one]] += `M${x},${(top - thin).toFixed(1)}V${(end + thin).toFixed(1)}`
      dots.push(`M${(x - step / 2).toFixed(1)},${y(clamp(values[3 * one], ...span)).toFixed(1)}h${step.toFixed(1)}`)
    }
    const lines = (d, colour) => svg("path", { class: "spans", d, stroke: colour, "stroke-width": Math.max(step, 1) })
    filled(sets, { viewBox: `0 0 ${wide} ${sets.clientHeight}` }).replaceChildren(
      ...steps.flatMap(one => [levelLine(y(one), whole, "grid"), tickLeft(y(one), whole, show(one, digits))]),
      lines(paths[1], colours.holds), lines(paths[0], colours.misses),
      svg("path", { d: dots.join(""), stroke: "var(--st-text-color)", "stroke-width": 1.5 }),
      ...rules.flatMap((way, place) => whiskerOf(way, whole.left + WAY * (place + 0.5), y, span)),
      svg("line", { class: "split", x1: box.left - 6, x2: box.left - 6, y1: whole.top, y2: whole.bottom }),
      levelLine(y(data.true), whole, "true"),
      filled(tickBelow(box.right, whole, words.across, 1.8), { "text-anchor": "end" }),
      svg("line", { class: "here", y1: whole.top, y2: whole.bottom }))
  }

  function whiskerOf({ title, value, low, high, on }, x, y, span) {
    const kind = on ? "whisker" : "whisker faint", colour = data.colours.holds
    const words = title.split(/(?<=–)| /), { bottom } = frameOf(sets)
    const text = words.map((word, line) => filled(tickBelow(x, { bottom }, word, 1 + 0.8 * line),
      { "font-weight": on ? 700 : null }))
    if (value === null || low === null) return [...text, svg("text", { x: x - 4, y: bottom - 6 }, "–")]
    const [top, end] = [high, low].map(one => y(clamp(one, ...span)))
    return [...text,
      svg("path", { class: kind, stroke: colour, d: `M${x - 7},${top}h14M${x},${top}V${end}M${x - 7},${end}h14` }),
      svg("circle", { class: "value", cx: x, cy: y(clamp(value, ...span)), r: 4 })]
  }

  function drawOver() {
    const wide = over.clientWidth, { sizes, curves, band } = data.over, { words, size, share } = data
    if (wide < 120) return
    const known = curves.flatMap(one => one.values.filter(Number.isFinite))
    const frame = frameOf(over), least = Math.min(0.9, ...known, share ?? 1)
    const low = Math.floor(least * 10 - 1e-9) / 10
    const x = value => linear([Math.log(sizes[0]), Math.log(sizes.at(-1))],
      [frame.left, frame.right - 6])(Math.log(value))
    const y = linear([low, 1], [frame.bottom, frame.top])
    const path = row => row.map((value, place) => value === null ? "" :
      `${place && row[place - 1] !== null ? "L" : "M"}${x(sizes[place]).toFixed(1)},${y(value).toFixed(1)}`).join("")
    filled(over, { viewBox: `0 0 ${wide} ${over.clientHeight}`, "aria-label": words.over }).replaceChildren(
      ...ticks(low, 1, 6).flatMap(one => [levelLine(y(one), frame, "grid"),
        tickLeft(y(one), frame, `${Math.round(100 * one)} %`)]),
      ...[20, 50, 100, 200, 500, 1000].flatMap(one => [uprightLine(x(one), frame, "grid"),
        tickBelow(x(one), frame, whole(one))]),
      svg("rect", { class: "band", x: frame.left, width: frame.right - frame.left, y: y(band[1]),
        height: y(band[0]) - y(band[1]) }),
      levelLine(y(0.95), frame, "promised"),
      ...curves.map(({ colour, values: row }) => svg("path", { class: "line", stroke: colour, d: path(row) })),
      tickBelow((frame.left + frame.right) / 2, frame, words.size, 2),
      ...share === null ? [] : [svg("circle", { cx: x(size), cy: y(share), r: 6, fill: data.colours.here,
        stroke: "var(--st-background-color)", "stroke-width": 2 })])
  }

  function drawVersus() {
    const wide = versus.clientWidth, { rows, reach, gain, true: truth, words } = data.versus
    if (wide < 120) return
    const frame = { left: wide < 480 ? 10 : PART, right: wide - 14, top: 8, bottom: 94 }
    const x = linear([-reach, reach], [frame.left, frame.right]), steps = ticks(-reach, reach, wide < 480 ? 4 : 8)
    const digits = decimalsOf(steps.map(one => 100 * one)), tall = (frame.bottom - frame.top) / rows.length
    filled(versus, { viewBox: `0 0 ${wide} 132`, "aria-label": words[1] }).replaceChildren(
      ...steps.flatMap(one => [uprightLine(x(one), frame, one ? "grid" : "split"),
        tickBelow(x(one), frame, show(100 * one, digits))]),
      svg("line", { class: "true", x1: x(truth), x2: x(truth), y1: frame.top, y2: frame.bottom }),
      ...rows.flatMap(({ title, colour, low, high }, place) => {
        const middle = frame.top + tall * (place + 0.5), [left, right] = [low, high].map(one =>
          x(clamp(one, -reach, reach)))
        const text = wide < 480 ? { x: frame.left, y: middle - 10 } : { x: frame.left - 10, y: middle + 4,
          "text-anchor": "end" }
        return [svg("path", { class: "whisker", stroke: colour,
          d: `M${left},${middle - 7}v14M${left},${middle}H${right}M${right},${middle - 7}v14` }),
        svg("circle", { class: "value", cx: x(clamp(gain, -reach, reach)), cy: middle, r: 4.5 }),
        svg("text", { class: "note", ...text }, title)]
      }),
      tickBelow((frame.left + frame.right) / 2, frame, words[0], 2))
  }

  function point(place) {
    at = clamp(place, 0, Math.max(holds.length - 1, 0))
    const line = find(".here")
    if (!line || !box || !holds.length) { find(".readout").textContent = data.words.none; return }
    const x = box.left + ((at + 0.5) * (box.right - box.left)) / holds.length
    filled(line, { x1: x, x2: x })
    const [value, low, high] = Array.from(values.subarray(3 * at, 3 * at + 3), one => show(one, 3))
    const said = { place: at + 1, count: holds.length, value, low, high }
    const text = holds[at]
      ? say("{place} of {count} from the lowest up: {value}, interval {low} to {high}, holds the true value", said)
      : say("{place} of {count} from the lowest up: {value}, interval {low} to {high}, misses the true value", said)
    find(".readout").textContent = text
    filled(sets, { "aria-label": data.words.one, "aria-valuemin": 1, "aria-valuemax": holds.length,
      "aria-valuenow": at + 1, "aria-valuetext": text })
  }

  sets.onpointermove = sets.onpointerdown = event => {
    if (!box || !data) return
    const x = event.clientX - sets.getBoundingClientRect().left
    if (x >= box.left - 4) point(Math.floor(((x - box.left) / (box.right - box.left)) * holds.length))
  }
  onKeys(sets, { far: FAR_SETS, arrow: (right, down) => point(at + right - down), Home: () => point(0),
    End: () => point(Infinity) })

  place.onLive(() => data?.name, take)
  place.onResize(draw, sets)
  return take
})

// As many decimals as tell ticks apart.
const decimalsOf = steps => Math.max(...steps.map(one => String(Number(one.toPrecision(9))).split(".")[1]?.length ?? 0))
