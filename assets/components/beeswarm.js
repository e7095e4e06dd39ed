// Real scores as dots, a threshold to drag, and all that it decides: the confusion matrix, five shares with their
// intervals, both curves, the pictures behind a cell. The page hears of it on release; nothing is asked meanwhile.
// Out, state "moved": {values: {threshold, prevalence or null, cell}, number}.
/**
 * Blobs: scores in falling order, the class of each, whether it is the one asked for, its place in the sheet; then the
 * different scores, and how many of each kind are called positive with the first 0, 1, … of them reached.
 * @typedef {{hits: number, alarms: number, misses: number, refused: number}} Counts
 * @typedef {{name: string, number: number, threshold: number, prevalence: number?, cell: string, byChance: boolean,
 *   title: string, classes: string[], area: number?, digest: string,
 *   tile: {width: number, height: number, columns: number}, colours: {yes: string, no: string, both: string},
 *   measures: {slug: string, title: string, formula: string}[]}} BeeswarmMessage
 */
const PAD = { left: 14, right: 14, top: 40, bottom: 40 }
const AREA = 48, DOT = 2.6, NEAR = 14, FAR_DOTS = 10, ROOM = 0.05, TILE = 32, GAP = 2, MOST_TILES = 300
const LEAST = 0.001, MOST = 0.9, STEPS = 200
const STRIDE = 7919  // a prime: each dot has its turn, whatever their number up to there

