// What every component of the app shares: its life on the page, its words, the byte format of its data, the
// exact pixels of the picture, and the flow control that lets a picture follow the hand.
// MARKS and DICTIONARY stand before it, written by explainer/ui/common/components.py.

/** @type {(message: string, values?: Object<string, *>) => string} A message in the reader's language. */
function say(message, values = {}) {
  return (DICTIONARY[message] ?? message).replace(/{(\w+)}/g, (place, name) => values[name] ?? place)
}

/**
 * A component: `create` is called once for each place where it stands, and returns what takes its data. What it
 * begins through its place ends by itself when it leaves the page. Streamlit calls it for every run of the page, while
 * its script is still being fetched in any order, and cleans up at once after the calls that others have overtaken;
 * so each call waits for a moment, and takes nothing where it has been cleaned up by then.
 * @type {(create: (place: ReturnType<typeof placeOn>) => (data: *) => void) => (mounted: object) => () => void}
 */
function component(create) {
  const places = new WeakMap()
  return ({ parentElement, data, setStateValue, setTriggerValue }) => {
    const turn = setTimeout(() => {
      const place = places.get(parentElement) ?? placeOn(parentElement)
      places.set(parentElement, place)
      Object.assign(place, { report: setStateValue, trigger: setTriggerValue })
      place.take ??= create(place)
      place.take(data)
    })
    return () => {
      clearTimeout(turn)
      const place = places.get(parentElement)
      if (!place || place.host.isConnected) return
      places.delete(parentElement)
      place.ends.forEach(end => end())
    }
  }
}

function placeOn(parentElement) {
  const ends = [], atEnd = act => ends.push(act)
  const listen = (target, type, act, capture = false) => {
    target.addEventListener(type, act, capture)
    atEnd(() => target.removeEventListener(type, act, capture))
  }
  return {
    ends, atEnd, listen, host: parentElement.host ?? parentElement,
    find: selector => parentElement.querySelector(selector),
    onLive: (name, take) => listen(window, "deepglass-live", ({ detail }) => {
      if (detail.name === name()) take(detail.message)
    }),
    onResize(act, ...elements) {
      const observer = new ResizeObserver(act)
      elements.forEach(one => observer.observe(one))
      atEnd(() => observer.disconnect())
      return observer
    },
  }
}

// The number of the report after `number`: in order, and in order across reloads too.
const later = number => Math.max(number + 1, Date.now())

// data: 4 bytes little-endian length of a JSON header, the header, then the blobs it counts.
function unpack(data) {
  const bytes = data instanceof Uint8Array ? data : new Uint8Array(data)
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true)
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)))
  const blobs = []
  let offset = 4 + length
  for (const size of header.sizes) {
    blobs.push(bytes.subarray(offset, offset + size))
    offset += size
  }
  return { header, blobs }
}

// The numbers of a blob, which need not begin at a multiple of their size.
function numbersOf(blob, Kind = Float32Array) { return new Kind(blob.slice().buffer) }

// An address for the bytes of a picture, to be revoked.
function addressOf(bytes, type) { return URL.createObjectURL(new Blob([bytes], { type })) }

// Pictures by digest, shared by the components of one tab: {height, width, codes}.
const pictures = (window.deepglassPictures ??= new Map())
const KEPT_PICTURES = 4

function keepPicture(digest, picture) {
  pictures.set(digest, picture)
  while (pictures.size > KEPT_PICTURES) pictures.delete(pictures.keys().next().value)
  window.dispatchEvent(new CustomEvent("deepglass-picture", { detail: digest }))
}

// The server's answer to a value, at one of the addresses that it gave.
function post(address, value) {
  return fetch(new URL(address, document.baseURI), { method: "POST", body: JSON.stringify(value) })
}

// A move answered without a rerun: the values go to the server's live picture, its message to the
// component that draws under `name`. Refused values (422) are left to the rerun on release; those that
// were outrun by later ones (204), or by a release while they were on their way, need no answer.
async function askForPicture({ address, name }, value, isLate) {
  const answer = await post(address, value)
  if (answer.status === 422 || answer.status === 204) return
  const ours = answer.headers.get("content-type")?.startsWith("application/octet-stream")
  if (!answer.ok || !ours) throw new Error(`the live picture answered ${answer.status}`)
  const message = new Uint8Array(await answer.arrayBuffer())
  if (isLate()) return
  window.dispatchEvent(new CustomEvent("deepglass-live", { detail: { name, message } }))
}

/**
 * Asks the server for news, without a rerun of the page, from one run of the page to the next: `take` is given each
 * answer and says whether there will be more. Where there is none the page's next run begins anew.
 * @type {(place: object, take: (message: Uint8Array) => boolean) =>
 *   (address: string, every: number, values: () => object) => void}
 */
