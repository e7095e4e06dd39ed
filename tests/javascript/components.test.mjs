import assert from "node:assert/strict"
import { test } from "node:test"
import { loaded } from "./loaded.mjs"

const near = (found, wanted) => assert.ok(Math.abs(found - wanted) < 1e-9, `${found} is not ${wanted}`)

test("curves: a few far values do not flatten the rest, and zero is in sight", async () => {
  const { usualSpan } = await loaded("curves", ["usualSpan"])
  assert.deepEqual(usualSpan([]), [-1, 1])
  const [low, high] = usualSpan([1, 2, 3])
  near(low, -0.21)
  near(high, 3.21)
  const values = Array.from({ length: 200 }, (_, i) => Math.sin(i))
  const [, top] = usualSpan([...values, 1e6])
  assert.ok(top < 10)
  assert.deepEqual(usualSpan([0, 0]).map(Math.sign), [-1, 1])
})

test("curves: a path breaks at a jump, and at what is no number", async () => {
  const { brokenAt } = await loaded("curves", ["brokenAt"])
  const points = [[-1, -1], [0, 0], [1, 1]]
  assert.deepEqual(brokenAt(points, []), [points])
  assert.deepEqual(brokenAt([[0, 0], [1, NaN], [2, 2]], []), [[[0, 0]], [[2, 2]]])
  const step = brokenAt([[-1, 0], [0, 7], [1, 1]], [{ place: 0, left: 0, right: 1 }])
  assert.deepEqual(step, [[[-1, 0], [0, 0]], [[0, 1], [1, 1]]])
})

test("curves: four digits, powers of ten where they say more", async () => {
  const { digits4 } = await loaded("curves", ["digits4"])
  const shown = [0, -0, 1 / 3, -123.456, 54321.06, 1e-5, 2e6, NaN, -Infinity].map(digits4)
  assert.deepEqual(shown, ["0", "0", "0.3333", "−123.5", "54321.1", "1.000 · 10⁻⁵", "2.000 · 10⁶", "–", "−∞"])
})

test("curves: a place has the decimals that tell it from the next", async () => {
  const { decimalsOf } = await loaded("curves", ["decimalsOf"])
  const places = [[0, 60, 61], [-6, 6, 1201], [-3, 3, 1201], [-8, 1, 91], [0, 1, 7]]
  assert.deepEqual(places.map(([low, high, count]) => decimalsOf({ low, high, count })), [0, 2, 3, 1, 4])
})

test("curves: a panel's values have its decimals, and beyond its span its words", async () => {
  const { told } = await loaded("curves", ["told"])
  const panel = { span: [-6, 0.5], decimals: 2, beyond: ["below −6", "grows"] }
  assert.deepEqual([-30, -6, -0.3, 0, 12, NaN].map(value => told(value, panel)),
    ["below −6", "−6.00", "−0.30", "0.00", "grows", "–"])
  assert.deepEqual([12, 36.47, 2.217].map(value => told(value, { span: null, decimals: 1, beyond: [] })),
    ["12.0", "36.5", "2.2"])
  assert.equal(told(0.25, { span: [0, 0.1], decimals: null, beyond: [] }), "0.25")
})

test("sliders: a value is written with a true minus, and read with either one", async () => {
  const { written, valueOf } = await loaded("sliders", ["written", "valueOf"])
  assert.deepEqual([[-1, 0.05], [-0.001, 0.05], [0.6, 0.05], [20, 10]].map(pair => written(...pair)),
    ["−1.00", "0.00", "0.60", "20"])
  assert.deepEqual(["−1.00", "-1", " 0.5 ", "1e-3"].map(valueOf), [-1, -1, 0.5, 0.001])
  assert.ok(["", " ", "−", "x", "1,2"].every(text => Number.isNaN(valueOf(text))))
  const comma = await loaded("sliders", ["written", "valueOf"], { marks: { decimal: ",", thousands: ".", grouping: [3] } })
  assert.equal(comma.written(-0.5, 0.1), "−0,5")
  assert.deepEqual(["−0,5", "-0.5"].map(comma.valueOf), [-0.5, -0.5])
})

