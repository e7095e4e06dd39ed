// The microscope: two linked pictures, and the arithmetic behind the pixel under the pointer.
// Everything a hover needs is here already: the exact pixels (from the pixels component), the
// weights and the settings. The sum is worked out in double precision, with no rerun.
// Out, states "pinned": {pixel: [row, column] | null} and "laid": {layout}.
/**
 * With the output as an image. `rests` and `pinned` are [row, column] of the output, `shape` its size; `layout`
 * is "side", where the picture before ends in percent, or nothing; the rest says how it came about.
 * @typedef {{low: string, high: string, meaning: string, stops: string[]}} LensLegend
 * @typedef {{name: string, number: number, mime: string, digest: string, height: number, width: number,
 *   shape: number[], rests: [number, number], pinned: ?[number, number], layout: string, statistics: string,
 *   legend: LensLegend, sequential: string[], diverging: string[],
 *   captions: {input: string, output: string}, alt: {input: string, output: string},
 *   weights: number[][], bias: number, stride: number, dilation: number, top: number, left: number,
 *   padding: string, channels: "grey" | "summed" | "each"}} LensMessage
 */
const BORDERS = {
  none: index => index,
  zero: (index, size) => (index < 0 || index >= size ? -1 : index),
  replicate: (index, size) => clamp(index, 0, size - 1),
  wrap: (index, size) => ((index % size) + size) % size,
  reflect: (index, size) => {
    if (size === 1) return 0
    const period = 2 * (size - 1)
    const place = ((index % period) + period) % period
    return place < size ? place : period - place
  },
}

function readPixel(picture, row, column, channels) {
  if (row < 0 || column < 0) return channels === "grey" ? [0] : [0, 0, 0]
  const [red, green, blue] = [0, 1, 2].map(i => picture.codes[(row * picture.width + column) * 3 + i] / 255)
  return channels === "grey" ? [0.299 * red + 0.587 * green + 0.114 * blue] : [red, green, blue]
}

// The window of one output pixel: per channel the values, the products and their sum.
function windowAt(picture, settings, row, column) {
  const { weights, stride, dilation, top, left, padding, channels } = settings
  const border = BORDERS[padding]
  const cells = weights.map((line, u) => line.map((weight, v) => {
    const y = row * stride - top + u * dilation
    const x = column * stride - left + v * dilation
    const outside = y < 0 || x < 0 || y >= picture.height || x >= picture.width
    const values = readPixel(picture, border(y, picture.height), border(x, picture.width), channels)
    return { weight, outside, values }
  }))
  const count = channels === "grey" ? 1 : 3
  const sums = Array.from({ length: count }, (_, channel) =>
    cells.flat().reduce((sum, cell) => sum + cell.weight * cell.values[channel], 0))
  const outputs = channels === "summed"
    ? [sums.reduce((total, sum) => total + sum, 0) + settings.bias]
    : sums.map(sum => sum + settings.bias)
  return { cells, sums, outputs }
}

