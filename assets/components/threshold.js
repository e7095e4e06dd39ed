// What a threshold on scores does: its counts, five shares with their intervals, and two curves that it sweeps. The
// numbers are those of explainer/metrics/binary.py.
const CURVE = { left: 40, right: 12, top: 26, bottom: 42 }
const PAIRS = 2000, AT_ONCE = 5, EVERY_MS = 50, PAIRS_SHOWN = 12, LARGEST_LOGIT = 40

// A number and its % stay in one line.
const unbroken = text => text.replace(/(\d) %/g, "$1\u00a0%")

const logitOf = share => {
  const inside = clamp(share, Math.exp(-LARGEST_LOGIT), 1 - 1e-16)
  return Math.log(inside / (1 - inside))
}

// How many of the thresholds, in falling order, are at or above `value`.
function reached(thresholds, value) {
  let low = 0, high = thresholds.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (thresholds[middle] >= value) low = middle + 1
    else high = middle
  }
  return low
}

function countsAt({ hits, alarms }, k) {
  return { hits: hits[k], alarms: alarms[k], misses: hits.at(-1) - hits[k], refused: alarms.at(-1) - alarms[k] }
}

function weighed({ hits, alarms, misses, refused }, prevalence) {
  const yes = hits + misses, no = alarms + refused
  if (prevalence === null || !yes || !no) return { hits, alarms, misses, refused }
  const ours = prevalence * (yes + no) / yes, others = (1 - prevalence) * (yes + no) / no
  return { hits: ours * hits, alarms: others * alarms, misses: ours * misses, refused: others * refused }
}

const PARTS = {
  recall: [one => one.hits, one => one.hits + one.misses],
  specificity: [one => one.refused, one => one.alarms + one.refused],
  precision: [one => one.hits, one => one.hits + one.alarms],
  accuracy: [one => one.hits + one.refused, one => one.hits + one.misses + one.alarms + one.refused],
  f1: [one => 2 * one.hits, one => 2 * one.hits + one.alarms + one.misses],
}
function valueOf(slug, one) {
  const [part, whole] = PARTS[slug].map(of => of(one))
  return whole ? part / whole : null
}
function reasonOf(slug) {
  return { recall: say("no picture is of this class"), specificity: say("every picture is of this class"),
    precision: say("nothing is called positive"), accuracy: say("there is no picture"),
    f1: say("no picture is of this class, and none is called so") }[slug]
}

const Z = 1.959963984540054
function wilson(count, size) {
  const share = count / size, square = Z * Z / size
  const middle = (share + square / 2) / (1 + square)
  const half = Math.sqrt(square * (share * (1 - share) + square / 4)) / (1 + square)
  return [middle - half, middle + half]
}

// Wilson's intervals of hit rate and false alarm rate, squared and added (Newcombe 1998).
function intervalOf(slug, counted, prevalence) {
  const value = valueOf(slug, weighed(counted, prevalence))
  if (value === null) return null
  const { hits, alarms, misses, refused } = counted, yes = hits + misses, no = alarms + refused
  const ends = []
  if (yes) ends.push(wilson(hits, yes).map(one => ({ ...counted, hits: one * yes, misses: yes - one * yes })))
  if (no) ends.push(wilson(alarms, no).map(one => ({ ...counted, alarms: one * no, refused: no - one * no })))
  let below = 0, above = 0
  for (const moved of ends) {
    const changes = moved.map(one => (valueOf(slug, weighed(one, prevalence)) ?? value) - value)
    below += Math.min(...changes, 0) ** 2
    above += Math.max(...changes, 0) ** 2
  }
  return [Math.max(value - Math.sqrt(below), 0), Math.min(value + Math.sqrt(above), 1)]
}

// The area under the steps of precision over recall.
function averagePrecision({ hits, alarms }, prevalence) {
  const yes = hits.at(-1), no = alarms.at(-1)
  if (!yes) return null
  const last = weighed({ hits: yes, alarms: no, misses: 0, refused: 0 }, prevalence)
  let sum = 0
  for (let k = 1; k < hits.length; k++) {
    const found = hits[k] * (last.hits / yes), false_ = no ? alarms[k] * (last.alarms / no) : 0
    if (hits[k] > hits[k - 1]) sum += (hits[k] - hits[k - 1]) / yes * found / (found + false_)
  }
  return sum
}

// ---------------------------------------------------------------- curves

