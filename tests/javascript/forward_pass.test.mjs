import assert from "node:assert/strict"
import { test } from "node:test"
import { loaded } from "./loaded.mjs"

const parts = ["coloursOf", "sizeOf", "boardOf", "neighbour", "linesOf", "percent"]

test("codes: 0 and 254 are the ends of the colours, 255 is grey", async () => {
  const { coloursOf } = await loaded("forward_pass", parts)
  const table = coloursOf(["#000000", "#fe0000"])
  assert.equal(table.length, 256)
  assert.deepEqual([0, 127, 254, 255].map(code => table[code]), [[0, 0, 0], [127, 0, 0], [254, 0, 0], [128, 128, 128]])
})

test("sizes: weights stand beside the units of the first layer alone", async () => {
  const { sizeOf } = await loaded("forward_pass", parts)
  const kernel = { height: 3 }, picture = { height: 28 }
  assert.equal(sizeOf({ kind: "map", weights: kernel }, false).beside, 0)
  assert.equal(sizeOf({ kind: "map", weights: null }, true).beside, 0)
  const [map, cell] = [{ kind: "map", weights: kernel }, { kind: "cell", weights: picture }].map(one => sizeOf(one, true))
  assert.ok(map.beside < map.own && cell.beside > cell.own)
  assert.equal(map.width, map.beside + 3 + map.own)
})

test("board: no two units overlap, the room is used, and too little of it makes the board wider", async () => {
  const { boardOf } = await loaded("forward_pass", parts)
  const columns = [{ count: 1, width: 112, height: 112 }, { count: 16, width: 44, height: 44 }, { count: 10, width: 200, height: 20 }]
  for (const room of [200, 600, 1200]) {
    const { places, width, height } = boardOf(columns, room)
    const boxes = places.flatMap((units, column) => units.map(([x, y]) => [x, y, columns[column].width, columns[column].height]))
    boxes.forEach(([x, y, w, h], one) => {
      assert.ok(x >= 0 && y >= 0 && x + w <= width + 1e-9 && y + h <= height)
      boxes.slice(one + 1).forEach(([x2, y2, w2, h2]) =>
        assert.ok(x + w <= x2 || x2 + w2 <= x || y + h <= y2 || y2 + h2 <= y))
    })
    if (room === 600) assert.equal(width, room)
    else assert.equal(width > room, room === 200)
  }
})

test("keys: to the side the nearest of the next file, down within the column, and no further than there is", async () => {
  const { boardOf, neighbour } = await loaded("forward_pass", parts)
  const columns = [{ count: 1, width: 112, height: 112 }, { count: 16, width: 44, height: 44 }, { count: 3, width: 20, height: 20 }]
  const { places } = boardOf(columns, 900)
  const from = (column, unit, ...way) => { const to = neighbour(places, { column, unit }, ...way); return [to.column, to.unit] }
  assert.deepEqual(from(1, 4, 1, 0), [1, 5])
  assert.deepEqual(from(1, 4, 0, 1), [1, 6])
  assert.deepEqual(from(1, 0, 0, -1), [1, 0])
  assert.deepEqual(from(1, 1, 1, 0), [2, 0])
  assert.deepEqual(from(2, 2, 0, 1), [2, 2])
  assert.deepEqual(from(1, 6, -1, 0), [0, 0])
  assert.deepEqual(from(0, 0, -1, 0), [0, 0])
})

test("lines: as thick as the weights are strong, none for zero and for no number", async () => {
  const { linesOf } = await loaded("forward_pass", parts)
  const lines = linesOf(Float32Array.from([1, -2, 0, NaN]), 2)
  assert.deepEqual(lines.map(({ to, from, negative }) => [to, from, negative]), [[0, 0, false], [0, 1, true]])
  assert.ok(lines[1].thick > lines[0].thick)
  assert.deepEqual(linesOf(Float32Array.from([Infinity, 1]), 2), [])
})

test("shares: in per cent, and a dash where there is no number", async () => {
  const { percent } = await loaded("forward_pass", parts)
  assert.deepEqual([0, 0.126, 1, NaN, null].map(percent), ["0.0 %", "12.6 %", "100.0 %", "–", "–"])
})
