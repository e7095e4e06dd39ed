// Two weights: the loss's contours, the balls of penalties, and where they meet, a panel for each penalty. The optimum
// is dragged in any of them; every place that is drawn is the server's.
// Out, state "moved": {values: {first, second}, number}.
/**
 * `levels` are the loss's contours, closed lines of places; where it is `touching` the last is that through the
 * minimum. `zone` has a row for each place of the second weight, from below: "1" where an optimum
 * there makes a weight zero. A value that is null has no meaning there.
 * @typedef {{title: string, alt: string, colour: string, found: [number, number], levels: [number, number][][],
 *   touching: boolean, ball: [number, number][], path: [number, number][], zone: string[], told: string}} PenaltyPanel
 * @typedef {{name: string, number: number, address: string, reach: number, largest: number,
 *   features: [string, string], optimum: [number, number], panels: PenaltyPanel[], heads: string[],
 *   rows: {label: string, values: ?number[], zeros: boolean[]}[]}} PenaltyMessage
 */
const SIZE = 400, PAD = 26, RIM = 6, STEP = 0.02, FAR_STEPS = 5

export default component(place => {
  const { find } = place
  /** @type {PenaltyMessage} */
  let data = null
  let at = [0, 0], stage = null, report = null, dragged = false, plots = []
  find(".hint").textContent = say("Drag the ring, click, or use the arrow keys: the least loss goes there.")

  // What is newer than what stands here; the ring stays in the hand that holds it.
  function take(header) {
    if (data && header.number < data.number) return
    data = header
    if (!stage?.held) at = [...header.optimum]
    while (plots.length < data.panels.length) plots.push(addPanel())
    plots.splice(data.panels.length).forEach(one => one.box.remove())
    plots.forEach(({ title, plot, told }, index) => {
      const panel = data.panels[index]
      title.textContent = panel.title
      told.textContent = panel.told
      plot.setAttribute("aria-label", panel.alt)
      plot.replaceChildren(...drawn(data, panel, index), ring())
    })
    find(".keys").replaceChildren(...keysOf(data.panels))
    const written = value => value === null ? "" : show(value)
    const number = (value, exact) => element("td", exact ? { class: "exact", text: "0" } : { text: written(value) })
    const heads = data.heads.map(text => element(text ? "th" : "td", { text }))
    find(".readout").tHead.replaceChildren(element("tr", {}, ...heads))
    find(".readout").tBodies[0].replaceChildren(...data.rows.map(({ label, values, zeros }) =>
      element("tr", {}, element("td", { text: label }), ...values.map((value, i) => number(value, zeros[i])))))
  }

  function addPanel() {
    const title = element("div", { class: "title" }), told = element("div", { class: "told", "aria-live": "polite" })
    const plot = svg("svg", { class: "plot", viewBox: `0 0 ${SIZE} ${SIZE}`, role: "application", tabindex: "0" })
    const box = element("div", {}, title, plot, told)
    find(".panels").append(box)
    plot.onpointerdown = event => {
      if (!event.target.closest(".handle")) return
      stage.held = true
      plot.setPointerCapture(event.pointerId)
      move(at, false)
    }
    plot.onpointermove = event => { if (stage.held) move(placeUnder(event, plot), false) }
    plot.onpointerup = plot.onpointercancel = () => {
      if (!stage.held) return
      stage.held = false
      dragged = true  // the click that follows is the end of the drag
      setTimeout(() => { dragged = false })
      move(at, true)
    }
    plot.onclick = event => { if (!dragged) move(placeUnder(event, plot), true) }
    onKeys(plot, { far: FAR_STEPS, arrow: (right, down) => move([at[0] + STEP * right, at[1] - STEP * down], true) })
    return { box, title, plot, told }
  }

  function ring() {
    const { across, up } = scales(data), where = { cx: across(at[0]), cy: up(at[1]) }
    const rings = [["grip", 22], ["dot", 7]].map(([kind, r]) => svg("circle", { class: kind, ...where, r }))
    return svg("g", { class: stage?.held ? "handle held" : "handle" }, ...rings)
  }

  function placeUnder(event, plot) {
    const [right, down] = partUnder(event, plot).map(part => part * SIZE), span = [-data.reach, data.reach]
    return [linear([PAD, SIZE - RIM], span)(right), linear([SIZE - PAD, RIM], span)(down)]
  }

  function move(to, final) {
    at = to.map(value => Number((Math.round(clamp(value, -data.largest, data.largest) / STEP) * STEP).toFixed(4)))
    plots.forEach(({ plot }) => plot.querySelector(".handle").replaceWith(ring()))
    const value = { values: { first: at[0], second: at[1] } }
    if (final) stage.flow.finish(value, report)
    else stage.flow.push(value)
  }

  place.onLive(() => data?.name, message => take(unpack(message).header))
  return movable(place, "moved", ({ name }) => name, (made, _, tell) => {
    [stage, report] = [made, tell]
    stage.take = take
  })
})

