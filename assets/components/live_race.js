// The curves of a race. While it moves they are fetched by themselves, without a rerun of the page:
// the page is woken when the race begins to move or comes to rest, or where nothing can be fetched.
// Out: trigger "woken"; state "closed": {view, number}, the view in which the address could not be
// reached, with a number that is another each time.
/**
 * What comes once a run, and what is fetched too: RaceNews, with a float32 array of 4 × n for each curve:
 * steps, least, median, largest. News without curves leaves those that are there.
 * @typedef {{slug: string, title: string, parts: string[], zero: boolean, logarithmic: boolean,
 *   alt: string}} RaceChart
 * @typedef {{view: number, number?: number, moving: boolean, status: string, most?: (?number)[],
 *   curves?: [number, number, string][], old?: [number, number, string][], marks?: [number, number, string][]}}
 *   RaceNews Curves: chart, recipe, part, and so the old course of a race that was left; marks: recipe, step,
 *   text; `most` is for each chart.
 * @typedef {RaceNews & {address: string, every: number, recipes: {name: string, colour: string}[], seeds: number,
 *   then: ?number, charts: RaceChart[], total?: number, starts?: string}} RaceMessage `then` is an earlier step
 *   that is looked at; of a race that has not begun, `total` is how many steps it has, and `starts` finds its buttons.
 */
const NEAR = 6, TRIES = 3, RETRY = 1000
const PHONE = 640  // pixels: below it the buttons and the curves may not share a screen
const MOST_RANGES = 4  // recipes whose ranges over the seeds are read beside their medians

