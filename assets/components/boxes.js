// Boxes on a photo, true ones and detections, that are moved, resized, drawn and deleted; the field of one of them:
// how well it would agree with its best truth wherever it stood. Every number is the server's. The panel of
// precision and recall beside it stands in precision_recall.js, which is part of this component.
// Out, state "moved": {values: {scene, truths, detections, shown, step, ask}, number}.
/**
 * A box is x0, y0, x1, y1 in pixels of the photo, a detection has its score as well. With the field, where there is
 * one, as uint16 over the `grid`: 0 for `low`, 65,535 for 1, and that of IoU for the lines; `way` leads up it.
 * `best` is the truth of `shown`.
 * @typedef {{name: string, number: number, address: string, scene: string, digest: string, width: number,
 *   height: number, alt: string, truths: number[][], detections: number[][], shown: ?number, best: ?number,
 *   beside: string, way: [number, number][], field: number, step: number, ask: object, edited: boolean,
 *   levels: {value: number, now: boolean, says: string}[],
 *   grid: {rows: number, columns: number, step: number, low: number}, colours: Object<string, string>,
 *   legend: {stops: string[], low: string, high: string, title: string}, told: string[], ap: object}} BoxesMessage
 */
const LEAST_SIDE = 4, NEW_SCORE = 0.5, GRIP = 12, HANDLE = 4.5, MANY = 14, NARROW = 480
const FRAMES = 60, REST = 600, TOP = 65535
const SIDES = { nw: [0, 1], n: [1], ne: [2, 1], e: [2], se: [2, 3], s: [3], sw: [0, 3], w: [0] }
const STILL = window.matchMedia("(prefers-reduced-motion: reduce)")

