// A small network under one mask after another: the units or connections that are left, and how often each value of
// one answer came up over the masks so far. Every mask is the server's, which is asked for the next few times a second.
// Out, state "moved": {count, seed, number}, when it has come to rest.
/**
 * `weights` are rows of what leads to a unit; `kept` has a "1" for each unit, or each connection in that order, which
 * the last mask keeps, and `times` in how many masks it was kept. Without an `address` the last one holds.
 * @typedef {{name: string, address: string, count: number, seed: number, most: number, connections: boolean,
 *   of: number, weights: [number[][], number[][]], kept: [string, string], times: [number[], number[]],
 *   values: [number[], number[], number[]], colours: {kept: string, negative: string, positive: string},
 *   bins: {low: number, high: number, counts: number[]}, mean: number, error: ?number, scaled: number,
 *   latest: number, axis: string, told: string[], alt: string}} MasksMessage With the digit, 28 × 28 bytes.
 */
const EVERY = 220, REST = 500, MANY = 1000, SIDE = 28
const COLUMNS = [142, 262, 382], TOP = 34, GAP = 33, RADIUS = 10, THICK = 3.4
const PLOT = { left: 44, right: 448, top: 12, bottom: 258 }

export default component(place => {
  const { find } = place, net = find(".net"), root = find(".masks")
  /** @type {MasksMessage} */
  let data = null
  let address = "", playing = false, drawn = null, pointed = null, timer = 0, number = 0

  const ask = keepAsking(place, message => { take(message); return playing && !full() })
  const full = () => data.count >= data.most
  const button = (kind, act) => {
    const made = element("button", { type: "button", class: kind })
    made.onclick = act
    return made
  }
  const play = button("play", () => { if (playing) pause(); else begin() })
  const step = button("step", () => { pause(); go({ count: data.count + 1 }) })
  const many = button("many", () => { pause(); go({ count: Math.min(data.count + MANY, data.most) }) })
  const anew = button("anew", () => { pause(); go({ count: 1, seed: data.seed + 1 }) })
  const count = element("span", { class: "count" })
  step.textContent = say("One step")
  many.textContent = say("{number} masks at once", { number: whole(MANY) })
  anew.textContent = say("Anew")
  find(".buttons").append(play, step, many, anew, count)
  place.atEnd(() => clearTimeout(timer))

  function begin() {
    playing = !full()
    clearTimeout(timer)
    if (playing) ask(address, EVERY, () => ({ count: data.count + 1 }))
    refresh()
  }
  function pause() {
    if (playing) tell()
    playing = false
    ask("", EVERY, () => ({}))
    refresh()
  }
  async function go(values) {
    const answer = address ? await post(address, { values }).catch(() => null) : null
    const message = answer?.ok ? new Uint8Array(await answer.arrayBuffer()) : []
    if (message.length) take(message)
    else Object.assign(data, values)
    tell()
  }
  // Told when nothing has moved for a while: the page's run follows, and the link.
  function tell() {
    clearTimeout(timer)
    timer = setTimeout(() => {
      number = later(number)
      place.report("moved", { count: data.count, seed: data.seed, number })
    }, REST)
  }

  function take(message) {
    const { header, blobs } = unpack(message)
    data = header
    address = header.address || address
    const signature = JSON.stringify([header.weights, header.connections, header.colours])
    if (drawn?.signature !== signature) {
      drawn = { signature, ...build(header) }
      net.replaceChildren(...drawn.nodes)
      drawn.units.flat().forEach(({ node, at }) => {
        node.onpointerenter = node.onpointerdown = () => point(at)
        node.onpointerleave = event => { if (event.pointerType !== "touch") point(null) }
      })
    }
    paintDigit(drawn.digit, blobs[0])
    paint(drawn, header)
    net.setAttribute("aria-label", `${header.alt} ${say("The arrow keys go from unit to unit.")}`)
    find(".histogram").replaceChildren(...histogram(header))
    find(".histogram").setAttribute("aria-label", header.told.join(" "))
    find(".marks").replaceChildren(...keysOf())
    find(".signs").replaceChildren(...signKeys(header.colours))
    find(".told").replaceChildren(...header.told.map(text => element("p", { text })))
    if (full()) playing = false
    refresh()
  }

  function refresh() {
    play.textContent = playing ? say("Pause") : say("Play")
    for (const one of [play, step, many]) one.disabled = full() && !playing
    const [now, most] = [data.count, data.most].map(whole)
    count.textContent = full() ? say("all {most} masks", { most }) : say("mask {now}", { now })
    point(pointed)
  }

  function point(at) {
    pointed = at
    root.querySelectorAll(".pointed, .of").forEach(one => one.classList.remove("pointed", "of"))
    net.classList.toggle("pointing", at !== null)
    find(".said-of").textContent = at ? told(data, ...at) : say("Point at a unit: how often was it kept?")
    if (!at) return
    const [layer, unit] = at
    drawn.units[layer][unit].node.classList.add("pointed")
    drawn.lines.filter(line => touches(line, layer, unit)).forEach(({ node }) => node.classList.add("of"))
  }

  onKeys(net, {
    arrow(right, down) {
      const [layer, unit] = pointed ?? [0, -1], to = clamp(layer + right, 0, 2)
      point([to, clamp(unit + down, 0, data.values[to].length - 1)])
    },
    Escape: () => point(null),
  })
  net.onblur = () => point(null)
  place.onLive(() => data?.name, take)
  return take
})

