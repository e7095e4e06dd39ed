// A noise that is drawn, the loss that is its −log with each point's pull, and the line of maximum likelihood.
// Handles are dragged in the density or in the loss, the outlier in the plane. Every number is the server's.
// Out, state "moved": {values: {index, loss}, {index} for a handle put back, or {x, y}, number}.
/**
 * With density, loss and pull at equal distances over ± `span`, as float32. A handle is residual, density and loss;
 * a point x, y, residual, loss and pull, the outlier last; a line intercept and slope. `tops` end the axes; an arrow
 * is `arrow` long for a pull of 1.
 * @typedef {{name: string, number: number, address: string, span: number, handles: [number, number, number][],
 *   points: [number, number, number, number, number][], line: [number, number], squared: [number, number],
 *   others: [number, number][], tops: {density: number, loss: [number, number], pull: number}, arrow: number,
 *   reach: [number, number], view: [number, number], colours: Object<string, string>, words: Object<string, string>,
 *   told: string[]}} NoiseMessage
 */
const PAD = { left: 38, right: 8, top: 28, bottom: 36 }, BARE = 6
const HANDLE = 6, GRIP = 15, DOT = 4, OUTLIER = 7, STEP = 0.1, FAR_STEPS = 5, LEAST_DENSITY = 1e-4, HEAD = 5

