// One map of a network: laid over the photo, by itself, and the arithmetic behind the pixel under
// the pointer. The values are here, so a hover reads them at once; the arithmetic of a pixel is asked
// for at the live address, one pixel at a time and the latest last. In: what explainer/ui/feature_maps/unit.py packs.
// Out, state "pinned": {y, x, number}; y and x are null when the pixel is let go.
const units = new WeakMap()
const VISIBLE_ROWS = 4

export default function (component) {
  const { parentElement, data, setStateValue } = component
  let unit = units.get(parentElement)
  if (!unit) units.set(parentElement, (unit = createUnit(parentElement)))
  unit.report = value => setStateValue("pinned", value)
  const { header, blobs } = unpack(data)
  unit.update(header, blobs)
  return () => unit.stop()
}

function createUnit(parentElement) {
  const root = parentElement.querySelector(".unit")
  const find = selector => root.querySelector(selector)
  const paneOf = name => {
    const inside = selector => find(`.pane[data-pane="${name}"] ${selector}`)
    return { pane: find(`.pane[data-pane="${name}"]`), caption: inside(".caption"), frame: inside(".frame"), box: inside(".box"), surface: inside(".surface") }
  }
  const photo = paneOf("photo"), map = paneOf("map"), drill = find(".drill")
  const flow = makeFlow(() => {})
  let settings = null, values = null, at = null, pinned = false, number = 0
  let answer = null, asked = "", since = 0, expanded = false, folded = false, reporting = 0, retrying = 0

  function update(header, [photoImage, mapImage, floats]) {
    const before = settings
    settings = header
    values = new Float32Array(floats.slice().buffer)
    if (before?.digest !== header.digest) forgetAnswer()
    if (before?.pictures !== header.pictures) showPictures(photoImage, mapImage)
    if (header.number >= number) { number = header.number; follow(header, before) }
    at = bounded(at)
    if (before?.address !== header.address) flow.failed = flow.openAt = 0
    travel(flow, header, (_, pause) => {
      if (!answer) find(".text").textContent = header.words.closed
      clearTimeout(retrying)
      if (pause) retrying = setTimeout(() => { asked = ""; refresh() }, pause)
    })
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

  const bounded = place => place.map((index, axis) => Math.min(Math.max(Math.floor(index), 0), settings.shape[axis] - 1))

  // The answer to another map must not be shown with this one.
  function forgetAnswer() {
    answer = null
    asked = ""
    since = Date.now()
    find(".text").textContent = settings.words.waiting
    drill.classList.remove("answered")
  }

  function showPictures(photoImage, mapImage) {
    revoke()
    const mapAddress = URL.createObjectURL(new Blob([mapImage], { type: "image/png" }))
    find(".photo").src = URL.createObjectURL(new Blob([photoImage], { type: settings.mime }))
    find(".photo").classList.toggle("coarse", Math.max(...settings.photo) <= 160)
    find(".laid").src = find(".map").src = mapAddress
    photo.pane.style.setProperty("--ratio", settings.photo[1] / settings.photo[0])
    map.pane.style.setProperty("--ratio", settings.shape[1] / settings.shape[0])
    place(find(".laid"), [laid(0), laid(1)], settings.photo)
  }
  const revoke = () => [".photo", ".map"].forEach(name => URL.revokeObjectURL(find(name).src))

  function describe() {
    const { alt, words, title, legend } = settings
    photo.caption.textContent = words.photo
    map.caption.textContent = title
    photo.surface.setAttribute("aria-label", `${alt} ${words.over} ${words.keys}`)
    map.surface.setAttribute("aria-label", `${alt} ${words.keys}`)
    find(".name").textContent = words.opacity
    find(".rows").setAttribute("aria-label", words.windows)
    for (const end of ["low", "high"]) find(`.${end}`).textContent = legend[end]
    const scale = find(".scale")
    scale.style.background = `linear-gradient(to right, ${legend.stops.join()})`
    scale.title = legend.meaning
    scale.setAttribute("aria-label", legend.meaning)
  }

  // -------------------------------------------------------------- photo and map

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
    const part = (length, axis) => `${(100 * length) / whole[axis]}%`
    Object.assign(target.style, { top: part(top, 0), height: part(height, 0), left: part(left, 1), width: part(width, 1) })
  }

  function seen() {
    return at.map((index, axis) => {
      const [from, size] = field(axis, index), whole = settings.photo[axis]
      const first = Math.min(Math.max(from, 0), whole), last = Math.max(Math.min(from + size, whole), first)
      return { span: [first, last - first], cut: from < 0 || from + size > whole }
    })
  }

  // -------------------------------------------------------------- pointing

  function pixelUnder(event, side) {
    const box = side.surface.getBoundingClientRect()
    const parts = [(event.clientY - box.top) / box.height, (event.clientX - box.left) / box.width]
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
    number = Math.max(number + 1, Date.now())
    const [y, x] = value ? at : [null, null]
    clearTimeout(reporting)
    reporting = setTimeout(() => unit.report({ y, x, number }), pause)
    refresh()
  }

  // A finger has no hover: each tap pins where it is, and lets go on the pinned pixel itself.
  function click(event, side) {
    const pixel = pixelUnder(event, side)
    const letGo = pinned && (event.pointerType !== "touch" || pixel.join() === at.join())
    moveTo(pixel)
    pin(!letGo)
  }

  function key(event) {
    const step = event.shiftKey ? 10 : 1
    const moves = { ArrowUp: [-step, 0], ArrowDown: [step, 0], ArrowLeft: [0, -step], ArrowRight: [0, step] }
    if (event.key in moves) {
      moveTo(bounded(at.map((index, axis) => index + moves[event.key][axis])))
      if (pinned) pin(true, 400)
    } else if (event.key === "Enter" || event.key === " ") pin(!pinned)
    else if (event.key === "Escape" && pinned) pin(false)
    else return
    event.preventDefault()
  }

  for (const side of [photo, map]) {
    side.surface.onpointermove = event => { if (!pinned) moveTo(pixelUnder(event, side)) }
    side.surface.onclick = event => click(event, side)
    side.surface.onkeydown = key
  }

  // -------------------------------------------------------------- what is shown of it

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
    const { words, shape, field: [tall, wide] } = settings
    const value = values[at[0] * shape[1] + at[1]]
    const range = ({ span: [from, length] }) => `${from}–${from + length - 1}`
    const sight = fill(words.sees, { size: `${wide.size} × ${tall.size}`, rows: range(rows), columns: range(columns) })
    const parts = [sight, rows.cut || columns.cut ? words.cut : "", pinned ? words.pinned : ""].filter(Boolean)
    find(".place").textContent = fill(words.place, { y: at[0], x: at[1] })
    find(".value").textContent = figure(value)
    find(".value").title = Number(value.toPrecision(9))
    find(".seen").textContent = parts.join(" · ")
  }

  const live = ({ detail }) => {
    if (detail.name !== settings?.name) return
    const { header } = unpack(detail.message)
    if (header.number < Math.max(since, answer?.number ?? 0)) return
    answer = header
    showAnswer()
    refresh()
  }
  window.addEventListener("deepglass-live", live)
  const showAnswer = () => {
    drill.classList.add("answered")
    const fold = find(".fold"), { words } = settings
    fold.hidden = !answer.folded
    fold.textContent = folded ? words.unfold : words.fold
    fold.setAttribute("aria-pressed", folded)
    showDrill(find, folded && answer.folded ? { ...answer, ...answer.folded } : answer, settings, expanded)
  }
  find(".fold").onclick = () => { folded = !folded; showAnswer() }
  find(".more").onclick = () => { expanded = !expanded; showAnswer() }
  const opacity = find("input")
  opacity.oninput = () => {
    find(".laid").style.opacity = opacity.value
    find(".share").textContent = `${Math.round(100 * opacity.value)}%`
  }
  opacity.oninput()

  const unit = { update, report: () => {}, stop() { flow.stop(); clearTimeout(reporting); clearTimeout(retrying); revoke(); window.removeEventListener("deepglass-live", live); units.delete(parentElement) } }
  return unit
}

