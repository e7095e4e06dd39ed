// One map of a network: laid over the photo, by itself, and the arithmetic behind the pixel under
// the pointer. The values are here, so a hover reads them at once; the arithmetic of a pixel is asked
// for at the live address, one pixel at a time and the latest last.
// Out, state "pinned": {y, x, number}; y and x are null when the pixel is let go. State "followed": {layer, map,
// y, x, number}, where the input that was clicked comes from, or where the walk had been before.
/**
 * With the photo, the map as WebP and its values as float32; sizes and places are [rows, columns].
 * @typedef {{size: number, jump: number, start: number}} UnitField What a pixel sees along an axis.
 * @typedef {{name: string, number: number, address: string, digest: number, pictures: number, mime: string,
 *   photo: [number, number], shape: [number, number], field: [UnitField, UnitField],
 *   legend: {stops: string[], low: string, high: string, meaning: string}, diverging: string[], title: string,
 *   alt: string, pinned: ?[number, number], here: ?UnitPlace}} UnitMessage
 * @typedef {{network?: string, layer: string, map: number, y?: number, x?: number}} UnitPlace
 * @typedef {{label: string, window: number[][], weights: ?number[][], sum: number, from?: UnitPlace}} DrillRow
 * @typedef {{label: string, value: number, sign?: string, from?: UnitPlace}} DrillTerm
 * @typedef {{number: number, y: number, x: number, heading: string, rows: DrillRow[], terms: DrillTerm[],
 *   hidden: ?{count: number, sum: number, what?: string}, total: DrillTerm, text: string,
 *   sources: {label: string, from: UnitPlace}[], folded?: object}} Drill
 */
const VISIBLE_ROWS = 4