export default component(place => {
  const root = place.find(".lens"), find = selector => root.querySelector(selector)
  const pane = name => {
    const inside = selector => find(`.pane[data-pane="${name}"] ${selector}`)
    return Object.fromEntries(["caption", "frame", "pixels", "overlay"].map(part => [part, inside(`.${part}`)]))
  }
  const input = pane("input"), output = pane("output")
  /** @type {LensMessage} */
  let settings = null
  let colour = 0  // of three, whose tables are shown
  let refreshing = 0, refreshed = 0, picture = null, drawn = "", at = null, pinned = false, shownFor = ""
  find(".bar").setAttribute("aria-label", say("How the two pictures are laid out"))
  find('[data-layout="side"]').textContent = say("Side by side")
  find('[data-layout="wipe"]').textContent = say("Before and after")
  find(".wipe").setAttribute("aria-label", say("Where the picture before ends and the picture after begins"))

  function update(data) {
    const { header, blobs: [image] } = unpack(data)
    if (settings && header.digest === settings.digest && header.number < settings.number) return
    if (!settings && header.layout) layOut(header.layout)
    settings = header
    for (const [name, { caption, overlay, frame }] of Object.entries({ input, output })) {
      caption.textContent = header.captions[name]
      overlay.setAttribute("aria-label", header.alt[name])
      frame.style.setProperty("--ratio", header.width / header.height)
    }
    if (shownFor !== header.digest) { shownFor = header.digest; at = null; pinned = false }
    at = bounded(header.pinned ?? (pinned || held() ? at : null) ?? header.rests)
    pinned ||= header.pinned !== null
    showScale(find, header.legend)
    find(".statistics").textContent = header.statistics
    drawOutput(image, header.number)
    showPicture()
  }

  function bounded([row, column]) {
    const [rows, columns] = settings.shape
    return [clamp(Math.round(row), 0, rows - 1), clamp(Math.round(column), 0, columns - 1)]
  }

  function showPicture() {
    picture = pictures.get(settings.digest) ?? null
    if (!picture) return
    const wanted = settings.digest + settings.channels
    if (drawn !== wanted) { drawn = wanted; drawInput(); refresh() }
  }

  // The numbers come after the picture, and a few times a second while pictures stream in.
  function refreshSoon() {
    clearTimeout(refreshing)
    refreshing = setTimeout(refresh, performance.now() - refreshed > 300 ? 0 : 80)
  }

  function drawInput() {
    const { width, height, codes } = picture
    Object.assign(input.pixels, { width, height })
    const rgba = new Uint8ClampedArray(width * height * 4).fill(255)
    const grey = settings.channels === "grey"
    for (let i = 0, j = 0; i < codes.length; i += 3, j += 4) {
      const light = 0.299 * codes[i] + 0.587 * codes[i + 1] + 0.114 * codes[i + 2]
      if (grey) rgba[j] = rgba[j + 1] = rgba[j + 2] = light
      else { rgba[j] = codes[i]; rgba[j + 1] = codes[i + 1]; rgba[j + 2] = codes[i + 2] }
    }
    input.pixels.getContext("2d").putImageData(new ImageData(rgba, width, height), 0, 0)
    sharpen(input.pixels)
  }

  // Decoding is asynchronous, so a late picture must not replace a newer one.
  function drawOutput(image, number) {
    createImageBitmap(new Blob([image], { type: settings.mime })).then(bitmap => {
      if (number < Number(output.pixels.dataset.number)) return
      if (output.pixels.width !== bitmap.width || output.pixels.height !== bitmap.height)
        Object.assign(output.pixels, { width: bitmap.width, height: bitmap.height })
      output.pixels.getContext("2d").drawImage(bitmap, 0, 0)
      bitmap.close()
      Object.assign(output.pixels.dataset, { number, painted: performance.now() })
      sharpen(output.pixels)
      place.host.dispatchEvent(new CustomEvent("painted", { bubbles: true, composed: true, detail: number }))
      refreshSoon()
    })
  }

  function sharpen(canvas) {
    canvas.style.imageRendering = canvas.width < canvas.clientWidth * 0.75 ? "pixelated" : "auto"
  }

  function pixelUnder(event, side) {
    const [across, down] = partUnder(event, side.overlay)
    if (side === output) return bounded([down * settings.shape[0] - 0.5, across * settings.shape[1] - 0.5])
    const { stride, dilation, top, left, weights } = settings
    const middle = size => Math.floor((dilation * (size - 1)) / 2)
    return bounded([(down * settings.height - 0.5 - middle(weights.length) + top) / stride,
                    (across * settings.width - 0.5 - middle(weights[0].length) + left) / stride])
  }

  // Whether the hand is here. Once it has gone, the pixel is that of the page's arithmetic again.
  const held = () => root.matches(":hover") || [input, output].some(({ overlay }) => overlay.matches(":focus-visible"))
  const rest = () => { if (picture && !pinned && !held()) moveTo(settings.rests) }
  root.onpointerleave = rest
  find(".colours").onclick = event => {
    const button = event.target.closest("button")
    if (button) { colour = Number(button.dataset.colour); refresh() }
  }
  function moveTo(pixel) { at = bounded(pixel); refresh() }
  function pin(value) { pinned = value; refresh(); place.report("pinned", { pixel: value ? at : null }) }

  for (const side of [input, output]) {
    side.overlay.onpointermove = event => { if (picture && !pinned) moveTo(pixelUnder(event, side)) }
    side.overlay.onblur = rest
    side.overlay.onclick = event => {
      if (!picture) return
      moveTo(pixelUnder(event, side))
      pin(!pinned)
    }
    onKeys(side.overlay, {
      far: 10, arrow: (right, down) => picture && moveTo([at[0] + down, at[1] + right]),
      Enter: () => picture && pin(!pinned),
      Escape: () => pinned && pin(false),
    })
  }

  function refresh() {
    if (!picture || !at) return
    refreshed = performance.now()
    const found = windowAt(picture, settings, at[0], at[1])
    drawBox(input, ...windowBox())
    const [rows, columns] = settings.shape
    drawBox(output, at[1] / columns, at[0] / rows, 1 / columns, 1 / rows)
    colour = Math.min(colour, found.sums.length - 1)
    showMicroscope(find, settings, at, pinned, found, colour)
  }

  function windowBox() {
    const { stride, dilation, top, left, weights, width, height } = settings
    return [(at[1] * stride - left) / width, (at[0] * stride - top) / height,
            (dilation * (weights[0].length - 1) + 1) / width, (dilation * (weights.length - 1) + 1) / height]
  }

  // A box given in parts of the picture; a tiny one gets a ring around it, so that it is found.
  function drawBox(side, x, y, w, h) {
    const { overlay } = side
    const ratio = window.devicePixelRatio || 1
    const width = Math.round(overlay.clientWidth * ratio), height = Math.round(overlay.clientHeight * ratio)
    if (overlay.width !== width || overlay.height !== height) Object.assign(overlay, { width, height })
    const context = overlay.getContext("2d")
    context.clearRect(0, 0, width, height)
    const box = [x * width, y * height, w * width, h * height]
    for (const [colour, line] of [["#000000", 4 * ratio], ["#ffd84d", 2 * ratio]]) {
      context.strokeStyle = colour
      context.lineWidth = line
      context.strokeRect(box[0] - line / 2, box[1] - line / 2, box[2] + line, box[3] + line)
      if (Math.min(box[2], box[3]) < 10 * ratio) {
        context.beginPath()
        context.arc(box[0] + box[2] / 2, box[1] + box[3] / 2, 14 * ratio, 0, 2 * Math.PI)
        context.stroke()
      }
    }
  }

  const resharpen = () => { sharpen(input.pixels); sharpen(output.pixels); refresh() }
  const buttons = root.querySelectorAll(".bar button")
  const wipe = find(".wipe")
  const divide = () => root.style.setProperty("--wipe", `${wipe.value}%`)
  const layOut = said => {
    const layout = said === "side" ? said : "wipe"
    if (layout === "wipe") { wipe.value = said; divide() }
    root.dataset.layout = layout
    buttons.forEach(button => button.setAttribute("aria-pressed", button.dataset.layout === layout))
    requestAnimationFrame(resharpen)
  }
  const choose = layout => { layOut(layout); place.report("laid", { layout }) }
  buttons.forEach(button => { button.onclick = () => choose(button.dataset.layout === "side" ? "side" : wipe.value) })
  wipe.oninput = divide
  wipe.onchange = () => choose(wipe.value)
  if (root.clientWidth && root.clientWidth < 560) layOut(wipe.value)

  place.onResize(resharpen, root)
  place.listen(window, "deepglass-picture", ({ detail }) => { if (detail === settings?.digest) showPicture() })
  place.onLive(() => settings?.name, update)
  place.atEnd(() => clearTimeout(refreshing))
  return update
})

