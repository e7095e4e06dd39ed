// Precision over recall, one detection at a time: the curve, the rows, what five definitions of average precision sum,
// the average over thresholds, and puzzles. A part of the component `boxes`, which shows it what the server tells.
/**
 * Detections in the order of their turn; `index` is −1 for those of a crowd, `truth` and `nearest` are −1 for none,
 * and what is measured is missing where there is no truth. `area` is the corners of what a definition sums.
 * @typedef {{index: number, score: number, iou: number, nearest: number, truth: number, hit: boolean, taken: boolean,
 *   precision?: number, recall?: number, ceiling?: number}} ApRow
 * @typedef {{slug: string, title: string, source: string, why: string, value: ?number, before: ?number,
 *   area: [number, number][]}} ApDefinition
 * @typedef {{ask: {rule: string, crowd: ?number}, threshold: number, step: number, truths: number, rows: ApRow[],
 *   definitions: ApDefinition[], spread: ?{at: number, value: number}[], mean: ?number, ten: string,
 *   rules: {slug: string, title: string, says: string}[],
 *   puzzles: {slug: string, title: string, task: string, now: string, solved: ?boolean}[],
 *   colours: {hit: string, false: string, truth: string, area: string}}} ApMessage
 */
const AP_PLAY_MS = 700, AP_WHOLE_MS = 12_000, AP_OWN_MS = 600, AP_FAR = 5
const AP_ROOM = { left: 44, right: 14, top: 12, bottom: 42 }
const AP_ICONS = { first: "M1 1h2v12H1zM13 1v12L4 7z", back: "M13 1v12L5 7zM2 1h2v12H2z", play: "M2 1v12l11-6z",
  pause: "M2 1h4v12H2zM8 1h4v12H8z", next: "M1 1v12l8-6zM11 1h2v12h-2z" }

