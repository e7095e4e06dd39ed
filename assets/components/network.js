// A network over the plane: every unit a picture, every weight a line. Pointing at a unit, or going to it with
// the keyboard, shows it large in place of the decision, and which units it depends on. A click on a unit, its
// bias or a line, or Enter on a unit, lists its numbers, which can be set.
// Out, trigger "typed": {layer, unit, source or null, value as text}; trigger "edited": {name, value} of the recipe.
/**
 * With the decision (RGB, `large` × `large`), the pictures of each layer's units (RGB, `side` × `side` each), and
 * the weights from each layer to the next (float32, row by row). `biases` are null for a layer that has none.
 * `fixed` says why no weight can be set, `refused` why the last change was not made; `recipe` is what can be
 * edited of the recipe, as it is edited now.
 * @typedef {{side: number, large: number, titles: string[], inputs: string[], outputs: string, decided: string,
 *   reach: number[], units: number[], biases: number[][], fixed: string, refused: string, recipe: Recipe,
 *   alt: string}} NetworkMessage
 * @typedef {{depth: number, widths: number[], features: string[], offered: string[][], changed: boolean}}
 *   Recipe
 */
const UNIT = 38, GAP = 10, TOP = 50, LARGE = 230, LEAST_WIDTH = 640, THICK = 7, NAMES = 50, DOT = 4.5
const HEAD = 72, GLYPH = 22
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
    const x = NAMES + (counts.length > 1 ? (layer * (width - NAMES - UNIT)) / (counts.length - 1) : 0)
    const tall = count * UNIT + (count - 1) * GAP
    return Array.from({ length: count }, (_, unit) => [x, TOP + (height - tall) / 2 + unit * (UNIT + GAP)])
  })
}

const largestOf = values => Math.max(...values.map(Math.abs).filter(Number.isFinite), 1e-12)
const signColour = value => (value < 0 ? BLUE : RED)
const is = (one, other) => one?.layer === other?.layer && one?.unit === other?.unit

