import assert from "node:assert/strict"
import { test } from "node:test"
import { loaded } from "./loaded.mjs"

const shared = await loaded("shared", [
  "say", "show", "rounded", "power", "whole", "later", "clamp", "linear", "ticks", "unpack", "numbersOf",
  "colourAt", "inkOn", "luminance", "partUnder", "onKeys", "makeFlow", "movable", "travel", "component",
])
const german = await loaded("shared", ["say", "show", "whole"], {
  marks: { decimal: ",", thousands: ".", grouping: [3] },
  dictionary: { "Row {row}, column {column}": "Spalte {column}, Zeile {row}" },
})

test("a message is English where there is no other, with the values in their places", () => {
  assert.equal(shared.say("Row {row}, column {column}", { row: 0, column: 2 }), "Row 0, column 2")
  assert.equal(german.say("Row {row}, column {column}", { row: 0, column: 2 }), "Spalte 2, Zeile 0")
  assert.equal(german.say("Reset"), "Reset")
  assert.equal(shared.say("{typed} is refused", { typed: "{row}" }), "{row} is refused")
  assert.equal(shared.say("{row} {other}", { row: 1 }), "1 {other}")
})

test("a number has a true minus sign and no negative zero", () => {
  assert.equal(shared.show(-1.25, 1), "−1.3")
  assert.equal(shared.show(-0.0004), "0.000")
  assert.equal(shared.show(-0), "0.000")
  assert.deepEqual([NaN, null, undefined, Infinity, -Infinity].map(one => shared.show(one)), ["–", "–", "–", "∞", "−∞"])
  assert.equal(shared.rounded(-0.123456), "−0.1235")
  assert.equal(shared.power(-1.5e-7, 2), "−1.50 · 10⁻⁷")
  assert.equal(shared.power(2e9, 1), "2.0 · 10⁹")
})

test("a number has the decimal mark and the groups of the language", () => {
  assert.equal(german.show(-1234.5, 1), "−1234,5")
  assert.equal(german.whole(-1234567), "−1.234.567")
  assert.equal(shared.whole(1234567.4), "1,234,567")
})

test("groups have the sizes that they have in the language", async () => {
  const { whole } = await loaded("shared", ["whole"], { marks: { decimal: ".", thousands: ",", grouping: [3, 2, 2] } })
  assert.deepEqual([123, 12345, -123456789].map(whole), ["123", "12,345", "−12,34,56,789"])
  assert.deepEqual([7, 123, -123, 1000, -123456].map(shared.whole), ["7", "123", "−123", "1,000", "−123,456"])
})

test("the number of a report is larger than the one before, however late that was", () => {
  const now = Date.now()
  assert.ok(shared.later(0) >= now)
  assert.equal(shared.later(now + 1e9), now + 1e9 + 1)
})

test("a straight scale goes through both ends, and back again", () => {
  const down = shared.linear([-1, 3], [200, 0])
  assert.deepEqual([-1, 1, 3].map(down), [200, 100, 0])
  const back = shared.linear([200, 0], [-1, 3])
  for (const value of [-1, 0.25, 2.9]) assert.ok(Math.abs(back(down(value)) - value) < 1e-12)
})

test("ticks are round, evenly apart and inside the span", () => {
  assert.deepEqual(shared.ticks(0, 1, 4), [0, 0.25, 0.5, 0.75, 1])
  assert.deepEqual(shared.ticks(-1, 1, 4), [-1, -0.5, 0, 0.5, 1])
  for (let i = 1; i < 60; i += 1) {
    const low = Math.sin(i) * 10 ** (i % 7 - 3), high = low + 10 ** ((i * 5) % 9 - 4)
    const found = shared.ticks(low, high, 5)
    assert.ok(found.length >= 2 && found.length <= 6, `${low} to ${high}: ${found}`)
    for (const tick of found) assert.ok(tick >= low - 1e-9 && tick <= high + 1e-9)
  }
})