export default component(stand => {
  const root = stand.find(".unit"), find = selector => root.querySelector(selector)
  const paneOf = name => {
    const inside = selector => find(`.pane[data-pane="${name}"] ${selector}`)
    return { pane: inside(""), caption: inside(".caption"), box: inside(".box"), surface: inside(".surface") }
  }
  const photo = paneOf("photo"), map = paneOf("map"), drill = find(".drill"), flow = makeFlow(() => {})
  /** @type {UnitMessage} */
  let settings = null
  let values = null, at = null, pinned = false, number = 0
  let trail = []  // the places that a walk backwards has come through
  let answer = null, asked = "", since = 0, expanded = false, folded = false, reporting = 0, retrying = 0
  photo.caption.textContent = say("What the pixel sees of the photo")
  const unreached = say("The arithmetic cannot be reached at the moment; reload the page to ask again.")
  find(".name").textContent = say("Map over photo")
  find(".rows").setAttribute("aria-label", say("Windows and weights"))

  function update(data) {
    const { header, blobs: [photoImage, mapImage, floats] } = unpack(data)
    const before = settings
    settings = header
    values = numbersOf(floats)
    if (before?.digest !== header.digest) { forgetAnswer(); clearTimeout(reporting) }
    if (before?.pictures !== header.pictures) showPictures(photoImage, mapImage)
    if (before?.here?.network !== header.here?.network) trail = []
    if (header.number >= number || before?.digest !== header.digest) {  // a pin of another map is none of this one
      number = Math.max(number, header.number)
      follow(header, before)
    }
    at = bounded(at)
    if (before?.address !== header.address) flow.failed = flow.openAt = 0
    travel(flow, header, (_, pause) => {
      if (!answer) find(".text").textContent = unreached
      clearTimeout(retrying)
      if (pause) retrying = setTimeout(() => { asked = ""; refresh() }, pause)
    })
    if (trail.length && header.here?.layer === trail.at(-1).layer) trail.pop()
    describe()
    refresh()
  }

  // Where to look: at what is pinned, else where the eye was, else where the map is strongest.
  function follow(header, before) {
    if (header.pinned) at = header.pinned
    else if (before?.digest !== header.digest) at = strongest()
    pinned = header.pinned !== null
  }

  function strongest() {
    const best = values.reduce((far, value, index) => (Math.abs(value) > Math.abs(values[far]) ? index : far), 0)
    return [Math.floor(best / settings.shape[1]), best % settings.shape[1]]
  }

  const bounded = pixel => pixel.map((index, axis) => clamp(Math.floor(index), 0, settings.shape[axis] - 1))

  // The answer to another map must not be shown with this one.
  function forgetAnswer() {
    answer = null
    asked = ""
    since = Date.now()
    find(".text").textContent = say("Move over a pixel to see its arithmetic.")
    drill.classList.remove("answered")
  }

  function showPictures(photoImage, mapImage) {
    revoke()
    find(".photo").src = addressOf(photoImage, settings.mime)
    find(".photo").classList.toggle("coarse", Math.max(...settings.photo) <= 160)
    find(".laid").src = find(".map").src = addressOf(mapImage, "image/webp")
    photo.pane.style.setProperty("--ratio", settings.photo[1] / settings.photo[0])
    map.pane.style.setProperty("--ratio", settings.shape[1] / settings.shape[0])
    place(find(".laid"), [laid(0), laid(1)], settings.photo)
  }
  const revoke = () => [".photo", ".map"].forEach(name => URL.revokeObjectURL(find(name).src))

  function describe() {
    const { alt, title, legend } = settings
    const keys = say("Arrow keys move the pixel, Enter pins it, Escape lets it go.")
    map.caption.textContent = title
    find(".back").hidden = !trail.length
    if (trail.length) find(".back").textContent = say("← Back to {layer}, map {map}", trail.at(-1))
    photo.surface.setAttribute("aria-label", `${alt} ${say("Laid over the photo.")} ${keys}`)
    map.surface.setAttribute("aria-label", `${alt} ${keys}`)
    showScale(find, legend)
  }

  // Along one axis, in photo pixels: what the map pixel `index` sees, and where the map is laid.
  function field(axis, index) {
    const { size, jump, start } = settings.field[axis]
    return [Math.floor(start + jump * index - (size - 1) / 2), size]
  }
  function laid(axis) {
    const { jump, start } = settings.field[axis], count = settings.shape[axis]
    return count > 1 && jump > 0 ? [start + 0.5 - jump / 2, jump * count] : field(axis, 0)
  }

  // Puts an element over spans [from, length], rows then columns, of a picture of `whole` pixels.
  function place(target, [[top, height], [left, width]], whole) {
    const [down, across] = whole.map(size => length => `${(100 * length) / size}%`)
    Object.assign(target.style, { top: down(top), height: down(height), left: across(left), width: across(width) })
  }

  function seen() {
    return at.map((index, axis) => {
      const [from, size] = field(axis, index), whole = settings.photo[axis]
      const first = clamp(from, 0, whole), last = clamp(from + size, first, whole)
      return { span: [first, last - first], cut: from < 0 || from + size > whole }
    })
  }

  function pixelUnder(event, side) {
    const parts = partUnder(event, side.surface).reverse()
    if (side === map) return bounded(parts.map((part, axis) => part * settings.shape[axis]))
    return bounded(parts.map((part, axis) => {
      const [from, length] = laid(axis)
      return ((part * settings.photo[axis] - from) / length) * settings.shape[axis]
    }))
  }

  function moveTo(pixel) {
    if (pixel.join() === at.join()) return
    at = pixel
    refresh()
  }

  function pin(value, pause = 0) {
    pinned = value
    number = later(number)
    const [y, x] = value ? at : [null, null]
    clearTimeout(reporting)
    reporting = setTimeout(() => stand.report("pinned", { y, x, number }), pause)
    refresh()
  }

  // A finger has no hover: each tap pins where it is, and lets go on the pinned pixel itself.
  function click(event, side) {
    const pixel = pixelUnder(event, side)
    const letGo = pinned && (event.pointerType !== "touch" || pixel.join() === at.join())
    moveTo(pixel)
    pin(!letGo)
  }

  for (const side of [photo, map]) {
    side.surface.onpointermove = event => { if (!pinned) moveTo(pixelUnder(event, side)) }
    side.surface.onclick = event => click(event, side)
    onKeys(side.surface, {
      far: 10,
      arrow(right, down) {
        moveTo(bounded([at[0] + down, at[1] + right]))
        if (pinned) pin(true, 400)
      },
      Enter: () => pin(!pinned), Escape: () => pinned && pin(false),
    })
  }

  function refresh() {
    const sight = seen()
    place(photo.box, sight.map(({ span }) => span), settings.photo)
    place(map.box, at.map(index => [index, 1]), settings.shape)
    root.classList.toggle("pinned", pinned)
    readOut(sight)
    const wanted = at.join()
    if (asked !== wanted) { asked = wanted; flow.push({ values: { y: at[0], x: at[1] } }) }
    drill.classList.toggle("late", answer !== null && `${answer.y},${answer.x}` !== wanted)
  }

  function readOut([rows, columns]) {
    const { shape, field: [tall, wide] } = settings
    const value = values[at[0] * shape[1] + at[1]]
    const range = ({ span: [from, length] }) => `${from}–${from + length - 1}`
    const sight = { size: `${wide.size} × ${tall.size}`, rows: range(rows), columns: range(columns) }
    const parts = [say("sees {size} pixels of the photo: rows {rows}, columns {columns}", sight)]
    if (rows.cut || columns.cut) parts.push(say("the rest lies outside the photo"))
    if (pinned) parts.push(say("pinned, Escape lets go"))
    find(".place").textContent = say("Row {row}, column {column}", { row: at[0], column: at[1] })
    find(".value").textContent = figure(value)
    find(".value").title = Number(value.toPrecision(9))
    find(".seen").textContent = parts.join(" · ")
  }

  stand.onLive(() => settings?.name, message => {
    const { header } = unpack(message)
    if (header.number < Math.max(since, answer?.number ?? 0)) return
    answer = header
    showAnswer()
    refresh()
  })
  function showAnswer() {
    const fold = find(".fold")
    drill.classList.add("answered")
    fold.hidden = !answer.folded
    fold.textContent = folded ? say("Show the norm by itself") : say("Fold it into the convolution before it")
    fold.setAttribute("aria-pressed", folded)
    const shown = folded && answer.folded ? { ...answer, ...answer.folded } : answer
    showDrill(find, shown, settings.diverging, expanded)
  }
  // To the map that an input comes from, with its pixel pinned; and back again.
  function go(place) {
    number = later(number)
    stand.report("followed", { ...place, number })
  }
  drill.onclick = event => {
    const link = event.target.closest("[data-from]")
    if (!link) return
    trail.push({ ...settings.here, y: answer.y, x: answer.x })
    go(JSON.parse(link.dataset.from))
  }
  find(".back").onclick = () => go(trail.at(-1))
  find(".fold").onclick = () => { folded = !folded; showAnswer() }
  find(".more").onclick = () => { expanded = !expanded; showAnswer() }
  const opacity = find("input")
  opacity.oninput = () => {
    find(".laid").style.opacity = opacity.value
    find(".share").textContent = `${Math.round(100 * opacity.value)}%`
  }
  opacity.oninput()

  stand.atEnd(() => { flow.stop(); clearTimeout(reporting); clearTimeout(retrying); revoke() })
  return update
})