export default component(stand => {
  const stage = stand.find(".stage"), told = stand.find(".told"), bar = stand.find(".bar")
  const form = stand.find(".numbers"), refused = stand.find(".refused")
  /** @type {NetworkMessage} */
  let header = null
  let layers = [], weights = [], decision = "", chosen = null, opened = null, number = 0

  const name = ({ layer, unit }) => layer === 0 ? header.inputs[unit]
    : layer === layers.length - 1 ? header.outputs.replace("{number}", `${unit + 1}`)
      : say("layer {layer}, unit {unit}", { layer, unit: unit + 1 })
  const send = (trigger, message) => stand.trigger(trigger, { ...message, number: (number = later(number)) })

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
    const room = places[1][0][0] - places[0][0][0]
    places.slice(1, -1).forEach(([[x]], place) => drawn.append(...head(place, x + UNIT / 2, room)))
    weights.forEach((matrix, layer) => drawn.append(...edges(matrix, layer, places)))
    layers.forEach((one, layer) => one.forEach((address, unit) => drawn.append(tile(address, layer, unit, places))))
    drawn.append(...large(width + 40))
    stage.replaceChildren(drawn)
    if (focused) stage.querySelector(`[data-place="${focused}"]`)?.focus()
    told.textContent = chosen ? words(chosen)
      : header.fixed || say("Point at a unit to see what it responds to; click it, or a line, to set its numbers.")
  }

  // Fewer and more units in a hidden layer, above it where there is room; between them how many it is to have.
  function head(place, middle, room) {
    const { widths } = header.recipe ?? { widths: [] }, now = widths[place], layer = place + 1
    if (now === undefined || room < HEAD) return []
    const kind = now === header.units[place] ? "count" : "count new"
    return [
      glyph("−", middle - GLYPH - 11, say("One unit less in layer {layer}", { layer }), place, now - 1),
      svg("text", { x: middle, y: 34, "text-anchor": "middle", class: kind }, String(now)),
      glyph("+", middle + 11, say("One unit more in layer {layer}", { layer }), place, now + 1),
    ]
  }

  function glyph(text, x, label, place, units) {
    const off = units < 1
    const look = { class: "glyph", tabindex: 0, role: "button", "aria-label": label, "aria-disabled": off || null }
    const made = svg("g", { ...look, "data-place": `${place}${text}` }, svg("title", {}, label),
      svg("rect", { x, y: 19, width: GLYPH, height: GLYPH, rx: 5 }),
      svg("text", { x: x + GLYPH / 2, y: 35, "text-anchor": "middle" }, text))
    const act = () => off || send("edited", { name: "widths", value: header.recipe.widths.with(place, units) })
    made.onclick = act
    onKeys(made, { Enter: act })
    return made
  }

  function edges(matrix, layer, places) {
    const most = largestOf(matrix.flat())
    return matrix.flatMap((row, to) => row.map((weight, from) => {
      const [[x1, y1], [x2, y2]] = [places[layer][from], places[layer + 1][to]]
      const [left, middle, high, low] = [x1 + UNIT, (x1 + UNIT + x2) / 2, y1 + UNIT / 2, y2 + UNIT / 2]
      const d = `M${left},${high}C${middle},${high} ${middle},${low} ${x2},${low}`
      const title = `${name({ layer: layer + 1, unit: to })} ← ${name({ layer, unit: from })}: ${rounded(weight)}`
      const feeds = !chosen || chosen.layer === 0 || (chosen.layer === layer + 1 && chosen.unit === to)
      const size = Number.isFinite(weight) ? Math.abs(weight) / most : 0
      const look = { stroke: signColour(weight), "stroke-width": 0.3 + THICK * size, d }
      const line = svg("g", { class: feeds ? "edge" : "edge faint" },
        svg("title", {}, title), svg("path", look), svg("path", { class: "reach", d }))
      line.onclick = () => open({ layer: layer + 1, unit: to }, from)
      return line
    }))
  }

  function tile(address, layer, unit, places) {
    const [x, y] = places[layer][unit], here = { layer, unit }, same = is(chosen, here)
    const look = { class: same ? "unit chosen" : "unit", tabindex: 0, role: "button", "aria-label": name(here) }
    const group = svg("g", { ...look, "data-place": `${layer}-${unit}` },
      svg("image", { x, y, width: UNIT, height: UNIT, href: address, preserveAspectRatio: "none" }),
      svg("rect", { x, y, width: UNIT, height: UNIT, rx: 3 }))
    if (layer === 0) group.append(svg("text", { x: x - 5, y: y + UNIT / 2 + 4, "text-anchor": "end" }, name(here)))
    const bias = header.biases[layer - 1]?.[unit]
    if (bias !== undefined) group.append(dot(bias, largestOf(header.biases[layer - 1]), x, y + UNIT))
    group.onpointerenter = () => same || choose(here)
    group.onclick = event => open(here, event.target.closest(".bias") ? null : undefined)
    group.onfocus = () => group.matches(":focus-visible") && !same && choose(here)
    onKeys(group, { Enter: () => open(here) })
    return group
  }

  // The bias of a unit at its lower left corner: the fuller, the larger.
  function dot(bias, most, cx, cy) {
    const shade = Number.isFinite(bias) ? Math.abs(bias) / most : 0
    return svg("g", { class: "bias" }, svg("title", {}, say("bias {value}", { value: rounded(bias ?? NaN) })),
      svg("circle", { class: "ground", cx, cy, r: DOT }),
      svg("circle", { cx, cy, r: DOT, fill: signColour(bias), "fill-opacity": shade }))
  }

  function large(x) {
    const href = chosen ? layers[chosen.layer][chosen.unit] : decision
    const title = chosen ? name(chosen) : header.decided
    return [svg("text", { x, y: 13 }, title),
      svg("image", { x, y: TOP, width: LARGE, height: LARGE, href, preserveAspectRatio: "none" })]
  }

  function words({ layer, unit }) {
    const reach = rounded(header.reach[layer])
    if (layer === 0) {
      return say("{unit}, with x and y at mean 0 and standard deviation 1; the colours reach to ±{reach}",
        { unit: name(chosen), reach })
    }
    const bias = header.biases[layer - 1]?.[unit] ?? NaN
    return say("{unit}: bias {bias}; the colours reach to ±{reach}",
      { unit: name(chosen), bias: rounded(bias), reach })
  }

  // ------------------------------------------------------------ the numbers of a unit

  // Lists bias and weights of a unit, and goes to one of them: a source, null for the bias, or the first.
  function open(unit, source) {
    if (header.fixed || unit.layer === 0) {
      told.textContent = header.fixed || say("An input has no numbers of its own.")
      return
    }
    if (!is(opened, unit)) {
      opened = unit
      list()
    }
    const wanted = source === undefined ? "input" : `[data-source="${source}"]`
    const field = form.querySelector(wanted) ?? form.querySelector("input")
    field?.focus()
    field?.select()
  }

  function close() {
    const place = opened && `${opened.layer}-${opened.unit}`
    opened = null
    form.replaceChildren()
    if (place) stage.querySelector(`[data-place="${place}"]`)?.focus()
  }

  function valueOf(source) {
    const { layer, unit } = opened
    return (source === null ? header.biases[layer - 1]?.[unit] : weights[layer - 1][unit][source]) ?? NaN
  }

  function list() {
    const { layer, unit } = opened, sources = weights[layer - 1][unit].map((_, from) => from)
    const fields = header.biases[layer - 1] ? [null, ...sources] : sources
    const end = element("button", { type: "button", text: say("Close") })
    end.onclick = close
    form.replaceChildren(element("b", { text: name(opened) }), ...fields.map(field), end)
    form.setAttribute("aria-label", say("Numbers of {unit}", { unit: name(opened) }))
  }

  function field(source) {
    const { layer, unit } = opened
    const label = source === null ? say("bias")
      : say("from {unit}", { unit: name({ layer: layer - 1, unit: source }) })
    const input = element("input", { inputmode: "decimal", autocomplete: "off", "data-source": String(source) })
    const commit = () => {
      if (input.value !== input.dataset.shown) send("typed", { layer: layer - 1, unit, source, value: input.value })
      input.dataset.shown = input.value
    }
    input.value = input.dataset.shown = rounded(valueOf(source), 6)
    input.onchange = commit
    onKeys(input, { Escape: close, Enter: commit })
    return element("label", {}, element("span", { text: label }), input)
  }

  // What the fields show, but for one in which somebody is typing.
  function refresh() {
    if (header.fixed || !layers[opened?.layer]?.[opened?.unit]) { close(); return }
    form.querySelectorAll("input").forEach(input => {
      const source = input.dataset.source === "null" ? null : Number(input.dataset.source)
      if (input.value === input.dataset.shown) input.value = input.dataset.shown = rounded(valueOf(source), 6)
    })
  }

  // ------------------------------------------------------------ the recipe

  function showRecipe() {
    const { recipe } = header
    if (!recipe) { bar.replaceChildren(); return }
    const features = control(say("Features"), ...recipe.offered.map(pair => featureButton(...pair, recipe)))
    const { depth, widths } = recipe, [least, most] = [Math.min(...widths), Math.max(...widths)]
    const steps = [
      control(say("Hidden layers"), step("depth", "−", say("One hidden layer less"), depth - 1, depth < 1),
        element("b", { text: depth }), step("depth", "+", say("One hidden layer more"), depth + 1)),
      control(say("Units in each"),
        step("widths", "−", say("One unit less in each layer"), widths.map(one => one - 1), !depth || least < 2),
        element("b", { text: !depth ? "–" : least === most ? least : `${least}–${most}` }),
        step("widths", "+", say("One unit more in each layer"), widths.map(one => one + 1), !depth)),
    ]
    const note = element("span", { class: "note", role: "status" })
    if (recipe.changed) note.textContent = say("The recipe has changed: start the new race to see it here.")
    replaceKeepingFocus(bar, features, ...steps, note)
  }

  function control(title, ...buttons) {
    const look = { class: "step", role: "group", "aria-label": title }
    return element("span", look, element("span", { text: title }), ...buttons)
  }

  function step(key, text, label, value, off = false) {
    return button(`${key}${text}`, text, label, () => send("edited", { name: key, value }), off ? { disabled: "" } : {})
  }

  function featureButton(slug, title, { features }) {
    const on = features.includes(slug), value = on ? features.filter(one => one !== slug) : [...features, slug]
    const act = () => send("edited", { name: "features", value })
    return button(`feature-${slug}`, title, title, act, { "aria-pressed": on })
  }

  function button(key, text, label, act, look) {
    const naming = { text, title: label, "aria-label": label }
    const made = element("button", { type: "button", "data-key": key, ...naming, ...look })
    made.onclick = act
    return made
  }

  function replaceKeepingFocus(holder, ...children) {
    const key = holder.getRootNode().activeElement?.dataset?.key
    holder.replaceChildren(...children)
    if (key) holder.querySelector(`[data-key="${key}"]`)?.focus()
  }

  form.onsubmit = event => event.preventDefault()
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
    showRecipe()
    refused.textContent = header.refused
    if (opened) refresh()
  }
})