// ---------------------------------------------------------------- the arithmetic of a pixel

function showDrill(find, drill, { words, diverging }, expanded) {
  const { rows, hidden, terms, total } = drill
  const reach = part => rows.reduce((most, row) => largest(row[part] ?? [], most), 1e-12)
  const look = { words, diverging, window: reach("window"), weights: reach("weights") }
  const shown = expanded ? rows : rows.slice(0, VISIBLE_ROWS)
  find(".heading").textContent = drill.heading
  find(".rows").replaceChildren(...shown.map(row => drillRow(row, look)))
  const more = find(".more"), extra = rows.length - VISIBLE_ROWS
  more.hidden = extra <= 0
  more.textContent = expanded ? words.fewer : fill(words.more, { count: extra })
  more.setAttribute("aria-expanded", expanded)
  const rest = find(".hidden")
  rest.hidden = !hidden
  if (hidden) rest.replaceChildren(hidden.text, " ", exact(hidden.sum))
  find(".sum").replaceChildren(...terms.map((one, index) => term(one, index ? "+" : "")), term(total, terms.length ? "=" : ""))
  find(".text").textContent = drill.text
  const holder = find(".rows"), hint = rows.some(row => row.weights) ? words.hint : rows.length ? words.colours : ""
  const say = cell => { find(".hint").textContent = matchCells(holder, cell) ?? hint }
  holder.onpointerover = event => say(event.target.closest("td"))
  holder.onpointerleave = () => say(null)
  say(null)
}