export default component(place => {
  const { find } = place, photo = find(".photo"), over = find(".over"), canvas = find(".field")
  const panel = precisionRecall(find(".ap"), place)
  /** @type {BoxesMessage} */
  let data = null
  let field = null, overlap = null, painted = "", lined = "", pixelsOf = "", contours = []
  let hand = null, report = null, held = null, pen = "", stepped = -1, frame = 0, timer = 0, step = 0, ask = null
  let boxes = { truth: [], detection: [] }
  const room = { width: 0, height: 0 }  // of the photo on the page; asked of the browser when it changes alone
  let selected = { kind: "detection", index: 0 }
  const nodes = new Map(), layers = ["truth", "detection", "marks"].map(kind => svg("g", { class: kind }))
  const lines = svg("g", { class: "lines" })
  over.append(lines, ...layers)

  const button = (text, act) => {
    const made = element("button", { type: "button", text })
    made.onclick = act
    return made
  }
  const pens = { truth: button(say("Draw a truth"), () => take_up("truth")),
    detection: button(say("Draw a detection"), () => take_up("detection")) }
  const remove = button(say("Delete"), () => drop())
  const follow = button(say("Follow the slope"), () => climb())
  const reset = button(say("All boxes back"), () =>
    hand.flow.finish({ values: { scene: data.scene, begun: true, ask } }, report))
  const score = element("input", { type: "number", min: 0, max: 1, step: 0.01 })
  const asked = element("label", {}, `${say("score")} `, score)
  find(".bar").append(pens.truth, pens.detection, remove, follow, reset, asked)
  filled(find(".bar"), { "aria-label": say("Boxes") })
  find(".hint").textContent = say("Drag a box, or a handle at its edge. By keys: Tab goes from box to box and Escape " +
    "leaves them, arrows move a box, Shift and arrows resize it, Delete takes it away.")

  // ---------------------------------------------------------------- what comes in

  function take(bytes) {
    const { header, blobs } = unpack(bytes)
    if (data && header.number < data.number) return
    const other = data?.scene !== header.scene || data?.digest !== header.digest
    data = header
    ;[field, overlap] = blobs.length ? [blobs[0], blobs.at(-1)].map(blob => numbersOf(blob, Uint16Array)) : []
    if (other) timer = clearTimeout(timer)
    if (!held && !timer) boxes = { truth: header.truths, detection: header.detections }
    if (other || !chosen()) selected = { kind: "detection", index: header.shown ?? 0 }
    if (other && !header.truths.length && !header.detections.length) pen = "truth"
    if (other) stepped = -1
    ask = header.ask
    if (!hand?.flow.busy()) step = header.step
    photo.style.aspectRatio = `${header.width} / ${header.height}`
    showPixels()
    paintField()
    panel.show(header.ap)
    tell()
    draw()
  }

  function showPixels() {
    const picture = pictures.get(data.digest), sheet = find(".pixels")
    if (!picture || pixelsOf === data.digest) return
    pixelsOf = data.digest
    const { width, height, codes } = picture, rgba = new Uint8ClampedArray(width * height * 4).fill(255)
    for (let i = 0, j = 0; i < codes.length; i += 3, j += 4) rgba.set(codes.subarray(i, i + 3), j)
    Object.assign(sheet, { width, height }).getContext("2d").putImageData(new ImageData(rgba, width, height), 0, 0)
  }

  // The field in colours: where it goes from 0 to 1 the clearer the higher, else of one clearness.
  function paintField() {
    const { rows, columns, step, low } = data.grid
    const signature = JSON.stringify([data.field, data.grid, data.levels, data.legend.stops])
    if (painted === signature) return
    painted = signature
    canvas.hidden = !field
    photo.classList.toggle("fielded", Boolean(field))
    contours = field ? data.levels.map(one => ({ ...one, ways: contour(overlap, rows, columns, TOP * one.value) })) : []
    if (!field) return
    const table = Array.from({ length: 256 }, (_, code) => colourAt(data.legend.stops, code / 255))
    const image = new ImageData(columns, rows)
    field.forEach((value, index) => {
      const [red, green, blue] = table[value >> 8]
      const alpha = low < 0 ? 150 : value && 70 + 130 * value / TOP
      image.data.set([red, green, blue, alpha], 4 * index)
    })
    Object.assign(canvas, { width: columns, height: rows }).getContext("2d").putImageData(image, 0, 0)
    canvas.style.width = `${100 * columns * step / data.width}%`
    canvas.style.height = `${100 * rows * step / data.height}%`
  }

  // ---------------------------------------------------------------- drawing

  const scale = () => room.width / (data?.width || 1)
  const chosen = () => boxes[selected.kind][selected.index]
  const rectOf = ([x0, y0, x1, y1]) => ({ x: x0 * scale(), y: y0 * scale(),
    width: Math.max(x1 - x0, 0) * scale(), height: Math.max(y1 - y0, 0) * scale() })
  const isHit = index => data.ap?.outcome?.[index] === "hit"
  const isFound = truth => (data.ap?.truth ?? []).some((one, index) => one === truth && isHit(index))

  function draw() {
    if (!data || !room.width) return
    room.height = room.width * data.height / data.width
    filled(over, { viewBox: `0 0 ${room.width} ${room.height}`, "aria-label": data.alt })
    photo.classList.toggle("pen", Boolean(pen))
    for (const [kind, one] of Object.entries(pens)) filled(one, { "aria-pressed": String(pen === kind) })
    remove.disabled = !chosen()
    reset.disabled = !data.edited
    follow.disabled = !data.way.length || Boolean(held)
    asked.hidden = selected.kind !== "detection" || !chosen()
    if (chosen() && place.host.shadowRoot?.activeElement !== score) score.value = Number(chosen()[4]?.toFixed(4))
    if (lined !== painted + room.width) drawLines()
    for (const [layer, kind] of ["truth", "detection"].entries()) drawKind(layers[layer], kind)
    drawMarks()
  }
  function tell() {
    find(".legend").classList.toggle("none", !field)
    showScale(find, { ...data.legend, meaning: data.legend.title })
    find(".legend .title").textContent = data.legend.title
    find(".keys").replaceChildren(...keysOf(data, field))
    find(".told").replaceChildren(...data.told.map(text => element("p", { text })))
  }

  function drawLines() {
    lined = painted + room.width
    const size = scale(), cell = data.grid.step * size
    const path = points => `M${points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join("L")}`
    const bends = contours.flatMap(({ ways, now, value }) => {
      const d = ways.map(ends => path(ends.map(([x, y]) => [x * cell, y * cell]))).join("")
      const kind = `contour${now ? " now" : ""}${value === 0.75 ? " strict" : ""}`
      return [svg("path", { class: `${kind} under`, d }), svg("path", { class: kind, d })]
    })
    lines.replaceChildren(...bends)
  }

  function drawKind(layer, kind) {
    const many = boxes[kind].length
    for (const [key, { group, index }] of nodes) {
      if (key.startsWith(kind) && index >= many) { group.remove(); nodes.delete(key) }
    }
    boxes[kind].forEach((box, index) => {
      const key = `${kind} ${index}`, found = nodes.get(key) ?? nodeOf(kind, index, layer, key)
      const good = kind === "truth" ? isFound(index) : isHit(index), size = rectOf(box)
      const chosenNow = selected.kind === kind && selected.index === index
      const shown = kind === "detection" && data.shown === index
      filled(found.group, { class: `box ${kind}${chosenNow ? " selected" : ""}${good ? "" : " missed"}`,
        "aria-label": labelOf(kind, index, box, good) })
      filled(found.halo, size)
      const name = kind === "truth" ? "truth" : good ? "hit" : "false"
      filled(found.line, { ...size, stroke: data.colours[name] })
      const told = kind === "detection" && (shown || (many <= MANY && room.width > NARROW))
      const look = [box, good, chosenNow, told, scale(), Object.values(data.colours)].join()
      if (found.look === look) return
      found.look = look
      found.tag.textContent = told ? show(box[4], 2) : ""
      filled(found.tag, { x: size.x + 3, y: Math.max(size.y - 5, 12) })
    })
  }
  function nodeOf(kind, index, layer, key) {
    const [halo, line] = ["halo", "line"].map(name => svg("rect", { class: name }))
    const tag = svg("text", { class: "tag" })
    const group = svg("g", { tabindex: 0, role: "button" }, halo, line, tag)
    group.onfocus = () => { if (!held) select(kind, index) }
    onKeys(group, {
      arrow: (right, down) => nudge(right, down, false),
      Delete: () => drop(), Backspace: () => drop(),
      Escape: () => pens.truth.focus(),
    })
    group.addEventListener("keydown", event => {  // Shift and arrows resize, which onKeys hands on as far steps
      const way = event.shiftKey && ARROWS[event.key]
      if (!way) return
      event.preventDefault()
      event.stopImmediatePropagation()
      nudge(...way, true)
    }, true)
    layer.append(group)
    nodes.set(key, { group, halo, line, tag, index })
    return nodes.get(key)
  }
  function labelOf(kind, index, box, good) {
    const [x0, y0, x1, y1] = box.map(Math.round), values = { place: index + 1, x0, y0, x1, y1 }
    if (kind === "truth") return good ? say("Truth {place}, found: {x0}, {y0} to {x1}, {y1}", values)
      : say("Truth {place}, not found: {x0}, {y0} to {x1}, {y1}", values)
    const scored = { ...values, score: show(box[4], 2) }
    return good ? say("Detection {place}, score {score}, a hit: {x0}, {y0} to {x1}, {y1}", scored)
      : say("Detection {place}, score {score}, a false alarm: {x0}, {y0} to {x1}, {y1}", scored)
  }

  // Over the boxes: what two of them share, the way up, what is said, and the handles.
  function drawMarks() {
    const marks = [], shown = boxes.detection[data.shown], truth = boxes.truth[data.best], size = scale()
    if (shown && truth) {
      const colour = data.colours[isHit(data.shown) ? "hit" : "false"]
      const common = [Math.max(shown[0], truth[0]), Math.max(shown[1], truth[1]), Math.min(shown[2], truth[2]),
        Math.min(shown[3], truth[3])]
      marks.push(svg("rect", { class: "union", fill: colour, ...rectOf(shown) }),
        svg("rect", { class: "union", fill: colour, ...rectOf(truth) }))
      if (common[2] > common[0] && common[3] > common[1]) {
        marks.push(svg("rect", { class: "shared", fill: colour, ...rectOf(common) }))
      }
    }
    if (data.way.length && !held) {
      const ends = data.way.map(([x, y]) => [x * size, y * size]), [cx, cy] = ends.at(-1)
      const d = `M${ends.map(end => end.map(one => one.toFixed(1)).join()).join("L")}`
      marks.push(svg("path", { class: "way under", d }), svg("path", { class: "way", d }),
        svg("circle", { class: "top", cx, cy, r: 5 }))
    }
    for (const box of data.ap?.crowd ?? []) marks.push(svg("rect", { class: "crowd", ...rectOf(box) }))
    if (boxes.detection[stepped]) marks.push(svg("rect", { class: "stepped", ...ringOf(boxes.detection[stepped]) }))
    if (shown && data.beside) {
      const { x, y, width, height } = rectOf(shown), low = y + height + 18 < room.height
      marks.push(svg("text", { class: "tag large", x: clamp(x + width / 2, 48, room.width - 48),
        y: low ? y + height + 16 : Math.max(y - 8, 14), "text-anchor": "middle" }, data.beside))
    }
    const box = chosen()
    if (box && !pen) marks.push(...handlesOf(rectOf(box)))
    layers[2].replaceChildren(...marks)
  }
  const ringOf = box => {
    const { x, y, width, height } = rectOf(box)
    return { x: x - 5, y: y - 5, width: width + 10, height: height + 10, rx: 4 }
  }
  const spotsOf = ({ x, y, width, height }) => Object.keys(SIDES).map(name => [name,
    x + width * (name.includes("w") ? 0 : name.includes("e") ? 1 : 0.5),
    y + height * (name.includes("n") ? 0 : name.includes("s") ? 1 : 0.5)])
  function handlesOf(rect) {
    return spotsOf(rect).flatMap(([name, x, y]) => [
      svg("rect", { class: "handle", x: x - HANDLE, y: y - HANDLE, width: 2 * HANDLE, height: 2 * HANDLE }),
      svg("circle", { class: `grip ${name}`, cx: x, cy: y, r: GRIP }),
    ])
  }

  // ---------------------------------------------------------------- what goes out

  function send(final) {
    const { truth: truths, detection: detections } = boxes
    const wanted = selected.kind === "detection" ? selected.index : data.shown ?? 0
    const shown = clamp(wanted, 0, Math.max(detections.length - 1, 0))
    const values = { scene: data.scene, truths, detections, shown, step, ask }
    if (!final) { hand.flow.push({ values }); return }
    timer = clearTimeout(timer)
    hand.held = Boolean(held)
    hand.flow.finish({ values }, report)
  }
  // Keys come one after another: the page hears of them once the hand rests.
  function send_later() {
    clearTimeout(timer)
    hand.held = true
    timer = setTimeout(send, REST, true)
  }
  function change(box, final) {
    boxes = { ...boxes, [selected.kind]: boxes[selected.kind].map((one, at) => at === selected.index ? box : one) }
    draw()
    send(final)
  }
  function select(kind, index) {
    const other = selected.kind !== kind || selected.index !== index
    selected = { kind, index }
    if (other) draw()
    if (other && kind === "detection") send(true)
  }
  function take_up(kind) {
    pen = pen === kind ? "" : kind
    draw()
  }
  function drop() {
    if (!chosen()) return
    const { kind, index } = selected
    boxes = { ...boxes, [kind]: boxes[kind].filter((_, at) => at !== index) }
    if (kind === "detection") for (const each of [data.ap.outcome, data.ap.truth]) each.splice(index, 1)
    const left = boxes[kind].length, other = kind === "truth" ? "detection" : "truth"
    selected = left ? { kind, index: Math.min(index, left - 1) } : { kind: other, index: 0 }
    draw()
    send(true)
    nodes.get(`${selected.kind} ${selected.index}`)?.group.focus()
  }
  // A box moved by whole pixels, its middle within the photo; or resized, within the photo.
  const moved = ([x0, y0, x1, y1, ...rest], right, down) => {
    const [x, y] = [(x0 + x1) / 2, (y0 + y1) / 2]
    const across = Math.trunc(clamp(right, -x, data.width - x)), along = Math.trunc(clamp(down, -y, data.height - y))
    return [x0 + across, y0 + along, x1 + across, y1 + along, ...rest]
  }
  function resized(box, sides, x, y) {
    const made = [...box]
    for (const side of sides) {
      const value = side % 2 ? y : x, opposite = box[(side + 2) % 4], most = side % 2 ? data.height : data.width
      made[side] = side < 2 ? clamp(value, 0, opposite - LEAST_SIDE) : clamp(value, opposite + LEAST_SIDE, most)
    }
    return made
  }
  function nudge(right, down, resizing) {
    const box = chosen()
    if (!box) return
    change(resizing ? resized(box, SIDES.se, box[2] + right, box[3] + down) : moved(box, right, down), false)
    send_later()
  }
  score.onchange = () => {
    const value = clamp(Number(score.value), 0, 1)
    if (chosen() && Number.isFinite(value)) change([...chosen().slice(0, 4), value], true)
  }

  // The box goes the dotted way, a place after another.
  function climb() {
    const way = data.way, { shown } = data
    if (!way.length || shown === null) return
    cancelAnimationFrame(frame)
    selected = { kind: "detection", index: shown }
    held = { climbing: true }
    hand.held = true
    const began = STILL.matches ? -Infinity : performance.now(), lasts = Math.min(way.length, FRAMES) * 25
    const tick = () => {
      const part = Math.min((performance.now() - began) / lasts, 1), box = chosen()
      const [x, y] = way[Math.round(part * (way.length - 1))]
      if (part === 1) held = null
      hand.held = part < 1
      change(moved(box, Math.round(x - (box[0] + box[2]) / 2), Math.round(y - (box[1] + box[3]) / 2)), part === 1)
      if (part < 1) frame = requestAnimationFrame(tick)
    }
    tick()
  }
  place.atEnd(() => cancelAnimationFrame(frame))

  // ---------------------------------------------------------------- the hand

  const spotOf = event => [event.clientX, event.clientY]
  const under = event => partUnder(event, photo).map((part, side) =>
    Math.round(part * (side ? data.height : data.width)))
  const inBox = ([x0, y0, x1, y1], x, y) => x >= x0 && x <= x1 && y >= y0 && y <= y1
  const areaOf = ([x0, y0, x1, y1]) => (x1 - x0) * (y1 - y0)
  function gripUnder(event) {
    if (!chosen()) return null
    const { left, top } = photo.getBoundingClientRect(), [px, py] = [event.clientX - left, event.clientY - top]
    const far = spotsOf(rectOf(chosen())).map(([name, x, y]) => [Math.hypot(x - px, y - py), name])
    const [nearest, name] = far.reduce((least, one) => one[0] < least[0] ? one : least)
    return nearest <= GRIP ? name : null
  }
  // The selected box where the pointer is in it, else the smallest there.
  function boxUnder(x, y) {
    if (chosen() && inBox(chosen(), x, y)) return selected
    const all = ["detection", "truth"].flatMap(kind => boxes[kind].map((box, index) => ({ kind, index, box })))
    return all.filter(({ box }) => inBox(box, x, y)).sort((a, b) => areaOf(a.box) - areaOf(b.box))[0] ?? null
  }

  photo.onpointerdown = event => {
    if (!data || event.button) return
    const [x, y] = under(event)
    cancelAnimationFrame(frame)
    if (pen) {
      const fresh = [x, y, x, y].map((value, side) => clamp(value, 0, side % 2 ? data.height : data.width))
      selected = { kind: pen, index: boxes[pen].length }
      boxes = { ...boxes, [pen]: [...boxes[pen], pen === "truth" ? fresh : [...fresh, NEW_SCORE]] }
      held = { drawn: fresh, from: [x, y], spot: spotOf(event) }
    } else {
      const name = gripUnder(event), found = name ? selected : boxUnder(x, y)
      if (!found) return
      const other = found.kind !== selected.kind || found.index !== selected.index
      selected = { kind: found.kind, index: found.index }
      held = { box: chosen(), sides: name && SIDES[name], spot: spotOf(event), went: other }
    }
    hand.held = true
    photo.setPointerCapture(event.pointerId)
    nodes.get(`${selected.kind} ${selected.index}`)?.group.focus({ preventScroll: true })
    draw()
  }
  photo.onpointermove = event => {
    if (!held || held.climbing) return
    // By how far the hand went: where the photo stands would be a layout in the midst of a drag.
    const [right, down] = spotOf(event).map((value, side) => Math.round((value - held.spot[side]) / scale()))
    held.went = true
    if (held.drawn) {
      const [ax, ay] = held.from, [x, y] = [ax + right, ay + down], far = (value, most) => clamp(value, 0, most)
      change([far(Math.min(ax, x), data.width), far(Math.min(ay, y), data.height), far(Math.max(ax, x), data.width),
        far(Math.max(ay, y), data.height), ...chosen().slice(4)], false)
    } else if (held.sides) {
      const { box, sides } = held, corner = index => box[sides.find(side => side % 2 === index) ?? index]
      change(resized(box, sides, corner(0) + right, corner(1) + down), false)
    } else change(moved(held.box, right, down), false)
  }
  photo.onpointerup = photo.onpointercancel = () => {
    if (!held || held.climbing) return
    const last = held, box = chosen()
    held = null
    hand.held = false
    if (last.drawn && (box[2] - box[0] < LEAST_SIDE || box[3] - box[1] < LEAST_SIDE)) return drop()
    if (last.drawn) pen = ""
    if (last.went || last.drawn) send(true)
    draw()
  }

  panel.onStep = (now, detection) => {
    stepped = detection
    if (data) drawMarks()
    if (now === step) return
    step = now
    send_later()
  }
  panel.onAsk = (wanted, final) => {
    ask = wanted
    hand.held = !final
    send(final)
  }
  place.atEnd(() => clearTimeout(timer))
  place.onLive(() => data?.name, take)
  place.onResize(() => {
    room.width = photo.clientWidth
    draw()
  }, photo)
  place.listen(window, "deepglass-picture", ({ detail }) => { if (detail === data?.digest) { showPixels(); draw() } })
  place.atEnd(() => panel.end?.())
  const movedBy = movable(place, "moved", () => "one", (made, _, tell) => {
    hand = made
    report = tell
    hand.take = given => take(given.bytes)
  })
  return bytes => {
    const { header } = unpack(bytes)
    movedBy({ bytes, name: header.name, number: header.number, address: header.address })
  }
})