test("network: layers stand in columns, units in the middle of the height, the names left of them", async () => {
  const { placesOf, NAMES, TOP, UNIT } = await loaded("network", ["placesOf", "NAMES", "TOP", "UNIT"])
  const [inputs, hidden, logits] = placesOf([2, 3, 2], 400, 230)
  assert.deepEqual(inputs.map(([x]) => x), [NAMES, NAMES])
  near(logits[0][0], 400 - UNIT)
  near(hidden[1][1] + UNIT / 2, TOP + 115)
  near((inputs[0][1] + inputs[1][1] + UNIT) / 2, TOP + 115)
  assert.deepEqual(placesOf([1], 400, 230)[0][0][0], NAMES)
})

test("network: the largest number is no NaN, and nothing is nothing", async () => {
  const { largestOf, is } = await loaded("network", ["largestOf", "is"])
  near(largestOf([1, -3, NaN, Infinity]), 3)
  assert.ok(largestOf([]) > 0)
  assert.ok(is({ layer: 1, unit: 2 }, { layer: 1, unit: 2 }))
  assert.ok(!is(null, { layer: 1, unit: 2 }))
})

test("race: where a step was measured, and where the curve had ended", async () => {
  const { placeOf } = await loaded("live_race", ["placeOf"])
  const steps = [0, 10, 20]
  assert.deepEqual([-1, 0, 9, 10, 20, 21].map(step => placeOf(steps, step)), [-1, 0, 0, 1, 2, -1])
  assert.equal(placeOf([], 0), -1)
})

test("race: axes begin and end at round numbers, and decades have no more marks than there is room", async () => {
  const race = await loaded("live_race", ["wholeSteps", "decades", "roundUp", "digits4"])
  assert.deepEqual(race.wholeSteps(0.3, 2.2, 4), [0, 0.5, 1, 1.5, 2, 2.5])
  assert.deepEqual(race.decades(0.1, 10), [0.1, 0.2, 0.5, 1, 2, 5, 10])
  assert.ok(race.decades(1e-30, 1).length <= 9)
  assert.deepEqual([1, 7, 101, 1501].map(race.roundUp), [1, 8, 120, 2000])
  assert.deepEqual([0, 0.12345, -1234.5, 1e7, 1.5e-5].map(race.digits4), ["0", "0.1235", "−1,234", "10⁷", "1.5 · 10⁻⁵"])
})

test("race: the scale goes from edge to edge, straight or logarithmic", async () => {
  const { scaleOf } = await loaded("live_race", ["scaleOf"])
  const curve = { steps: [0, 50, 100], low: [0.5, 1, 2], median: [1, 2, 4], high: [2, 3, 4] }
  const row = name => Float32Array.from(curve[name])
  const curves = [{ steps: row("steps"), low: row("low"), median: row("median"), high: row("high") }]
  for (const logarithmic of [false, true]) {
    const scale = scaleOf({ zero: true, logarithmic, parts: ["training"] }, curves, null, 1, 600, 300)
    near(scale.across(0), scale.left)
    near(scale.stepAt(scale.across(50)), 50)
    assert.ok(scale.down(4) >= scale.top - 1e-9)
    assert.ok(scale.down(4) < scale.down(1))
    assert.ok(scale.marks.every(mark => scale.down(mark) <= scale.bottom + 1e-9))
  }
  const empty = scaleOf({ zero: false, logarithmic: false, parts: [] }, [], null, 1, 600, 300)
  assert.equal(empty.down(0), empty.bottom)
})

test("lens: borders give what NumPy's paddings give", async () => {
  const { BORDERS } = await loaded("lens", ["BORDERS"])
  const read = (border, indices) => indices.map(index => BORDERS[border](index, 3))
  assert.deepEqual(read("wrap", [-4, -1, 3, 7]), [2, 2, 0, 1])
  assert.deepEqual(read("reflect", [-2, -1, 3, 4, 5]), [2, 1, 1, 0, 1])
  assert.deepEqual(read("replicate", [-5, 1, 9]), [0, 1, 2])
  assert.deepEqual(read("zero", [-1, 0, 3]), [-1, 0, -1])
  assert.equal(BORDERS.reflect(-7, 1), 0)
})