function drillRow({ label, window: values, weights, sum }, look) {
  const { lines, note } = excerpt(values, look.words)
  const parts = [numberGrid(lines, look.window, look.diverging, look.words.window)]
  if (weights) parts.push(sign("×"), numberGrid(excerpt(weights, look.words).lines, look.weights, look.diverging, look.words.weights))
  return element("div", { class: "row" }, element("div", { class: "label", text: label + note }),
    element("div", { class: "product" }, ...parts, sign(weights ? "=" : "→"), exact(sum)))
}

// What there is room for: 16 × 16 of a table, 16 of a line, in lines of 8.
function excerpt(table, words) {
  const count = table.length * (table[0]?.length ?? 0)
  const kept = table.slice(0, 16).map(line => line.slice(0, 16))
  const lines = kept.length === 1 ? [kept[0].slice(0, 8), kept[0].slice(8)].filter(line => line.length) : kept
  const fits = kept.flat().length
  return { lines, note: fits < count ? ` · ${fill(words.excerpt, { shown: fits, count })}` : "" }
}

function numberGrid(lines, limit, stops, label) {
  const columns = lines[0]?.length ?? 0
  const size = columns > 8 ? "grid fine" : columns > 5 ? "grid many" : "grid"
  const cell = (value, row, column) => {
    const rgb = colourAt(stops, (value + limit) / (2 * limit)), style = `background: rgb(${rgb.join()}); color: ${inkOn(rgb)}`
    return element("td", { text: columns > 8 ? "" : brief(value), title: value, "data-cell": `${row},${column}`, style })
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

const largest = (table, least) => table.reduce((most, line) => line.reduce((far, value) => Number.isFinite(value) ? Math.max(far, Math.abs(value)) : far, most), least)
const sign = text => element("span", { class: "sign", text })
const exact = value => element("span", { class: "figure", text: figure(value), title: value })
const term = ({ label, value, sign: own }, usual) =>
  element("span", { class: "term" }, sign(own ?? usual), element("span", { class: "label", text: label }), exact(value))
const fill = (sentence, values) => sentence.replace(/{(\w+)}/g, (_, name) => values[name])

// Three decimals, as a power of ten where that would say nothing or too much.
function figure(value) {
  return value === 0 || (Math.abs(value) >= 5e-4 && Math.abs(value) < 1e5) ? show(value) : power(value, 2)
}
function brief(value) {
  const size = Math.abs(value)
  if (!Number.isFinite(value)) return "–"
  if (size === 0) return "0"
  if (size < 5e-4 || size >= 1e4) return power(value, 1)
  return show(value, size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3)
}
const power = (value, digits) => (Number.isFinite(value) ? value.toExponential(digits).replaceAll("-", "−") : "–")
