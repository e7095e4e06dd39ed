// Lines and points of a plane, both axes to the same scale. Every place is the server's.
/**
 * A line without a title is a faint one, in no key. `also` is the name of a second chart that a drag moves, whose
 * message is the last blob.
 * @typedef {{title: string, colour: string, dash: string, places: [number, number][]}} ShapeLine
 * @typedef {{title: string, colour: string, radius: number, places: [number, number][]}} ShapePoints
 * @typedef {{name: string, number: number, across: [number, number], up: [number, number], axes: [string, string],
 *   lines: ShapeLine[], points: ShapePoints[], told: string, alt: string, also?: string}} ShapesMessage
 */
const MARGIN = { left: 34, right: 8, top: 8, bottom: 22 }

export default component(place => {
  const { find } = place, plot = find(".plot")
  /** @type {ShapesMessage} */
  let data = null
  let width = 0

  function update(message) {
    const { header, blobs } = unpack(message)
    if (data && header.number < data.number) return
    data = header
    draw()
    if (header.also) {
      const detail = { name: header.also, message: blobs.at(-1) }
      window.dispatchEvent(new CustomEvent("deepglass-live", { detail }))
    }
  }

  function draw() {
    width = plot.clientWidth
    if (!data || width <= MARGIN.left + MARGIN.right) return
    const box = { left: MARGIN.left, right: width - MARGIN.right, top: MARGIN.top }
    box.bottom = box.top + heightFor(data, box.right - box.left)
    const height = box.bottom + MARGIN.bottom
    filled(plot, { viewBox: `0 0 ${width} ${height}`, "aria-label": data.alt })
    plot.replaceChildren(...drawn(data, box))
    find(".keys").replaceChildren(...keysOf(data))
    find(".told").textContent = data.told
  }

  place.onLive(() => data?.name, update)
  place.onResize(() => { if (plot.clientWidth !== width) draw() }, plot)
  return update
})

// As high as makes a unit up as long as a unit across.
function heightFor({ across, up }, width) { return (width * (up[1] - up[0])) / (across[1] - across[0]) }

function drawn(data, box) {
  const x = linear(data.across, [box.left, box.right]), y = linear(data.up, [box.bottom, box.top])
  const path = places => `M${places.map(([one, other]) => `${x(one).toFixed(1)},${y(other).toFixed(1)}`).join("L")}`
  const look = ({ title, colour, dash }) =>
    title ? { class: "line", stroke: colour, "stroke-dasharray": dash } : { class: "faint" }
  const lines = data.lines.filter(one => one.places.length).map(one =>
    svg("path", { d: path(one.places), ...look(one) }))
  const discs = data.points.flatMap(({ colour, radius, places }) => places.map(([one, other]) =>
    svg("circle", { class: "point", cx: x(one).toFixed(1), cy: y(other).toFixed(1), r: radius, fill: colour })))
  const marks = [
    ...ticks(...data.across, 6).map(tick => tickBelow(x(tick), box, rounded(tick))),
    ...ticks(...data.up, 6).map(tick => tickLeft(y(tick), box, rounded(tick))),
  ]
  const edge = { x: box.left, y: box.top, width: box.right - box.left, height: box.bottom - box.top }
  return [
    within(`shapes-${data.name.replace(/\W/g, "-")}`, box, 0, levelLine(y(0), box, "zero"),
      uprightLine(x(0), box, "zero"), ...lines, ...discs),
    svg("rect", { class: "edge", ...edge }), ...marks,
    svg("text", { class: "name", x: box.right - 6, y: box.bottom - 8, "text-anchor": "end" }, data.axes[0]),
    svg("text", { class: "name", x: box.left + 6, y: box.top + 15 }, data.axes[1]),
  ]
}

function keysOf({ lines, points }) {
  const disc = ({ colour }) => svg("svg", { viewBox: "0 0 26 10", "aria-hidden": "true" },
    svg("circle", { cx: 13, cy: 5, r: 4.5, fill: colour }))
  return [
    ...lines.filter(one => one.title).map(one => element("span", {}, sample(26, one.colour, one.dash), one.title)),
    ...points.map(one => element("span", {}, disc(one), one.title)),
  ]
}
