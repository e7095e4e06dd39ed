// A computation graph that is walked forward and back, one step at a time: each step gives a node
// its value, or follows one use of a node backward. Stepping is done here; new inputs come as a new
// message, by rerun or from the live address.
// Out, state "stepped": {step, number}.
/**
 * @typedef {{index: number, name: string, sign: string, kind: string, place: [number, number]}} GraphNode
 * @typedef {{source: number, target: number, points: [number, number][]}} GraphEdge Points: level and place.
 * @typedef {{kind: string, node: number, edge: ?number, heading: string, lines: string[], says: string,
 *   value: ?string, gradient: ?string, slope: ?string}} GraphStep
 * @typedef {{name: string, number: number, signature: string, step: number, levels: number, width: number,
 *   nodes: GraphNode[], edges: GraphEdge[], inputs: Object<number, string>, steps: GraphStep[],
 *   colours: {value: string, gradient: string}, alt: string}} GraphMessage
 */
const CARD = { width: 84, height: 64 }
const PITCH = { least: 104, most: 190, cross: 80 }
const DOWN = { along: 104, cross: 90, least: 68 }
const REST_MS = 120

export default component(place => {
  const root = place.find(".walk"), find = selector => root.querySelector(selector)
  const stage = find(".stage"), range = find("input")
  /** @type {GraphMessage} */
  let graph = null
  let at = 0, number = 0, reporting = 0, drawn = ""

  function update(data) {
    const { header } = unpack(data)
    const fresh = graph?.signature !== header.signature
    if (!fresh && header.number < graph.number) return
    graph = header
    if (fresh) at = header.step
    at = Math.min(at, graph.steps.length - 1)
    for (const [name, colour] of Object.entries(graph.colours)) root.style.setProperty(`--${name}`, colour)
    draw()
  }

  const button = (name, text, title, step) => {
    filled(find(`.${name}`), { text, title, "aria-label": title }).onclick = () => moveTo(step())
  }
  button("first", say("Start"), say("Back to the inputs"), () => 0)
  button("back", say("◀ Back"), say("One step back"), () => at - 1)
  button("next", say("Next ▶"), say("One step forward"), () => at + 1)
  button("last", say("End"), say("All the way to the end"), () => Infinity)
  range.setAttribute("aria-label", say("Step of the forward and backward pass"))
  find(".key.value").textContent = say("value, computed forward")
  find(".key.gradient").textContent = say("∂: gradient of the output, computed backward")
  find(".key.slope").textContent = say("local derivative, by which the gradient is multiplied on its way")

  function moveTo(step) {
    const bounded = clamp(step, 0, graph.steps.length - 1)
    if (bounded === at) return
    at = bounded
    fill()
    number = later(number)
    clearTimeout(reporting)
    reporting = setTimeout(() => place.report("stepped", { step: at, number }), REST_MS)
  }

  const arrow = (right, down) => moveTo(at + right + down)
  onKeys(root, { arrow, Home: () => moveTo(0), End: () => moveTo(Infinity) })
  range.oninput = () => moveTo(Number(range.value))

  // From left to right where there is room for it, else from top to bottom.
  function geometry() {
    const room = find(".scroller").clientWidth - 10, { levels, width } = graph
    const pitch = Math.min(PITCH.most, room / levels)
    if (pitch >= PITCH.least) {
      const spot = ([level, along]) => [pitch * (level + 0.5), PITCH.cross * along]
      return { across: true, card: CARD.width, size: [pitch * levels, PITCH.cross * width], spot }
    }
    const cross = clamp(room / width, DOWN.least, DOWN.cross)
    const spot = ([level, along]) => [cross * along, DOWN.along * (level + 0.5) - 18]
    const size = [cross * width, DOWN.along * levels - 36]
    return { across: false, card: Math.min(CARD.width, cross - 6), size, spot }
  }

  function draw() {
    const shape = geometry(), [width, height] = shape.size
    drawn = `${graph.signature} ${shape.size}`
    Object.assign(stage.style, { width: `${width}px`, height: `${height}px` })
    const ways = graph.edges.map(({ points }) => points.map(shape.spot))
    const picture = filled(find("svg"), { viewBox: `0 0 ${width} ${height}`, width, height })
    picture.replaceChildren(...ways.map((points, index) => edgePath(points, shape.across, index)))
    stage.querySelectorAll(".node, .pill").forEach(old => old.remove())
    stage.append(...ways.map((points, index) => pill(points, shape.across, index)))
    stage.append(...graph.nodes.map(node => card(node, shape.spot(node.place), shape.card)))
    stage.classList.toggle("narrow", shape.card < 76)
    fill()
  }

  function fill() {
    const { steps } = graph, step = steps[at]
    const value = { ...graph.inputs }, gradient = {}, slope = {}
    for (const { node, edge, ...one } of steps.slice(0, at + 1)) {
      if (one.value !== null) value[node] = one.value
      if (one.gradient !== null) gradient[node] = one.gradient
      if (one.slope !== null) slope[edge] = one.slope
    }
    const back = step.kind === "backward" || step.kind === "seed"
    root.style.setProperty("--edge", back ? "var(--gradient)" : "var(--value)")
    for (const box of stage.querySelectorAll(".node")) {
      const index = Number(box.dataset.node), own = gradient[index]
      box.querySelector(".value").textContent = value[index] ?? ""
      box.querySelector(".gradient").textContent = own === undefined ? "" : `∂ ${own}`
      box.classList.toggle("now", step.kind !== "inputs" && index === step.node)
      box.classList.toggle("waiting", !(index in value))
    }
    for (const made of stage.querySelectorAll(".pill")) {
      const index = Number(made.dataset.edge)
      made.textContent = index in slope ? `× ${slope[index]}` : ""
      made.classList.toggle("now", index === step.edge && index in slope)
      made.hidden = !(index in slope)
    }
    graph.edges.forEach((edge, index) => paint(edge, index, step, value, slope))
    read(step)
  }

  function paint({ source, target }, index, step, value, slope) {
    const line = find(`path[data-edge="${index}"]`), arrow = find(`.arrow[data-edge="${index}"]`)
    const ahead = step.kind === "forward" && target === step.node, back = index === step.edge
    const known = source in value && target in value ? "known" : ""
    line.setAttribute("class", ahead ? "forward" : back ? "backward" : index in slope ? "followed" : known)
    const way = ahead ? { class: "arrow ahead", transform: arrow.dataset.ahead }
      : { class: "arrow", transform: arrow.dataset.back }
    filled(arrow, { ...way, visibility: ahead || back ? "visible" : "hidden" })
  }

  function read(step) {
    const count = graph.steps.length - 1
    const keys = say("The arrow keys step forward and back, Home and End go all the way.")
    find(".heading").textContent = step.heading
    find(".lines").replaceChildren(...step.lines.map(line => element("div", { text: line })))
    find(".says").textContent = step.says
    find(".count").textContent = say("Step {step} of {count}", { step: at, count })
    range.max = count
    range.value = at
    range.setAttribute("aria-valuetext", `${step.heading}. ${step.lines.join(". ")}`)
    stage.setAttribute("aria-label", `${graph.alt} ${keys}`)
    // Not `disabled`: a button that is loses the focus.
    const off = { first: at === 0, back: at === 0, next: at === count, last: at === count }
    for (const [name, none] of Object.entries(off)) find(`.${name}`).setAttribute("aria-disabled", none)
  }

  place.onLive(() => graph?.name, update)
  place.onResize(() => { if (graph && `${graph.signature} ${geometry().size}` !== drawn) draw() }, find(".scroller"))
  place.atEnd(() => clearTimeout(reporting))
  return update
})

