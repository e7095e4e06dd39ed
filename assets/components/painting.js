// A mask that is painted on a photo, its hits, false alarms and misses in colours as the brush goes. What it scores is
// the server's to say, which is sent the whole mask with each move.
// Out, state "moved": {values: {bits, target}, number}; `bits` are eight pixels a byte in base64, by rows.
/**
 * With the answer and the truth, eight pixels a byte, and the photo, which is empty where the browser has it; `of` is
 * what is painted on, and how it was begun.
 * @typedef {{title: string, value: ?number, text: string, formula: string}} PaintedRow
 * @typedef {{name: string, number: number, address: string, of: string, width: number, height: number, own: boolean,
 *   colours: Object<string, string>, words: Object<string, string>, rows: PaintedRow[], iou: ?number, dice: ?number,
 *   told: string[]}} PaintingMessage
 */
const ZOOM = 3, MOST_UNDONE = 40, SIZE = { least: 1, most: 24, start: 6 }, STRENGTH = 0.55
const PADDED = { left: 40, right: 12, top: 12, bottom: 36 }, KINDS = ["", "hit", "alarm", "miss"]

export default component(place => {
  const { find } = place, canvas = find("canvas"), curve = find(".curve"), said = find(".said")
  const small = document.createElement("canvas")
  /** @type {PaintingMessage} */
  let data = null
  let photo = null, masks = { answer: null, truth: null }, hand = null, report = null, waiting = 0
  let stroke = null, spot = null, undone = [], scheduled = 0
  const brush = { size: SIZE.start, erases: false, target: "answer" }
  place.atEnd(() => { cancelAnimationFrame(scheduled); waiting += 1 })

  const button = (text, act) => {
    const made = element("button", { type: "button", text })
    made.onclick = act
    return made
  }
  const pick = (part, value) => () => { brush[part] = value; showTools() }
  const paints = button(say("Paint"), pick("erases", false)), erases = button(say("Erase"), pick("erases", true))
  const answers = button(say("My mask"), pick("target", "answer"))
  const truths = button(say("The truth"), pick("target", "truth"))
  const back = button(say("Undo"), undo)
  const size = element("input", { type: "range", min: SIZE.least, max: SIZE.most, value: SIZE.start })
  size.oninput = () => { brush.size = Number(size.value); draw() }
  find(".tools").append(answers, truths, paints, erases, element("label", {}, say("Brush"), size), back)
  find(".tools").setAttribute("aria-label", say("Tools to paint with"))
  find(".hint").textContent = say("Paint with the pointer. By keys: arrows move the brush, Enter puts it down and " +
    "lifts it, E erases or paints, Z takes the last stroke back.")

  function showTools() {
    const pressed = [[paints, !brush.erases], [erases, brush.erases],
      [answers, brush.target === "answer"], [truths, brush.target === "truth"]]
    for (const [made, on] of pressed) made.setAttribute("aria-pressed", on)
    answers.hidden = truths.hidden = !data?.own
    back.disabled = !undone.length
    draw()
  }

  // ---------------------------------------------------------------- what comes

  function take(bytes) {
    const { header, blobs } = unpack(bytes)
    if (data && header.number < data.number) return
    const other = header.of !== data?.of
    data = header
    const quiet = !stroke && !hand.flow.busy()
    if (other || quiet) adopt(blobs)
    if (!data.own) brush.target = "answer"
    if (other && blobs[2].length) load(blobs[2])
    showTools()
    showNumbers()
  }

  function adopt([answer, truth]) {
    masks = { answer: spread(answer), truth: spread(truth) }
  }
  function spread(bytes) {
    const pixels = new Uint8Array(data.width * data.height)
    return pixels.map((_, index) => (bytes[index >> 3] >> (7 - (index & 7))) & 1)
  }
  function packed(pixels) {
    const bytes = new Uint8Array(Math.ceil(pixels.length / 8))
    pixels.forEach((on, index) => { if (on) bytes[index >> 3] |= 128 >> (index & 7) })
    return btoa(String.fromCharCode(...bytes))
  }

  async function load(bytes) {
    undone = []
    const mine = ++waiting, image = await createImageBitmap(new Blob([bytes]))
    if (mine !== waiting) return
    Object.assign(small, { width: data.width, height: data.height })
    const pen = small.getContext("2d", { willReadFrequently: true })
    pen.drawImage(image, 0, 0)
    photo = pen.getImageData(0, 0, data.width, data.height)
    draw()
  }

  // ---------------------------------------------------------------- the picture

  function draw() {
    cancelAnimationFrame(scheduled)
    scheduled = requestAnimationFrame(paint)
  }
  function paint() {
    if (!photo || photo.data.length !== 4 * masks.answer.length) return
    const { width, height, colours } = data, mixed = new ImageData(width, height)
    const inks = KINDS.map(kind => kind ? rgbOf(colours[kind]) : null)
    for (let index = 0; index < masks.answer.length; index += 1) {
      const given = masks.answer[index], true_ = masks.truth[index]
      const ink = inks[given ? (true_ ? 1 : 2) : (true_ ? 3 : 0)], at = 4 * index
      for (let part = 0; part < 3; part += 1) {
        const code = photo.data[at + part]
        mixed.data[at + part] = ink ? code + (ink[part] - code) * STRENGTH : code
      }
      mixed.data[at + 3] = 255
    }
    small.getContext("2d").putImageData(mixed, 0, 0)
    if (canvas.width !== ZOOM * width || canvas.height !== ZOOM * height) {
      Object.assign(canvas, { width: ZOOM * width, height: ZOOM * height })
    }
    const pen = canvas.getContext("2d")
    pen.imageSmoothingEnabled = false
    pen.drawImage(small, 0, 0, canvas.width, canvas.height)
    if (!spot) return
    for (const [lineWidth, strokeStyle] of [[4, "#000000"], [2, "#ffffff"]]) {
      Object.assign(pen, { lineWidth, strokeStyle })
      pen.setLineDash(brush.erases ? [6, 4] : [])
      pen.beginPath()
      pen.arc((spot[0] + 0.5) * ZOOM, (spot[1] + 0.5) * ZOOM, (brush.size - 0.5) * ZOOM, 0, 2 * Math.PI)
      pen.stroke()
    }
    pen.setLineDash([])
  }

  // ---------------------------------------------------------------- strokes

  function begin(at) {
    undone = [...undone, { target: brush.target, mask: masks[brush.target].slice() }].slice(-MOST_UNDONE)
    stroke = at
    hand.held = true
    dab(at, at)
  }
  function go(at) {
    dab(stroke, at)
    stroke = at
  }
  function end() {
    if (!stroke) return
    stroke = null
    hand.held = false
    send(true)
    showTools()
  }
  function undo() {
    if (!undone.length || stroke) return
    const { target, mask } = undone.at(-1)
    masks = { ...masks, [target]: mask }
    undone = undone.slice(0, -1)
    send(true, target)
    showTools()
  }
  // All pixels nearer than the brush is large to the way from one place to the next.
  function dab([x0, y0], [x1, y1]) {
    const { width, height } = data, mask = masks[brush.target], reach = brush.size - 0.5
    const [dx, dy] = [x1 - x0, y1 - y0], far = dx * dx + dy * dy || 1
    const bounds = (a, b, most) => [Math.max(Math.floor(Math.min(a, b) - reach), 0),
      Math.min(Math.ceil(Math.max(a, b) + reach), most - 1)]
    const [left, right] = bounds(x0, x1, width), [top, bottom] = bounds(y0, y1, height)
    for (let y = top; y <= bottom; y += 1) {
      for (let x = left; x <= right; x += 1) {
        const along = clamp(((x - x0) * dx + (y - y0) * dy) / far, 0, 1)
        const near = (x - x0 - along * dx) ** 2 + (y - y0 - along * dy) ** 2
        if (near <= reach * reach) mask[y * width + x] = brush.erases ? 0 : 1
      }
    }
    draw()
    send(false)
  }
  function send(final, target = brush.target) {
    const values = { bits: packed(masks[target]), target }
    if (final) hand.flow.finish({ values }, report)
    else hand.flow.push({ values })
  }

  const under = event => partUnder(event, canvas).map((part, side) =>
    clamp(part, -0.2, 1.2) * (side ? data.height : data.width) - 0.5)
  canvas.onpointerdown = event => {
    if (!photo || event.button) return
    end()
    canvas.setPointerCapture(event.pointerId)
    spot = under(event)
    begin(spot)
  }
  canvas.onpointermove = event => {
    if (!data) return
    spot = under(event)
    if (stroke && canvas.hasPointerCapture(event.pointerId)) go(spot)
    else draw()
  }
  canvas.onpointerup = canvas.onpointercancel = end
  canvas.onpointerleave = () => { if (!stroke) { spot = null; draw() } }
  canvas.onblur = () => { end(); spot = null; draw() }
  canvas.onfocus = () => {
    if (!data || !canvas.matches(":focus-visible")) return
    spot ??= [data.width / 2, data.height / 2]
    draw()
  }
  const turn = () => { brush.erases = !brush.erases; showTools(); tell() }
  onKeys(canvas, {
    far: 8,
    arrow(right, down) {
      spot = spot ? [clamp(spot[0] + right, 0, data.width - 1), clamp(spot[1] + down, 0, data.height - 1)]
        : [data.width / 2, data.height / 2]
      if (stroke) go(spot)
      draw()
      tell()
    },
    Enter() {
      if (!photo) return
      spot ??= [data.width / 2, data.height / 2]
      if (stroke) end(); else begin(spot)
      tell()
    },
    Escape: end, e: turn, E: turn, z: undo, Z: undo,
  })
  function tell() {
    const [x, y] = (spot ?? [0, 0]).map(whole)
    const where = { x, y }
    if (!stroke) said.textContent = say("Brush up, {x} from the left, {y} from the top", where)
    else if (brush.erases) said.textContent = say("Erasing, {x} from the left, {y} from the top", where)
    else said.textContent = say("Painting, {x} from the left, {y} from the top", where)
  }

  // ---------------------------------------------------------------- the numbers

  function showNumbers() {
    const { rows, colours, words } = data
    canvas.setAttribute("aria-label", words.alt)
    find(".rows").replaceChildren(...rows.map(({ title, value, text, formula }) => element("div", { class: "row" },
      element("div", { class: "head" }, element("span", { text: title }), element("span", { text })),
      element("div", { class: "bar" },
        element("div", { style: `width:${100 * (value ?? 0)}%;background:${colours.bar}` })),
      element("div", { class: "formula", text: formula }))))
    find(".keys").replaceChildren(...KINDS.slice(1).map(kind =>
      element("span", {}, element("i", { style: `background:${colours[kind]}` }), words[kind])))
    find(".told").replaceChildren(...data.told.map(text => element("p", {}, ...text.split("**").map((part, at) =>
      at % 2 ? element("b", { text: part }) : part))))
    showCurve()
  }

  function showCurve() {
    const { clientWidth: width, clientHeight: height } = curve
    if (!data || width < 90) return
    const { iou, dice, words, colours } = data
    const box = { left: PADDED.left, right: Math.min(width - PADDED.right, 330), top: PADDED.top,
      bottom: height - PADDED.bottom }
    const x = linear([0, 1], [box.left, box.right]), y = linear([0, 1], [box.bottom, box.top])
    const way = Array.from({ length: 51 }, (_, at) =>
      `${x(at / 50).toFixed(1)},${y((2 * at) / (50 + at)).toFixed(1)}`).join("L")
    const point = iou === null ? [] : [
      svg("path", { class: "drop", fill: "none", d: `M${x(iou)},${box.bottom}V${y(dice)}H${box.left}` }),
      svg("circle", { cx: x(iou), cy: y(dice), r: 6, fill: colours.bar }),
    ]
    curve.setAttribute("aria-label", words.curve)
    filled(curve, { viewBox: `0 0 ${width} ${height}` }).replaceChildren(
      ...[0, 0.2, 0.4, 0.6, 0.8, 1].flatMap(one => [levelLine(y(one), box, "grid"), tickLeft(y(one), box, show(one, 1)),
        uprightLine(x(one), box, "grid"), tickBelow(x(one), box, show(one, 1))]),
      svg("line", { class: "same", x1: x(0), y1: y(0), x2: x(1), y2: y(1) }),
      svg("path", { class: "line", stroke: colours.bar, d: `M${way}` }), ...point,
      tickBelow((box.left + box.right) / 2, box, words.iou, 2),
      svg("text", { class: "note", x: x(0.43), y: y(0.94) + 4, "text-anchor": "end" }, words.dice))
  }

  place.onLive(() => data?.name, take)
  place.onResize(showCurve, curve)
  const moved = movable(place, "moved", () => "one", (made, _, tellServer) => {
    hand = made
    report = tellServer
    hand.take = given => take(given.bytes)
  })
  return bytes => {
    const { header } = unpack(bytes)
    moved({ bytes, name: header.name, number: header.number, address: header.address })
  }
})
