// Ten classes: a confusion matrix whose cells show their pictures, the classes in the plane of precision and recall
// with lines of equal F, each class's three numbers with intervals, and a table of averages. All numbers are the
// server's; a second chart, `also`, takes the last blob.
// Out, state "moved": {values: {count, beta, cell}, number}.
/**
 * @typedef {{value: number, low: number, high: number, text: string}} TenValue
 * @typedef {{name: string, number: number, address: string, matrix: number[][], names: string[], rare: number,
 *   stops: string[], count: number, most: number, beta: number, betaText: string, row: number, column: number,
 *   low: number, measures: {title: string, colour: string, rows: (?TenValue)[]}[], dots: (?string)[],
 *   levels: {text: string, points: [number, number][]}[], averages: {heads: string[], rows: string[][]},
 *   cell: {says: string, pictures: number, side: number}, told: string[], words: Object<string, string>,
 *   also: string}} TenMessage  Points are precision, recall. The first blob is the cell's pictures, a byte a pixel.
 */
const COLUMNS = 10, LINES = 3, ROW = 27, RADIUS = 9, BETA_STEPS = 80, PUSHES = 200

export default component(place => {
  const { find } = place
  /** @type {TenMessage} */
  let data = null
  let pixels = null, stage = null, report = null, sliders = null, scheduled = 0, cellSize = 0
  const LEFT = 40, TOP = 40, EDGE = 44
  place.atEnd(() => cancelAnimationFrame(scheduled))

  function take({ header, blobs }) {
    if (data && header.number < data.number) return
    data = header
    pixels = blobs[0]
    sliders ??= [addSlider("count"), addSlider("beta")]
    sliders.forEach(({ paint }) => paint())
    const { words, told, cell, measures } = data
    find(".matrixTitle").textContent = words.matrix
    find(".planeTitle").textContent = words.plane
    find(".eachTitle").textContent = words.each
    find(".hint").textContent = words.hint
    find(".says").textContent = cell.says
    find(".told").replaceChildren(...told.map(text => element("p", {}, ...emphasised(text))))
    find(".legend").replaceChildren(...measures.map(({ title, colour }) =>
      element("span", {}, element("i", { style: `background:${colour}` }), title)),
    element("span", { text: words.undefined }))
    showTable()
    drawPictures()
    draw()
    window.dispatchEvent(new CustomEvent("deepglass-live", { detail: { name: data.also, message: blobs.at(-1) } }))
  }

  // ---------------------------------------------------------------- sliders

  function addSlider(name) {
    const count = name === "count"
    const most = count ? data.most : BETA_STEPS
    const range = element("input", { type: "range", class: "filling", min: 0, max: most, step: 1, name })
    const label = element("span"), text = element("output")
    find(".rows").append(element("div", {}, element("div", { class: "top" }, label, text), range))
    const value = () => count ? Number(range.value) : Number((0.25 * 16 ** (range.value / BETA_STEPS)).toPrecision(3))
    range.oninput = () => { stage.held = true; send({ [name]: value() }, false) }
    range.onchange = () => { stage.held = false; send({ [name]: value() }, true) }
    return { paint() {
      const words = count ? data.words.left : data.words.beta, said = count ? whole(data.count) : data.betaText
      label.textContent = words
      text.textContent = said
      filled(range, { "aria-label": words, "aria-valuetext": said })
      const at = count ? data.count : Math.round((BETA_STEPS * Math.log(data.beta / 0.25)) / Math.log(16))
      if (!stage?.held) range.value = at
      fillTrack(range)
    } }
  }

  function send(changed, final) {
    const { count, beta, row, column } = data
    const values = { count, beta, cell: COLUMNS * row + column, ...changed }
    Object.assign(data, { count: values.count, beta: values.beta, row: Math.floor(values.cell / COLUMNS),
      column: values.cell % COLUMNS })
    if (final) stage.flow.finish({ values }, report)
    else stage.flow.push({ values })
  }

  // ---------------------------------------------------------------- matrix

  const board = find(".matrix")
  const choose = (row, column) => {
    const cell = COLUMNS * clamp(row, 0, COLUMNS - 1) + clamp(column, 0, COLUMNS - 1)
    if (cell !== COLUMNS * data.row + data.column) send({ cell }, true)
  }
  board.onclick = event => {
    const { left, top } = board.getBoundingClientRect()
    const column = Math.floor((event.clientX - left - LEFT) / cellSize)
    const row = Math.floor((event.clientY - top - TOP) / cellSize)
    choose(row, column)
  }
  onKeys(board, { far: 3, arrow: (right, down) => choose(data.row + down, data.column + right) })

  function drawMatrix() {
    const width = board.clientWidth, { matrix, names, row, column, words, measures, stops, rare } = data
    const side = cellSize = Math.min((width - LEFT - EDGE) / COLUMNS, 42), height = TOP + COLUMNS * side + 34
    const picture = pictureOf(width, height)
    const text = (kind, x, y, said, extra = {}) =>
      picture.append(svg("text", { class: kind, x, y, "text-anchor": "middle", ...extra }, said))
    const end = LEFT + COLUMNS * side, below = TOP + COLUMNS * side
    text("axis", LEFT + COLUMNS * side / 2, 13, words.columns)
    text("axis", 0, 0, words.rows, { transform: `translate(11 ${TOP + COLUMNS * side / 2}) rotate(-90)` })
    text("axis", end + 6, TOP - 8, words.recall, { "text-anchor": "start" })
    text("axis", LEFT - 6, below + 30, words.precision, { "text-anchor": "start" })
    matrix.forEach((counts, at) => {
      const sum = counts.reduce((total, one) => total + one, 0), y = TOP + at * side
      text(at === rare ? "named" : "margin", LEFT - 11, y + side / 2 + 4, names[at])
      text(at === rare ? "named" : "margin", LEFT + (at + 0.5) * side, TOP - 8, names[at])
      counts.forEach((count, answer) => {
        const rgb = colourAt(stops, sum ? Math.sqrt(count / sum) * 0.95 : 0), x = LEFT + answer * side
        const box = { x: x + 0.5, y: y + 0.5, width: side - 1, height: side - 1 }
        picture.append(svg("rect", { ...box, fill: `rgb(${rgb.join()})` }))
        if (count) text("count", x + side / 2, y + side / 2 + 4.5, whole(count), { style: `fill:${inkOn(rgb)}` })
      })
      text("margin", end + 6, y + side / 2 + 4, measures[1].rows[at]?.text ?? "–", { "text-anchor": "start" })
      text("margin", LEFT + (at + 0.5) * side, below + 15, measures[0].rows[at]?.text ?? "–")
    })
    const here = { x: LEFT + column * side, y: TOP + row * side, width: side, height: side }
    picture.append(svg("rect", { class: "chosen", ...here }))
    board.replaceChildren(picture)
    filled(board, { "aria-label": words.matrix, "aria-valuemin": 0, "aria-valuemax": COLUMNS ** 2 - 1,
      "aria-valuenow": COLUMNS * row + column, "aria-valuetext": data.cell.says })
  }

  function drawPictures() {
    const canvas = find(".pictures"), { pictures, side, says } = data.cell, step = side + 1
    Object.assign(canvas, { width: COLUMNS * step, height: LINES * step })
    canvas.setAttribute("aria-label", says)
    const pen = canvas.getContext("2d")
    for (let one = 0; one < pictures; one += 1) {
      const image = new ImageData(side, side)
      for (let at = 0; at < side * side; at += 1) {
        const code = pixels[one * side * side + at]
        image.data.set([code, code, code, 255], 4 * at)
      }
      pen.putImageData(image, (one % COLUMNS) * step, Math.floor(one / COLUMNS) * step)
    }
  }

  // ---------------------------------------------------------------- classes

  function drawPlane() {
    const host = find(".plane"), width = host.clientWidth, tall = clamp(width * 0.62, 230, 300)
    const edges = { left: 42, right: width - 38, top: 10, bottom: 10 + tall }, height = edges.bottom + 40
    const { low, levels, measures, dots, words, names, row, rare, betaText } = data
    const x = linear([low, 1], [edges.left, edges.right]), y = linear([low, 1], [edges.bottom, edges.top])
    const picture = pictureOf(width, height)
    ticks(low, 1, 5).forEach(value => {
      const text = show(value, 2).replace(/0$/, "")
      picture.append(levelLine(Math.round(y(value)) + 0.5, edges, "grid"), tickLeft(y(value), edges, text),
        uprightLine(Math.round(x(value)) + 0.5, edges, "grid"), tickBelow(x(value), edges, text))
    })
    picture.append(tickBelow((edges.left + edges.right) / 2, edges, words.recall, 2),
      svg("text", { class: "axis", "text-anchor": "middle",
        transform: `translate(10 ${(edges.top + edges.bottom) / 2}) rotate(-90)` }, words.precision))
    const step = ([precision, recall], at) => `${at ? "L" : "M"}${x(recall).toFixed(1)},${y(precision).toFixed(1)}`
    const lines = levels.map(({ points }) => svg("path", { class: "iso", d: points.map(step).join("") }))
    picture.append(within("plane", edges, 0, ...lines))
    levels.forEach(({ text, points }) => {
      const [precision] = points.at(-1)
      if (precision <= low) return
      picture.append(svg("text", { class: "tick", x: edges.right + 4, y: y(precision) + 4 }, `F ${text}`))
    })
    const order = names.map((_, at) => at).sort((one, other) => (one === row) - (other === row))
    const said = [], spots = new Map()
    order.forEach(at => {
      const [precision, recall] = measures.map(({ rows }) => rows[at])
      if (precision && recall) spots.set(at, [x(Math.max(recall.value, low)), y(Math.max(precision.value, low))])
    })
    const measured = [...spots.values()], discs = apart(measured, 2 * RADIUS + 1, edges)
    measured.forEach(([cx, cy], at) => picture.append(
      svg("line", { class: "led", x1: cx, y1: cy, x2: discs[at][0], y2: discs[at][1] }),
      svg("circle", { class: "spot", cx, cy, r: 3 })))
    ;[...spots.keys()].forEach((at, turn) => {
      const [right, up] = discs[turn], [precision, recall] = measures.map(({ rows }) => rows[at])
      const kind = `dot${at === row ? " here" : ""}${at === rare ? " rare" : ""}`
      const dot = svg("g", { class: kind, transform: `translate(${right} ${up})` }, svg("circle", { r: RADIUS }),
        svg("text", { y: 4.5, "text-anchor": "middle" }, names[at]))
      dot.onclick = () => choose(at, at)
      picture.append(dot)
      said.push(`${names[at]}: ${precision.text}, ${recall.text}, F ${dots[at] ?? "–"}`)
    })
    host.replaceChildren(picture)
    host.setAttribute("aria-label", `${words.plane}, β ${betaText}. ${said.join("; ")}`)
  }

  function drawEach() {
    const host = find(".each"), width = host.clientWidth, { names, measures, row, words } = data
    const edges = { left: 42, right: width - 12, top: 4, bottom: 4 + ROW * names.length }, height = edges.bottom + 24
    const x = linear([0, 1], [edges.left, edges.right])
    const picture = pictureOf(width, height)
    picture.append(svg("rect", { class: "band", x: 0, y: edges.top + row * ROW, width, height: ROW }))
    ;[0, 0.2, 0.4, 0.6, 0.8, 1].forEach(value => picture.append(
      uprightLine(Math.round(x(value)) + 0.5, edges, "grid"), tickBelow(x(value), edges, show(value, 1))))
    names.forEach((name, at) => {
      const top = edges.top + at * ROW
      picture.append(svg("text", { class: at === row ? "named" : "", x: 14, y: top + ROW / 2 + 4 }, name))
      measures.forEach(({ colour, rows }, place) => {
        const level = top + ROW * (0.22 + 0.28 * place), one = rows[at]
        if (!one) {
          picture.append(svg("text", { x: x(0) - 9, y: level + 4, style: `fill:${colour}` }, "–"))
          return
        }
        const span = { x1: x(one.low), x2: x(one.high), y1: level, y2: level }
        picture.append(svg("line", { class: "whisker", stroke: colour, ...span }),
          svg("circle", { cx: x(one.value), cy: level, r: 4, fill: colour }))
      })
    })
    host.onclick = event => {
      const at = Math.floor((event.clientY - host.getBoundingClientRect().top - edges.top) / ROW)
      if (at >= 0 && at < names.length) choose(at, at)
    }
    host.replaceChildren(picture)
    host.setAttribute("aria-label", `${words.each}. ${names.map((name, at) =>
      `${name}: ${measures.map(({ title, rows }) => `${title} ${rows[at]?.text ?? "–"}`).join(", ")}`).join("; ")}`)
  }

  function showTable() {
    const { heads, rows } = data.averages, table = find(".figures")
    const line = (tag, cells) => element("tr", {}, ...cells.map(text => element(tag, { text })))
    table.tHead.replaceChildren(line("th", heads))
    table.tBodies[0].replaceChildren(...rows.map(cells => line("td", cells)))
  }

  const pictureOf = (width, height) => svg("svg", { class: "picture", width, height,
    viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" })

  function draw() {
    if (!data || !board.clientWidth) return
    drawMatrix()
    drawPlane()
    drawEach()
  }

  place.onLive(() => data?.name, message => take(unpack(message)))
  place.onResize(() => { cancelAnimationFrame(scheduled); scheduled = requestAnimationFrame(draw) }, board)
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

// Discs at these places, pushed from one another until none is nearer than `gap` and all lie within the edges.
function apart(spots, gap, { left, right, top, bottom }) {
  const found = spots.map(([x, y]) => [x, y])
  for (let turn = 0; turn < PUSHES; turn += 1) {
    let near = false
    found.forEach((one, at) => found.slice(0, at).forEach(other => {
      const [x, y] = [one[0] - other[0], one[1] - other[1]], far = Math.hypot(x, y)
      if (far >= gap - 1e-6) return
      near = true
      const push = (gap - far) / 2, [right1, down] = far ? [x / far, y / far] : [Math.cos(at), Math.sin(at)]
      one[0] += push * right1
      one[1] += push * down
      other[0] -= push * right1
      other[1] -= push * down
    }))
    found.forEach(one => { one[0] = clamp(one[0], left, right); one[1] = clamp(one[1], top, bottom) })
    if (!near) break
  }
  return found
}