function card(node, [x, y], width) {
  const name = element("span", { class: "name", text: node.name })
  const sign = node.sign ? element("span", { class: "sign", text: ` = ${node.sign}` }) : ""
  const title = element("div", { class: "title" }, name, sign)
  const box = element("div", { class: `node ${node.kind}`, "data-node": node.index, translate: "no" },
    title, element("div", { class: "value" }), element("div", { class: "gradient" }))
  const [left, top] = [x - width / 2, y - CARD.height / 2]
  Object.assign(box.style, { left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${CARD.height}px` })
  return box
}

function pill(points, across, index) {
  const [x, y] = onCurve(ends(points, across).slice(-2), across)
  const made = element("span", { class: "pill", "data-edge": index })
  Object.assign(made.style, { left: `${x}px`, top: `${y}px` })
  return made
}

// The places an edge goes through, from the rim of a card to the rim of another.
function ends(points, across) {
  const along = across ? 0 : 1, half = (across ? CARD.width : CARD.height) / 2, last = points.length - 1
  return points.map((point, place) => tip(point, along, half * ((place === 0) - (place === last))))
}

// A point of the curve from a to b, nearer a, where curves that meet in b are still apart.
function onCurve([a, b], across) {
  const at = across ? [0.5, 0.5] : [0.25, 0.37]
  return a.map((start, axis) => start + at[axis] * (b[axis] - start))
}

// A curve from card to card through the places between, and an arrow for either direction.
function edgePath(points, across, index) {
  const along = across ? 0 : 1, places = ends(points, across)
  let path = `M ${places[0]}`
  for (let place = 1; place < places.length; place++) {
    const [a, b] = places.slice(place - 1, place + 1), middle = (a[along] + b[along]) / 2
    const [one, two] = across ? [[middle, a[1]], [middle, b[1]]] : [[a[0], middle], [b[0], middle]]
    path += ` C ${one} ${two} ${b}`
  }
  const turn = across ? 0 : 90, [first, last] = [places[0], places.at(-1)]
  const arrow = svg("path", { d: "M 0 -6 L 10 0 L 0 6 Z", class: "arrow", "data-edge": index, visibility: "hidden" })
  arrow.dataset.ahead = `translate(${tip(last, along, -9)}) rotate(${turn})`
  arrow.dataset.back = `translate(${tip(first, along, 9)}) rotate(${turn + 180})`
  return svg("g", {}, svg("path", { d: path, "data-edge": index }), arrow)
}

function tip(point, along, by) {
  return point.map((value, axis) => value + (axis === along ? by : 0))
}
