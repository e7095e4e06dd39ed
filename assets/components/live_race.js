// The curves of a race. While it moves they are fetched by themselves, without a rerun of the page:
// the page is woken when the race begins to move or comes to rest, or where nothing can be fetched.
// In, once a run: {view, address, every, recipes: [{name, colour}], seeds, charts: [{slug, title,
// parts, zero, logarithmic, alt}], words}, and what is fetched too: {view, number, moving, status, most: [per
// chart], curves: [[chart, recipe, part]], marks: [[recipe, step, text]]}, with a float32 array of 4 × n
// for each curve: steps, least, median, largest. An answer without curves leaves those that are there.
// Out: trigger "woken"; state "closed": {view, number}, the view in which the address could not be
// reached, with a number that is another each time.
const races = new WeakMap()
const NEAR = 6, TRIES = 3, RETRY = 1000
const MOST_RANGES = 4  // recipes whose ranges over the seeds are read beside their medians

export default function (component) {
  const { parentElement, data, setStateValue, setTriggerValue } = component
  let race = races.get(parentElement)
  if (!race) races.set(parentElement, (race = createRace(parentElement)))
  race.wake = () => setTriggerValue("woken", true)
  race.close = view => setStateValue("closed", { view, number: Date.now() })
  race.update(data)
  return () => race.stop()
}

