// A computation graph that is walked forward and back, one step at a time: each step gives a node
// its value, or follows one use of a node backward. Stepping is done here; new inputs come as a new
// message, by rerun or from the live address. In: what explainer/ui/common/graph.py packs.
// Out, state "stepped": {step, number}.
const walks = new WeakMap()
const CARD = { width: 84, height: 64 }
const PITCH = { least: 104, most: 190, cross: 80 }
const DOWN = { along: 104, cross: 90, least: 68 }
const REST_MS = 700

export default function (component) {
  const { parentElement, data, setStateValue } = component
  let walk = walks.get(parentElement)
  if (!walk) walks.set(parentElement, (walk = createWalk(parentElement)))
  walk.report = value => setStateValue("stepped", value)
  walk.update(unpack(data).header)
  return () => walk.stop()
}

function createWalk(parentElement) {
  const root = parentElement.querySelector(".walk")
  const find = selector => root.querySelector(selector)
  const stage = find(".stage"), range = find("input")
  let graph = null, at = 0, number = 0, reporting = 0, drawn = ""

  function update(header) {
    const fresh = graph?.signature !== header.signature
    if (!fresh && header.number < graph.number) return
    graph = header
    if (fresh) at = header.step
    at = Math.min(at, graph.steps.length - 1)
    for (const [name, colour] of Object.entries(graph.colours)) root.style.setProperty(`--${name}`, colour)
    describe()
    draw()
  }

  function describe() {
    const { words } = graph
    for (const name of ["first", "back", "next", "last"]) {
      find(`.${name}`).textContent = words[name][0]
      find(`.${name}`).setAttribute("aria-label", words[name][1])
      find(`.${name}`).title = words[name][1]
    }
    range.setAttribute("aria-label", words.range)
    for (const name of ["value", "gradient", "slope"]) find(`.key.${name}`).textContent = words[name]
  }

  // -------------------------------------------------------------- moving

  function moveTo(step) {
    const bounded = Math.min(Math.max(step, 0), graph.steps.length - 1)
    if (bounded === at) return
    at = bounded
    fill()
    number = Math.max(number + 1, Date.now())
    clearTimeout(reporting)
    reporting = setTimeout(() => walk.report({ step: at, number }), REST_MS)
  }

  function key(event) {
    const moves = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: graph.steps.length - 1 }
    if (!(event.key in moves) || event.altKey || event.ctrlKey || event.metaKey) return
    moveTo(moves[event.key])
    event.preventDefault()
  }
  root.onkeydown = key
  range.oninput = () => moveTo(Number(range.value))
  find(".first").onclick = () => moveTo(0)
  find(".back").onclick = () => moveTo(at - 1)
  find(".next").onclick = () => moveTo(at + 1)
  find(".last").onclick = () => moveTo(graph.steps.length - 1)

  // -------------------------------------------------------------- the picture

  // From left to right where there is room for it, else from top to bottom.
  function geometry() {
    const room = find(".scroller").clientWidth - 10, { levels, width } = graph
    const pitch = Math.min(PITCH.most, room / levels)
    if (pitch >= PITCH.least) {
      return { across: true, card: CARD.width, size: [pitch * levels, PITCH.cross * width], spot: ([level, place]) => [pitch * (level + 0.5), PITCH.cross * place] }
    }
    const cross = Math.max(DOWN.least, Math.min(DOWN.cross, room / width))
    return { across: false, card: Math.min(CARD.width, cross - 6), size: [cross * width, DOWN.along * levels - 36], spot: ([level, place]) => [cross * place, DOWN.along * (level + 0.5) - 18] }
  }

  function draw() {
    const shape = geometry(), [width, height] = shape.size
    drawn = `${graph.signature} ${shape.size}`
    Object.assign(stage.style, { width: `${width}px`, height: `${height}px` })
    const svg = find("svg")
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`)
    svg.setAttribute("width", width)
    svg.setAttribute("height", height)
    svg.replaceChildren(...graph.edges.map(({ points }, index) => edgePath(points.map(shape.spot), shape.across, index)))
    stage.querySelectorAll(".node, .pill").forEach(old => old.remove())
    stage.append(...graph.edges.map(({ points }, index) => pill(points.map(shape.spot), shape.across, index)), ...graph.nodes.map(node => card(node, shape.spot(node.place), shape.card)))
    stage.classList.toggle("narrow", shape.card < 76)
    fill()
  }

  function card(node, [x, y], width) {
    const box = element("div", { class: `node ${node.kind}`, "data-node": node.index },
      element("div", { class: "title" }, element("span", { class: "name", text: node.name }), node.sign ? element("span", { class: "sign", text: ` = ${node.sign}` }) : ""),
      element("div", { class: "value" }), element("div", { class: "gradient" }))
    Object.assign(box.style, { left: `${x - width / 2}px`, top: `${y - CARD.height / 2}px`, width: `${width}px`, height: `${CARD.height}px` })
    return box
  }

  function pill(points, across, index) {
    const [x, y] = onCurve(ends(points, across).slice(-2), across)
    const made = element("span", { class: "pill", "data-edge": index })
    Object.assign(made.style, { left: `${x}px`, top: `${y}px` })
    return made
  }

  // -------------------------------------------------------------- what is known at this step

  function fill() {
    const { steps, words } = graph, step = steps[at]
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
    say(step, words)
  }

  function paint({ source, target }, index, step, value, slope) {
    const line = find(`path[data-edge="${index}"]`), arrow = find(`.arrow[data-edge="${index}"]`)
    const ahead = step.kind === "forward" && target === step.node, back = index === step.edge
    line.setAttribute("class", ahead ? "forward" : back ? "backward" : index in slope ? "followed" : source in value && target in value ? "known" : "")
    arrow.setAttribute("class", ahead ? "arrow ahead" : "arrow")
    arrow.setAttribute("visibility", ahead || back ? "visible" : "hidden")
    arrow.setAttribute("transform", ahead ? arrow.dataset.ahead : arrow.dataset.back)
  }

  function say(step, words) {
    const count = graph.steps.length - 1
    find(".heading").textContent = step.heading
    find(".lines").replaceChildren(...step.lines.map(line => element("div", { text: line })))
    find(".says").textContent = step.says
    find(".count").textContent = fillIn(words.count, { step: at, count })
    range.max = count
    range.value = at
    range.setAttribute("aria-valuetext", `${step.heading}. ${step.lines.join(". ")}`)
    stage.setAttribute("aria-label", `${graph.alt} ${words.keys}`)
    find(".first").disabled = find(".back").disabled = at === 0
    find(".next").disabled = find(".last").disabled = at === count
  }

  const live = ({ detail }) => { if (detail.name === graph?.name) update(unpack(detail.message).header) }
  window.addEventListener("deepglass-live", live)
  const sized = new ResizeObserver(() => { if (graph && `${graph.signature} ${geometry().size}` !== drawn) draw() })
  sized.observe(find(".scroller"))

  const walk = { update, report: () => {}, stop() { clearTimeout(reporting); sized.disconnect(); window.removeEventListener("deepglass-live", live); walks.delete(parentElement) } }
  return walk
}

// The places an edge goes through, from the rim of a card to the rim of another.
function ends(points, across) {
  const along = across ? 0 : 1, half = (across ? CARD.width : CARD.height) / 2
  return points.map((point, place) => {
    const moved = [...point]
    if (place === 0) moved[along] += half
    if (place === points.length - 1) moved[along] -= half
    return moved
  })
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
    const [a, b] = [places[place - 1], places[place]], middle = (a[along] + b[along]) / 2
    const [one, two] = across ? [[middle, a[1]], [middle, b[1]]] : [[a[0], middle], [b[0], middle]]
    path += ` C ${one} ${two} ${b}`
  }
  const turn = across ? 0 : 90, [first, last] = [places[0], places[places.length - 1]]
  const arrow = svg("path", { d: "M 0 -6 L 10 0 L 0 6 Z", class: "arrow", "data-edge": index, visibility: "hidden" })
  arrow.dataset.ahead = `translate(${tip(last, along, -9)}) rotate(${turn})`
  arrow.dataset.back = `translate(${tip(first, along, 9)}) rotate(${turn + 180})`
  const group = svg("g", {})
  group.append(svg("path", { d: path, "data-edge": index }), arrow)
  return group
}

function tip(point, along, by) {
  const moved = [...point]
  moved[along] += by
  return moved
}

const fillIn = (sentence, values) => sentence.replace(/{(\w+)}/g, (_, name) => values[name])