test("a message is a header and its blobs", () => {
  const head = new TextEncoder().encode(JSON.stringify({ name: "é", sizes: [2, 8] }))
  const bytes = new Uint8Array(3 + 4 + head.length + 10)  // that begin anywhere in their buffer
  new DataView(bytes.buffer).setUint32(3, head.length, true)
  bytes.set(head, 7)
  bytes.set([7, 9], 7 + head.length)
  bytes.set(new Uint8Array(new Float32Array([1.5, -2]).buffer), 9 + head.length)
  const { header, blobs } = shared.unpack(bytes.subarray(3))
  assert.equal(header.name, "é")
  assert.deepEqual([...blobs[0]], [7, 9])
  assert.deepEqual([...shared.numbersOf(blobs[1])], [1.5, -2])
})

test("a colour lies between its neighbours, and what is no number is grey", () => {
  const stops = ["#000000", "#ff0000", "#ffffff"]
  assert.deepEqual(shared.colourAt(stops, 0.25), [128, 0, 0])
  assert.deepEqual([-3, 7].map(place => shared.colourAt(stops, place)), [[0, 0, 0], [255, 255, 255]])
  assert.deepEqual(shared.colourAt(stops, NaN), [128, 128, 128])
  assert.notEqual(shared.inkOn([0, 0, 0]), shared.inkOn([255, 255, 255]))
})

test("ink can be read on every colour", () => {
  const codes = [0, 40, 80, 120, 160, 200, 255]
  for (const red of codes) for (const green of codes) for (const blue of codes) {
    const ground = shared.luminance([red, green, blue]) + 0.05
    const ink = shared.luminance(shared.inkOn([red, green, blue]) === "#ffffff" ? [255, 255, 255] : [0, 0, 0]) + 0.05
    assert.ok(Math.max(ground / ink, ink / ground) >= 4.5, `${[red, green, blue]}`)
  }
})

test("the pointer is told in parts of what it is over", () => {
  const target = { getBoundingClientRect: () => ({ left: 10, top: 20, width: 200, height: 50 }) }
  assert.deepEqual(shared.partUnder({ clientX: 60, clientY: 70 }, target), [0.25, 1])
})

function pressed(answers, event) {
  const target = {}
  let prevented = false
  shared.onKeys(target, answers)
  target.onkeydown({ preventDefault() { prevented = true }, ...event })
  return prevented
}

test("arrow keys are steps to the right and down, tenfold with Shift where that is asked for", () => {
  const ways = [], arrow = (...way) => { ways.push(way.map(step => step + 0)) }
  assert.ok(pressed({ arrow }, { key: "ArrowUp", shiftKey: true }))
  assert.ok(pressed({ arrow, far: 10 }, { key: "ArrowLeft", shiftKey: true }))
  assert.ok(pressed({ arrow, far: 10 }, { key: "ArrowDown" }))
  assert.deepEqual(ways, [[0, -1], [-10, 0], [0, 1]])
})

test("a key that nobody answers, or with Control, is left to the page", () => {
  const fail = () => assert.fail()
  assert.equal(pressed({ arrow: fail, Enter: fail }, { key: "Tab" }), false)
  assert.equal(pressed({ arrow: fail }, { key: "ArrowLeft", altKey: true }), false)
  assert.equal(pressed({ Home: fail }, { key: "ArrowLeft" }), false)
  assert.equal(pressed({ Escape: () => false }, { key: "Escape" }), false)
  assert.equal(pressed({ Enter() {} }, { key: " " }), true)
})