function createRace(parentElement) {
  const find = selector => parentElement.querySelector(selector)
  const root = find(".race")
  let settings = null, news = null, curves = [], figures = [], at = null, timer = 0, turn = 0, failed = 0
  const alone = new Set()  // recipes that are picked out, by index
  let hovered = null

  function update(data) {
    const { header, blobs } = unpack(data)
    const fresh = !settings || settings.recipes.length !== header.recipes.length || settings.charts.length !== header.charts.length
    settings = header
    if (fresh) { hovered = at = null; build() }
    find(".hint").textContent = settings.words.hint
    names()
    take(header, blobs)
    plan()
  }

  function take(header, blobs) {
    if (header.view !== settings.view) return
    if (header.curves && !(news && news.view === header.view && header.number < news.number)) {
      news = header
      curves = blobs.map((blob, place) => read(blob, header.curves[place]))
      draw()
    }
    find(".status").textContent = header.status
  }

  // Asking for news, as long as the race moves by what the page knows.
  const asks = () => Boolean(settings?.address && settings.moving)

  function plan() {
    clearTimeout(timer)
    turn += 1  // what is on its way speaks for itself alone
    failed = 0
    if (asks()) timer = setTimeout(ask, settings.every, turn)
  }

  async function ask(mine) {
    if (document.hidden) return  // asked again when it is seen
    const began = performance.now(), { view, address } = settings
    const next = wait => { timer = setTimeout(ask, wait, mine) }
    try {
      const answer = await fetch(new URL(address, document.baseURI), { method: "POST", body: JSON.stringify({ values: { known: news?.view === view ? news.number : -1 } }) })
      if (!answer.ok) throw new Error(`the race answered ${answer.status}`)
      const { header, blobs } = unpack(await answer.arrayBuffer())
      if (mine !== turn) return
      failed = 0
      take(header, blobs)
      if (header.moving) return next(Math.max(settings.every - (performance.now() - began), settings.every / 4))
      race.wake()
      next(RETRY)  // until the page has said so too
    } catch {
      if (mine !== turn) return
      failed += 1
      if (failed >= TRIES) race.close(view)
      else next(RETRY)
    }
  }

  function seen() {
    if (!document.hidden && asks()) { plan(); clearTimeout(timer); ask(turn) }
  }

  // Which recipes are there: a click picks one out, the pointer does while it is over the name.
  function names() {
    const group = find(".names")
    group.setAttribute("aria-label", settings.words.names)
    const signature = JSON.stringify(settings.recipes)
    if (group.dataset.of === signature) return
    group.dataset.of = signature
    alone.clear()
    group.replaceChildren(...(settings.recipes.length < 2 ? [] : settings.recipes.map(({ name, colour }, index) => {
      const button = element("button", { type: "button", "aria-pressed": "false", title: settings.words.alone, translate: "no" }, element("i"), name)
      button.style.setProperty("--own", colour)
      button.onclick = () => {
        if (!alone.delete(index)) alone.add(index)
        button.setAttribute("aria-pressed", alone.has(index))
        fade()
      }
      button.onpointerenter = () => { hovered = index; fade() }
      button.onpointerleave = () => { hovered = null; fade() }
      return button
    })))
    fade()
  }

  const isShown = recipe => (hovered === null ? !alone.size || alone.has(recipe) : recipe === hovered || alone.has(recipe))
  function fade() {
    for (const part of root.querySelectorAll("[data-recipe]")) part.classList.toggle("faint", !isShown(Number(part.dataset.recipe)))
    if (at !== null) point()
  }

  function build() {
    figures = settings.charts.map((_, place) => {
      const plot = element("div", { class: "plot", role: "slider", tabindex: "0" })
      const readout = element("div", { class: "readout", hidden: "" })
      const figure = element("figure", {}, plot, readout, menu(place))
      plot.onpointermove = plot.onpointerdown = event => { at = { place, step: stepUnder(place, event) }; point() }
      plot.onpointerleave = event => { if (event.pointerType !== "touch") { at = null; point() } }  // a finger reads what it covers
      plot.onfocus = () => { if (!at && plot.matches(":focus-visible")) { at = { place, step: stepsOf(place).at(-1) ?? 0 }; point() } }
      plot.onblur = () => { at = null; point() }
      plot.onkeydown = event => move(place, event)
      sized.observe(plot)
      return { figure, plot, readout }
    })
    find(".charts").replaceChildren(...figures.map(one => one.figure))
  }

  function move(place, event) {
    const steps = stepsOf(place), now = Math.max(steps.indexOf(at?.step ?? steps.at(-1)), 0)
    const moves = { ArrowLeft: -1, ArrowRight: 1, ArrowDown: -1, ArrowUp: 1, PageDown: -10, PageUp: 10, Home: -steps.length, End: steps.length }
    if (event.key === "Escape") at = null
    else if (event.key in moves && steps.length) at = { place, step: steps[Math.min(Math.max(now + moves[event.key], 0), steps.length - 1)] }
    else return
    event.preventDefault()
    point()
  }

  const ofChart = place => curves.filter(curve => curve.chart === place)
  const stepsOf = place => Array.from(ofChart(place).reduce((longest, { steps }) => ((steps.at(-1) ?? -1) > (longest.at(-1) ?? -1) ? steps : longest), []))
  function stepUnder(place, event) {
    const { plot, scale } = figures[place]
    if (!scale) return 0
    const step = scale.stepAt(event.clientX - plot.getBoundingClientRect().left)
    return stepsOf(place).reduce((best, one) => (Math.abs(one - step) < Math.abs(best - step) ? one : best), 0)
  }

  function draw() {
    figures.forEach((figure, place) => {
      const width = figure.plot.clientWidth, height = figure.plot.clientHeight
      if (!width || !news) return
      figure.figure.classList.toggle("narrow", width < NARROW)
      figure.scale = scaleOf(settings.charts[place], ofChart(place), news.most[place], width, height)
      figure.picture = picture(settings, place, ofChart(place), news.marks, figure.scale, width, height)
      figure.plot.replaceChildren(figure.picture)
      const steps = stepsOf(place)
      figure.plot.setAttribute("aria-label", settings.charts[place].alt)
      figure.plot.setAttribute("aria-valuemin", steps[0] ?? 0)
      figure.plot.setAttribute("aria-valuemax", steps.at(-1) ?? 0)
    })
    fade()
    point()
  }

  // The cursor goes over all charts, the numbers to the one that is pointed at.
  function point() {
    figures.forEach((figure, place) => {
      const { scale, readout, picture, plot } = figure
      if (!picture) return
      picture.querySelector(".pointed")?.remove()
      readout.hidden = at?.place !== place
      if (at === null || !stepsOf(place).length) { plot.setAttribute("aria-valuenow", stepsOf(place).at(-1) ?? 0); readout.hidden = true; return }
      const found = ofChart(place).filter(({ recipe }) => isShown(recipe)).map(curve => ({ ...curve, index: placeOf(curve.steps, at.step) }))
      picture.append(cursor(at.step, found, scale, settings))
      if (readout.hidden) return
      const marks = news.marks.filter(([recipe, step]) => isShown(recipe) && Math.abs(scale.across(step) - scale.across(at.step)) <= NEAR)
      tell(readout, found, marks, place)
      const x = scale.across(at.step), room = plot.clientWidth - readout.offsetWidth
      const left = x + 14 + readout.offsetWidth <= plot.clientWidth ? x + 14 : x - 14 - readout.offsetWidth
      readout.style.left = `${Math.min(Math.max(left, 0), Math.max(room, 0))}px`
      const heights = found.filter(({ index }) => index >= 0).map(({ median, index }) => scale.down(median[index])).filter(Number.isFinite)
      const high = heights.reduce((sum, one) => sum + one, 0) / Math.max(heights.length, 1) < (scale.top + scale.bottom) / 2
      readout.style.top = `${high ? Math.max(scale.bottom - readout.offsetHeight - 6, scale.top + 4) : scale.top + 4}px`
      plot.setAttribute("aria-valuenow", at.step)
      plot.setAttribute("aria-valuetext", `${settings.words.step} ${whole(at.step)}. ` + found.filter(({ index }) => index >= 0).map(({ recipe, part, median, index }) => `${settings.recipes[recipe].name}, ${settings.words.parts[part]}: ${digits4(median[index])}`).join("; "))
    })
  }

  function tell(readout, found, marks, place) {
    const { parts } = settings.charts[place]
    const among = [...new Set(found.map(({ recipe }) => recipe))]
    const ranges = settings.seeds > 1 && among.length <= MOST_RANGES
    const value = (recipe, part) => {
      const curve = found.find(one => one.recipe === recipe && one.part === part)
      const cell = element("td", { text: curve && curve.index >= 0 ? digits4(curve.median[curve.index]) : "–" })
      if (curve && curve.index >= 0 && ranges) cell.append(" ", element("small", { text: `${digits4(curve.low[curve.index])} – ${digits4(curve.high[curve.index])}` }))
      return cell
    }
    const rows = among.map(recipe => {
      const disc = element("i")
      disc.style.background = settings.recipes[recipe].colour
      return element("tr", {}, element("td", { translate: "no" }, disc, settings.recipes[recipe].name), ...parts.map(part => value(recipe, part)))
    })
    const heads = [`${settings.words.step} ${whole(at.step)}`, ...(parts.length > 1 ? parts.map(part => settings.words.parts[part]) : [""])].map(text => element("th", { text }))
    const notes = marks.map(([recipe, step, text]) => element("p", { text: `${settings.recipes[recipe].name}, ${settings.words.step} ${whole(step)}: ${text}` }))
    readout.replaceChildren(element("table", {}, element("tbody", {}, element("tr", {}, ...heads), ...rows)), ...notes)
  }

  function menu(place) {
    const { words } = settings
    const details = element("details", { class: "menu" }, element("summary", { "aria-label": words.menu, title: words.menu, text: "···" }))
    const act = (text, action) => {
      const button = element("button", { type: "button", text })
      button.onclick = () => { details.open = false; action(figures[place]) }
      return button
    }
    const enlarge = () => {
      if (document.fullscreenElement) { document.exitFullscreen(); return }
      figures.forEach((one, other) => one.figure.classList.toggle("enlarged", other === place))
      root.requestFullscreen()
    }
    details.append(element("div", {},
      act(words.svg, figure => save(new Blob([standalone(figure.picture, shownRecipes())], { type: "image/svg+xml" }), settings.charts[place].slug, "svg")),
      act(words.png, figure => raster(standalone(figure.picture, shownRecipes())).then(blob => save(blob, settings.charts[place].slug, "png"))),
      ...(document.fullscreenEnabled ? [act(words.full, enlarge)] : [])))
    details.onfocusout = event => { if (!details.contains(event.relatedTarget)) details.open = false }
    return details
  }
  const shownRecipes = () => settings.recipes.filter((_, index) => isShown(index))

  const sized = new ResizeObserver(() => draw())
  document.addEventListener("visibilitychange", seen)
  const race = {
    update, wake: () => {}, close: () => {},
    stop() { clearTimeout(timer); turn += 1; sized.disconnect(); document.removeEventListener("visibilitychange", seen); races.delete(parentElement) },
  }
  return race
}