function channelName(channels, index) {
  return channels === "grey" ? say("grey") : [say("red"), say("green"), say("blue")][index]
}

function showMicroscope(find, settings, [atRow, atColumn], pinned, { cells, sums, outputs }, colour) {
  const { bias, channels } = settings
  const where = say("Output pixel: row {row}, column {column}", { row: atRow, column: atColumn })
  find(".where").textContent = pinned ? `${where} · ${say("pinned, click to let go")}` : where
  const holder = find(".channels")
  const size = Math.max(cells.length, cells[0].length)
  while (holder.children.length > sums.length) holder.lastChild.remove()
  while (holder.children.length < sums.length) holder.append(channelRow())
  const limit = Math.max(...cells.flat().map(cell => Math.abs(cell.weight)), 1e-12)
  const { fontFamily: family, borderTopColor: rule } = getComputedStyle(holder)
  const look = { side: cellSide(holder.clientWidth, size), ratio: window.devicePixelRatio || 1, family, rule }
  showColours(find(".colours"), sums.map((_, channel) => channelName(channels, channel)), colour)
  sums.forEach((sum, channel) => {
    const row = holder.children[channel]
    row.hidden = channel !== colour
    if (row.hidden) return
    const name = channelName(channels, channel)
    row.querySelector(".channel").textContent = name
    const [values, weights, products] = row.querySelectorAll("canvas")
    const value = cell => cell.values[channel]
    paintGrid(values, cells, value, settings.sequential, [0, 1], look, cell => cell.outside)
    paintGrid(weights, cells, cell => cell.weight, settings.diverging, [-limit, limit], look)
    paintGrid(products, cells, cell => cell.weight * value(cell), settings.diverging, [-limit, limit], look)
    values.setAttribute("aria-label", say("Window, {channel}", { channel: name }))
    weights.setAttribute("aria-label", say("Weights"))
    products.setAttribute("aria-label", say("Products, {channel}", { channel: name }))
    const added = cells.flat().map(cell => cell.weight * value(cell))
    const about = look.side >= PRINTED && equals(added, sum, digitsOf(look.side)) === "≈"
    row.querySelector(".sum").textContent = about ? `≈ ${show(sum)}` : show(sum)
  })
  const result = find(".result")
  Object.assign(result.dataset, { row: atRow, column: atColumn })
  Object.assign(result.dataset, { sums: JSON.stringify(sums), outputs: JSON.stringify(outputs) })
  const biasText = bias < 0 ? `− ${show(-bias)}` : `+ ${show(bias)}`
  const together = sums.map(sum => (sum < 0 ? `(${show(sum)})` : show(sum))).join(" + ")
  const parts = channels === "summed"
    ? [`${together} ${biasText} ${equals([...sums, bias], outputs[0])} ${show(outputs[0])}`]
    : sums.map((sum, i) => `${show(sum)} ${biasText} ${equals([sum, bias], outputs[i])} ${show(outputs[i])}`)
  result.replaceChildren(element("span", { class: "label", text: say("Sum + bias = output") }),
    ...parts.map(text => element("span", { class: "part", text })))
  find(".said").textContent = `${where}: ${parts.join("; ")}`
  const inexact = [...parts, find(".row:not([hidden]) .sum").textContent].some(text => text.includes("≈"))
  const hint = find(".hint"), usual = [say("Window × weights = products. Arrow keys move the window too (Shift for " +
    "tens), a click pins it. Dashed cells are padding."),
  ...inexact ? [say("Where ≈ stands, the numbers are rounded and do not add up.")] : []].join(" ")
  hint.textContent = usual
  holder.onpointermove = event => { hint.textContent = cellUnder(event, cells, holder) ?? usual }
  holder.onpointerleave = () => { hint.textContent = usual }
}

