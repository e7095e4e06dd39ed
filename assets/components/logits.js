// Panels of bars, a bar for each class, and sentences below them. The bars of a panel that has
// parameters are dragged, or moved by the arrow keys; what all others show, and every sentence, is
// the server's. A grey picture may stand before the panels.
// Out, state "moved": {values: {[parameter]: number}, number}.
/**
 * `marks` has a place for each bar, or null; `level` is a place that all bars of a panel are read against. A word
 * between double asterisks is bold. `also` is the name of a second chart that a move changes; its message is the last
 * blob, and the first is the picture where there is one.
 * @typedef {{title: string, note: string, low: number, high: number, values: number[], texts: string[],
 *   marks: ?(?number)[], level: ?number, colour: string, parameters: string[], step: number}} LogitsPanel
 * @typedef {{name: string, number: number, address: string, names: string[], bold: boolean[], panels: LogitsPanel[],
 *   told: string[], hint: string, picture: ?{height: number, width: number, alt: string},
 *   also?: string}} LogitsMessage
 */
const ROW = 34, BAR = 16, NAME = 46, VALUE = 54, FAR_STEPS = 5

export default component(place => {
  const { find } = place
  /** @type {LogitsMessage} */
  let data = null
  let blobs = [], stage = null, report = null, held = null, dragged = false, built = "", plots = []

  // What is newer than what stands here; a bar stays in the hand that holds it.
  function take(message) {
    if (data && message.header.number < data.number) return
    const own = held && data.panels[held.panel]
    data = message.header
    blobs = message.blobs
    if (own) Object.assign(data.panels[held.panel], { values: own.values, texts: own.texts })
    const shape = JSON.stringify(data.panels.map(({ parameters }) => [parameters, data.names.length]))
    if (shape !== built) {
      built = shape
      plots = data.panels.map(addPanel)
      find(".panels").replaceChildren(...plots.map(({ box }) => box))
    }
    find(".whole").hidden = !plots.length
    find(".hint").textContent = data.hint
    find(".told").replaceChildren(...data.told.map(text => element("p", {}, ...emphasised(text))))
    drawPicture()
    draw()
    if (data.also) {
      const detail = { name: data.also, message: blobs.at(-1) }
      window.dispatchEvent(new CustomEvent("deepglass-live", { detail }))
    }
  }

  function drawPicture() {
    const canvas = find(".picture")
    canvas.hidden = !data.picture
    if (!data.picture) return
    const { height, width, alt } = data.picture
    Object.assign(canvas, { height, width })
    canvas.setAttribute("aria-label", alt)
    const image = new ImageData(width, height)
    blobs[0].forEach((code, at) => image.data.set([code, code, code, 255], 4 * at))
    canvas.getContext("2d").putImageData(image, 0, 0)
  }

  function addPanel({ parameters }, panel) {
    const plot = svg("svg", { class: "plot", height: ROW * data.names.length })
    const title = element("div", { class: "title" }), note = element("div", { class: "note" })
    const rows = data.names.map((_, row) => addRow(panel, row, parameters.length > 0))
    const level = svg("line", { class: "level" })
    plot.append(...rows.map(({ group }) => group), level)
    if (parameters.length) follow(plot, panel)
    else plot.setAttribute("role", "img")
    return { box: element("div", {}, title, note, plot), title, note, plot, rows, level }
  }

  function addRow(panel, row, dragging) {
    const name = svg("text", { x: 0, y: ROW / 2 + 4 }), value = svg("text", { y: ROW / 2 + 4, "text-anchor": "end" })
    const [ground, bar] = ["ground", "bar"].map(kind => svg("rect", { class: kind, y: (ROW - BAR) / 2, height: BAR }))
    const zero = svg("line", { class: "zero", y1: 5, y2: ROW - 5 })
    const mark = svg("line", { class: "mark", y1: 4, y2: ROW - 4 })
    const group = svg("g", { transform: `translate(0 ${ROW * row})` }, ground, bar, zero, mark, name, value)
    if (!dragging) return { group, name, value, ground, bar, zero, mark }
    const handle = svg("g", { class: "handle", role: "slider", tabindex: "0" },
      svg("circle", { class: "grip", cy: ROW / 2, r: 17 }), svg("circle", { class: "dot", cy: ROW / 2, r: 8 }))
    group.append(handle)
    onKeys(handle, { far: FAR_STEPS, arrow: (right, down) => {
      const { values, step } = data.panels[panel]
      move(panel, row, values[row] + step * (right - down), true)
    } })
    return { group, name, value, ground, bar, zero, mark, handle }
  }

  function follow(plot, panel) {
    const under = event => {
      const [right, down] = partUnder(event, plot), { low, high } = data.panels[panel], { left, end } = edges(plot)
      return { row: clamp(Math.floor(down * data.names.length), 0, data.names.length - 1),
        value: linear([left, end], [low, high])(right * plot.clientWidth) }
    }
    plot.onpointerdown = event => {
      if (!event.target.closest(".handle")) return
      held = { panel, row: under(event).row }
      stage.held = true
      plot.setPointerCapture(event.pointerId)
    }
    plot.onpointermove = event => { if (held) move(panel, held.row, under(event).value, false) }
    plot.onpointerup = plot.onpointercancel = () => {
      if (!held) return
      const { row } = held
      held = null
      stage.held = false
      dragged = true  // the click that follows is the end of the drag
      setTimeout(() => { dragged = false })
      move(panel, row, data.panels[panel].values[row], true)
    }
    plot.onclick = event => {
      if (dragged) return
      const { row, value } = under(event)
      move(panel, row, value, true)
    }
  }

  function move(panel, row, to, final) {
    const { low, high, step, values, parameters, texts } = data.panels[panel]
    values[row] = Number((Math.round(clamp(to, low, high) / step) * step).toFixed(4))
    texts[row] = show(values[row], 1)
    draw()
    const value = { values: Object.fromEntries(parameters.map((name, at) => [name, values[at]])) }
    if (final) stage.flow.finish(value, report)
    else stage.flow.push(value)
  }

  const edges = plot => ({ left: NAME, end: Math.max(plot.clientWidth - VALUE, NAME + 40) })

  function draw() {
    data?.panels.forEach((panel, index) => drawPanel(panel, plots[index]))
  }

  function drawPanel({ title, note, low, high, values, texts, marks, level, colour }, drawn) {
    const { left, end } = edges(drawn.plot), across = linear([low, high], [left, end])
    const at = value => clamp(across(value), left, end), zero = at(0)
    drawn.title.textContent = title
    drawn.note.textContent = note
    drawn.plot.setAttribute("aria-label",
      `${title}. ${data.names.map((name, row) => `${name}: ${texts[row]}`).join("; ")}`)
    const bottom = ROW * data.names.length
    filled(drawn.level, { x1: at(level ?? 0), x2: at(level ?? 0), y1: 0, y2: bottom })
    drawn.level.style.display = level === null ? "none" : ""
    drawn.rows.forEach((one, row) => {
      const to = at(values[row]), mark = marks?.[row] ?? null
      one.name.textContent = data.names[row]
      one.name.setAttribute("class", data.bold[row] ? "true" : "")
      filled(one.value, { x: end + VALUE - 2 })
      one.value.textContent = texts[row]
      filled(one.ground, { x: left, width: end - left })
      filled(one.bar, { x: Math.min(zero, to), width: Math.abs(to - zero), fill: colour })
      filled(one.zero, { x1: zero, x2: zero })
      filled(one.mark, { x1: at(mark ?? 0), x2: at(mark ?? 0) })
      one.mark.style.display = mark === null ? "none" : ""
      if (!one.handle) return
      one.handle.setAttribute("transform", `translate(${to.toFixed(1)} 0)`)
      one.handle.querySelector(".dot").setAttribute("fill", colour)
      filled(one.handle, { "aria-label": data.names[row], "aria-valuemin": low, "aria-valuemax": high,
        "aria-valuenow": values[row], "aria-valuetext": texts[row] })
    })
  }

  place.onLive(() => data?.name, message => take(unpack(message)))
  place.onResize(draw, find(".panels"))
  const moved = movable(place, "moved", ({ name }) => name, (made, _, tell) => {
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
