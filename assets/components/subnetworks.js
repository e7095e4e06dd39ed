// All networks that dropout leaves of one, a dot each; the marks of their means; and the chosen network, its units to
// be kept or dropped by a click, with what it says of ten digits. Every number is the server's.
// Out, state "moved": {values: {kept} or {digit}, number}.
/**
 * `weights` has a number in [0, 1] for each count of kept units; `bits` says which units the chosen network keeps.
 * @typedef {{label: string, low: number, high: number, percent: boolean}} DotAxis
 * @typedef {{name: string, number: number, address: string, view: string, axes: [DotAxis, DotAxis], weights: number[],
 *   layers: string[], hints: string[], digit: number, colours: Object<string, string>, stops: string[],
 *   marks: {kind: string, x: number, y: number}[], bars: {scaled: number[], arithmetic: number[]}, heads: string[],
 *   rows: {kind: string, label: string, values: string[]}[], chosen: {bits: number, x: number, y: number,
 *   bars: number[], said: string[], sure: string[], title: string}}} DotsMessage
 */
const PAD = { left: 52, right: 12, top: 10, bottom: 40 }, STEPS = 65535
const SMALL = 0.9, LARGE = 4.2, NEAR = 30, UNITS = 12, PALEST = 0.3, FAR = 30

export default component(place => {
  const { find } = place, stage = find(".stage"), canvas = find("canvas"), over = find(".over")
  /** @type {DotsMessage} */
  let data = null
  let spots = new Uint16Array(), masks = new Uint32Array(), kept = [], strip = ""
  let hand = null, report = null, pinned = 0, painted = "", drawn = ""
  let at = new Float32Array()  // x and y of each dot, in pixels

  function take(bytes) {
    /** @type {{header: DotsMessage, blobs: Uint8Array[]}} */
    const { header, blobs } = unpack(bytes)
    if (data && header.number < data.number) return
    data = { ...data, ...header }
    if (blobs.length) {
      spots = numbersOf(blobs[0], Uint16Array)
      masks = numbersOf(blobs[1], Uint32Array)
      kept = Array.from(masks, bitCount)
      if (strip) URL.revokeObjectURL(strip)
      strip = addressOf(blobs[2], "image/png")
      pinned = data.chosen.bits
    }
    const look = JSON.stringify([data.weights, data.stops, data.axes])
    if (blobs.length || look !== painted) paint()
    painted = look
    drawOver()
    drawChosen()
    drawReadout()
  }

  const isThere = () => width() > PAD.left + PAD.right && height() > PAD.top + PAD.bottom
  const width = () => stage.clientWidth, height = () => stage.clientHeight
  const across = (part, wide = width()) => PAD.left + part * (wide - PAD.left - PAD.right)
  const up = (part, tall = height()) => tall - PAD.bottom - part * (tall - PAD.bottom - PAD.top)
  const place2d = (x, y) => [x, y].map((value, i) =>
    clamp((value - data.axes[i].low) / (data.axes[i].high - data.axes[i].low), -0.01, 1.01))
  const colourOf = count => {
    const [red, green, blue] = colourAt(data.stops, PALEST + (1 - PALEST) * count / (data.weights.length - 1))
    return `rgb(${red} ${green} ${blue})`
  }

  function paint() {
    if (!isThere()) return
    const ratio = window.devicePixelRatio || 1
    canvas.width = width() * ratio
    canvas.height = height() * ratio
    const pen = canvas.getContext("2d"), colours = data.weights.map((_, count) => colourOf(count))
    pen.scale(ratio, ratio)
    pen.globalAlpha = 0.75
    const wide = width(), tall = height()
    at = Float32Array.from(spots, (part, index) => index % 2 ? up(part / STEPS, tall) : across(part / STEPS, wide))
    colours.forEach((colour, count) => {
      const size = SMALL + (LARGE - SMALL) * data.weights[count] ** 2
      pen.fillStyle = colour
      pen.beginPath()
      kept.forEach((units, index) => {
        if (units !== count) return
        pen.moveTo(at[2 * index] + size, at[2 * index + 1])
        pen.arc(at[2 * index], at[2 * index + 1], size, 0, 2 * Math.PI)
      })
      pen.fill()
    })
  }

  function drawOver() {
    if (!isThere()) return
    const [x, y] = data.axes, tall = height(), picked = place2d(data.chosen.x, data.chosen.y)
    const spot = { cx: across(picked[0]), cy: up(picked[1]) }
    const now = [data.axes, data.marks, data.colours, width(), tall]
    find(".hint").replaceChildren(...data.hints.map(text => element("div", { text })))
    if (JSON.stringify(now) === drawn) {
      filled(over.querySelector(".picked"), spot)
      return
    }
    drawn = JSON.stringify(now)
    over.setAttribute("viewBox", `0 0 ${width()} ${tall}`)
    const box = { left: PAD.left, right: width() - PAD.right, top: PAD.top, bottom: tall - PAD.bottom }
    const written = (axis, value) => axis.percent ? `${show(100 * value, 0)} %` : rounded(value)
    const marks = ticks(x.low, x.high, 6).map(one => tickBelow(across(place2d(one, 0)[0]), box, written(x, one)))
      .concat(ticks(y.low, y.high, 5).map(one => tickLeft(up(place2d(0, one)[1]), box, written(y, one))))
    const names = [
      svg("text", { x: (box.left + box.right) / 2, y: tall - 4, "text-anchor": "middle" }, x.label),
      svg("text", { transform: `translate(12 ${(box.top + box.bottom) / 2}) rotate(-90)`, "text-anchor": "middle" },
        y.label),
    ]
    const edge = { x: box.left, y: box.top, width: box.right - box.left, height: box.bottom - box.top }
    const low = Math.max(x.low, y.low), high = Math.min(x.high, y.high)
    const even = data.view === "all" || low >= high ? [] : [svg("line", { class: "even",
      ...ends(place2d(low, low), place2d(high, high)) })]
    over.replaceChildren(svg("rect", { class: "edge", ...edge }), ...even, ...marks, ...names,
      svg("circle", { class: "picked", ...spot, r: 7 }),
      ...data.marks.map(({ kind, x: right, y: high2 }) => {
        const at = place2d(right, high2)
        return markOf(kind, across(at[0]), up(at[1]), data.colours[kind])
      }))
    stage.setAttribute("aria-label", say("{count} networks, a dot each. Arrow keys go from the chosen one to the " +
      "next that way, with Shift further.", { count: whole(kept.length) }))
    find(".fewest").textContent = say("0 units kept")
    find(".most").textContent = whole(data.weights.length - 1)
    const shades = data.weights.map((_, count) => colourOf(count))
    find(".scale").style.background = `linear-gradient(to right, ${shades.join()})`
  }
  const ends = (from, to) => ({ x1: across(from[0]), y1: up(from[1]), x2: across(to[0]), y2: up(to[1]) })

  function drawChosen() {
    const { bits, title, bars, said, sure } = data.chosen, units = find(".units"), ten = find(".ten")
    find(".heading").textContent = title
    if (units.childElementCount !== data.layers.length) {
      units.replaceChildren(...data.layers.map((_, layer) => element("div", { class: "layer" },
        element("span", { class: "name" }), element("div", {}, ...Array.from({ length: UNITS }, (__, unit) => {
          const button = element("button", { type: "button", text: String(unit + 1) })
          button.onclick = () => choose(toggled(data.chosen.bits, layer * UNITS + unit), true)
          return button
        })))))
    }
    data.layers.forEach((name, layer) => {
      units.children[layer].firstChild.textContent = name
      const buttons = units.children[layer].querySelectorAll("button")
      buttons.forEach((button, unit) => {
        const on = isKept(bits, layer * UNITS + unit)
        filled(button, { "aria-pressed": on, "aria-label": say("Unit {unit}", { unit: unit + 1 }),
          title: on ? say("kept; a click drops it") : say("dropped; a click keeps it") })
      })
    })
    if (!ten.childElementCount) {
      ten.append(...said.map((_, digit) => {
        const tile = element("i"), button = element("button", { type: "button" }, tile, element("b"))
        tile.style.backgroundPosition = `${100 * digit / 9}% 0`
        button.onclick = () => hand.flow.finish({ values: { digit } }, report)
        return button
      }))
    }
    said.forEach((answer, digit) => {
      const button = ten.children[digit], what = say("a {digit}: it says {answer}, with {sure}",
        { digit, answer, sure: sure[digit] })
      filled(button, { "aria-pressed": digit === data.digit, "aria-label": what, title: what,
        class: answer === String(digit) ? "" : "wrong" })
      button.querySelector("i").style.backgroundImage = `url(${strip})`
      button.querySelector("b").textContent = answer
    })
    find(".bars").tBodies[0].replaceChildren(...bars.map((share, digit) => {
      const pin = kind => element("i", { class: "pin",
        style: `left: ${100 * data.bars[kind][digit]}%; background: ${data.colours[kind]}` })
      const fill = element("i", { class: "fill", style: `width: ${100 * share}%` })
      return element("tr", digit === data.digit ? { class: "truth" } : {}, element("td", { text: String(digit) }),
        element("td", {}, element("div", { class: "track" }, fill, pin("arithmetic"), pin("scaled"))),
        element("td", { text: `${show(100 * share, 1)} %` }))
    }))
  }

  function drawReadout() {
    const table = find(".readout"), line = kind => (texts, label) => element("tr", {}, ...[label, ...texts].map(one =>
      element(kind, {}, ...[one].flat())))
    table.tHead.replaceChildren(line("th")(data.heads.slice(1), data.heads[0]))
    table.tBodies[0].replaceChildren(...data.rows.map(({ kind, label, values }) => {
      const sign = svg("svg", { class: "mark", viewBox: "0 0 22 18", "aria-hidden": "true" })
      if (kind) sign.append(markOf(kind, 11, 9, data.colours[kind]))
      return line("td")(values, [sign, label])
    }))
  }

  function choose(bits, final) {
    const value = { values: { kept: bits } }
    if (final) {
      pinned = bits
      hand.flow.push(value)
      hand.flow.finish(value, report)
    } else if (bits !== hand.asked) hand.flow.push(value)
    hand.asked = bits
  }

  const nearest = (right, down, worth = () => true, within = NEAR) => {
    let best = -1, least = within ** 2
    for (let index = 0; index < kept.length; index += 1) {
      const dx = at[2 * index] - right, dy = at[2 * index + 1] - down, far = dx * dx + dy * dy
      if (far >= least || !worth(dx, dy)) continue
      best = index
      least = far
    }
    return best
  }
  const under = event => {
    const [right, down] = partUnder(event, stage)
    return nearest(right * width(), down * height())
  }
  stage.onpointermove = event => {
    if (event.pointerType !== "mouse") return
    const index = under(event)
    choose(index < 0 ? pinned : masks[index], false)
  }
  stage.onpointerleave = () => { if (hand) choose(pinned, false) }
  stage.onclick = event => {
    const index = under(event)
    if (index >= 0) choose(masks[index], true)
  }
  onKeys(stage, {
    far: FAR,
    arrow: (right, down) => {
      const [x, y] = place2d(data.chosen.x, data.chosen.y), stride = Math.max(Math.abs(right), Math.abs(down))
      const way = [right / stride, down / stride]
      const ahead = (dx, dy) => {
        const along = way[0] * dx + way[1] * dy
        return along > stride && Math.abs(way[0] * dy - way[1] * dx) < 2 * along
      }
      const index = nearest(across(x), up(y), ahead, Infinity)
      if (index >= 0) choose(masks[index], true)
    },
  })
  place.onLive(() => data?.name, take)
  place.onResize(() => { if (data) { paint(); drawOver() } }, stage)
  place.atEnd(() => URL.revokeObjectURL(strip))
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

const isKept = (bits, unit) => Boolean((bits >>> unit) & 1)
const toggled = (bits, unit) => (bits ^ (1 << unit)) >>> 0
const bitCount = bits => bits.toString(2).replaceAll("0", "").length

// The mark of the scaled network (a ring), of the geometric mean (a cross), of the arithmetic (a triangle).
function markOf(kind, x, y, colour) {
  const shapes = {
    chosen: `M${x - 6},${y}a6,6 0 1 0 12,0a6,6 0 1 0 -12,0`,
    scaled: `M${x - 8},${y}a8,8 0 1 0 16,0a8,8 0 1 0 -16,0`,
    geometric: `M${x - 5},${y - 5}l10,10m0,-10l-10,10`,
    arithmetic: `M${x},${y - 7}l7,12h-14z`,
  }
  const d = shapes[kind]
  if (kind === "chosen") return svg("path", { d, fill: "none", stroke: "currentColor", "stroke-width": 2.5 })
  return svg("g", {}, svg("path", { class: "halo", d }), svg("path", { class: kind, d, stroke: colour }))
}