function keepAsking(place, take) {
  let timer = 0, turn = 0
  const stop = () => { clearTimeout(timer); turn += 1 }
  place.atEnd(stop)
  return (address, every, values) => {
    stop()
    const mine = turn
    const ask = async () => {
      const began = performance.now()
      if (!document.hidden) {
        const answer = await post(address, { values: values() }).catch(() => null)
        if (!answer?.ok || mine !== turn) return
        const message = new Uint8Array(await answer.arrayBuffer())  // none where another took the place
        if (mine !== turn || (message.length && !take(message))) return
      }
      timer = setTimeout(ask, Math.max(every - (performance.now() - began), every / 4))
    }
    if (address) timer = setTimeout(ask, every)
  }
}

// How a component's moves travel: as pictures where there is an address, else as reruns. Where a
// fetch fails the moves are reruns for a while, the longer the more fetches have failed in a row, and
// then the address is tried again. `report` is told in how many milliseconds that will be.
const FIRST_PAUSE_MS = 500, LONGEST_PAUSE_MS = 60_000

function travel(flow, data, report) {
  flow.send = value => {
    if (!data.address) { report(value); return }
    const left = flow.openAt - performance.now()
    if (left > 0) { report(value, left); return }
    const isLate = () => value.number < flow.ended
    askForPicture(data, value, isLate)
      .then(() => { flow.failed = 0; flow.acknowledge(value.number) })
      .catch(() => {
        if (isLate()) return
        const pause = Math.min(FIRST_PAUSE_MS * 2 ** flow.failed++, LONGEST_PAUSE_MS)
        flow.openAt = performance.now() + pause
        report(value, pause)
      })
  }
}

/**
 * What a hand moves: `build` makes it, anew where the `signature` of the data is another. Its moves go through
 * its flow, and as `state` where it says so with `report`; what the data say it takes while it rests.
 */
function movable(place, state, signatureOf, build) {
  let moved = null, reported = 0
  const report = value => { reported = value.number; place.report(state, value) }
  place.atEnd(() => moved?.flow.stop())
  return data => {
    const signature = signatureOf(data)
    if (moved?.signature !== signature) {
      moved?.flow.stop()
      moved = { signature, flow: makeFlow(() => {}), held: false }
      build(moved, data, report)
    }
    moved.data = data
    travel(moved.flow, data, report)
    moved.flow.acknowledge(data.number)
    if (data.number < reported) return  // what a run says that began before the move
    if (!moved.flow.busy() && !moved.held) moved.take(data)
  }
}

// One value on its way at a time; of those that come meanwhile only the last is sent on.
// The server's answer carries the number of the value it answers, so nothing is lost or queued.
function makeFlow(send) {
  const PATIENCE_MS = 1500
  let number = 0
  const next = () => (number = later(number))
  let inFlight = null
  let waiting = null
  let timer = 0
  const flush = () => {
    if (inFlight !== null || waiting === null) return
    inFlight = next()
    const value = { ...waiting, number: inFlight }
    waiting = null
    clearTimeout(timer)
    timer = setTimeout(() => { inFlight = null; flush() }, PATIENCE_MS)
    flow.send(value)
  }
  const flow = {
    send, failed: 0, openAt: 0, ended: 0,
    push(value) { waiting = value; flush() },
    // The last value of a move: nothing waits behind it, and it is for `report` alone.
    finish(value, report) {
      waiting = inFlight = null
      clearTimeout(timer)
      flow.ended = next()
      report({ ...value, number: flow.ended })
    },
    acknowledge(answered) {
      if (inFlight === null || answered < inFlight) return
      inFlight = null
      clearTimeout(timer)
      flush()
    },
    busy: () => inFlight !== null || waiting !== null,
    stop: () => clearTimeout(timer),
  }
  return flow
}

// ---------------------------------------------------------------- numbers

const RAISED = "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"
const clamp = (value, low, high) => Math.min(Math.max(value, low), high)
const { decimal: DECIMAL, thousands: THOUSANDS, grouping: [FIRST, OTHERS = FIRST] } = MARKS
const GROUPS = new RegExp(`\\B(?=(\\d{${OTHERS}})*\\d{${FIRST}}$)`, "g")

// A number as the page prints it: a true minus sign, no negative zero, the decimal mark of the language.
function printed(value, write) {
  if (!Number.isFinite(value)) return { Infinity: "∞", "-Infinity": "−∞" }[value] ?? "–"
  const text = write(Math.abs(value))
  const sign = value < 0 && /[1-9]/.test(text) ? "−" : ""
  const [mantissa, exponent] = text.split("e")
  return sign + (exponent ? inPowers(mantissa, exponent) : text).replace(".", DECIMAL)
}
function inPowers(mantissa, exponent) {
  const raised = Array.from(String(Number(exponent)), digit => RAISED["-0123456789".indexOf(digit)]).join("")
  return `${mantissa === "1" ? "" : `${mantissa} · `}10${raised}`
}
function show(value, decimals = 3) { return printed(value, size => size.toFixed(decimals)) }
function rounded(value, digits = 4) { return printed(value, size => String(Number(size.toPrecision(digits)))) }
function power(value, decimals) { return printed(value, size => size.toExponential(decimals)) }
function whole(value) { return String(Math.round(value)).replace("-", "−").replace(GROUPS, THOUSANDS) }