function precisionRecall(host, place) {
  const panel = { show: take, end: stop, onStep: null, onAsk: null }
  /** @type {ApMessage} */
  let data = null
  let step = 0, chosen = "coco", timer = 0, ask = null, asked = -Infinity, wide = 0, spreadWide = 0

  // ---------------------------------------------------------------- what stands there

  const chart = element("div", { class: "chart", role: "slider", tabindex: "0", "aria-valuemin": 0 })
  const scrub = element("input", { type: "range", min: 0, value: 0, "aria-label": say("Detections looked at") })
  const buttons = Object.fromEntries(["first", "back", "play", "next"].map(kind => [kind, button(kind)]))
  const says = element("p", { class: "says" }), legend = element("div", { class: "key" })
  const areas = element("div", { class: "areas", role: "group", "aria-label": say("Definitions of AP") })
  const why = element("p", { class: "why" }), body = element("tbody"), around = element("div", { class: "around" })
  const rules = element("div", { class: "rules", role: "group", "aria-label": say("Rule of matching") })
  const rule = element("p", { class: "why" }), spread = element("div", { class: "spread", role: "img" })
  const puzzles = element("div", { class: "puzzles" })
  const crowd = element("button", { type: "button", class: "act" })
  const score = element("input", { type: "range", min: 0, max: 1, step: 0.01, value: 0.5 })
  const scored = element("output"), row = element("label", { class: "pick" }, scored, score)
  const part = (kind, text, ...children) =>
    element("div", { class: kind }, element("div", { class: "heading", text }), ...children)
  const heads = [say("turn"), say("score"), "IoU", say("outcome"), say("precision"), say("recall")]
  around.tabIndex = 0
  around.setAttribute("aria-label", say("Detections in the order of their scores"))
  around.append(element("table", {},
    element("thead", {}, element("tr", {}, ...heads.map(text => element("th", { text, scope: "col" })))), body))
  host.replaceChildren(
    element("div", { class: "beside" },
      part("curve", say("Precision over recall, one detection at a time"), chart,
        element("div", { class: "time" }, ...Object.values(buttons), scrub), legend, says),
      part("five", say("AP: five definitions of one number"), areas, why)),
    element("div", { class: "rest" },
      part("turns", say("The best score chooses first"), around, rules, rule),
      part("strict", say("AP at each threshold of IoU"), spread),
      part("tasks", say("Puzzles, solved on the photo"), puzzles)))

  function button(kind) {
    const names = { first: say("To the start"), back: say("One back"), next: say("One further"), play: say("Play") }
    const made = element("button", { type: "button", title: names[kind], "aria-label": names[kind] }, icon(kind))
    made.onclick = { first: () => go(0), back: () => go(step - 1), next: () => go(step + 1), play }[kind]
    return made
  }
  function icon(kind) {
    return svg("svg", { viewBox: "0 0 14 14", "aria-hidden": "true" }, svg("path", { d: AP_ICONS[kind] }))
  }

  // ---------------------------------------------------------------- what comes

  function take(message) {
    const begins = !data
    step = clamp(begins ? message.step : step, 0, message.rows.length)  // later the hand alone says where it is
    data = message
    if (performance.now() - asked > AP_OWN_MS) ask = { ...data.ask }
    for (const [name, colour] of Object.entries(data.colours)) host.style.setProperty(`--ap-${name}`, colour)
    filled(scrub, { max: data.rows.length })
    drawAreas()
    drawRules()
    drawRows()
    drawSpread()
    drawPuzzles()
    stepped()
    if (begins) reveal()
  }
  // A node is touched only where it says something else now: what is dragged has no time for layouts.
  function write(node, text) { if (node.textContent !== text) node.textContent = text }

  // ---------------------------------------------------------------- time

  function go(to) { pause(); move(to) }
  function move(to) {
    step = clamp(to, 0, data?.rows.length ?? 0)
    stepped()
    reveal()
    panel.onStep?.(step, step ? data.rows[step - 1].index : -1)
  }
  function play() {
    if (timer || !data?.rows.length) { pause(); return }
    if (step >= data.rows.length) move(0)
    timer = setInterval(() => {
      if (step >= data.rows.length) pause()
      else move(step + 1)
    }, Math.min(AP_PLAY_MS, AP_WHOLE_MS / data.rows.length))
    labelPlay()
  }
  function pause() { stop(); labelPlay() }
  function stop() { clearInterval(timer); timer = 0 }
  function labelPlay() {
    const name = timer ? say("Pause") : say("Play")
    filled(buttons.play, { title: name, "aria-label": name }).replaceChildren(icon(timer ? "pause" : "play"))
  }

  function stepped() {
    if (!data) return
    scrub.value = step
    const text = saysAt(step)
    write(says, text)
    filled(chart, { "aria-valuemax": data.rows.length, "aria-valuenow": step, "aria-valuetext": text,
      "aria-label": say("Precision over recall; arrow keys look at one detection more or less.") })
    const rows = [...body.children]
    rows.forEach((one, index) => {
      one.classList.toggle("now", index === step - 1)
      one.classList.toggle("later", index >= step)
    })
    drawCurve()
  }
  // The row of the step comes into sight within its own frame.
  function reveal() {
    const now = body.children[step - 1]
    if (!now) { around.scrollTop = 0; return }
    const top = now.offsetTop - body.offsetTop, end = around.clientHeight - 2 * now.offsetHeight
    if (top < around.scrollTop || top > around.scrollTop + end) around.scrollTop = top - end / 2
  }

  function saysAt(turn) {
    if (!data.truths) return say("No truth is drawn: recall would divide by 0, so recall and AP are undefined (–).")
    if (!data.rows.length) return say("No detection: precision is undefined (–), recall is 0, and AP is 0.")
    if (!turn) return say("No detection is looked at yet: precision is undefined (–), recall is 0.")
    const now = data.rows[turn - 1], found = data.rows.slice(0, turn).filter(({ hit }) => hit).length
    const values = { found, turn, truths: data.truths, precision: show(now.precision), recall: show(now.recall) }
    const parts = say("Precision {found} ÷ {turn} = {precision}, recall {found} ÷ {truths} = {recall}.", values)
    return `${reason(now, turn)} ${parts}`
  }
  function reason(now, turn) {
    const values = { turn, score: show(now.score, 2), iou: show(now.iou, 2), threshold: show(data.threshold, 2) }
    if (now.index < 0) return say("Turn {turn}, score {score}, one of the fifty: a false alarm.", values)
    if (now.hit && now.truth !== now.nearest) {
      return say("Turn {turn}, score {score}: its best truth is taken, but another free one will do: a hit.", values)
    }
    if (now.hit) {
      return say("Turn {turn}, score {score}: IoU {iou} with a free truth, {threshold} is enough: a hit.", values)
    }
    if (now.taken) {
      return say("Turn {turn}, score {score}: IoU {iou}, but a better score has its truth: a false alarm.", values)
    }
    return say("Turn {turn}, score {score}: IoU {iou} is less than {threshold}: a false alarm.", values)
  }

  // ---------------------------------------------------------------- the curve

  const edgesOf = (width, height) => ({ left: AP_ROOM.left, right: width - AP_ROOM.right, top: AP_ROOM.top,
    bottom: height - AP_ROOM.bottom })
  const line = corners => corners.map(([x, y], index) => `${index ? "L" : "M"}${x.toFixed(2)},${y.toFixed(2)}`).join("")
  const now = () => data.definitions.find(({ slug }) => slug === chosen) ?? data.definitions[0]

  function drawCurve() {
    const width = wide
    if (!width || !data) return
    const height = Math.round(clamp(width * 0.72, 220, 330))
    const edges = edgesOf(width, height)
    const across = linear([0, 1], [edges.left, edges.right]), up = linear([0, 1], [edges.bottom, edges.top])
    const on = ([x, y]) => [across(x), up(y)]
    const picture = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" })
    for (const value of [0, 0.2, 0.4, 0.6, 0.8, 1]) {
      picture.append(levelLine(Math.round(up(value)) + 0.5, edges, "grid"), tickLeft(up(value), edges, show(value, 1)),
        tickBelow(across(value), edges, show(value, 1)))
    }
    picture.append(tickBelow((edges.left + edges.right) / 2, edges, say("recall"), 2),
      svg("text", { class: "tick", x: 0, y: 0, "text-anchor": "middle",
        transform: `translate(11 ${(edges.top + edges.bottom) / 2}) rotate(-90)` }, say("precision")))
    if (data.truths) picture.append(...curveMarks(on, edges))
    chart.replaceChildren(picture)
  }
  function curveMarks(on, edges) {
    const points = data.rows.map(({ recall, precision }) => on([recall, precision])), marks = []
    const corners = now().area.map(on)
    if (corners.length) marks.push(svg("path", { class: "summed", d: `${line(corners)}V${edges.bottom}Z` }))
    if (points.length) marks.push(svg("path", { class: "ahead", d: line(points) }))
    if (step) marks.push(svg("path", { class: "course", d: line(points.slice(0, step)) }))
    points.forEach(([cx, cy], index) => {
      const kind = `${data.rows[index].hit ? "hit" : "false"}${index < step ? "" : " later"}`
      marks.push(svg("circle", { class: kind, cx, cy, r: index === step - 1 ? 7 : 3.5 }))
    })
    if (step) {
      const [x, y] = points[step - 1]
      marks.push(svg("path", { class: "cross", d: `M${edges.left},${y}H${x}V${edges.bottom}` }))
    }
    return marks
  }
  function drawLegend() {
    legend.dataset.of = now().title
    const dot = kind => svg("svg", { viewBox: "0 0 12 12", "aria-hidden": "true" },
      svg("circle", { class: kind, cx: 6, cy: 6, r: 4 }))
    legend.replaceChildren(element("span", {}, dot("hit"), say("hit")), element("span", {}, dot("false"),
      say("false alarm")), element("span", {}, element("i"), say("summed: {title}", { title: now().title })))
  }

  // ---------------------------------------------------------------- five definitions

  function drawAreas() {
    const unit = ([x, y]) => [100 * x, 64 * (1 - y)]
    if (areas.children.length !== data.definitions.length) {
      areas.replaceChildren(...data.definitions.map(({ slug }) => {
        const made = element("button", { type: "button" }, element("b"), element("strong"),
          svg("svg", { viewBox: "-1 -2 102 68", preserveAspectRatio: "none", "aria-hidden": "true" },
            svg("path", { class: "frame", d: "M0,0V64H100" }), svg("path", { class: "summed" }),
            svg("path", { class: "course" })), element("small"))
        made.onclick = () => { chosen = slug; drawAreas(); drawCurve() }
        return made
      }))
    }
    const points = data.truths ? data.rows.map(({ recall, precision }) => unit([recall, precision])) : []
    data.definitions.forEach(({ slug, title, source, value, area }, index) => {
      const made = areas.children[index], [name, number, drawing, from] = made.children
      filled(made, { "aria-pressed": slug === now().slug })
      write(name, title)
      write(number, value === null ? "–" : show(value, 4))
      write(from, source)
      drawing.children[1].setAttribute("d", area.length ? `${line(area.map(unit))}V64H0Z` : "")
      drawing.children[2].setAttribute("d", points.length ? line(points) : "")
    })
    write(why, now().why)
    if (legend.dataset.of !== now().title) drawLegend()
  }

  // ---------------------------------------------------------------- rows and rules

  function drawRows() {
    while (body.children.length > data.rows.length) body.lastChild.remove()
    while (body.children.length < data.rows.length) {
      const made = element("tr", {}, ...heads.map(() => element("td"))), turn = body.children.length + 1
      made.onclick = () => go(turn)
      body.append(made)
    }
    data.rows.forEach(({ score, iou, hit, precision, recall }, index) => {
      const made = body.children[index], cells = [index + 1, show(score, 2), show(iou, 2),
        hit ? say("hit") : say("false alarm"), show(precision ?? NaN), show(recall ?? NaN)]
      cells.forEach((text, column) => {
        write(made.children[column], String(text))
      })
      made.children[3].className = hit ? "hit" : "false"
    })
  }
  function drawRules() {
    if (!rules.children.length) {
      rules.replaceChildren(...data.rules.map(({ slug }) => {
        const made = element("button", { type: "button" })
        made.onclick = () => request({ ...ask, rule: slug })
        return made
      }))
    }
    data.rules.forEach(({ slug, title, says }, index) => {
      write(filled(rules.children[index], { "aria-pressed": slug === ask.rule }), title)
      if (slug === data.ask.rule) write(rule, says)
    })
  }
  function request(wanted, final = true) {
    ask = wanted
    asked = performance.now()
    drawRules()
    drawCrowd()
    panel.onAsk?.({ ...ask }, final)
  }

  // ---------------------------------------------------------------- thresholds

  function drawSpread() {
    const width = spreadWide
    if (!width || !data) return
    spread.setAttribute("aria-label", `${say("AP at each threshold of IoU")}. ${data.ten}`)
    const height = 190
    const edges = edgesOf(width, height)
    const across = linear([0.5, 0.95], [edges.left + 14, edges.right - 14])
    const up = linear([0, 1], [edges.bottom, edges.top])
    const picture = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" })
    for (const value of [0, 0.25, 0.5, 0.75, 1]) {
      picture.append(levelLine(Math.round(up(value)) + 0.5, edges, "grid"), tickLeft(up(value), edges, show(value, 2)))
    }
    for (const value of [0.5, 0.6, 0.7, 0.8, 0.9]) picture.append(tickBelow(across(value), edges, show(value, 1)))
    picture.append(tickBelow((edges.left + edges.right) / 2, edges, say("threshold of IoU"), 2))
    if (data.spread) {
      const points = data.spread.map(({ at, value }) => [across(at), up(value)])
      picture.append(svg("path", { class: "course", d: line(points) }), levelLine(up(data.mean), edges, "mean"),
        ...points.map(([cx, cy]) => svg("circle", { class: "dot", cx, cy, r: 4 })))
    }
    const place = across(data.threshold)
    if (place >= edges.left && place <= edges.right) picture.append(uprightLine(place, edges, "cross"))
    spread.replaceChildren(picture, element("p", { class: "why", text: data.ten }))
  }

  // ---------------------------------------------------------------- puzzles

  function drawPuzzles() {
    if (puzzles.children.length !== data.puzzles.length) {
      puzzles.replaceChildren(...data.puzzles.map(({ slug }) => element("div", {},
        element("b"), element("em", { "aria-live": "polite" }), element("p"), element("p", { class: "why" }),
        ...slug === "crowd" ? [crowd, row] : [])))
    }
    data.puzzles.forEach(({ title, task, now, solved }, index) => {
      const made = puzzles.children[index], [name, state, wanted, far] = made.children
      made.className = solved ? "solved" : ""
      write(name, title)
      write(state, solved ? say("solved") : solved === null ? say("not here") : say("open"))
      write(wanted, task)
      write(far, now)
    })
    drawCrowd()
  }
  function drawCrowd() {
    const there = ask?.crowd !== null && ask?.crowd !== undefined
    write(crowd, there ? say("Take the fifty away") : say("Add fifty boxes"))
    row.hidden = !there
    if (there) score.value = ask.crowd
    write(scored, say("their score: {score}", { score: show(Number(score.value), 2) }))
  }
  crowd.onclick = () => request({ ...ask, crowd: ask?.crowd === null ? Number(score.value) : null })
  score.oninput = () => request({ ...ask, crowd: Number(score.value) }, false)
  score.onchange = () => request({ ...ask, crowd: Number(score.value) })

  // ---------------------------------------------------------------- the hand

  scrub.oninput = () => go(Number(scrub.value))
  onKeys(chart, { arrow: (right, down) => go(step + right - down), far: AP_FAR, Home: () => go(0),
    End: () => go(Infinity), Enter: play })
  chart.onclick = event => {
    if (!data?.rows.length || !data.truths) return
    const box = chart.getBoundingClientRect(), picture = chart.firstChild.getBoundingClientRect()
    const across = (event.clientX - box.left - AP_ROOM.left) / (box.width - AP_ROOM.left - AP_ROOM.right)
    const up = (picture.bottom - AP_ROOM.bottom - event.clientY) / (picture.height - AP_ROOM.top - AP_ROOM.bottom)
    const far = ({ recall, precision }) => Math.hypot(recall - across, precision - up)
    go(data.rows.reduce((best, one, index) => far(one) < far(data.rows[best]) ? index : best, 0) + 1)
  }
  place.onResize(() => {
    if (chart.clientWidth === wide && spread.clientWidth === spreadWide) return
    wide = chart.clientWidth
    spreadWide = spread.clientWidth
    drawCurve()
    drawSpread()
  }, chart, spread)
  place.atEnd(stop)
  return panel
}