const touches = ({ layer, from, to }, of, unit) => (layer === of && from === unit) || (layer + 1 === of && to === unit)
const heightOf = (unit, all) => TOP + GAP * (unit + (12 - all) / 2)

function build({ weights, values, colours }) {
  const largest = weights.map(rows => Math.max(...rows.flat().map(Math.abs)))
  const lines = weights.flatMap((rows, layer) => rows.flatMap((row, to) => row.map((weight, from) => {
    const ends = { x1: COLUMNS[layer], x2: COLUMNS[layer + 1], y1: heightOf(from, 12), y2: heightOf(to, rows.length) }
    const stroke = weight < 0 ? colours.negative : colours.positive
    const wide = 0.4 + THICK * Math.abs(weight) / largest[layer]
    return { layer, from, to, node: svg("line", { class: "line", ...ends, stroke, "stroke-width": wide.toFixed(2) }) }
  })))
  const units = values.map((row, layer) => row.map((_, unit) => {
    const where = { cx: COLUMNS[layer], cy: heightOf(unit, row.length) }, r = RADIUS
    const { cx, cy } = where
    const disc = svg("circle", { class: "disc", ...where, r, stroke: colours.kept, fill: colours.kept })
    const d = `M${cx - 4},${cy - 4}l8,8m0,-8l-8,8`
    const text = layer === 2 ? [svg("text", { x: cx + 16, y: cy + 4 })] : []
    const node = svg("g", { class: "unit" }, svg("circle", { class: "under", ...where, r: 15 }), disc,
      svg("circle", { class: "ring", ...where, r: 14 }), svg("path", { class: "cross", d }), ...text)
    return { node, disc, text: text[0], at: [layer, unit] }
  }))
  const digit = element("canvas", { width: SIDE, height: SIDE, style: "width:100%;image-rendering:pixelated" })
  const frame = svg("foreignObject", { x: 4, y: 186, width: 70, height: 70 }, digit)
  const before = svg("text", { class: "head", x: 39, y: 276, "text-anchor": "middle" }, say("digit"))
  const heads = [say("layer 1"), say("layer 2"), say("classes")].map((text, layer) =>
    svg("text", { class: "head", x: COLUMNS[layer], y: 12, "text-anchor": "middle" }, text))
  const arrows = Array.from({ length: 12 }, (_, unit) => svg("line",
    { class: "line off", x1: 76, y1: 221, x2: COLUMNS[0] - RADIUS, y2: heightOf(unit, 12), "stroke-width": 1 }))
  const nodes = [...arrows, ...lines.map(({ node }) => node), ...units.flat().map(({ node }) => node),
    frame, before, ...heads]
  return { lines, units, digit, nodes }
}

function paintDigit(canvas, codes) {
  const picture = new ImageData(SIDE, SIDE)
  codes.forEach((code, index) => picture.data.set([code, code, code, 255], 4 * index))
  canvas.getContext("2d").putImageData(picture, 0, 0)
}