test("lens: the window of a pixel, by hand", async () => {
  const { windowAt } = await loaded("lens", ["windowAt"])
  const codes = Uint8Array.from([0, 51, 102, 153].flatMap(code => [code, code, code]))
  const settings = {
    weights: [[1, 2], [3, 4]], stride: 1, dilation: 1, top: 0, left: 0, padding: "zero", channels: "grey", bias: 0.5,
  }
  const picture = { width: 2, height: 2, codes }
  const { sums: [sum], outputs, cells } = windowAt(picture, settings, 0, 0)
  near(sum, 0.2 * 2 + 0.4 * 3 + 0.6 * 4)
  near(outputs[0], sum + 0.5)
  assert.ok(cells.flat().every(cell => !cell.outside))
  near(windowAt(picture, settings, 1, 1).sums[0], 0.6)
})

test("lens: numbers that do not add up as they are printed are said to be about equal", async () => {
  const { equals } = await loaded("lens", ["equals"])
  assert.equal(equals([0.125, 0.25], 0.375), "=")
  assert.equal(equals([1 / 3, 1 / 3, 1 / 3], 1), "≈")
  assert.equal(equals([0.125, -0.125], 0, 2), "=")
  assert.equal(equals([0.125, 0.25], 0.375, 2), "≈")
})

test("schematic: a shape that has no room where it begins stands at the next block of that shape", async () => {
  const { shapesOf, placesOf } = await loaded("schematic", ["shapesOf", "placesOf"])
  const blocks = ["32 × 170 × 256", "32 × 170 × 256", "32 × 170 × 256", "32 × 85 × 128", "10"]
    .map(shape => ({ shape, side: 1 }))
  const texts = shapesOf(blocks, placesOf(blocks, 700), "3 × 170 × 256")
  assert.deepEqual(texts.map(([, text]) => text), ["3 × 170 × 256", "32 × 170 × 256", "32 × 85 × 128", "10"])
  assert.ok(texts[1][0] > texts[0][0] + 75)
})

test("links: what is shared has the same number everywhere, what is not has its own", async () => {
  const { weightAt } = await loaded("links", ["weightAt"])
  const numbers = (way, place) => Array.from({ length: 64 }, (_, i) => weightAt(way, 8, place, [Math.floor(i / 8), i % 8]))
    .filter(Boolean)
  const one = [...Array(9).keys()].map(i => i + 1)
  assert.deepEqual(numbers({ window: 3, shared: true }, [4, 5]), one)
  assert.deepEqual(numbers({ window: 3, shared: false }, [1, 1]), one.map(i => i + 9 * 9))
  assert.equal(numbers({ window: 3, shared: true }, [0, 0]).length, 4)
  assert.equal(new Set([0, 1].flatMap(row => numbers({ window: 0, shared: false }, [row, 0]))).size, 128)
})

test("grid: fractions and either decimal mark are read, and nothing else", async () => {
  const { parse } = await loaded("grid", ["parse"])
  assert.deepEqual(["1/4", " −2 ", "0,5", "-1 / 8", "1e2"].map(parse), [0.25, -2, 0.5, -0.125, 100])
  assert.deepEqual(["", "one", "1/0", "1/2/3", "Infinity"].map(parse), [null, null, null, null, null])
})

test("pixels: differences along the rows and to green are undone", async () => {
  const { codesOf } = await loaded("pixels", ["codesOf"])
  const planes = Uint8Array.from([246, 11, 0, 0, 20, 250, 7, 0, 10, 7, 0, 0])
  assert.deepEqual([...codesOf(planes, 2)], [10, 20, 30, 15, 14, 31, 7, 7, 7, 7, 7, 7])
})

test("graph: the ends of an edge are at the rims of its cards", async () => {
  const { ends, onCurve } = await loaded("graph", ["ends", "onCurve"])
  assert.deepEqual(ends([[0, 0], [100, 10], [200, 0]], true), [[42, 0], [100, 10], [158, 0]])
  assert.deepEqual(ends([[0, 0], [0, 100]], false), [[0, 32], [0, 68]])
  assert.deepEqual(onCurve([[0, 0], [10, 20]], true), [5, 10])
})

