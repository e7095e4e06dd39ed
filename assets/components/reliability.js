// A reliability diagram: bins of the confidence, how often each was right with its interval, and below how many
// pictures it holds. Point at a bin and read it; as a slider is dragged all follows.
/**
 * Everything from `from` to `right` is a part of 1, null in an empty bin; `low` to `high` is the interval of `right`.
 * @typedef {{from: number, to: number, count: number, sure: number?, right: number?, low: number?, high: number?,
 *   says: string}} ReliabilityBin
 * @typedef {{title: string, rows: {cells: string[], strong: boolean}[], heads: string[]}} ReliabilityTable
 * @typedef {{name: string, number: number, alt: string, bins: ReliabilityBin[], most: number, told: string[],
 *   table: ReliabilityTable, also?: string, axes: {right: string, sure: string, count: string},
 *   colours: {right: string, over: string, under: string},
 *   keys: {right: string, over: string, under: string, sure: string, whisker: string, diagonal: string}
 *   }} ReliabilityMessage
 *   `most` is the upper end of the counts. Of a drag that moves two charts, the last blob is the message to `also`.
 */
const MARGIN = { left: 46, right: 12, top: 26, bottom: 40 }, COUNTS = 84, BETWEEN = 34, LEAST = 0.6

export default component(place => {
  const { find } = place, stack = find(".stack")
  /** @type {ReliabilityMessage} */
  let settings = null
  let groups = [], sides = [], width = 0, at = -1, number = -1
  find(".hint").textContent = say("Point at a bin, or move with the arrow keys.")

  function update(data) {
    const { header, blobs } = unpack(data)
    if (header.number < number) return
    const fewer = header.bins.length !== settings?.bins.length
    settings = header
    number = header.number
    if (fewer) at = fullest()
    stack.setAttribute("aria-label", header.alt)
    find(".told").replaceChildren(...header.told.map(text => element("p", {}, ...emphasised(text))))
    showLegend()
    showTable()
    draw()
    if (header.also) {
      const detail = { name: header.also, message: blobs.at(-1) }
      window.dispatchEvent(new CustomEvent("deepglass-live", { detail }))
    }
  }

  const fullest = () => settings.bins.reduce((best, { count }, index, all) =>
    (count > all[best].count ? index : best), 0)

  function showLegend() {
    const { colours, keys } = settings
    const patch = (part, faint) => element("span", {},
      element("i", { style: `background:${colours[part]};opacity:${faint}` }), keys[part])
    const mark = (kind, text, ...shapes) => element("span", { class: kind },
      svg("svg", { viewBox: "0 0 20 10", "aria-hidden": "true" }, ...shapes), text)
    find(".legend").replaceChildren(
      patch("right", 0.4), patch("over", 0.65), patch("under", 0.65),
      mark("", keys.sure, svg("line", { class: "sure", x1: 2, x2: 18, y1: 5, y2: 5 })),
      mark("", keys.whisker, svg("path", { class: "whisker", d: "M10,0V10M6,0.75H14M6,9.25H14" })),
      mark("", keys.diagonal, svg("line", { class: "diagonal", x1: 0, x2: 20, y1: 5, y2: 5 })))
  }

  function showTable() {
    const { heads, rows } = settings.table, table = find(".figures")
    const line = (tag, cells, kind) => element("tr", { class: kind }, ...cells.map(text => element(tag, { text })))
    table.tHead.replaceChildren(line("th", heads, null))
    table.tBodies[0].replaceChildren(...rows.map(({ cells, strong }) => line("td", cells, strong ? "strong" : null)))
  }

  function draw() {
    width = stack.clientWidth
    if (!settings || !width) return
    const tall = clamp(width * 0.72, 230, 330), { bins, axes, colours, most } = settings
    const plot = { left: MARGIN.left, right: width - MARGIN.right, top: MARGIN.top, bottom: MARGIN.top + tall }
    const below = { ...plot, top: plot.bottom + BETWEEN, bottom: plot.bottom + BETWEEN + COUNTS }
    const height = below.bottom + MARGIN.bottom
    const size = { height, width, viewBox: `0 0 ${width} ${height}` }
    const picture = svg("svg", { class: "panel", ...size, "aria-hidden": "true" })
    const across = linear([0, 1], [plot.left, plot.right]), up = linear([0, 1], [plot.bottom, plot.top])
    const logs = linear([Math.log10(LEAST), Math.log10(most)], [below.bottom, below.top])
    const counted = count => logs(Math.log10(Math.max(count, LEAST)))
    picture.append(svg("text", { class: "title", x: 0, y: 14 }, axes.right),
      svg("text", { class: "title", x: 0, y: below.top - 10 }, axes.count))
    for (const value of [0, 0.2, 0.4, 0.6, 0.8, 1]) {
      const y = Math.round(up(value)) + 0.5, text = `${Math.round(100 * value)} %`
      picture.append(levelLine(y, plot, "grid"), tickLeft(y, plot, text), tickBelow(across(value), below, text))
    }
    for (let value = 1; value <= most; value *= 10) {
      const y = Math.round(counted(value)) + 0.5
      picture.append(levelLine(y, below, "grid"), tickLeft(y, below, whole(value)))
    }
    picture.append(tickBelow((plot.left + plot.right) / 2, below, axes.sure, 2))
    sides = bins.map(({ from, to }) => [across(from), across(to)])
    groups = bins.map(({ count, sure, right, low, high }, index) => {
      const [start, end] = sides[index], room = end - start > 5 ? 1 : 0.25
      const box = { x: start + room, width: Math.max(end - start - 2 * room, 0.5) }
      const group = svg("g")
      if (!count) return group
      const middle = (start + end) / 2, [top, bottom] = [right, sure].map(up).sort((one, other) => one - other)
      const reach = Math.min(4, box.width / 2)
      const bar = (kind, fill, y, end) => svg("rect", { class: kind, ...box, y, height: Math.max(end - y, 0), fill })
      group.append(
        bar("right", colours.right, up(right), plot.bottom),
        bar("gap", sure > right ? colours.over : colours.under, top, bottom),
        svg("line", { class: "sure", x1: box.x, x2: box.x + box.width, y1: up(sure), y2: up(sure) }),
        svg("path", { class: "whisker", d: [up(low), up(high)].map(y => `M${middle - reach},${y}h${2 * reach}`).join("")
          + `M${middle},${up(low)}V${up(high)}` }),
        bar("right", colours.right, counted(count), below.bottom))
      return group
    })
    const diagonal = svg("line", { class: "diagonal", x1: across(0), y1: up(0), x2: across(1), y2: up(1) })
    picture.append(...groups, diagonal)
    stack.replaceChildren(picture)
    point(at)
  }

  function point(index) {
    groups[at]?.classList.remove("here")
    at = clamp(index, 0, settings.bins.length - 1)
    groups[at].classList.add("here")
    const { says } = settings.bins[at]
    find(".readout").textContent = says
    const bounds = { "aria-valuemin": 0, "aria-valuemax": settings.bins.length - 1, "aria-valuenow": at }
    filled(stack, { ...bounds, "aria-valuetext": says })
  }

  stack.onpointermove = stack.onpointerdown = event => {
    if (!settings) return
    const x = event.clientX - stack.getBoundingClientRect().left
    const found = sides.findIndex(([, end]) => x <= end)
    point(found < 0 ? sides.length - 1 : found)
  }
  onKeys(stack, {
    arrow: (right, down) => point(at + right - down), far: 5, Home: () => point(0), End: () => point(Infinity),
  })

  place.onLive(() => settings?.name, update)
  place.onResize(() => { if (stack.clientWidth !== width) draw() }, stack)
  return update
})

function emphasised(text) {
  return text.split("**").map((part, place) => place % 2 ? element("b", { text: part }) : part)
}
