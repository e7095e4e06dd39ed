// Pictures dealt into folds, a block for each: the lit fold tests, the others teach. Point at a fold to light it;
// what it got wrong is framed, and the score of every fold stands below its block. Of folds of a few pictures none is
// dimmed, and all that is wrong is framed.
// Out, state "moved": {values: {fold}, number}: which fold was clicked, or kept with Enter.
/**
 * With the pictures as one, in rows of `columns`, where they are news. `folds`, `labels` and `said` have a
 * number for each picture; `said` is empty where nothing has learned yet. `told` stands above the rest in words.
 * There is room for `most` folds, whatever their number is now.
 * @typedef {{name: string, number: number, columns: number, folds: number[], labels: number[], said: number[],
 *   at: number, most: number, wrong: string, told: string, alt: string}} FoldsMessage
 */
const SIDE = 28, LARGEST = 44, SMALL = 24, TALLEST = 250, SPACE = 8, BELOW = 18
const MOST_ABREAST = 12, DIM = 0.42, MOST_NAMED = 6, A_FEW = 3

export default component(place => {
  const { find } = place, stage = find(".stage"), canvas = find("canvas")
  /** @type {FoldsMessage} */
  let data = null
  let blocks = [], lit = 0, number = -1
  const sheet = new Image()
  find(".hint").textContent =
    say("Framed: wrong. Point at a fold, or move with the arrow keys; a click or Enter keeps it.")

  function update(bytes) {
    /** @type {{header: FoldsMessage, blobs: Uint8Array[]}} */
    const { header, blobs } = unpack(bytes)
    if (header.number < number) return
    const fresh = !data || header.at !== data.at || Math.max(...header.folds) !== Math.max(...data.folds)
    data = header
    number = header.number
    if (blobs.length) {
      URL.revokeObjectURL(sheet.src)
      sheet.src = addressOf(blobs[0], "image/png")
    }
    if (fresh) lit = data.at
    stage.setAttribute("aria-label", data.alt)
    lay()
  }

  function lay() {
    const width = stage.clientWidth
    if (!data || !width) return
    const count = Math.max(...data.folds) + 1, members = Array.from({ length: count }, () => [])
    data.folds.forEach((fold, index) => members[fold].push(index))
    const largest = Math.max(...members.map(({ length }) => length)), all = data.folds.length
    const { abreast, wide, across, side, high, rows } = sizes(width, count, largest)
    const tallest = Array.from({ length: Math.max(data.most - 1, 0) }, (_, index) => index + 2)
      .map(folds => sizes(width, folds, Math.ceil(all / folds))).map(one => one.rows * one.high)
    stage.style.minHeight = `${Math.max(0, ...tallest)}px`
    blocks = members.map((indices, fold) => ({
      indices, across, side, left: (fold % abreast) * (wide + SPACE), top: Math.floor(fold / abreast) * high,
      wide, high: high - SPACE,
    }))
    draw(width, rows * high)
  }

  // How so many folds are laid out, the largest of `most` pictures.
  function sizes(width, count, most) {
    const narrow = width < 500, few = narrow ? MOST_ABREAST / 2 : MOST_ABREAST, below = most > 1 ? BELOW : 4
    const least = narrow && most === 1 ? SMALL : LARGEST, room = Math.floor((width + SPACE) / (least + SPACE))
    const abreast = count > MOST_ABREAST ? Math.min(room, count) : Math.min(few, count)
    const wide = (width - SPACE * (abreast - 1)) / abreast, rows = Math.ceil(count / abreast)
    const tall = Math.max(TALLEST / rows, 1.1 * LARGEST)
    let across = clamp(Math.ceil(wide / LARGEST - 0.1), 1, most)
    while (wide / across * Math.ceil(most / across) > tall && across < most) across += 1
    const side = Math.min(LARGEST, wide / across), high = side * Math.ceil(most / across) + below + SPACE
    return { abreast, wide, across, side, high, rows }
  }

  function draw(width, height) {
    const ratio = window.devicePixelRatio || 1, pen = canvas.getContext("2d"), look = getComputedStyle(stage)
    Object.assign(canvas, { width: width * ratio, height: height * ratio })
    canvas.style.height = `${height}px`
    pen.scale(ratio, ratio)
    lit = clamp(lit, 0, blocks.length - 1)
    const primary = look.getPropertyValue("--st-primary-color"), ink = look.getPropertyValue("--st-text-color")
    blocks.forEach((block, fold) => drawBlock(pen, block, fold === lit, primary, ink))
    read()
  }

  function drawBlock(pen, { indices, across, side, left, top, wide, high }, tests, primary, ink) {
    const few = indices.length <= A_FEW
    pen.globalAlpha = tests || few ? 1 : DIM
    indices.forEach((index, order) => {
      const x = left + (order % across) * side, y = top + Math.floor(order / across) * side
      const from = [index % data.columns * SIDE, Math.floor(index / data.columns) * SIDE, SIDE, SIDE]
      if (sheet.complete && sheet.naturalWidth) pen.drawImage(sheet, ...from, x, y, side - 1, side - 1)
      if ((tests || few) && wrong(index)) {
        pen.strokeStyle = data.wrong
        pen.lineWidth = 2.5
        pen.strokeRect(x + 1.25, y + 1.25, side - 3.5, side - 3.5)
      }
    })
    pen.fillStyle = tests ? primary : ink
    pen.globalAlpha = tests ? 1 : 0.75
    pen.font = `${tests ? "600 " : ""}12px ${getComputedStyle(stage).fontFamily}`
    pen.textAlign = "center"
    const shown = data.said.length && indices.length > 1 && wide > 30, share = show(100 * score(indices), 1)
    const text = shown ? share + (wide > 48 ? " %" : "") : ""
    pen.fillText(text, left + wide / 2, top + high - 5)
    if (tests) pen.fillRect(left, top + high - 2, wide, 2)
  }

  const wrong = index => data.said.length > 0 && data.said[index] !== data.labels[index]
  const score = indices => indices.filter(index => !wrong(index)).length / indices.length

  function read() {
    const { indices } = blocks[lit], missed = indices.filter(wrong)
    const values = { fold: whole(lit + 1), tests: whole(indices.length),
      teach: whole(data.folds.length - indices.length), right: whole(indices.length - missed.length),
      share: `${show(100 * score(indices), 1)} %` }
    const parts = [indices.length > 1 ? say("Fold {fold} tests {tests} pictures; the other {teach} teach.", values)
      : say("Fold {fold} is a single picture; the other {teach} teach.", values)]
    if (data.said.length) parts.push(say("Right: {right} of {tests}, {share}.", values))
    else parts.push(say("Let go, and they learn."))
    if (missed.length) {
      const named = missed.slice(0, MOST_NAMED).map(index => `${data.labels[index]} → ${data.said[index]}`)
      const list = named.join(", ") + (missed.length > MOST_NAMED ? " …" : "")
      parts.push(say("Wrong, with what was said: {list}.", { list }))
    }
    find(".told").textContent = data.told
    find(".readout").textContent = parts.join(" ")
    const bounds = { "aria-valuemin": 1, "aria-valuemax": blocks.length, "aria-valuenow": lit + 1 }
    filled(stage, { ...bounds, "aria-valuetext": parts.join(" ") })
  }

  function light(fold) { lit = clamp(fold, 0, blocks.length - 1); lay() }

  function keep() {
    data.at = lit
    number = later(number)
    place.report("moved", { values: { fold: lit }, number })
  }

  function under(event) {
    const { left, top } = stage.getBoundingClientRect(), x = event.clientX - left, y = event.clientY - top
    return blocks.findIndex(one =>
      x >= one.left && x < one.left + one.wide + SPACE && y >= one.top && y < one.top + one.high + SPACE)
  }
  stage.onpointermove = stage.onpointerdown = event => { if (under(event) >= 0) light(under(event)) }
  stage.onpointerleave = () => { if (data) light(data.at) }
  stage.onclick = keep
  onKeys(stage, {
    arrow: (right, down) => light(lit + right + down), Enter: keep,
    Home: () => light(0), End: () => light(Infinity),
  })

  sheet.onload = lay
  place.onLive(() => data?.name, update)
  place.onResize(lay, stage)
  place.atEnd(() => URL.revokeObjectURL(sheet.src))
  return update
})