export default component(stand => {
  const { find } = stand, root = find(".race")
  /** @type {RaceMessage} */
  let settings = null
  /** @type {RaceNews} */
  let news = null
  let curves = [], old = [], figures = [], at = null, timer = 0, turn = 0, failed = 0
  let awaited = false  // a race was started that the page knows nothing of yet
  const alone = new Set()  // recipes that are picked out, by index
  let hovered = null
  find(".names").setAttribute("aria-label", say("Recipes"))

  function update(data) {
    const { header, blobs } = unpack(data)
    const counts = message => `${message?.recipes.length} ${message?.charts.length}`
    const fresh = counts(settings) !== counts(header), begins = settings && !settings.moving && header.moving
    settings = header
    awaited = false
    if (fresh) { hovered = at = null; build() }
    find(".hint").textContent = settings.seeds > 1
      ? say("Lines are medians over the seeds, bands reach from the least to the largest. " +
        "Point at a chart to read every recipe at that step.")
      : say("Point at a chart to read every recipe at that step.")
    names()
    take(header, blobs)
    plan()
    if (begins && innerWidth < PHONE) root.scrollIntoView({ block: "nearest", behavior: "smooth" })
  }

  function take(header, blobs) {
    if (awaited && header.view) settings = { ...settings, view: header.view }
    if (header.view !== settings.view) return
    if (header.curves && !(news && news.view === header.view && header.number < news.number)) {
      news = header
      const all = [...header.curves, ...header.old]
      const found = blobs.map((blob, place) => read(blob, all[place]))
      curves = found.slice(0, header.curves.length)
      old = found.slice(header.curves.length)
      draw()
    }
    find(".status").textContent = header.status
  }

  // Asking for news, as long as the race moves by what the page knows.
  const asks = () => Boolean(settings?.address && (settings.moving || awaited))

  const pause = () => settings.every / (curves.some(({ steps }) => steps.length) ? 1 : 4)  // the first are awaited

  function plan() {
    clearTimeout(timer)
    turn += 1  // what is on its way speaks for itself alone
    failed = 0
    if (asks()) timer = setTimeout(ask, pause(), turn)
  }

  async function ask(mine) {
    if (document.hidden) return  // asked again when it is seen
    const began = performance.now(), { view, address } = settings
    const next = wait => { timer = setTimeout(ask, wait, mine) }
    try {
      const answer = await post(address, { values: { known: news?.view === view ? news.number : -1 } })
      if (!answer.ok) throw new Error(`the race answered ${answer.status}`)
      const { header, blobs } = unpack(await answer.arrayBuffer())
      if (mine !== turn) return
      failed = 0
      take(header, blobs)
      if (header.moving) return next(Math.max(pause() - (performance.now() - began), settings.every / 4))
      stand.trigger("woken", true)
      next(RETRY)  // until the page has said so too
    } catch {
      if (mine !== turn) return
      failed += 1
      if (failed >= TRIES && !awaited) stand.report("closed", { view, number: Date.now() })
      else next(RETRY)
    }
  }

  function started(event) {
    if (!settings?.starts || !event.target.closest?.(settings.starts)) return
    awaited = true
    plan()
  }

  function seen() {
    if (!document.hidden && asks()) { plan(); clearTimeout(timer); ask(turn) }
  }

  // Which recipes are there: a click picks one out, the pointer does while it is over the name.
  function names() {
    const group = find(".names"), signature = JSON.stringify(settings.recipes)
    if (group.dataset.of === signature) return
    group.dataset.of = signature
    alone.clear()
    const title = say("Show this one alone, or beside others that are picked")
    const buttons = settings.recipes.map(({ name, colour }, index) => {
      const look = { type: "button", "aria-pressed": "false", title, style: `--own: ${colour}` }
      const button = element("button", look, element("i"), element("span", { translate: "no", text: name }))
      button.onclick = () => {
        if (!alone.delete(index)) alone.add(index)
        button.setAttribute("aria-pressed", alone.has(index))
        fade()
      }
      button.onpointerenter = () => { hovered = index; fade() }
      button.onpointerleave = () => { hovered = null; fade() }
      return button
    })
    group.replaceChildren(...(buttons.length < 2 ? [] : buttons))
    fade()
  }

  const isShown = recipe => recipe === hovered || alone.has(recipe) || (hovered === null && !alone.size)
  function fade() {
    for (const part of root.querySelectorAll("[data-recipe]")) {
      part.classList.toggle("faint", !isShown(Number(part.dataset.recipe)))
    }
    if (at !== null) point()
  }

  function look(place, step) { at = step === null ? null : { place, step }; point() }

  function build() {
    figures = settings.charts.map((_, place) => {
      const plot = element("div", { class: "plot", role: "slider", tabindex: "0" })
      const readout = element("div", { class: "readout", hidden: "" })
      const figure = element("figure", {}, plot, readout, menu(place))
      plot.onpointermove = plot.onpointerdown = event => look(place, stepUnder(place, event))
      plot.onpointerleave = event => { if (event.pointerType !== "touch") look(place, null) }  // a finger covers it
      plot.onfocus = () => { if (!at && plot.matches(":focus-visible")) look(place, stepsOf(place).at(-1) ?? 0) }
      plot.onblur = () => look(place, null)
      const move = by => {
        const steps = stepsOf(place), now = Math.max(steps.indexOf(at?.step ?? steps.at(-1)), 0)
        return steps.length > 0 && look(place, steps[clamp(now + by, 0, steps.length - 1)])
      }
      onKeys(plot, {
        arrow: (right, down) => move(right - down), PageDown: () => move(-10), PageUp: () => move(10),
        Home: () => move(-Infinity), End: () => move(Infinity), Escape: () => look(place, null),
      })
      sized.observe(plot)
      return { figure, plot, readout }
    })
    find(".charts").replaceChildren(...figures.map(one => one.figure))
  }

  const ofChart = place => curves.filter(curve => curve.chart === place)
  const stepsOf = place => Array.from(ofChart(place).reduce((longest, { steps }) =>
    (steps.at(-1) ?? -1) > (longest.at(-1) ?? -1) ? steps : longest, []))
  function stepUnder(place, event) {
    const { plot, scale } = figures[place]
    if (!scale) return 0
    const step = scale.stepAt(event.clientX - plot.getBoundingClientRect().left)
    return stepsOf(place).reduce((best, one) => (Math.abs(one - step) < Math.abs(best - step) ? one : best), 0)
  }

  function draw() {
    figures.forEach((figure, place) => {
      const { plot } = figure, { clientWidth: width, clientHeight: height } = plot
      if (!width || !news) return
      figure.figure.classList.toggle("narrow", width < NARROW)
      const now = ofChart(place), before = old.filter(curve => curve.chart === place)
      const ends = [news.most[place], settings.total ?? 1]
      figure.scale = scaleOf(settings.charts[place], [...now, ...before], ...ends, width, height)
      figure.picture = picture(settings, place, now, before, news.marks, figure.scale, width, height)
      plot.replaceChildren(figure.picture)
      const steps = stepsOf(place)
      const span = { "aria-valuemin": steps[0] ?? 0, "aria-valuemax": steps.at(-1) ?? 0 }
      filled(plot, { "aria-label": settings.charts[place].alt, ...span })
    })
    fade()
    point()
  }

  // The cursor goes over all charts, the numbers to the one that is pointed at.
  function point() {
    figures.forEach((figure, place) => {
      const { scale, readout, picture: drawn, plot } = figure, steps = stepsOf(place)
      if (!drawn) return
      drawn.querySelector(".pointed")?.remove()
      readout.hidden = at?.place !== place || !steps.length
      plot.setAttribute("aria-valuenow", at && steps.length ? at.step : steps.at(-1) ?? 0)
      if (at === null || !steps.length) return
      const found = ofChart(place).filter(({ recipe }) => isShown(recipe))
        .map(curve => ({ ...curve, index: placeOf(curve.steps, at.step) }))
      drawn.append(cursor(at.step, found, scale, settings))
      if (readout.hidden) return
      const isNear = step => Math.abs(scale.across(step) - scale.across(at.step)) <= NEAR
      const known = found.filter(({ index }) => index >= 0)
      tell(readout, found, news.marks.filter(([recipe, step]) => isShown(recipe) && isNear(step)), place)
      put(readout, scale, plot, known)
      const told = known.map(({ recipe, part, median, index }) =>
        `${settings.recipes[recipe].name}, ${partName(part)}: ${digits4(median[index])}`)
      plot.setAttribute("aria-valuetext", `${stepText(at.step)}. ${told.join("; ")}`)
    })
  }

  const stepText = step => say("step {number}", { number: whole(step) })

  // Beside the cursor, and above or below where the curves are.
  function put(readout, { across, down, top, bottom }, plot, known) {
    const x = across(at.step), wide = readout.offsetWidth, room = plot.clientWidth - wide
    const left = x + 14 <= room ? x + 14 : x - 14 - wide
    const heights = known.map(({ median, index }) => down(median[index])).filter(Number.isFinite)
    const high = heights.reduce((sum, one) => sum + one, 0) / Math.max(heights.length, 1) < (top + bottom) / 2
    readout.style.left = `${clamp(left, 0, Math.max(room, 0))}px`
    readout.style.top = `${high ? Math.max(bottom - readout.offsetHeight - 6, top + 4) : top + 4}px`
  }

  function tell(readout, found, marks, place) {
    const { parts } = settings.charts[place]
    const among = [...new Set(found.map(({ recipe }) => recipe))]
    const ranges = settings.seeds > 1 && among.length <= MOST_RANGES
    const value = (recipe, part) => {
      const curve = found.find(one => one.recipe === recipe && one.part === part)
      if (!(curve?.index >= 0)) return element("td", { text: "–" })
      const [low, median, high] = ["low", "median", "high"].map(row => digits4(curve[row][curve.index]))
      const range = ranges ? [" ", element("small", { text: `${low} – ${high}` })] : []
      return element("td", {}, median, ...range)
    }
    const rows = among.map(recipe => {
      const { name, colour } = settings.recipes[recipe]
      const title = element("td", { translate: "no" }, element("i", { style: `background: ${colour}` }), name)
      return element("tr", {}, title, ...parts.map(part => value(recipe, part)))
    })
    const heads = [stepText(at.step), ...(parts.length > 1 ? parts.map(partName) : [""])]
    const head = element("tr", {}, ...heads.map(text => element("th", { text })))
    const notes = marks.map(([recipe, step, text]) =>
      element("p", { text: `${settings.recipes[recipe].name}, ${stepText(step)}: ${text}` }))
    readout.replaceChildren(element("table", {}, element("tbody", {}, head, ...rows)), ...notes)
  }

  function menu(place) {
    const title = say("Keep or enlarge this chart")
    const summary = element("summary", { "aria-label": title, title, text: "···" })
    const details = element("details", { class: "menu" }, summary)
    const act = (text, action) => {
      const button = element("button", { type: "button", text })
      button.onclick = () => { details.open = false; action() }
      return button
    }
    const enlarge = () => {
      if (document.fullscreenElement) { document.exitFullscreen(); return }
      figures.forEach((one, other) => one.figure.classList.toggle("enlarged", other === place))
      root.requestFullscreen()
    }
    const { slug } = settings.charts[place]
    const file = () => standalone(figures[place].picture, settings.recipes.filter((_, index) => isShown(index)))
    details.append(element("div", {},
      act(say("Save as SVG"), () => save(new Blob([file()], { type: "image/svg+xml" }), slug, "svg")),
      act(say("Save as PNG"), () => raster(file()).then(blob => save(blob, slug, "png"))),
      ...(document.fullscreenEnabled ? [act(say("Full screen"), enlarge)] : [])))
    details.onfocusout = event => { if (!details.contains(event.relatedTarget)) details.open = false }
    return details
  }

  const sized = stand.onResize(() => draw())
  stand.listen(document, "visibilitychange", seen)
  stand.listen(document, "click", started)
  stand.atEnd(() => { clearTimeout(timer); turn += 1 })
  return update
})