// Colours between stops given as "#rrggbb", position in [0, 1].
function rgbOf(hex) { return [1, 3, 5].map(i => parseInt(hex.slice(i, i + 2), 16)) }
function colourAt(stops, position) {
  const place = clamp(position, 0, 1) * (stops.length - 1)
  const index = Math.min(Math.floor(place), stops.length - 2)
  if (Number.isNaN(place)) return [128, 128, 128]  // no number: as in the server's pictures
  const [a, b] = [rgbOf(stops[index]), rgbOf(stops[index + 1])]
  return a.map((value, i) => Math.round(value + (b[i] - value) * (place - index)))
}

// Relative luminance, in [0, 1], and the ink that has the larger contrast to a colour: 4.58 at least.
function luminance(rgb) {
  const linear = part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  const [red, green, blue] = rgb.map(code => linear(code / 255))
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
function inkOn(rgb) { return (luminance(rgb) + 0.05) ** 2 > 1.05 * 0.05 ? "#000000" : "#ffffff" }

// A node of the page, one of a drawing, and what gives attributes to one that is there; null is none.
function element(tag, attributes, ...children) { return filled(document.createElement(tag), attributes, children) }
function svg(tag, attributes, ...children) {
  return filled(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children)
}
function filled(made, attributes = {}, children = []) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "text") made.textContent = value
    else if (value !== null && value !== undefined) made.setAttribute(name, value)
  }
  made.append(...children)
  return made
}

// The track of a slider of the class "filling" has its colour up to the thumb.
function fillTrack(range) {
  const { min, max, value } = range
  range.style.setProperty("--filled", `${(100 * (value - min)) / (max - min)}%`)
}

// The scale of a picture's colours, with what stands at its ends.
function showScale(find, { stops, low, high, meaning }) {
  const scale = filled(find(".scale"), { title: meaning, "aria-label": meaning })
  scale.style.background = `linear-gradient(to right, ${stops.join()})`
  find(".low").textContent = low
  find(".high").textContent = high
}

// A stroke as a legend shows it.
function sample(width, colour, dash) {
  const look = { stroke: colour, "stroke-width": 3, "stroke-dasharray": dash }
  return svg("svg", { viewBox: `0 0 ${width} 10`, "aria-hidden": "true" },
    svg("line", { x1: 0, x2: width, y1: 5, y2: 5, ...look }))
}

// ---------------------------------------------------------------- axes

// A straight scale: from a span of values to the span of a side.
function linear([low, high], [from, to]) { return value => from + ((value - low) / (high - low)) * (to - from) }

// Round numbers from low to high, about `count` of them.
function ticks(low, high, count) {
  const raw = (high - low) / count
  const size = 10 ** Math.floor(Math.log10(raw))
  const step = [1, 2, 2.5, 5, 10].map(factor => factor * size).find(candidate => candidate >= raw)
  const found = []
  for (let place = Math.ceil(low / step); place * step <= high; place += 1) {
    found.push(Number((place * step).toPrecision(12)))
  }
  return found
}

// Lines across and up a plot of these edges, and what stands left of it and below.
function levelLine(y, { left: x1, right: x2 }, kind) { return svg("line", { class: kind, x1, x2, y1: y, y2: y }) }
function uprightLine(x, { top: y1, bottom: y2 }, kind) { return svg("line", { class: kind, x1: x, x2: x, y1, y2 }) }
function tickLeft(y, { left }, text) {
  return svg("text", { class: "tick", x: left - 6, y: y + 4, "text-anchor": "end" }, text)
}
function tickBelow(x, { bottom }, text, lines = 1) {
  return svg("text", { class: "tick", x, y: bottom - 1 + 17 * lines, "text-anchor": "middle" }, text)
}

// What is drawn within a plot, and as much beyond its edges above and below as the lines are thick.
function within(id, { left: x, right, top, bottom }, room, ...children) {
  const size = { x, y: top - room, width: Math.max(right - x, 1), height: Math.max(bottom - top + 2 * room, 1) }
  const hole = svg("clipPath", { id }, svg("rect", size))
  return svg("g", {}, hole, svg("g", { "clip-path": `url(#${id})` }, ...children))
}

// ---------------------------------------------------------------- pointer and keys

// Where the pointer is on an element, in parts of its width and of its height.
function partUnder(event, target) {
  const { left, top, width, height } = target.getBoundingClientRect()
  return [(event.clientX - left) / width, (event.clientY - top) / height]
}

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }

/**
 * Answers the keys pressed on `target`. `arrow` is told how many steps to the right and down, `far` of them
 * with Shift; the others go by the names of their keys, the space bar as Enter. `false` leaves a key alone.
 * @type {(target: Element, answers: Object<string, Function> & {far?: number}) => void}
 */
function onKeys(target, { arrow, far = 1, ...others }) {
  target.onkeydown = event => {
    if (event.altKey || event.ctrlKey || event.metaKey) return
    const way = ARROWS[event.key]?.map(step => step * (event.shiftKey ? far : 1))
    const answer = others[event.key === " " ? "Enter" : event.key]
    if (!(way ? arrow : answer)) return
    if ((way ? arrow(...way) : answer()) !== false) event.preventDefault()
  }
}