test("plane: pointing near the path reads the path, else the cell", async () => {
  const { placeAt, moved, digits } = await loaded("plane", ["placeAt", "moved", "digits"])
  const panel = { x: [-1, 0, 1], y: [-1, 0, 1], path: [[-0.8, 0.4], [0, 0]] }
  assert.deepEqual(placeAt(panel, 2, 10, 30), { panel: 2, point: 0 })
  assert.deepEqual(placeAt(panel, 0, 99, 1), { panel: 0, row: 2, column: 2 })
  assert.deepEqual(moved(panel, 0, null, [5, -1]), { panel: 0, row: 2, column: 0 })
  assert.deepEqual([NaN, Infinity, 123.4, 0.12345].map(digits), ["not yet", "no finite number", "123", "0.123"])
})

test("unit: a number is as long as its cell", async () => {
  const { brief, figure, excerpt, largest } = await loaded("unit", ["brief", "figure", "excerpt", "largest"])
  assert.deepEqual([0, null, -123.4, 12.34, 1.234, -0.1234, 1e-6].map(brief), ["0", "–", "−123", "12.3", "1.23", "−0.123", "10⁻⁶"])
  assert.deepEqual([0, null, 1e-6, 2.5].map(figure), ["0.000", "–", "1.00 · 10⁻⁶", "2.500"])
  const { lines, note } = excerpt([Array.from({ length: 40 }, (_, i) => i)])
  assert.deepEqual(lines.map(line => line.length), [8, 8])
  assert.equal(note, " · the first 16 of 40 numbers")
  assert.equal(largest([[1, -3], [NaN, 2]], 0), 3)
})

test("moving: a share is told in per cent, and never as 100 or 0 where it is not", async () => {
  const { percent } = await loaded("moving", ["percent"])
  assert.deepEqual([1, 0.9994, 0.5, 0, NaN].map(percent), ["100 %", "99.9 %", "50.0 %", "0 %", "–"])
})

test("grid: a table is pasted as spreadsheets, Python, NumPy and MATLAB write it", async () => {
  const { linesOf, parse, sumOf } = await loaded("grid", ["linesOf", "parse", "sumOf"])
  const wanted = [[1, -2.5], [0.25, 4]]
  for (const text of [
    "1\t-2.5\n1/4\t4\n", "1\t-2,5\r\n0,25\t4", "[[1, -2.5], [0.25, 4]]", "np.array([[1, -2.5],\n [1/4, 4]])",
    "[[ 1.   -2.5 ]\n [ 0.25  4.  ]]", "[1 -2.5; 0.25 4]", "1,-2.5\n0.25,4", "1 −2.5\n0.25 4",
  ]) assert.deepEqual(linesOf(text).map(line => line.map(parse)), wanted, text)
  assert.deepEqual(linesOf("0.5"), [["0.5"]])
  assert.deepEqual(linesOf(""), [])
  assert.equal(sumOf([[0.1, 0.2], [-0.3, 0]]), 0)
  near(sumOf([[1, 2], [3, 4]]), 10)
})

test("schematic: blocks stand in order and fill the width, larger maps are higher", async () => {
  const { placesOf, shapesOf, LEFT, RIGHT } = await loaded("schematic", ["placesOf", "shapesOf", "LEFT", "RIGHT"])
  const blocks = [{ side: 32, shape: "6 × 32 × 32" }, { side: 32, shape: "6 × 32 × 32" }, { side: 1, shape: "10" }]
  const places = placesOf(blocks, LEFT + RIGHT + 300)
  assert.deepEqual(places.map(({ x }) => x - LEFT), [50, 150, 250])
  assert.ok(places[0].high > places[2].high && places[0].high === places[1].high)
  assert.deepEqual(shapesOf(blocks, places, "3 × 32 × 32").map(([, text]) => text), ["3 × 32 × 32", "6 × 32 × 32", "10"])
})

test("shapes: a unit up is as long as a unit across", async () => {
  const { heightFor } = await loaded("shapes", ["heightFor"])
  near(heightFor({ across: [-4, 4], up: [-5, 5] }, 400), 500)
  near(heightFor({ across: [0, 2], up: [0, 1] }, 300), 150)
})
