// A network over the plane: every unit a picture, every weight a line. Pointing at a unit, or going to it with
// the keyboard, shows it large in place of the decision, and which units it depends on.
/**
 * With the decision (RGB, `large` × `large`), the pictures of each layer's units (RGB, `side` × `side` each), and
 * the weights from each layer to the next (float32, row by row).
 * @typedef {{side: number, large: number, titles: string[], inputs: string[], reach: number[],
 *   biases: number[][], alt: string}} NetworkMessage
 */
const UNIT = 38, GAP = 10, TOP = 26, LARGE = 230, LEAST_WIDTH = 640, THICK = 7
const RED = "#c2403a", BLUE = "#2f6fb3"

// The picture of RGB bytes as an address that an SVG shows.
function paintedAddress(codes, side) {
  const canvas = element("canvas", { width: side, height: side }), context = canvas.getContext("2d")
  const picture = context.createImageData(side, side)
  for (let pixel = 0; pixel < side * side; pixel += 1) {
    picture.data.set(codes.subarray(3 * pixel, 3 * pixel + 3), 4 * pixel)
    picture.data[4 * pixel + 3] = 255
  }
  context.putImageData(picture, 0, 0)
  return canvas.toDataURL()
}

// Where the units of each layer stand: columns across the width, each in the middle of the height.
function placesOf(counts, width, height) {
  return counts.map((count, layer) => {
    const x = counts.length > 1 ? (layer * (width - UNIT)) / (counts.length - 1) : 0
    const tall = count * UNIT + (count - 1) * GAP
    return Array.from({ length: count }, (_, unit) => [x, TOP + (height - tall) / 2 + unit * (UNIT + GAP)])
  })
}

export default component(stand => {
  const stage = stand.find(".stage"), told = stand.find(".told")
  /** @type {NetworkMessage} */
  let header = null
  let layers = [], weights = [], decision = "", chosen = null

  const name = ({ layer, unit }) => layer === 0 ? header.inputs[unit]
    : layer === layers.length - 1 ? say("logit {number}", { number: unit + 1 })
      : say("layer {layer}, unit {unit}", { layer, unit: unit + 1 })

  function choose(which) {
    chosen = which
    draw()
  }

  function draw() {
    const width = Math.max(stage.clientWidth, LEAST_WIDTH) - LARGE - 40
    const tallest = Math.max(...layers.map(one => one.length))
    const height = Math.max(tallest * (UNIT + GAP), LARGE)
    const places = placesOf(layers.map(one => one.length), width, height)
    const size = { width: width + LARGE + 40, height: height + TOP + 4 }
    const focused = stage.getRootNode().activeElement?.dataset?.place
    const drawn = svg("svg", { ...size, role: "group", "aria-label": header.alt })
    header.titles.forEach((title, layer) => drawn.append(svg("text", { x: places[layer][0][0], y: 13 }, title)))
    weights.forEach((matrix, layer) => drawn.append(...edges(matrix, layer, places)))
    layers.forEach((one, layer) => one.forEach((address, unit) => drawn.append(tile(address, layer, unit, places))))
    drawn.append(...large(width + 40))
    stage.replaceChildren(drawn)
    if (focused) stage.querySelector(`[data-place="${focused}"]`)?.focus()
    told.textContent = chosen ? words(chosen) : say("Point at a unit to see what it responds to.")
  }

  function edges(matrix, layer, places) {
    const most = Math.max(...matrix.flat().map(Math.abs).filter(Number.isFinite), 1e-12)
    return matrix.flatMap((row, to) => row.map((weight, from) => {
      const [[x1, y1], [x2, y2]] = [places[layer][from], places[layer + 1][to]]
      const [left, middle, high, low] = [x1 + UNIT, (x1 + UNIT + x2) / 2, y1 + UNIT / 2, y2 + UNIT / 2]
      const d = `M${left},${high}C${middle},${high} ${middle},${low} ${x2},${low}`
      const title = `${name({ layer: layer + 1, unit: to })} ← ${name({ layer, unit: from })}: ${rounded(weight)}`
      const feeds = !chosen || chosen.layer === 0 || (chosen.layer === layer + 1 && chosen.unit === to)
      const size = Number.isFinite(weight) ? Math.abs(weight) / most : 0
      const look = { stroke: weight < 0 ? BLUE : RED, "stroke-width": 0.3 + THICK * size, d }
      return svg("path", { class: feeds ? "edge" : "edge faint", ...look }, svg("title", {}, title))
    }))
  }

  function tile(address, layer, unit, places) {
    const [x, y] = places[layer][unit], here = { layer, unit }
    const same = chosen?.layer === layer && chosen?.unit === unit
    const look = { class: same ? "unit chosen" : "unit", tabindex: 0, role: "button", "aria-label": name(here) }
    const group = svg("g", { ...look, "data-place": `${layer}-${unit}` },
    svg("image", { x, y, width: UNIT, height: UNIT, href: address, preserveAspectRatio: "none" }),
    svg("rect", { x, y, width: UNIT, height: UNIT, rx: 3 }))
    group.onpointerenter = group.onclick = () => same || choose(here)
    group.onfocus = () => group.matches(":focus-visible") && !same && choose(here)
    return group
  }

  function large(x) {
    const href = chosen ? layers[chosen.layer][chosen.unit] : decision
    const title = chosen ? name(chosen) : say("Decision, with the points")
    return [svg("text", { x, y: 13 }, title),
      svg("image", { x, y: TOP, width: LARGE, height: LARGE, href, preserveAspectRatio: "none" })]
  }

  function words({ layer, unit }) {
    const reach = rounded(header.reach[layer])
    if (layer === 0) return say("{unit}: from −{reach} to {reach}", { unit: name(chosen), reach })
    const bias = header.biases[layer - 1][unit]
    return say("{unit}: bias {bias}; the colours reach to ±{reach}",
      { unit: name(chosen), bias: bias === null ? "–" : rounded(bias), reach })
  }

  stage.onpointerleave = () => { if (chosen) choose(null) }
  stage.onfocusout = event => { if (!stage.contains(event.relatedTarget) && event.relatedTarget) choose(null) }
  onKeys(stage, { Escape: () => choose(null) })
  stand.onResize(() => header && draw(), stage)

  return data => {
    const { header: news, blobs } = unpack(data)
    header = news
    const [first, ...rest] = blobs, count = header.titles.length, bytes = 3 * header.side ** 2
    decision = paintedAddress(first, header.large)
    layers = rest.slice(0, count).map(blob => Array.from({ length: blob.length / bytes }, (_, unit) =>
      paintedAddress(blob.subarray(unit * bytes, (unit + 1) * bytes), header.side)))
    weights = rest.slice(count).map((blob, layer) => {
      const values = numbersOf(blob), across = layers[layer].length
      return layers[layer + 1].map((_, to) => Array.from(values.subarray(to * across, (to + 1) * across)))
    })
    if (chosen && !layers[chosen.layer]?.[chosen.unit]) chosen = null
    draw()
  }
})