// The lines of a level of a field, in cells from its corner, by marching squares: segments of two ends.
function contour(values, rows, columns, level) {
  const found = []
  const cut = (a, b, from, to) => {
    const part = (level - a) / (b - a)
    return [from[0] + part * (to[0] - from[0]) + 0.5, from[1] + part * (to[1] - from[1]) + 0.5]
  }
  for (let row = 0; row + 1 < rows; row += 1) {
    for (let column = 0; column + 1 < columns; column += 1) {
      const at = row * columns + column
      const corners = [values[at], values[at + 1], values[at + columns + 1], values[at + columns]]
      const above = corners.map(value => value >= level)
      if (above.every(one => one === above[0])) continue
      const spots = [[column, row], [column + 1, row], [column + 1, row + 1], [column, row + 1]]
      const ends = [0, 1, 2, 3].filter(side => above[side] !== above[(side + 1) % 4]).map(side =>
        cut(corners[side], corners[(side + 1) % 4], spots[side], spots[(side + 1) % 4]))
      for (let end = 0; end + 1 < ends.length; end += 2) found.push([ends[end], ends[end + 1]])
    }
  }
  return found
}

function keysOf({ colours, levels }, field) {
  const key = (text, ...look) => element("span", {}, sample(26, ...look), text)
  return [
    key(say("truth, found"), colours.truth), key(say("truth, missed"), colours.truth, "6 4"),
    key(say("hit"), colours.hit), key(say("false alarm"), colours.false, "6 4"),
    ...field ? levels.map(({ says }) => element("span", { text: says })) : [],
  ]
}
