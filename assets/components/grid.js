// A kernel to type into: a table of numbers, coloured by value. Fractions such as 1/9 are read, and a table
// that is pasted takes the place of the one there is.
// Out, state "edited": {values: {weights}, number}.
/**
 * @typedef {{name: string, address: string, weights: number[][], largest: number, most: number, stops: string[],
 *   number: number}} GridMessage
 */
const GRID_ARROWS = { ArrowUp: -1, ArrowDown: 1, Enter: 1 }  // those across move within the text

export default component(place => {
  const signature = ({ weights }) => `${weights.length} × ${weights[0].length}`
  return movable(place, "edited", signature, (...made) => build(place, ...made))
})

function build(place, grid, /** @type {GridMessage} */ data, report) {
  const rows = data.weights.length, columns = data.weights[0].length
  const table = place.find("table"), message = place.find(".message"), total = place.find(".total")
  const cellAt = (row, column) => element("input", {
    type: "text", inputmode: "text", autocomplete: "off", size: 1, "data-row": row, "data-column": column,
    "aria-label": say("Weight {row}, {column}", { row: row + 1, column: column + 1 }),
  })
  const cells = Array.from({ length: rows }, (_, row) =>
    Array.from({ length: columns }, (_, column) => cellAt(row, column)))
  table.replaceChildren(...cells.map(line => element("tr", {}, ...line.map(cell => element("td", {}, cell)))))
  table.style.setProperty("--columns", columns)

  grid.take = ({ weights }) => {
    grid.weights = weights.map(line => [...line])
    weights.forEach((line, row) => line.forEach((value, column) => {
      const cell = cells[row][column]
      const typing = cell.getRootNode().activeElement === cell
      if (!typing || Number(cell.value) !== value) cell.value = String(Number(value.toPrecision(4)))
      cell.classList.remove("wrong")
    }))
    message.textContent = ""
    colour()
  }
  const colour = () => {
    const limit = Math.max(...grid.weights.flat().map(Math.abs), 1e-12)
    grid.weights.forEach((line, row) => line.forEach((value, column) => {
      const rgb = colourAt(grid.data.stops, (value + limit) / (2 * limit))
      Object.assign(cells[row][column].style, { background: `rgb(${rgb.join()})`, color: inkOn(rgb) })
    }))
    total.textContent = say("Sum of the weights: {sum}", { sum: rounded(sumOf(grid.weights)) })
  }
  const read = (cell, final) => {
    const value = parse(cell.value), most = grid.data.largest
    const sound = value !== null && Math.abs(value) <= most
    cell.classList.toggle("wrong", !sound)
    message.textContent = sound ? "" : refusal(cell.value || "–", most)
    if (!sound) return
    grid.weights[cell.dataset.row][cell.dataset.column] = value
    colour()
    const move = { values: { weights: grid.weights.map(line => [...line]) } }
    if (final) grid.flow.finish(move, report)
    else grid.flow.push(move)
  }
  // A single number goes into its cell, as into any field.
  table.onpaste = event => {
    const lines = linesOf(event.clipboardData.getData("text"))
    if (lines.flat().length < 2) return
    event.preventDefault()
    const { largest, most } = grid.data, pasted = lines.map(line => line.map(parse))
    const wide = Math.max(...pasted.map(line => line.length))
    const wrong = lines.flat().find((_, at) => !(Math.abs(pasted.flat()[at] ?? NaN) <= largest))
    if (wrong !== undefined) message.textContent = refusal(wrong, largest)
    else if (pasted.some(line => line.length !== wide)) {
      message.textContent = say("The rows that were pasted are not equally long; the table stays as it was.")
    } else if (Math.max(wide, pasted.length) > most) {
      message.textContent = say("A table has at most {most} rows and columns; it stays as it was.", { most })
    } else {
      message.textContent = ""
      grid.flow.finish({ values: { weights: pasted } }, report)
    }
  }
  table.oninput = event => read(event.target, false)
  table.onchange = event => read(event.target, true)
  table.onfocusin = event => event.target.select?.()
  table.onkeydown = event => {
    if (!(event.key in GRID_ARROWS)) return
    event.preventDefault()
    const row = Number(event.target.dataset.row) + GRID_ARROWS[event.key]
    cells[(row + rows) % rows][event.target.dataset.column].focus()
  }
}

// Rounding must not make something of nothing.
function sumOf(weights) {
  const sum = weights.flat().reduce((all, one) => all + one, 0)
  return Math.abs(sum) < 1e-9 * weights.flat().reduce((all, one) => all + Math.abs(one), 0) ? 0 : sum
}

// The numbers of a table as spreadsheets, Python, NumPy and MATLAB write it, each as text.
function linesOf(text) {
  const inside = text.slice(Math.max(text.indexOf("["), 0))
  const rows = inside.replace(/\][\s,]*\[/g, "\n").split(/[;\n]/)
  const between = text.includes("\t") ? "\t" : /[,\s]+/
  return rows.map(row => row.replace(/[[\](){}]/g, "").split(between).map(one => one.trim()).filter(one => one))
    .filter(row => row.length)
}

function refusal(value, most) {
  return say("{value} is no number from −{most} to {most}; the weight stays as it was.", { value, most })
}

function parse(text) {
  const cleaned = text.trim().replace("−", "-").replace(",", ".")
  const fraction = cleaned.match(/^([-+]?\d*\.?\d+)\s*\/\s*(\d*\.?\d+)$/)
  const value = fraction ? Number(fraction[1]) / Number(fraction[2]) : cleaned === "" ? NaN : Number(cleaned)
  return Number.isFinite(value) ? value : null
}