export default component(place => {
  const { find } = place
  const plots = Object.fromEntries(["density", "loss", "pull", "plane"].map(name => [name, find(`.${name}`)]))
  /** @type {NoiseMessage} */
  let data = null
  let curves = [], hand = null, report = null
  let held = null, selected = 8, went = false
  find(".hint").textContent = say("Drag a handle of the noise or of the loss up or down, or the outlier. By keys: " +
    "left and right choose a handle, up and down move it, Delete puts it back; in the last picture arrows move the " +
    "outlier.")

  function take(bytes) {
    const { header, blobs } = unpack(bytes)
    if (data && header.number < data.number) return
    const kept = held && data
    if (kept?.points && held.outlier) header.points.at(-1).splice(0, 2, ...kept.points.at(-1).slice(0, 2))
    data = header
    curves = blobs.map(blob => numbersOf(blob))
    draw()
  }

  const boxOf = (plot, bottom = PAD.bottom) => ({
    left: PAD.left, right: plot.clientWidth - PAD.right, top: PAD.top, bottom: plot.clientHeight - bottom,
  })
  const boxes = () => ({
    density: boxOf(plots.density), loss: boxOf(plots.loss, BARE), pull: boxOf(plots.pull), plane: boxOf(plots.plane),
  })
  // The scales of each picture: across, and up.
  const scalesOf = (box, name) => {
    const { tops, span, view } = data
    const [x, y] = {
      density: [[-span, span], [0, tops.density]], loss: [[-span, span], tops.loss],
      pull: [[-span, span], [-tops.pull, tops.pull]], plane: [[-view[0], view[0]], [-view[1], view[1]]],
    }[name]
    return [linear(x, [box.left, box.right]), linear(y, [box.bottom, box.top]), x, y]
  }

  function draw() {
    if (!data || plots.density.clientWidth < PAD.left + PAD.right) return
    const at = boxes()
    drawCurve("density", at.density, 0, rugOf)
    drawCurve("loss", at.loss, 1, (x, y, box) => dotsOf(x, y, box, 3))
    drawCurve("pull", at.pull, 2, (x, y, box) => dotsOf(x, y, box, 4))
    drawPlane(at.plane)
    find(".keys").replaceChildren(...keysOf(data))
    find(".told").replaceChildren(...data.told.map(text => element("p", { text })))
  }

  function frame(name, box, [x, y, across, up]) {
    const { words } = data, bare = name === "loss"
    const edge = { x: box.left, y: box.top, width: box.right - box.left, height: box.bottom - box.top }
    const steps = ticks(...up, name === "pull" ? 4 : 6), line = value => value ? "grid" : "grid zero"
    return [
      ...steps.flatMap(one => [levelLine(y(one), box, line(one)), tickLeft(y(one), box, rounded(one))]),
      ...ticks(...across, 6).flatMap(one => [uprightLine(x(one), box, line(one)),
        ...bare ? [] : [tickBelow(x(one), box, rounded(one))]]),
      svg("rect", { class: "edge", ...edge }),
      svg("text", { class: "title", x: box.left - 30, y: 15 }, words[name]),
      ...bare ? [] : [tickBelow((box.left + box.right) / 2, box, name === "plane" ? words.across : words.residual, 2)],
    ]
  }

  function drawCurve(name, box, which, marks) {
    const plot = plots[name], scales = scalesOf(box, name), [x, y, , up] = scales, { span, colours } = data
    const room = up[1] - up[0], values = curves[which], gap = 2 * span / (values.length - 1)
    const spots = Array.from(values, (value, index) =>
      `${x(index * gap - span).toFixed(1)},${y(clamp(value, up[0] - room, up[1] + room)).toFixed(1)}`)
    const colour = name === "pull" ? colours.pull : colours.drawn
    const area = name === "density" ? [svg("path", { class: "area", fill: colour,
      d: `M${x(-span)},${y(0)}L${spots.join("L")}L${x(span)},${y(0)}Z` })] : []
    const drawn = within(`noise-${name}`, box, 0, ...area,
      svg("path", { class: "curve", stroke: colour, d: `M${spots.join("L")}` }))
    const handles = which === 2 ? [] : handlesOf(which, x, y, up)
    filled(plot.firstElementChild, { viewBox: `0 0 ${plot.clientWidth} ${plot.clientHeight}` })
      .replaceChildren(...frame(name, box, scales), drawn, ...marks(x, y, box), ...handles)
    const [r, density, loss] = data.handles[selected].map(one => rounded(one, 3))
    plot.setAttribute("aria-label", `${data.words[name]}. ` + (which === 2 ? data.words.pulls
      : say("Handle at residual {r}: density {density}, loss {loss}.", { r, density, loss })))
  }

  function handlesOf(which, x, y, up) {
    const height = index => clamp(held?.index === index && held.which === which ? held.value
      : data.handles[index][1 + which], ...up)
    return data.handles.flatMap(([r], index) => {
      const cy = Math.max(y(height(index)), y(up[1]) + HANDLE + 2), spot = { cx: x(r), cy }
      const kind = held?.index === index ? "handle held" : "handle"
      return [
        svg("circle", { class: kind, r: HANDLE, stroke: data.colours.drawn, ...spot }),
        ...index === selected ? [svg("circle", { class: "ring", r: HANDLE + 5, ...spot })] : [],
        svg("circle", { class: "grip", r: GRIP, "data-index": index, ...spot }),
      ]
    })
  }

  const inSpan = residual => clamp(residual, -data.span, data.span)
  const isOutlier = index => index === data.points.length - 1

  function rugOf(x, y, box) {
    return data.points.map(([, , residual], index) => {
      const ours = isOutlier(index), sides = { top: box.bottom - (ours ? 20 : 9), bottom: box.bottom }
      const style = ours ? `stroke: ${data.colours.outlier}` : null
      return filled(uprightLine(x(inSpan(residual)), sides, ours ? "rug outlier" : "rug"), { style })
    })
  }

  function dotsOf(x, y, box, part) {
    return data.points.map((point, index) => svg("circle", {
      class: isOutlier(index) ? "point outlier" : "point", r: isOutlier(index) ? 6 : 3,
      cx: x(inSpan(point[2])), cy: clamp(y(point[part]), box.top, box.bottom), style: fillOf(index),
    }))
  }
  const fillOf = index => isOutlier(index) ? `fill: ${data.colours.outlier}` : null

  function drawPlane(box) {
    const plot = plots.plane, scales = scalesOf(box, "plane"), [x, y, across] = scales, { colours } = data
    const line = ([level, slope], kind, stroke) => svg("path", { class: kind, stroke,
      d: `M${across.map(one => `${x(one).toFixed(1)},${y(level + slope * one).toFixed(1)}`).join("L")}` })
    const [level, slope] = data.line
    const arrows = data.points.map(([place, , , , pull], index) => {
      const start = level + slope * place, foot = y(start), tip = y(start + pull * data.arrow)
      const far = Math.abs(tip - foot)
      if (far < 1) return ""
      const head = Math.min(HEAD, far) * Math.sign(foot - tip), middle = x(place).toFixed(1)
      const d = `M${middle},${foot}L${middle},${tip}M${x(place) - HEAD * 0.8},${tip + head}L${middle},${tip}` +
        `L${x(place) + HEAD * 0.8},${tip + head}`
      return svg("path", { class: isOutlier(index) ? "arrow outlier" : "arrow", stroke: colours.pull, d })
    })
    const spots = data.points.map(([one, other]) => ({ cx: x(one), cy: y(other) }))
    const discs = spots.map((spot, index) => svg("circle", {
      ...spot, class: isOutlier(index) ? "point outlier" : "point", r: isOutlier(index) ? OUTLIER : DOT,
      style: fillOf(index),
    }))
    filled(plot.firstElementChild, { viewBox: `0 0 ${plot.clientWidth} ${plot.clientHeight}` }).replaceChildren(
      ...frame("plane", box, scales),
      within("noise-plane", box, 0, ...data.others.map(one => line(one, "other", colours.drawn)),
        line(data.line, "curve", colours.drawn), line(data.squared, "squared", colours.squared),
        ...arrows.filter(Boolean), ...discs),
      svg("text", { class: "note", x: box.left + 6, y: box.top + 16 }, data.words.up),
      svg("circle", { class: "ring", r: OUTLIER + 5, ...spots.at(-1) }),
      svg("circle", { class: "grip free", r: GRIP + 3, "data-outlier": "", ...spots.at(-1) }))
    const [px, py] = data.points.at(-1).map(one => show(one, 1))
    plot.setAttribute("aria-label", `${data.words.plane}. ` + say("The outlier stands at {x}, {y}.", { x: px, y: py }))
  }

  // ---------------------------------------------------------------- moves

  function send(values, final) {
    if (final) hand.flow.finish({ values }, report)
    else hand.flow.push({ values })
  }
  const lossOf = (which, value) => which ? value : -Math.log(Math.max(value, LEAST_DENSITY))

  function moveHandle(index, which, value, final) {
    send({ index, loss: Math.round(1e4 * lossOf(which, value)) / 1e4 }, final)
  }
  function moveOutlier(x, y, final) {
    const inside = (one, side) => Math.round(100 * clamp(one, -data.reach[side], data.reach[side])) / 100
    const [right, up] = [x, y].map(inside)
    data.points.at(-1).splice(0, 2, right, up)
    drawPlane(boxes().plane)
    send({ x: right, y: up }, final)
  }

  for (const [which, name] of ["density", "loss", "", "plane"].entries()) {
    if (!name) continue
    const plot = plots[name]
    const under = event => {
      const { left, right, top, bottom } = boxes()[name], [part, down] = partUnder(event, plot)
      const [, , across, up] = scalesOf(boxes()[name], name)
      return [linear([left, right], across)(clamp(part * plot.clientWidth, left, right)),
        linear([bottom, top], up)(clamp(down * plot.clientHeight, top, bottom))]
    }
    plot.onpointerdown = event => {
      const { index, outlier } = event.target.dataset ?? {}
      if (!data || (index === undefined && outlier === undefined)) return
      held = outlier === undefined ? { index: Number(index), which, value: data.handles[index][1 + which] }
        : { outlier: true }
      if (index !== undefined) selected = held.index
      hand.held = true
      went = false
      plot.setPointerCapture(event.pointerId)
      draw()
    }
    plot.onpointermove = event => {
      if (!held) return
      const [x, y] = under(event)
      went = true
      if (held.outlier) return moveOutlier(x, y, false)
      held.value = y
      moveHandle(held.index, which, y, false)
      draw()
    }
    plot.onpointerup = plot.onpointercancel = () => {
      if (!held) return
      const last = held
      held = null
      hand.held = false
      if (!went) draw()
      else if (last.outlier) moveOutlier(...data.points.at(-1).slice(0, 2), true)
      else moveHandle(last.index, which, last.value, true)
    }
  }
  for (const [which, name] of ["density", "loss"].entries()) {
    onKeys(plots[name], {
      far: FAR_STEPS, Delete: () => send({ index: selected }, true),
      arrow: (right, down) => {
        if (right) selected = clamp(selected + Math.sign(right), 0, data.handles.length - 1)
        else moveHandle(selected, 1, data.handles[selected][2] + STEP * down * (which ? -1 : 1), true)
        draw()
      },
    })
  }
  onKeys(plots.plane, {
    far: FAR_STEPS,
    arrow: (right, down) => {
      const [x, y] = data.points.at(-1)
      moveOutlier(x + STEP * right, y - STEP * down, true)
    },
  })

  place.onLive(() => data?.name, take)
  place.onResize(draw, plots.density)
  const moved = movable(place, "moved", () => "one", (made, _, tell) => {
    hand = made
    report = tell
    hand.take = given => take(given.bytes)
  })
  return bytes => {
    const { header } = unpack(bytes)
    moved({ bytes, name: header.name, number: header.number, address: header.address })
  }
})

function keysOf({ colours, words, others }) {
  const disc = colour => svg("svg", { viewBox: "0 0 26 10", "aria-hidden": "true" },
    svg("circle", { cx: 13, cy: 5, r: 4.5, fill: colour }))
  return [
    element("span", {}, sample(26, colours.drawn), words.line),
    ...others.length ? [element("span", {}, sample(26, colours.drawn, "3 5"), words.others)] : [],
    element("span", {}, sample(26, colours.squared, "6 4"), words.squared),
    element("span", {}, sample(26, colours.pull), words.pulls),
    element("span", {}, disc(colours.outlier), words.outlier),
  ]
}
