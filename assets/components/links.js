// What one output sees, and through which weights: an output grid to point at, and the same small
// picture three times, each pixel that is seen bearing the number of its weight.
// In: {side, pixels: ["#rrggbb"], colours, ways: [{title, total, window, shared}], labels}. A window
// is odd, 0 for all pixels. Nothing goes out.
const boards = new WeakMap()

export default function (component) {
  const { parentElement, data } = component
  let board = boards.get(parentElement)
  if (!board) boards.set(parentElement, (board = createBoard(parentElement)))
  board.update(data)
}

function createBoard(parentElement) {
  const find = selector => parentElement.querySelector(selector)
  const output = find(".out .grid"), ways = find(".ways"), readout = find(".readout")
  let data = null, row = 2, column = 3, panes = []

  function update(given) {
    if (JSON.stringify(given) === JSON.stringify(data)) return
    data = given
    const { side, labels } = data
    find(".out .title").textContent = labels.output
    find(".out .note").textContent = labels.hint
    output.setAttribute("aria-label", labels.grid)
    const cells = () => Array.from({ length: side * side }, () => element("div"))
    output.style.setProperty("--side", side)
    output.replaceChildren(...cells())
    panes = data.ways.map(way => {
      const grid = element("div", { class: "grid", "aria-hidden": "true" }, ...cells())
      const note = element("div", { class: "note" })
      grid.style.setProperty("--side", side)
      for (const [index, cell] of [...grid.children].entries()) cell.style.background = data.pixels[index]
      return { way, grid, note, pane: element("div", { class: "pane" }, element("div", { class: "title", text: way.title }), grid, note) }
    })
    ways.replaceChildren(...panes.map(one => one.pane))
    show(Math.min(row, side - 1), Math.min(column, side - 1))
  }

  // The number of the weight, counted from 1, of input (y, x) in the output (row, column); 0: unseen.
  function weightAt(way, y, x) {
    const place = row * data.side + column
    if (!way.window) return place * data.side * data.side + y * data.side + x + 1
    const half = (way.window - 1) / 2, dy = y - row + half, dx = x - column + half
    if (dy < 0 || dx < 0 || dy >= way.window || dx >= way.window) return 0
    return (way.shared ? 0 : place * way.window * way.window) + dy * way.window + dx + 1
  }

  // Colours that neighbours do not share, the same for the same weight.
  const colourOf = number => data.colours[Math.floor(((number * 0.6180339887) % 1) * data.colours.length)]

  function show(newRow, newColumn) {
    row = newRow; column = newColumn
    for (const [index, cell] of [...output.children].entries()) {
      cell.classList.toggle("here", index === row * data.side + column)
    }
    for (const { way, grid, note } of panes) {
      const numbers = []
      for (const [index, cell] of [...grid.children].entries()) {
        const number = weightAt(way, Math.floor(index / data.side), index % data.side)
        cell.classList.toggle("seen", number > 0)
        cell.textContent = number ? number : ""
        const colour = number ? colourOf(number) : data.pixels[index]
        cell.style.background = colour
        cell.style.color = inkOn(rgbOf(colour))
        if (number) numbers.push(number)
      }
      const span = fill(data.labels.span, { first: Math.min(...numbers).toLocaleString("en"), last: Math.max(...numbers).toLocaleString("en") })
      note.textContent = fill(way.shared ? data.labels.shared : data.labels.own, { count: numbers.length, span, total: way.total.toLocaleString("en") })
      note.dataset.span = span
    }
    const told = panes.map(({ way, note }) => `${way.title}: ${note.dataset.span}`).join("; ")
    readout.textContent = fill(data.labels.readout, { row, column, told })
  }

  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name])

  output.onpointermove = output.onpointerdown = event => {
    const box = output.getBoundingClientRect(), last = data.side - 1
    const place = (at, begin, size) => Math.min(Math.max(Math.floor(((at - begin) / size) * data.side), 0), last)
    show(place(event.clientY, box.top, box.height), place(event.clientX, box.left, box.width))
  }
  output.onkeydown = event => {
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key]
    if (!step) return
    event.preventDefault()
    const bounded = value => Math.min(Math.max(value, 0), data.side - 1)
    show(bounded(row + step[0]), bounded(column + step[1]))
  }
  return { update }
}