// A button for each colour; none where there is one channel.
function showColours(holder, names, chosen) {
  const count = names.length > 1 ? names.length : 0
  if (holder.children.length !== count) {
    holder.replaceChildren(...names.slice(0, count).map((name, index) =>
      element("button", { type: "button", "data-colour": index, text: name })))
  }
  [...holder.children].forEach((button, index) => button.setAttribute("aria-pressed", index === chosen))
}

// The product under the pointer in words, for tables too fine to print their numbers.
function cellUnder(event, cells, holder) {
  const canvas = event.target.closest("canvas")
  if (!canvas) return null
  const row = Math.floor((event.offsetY / canvas.clientHeight) * cells.length)
  const cell = cells[row]?.[Math.floor((event.offsetX / canvas.clientWidth) * cells[0].length)]
  if (!cell) return null
  const value = cell.values[[...holder.children].indexOf(canvas.parentElement)]
  const [one, other, product] = [show(value), show(cell.weight, 4), value * cell.weight]
  const exact = Math.abs(atDigits(value, 3) * atDigits(cell.weight, 4) - atDigits(product, 4)) < 1e-9
  return `${one} × ${other} ${exact ? "=" : "≈"} ${show(product, 4)}`
}

const atDigits = (value, decimals) => Number(value.toFixed(decimals))

