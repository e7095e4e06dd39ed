import assert from "node:assert/strict"
import { test } from "node:test"
import { loaded } from "./loaded.mjs"

test("capacity: powers of ten in a span, with 2 and 5 times them where they are few", async () => {
  const { powers } = await loaded("capacity", ["powers"])
  assert.deepEqual(powers([0.4, 5]), [0.5, 1, 2, 5])
  assert.deepEqual(powers([0.01, 2000]), [0.01, 0.1, 1, 10, 100, 1000])
})

test("capacity: a logarithmic scale has equal factors at equal distances", async () => {
  const { scaleOf } = await loaded("capacity", ["scaleOf"])
  const down = scaleOf([1, 100], true, [200, 0])
  assert.deepEqual([1, 10, 100].map(down).map(Math.round), [200, 100, 0])
  assert.equal(scaleOf([0, 2], false, [200, 0])(1), 100)
})

test("capacity: labels that would touch are left out", async () => {
  const { apart } = await loaded("capacity", ["apart"])
  assert.deepEqual(apart([0, 10, 30, 35, 70], 30), [true, false, true, false, true])
})

test("capacity: a line breaks where there is nothing", async () => {
  const { stretches } = await loaded("capacity", ["stretches"])
  assert.deepEqual(stretches(6, place => place !== 2), [[0, 1], [3, 4, 5]])
  assert.deepEqual(stretches(2, () => false), [])
})

test("capacity: the nearest place, the first of two", async () => {
  const { nearest } = await loaded("capacity", ["nearest"])
  assert.equal(nearest([0, 10, 40], 24), 1)
  assert.equal(nearest([0, 10, 20], 15), 1)
  assert.equal(nearest([0], 99), 0)
})

test("capacity: begin, value and end are the rows of an array", async () => {
  const { rowsOf } = await loaded("capacity", ["rowsOf"])
  assert.deepEqual(rowsOf(Float64Array.of(1, 2, 3, 4, 5, 6)).map(row => [...row]), [[1, 2], [3, 4], [5, 6]])
})

test("capacity: with decimals all values are written alike, else with three digits or as whole numbers", async () => {
  const { written } = await loaded("capacity", ["written"])
  assert.deepEqual([99.87, 100, 0].map(value => written(value, 1)), ["99.9", "100.0", "0.0"])
  assert.deepEqual([99.87, 100, 1234.5].map(value => written(value)), ["99.9", "100", "1,235"])
})