// ROC, and precision over recall: `choose` hears at which point, counted from no alarm, a hand is on either of them.
function sweptCurves(find, choose, release) {
  const frames = {}
  let data = null

  function build(header, given, prevalence) {
    data = header
    const { hits, alarms } = given, yes = hits.at(-1), no = alarms.at(-1), share = prevalence ?? yes / (yes + no)
    const last = weighed({ hits: yes, alarms: no, misses: 0, refused: 0 }, prevalence)
    const ours = yes ? last.hits / yes : 0, others = no ? last.alarms / no : 1
    const roc = yes && no ? Array.from(hits, (hit, k) => [alarms[k] / no, hit / yes]) : []
    const pr = yes ? Array.from(hits, (hit, k) => [hit / yes, hit * ours / (hit * ours + alarms[k] * others)]) : []
    const average = averagePrecision(given, prevalence)
    frame("roc", roc, roc, [[0, 0], [1, 1]], say("false alarm rate FP ÷ (FP + TN)"),
      data.area === null ? say("ROC: no area, one kind of picture alone")
        : say("ROC, hit rate: area {value}", { value: show(data.area) }))
    const steps = pr.slice(1).flatMap(([x, y], index) => [[index ? pr[index][0] : 0, y], [x, y]])
    frame("pr", pr, steps, [[0, share], [1, share]], say("recall TP ÷ (TP + FN)"),
      average === null ? say("Precision: no picture of the class")
        : say("Precision over recall: average {value}", { value: show(average) }))
    find(".under").textContent = average === null ? "" : unbroken(say("Average precision is the area under the " +
      "steps. No skill: {share} % at any recall, the prevalence.", { share: rounded(100 * share, 3) }))
  }

  function frame(name, points, line, noSkill, across, title) {
    const plot = find(`.${name}`), { clientWidth: width, clientHeight: height } = plot
    const box = { left: CURVE.left, right: width - CURVE.right, top: CURVE.top, bottom: height - CURVE.bottom }
    const x = linear([0, 1], [box.left, box.right]), y = linear([0, 1], [box.bottom, box.top])
    const spot = ([one, other]) => `${x(one).toFixed(1)},${y(other).toFixed(1)}`
    const path = line.map(spot), colour = name === "roc" ? data.colours.yes : data.colours.both
    frames[name] = { x, y, points, path, size: [width, height], title }
    const marks = [0, 0.2, 0.4, 0.6, 0.8, 1].flatMap(one => [levelLine(y(one), box, "grid"),
      uprightLine(x(one), box, "grid"), tickLeft(y(one), box, rounded(one)), tickBelow(x(one), box, rounded(one))])
    const [from, to] = noSkill.map(spot)
    filled(plot.firstElementChild, { viewBox: `0 0 ${width} ${height}` }).replaceChildren(...marks,
      svg("text", { class: "title", x: 4, y: 14 }, title), tickBelow((box.left + box.right) / 2, box, across, 2),
      ...path.length ? [
        svg("path", { class: "area", fill: colour, d: `M${spot([0, 0])}L${path.join("L")}L${spot([1, 0])}Z` }),
        svg("path", { class: "noskill", d: `M${from}L${to}` }),
        svg("path", { class: "faint", stroke: colour, d: `M${path.join("L")}` })] : [],
      svg("path", { class: "swept", stroke: colour }), svg("g", { class: "mark" }))
  }

  function paint(k) {
    for (const [name, { x, y, points, path, title }] of Object.entries(frames)) {
      const plot = find(`.${name}`), point = points[k], drawn = path.slice(0, name === "pr" ? 2 * k : k + 1)
      filled(plot.querySelector(".swept"), { d: drawn.length ? `M${drawn.join("L")}` : "" })
      const there = point && point.every(Number.isFinite), why = points.length ? `–: ${reasonOf("precision")}` : ""
      plot.querySelector(".mark").replaceChildren(there
        ? svg("circle", { class: "here", cx: x(point[0]), cy: y(point[1]), r: 7 })
        : svg("text", { class: "note strong", x: x(0.04), y: y(0.04) }, why))
      plot.setAttribute("aria-label", `${title}. ${there ? point.map(one => show(one)).join(", ") : why}`)
    }
  }

  for (const name of ["roc", "pr"]) {
    const plot = find(`.${name}`)
    let held = false
    const go = event => {
      const { x, y, points, size: [width, height] } = frames[name], [right, down] = partUnder(event, plot)
      const far = ([one, other]) => Math.hypot(x(one) - right * width,
        y(Number.isFinite(other) ? other : 1) - down * height)
      const least = points.reduce((found, point, k) => (far(point) < far(points[found]) ? k : found), 0)
      if (points.length) choose(least)
    }
    plot.onpointerdown = event => { held = Boolean(data); plot.setPointerCapture(event.pointerId); if (held) go(event) }
    plot.onpointermove = event => { if (held) go(event) }
    plot.onpointerup = plot.onpointercancel = () => { if (held) release(); held = false }
  }
  return { build, paint }
}

// ---------------------------------------------------------------- pairs

// Random pairs, one picture of each kind: how often the one of the class scores higher, ties as half.
function randomPairs(find, changed) {
  const button = find(".pairs button")
  let scores = [], kinds = [[], []], count = 0, right = 0, lines = [], timer = 0

  function draw() {
    for (let turn = 0; turn < AT_ONCE; turn++) {
      const [from, to] = kinds.map(ones => ones[Math.floor(Math.random() * ones.length)])
      const won = (Math.sign(scores[from] - scores[to]) + 1) / 2
      count += 1
      right += won
      lines = [...lines, { from, to, right: won }].slice(-PAIRS_SHOWN)
    }
  }
  function tell() {
    button.textContent = timer ? say("Stop") : say("Draw pairs")
    find(".pairs span").textContent = count
      ? unbroken(say("Of {count} random pairs, one of each kind, the class scores higher in {share} %.",
        { count: whole(count), share: show(100 * right / count, 1) }))
      : say("The area is the chance that a random picture of the class scores above another one.")
    changed()
  }
  function stop() {
    clearInterval(timer)
    timer = 0
    lines = []
  }
  function begin(given) {
    stop()
    scores = given.scores
    kinds = [1, 0].map(kind => [...given.truths.keys()].filter(place => given.truths[place] === kind))
    count = right = 0
    tell()
  }
  button.onclick = () => {
    if (timer) stop()
    else {
      count = right = 0
      timer = setInterval(() => { draw(); if (count >= PAIRS) stop(); tell() }, EVERY_MS)
    }
    tell()
  }
  return { begin, stop, lines: () => lines }
}