test("one value is on its way at a time, and of the others only the last follows", () => {
  const sent = [], flow = shared.makeFlow(value => sent.push(value))
  flow.push({ x: 1 })
  flow.push({ x: 2 })
  flow.push({ x: 3 })
  assert.deepEqual(sent.map(one => one.x), [1])
  flow.acknowledge(sent[0].number - 1)
  assert.equal(sent.length, 1)
  flow.acknowledge(sent[0].number)
  assert.deepEqual(sent.map(one => one.x), [1, 3])
  assert.ok(sent[1].number > sent[0].number)
  flow.finish({ x: 4 }, value => sent.push(value))
  assert.equal(flow.busy(), false)
  assert.equal(sent[2].x, 4)
  flow.stop()
})

test("a picture that comes after its move was let go is not shown", async () => {
  const shown = [], waiting = [], flow = shared.makeFlow(() => {})
  globalThis.document = { baseURI: "http://localhost/" }
  globalThis.dispatchEvent = ({ detail }) => shown.push(detail.message[0])
  globalThis.fetch = () => new Promise(answer => waiting.push(answer))
  const headers = new Headers({ "content-type": "application/octet-stream" })
  const answered = byte => new Response(Uint8Array.of(byte), { headers })
  const settled = () => new Promise(done => setTimeout(done, 5))
  shared.travel(flow, { address: "live", name: "one" }, () => {})
  flow.push({ x: 1 })
  waiting[0](answered(1))
  await settled()
  flow.push({ x: 2 })
  flow.finish({ x: 3 }, () => {})
  waiting[1](answered(2))
  await settled()
  assert.deepEqual(shown, [1])
  flow.push({ x: 4 })
  waiting[2](answered(4))
  await settled()
  assert.deepEqual(shown, [1, 4])
  flow.stop()
})

test("what a run says that began before a move was reported is not taken", () => {
  const reported = [], taken = []
  const place = { atEnd: () => {}, report: (_state, value) => reported.push(value) }
  let hand = null, report = null
  const stand = shared.movable(place, "moved", () => "one", (made, _data, tell) => {
    [hand, report] = [made, tell]
    hand.take = data => taken.push(data.number)
  })
  stand({ number: 0, address: "" })
  hand.flow.finish({ x: 1 }, report)
  const { number } = reported[0]
  stand({ number: number - 1, address: "" })
  stand({ number, address: "" })
  assert.deepEqual(taken, [0, number])
})

// As Streamlit calls a component: what its latest call returned is called when the element has left the page, and
// what an overtaken call returned at once.
function standing() {
  const log = [], parentElement = { querySelector: () => null, isConnected: true }
  const mounted = shared.component(place => {
    log.push("made")
    place.atEnd(() => log.push("ended"))
    return data => { log.push(data); place.report("state", data) }
  })
  const setStateValue = (name, value) => log.push(`${name} ${value}`)
  return { log, parentElement, call: data => mounted({ parentElement, data, setStateValue }) }
}
const moment = () => new Promise(resume => setTimeout(resume))

test("a component is made once for a place, and ends what it began when it leaves", async () => {
  const { log, parentElement, call } = standing()
  call(1)
  await moment()
  const last = call(2)
  await moment()
  assert.deepEqual(log, ["made", 1, "state 1", 2, "state 2"])
  parentElement.isConnected = false
  last()
  last()
  assert.deepEqual(log.slice(5), ["ended"])
  parentElement.isConnected = true
  call(3)
  await moment()
  assert.deepEqual(log.slice(6), ["made", 3, "state 3"])
})

test("a call that was overtaken changes nothing, before or after the one that overtook it", async () => {
  for (const late of [false, true]) {
    const { log, parentElement, call } = standing()
    const last = late ? call("new") : null
    if (late) await moment()
    call("old")()
    const newest = last ?? call("new")
    await moment()
    assert.deepEqual(log, ["made", "new", "state new"])
    parentElement.isConnected = false
    newest()
    assert.equal(log.at(-1), "ended")
  }
})

test("a component that left before its first turn was never there", async () => {
  const { log, parentElement, call } = standing()
  const last = call(1)
  parentElement.isConnected = false
  last()
  await moment()
  assert.deepEqual(log, [])
})
