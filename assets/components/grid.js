// A kernel to type into: a table of numbers, coloured by value. Fractions such as 1/9 are read.
// In: {name, address, weights, largest, stops, number, labels}.
// Out, state "edited": {values: {weights}, number}.
const grids = new WeakMap()

export default function (component) {
  const { parentElement, data, setStateValue } = component
  const table = parentElement.querySelector("table")
  const [rows, columns] = [data.weights.length, data.weights[0].length]
  let grid = grids.get(parentElement)
  if (!grid || grid.size !== `${rows}x${columns}`) {
    grid?.flow.stop()
    grid = build(parentElement, table, rows, columns)
    grids.set(parentElement, grid)
  }
  grid.data = data
  grid.report = value => setStateValue("edited", value)
  travel(grid.flow, data, grid.report)
  grid.flow.acknowledge(data.number)
  if (!grid.flow.busy()) grid.take(data.weights)
  return () => grid.flow.stop()
}

function build(parentElement, table, rows, columns) {
  const message = parentElement.querySelector(".message")
  const grid = { size: `${rows}x${columns}`, flow: makeFlow(() => {}), data: null, weights: null }
  const cells = Array.from({ length: rows }, (_, row) => Array.from({ length: columns }, (_, column) =>
    element("input", { type: "text", inputmode: "text", autocomplete: "off", size: 1, "data-row": row, "data-column": column })))
  table.replaceChildren(...cells.map(line => element("tr", {}, ...line.map(cell => element("td", {}, cell)))))
  table.style.setProperty("--columns", columns)

  grid.take = weights => {
    grid.weights = weights.map(line => [...line])
    weights.forEach((line, row) => line.forEach((value, column) => {
      const cell = cells[row][column]
      cell.setAttribute("aria-label", grid.data.labels.weight.replace("{row}", row + 1).replace("{column}", column + 1))
      if (cell.getRootNode().activeElement !== cell || Number(cell.value) !== value) cell.value = short(value)
      cell.classList.remove("wrong")
    }))
    message.textContent = ""
    colour()
  }
  const colour = () => {
    const limit = Math.max(...grid.weights.flat().map(Math.abs), 1e-12)
    grid.weights.forEach((line, row) => line.forEach((value, column) => {
      const rgb = colourAt(grid.data.stops, (value + limit) / (2 * limit))
      cells[row][column].style.background = `rgb(${rgb.join()})`
      cells[row][column].style.color = inkOn(rgb)
    }))
  }
  const read = (cell, final) => {
    const value = parse(cell.value)
    const sound = value !== null && Math.abs(value) <= grid.data.largest
    cell.classList.toggle("wrong", !sound)
    message.textContent = sound ? "" : grid.data.labels.refused.replace("{value}", cell.value || "–")
    if (!sound) return
    grid.weights[cell.dataset.row][cell.dataset.column] = value
    colour()
    const move = { values: { weights: grid.weights.map(line => [...line]) } }
    if (final) grid.flow.finish(move, grid.report)
    else grid.flow.push(move)
  }
  table.oninput = event => read(event.target, false)
  table.onchange = event => read(event.target, true)
  table.onfocusin = event => event.target.select?.()
  table.onkeydown = event => {
    const moves = { ArrowUp: [-1, 0], ArrowDown: [1, 0], Enter: [1, 0] }
    if (!(event.key in moves)) return
    event.preventDefault()
    const row = Number(event.target.dataset.row) + moves[event.key][0]
    cells[(row + rows) % rows][event.target.dataset.column].focus()
  }
  return grid
}

function short(value) { return String(Number(value.toPrecision(4))) }

function parse(text) {
  const cleaned = text.trim().replace("−", "-").replace(",", ".")
  const fraction = cleaned.match(/^([-+]?\d*\.?\d+)\s*\/\s*(\d*\.?\d+)$/)
  const value = fraction ? Number(fraction[1]) / Number(fraction[2]) : cleaned === "" ? NaN : Number(cleaned)
  return Number.isFinite(value) ? value : null
}