export default component(place => {
  const { find } = place, swarm = find(".swarm"), dots = find(".swarm canvas"), range = find("input")
  const pairsButton = find(".pairs button"), behind = find(".behind canvas")
  /** @type {BeeswarmMessage} */
  let data = null
  let given = null, number = -1, threshold = 0, prevalence = null, cell = "misses"
  let at = [], scale = null, sheet = null, held = null, frame = 0, looked = null, shown = [], chosen = 0
  find(".hint").textContent = say("Pale dots are answered rightly, strong ones wrongly. Drag the threshold in the " +
    "dots or on a curve; point at a dot. By keys: left and right go to the next picture, with Shift ten further. A " +
    "cell of the table opens its pictures.")
  place.atEnd(() => cancelAnimationFrame(frame))

  function take(bytes) {
    const { header, blobs } = unpack(bytes)
    if (header.number < number) return
    number = header.number
    const other = data?.digest !== header.digest || data.title !== header.title
    data = header
    const kinds = [Float64Array, Int32Array, Uint8Array, Int32Array, Float64Array, Int32Array, Int32Array]
    const [scores, labels, truths, order, thresholds, hits, alarms] = blobs.map((one, index) =>
      numbersOf(one, kinds[index]))
    given = { scores, labels, truths, order, thresholds, hits, alarms }
    if (!held) {
      threshold = header.threshold
      prevalence = header.prevalence
      cell = header.cell
    }
    if (other) pairs.begin(given)
    looked = null
    build()
    layout()
    showSheet()
  }

  const total = () => given.scores.length
  const counts = () => countsAt(given, reached(given.thresholds, threshold))
  const natural = () => given.hits.at(-1) / total()
  const counted = value => prevalence === null ? whole(value) : rounded(value, 3)
  const chanceOf = score => 1 / (1 + Math.exp(-score)), chanceText = score => rounded(chanceOf(score), 3)

  // ---------------------------------------------------------------- what stays while a hand moves

  function build() {
    const { colours, measures, title } = data
    const names = { hits: [say("hit"), "TP"], misses: [say("miss"), "FN"], alarms: [say("false alarm"), "FP"],
      refused: [say("correct rejection"), "TN"] }
    const cellOf = name => {
      const ours = name === "hits" || name === "misses"
      const button = element("button", { type: "button", class: `cell ${name} ${isWrong(name) ? "wrong" : ""}`,
        "data-cell": name }, element("span", { class: "holder" },
        element("i", { style: `background:${ours ? colours.yes : colours.no}` })),
      element("span", { class: "says" }, element("b"), element("span", { text: names[name].join(" · ") })))
      button.onclick = () => { cell = name; chosen = 0; paint(); report() }
      return button
    }
    const focused = swarm.getRootNode().activeElement?.dataset?.cell
    find(".matrix").replaceChildren(
      element("span"), element("span", { class: "head", text: say("called {name}", { name: title }) }),
      element("span", { class: "head", text: say("called other") }),
      element("span", { class: "side", text: say("is {name}", { name: title }) }), cellOf("hits"), cellOf("misses"),
      element("span", { class: "side", text: say("is other") }), cellOf("alarms"), cellOf("refused"))
    if (focused) find(`.cell.${focused}`).focus()
    const fills = { recall: colours.yes, specificity: colours.no }
    find(".bars").replaceChildren(...measures.map(({ slug, title: name }) => element("div", { class: `bar ${slug}` },
      element("span", { class: "name", text: name }),
      element("span", { class: "track" },
        element("span", { class: "fill", style: `background:${fills[slug] ?? colours.both}` }),
        element("span", { class: "without" }), element("span", { class: "whisker" })),
      element("span", { class: "value" }), element("span", { class: "formula" }))))
    find(".legend").replaceChildren(
      element("span", {}, element("i", { class: "w" }), unbroken(say("95 % interval"))),
      element("span", {}, element("i", { class: "d" }), say("without looking: always “no” (accuracy), always “yes”")))
    const jumps = [[say("p = 0.5"), () => 0], [say("best accuracy"), () => best("accuracy")],
      [say("best F1"), () => best("f1")]]
    find(".jump").replaceChildren(element("span", { text: say("Threshold:") }), ...jumps.map(([text, where]) => {
      const button = element("button", { type: "button", text })
      button.onclick = () => move(where(), true)
      return button
    }))
    find(".natural").textContent = say("as here")
    pairsButton.disabled = range.disabled = !(given.hits.at(-1) && given.alarms.at(-1))
    const tile = find(".looked canvas")
    Object.assign(tile, { width: data.tile.width, height: data.tile.height })
  }

  function best(slug) {
    const { thresholds } = given
    let found = 0, most = -1
    for (let k = 0; k <= thresholds.length; k++) {
      const value = valueOf(slug, weighed(countsAt(given, k), prevalence))
      if (value !== null && value > most) { most = value; found = k }
    }
    return found ? thresholds[found - 1] : beyond()
  }
  const beyond = () => scale.span[1]

  function layout() {
    const width = swarm.clientWidth, height = swarm.clientHeight
    if (!data || width < 60) return
    const { scores, truths } = given, [high, low] = [scores[0], scores.at(-1)]
    const room = Math.max(ROOM * (high - low), 0.2), span = [low - room, high + room].map(one => Number(one.toFixed(3)))
    const ends = [PAD.left, width - PAD.right]
    threshold = clamp(threshold, ...span)
    const straight = linear(data.byChance ? [-0.02, 1.02] : span, ends)
    const back = linear(ends, data.byChance ? [-0.02, 1.02] : span)
    const columns = Math.max(Math.floor((find(".behind").clientWidth - 10) / (TILE + GAP)), 1)
    const sharp = window.devicePixelRatio || 1
    scale = { width, height, span, columns, sharp,
      across: score => straight(data.byChance ? chanceOf(score) : clamp(score, ...span)),
      under: x => clamp(data.byChance ? logitOf(back(x)) : back(x), ...span) }
    const xs = Float64Array.from(scores, scale.across)
    const levels = [1, 0].map(kind => levelsOf(xs, truths, kind, 2 * DOT))
    const [upper, lower] = levels.map(one => Math.max(...one.values(), -1) + 1)
    const plot = height - PAD.top - PAD.bottom, step = Math.min(2 * DOT, (plot - 24) / Math.max(upper + lower, 1))
    const middle = PAD.top + 10 + Math.min(Math.max(upper * step, plot * 0.25), plot - 24 - lower * step + 1)
    at = Array.from(xs, (x, index) => {
      const level = levels[truths[index] ? 0 : 1].get(index)
      return [x, truths[index] ? middle - 4 - (level + 0.5) * step : middle + 4 + (level + 0.5) * step]
    })
    const box = { left: PAD.left, right: width - PAD.right, top: PAD.top - 6, bottom: height - PAD.bottom }
    const marks = data.byChance ? [0, 0.2, 0.4, 0.6, 0.8, 1] : ticks(...span, 7)
    const placed = one => straight(one)
    const half = scale.across(0), axis = data.byChance ? say("probability of {name}", { name: data.title })
      : say("score of {name}: its log-odds, log p ÷ (1 − p)", { name: data.title })
    find(".swarm svg").replaceChildren(
      ...marks.flatMap(one => [uprightLine(placed(one), box, "grid"), tickBelow(placed(one), box, rounded(one, 3))]),
      svg("line", { class: "grid", x1: box.left, x2: box.right, y1: middle, y2: middle }),
      tickBelow((box.left + box.right) / 2, box, axis, 2),
      ...data.byChance || (0 > span[0] && 0 < span[1]) ? [uprightLine(half, box, "half"),
        svg("text", { class: "note", x: half + 4, y: box.top + 12 }, say("p = 0.5"))] : [],
      svg("text", { class: "note strong", x: box.left, y: box.top + 12, style: `fill:${data.colours.yes}` },
        say("is {name}: {count}", { name: data.title, count: whole(given.hits.at(-1)) })),
      svg("text", { class: "note strong", y: box.bottom - 6, x: data.byChance ? box.right - 24 : box.left,
        "text-anchor": data.byChance ? "end" : "start", style: `fill:${data.colours.no}` },
        say("is other: {count}", { count: whole(given.alarms.at(-1)) })),
      svg("g", { class: "moving" }))
    Object.assign(dots, { width: Math.round(width * sharp), height: Math.round(height * sharp) })
    curves.build(data, given, prevalence)
    paint()
  }

  // ---------------------------------------------------------------- what follows the hand

  function paint() {
    cancelAnimationFrame(frame)
    frame = 0
    if (!scale) return
    const now = counts(), heavy = weighed(now, prevalence)
    paintDots(now)
    paintMatrix(now, heavy)
    paintBars(now, heavy)
    curves.paint(reached(given.thresholds, threshold))
    paintBehind(now)
    paintLooked()
    paintPrevalence()
    const says = say("Threshold {score}, p = {chance}: {hits} hits, {misses} misses, {alarms} false alarms",
      { score: show(threshold), chance: chanceText(threshold), hits: now.hits, misses: now.misses,
        alarms: now.alarms })
    filled(swarm, { "aria-label": say("Threshold on the score"), "aria-valuemin": scale.span[0],
      "aria-valuemax": scale.span[1], "aria-valuenow": clamp(threshold, ...scale.span), "aria-valuetext": says })
  }
  const soon = () => { frame ||= requestAnimationFrame(paint) }

  function paintDots({ hits, alarms }) {
    const { width, height } = scale, context = dots.getContext("2d"), { truths } = given, { colours } = data
    context.setTransform(dots.width / width, 0, 0, dots.height / height, 0, 0)
    context.clearRect(0, 0, width, height)
    for (const wrong of [0, 1]) for (const kind of [1, 0]) {
      context.beginPath()
      for (let index = 0; index < truths.length; index++) {
        if (truths[index] !== kind || ((index < hits + alarms) === Boolean(kind)) === Boolean(wrong)) continue
        const [x, y] = at[index], r = wrong ? DOT + 0.3 : DOT
        context.moveTo(x + r, y)
        context.arc(x, y, r, 0, 7)
      }
      context.globalAlpha = wrong ? 1 : 0.42
      context.fillStyle = kind ? colours.yes : colours.no
      context.fill()
    }
    context.globalAlpha = 1
    const x = scale.across(threshold), end = scale.width - PAD.right, bottom = scale.height - PAD.bottom
    const late = x > scale.width - 190, text = say("called {name} →", { name: data.title })
    const [px, py] = looked === null ? [] : at[looked]
    find(".moving").replaceChildren(
      svg("rect", { class: "called", x, y: PAD.top - 6, width: Math.max(end - x, 0), height: bottom - PAD.top + 6 }),
      ...pairs.lines().map(({ from, to, right }) => svg("path", { class: "pair",
        stroke: right ? data.colours.yes : data.colours.no, d: `M${at[from]}L${at[to]}` })),
      svg("line", { class: "threshold", x1: x, x2: x, y1: PAD.top - 12, y2: bottom }),
      svg("path", { class: "knob", d: `M${x - 8},${PAD.top - 22}h16v8l-8,8l-8,-8z` }),
      svg("text", { class: "note strong", x: late ? x - 14 : x + 14, y: 14, "text-anchor": late ? "end" : "start" },
        say("threshold {score} (p = {chance})", { score: show(threshold, 2), chance: chanceText(threshold) })),
      svg("text", { class: "note", x: late ? x - 14 : x + 14, y: 30, "text-anchor": late ? "end" : "start" }, text),
      ...looked === null ? [] : [svg("circle", { class: "ring", cx: px, cy: py, r: 6 })])
  }

  function paintMatrix(now, heavy) {
    const all = total()
    for (const button of find(".matrix").querySelectorAll(".cell")) {
      const name = button.dataset.cell, part = Math.sqrt(heavy[name] / all)
      const square = button.querySelector("i"), count = button.querySelector("b")
      const side = part * AREA
      Object.assign(square.style, { width: `${side.toFixed(1)}px`, height: `${side.toFixed(1)}px` })
      count.textContent = counted(heavy[name])
      filled(button, { "aria-pressed": name === cell, title: say("{count} of {all} pictures",
        { count: whole(now[name]), all: whole(all) }) })
    }
  }

  function paintBars(now, heavy) {
    const share = prevalence ?? natural()
    const without = { precision: share, accuracy: 1 - share, f1: 2 * share / (1 + share) }
    for (const { slug, formula } of data.measures) {
      const row = find(`.bar.${slug}`), value = valueOf(slug, heavy), ends = intervalOf(slug, now, prevalence)
      const part = name => row.querySelector(`.${name}`)
      const left = one => `${(100 * one).toFixed(2)}%`
      part("fill").style.width = left(value ?? 0)
      part("whisker").hidden = value === null
      part("without").hidden = without[slug] === undefined
      part("without").style.left = left(without[slug] ?? 0)
      if (value !== null) {
        Object.assign(part("whisker").style, { left: left(ends[0]), width: left(ends[1] - ends[0]) })
      }
      const percents = ends?.map(one => Math.round(100 * one))
      part("value").textContent = value === null ? "–" : `${show(100 * value, 1)}\u00a0% (${percents.join("–")})`
      part("formula").textContent = formula
        + (value === null ? `: ${reasonOf(slug)}` : ` = ${inNumbers(formula, heavy)}`)
    }
  }
  function inNumbers(formula, { hits, alarms, misses, refused }) {
    const values = { TP: hits, FP: alarms, FN: misses, TN: refused }
    return formula.replace(/\b(TP|FP|FN|TN|N)\b/g, name => (name === "N" ? whole(total()) : counted(values[name])))
  }

  function paintPrevalence() {
    const share = prevalence ?? natural(), all = total()
    range.value = Math.round(linear([logitOf(LEAST), logitOf(MOST)], [0, STEPS])(logitOf(share)))
    const text = unbroken(say("Prevalence {share} %", { share: rounded(100 * share, 3) }))
    fillTrack(range)
    find(".prevalence span").textContent = text
    filled(range, { "aria-label": say("Prevalence"), "aria-valuetext": text })
    find(".natural").disabled = prevalence === null
    find(".weights").textContent = prevalence === null
      ? say("{all} real pictures. The slider weighs them as if the class were rarer or more common.",
        { all: whole(all) })
      : say("Each picture of {name} counts × {yes}, every other × {no}. The table is per {all} pictures. Recall and " +
        "specificity stay, and so does the ROC.", { name: data.title, all: whole(all),
        yes: rounded(share / natural(), 3), no: rounded((1 - share) / (1 - natural()), 3) })
  }

  // ---------------------------------------------------------------- pictures

  function showSheet() {
    const picture = pictures.get(data.digest)
    if (sheet?.digest === data.digest || !picture) return
    const { width, height, codes } = picture, image = new ImageData(width, height)
    for (let pixel = 0; pixel < width * height; pixel++) {
      for (let part = 0; part < 3; part++) image.data[4 * pixel + part] = codes[3 * pixel + part]
      image.data[4 * pixel + 3] = 255
    }
    const canvas = element("canvas", { width, height })
    canvas.getContext("2d").putImageData(image, 0, 0)
    sheet = { digest: data.digest, canvas }
    paint()
  }

  function copyTile(index, context, x, y, side) {
    const { width, height, columns } = data.tile, where = given.order[index]
    const left = where % columns * width, top = Math.floor(where / columns) * height
    context.drawImage(sheet.canvas, left, top, width, height, x, y, side, side)
  }

  function paintBehind({ hits, alarms, ...now }) {
    shown = placesIn(given.truths, cell, hits + alarms)
    const all = { hits, alarms, ...now }[cell], drawn = shown.slice(0, MOST_TILES)
    const heads = { hits: say("Hits (TP): {count}, surest first", { count: whole(all) }),
      alarms: say("False alarms (FP): {count}, worst first", { count: whole(all) }),
      misses: say("Misses (FN): {count}, worst first", { count: whole(all) }),
      refused: say("Correct rejections (TN): {count}, surest first", { count: whole(all) }) }
    find(".heading").textContent = heads[cell]
    behind.setAttribute("aria-label", heads[cell])
    const { columns, sharp } = scale, rows = Math.max(Math.ceil(drawn.length / columns), 1)
    const size = { width: columns * (TILE + GAP), height: rows * (TILE + GAP) }
    const context = behind.getContext("2d"), exact = { width: size.width * sharp, height: size.height * sharp }
    if (behind.width !== exact.width || behind.height !== exact.height) {
      Object.assign(behind, exact)
      Object.assign(behind.style, { width: `${size.width}px`, height: `${size.height}px` })
    }
    context.setTransform(sharp, 0, 0, sharp, 0, 0)
    context.clearRect(0, 0, size.width, size.height)
    if (!sheet || sheet.digest !== data.digest) return
    context.imageSmoothingEnabled = false
    drawn.forEach((index, place) => copyTile(index, context, place % columns * (TILE + GAP) + 1,
      Math.floor(place / columns) * (TILE + GAP) + 1, TILE))
    const here = drawn.indexOf(looked)
    if (here < 0) return
    context.strokeStyle = getComputedStyle(swarm).getPropertyValue("--st-primary-color")
    context.lineWidth = 2
    context.strokeRect(here % columns * (TILE + GAP) + 1, Math.floor(here / columns) * (TILE + GAP) + 1, TILE, TILE)
  }

  function paintLooked() {
    const index = looked ?? nearestTo(threshold), canvas = find(".looked canvas"), { classes, title } = data
    if (sheet?.digest === data.digest) {
      const { width, height } = data.tile
      const context = canvas.getContext("2d"), where = given.order[index]
      context.drawImage(sheet.canvas, where % data.tile.columns * width,
        Math.floor(where / data.tile.columns) * height, width, height, 0, 0, width, height)
    }
    const score = given.scores[index], called = score >= threshold, ours = given.truths[index]
    const outcome = ours ? (called ? say("hit") : say("miss")) : called ? say("false alarm") : say("correct rejection")
    const values = { truth: classes[given.labels[index]], score: show(score), chance: chanceText(score), outcome,
      name: title }
    find(".looked span").textContent = looked === null
      ? say("Nearest to the threshold: it is {truth}, its score as {name} is {score} (p = {chance}): {outcome}", values)
      : say("It is {truth}, its score as {name} is {score} (p = {chance}): {outcome}", values)
  }

  function nearestTo(value) {
    const { scores } = given
    let found = 0
    for (let index = 1; index < scores.length; index++) {
      if (Math.abs(scores[index] - value) < Math.abs(scores[found] - value)) found = index
    }
    return found
  }

  // ---------------------------------------------------------------- moves

  const report = () => {
    number = later(number)
    place.report("moved", { values: { threshold, prevalence, cell }, number })
  }
  function move(value, final) {
    threshold = Number(clamp(value, ...scale.span).toFixed(3))
    if (final) { paint(); report() } else soon()
  }
  function release(name) {
    if (held !== name) return
    held = null
    paint()
    report()
  }
  const xOf = event => partUnder(event, swarm)[0] * swarm.clientWidth

  swarm.onpointerdown = event => {
    if (!scale) return
    held = "swarm"
    looked = null
    swarm.setPointerCapture(event.pointerId)
    move(scale.under(xOf(event)), false)
  }
  swarm.onpointermove = event => {
    if (!scale) return
    if (held === "swarm") return move(scale.under(xOf(event)), false)
    const x = xOf(event), y = partUnder(event, swarm)[1] * swarm.clientHeight
    let found = null, least = NEAR
    at.forEach(([one, other], index) => {
      const far = Math.hypot(one - x, other - y)
      if (far < least) { least = far; found = index }
    })
    if (found !== looked) { looked = found; soon() }
  }
  swarm.onpointerleave = () => { if (!held && looked !== null) { looked = null; soon() } }
  swarm.onpointerup = swarm.onpointercancel = () => release("swarm")
  onKeys(swarm, {
    far: FAR_DOTS, Home: () => move(scale.span[0], true), End: () => move(scale.span[1], true),
    arrow: (right, down) => {
      const { thresholds } = given, k = reached(thresholds, threshold), next = k - right + down
      move(next < 1 ? beyond() : next > thresholds.length ? scale.span[0] : thresholds[next - 1], true)
    },
  })

  const tileAt = event => {
    const [right, down] = partUnder(event, behind), { columns } = scale
    const column = Math.floor(right * columns), row = Math.floor(down * behind.clientHeight / (TILE + GAP))
    return shown.slice(0, MOST_TILES)[row * columns + column] ?? null
  }
  behind.onpointermove = behind.onpointerdown = event => {
    const found = tileAt(event)
    if (found !== looked) { looked = found; soon() }
  }
  behind.onpointerleave = () => { looked = null; soon() }
  onKeys(behind, {
    arrow: (right, down) => {
      chosen = clamp(chosen + right + down * scale.columns, 0, Math.max(Math.min(shown.length, MOST_TILES) - 1, 0))
      looked = shown[chosen] ?? null
      paint()
      behind.setAttribute("aria-label", find(".looked span").textContent)
    },
  })

  const shareOf = step => Number(chanceOf(linear([0, STEPS], [logitOf(LEAST), logitOf(MOST)])(step)).toPrecision(3))
  function weigh(share) {
    prevalence = share
    curves.build(data, given, prevalence)
    soon()
  }
  range.oninput = () => { held = "range"; weigh(shareOf(Number(range.value))) }
  range.onchange = () => release("range")
  find(".natural").onclick = () => { weigh(null); report() }

  // ---------------------------------------------------------------- curves and pairs

  const curves = sweptCurves(find, k => {
    held = "curve"
    move(k ? given.thresholds[k - 1] : beyond(), false)
  }, () => release("curve"))
  const pairs = randomPairs(find, soon)
  place.atEnd(pairs.stop)

  place.listen(window, "deepglass-picture", ({ detail }) => { if (detail === data?.digest) showSheet() })
  place.onResize(layout, swarm)
  return take
})

const isWrong = name => name === "misses" || name === "alarms"

// The pictures of a cell, of scores in falling order of which so many are called positive: the extreme ones first.
function placesIn(truths, cell, called) {
  const kind = cell === "hits" || cell === "misses" ? 1 : 0, above = cell === "hits" || cell === "alarms"
  const found = []
  for (let index = above ? 0 : truths.length - 1; above ? index < called : index >= called; index += above ? 1 : -1) {
    if (truths[index] === kind) found.push(index)
  }
  return found
}

// In which row away from the middle each dot of a kind stands, so that none lies on another; far ones are placed
// in turn, so that rows fill evenly.
function levelsOf(xs, truths, kind, apart) {
  const taken = [], found = new Map(), { length } = xs
  for (let turn = 0; turn < length; turn++) {
    const index = turn * STRIDE % length
    if (truths[index] !== kind) continue
    const left = Math.round(2 * xs[index]), room = Math.round(2 * apart) - 1
    let level = 0
    while (taken[level]?.has(left)) level += 1
    const row = taken[level] ??= new Set()
    for (let near = left - room; near <= left + room; near++) row.add(near)
    found.set(index, level)
  }
  return found
}