// ---------------------------------------------------------------- the arithmetic of a pixel

function showDrill(find, { rows, hidden, terms, total, ...drill }, diverging, expanded) {
  const reach = part => rows.reduce((most, row) => largest(row[part] ?? [], most), 1e-12)
  const look = { diverging, window: reach("window"), weights: reach("weights") }
  const shown = expanded ? rows : rows.slice(0, VISIBLE_ROWS)
  find(".heading").textContent = drill.heading
  find(".text").textContent = drill.text
  find(".sources").replaceChildren(...drill.sources?.length ? [say("Made from"), " "] : [],
    ...(drill.sources ?? []).map(({ label, from }) => origin(label, from)))
  find(".rows").replaceChildren(...shown.map(row => drillRow(row, look)))
  const more = find(".more"), extra = rows.length - VISIBLE_ROWS, rest = find(".hidden"), holder = find(".rows")
  more.hidden = extra <= 0
  more.textContent = expanded ? say("Show fewer rows") : say("Show {count} more rows", { count: extra })
  more.setAttribute("aria-expanded", expanded)
  rest.hidden = !hidden
  if (hidden) rest.replaceChildren(hidden.text, " ", exact(hidden.sum))
  const summed = terms.map((one, index) => term(one, index ? "+" : ""))
  find(".sum").replaceChildren(...summed, term(total, terms.length ? "=" : ""))
  const hint = rows.some(row => row.weights) ? say("Point at a cell for its product. Blue is below zero, red above.")
    : rows.length ? say("Blue is below zero, red above.") : ""
  const match = cell => { find(".hint").textContent = matchCells(holder, cell) ?? hint }
  holder.onpointerover = event => match(event.target.closest("td"))
  holder.onpointerleave = () => match(null)
  match(null)
}

