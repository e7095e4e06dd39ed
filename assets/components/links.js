// What one output sees, and through which weights: an output grid to point at, and the same small
// picture three times, each pixel that is seen bearing the number of its weight. Nothing goes out.
/**
 * A window is odd, 0 for all pixels; `pixels` and `colours` are "#rrggbb".
 * @typedef {{title: string, total: number, window: number, shared: boolean}} Way
 * @typedef {{side: number, pixels: string[], colours: string[], ways: Way[]}} LinksMessage
 */
export default component(({ find }) => {
  const output = find(".out .grid"), ways = find(".ways"), readout = find(".readout")
  /** @type {LinksMessage} */
  let data = null
  let row = 2, column = 3, panes = []
  find(".out .title").textContent = say("The output")
  find(".out .note").textContent = say("Point at an output, or use the arrow keys.")
  output.setAttribute("aria-label", say("Output pixels; the arrow keys move."))

  function update(given) {
    if (JSON.stringify(given) === JSON.stringify(data)) return
    data = given
    const { side } = data
    const cells = () => Array.from({ length: side * side }, () => element("div"))
    output.style.setProperty("--side", side)
    output.replaceChildren(...cells())
    panes = data.ways.map(way => {
      const grid = element("div", { class: "grid", "aria-hidden": "true" }, ...cells())
      const note = element("div", { class: "note" }), title = element("div", { class: "title", text: way.title })
      grid.style.setProperty("--side", side)
      return { way, grid, note, pane: element("div", { class: "pane" }, title, grid, note) }
    })
    ways.replaceChildren(...panes.map(one => one.pane))
    see(row, column)
  }

  // Colours that neighbours do not share, the same for the same weight.
  const colourOf = number => data.colours[Math.floor(((number * 0.6180339887) % 1) * data.colours.length)]

  function see(newRow, newColumn) {
    [row, column] = [newRow, newColumn].map(place => clamp(place, 0, data.side - 1))
    for (const [index, cell] of [...output.children].entries()) {
      cell.classList.toggle("here", index === row * data.side + column)
    }
    const told = panes.map(({ way, grid, note }) => {
      const numbers = []
      for (const [index, cell] of [...grid.children].entries()) {
        const place = [Math.floor(index / data.side), index % data.side]
        const number = weightAt(way, data.side, [row, column], place)
        const colour = number ? colourOf(number) : data.pixels[index]
        cell.classList.toggle("seen", number > 0)
        cell.textContent = number || ""
        Object.assign(cell.style, { background: colour, color: inkOn(rgbOf(colour)) })
        if (number) numbers.push(number)
      }
      const span = say("{first} to {last}", { first: whole(Math.min(...numbers)), last: whole(Math.max(...numbers)) })
      const counts = { count: numbers.length, span, total: whole(way.total) }
      note.textContent = way.shared
        ? say("{count} weights, {span}: shared by all outputs. {total} in all.", counts)
        : say("{count} weights, {span}: not shared. {total} in all.", counts)
      return `${way.title}: ${span}`
    })
    readout.textContent = say("Output in row {row}, column {column}, one map of one colour. Its weights: {told}.",
      { row, column, told: told.join("; ") })
  }

  output.onpointermove = output.onpointerdown = event => {
    const [across, down] = partUnder(event, output).map(part => Math.floor(part * data.side))
    see(down, across)
  }
  onKeys(output, { arrow: (right, down) => see(row + down, column + right) })
  return update
})

// The number of the weight, counted from 1, of input (y, x) in the output (row, column); 0: unseen.
function weightAt(way, side, [row, column], [y, x]) {
  const place = row * side + column
  if (!way.window) return place * side * side + y * side + x + 1
  const half = (way.window - 1) / 2, dy = y - row + half, dx = x - column + half
  if (dy < 0 || dx < 0 || dy >= way.window || dx >= way.window) return 0
  return (way.shared ? 0 : place * way.window * way.window) + dy * way.window + dx + 1
}