function scales({ reach }) {
  return { across: linear([-reach, reach], [PAD, SIZE - RIM]), up: linear([-reach, reach], [SIZE - PAD, RIM]) }
}

function drawn(data, { colour, found, levels, touching, ball, path, zone }, index) {
  const { reach, features } = data, { across, up } = scales(data)
  const spot = ([x, y]) => `${across(x).toFixed(1)},${up(y).toFixed(1)}`
  const box = { left: across(-reach), right: across(reach), top: up(reach), bottom: up(-reach) }
  const line = (kind, points, end, look = {}) =>
    points.length ? [svg("path", { class: kind, d: `M${points.map(spot).join("L")}${end}`, ...look })] : []
  const contours = levels.flatMap((places, level) =>
    line(touching && level === levels.length - 1 ? "touching" : "level", places, "Z"))
  const shape = line("ball", ball, "Z", { fill: colour, stroke: colour })
  const marks = ticks(-reach, reach, 4).flatMap(tick =>
    [tickBelow(across(tick), box, rounded(tick)), tickLeft(up(tick), box, rounded(tick))])
  const edge = { x: box.left, y: box.top, width: box.right - box.left, height: box.bottom - box.top }
  return [
    within(`penalty-clip-${index}`, box, 0, ...zoneMarks(zone, colour, { across, up, reach }), ...contours,
      levelLine(up(0), box, "zero"), uprightLine(across(0), box, "zero"), ...shape, ...line("path", path, "")),
    svg("rect", { class: "edge", ...edge }), ...marks,
    svg("text", { class: "name", x: box.right - 4, y: up(0) + 16, "text-anchor": "end" }, `w₁ ${features[0]}`),
    svg("text", { class: "name", x: across(0) + 7, y: box.top + 14 }, `w₂ ${features[1]}`),
    svg("circle", { class: "found", cx: across(found[0]), cy: up(found[1]), r: 7, fill: colour }),
  ]
}

// Where an optimum would make a weight zero: runs of each row as one rectangle.
function zoneMarks(zone, fill, { across, up, reach }) {
  const step = 2 * reach / Math.max(zone.length - 1, 1)
  const d = zone.flatMap((row, index) => [...row.matchAll(/1+/g)].map(run => {
    const [x0, x1] = [run.index - 0.5, run.index + run[0].length - 0.5].map(column => across(step * column - reach))
    const [y0, y1] = [index + 0.5, index - 0.5].map(line => up(step * line - reach))
    return `M${x0.toFixed(1)},${y0.toFixed(1)}H${x1.toFixed(1)}V${y1.toFixed(1)}H${x0.toFixed(1)}Z`
  })).join("")
  return d ? [svg("path", { class: "zone", d, fill })] : []
}

function keysOf(panels) {
  const key = (text, marks, width = 22) => {
    const size = { viewBox: `0 0 ${width} 12`, style: `width: ${width}px`, "aria-hidden": "true" }
    return element("span", {}, svg("svg", size, ...marks), text)
  }
  const ring = svg("circle", { cx: 11, cy: 6, r: 4.5, fill: "none", stroke: "currentColor", "stroke-width": 2 })
  const discs = panels.map(({ colour }, i) => svg("circle", { cx: 6 + 10 * i, cy: 6, r: 5, fill: colour }))
  const keys = [key(say("least loss"), [ring]), key(say("with the penalty"), discs, 12 + 10 * (discs.length - 1))]
  if (panels.some(({ path }) => path.length)) {
    keys.push(key(say("as λ grows"), [svg("line", { class: "path", x1: 1, x2: 21, y1: 6, y2: 6 })]))
  }
  const shaded = panels.find(({ zone }) => zone.some(row => row.includes("1")))
  if (shaded) {
    const wash = svg("rect", { width: 22, height: 12, fill: shaded.colour, "fill-opacity": 0.25 })
    keys.push(key(say("shaded: from here a weight becomes exactly 0"), [wash]))
  }
  return keys
}
