// Rare cases and costs: 1,000 cases as dots, what an alarm means, what errors cost at every threshold, the ROC with its
// line of equal cost, and precision over recall at several prevalences. The sliders, and the points in the pictures,
// are dragged; all numbers are the server's.
// Out, state "moved": {values: {[name]: number}, number}.
/**
 * @typedef {{name: string, label: string, low: number, high: number, value: number, text: string, log: boolean,
 *   best?: number}} RareSlider  `best` is where the cheapest is, on a slider that has it.
 * @typedef {{title: string, colour: string, own: boolean, base: number, value: ?number, area: string}} RareCurve
 * @typedef {{top: number, nobody: number, all: number, now: number, least: number, low?: number, high?: number,
 *   at?: number, best?: number, believed?: number, ticks?: {place: number, text: string}[], names?: string[],
 *   values?: number[], texts?: string[]}} RareCost
 * @typedef {{name: string, number: number, address: string, sliders: RareSlider[], real: boolean, told: string[],
 *   presets: {title: string, values: Object<string, number>}[], colours: {case: string, none: string},
 *   people: {found: number, missed: number, alarmed: number, left: number}, words: Object<string, string>,
 *   bayes: {name: string, top: string, bottom: string, value: string}[], curves: RareCurve[], cost: RareCost,
 *   roc: {fall: number, hit: number, best: number[], hull: number[][], slope: number, area: string}}} RareMessage
 *   Blobs are float32: false alarm rates and hit rates, for each curve the precisions, and the cost over thresholds.
 */
const MARGIN = { left: 42, right: 10, top: 10, bottom: 40 }, COUNT = 1000, STEPS = 400, FAR = 10
const PARTS = ["found", "missed", "alarmed", "left"]

