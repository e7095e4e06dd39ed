// Rows with dots and their intervals on one axis of shares: what was reported beside what is true. They follow a
// slider; one row is the one that it moves.
/**
 * Each dot is mean, low and high; `colours` has one for each dot of a row, `axis` is what the shares are of.
 * @typedef {{name: string, number: number, rows: {title: string, dots: number[][], said: string, now: boolean}[],
 *   colours: string[], span: [number, number], axis: string, alt: string}} DotsMessage
 */
const LEFT = 16, RIGHT = 18, TOP = 4, ROW = 60, BELOW = 40, DOTS = 42, BESIDE = 4

export default component(place => {
  const stack = place.find(".stack")
  /** @type {DotsMessage} */
  let data = null
  let number = -1

  function update(bytes) {
    /** @type {{header: DotsMessage}} */
    const { header } = unpack(bytes)
    if (header.number < number) return
    data = header
    number = header.number
    draw()
  }

  function draw() {
    const width = stack.clientWidth
    if (!data || !width) return
    const plot = { left: LEFT, right: width - RIGHT, top: TOP, bottom: TOP + ROW * data.rows.length }
    const height = plot.bottom + BELOW, across = linear(data.span, [plot.left, plot.right])
    const picture = svg("svg", { height, width, viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" })
    for (const tick of ticks(...data.span, width < 420 ? 4 : 6)) {
      const x = Math.round(across(tick)) + 0.5
      picture.append(tickBelow(x, plot, `${whole(100 * tick)} %`))
      data.rows.forEach((_, index) => {  // beside the dots alone, not through what is written above them
        const y = plot.top + ROW * index + DOTS
        picture.append(uprightLine(x, { top: y - 13, bottom: y + 13 }, "grid"))
      })
    }
    picture.append(tickBelow((plot.left + plot.right) / 2, plot, data.axis, 2))
    data.rows.forEach((row, index) => picture.append(drawRow(row, plot.top + ROW * index, across, plot)))
    stack.replaceChildren(picture)
    stack.setAttribute("aria-label", `${data.alt} ${data.rows.map(({ title, said }) => `${title}: ${said}`).join(" ")}`)
  }

  function drawRow({ title, dots, said, now }, top, across, plot) {
    const y = top + DOTS, group = svg("g", { class: now ? "row now" : "row" })
    group.append(svg("text", { class: "name", x: plot.left, y: top + 20 }, title),
      svg("text", { x: plot.right, y: top + 20, "text-anchor": "end" }, said))
    const means = dots.map(([mean]) => across(mean))
    group.append(svg("line", { class: "between", x1: Math.min(...means), x2: Math.max(...means), y1: y, y2: y }))
    dots.forEach(([, low, high], index) => {
      const colour = data.colours[index], r = now ? 6.5 : 5
      const cy = y + BESIDE * (index - (dots.length - 1) / 2)  // where values agree, none hides another
      group.append(svg("line", { class: "reach", stroke: colour, x1: across(low), x2: across(high), y1: cy, y2: cy }),
        svg("circle", { cx: means[index], cy, r, fill: colour }))
    })
    return group
  }

  place.onLive(() => data?.name, update)
  place.onResize(draw, stack)
  return update
})
