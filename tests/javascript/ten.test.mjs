import assert from "node:assert/strict"
import { test } from "node:test"
import { loaded } from "./loaded.mjs"

test("ten: no disc of a class hides another, all lie within, and one that stands alone stays", async () => {
  const { apart } = await loaded("ten", ["apart"])
  const edges = { left: 0, right: 300, top: 0, bottom: 200 }
  const spots = [[290, 5], [292, 4], [292, 4], [295, 3], [300, 0], [300, 0], [298, 2], [299, 1], [150, 150], [40, 60]]
  const found = apart(spots, 19, edges)
  found.forEach(([x, y], at) => {
    assert.ok(x >= 0 && x <= 300 && y >= 0 && y <= 200)
    for (const [right, down] of found.slice(0, at)) assert.ok(Math.hypot(x - right, y - down) >= 18.5)
  })
  assert.deepEqual(found.slice(8), spots.slice(8))
})