export default component(place => {
  const { find } = place
  /** @type {RareMessage} */
  let data = null
  let blobs = [], stage = null, report = null, rows = new Map(), plots = null, built = ""
  let axes = null, scheduled = 0
  place.atEnd(() => cancelAnimationFrame(scheduled))

  function take({ header, blobs: given }) {
    if (data && header.number < data.number) return
    data = header
    blobs = given.map(blob => numbersOf(blob))
    const shape = JSON.stringify([data.sliders.map(({ name, label }) => name + label), data.real])
    if (shape !== built) build(shape)
    data.sliders.forEach(paintRow)
    find(".title").textContent = data.words.title
    find(".hint").textContent = data.words.hint
    find(".told").replaceChildren(...data.told.map(text => element("p", {}, ...emphasised(text))))
    find(".bayes").replaceChildren(...data.bayes.map(({ name, top, bottom, value }) => element("div", { class: "rule" },
      element("span", { class: "name", text: `${name} =` }),
      element("span", { class: "fraction" }, element("span", { text: top }), element("span", { text: bottom })),
      element("span", { text: "=" }), element("b", { text: value }))))
    draw()
  }

  function build(shape) {
    built = shape
    rows = new Map(data.sliders.map(one => [one.name, addRow(one)]))
    find(".rows").replaceChildren(...Array.from(rows.values(), ({ box }) => box))
    find(".presets").replaceChildren(...data.presets.map(({ title, values }) => {
      const button = element("button", { type: "button", text: title })
      button.onclick = () => send(values, true)
      return button
    }))
    plots = ["cost", "roc", "pr"].map(kind => {
      const title = element("div", { class: "title" }), keys = element("div", { class: "keys" })
      const plot = svg("svg", { class: "panel" })
      if (kind === "roc" || (kind === "cost" && data.real)) follow(plot, kind)
      else plot.setAttribute("role", "img")
      return { kind, title, plot, keys, box: element("div", {}, title, plot, keys) }
    })
    find(".panels").replaceChildren(...plots.map(({ box }) => box))
  }

  // ---------------------------------------------------------------- sliders

  const positionOf = ({ low, high, log }, value) => {
    const scale = log ? Math.log : one => one
    return STEPS * (scale(clamp(value, low, high)) - scale(low)) / (scale(high) - scale(low))
  }
  function valueAt({ low, high, log }, position) {
    const part = position / STEPS
    if (!log) return Number((low + part * (high - low)).toFixed(4))
    const value = low * (high / low) ** part
    return Number(value.toPrecision(3))
  }

  function addRow({ name, label, best }) {
    const range = element("input", { type: "range", class: "filling", min: 0, max: STEPS, step: "any",
      "aria-label": label, name })
    const text = element("output")
    const box = element("div", { class: "row" },
      element("div", { class: "top" }, element("span", { text: label }), text), range)
    const slider = () => data.sliders.find(one => one.name === name)
    range.oninput = () => { stage.held = true; send({ [name]: valueAt(slider(), Number(range.value)) }, false) }
    range.onchange = () => {
      stage.held = false
      send({ [name]: valueAt(slider(), Number(range.value)) }, true)
    }
    onKeys(range, { far: FAR, arrow(right, down) {
      const way = right - down
      send({ [name]: valueAt(slider(), clamp(positionOf(slider(), slider().value) + 2 * way, 0, STEPS)) }, true)
    } })
    if (best !== undefined) {
      const button = element("button", { type: "button", text: data.words.cheapest })
      button.onclick = () => send({ [name]: slider().best }, true)
      box.append(button)
    }
    return { box, range, text }
  }

  function paintRow(one) {
    const { range, text } = rows.get(one.name)
    if (!stage?.held || range !== range.getRootNode().activeElement) range.value = positionOf(one, one.value)
    fillTrack(range)
    range.setAttribute("aria-valuetext", one.text)
    text.textContent = one.text
  }

  // What moves by hand is there at once; the answer brings the rest.
  function send(changed, final) {
    data.sliders.forEach(one => { if (one.name in changed) one.value = changed[one.name] })
    const values = Object.fromEntries(data.sliders.map(({ name, value }) => [name, value]))
    if (final) stage.flow.finish({ values }, report)
    else stage.flow.push({ values })
  }

  // ---------------------------------------------------------------- points in the pictures

  function follow(plot, kind) {
    plot.classList.add("live")
    let moving = false
    const move = (event, final) => {
      const { left, top } = plot.getBoundingClientRect()
      send(under(kind, event.clientX - left, event.clientY - top), final)
    }
    plot.onpointerdown = event => {
      moving = stage.held = true
      plot.setPointerCapture(event.pointerId)
      move(event, false)
    }
    plot.onpointermove = event => { if (moving) move(event, false) }
    plot.onpointerup = event => { if (moving) { moving = stage.held = false; move(event, true) } }
    plot.onpointercancel = () => { if (moving) { moving = stage.held = false; send({}, true) } }
    filled(plot, { tabindex: 0, role: "slider" })
    onKeys(plot, { far: FAR, arrow: (right, down) => {
      if (data.real) return stepThreshold(kind === "roc" ? down - right : right - down)
      const [sensitivity, specificity] = ["sensitivity", "specificity"].map(name =>
        data.sliders.find(one => one.name === name).value)
      send({ sensitivity: clamp(Number((sensitivity - down / 100).toFixed(4)), 0, 1),
        specificity: clamp(Number((specificity - right / 100).toFixed(4)), 0, 1) }, true)
    } })
  }

  function stepThreshold(way) {
    const one = data.sliders.find(({ name }) => name === "threshold")
    send({ threshold: valueAt(one, clamp(positionOf(one, one.value) + 2 * way, 0, STEPS)) }, true)
  }

  function under(kind, x, y) {
    if (kind === "cost") {
      return { threshold: Number(clamp(axes.cost.back(x), data.cost.low, data.cost.high).toFixed(4)) }
    }
    const fall = clamp(axes.roc.backX(x), 0, 1), hit = clamp(axes.roc.backY(y), 0, 1)
    if (!data.real) return { specificity: Number((1 - fall).toFixed(3)), sensitivity: Number(hit.toFixed(3)) }
    // Of all thresholds the one whose point is nearest.
    const { low, high } = data.cost, [falls, hits] = [blobs[axes.gridFall], blobs[axes.gridHit]]
    let best = 0, least = Infinity
    falls.forEach((one, at) => {
      const far = (one - fall) ** 2 + (hits[at] - hit) ** 2
      if (far < least) [best, least] = [at, far]
    })
    return { threshold: Number((low + (best * (high - low)) / (falls.length - 1)).toFixed(4)) }
  }

  // ---------------------------------------------------------------- pictures

  function draw() {
    if (!data || !find(".panels").clientWidth) return
    drawPeople()
    const count = data.curves.length
    axes = { gridFall: 3 + count, gridHit: 4 + count }
    for (const one of plots) {
      one.plot.replaceChildren()
      const [title, keys] = { cost: drawCost, roc: drawRoc, pr: drawPrecision }[one.kind](one.plot)
      one.title.textContent = title
      one.keys.replaceChildren(...keys)
      one.plot.setAttribute("aria-label", title)
    }
    data.sliders.forEach(({ name, value, text, low, high }) => {
      if (name !== "threshold") return
      plots.slice(0, 2).forEach(({ plot }) => filled(plot, { "aria-valuemin": low, "aria-valuemax": high,
        "aria-valuenow": value, "aria-valuetext": text }))
    })
    if (!data.real) {
      const { hit, fall } = data.roc
      filled(plots[1].plot, { "aria-valuemin": 0, "aria-valuemax": 1, "aria-valuenow": hit,
        "aria-valuetext": `${show(hit, 2)}, ${show(fall, 2)}` })
    }
  }

  function drawPeople() {
    const canvas = find(".people"), width = canvas.clientWidth, { people, colours } = data
    const columns = width < 480 ? 40 : 50, size = width / columns, height = size * COUNT / columns
    const dense = window.devicePixelRatio || 1
    Object.assign(canvas, { width: Math.round(width * dense), height: Math.round(height * dense) })
    canvas.style.height = `${height}px`
    const pen = canvas.getContext("2d"), ink = getComputedStyle(canvas).color
    pen.scale(dense, dense)
    let at = 0
    for (const part of PARTS) {
      const look = lookOf(part, colours, ink)
      Object.assign(pen, { fillStyle: look.fill, strokeStyle: look.edge, lineWidth: Math.max(1.5, size / 8),
        globalAlpha: look.alpha })
      for (let left = people[part]; left > 0; left -= 1, at += 1) {
        const x = (at % columns + 0.5) * size, y = (Math.floor(at / columns) + 0.5) * size
        pen.beginPath()
        pen.arc(x, y, size * look.size, 0, 2 * Math.PI)
        if (look.fill) pen.fill()
        if (look.edge) pen.stroke()
      }
    }
    const said = PARTS.map(part => `${data.words[part]}: ${whole(people[part])}`)
    canvas.setAttribute("aria-label", `${data.words.title}. ${said.join("; ")}`)
    find(".legend").replaceChildren(...PARTS.map(part => {
      const { fill, edge, alpha, size: part1 } = lookOf(part, colours, "currentColor")
      const dot = svg("circle", { cx: 6, cy: 6, r: 12 * part1, fill: fill ?? "none", stroke: edge ?? "none",
        "stroke-width": 2, opacity: alpha })
      return element("span", {}, svg("svg", { viewBox: "0 0 12 12", "aria-hidden": "true" }, dot),
        `${data.words[part]}: `, element("b", { text: whole(people[part]) }))
    }))
  }

  const lookOf = (part, colours, ink) => ({
    found: { fill: colours.case, edge: null, alpha: 1, size: 0.42 },
    missed: { fill: null, edge: colours.case, alpha: 1, size: 0.36 },
    alarmed: { fill: colours.none, edge: null, alpha: 1, size: 0.42 },
    left: { fill: ink, edge: null, alpha: 0.22, size: 0.22 },
  })[part]

  function frame(plot, [low, high], [least, most], across, up, labelled = String) {
    const width = plot.parentNode.clientWidth, tall = clamp(width * 0.62, 190, 250)
    const edges = { left: MARGIN.left, right: width - MARGIN.right, top: MARGIN.top, bottom: MARGIN.top + tall }
    const height = edges.bottom + MARGIN.bottom
    filled(plot, { height, width, viewBox: `0 0 ${width} ${height}` })
    const x = linear([low, high], [edges.left, edges.right]), y = linear([least, most], [edges.bottom, edges.top])
    const rows = up ?? ticks(least, most, 5)
    rows.forEach(value => {
      const at = Math.round(y(value)) + 0.5
      plot.append(levelLine(at, edges, "grid"), tickLeft(at, edges, labelled(value)))
    })
    across.forEach(({ place: at, text }) => plot.append(tickBelow(x(at), edges, text)))
    return { edges, x, y, backX: linear([edges.left, edges.right], [low, high]),
      backY: linear([edges.bottom, edges.top], [least, most]) }
  }

  const UNIT = [0, 0.2, 0.4, 0.6, 0.8, 1], unitTicks = UNIT.map(one => ({ place: one, text: show(one, 1) }))
  const tenth = value => show(value, 1), amount = value => value < 999.5 ? rounded(value) : whole(value)
  const named = (plot, { edges }, text) =>
    plot.append(tickBelow((edges.left + edges.right) / 2, edges, text, 2))

  function path(xs, ys, { x, y }) {
    let text = ""
    xs.forEach((one, at) => {
      if (Number.isFinite(ys[at])) text += `${text ? "L" : "M"}${x(one).toFixed(1)},${y(ys[at]).toFixed(1)}`
    })
    return text
  }

  const key = (text, ...shapes) => element("span", {},
    svg("svg", { viewBox: "0 0 20 10", "aria-hidden": "true" }, ...shapes), text)
  const stroke = (kind, colour) => svg("line", { x1: 0, x2: 20, y1: 5, y2: 5, class: kind, stroke: colour })
  const disc = fill => svg("circle", { class: "now", cx: 10, cy: 5, r: 5, fill })
  const ring = () => svg("circle", { class: "best", cx: 10, cy: 5, r: 3.5 })

  function drawCost(plot) {
    const { cost, words, colours, real } = data
    if (!real) return drawBars(plot)
    const f = frame(plot, [cost.low, cost.high], [0, cost.top], thinned(cost.ticks, plot), null, amount)
    axes.cost = { back: f.backX }
    named(plot, f, words.threshold)
    const costs = blobs[2 + data.curves.length]
    const places = Array.from(costs, (_, at) => cost.low + (at * (cost.high - cost.low)) / (costs.length - 1))
    const always = [["nobody", "dotted"], ["all", "spaced"]].map(([name, kind]) => {
      const level = cost[name], inside = level <= cost.top, look = `thin ${kind}`
      if (inside) plot.append(svg("line", { class: look, x1: f.edges.left, x2: f.edges.right, y1: f.y(level),
        y2: f.y(level) }))
      return key(inside ? words[name] : `${words[name]} ↑ ${amount(level)}`, stroke(look))
    })
    const curve = svg("path", { class: "line", stroke: colours.case, d: path(places, Array.from(costs), f) })
    const rule = svg("line", { class: "thin dashed", x1: f.x(cost.believed), x2: f.x(cost.believed), y1: f.edges.top,
      y2: f.edges.bottom })
    plot.append(within("cost", f.edges, 2, curve), rule,
      svg("circle", { class: "best", cx: f.x(cost.best), cy: f.y(cost.least), r: 5 }))
    const high = cost.now > cost.top
    plot.append(svg("circle", { class: "now", cx: f.x(cost.at), cy: f.y(Math.min(cost.now, cost.top)), r: 7,
      fill: colours.none }))
    if (high) plot.append(svg("text", { x: f.x(cost.at), y: f.edges.top + 20,
      "text-anchor": cost.at > (cost.low + cost.high) / 2 ? "end" : "start" }, `↑ ${amount(cost.now)}`))
    return [words.cost, [key(words.now, disc(colours.none)), key(words.best, ring()),
      key(words.rule, stroke("thin dashed")), ...always]]
  }

  // Of ticks that would stand on one another only every second.
  function thinned(given, plot) {
    const room = plot.parentNode.clientWidth - MARGIN.left - MARGIN.right, { low, high } = data.cost
    let last = -Infinity
    return given.filter(({ place: at }) => {
      const x = (room * (at - low)) / (high - low)
      if (x - last < 44) return false
      last = x
      return true
    })
  }

  function drawBars(plot) {
    const { cost, words, colours } = data, most = Math.max(...cost.values, 1e-9)
    const names = cost.names.map((text, at) => ({ place: at, text }))
    const f = frame(plot, [-0.5, 2.5], [0, most * 1.12], names, null, amount)
    const least = Math.min(...cost.values)
    cost.values.forEach((value, at) => {
      plot.append(svg("rect", { x: f.x(at - 0.3), width: f.x(at + 0.3) - f.x(at - 0.3), y: f.y(value),
        height: f.y(0) - f.y(value), fill: colours.case, "fill-opacity": value === least ? 1 : 0.35 }),
        svg("text", { x: f.x(at), y: f.y(value) - 5, "text-anchor": "middle" }, cost.texts[at]))
    })
    return [words.bars, []]
  }

  function drawRoc(plot) {
    const { roc, words, colours } = data, f = frame(plot, [0, 1], [0, 1], unitTicks, UNIT, tenth)
    axes.roc = f
    named(plot, f, words.fall)
    const [falls, hits] = blobs, [bestFall, bestHit] = roc.best
    const line = (fall, hit, kind) => svg("line", { class: kind, ...ends(f, fall, hit, roc.slope) })
    plot.append(within("roc", f.edges, 0,
      svg("line", { class: "thin dotted", x1: f.x(0), y1: f.y(0), x2: f.x(1), y2: f.y(1) }),
      svg("path", { class: "thin dashed", d: path(roc.hull.map(([x]) => x), roc.hull.map(([, y]) => y), f) }),
      svg("path", { class: "line", stroke: colours.case, d: path(Array.from(falls), Array.from(hits), f) }),
      line(bestFall, bestHit, "line ink")),
    svg("circle", { class: "best", cx: f.x(bestFall), cy: f.y(bestHit), r: 5 }),
    svg("circle", { class: "now", cx: f.x(roc.fall), cy: f.y(roc.hit), r: 7, fill: colours.none }),
    svg("text", { x: f.edges.right - 6, y: f.edges.bottom - 8, "text-anchor": "end" }, roc.area))
    return [words.roc, [key(words.now, disc(colours.none)), key(words.best, ring()),
      key(words.line, stroke("line ink")), key(words.hull, stroke("thin dashed")),
      key(words.chance, stroke("thin dotted"))]]
  }

  // A line through a point, as far as the plot goes; its slope may be anything above 0.
  function ends({ x, y }, fall, hit, slope) {
    const left = slope < 1 ? [0, hit - slope * fall] : [fall - hit / slope, 0]
    const right = slope < 1 ? [1, hit + slope * (1 - fall)] : [fall + (1 - hit) / slope, 1]
    return { x1: x(left[0]), y1: y(left[1]), x2: x(right[0]), y2: y(right[1]) }
  }

  function drawPrecision(plot) {
    const { roc, words, curves } = data, f = frame(plot, [0, 1], [0, 1], unitTicks, UNIT, tenth)
    named(plot, f, words.hit)
    const hits = Array.from(blobs[1])
    const drawn = curves.map(({ colour, own, base }, at) => svg("g", {},
      svg("line", { class: "dotted", stroke: colour, x1: f.x(0), x2: f.x(1), y1: f.y(base), y2: f.y(base) }),
      data.real ? svg("path", { class: "line", stroke: colour, "stroke-width": own ? 3.5 : 2,
        style: own ? "stroke-width:3.5" : null, d: path(hits, Array.from(blobs[2 + at]), f) }) : ""))
    plot.append(within("pr", f.edges, 2, ...drawn.reverse()))
    curves.toReversed().forEach(({ value, colour, own }) => {
      if (value !== null) plot.append(svg("circle", { class: "now", cx: f.x(roc.hit), cy: f.y(value), r: own ? 7 : 5,
        fill: colour }))
    })
    return [words.pr, curves.map(({ title, colour, area }) =>
      key(data.real ? `${title}: ${area}` : title, stroke("line", colour)))]
  }

  place.onLive(() => data?.name, message => take(unpack(message)))
  place.onResize(() => { cancelAnimationFrame(scheduled); scheduled = requestAnimationFrame(draw) }, find(".panels"))
  const moved = movable(place, "moved", ({ name, real }) => name + real, (made, _, tell) => {
    [stage, report] = [made, tell]
    stage.take = ({ message }) => take(message)
  })
  return bytes => {
    const message = unpack(bytes)
    moved({ ...message.header, message })
  }
})

function emphasised(text) {
  return text.split("**").map((part, place) => place % 2 ? element("b", { text: part }) : part)
}