function drillRow({ label, window: values, weights, sum, from }, look) {
  const { lines, note } = excerpt(values), grid = (...given) => numberGrid(look.diverging, ...given)
  const parts = [grid(lines, look.window, say("Values in the window"))]
  if (weights) parts.push(sign("×"), grid(excerpt(weights).lines, look.weights, say("Weights")))
  return element("div", { class: "row" }, element("div", { class: "label" }, origin(label, from), note),
    element("div", { class: "product" }, ...parts, sign(weights ? "=" : "→"), exact(sum)))
}

// What there is room for: 16 × 16 of a table, 16 of a line, in lines of 8.
function excerpt(table) {
  const count = table.length * (table[0]?.length ?? 0)
  const kept = table.slice(0, 16).map(line => line.slice(0, 16)), shown = kept.flat().length
  const lines = kept.length === 1 ? [kept[0].slice(0, 8), kept[0].slice(8)].filter(line => line.length) : kept
  return { lines, note: shown < count ? ` · ${say("the first {shown} of {count} numbers", { shown, count })}` : "" }
}

function numberGrid(stops, lines, limit, label) {
  const columns = lines[0]?.length ?? 0
  const size = columns > 8 ? "grid fine" : columns > 5 ? "grid many" : "grid"
  const cell = (value, row, column) => {
    const rgb = colourAt(stops, (value + limit) / (2 * limit))
    const style = `background: rgb(${rgb.join()}); color: ${inkOn(rgb)}`, text = columns > 8 ? "" : brief(value)
    return element("td", { text, title: value, "data-cell": `${row},${column}`, style })
  }
  return element("table", { class: size, "aria-label": label },
    ...lines.map((line, row) => element("tr", {}, ...line.map((value, column) => cell(value, row, column)))))
}

// Marks the cell and its partner in the other table, and says their product.
function matchCells(holder, cell) {
  holder.querySelectorAll(".same").forEach(marked => marked.classList.remove("same"))
  const pair = cell ? [...cell.closest(".row").querySelectorAll(`[data-cell="${cell.dataset.cell}"]`)] : []
  pair.forEach(marked => marked.classList.add("same"))
  if (pair.length < 2) return null
  const [value, weight] = pair.map(marked => Number(marked.title))
  return `${figure(value)} × ${figure(weight)} = ${figure(value * weight)}`
}

const largest = (table, least) =>
  table.flat().reduce((most, value) => (Number.isFinite(value) ? Math.max(most, Math.abs(value)) : most), least)
const sign = text => element("span", { class: "sign", text })
const exact = value => element("span", { class: "figure", text: figure(value), title: value })
// The name of an input: a button where one can go to it.
const origin = (text, from) => (from
  ? element("button", { class: "origin", type: "button", text, "data-from": JSON.stringify(from),
    title: say("Go to this map") }) : text)
const term = ({ label, value, sign: own, from }, usual) => element("span", { class: "term" },
  sign(own ?? usual), element("span", { class: "label" }, origin(label, from)), exact(value))

// Three decimals, as a power of ten where that would say nothing or too much.
function figure(value) {
  return value === 0 || (Math.abs(value) >= 5e-4 && Math.abs(value) < 1e5) ? show(value) : power(value, 2)
}
function brief(value) {
  const size = Math.abs(value)
  if (size === 0) return value === 0 ? "0" : "–"
  if (size < 5e-4 || size >= 1e4) return power(value, 0).replaceAll(" ", "")
  return show(value, size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3)
}
