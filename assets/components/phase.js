// The plane of αλ and β, coloured by what a step leaves in the long run: a point of it is dragged. Every number is
// the server's; dots are other curvatures at the same α and β.
// Out, state "moved": {values: {pull, momentum}, scope, number}.
/**
 * The plane goes over `across`, exponents of ten where it is `logarithmic`, and from 0 to `top`; all places are in
 * these units. The picture is a blob, which the answers to a drag leave out; `also` is another chart.
 * @typedef {{name: string, number: number, address: string, across: [number, number], logarithmic: boolean,
 *   top: number, steps: [number, number], at: [number, number], border: [number, number][],
 *   best: [number, number][], regions: {at: [number, number], text: string}[], dots: number[], slowest: ?number,
 *   colour: string, scale: {stops: string[], low: string, high: string, meaning: string}, told: string[],
 *   axes: [string, string], alt: string, pictured: boolean, also?: string}} PhaseMessage
 */
const WIDE = 560, TALL = 428, PLOT = { left: 52, right: 548, top: 10, bottom: 372 }, FAR_STEPS = 10

export default component(place => {
  const { find } = place, plot = find(".plot")
  /** @type {PhaseMessage} */
  let data = null
  let at = [0, 0], stage = null, report = null, dragged = false, address = ""
  find(".hint").textContent = say("Drag the ring, click, or use the arrow keys; with Shift they go farther.")
  place.atEnd(() => URL.revokeObjectURL(address))

  function take(message) {
    const { header, blobs } = unpack(message)
    if (data && header.number < data.number) return
    data = header
    if (header.pictured) {
      URL.revokeObjectURL(address)
      address = addressOf(blobs[0], "image/png")
    }
    if (!stage?.held) at = [...header.at]
    showScale(find, header.scale)
    find(".told").replaceChildren(...header.told.map(text => element("p", { text })))
    filled(plot, { "aria-label": `${header.alt} ${header.told.join(" ")}`, style: `--slowest: ${header.colour}` })
    draw()
    if (header.also) {
      const detail = { name: header.also, message: blobs.at(-1) }
      window.dispatchEvent(new CustomEvent("deepglass-live", { detail }))
    }
  }

  const across = x => linear(data.across, [PLOT.left, PLOT.right])(x)
  const up = y => linear([0, data.top], [PLOT.bottom, PLOT.top])(y)

  function draw() {
    const { logarithmic, axes } = data
    const size = { x: PLOT.left, y: PLOT.top, width: PLOT.right - PLOT.left, height: PLOT.bottom - PLOT.top }
    const spot = ([x, y]) => `${across(x).toFixed(1)},${up(y).toFixed(1)}`
    const line = (kind, places) => svg("path", { class: kind, d: `M${places.map(spot).join("L")}` })
    const image = svg("image", { href: address, ...size, preserveAspectRatio: "none" })
    const marks = ticks(0, data.top, 5).map(tick => tickLeft(up(tick), PLOT, rounded(tick)))
    const places = ticks(...data.across, 6).filter(one => !logarithmic || Number.isInteger(one))
    const written = tick => (logarithmic && tick ? power(10 ** tick, 0) : rounded(logarithmic ? 1 : tick))
    const lower = { ...PLOT, bottom: PLOT.bottom + 7 }  // below a ring that stands at β = 0
    marks.push(...places.map(tick => tickBelow(across(tick), lower, written(tick))),
      svg("text", { x: PLOT.right, y: PLOT.bottom + 48, "text-anchor": "end" }, axes[0]),
      svg("text", { x: 6, y: PLOT.top + 14 }, axes[1]))
    const named = data.regions.map(({ at: [x, y], text }) =>
      svg("text", { class: "region", x: across(x), y: up(y), "text-anchor": "middle" }, text))
    const dot = (x, kind, r) => svg("circle", { class: kind, cx: across(x), cy: up(at[1]), r })
    const spots = data.dots.map(x => dot(x, "mode", 4.5))
    plot.replaceChildren(image, within("phase", PLOT, 0, line("border", data.border),
      line("best-under", data.best), line("best", data.best)),
    svg("rect", { class: "edge", ...size }), ...marks, ...named, ...spots, ring())
    if (data.slowest !== null) plot.append(dot(data.dots[data.slowest], "mode slowest", 7))
  }

  function ring() {
    const where = { cx: across(at[0]), cy: up(at[1]) }
    const rings = [["grip", 24], ["dot", 8]].map(([kind, r]) => svg("circle", { class: kind, ...where, r }))
    return svg("g", { class: stage?.held ? "handle held" : "handle" }, ...rings)
  }

  function placeUnder(event) {
    const [right, down] = partUnder(event, plot)
    const x = linear([PLOT.left, PLOT.right], data.across)(right * WIDE)
    return [x, linear([PLOT.bottom, PLOT.top], [0, data.top])(down * TALL)]
  }

  const onStep = (value, [low, high], step) => Number(clamp(Math.round(value / step) * step, low, high).toPrecision(9))

  function move([x, y], final) {
    at = [onStep(x, data.across, data.steps[0]), onStep(y, [0, data.top], data.steps[1])]
    draw()
    const value = { values: { pull: at[0], momentum: at[1] }, scope: "" }
    if (final) stage.flow.finish(value, report)
    else stage.flow.push(value)
  }

  plot.onpointerdown = event => {
    if (!event.target.closest(".handle")) return
    stage.held = true
    plot.setPointerCapture(event.pointerId)
    move(at, false)
  }
  plot.onpointermove = event => { if (stage.held) move(placeUnder(event), false) }
  plot.onpointerup = plot.onpointercancel = () => {
    if (!stage.held) return
    stage.held = false
    dragged = true  // the click that follows is the end of the drag
    setTimeout(() => { dragged = false })
    move(at, true)
  }
  plot.onclick = event => { if (!dragged) move(placeUnder(event), true) }
  const raise = steps => move([at[0], at[1] + data.steps[1] * steps], true)
  onKeys(plot, {
    far: FAR_STEPS, PageUp: () => raise(FAR_STEPS), PageDown: () => raise(-FAR_STEPS),
    Home: () => move([data.across[0], at[1]], true), End: () => move([data.across[1], at[1]], true),
    arrow: (right, down) => move([at[0] + data.steps[0] * right, at[1] - data.steps[1] * down], true),
  })

  place.onLive(() => data?.name, take)
  const stand = movable(place, "moved", ({ name }) => name, (made, _, tell) => {
    stage = made
    report = tell
    stage.take = ({ message }) => take(message)
  })
  return message => {
    const { header: { name, number, address: route } } = unpack(message)
    stand({ name, number, address: route, message })
  }
})