function paint({ lines, units }, data) {
  const { connections, kept, values, of } = data
  const isKept = (layer, unit) => connections || layer === 2 || kept[layer][unit] === "1"
  for (const { layer, from, to, node } of lines) {
    const on = connections ? kept[layer][12 * to + from] === "1" : isKept(layer, from) && isKept(layer + 1, to)
    node.classList.toggle("off", !on)
  }
  units.forEach((row, layer) => {
    const most = layer === 2 ? 1 : Math.max(...values[layer], 1e-9)
    row.forEach(({ node, disc, text }, unit) => {
      node.classList.toggle("off", !isKept(layer, unit))
      disc.setAttribute("fill-opacity", (0.06 + 0.94 * values[layer][unit] / most).toFixed(3))
      if (!text) return
      text.textContent = `${unit}: ${Math.round(100 * values[layer][unit])} %`
      text.classList.toggle("chosen", unit === of)
    })
  })
}

function told({ connections, count, times, kept, values }, layer, unit) {
  const share = part => `${show(100 * part, 1)} %`, names = { layer: layer + 1, unit: unit + 1 }
  if (layer === 2) return say("Class {unit}: {share} with this mask.", { unit, share: share(values[2][unit]) })
  if (!connections) {
    const often = times[layer][unit]
    const numbers = { ...names, times: whole(often), count: whole(count), share: share(often / count) }
    return kept[layer][unit] === "1"
      ? say("Layer {layer}, unit {unit}: kept now; kept in {times} of {count} masks so far, {share}.", numbers)
      : say("Layer {layer}, unit {unit}: dropped now; kept in {times} of {count} masks so far, {share}.", numbers)
  }
  const own = times[layer].filter((_, index) => index % 12 === unit)
  const now = own.filter((_, to) => kept[layer][12 * to + unit] === "1").length
  const all = own.length, usual = share(own.reduce((sum, one) => sum + one, 0) / (count * all))
  return say("Layer {layer}, unit {unit}: {now} of its {all} connections onwards are kept now; " +
    "on average {share} were.", { ...names, now, all, share: usual })
}

function histogram({ bins, mean, scaled, latest, axis, colours, error }) {
  const { low, high, counts } = bins, most = 1.06 * Math.max(...counts, 4)
  const across = linear([low, high], [PLOT.left, PLOT.right]), up = linear([0, most], [PLOT.bottom, PLOT.top])
  const wide = (PLOT.right - PLOT.left) / counts.length, at = value => across(clamp(value, low, high))
  const bars = counts.map((count, bin) => svg("rect", { class: "bar", x: (PLOT.left + bin * wide + 0.5).toFixed(2),
    y: up(count).toFixed(2), width: Math.max(wide - 1, 0.5).toFixed(2),
    height: (PLOT.bottom - up(count)).toFixed(2), fill: colours.kept }))
  const marks = ticks(0, most, 4).filter(Number.isInteger).flatMap(tick =>
    [levelLine(up(tick), PLOT, "grid"), tickLeft(up(tick), PLOT, whole(tick))])
  const places = ticks(low, high, 6).map(tick => tickBelow(across(tick), PLOT, rounded(tick)))
  const spread = error === null ? [] : [svg("rect", { x: at(mean - error), width: at(mean + error) - at(mean - error),
    y: PLOT.top, height: PLOT.bottom - PLOT.top, fill: "currentColor", "fill-opacity": 0.15 })]
  const x = at(latest)
  return [
    ...marks, ...bars, ...spread, levelLine(PLOT.bottom, PLOT, "base"), ...places,
    uprightLine(at(scaled), PLOT, "scaled"), uprightLine(at(mean), PLOT, "mean"),
    svg("path", { class: "latest", d: `M${x},${PLOT.bottom - 1}l-6,-10h12z` }),
    tickBelow((PLOT.left + PLOT.right) / 2, PLOT, axis, 2),
  ]
}

const key = (text, mark) =>
  element("span", {}, svg("svg", { viewBox: "0 0 22 12", "aria-hidden": "true" }, mark), text)

function signKeys({ positive, negative }) {
  const stroke = colour => svg("line", { x1: 1, x2: 21, y1: 6, y2: 6, stroke: colour, "stroke-width": 3 })
  return [key(say("weight above 0"), stroke(positive)), key(say("weight below 0"), stroke(negative))]
}

function keysOf() {
  const line = kind => svg("line", { class: kind, x1: 11, x2: 11, y1: 0, y2: 12 })
  return [
    key(say("mean so far"), line("mean")), key(say("weight-scaled network"), line("scaled")),
    key(say("this mask"), svg("path", { class: "latest", d: "M11,11l-6,-10h12z" })),
  ]
}
