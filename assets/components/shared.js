// What every component of the app shares: the byte format of its data, the exact pixels of the
// picture, and the flow control that lets a picture follow the hand.

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

// Pictures by digest, shared by the components of one tab: {height, width, codes}.
const pictures = (window.deepglassPictures ??= new Map())
const KEPT_PICTURES = 4

function keepPicture(digest, picture) {
  pictures.set(digest, picture)
  while (pictures.size > KEPT_PICTURES) pictures.delete(pictures.keys().next().value)
  window.dispatchEvent(new CustomEvent("deepglass-picture", { detail: digest }))
}

// A move answered without a rerun: the values go to the server's live picture, its message to the
// component that draws under `name`. Refused values (422) are left to the rerun on release, and those
// that were outrun by later ones (204) need no answer.
async function askForPicture({ address, name }, value) {
  const answer = await fetch(new URL(address, document.baseURI), { method: "POST", body: JSON.stringify(value) })
  if (answer.status === 422 || answer.status === 204) return
  const ours = answer.headers.get("content-type")?.startsWith("application/octet-stream")
  if (!answer.ok || !ours) throw new Error(`the live picture answered ${answer.status}`)
  const message = new Uint8Array(await answer.arrayBuffer())
  window.dispatchEvent(new CustomEvent("deepglass-live", { detail: { name, message } }))
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
    askForPicture(data, value)
      .then(() => { flow.failed = 0; flow.acknowledge(value.number) })
      .catch(() => {
        const pause = Math.min(FIRST_PAUSE_MS * 2 ** flow.failed++, LONGEST_PAUSE_MS)
        flow.openAt = performance.now() + pause
        report(value, pause)
      })
  }
}

// One value on its way at a time; of those that come meanwhile only the last is sent on.
// The server's answer carries the number of the value it answers, so nothing is lost or queued.
function makeFlow(send) {
  const PATIENCE_MS = 1500
  let number = 0
  const next = () => (number = Math.max(number + 1, Date.now()))  // in order across flows too
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
    send, failed: 0, openAt: 0,
    push(value) { waiting = value; flush() },
    // The last value of a move: nothing waits behind it, and it is for `report` alone.
    finish(value, report) {
      waiting = inFlight = null
      clearTimeout(timer)
      report({ ...value, number: next() })
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

// Numbers as the page prints them: three decimals, a true minus sign, no negative zero.
function show(value, decimals = 3) {
  if (!Number.isFinite(value)) return "–"
  const text = Math.abs(value).toFixed(decimals)
  return (value < 0 && Number(text) !== 0 ? "−" : "") + text
}

// Colours between stops given as "#rrggbb", position in [0, 1].
function rgbOf(hex) { return [1, 3, 5].map(i => parseInt(hex.slice(i, i + 2), 16)) }
function colourAt(stops, position) {
  const place = Math.min(Math.max(position, 0), 1) * (stops.length - 1)
  const index = Math.min(Math.floor(place), stops.length - 2)
  if (Number.isNaN(place)) return [128, 128, 128]  // no number: as in the server's pictures
  const [a, b] = [rgbOf(stops[index]), rgbOf(stops[index + 1])]
  return a.map((value, i) => Math.round(value + (b[i] - value) * (place - index)))
}
function inkOn([red, green, blue]) {
  return 0.299 * red + 0.587 * green + 0.114 * blue > 140 ? "#10151c" : "#ffffff"
}

function hostOf(parentElement) { return parentElement.host ?? parentElement }

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "text") made.textContent = value
    else if (value !== null && value !== undefined) made.setAttribute(name, value)
  }
  made.append(...children)
  return made
}

// A node of a drawing.
function svg(tag, attributes = {}, text = null) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
  if (text !== null) made.textContent = text
  return made
}

// Round numbers from low to high, about `count` of them.
function ticks(low, high, count) {
  const raw = (high - low) / count
  const power = 10 ** Math.floor(Math.log10(raw))
  const step = [1, 2, 2.5, 5, 10].map(factor => factor * power).find(candidate => candidate >= raw)
  const found = []
  for (let place = Math.ceil(low / step); place * step <= high; place += 1) found.push(Number((place * step).toPrecision(12)))
  return found
}