// Whether the terms, as they are printed, add up to the total as it is printed.
function equals(terms, total, decimals = 3) {
  const sum = terms.reduce((all, one) => all + atDigits(one, decimals), 0)
  return Math.abs(sum - atDigits(total, 3)) < 1e-9 ? "=" : "≈"
}

function channelRow() {
  const grid = () => element("canvas", { role: "img" })
  const sign = text => element("span", { class: "sign", text, "aria-hidden": "true" })
  return element("div", { class: "row" }, element("span", { class: "channel" }),
    grid(), sign("×"), grid(), sign("="), grid(), sign("Σ"), element("span", { class: "sum" }))
}

// The side of a cell in CSS pixels, so that three tables of `size` cells stand beside one another.
function cellSide(width, size) {
  const room = Math.min(180, (width - (width > 480 ? 190 : 72)) / 3)
  const side = clamp(Math.floor(room / size), 4, 52)
  // On a phone the tables go below one another before their numbers become too small to be printed.
  return width > 480 || size > 5 ? side : Math.max(side, clamp(Math.floor((width - 24) / 2 / size), 4, 31))
}

// The side of a cell that has room for its number, and how many decimals it has room for.
const PRINTED = 25, digitsOf = side => (side >= 40 ? 3 : 2)

function paintGrid(canvas, cells, valueOf, stops, [low, high], look, isOutside = () => false) {
  const { side, ratio, family, rule } = look
  const [rows, columns] = [cells.length, cells[0].length]
  const [width, height] = [Math.round(side * columns * ratio), Math.round(side * rows * ratio)]
  if (canvas.width !== width || canvas.height !== height) {
    Object.assign(canvas, { width, height })
    Object.assign(canvas.style, { width: `${side * columns}px`, height: `${side * rows}px` })
  }
  const context = canvas.getContext("2d")
  context.setTransform(ratio, 0, 0, ratio, 0, 0)
  context.fillStyle = rule
  context.fillRect(0, 0, side * columns, side * rows)
  context.font = `${side >= 40 ? 12 : side >= 30 ? 10 : 9}px ${family}`
  context.textAlign = "center"
  context.textBaseline = "middle"
  const table = coloursOf(stops)
  const gap = side > 10 ? 1 : 0
  cells.forEach((line, row) => line.forEach((cell, column) => {
    const value = valueOf(cell)
    const { fill, ink } = table[clamp(Math.round((255 * (value - low)) / (high - low)), 0, 255)]
    context.fillStyle = fill
    context.fillRect(column * side + gap, row * side + gap,
                     side - (column + 1 < columns ? gap : 2 * gap), side - (row + 1 < rows ? gap : 2 * gap))
    if (side < PRINTED) return
    context.fillStyle = ink
    const text = show(value, Number.isInteger(value) ? 0 : digitsOf(side))
    context.fillText(text, column * side + side / 2, row * side + side / 2)
    if (!isOutside(cell)) return
    context.strokeStyle = ink
    context.setLineDash([3, 3])
    context.strokeRect(column * side + 2, row * side + 2, side - 5, side - 5)
    context.setLineDash([])
  }))
}

const tables = new Map()

// 256 colours between the stops, each with the ink that can be read on it.
function coloursOf(stops) {
  const name = stops.join()
  if (!tables.has(name)) {
    tables.set(name, Array.from({ length: 256 }, (_, i) => {
      const colour = colourAt(stops, i / 255)
      return { fill: `rgb(${colour.join()})`, ink: inkOn(colour) }
    }))
  }
  return tables.get(name)
}
