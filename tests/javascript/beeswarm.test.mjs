import assert from "node:assert/strict"
import { test } from "node:test"
import { loaded } from "./loaded.mjs"

test("beeswarm: no dot of a kind lies on another, and each stands at its own score", async () => {
  const { levelsOf } = await loaded("beeswarm", ["levelsOf"])
  const xs = Array.from({ length: 300 }, (_, index) => 200 - index * 0.5), truths = xs.map((_, index) => index % 3 ? 0 : 1)
  for (const kind of [0, 1]) {
    const found = levelsOf(xs, truths, kind, 5)
    assert.equal(found.size, truths.filter(one => one === kind).length)
    const dots = [...found]
    for (const [one, level] of dots) for (const [other, row] of dots) {
      if (one !== other && level === row) assert.ok(Math.abs(xs[one] - xs[other]) >= 4.5)
    }
  }
})

test("beeswarm: the pictures of a cell are its own, the extreme ones first", async () => {
  const { placesIn } = await loaded("beeswarm", ["placesIn"])
  const truths = [1, 0, 1, 1, 0, 0]
  assert.deepEqual(placesIn(truths, "hits", 3), [0, 2])
  assert.deepEqual(placesIn(truths, "alarms", 3), [1])
  assert.deepEqual(placesIn(truths, "misses", 3), [3])
  assert.deepEqual(placesIn(truths, "refused", 3), [5, 4])
  assert.deepEqual(placesIn(truths, "refused", 6), [])
  assert.deepEqual(placesIn(truths, "hits", 0), [])
})
