// What many masks say of one picture: for each class a strip with a dot for every mask, their mean and the one network
// without masks; below it the doubt in bits. Every number is the server's; sliders that are dragged send new ones.
/**
 * `means` are mean, low and high of each class; `bits` the doubt within each network and between them, `alone` that of
 * the weight-scaled network, `most` the largest there is. Blobs: float32, the masks of each class one after another;
 * where it is `pictured` 28 × 28 bytes; and the message to `also`.
 * @typedef {{name: string, number: number, classes: string[], scaled: number[], means: [number, number, number][],
 *   bits: [number, number], alone: number, most: number, colours: {masks: string, scaled: string}, told: string[],
 *   alt: string, heads: string[], rows: string[][], caption: string, pictured?: boolean, also?: string}} DoubtMessage
 */
const LEAST = 260, ROW = 25, RIGHT = 20, PIXELS = 28, LETTER = 6.6

export default component(place => {
  const { find } = place, canvas = find("canvas"), strips = find(".strips")
  let name = null, number = -1, shown = null

  function update(data) {
    /** @type {{header: DoubtMessage, blobs: Uint8Array[]}} */
    const { header, blobs } = unpack(data)
    if (header.number < number) return
    name = header.name
    number = header.number
    canvas.hidden = !header.pictured
    if (header.pictured) paint(canvas, blobs[1])
    shown = [header, numbersOf(blobs[0])]
    draw()
    find(".keys").replaceChildren(...keysOf(header))
    find(".told").replaceChildren(...header.told.map(text => element("p", { text })))
    const cells = (tag, row) => element("tr", {}, ...row.map(text => element(tag, { text })))
    find("caption").textContent = header.caption
    find("thead").replaceChildren(cells("th", header.heads))
    find("tbody").replaceChildren(...header.rows.map(row => cells("td", row)))
    if (header.also) {
      const detail = { name: header.also, message: blobs.at(-1) }
      window.dispatchEvent(new CustomEvent("deepglass-live", { detail }))
    }
  }
  // At the size at which it stands, so that its letters are as large as others.
  function draw() {
    if (!shown) return
    const [header, values] = shown, wide = Math.max(strips.clientWidth, LEAST)
    const height = ROW * header.classes.length + 26
    filled(strips, { viewBox: `0 0 ${wide} ${height}`, height, "aria-label": header.alt })
    strips.replaceChildren(...drawn(header, values, wide))
    const bits = find(".bits"), whole = Math.max(bits.clientWidth, LEAST)
    filled(bits, { viewBox: `0 0 ${whole} 34` }).replaceChildren(...bitsOf(header, whole))
  }

  place.onResize(draw, strips)
  place.onLive(() => name, update)
  return update
})

function paint(canvas, codes) {
  const picture = new ImageData(PIXELS, PIXELS)
  codes.forEach((code, index) => picture.data.set([code, code, code, 255], 4 * index))
  canvas.getContext("2d").putImageData(picture, 0, 0)
}

function drawn({ classes, means, scaled, colours }, values, wide) {
  const left = 16 + LETTER * Math.max(...classes.map(one => one.length)), count = values.length / classes.length
  const across = linear([0, 1], [left, wide - RIGHT]), best = means.reduce((top, [mean], row) =>
    mean > means[top][0] ? row : top, 0)
  const bottom = ROW * classes.length
  const places = wide < 400 ? [0, 0.5, 1] : [0, 0.25, 0.5, 0.75, 1]
  const ticked = places.map(part => tickBelow(across(part), { bottom }, `${100 * part} %`))
  return [...classes.flatMap((text, row) => {
    const y = ROW * row + ROW / 2, [mean, low, high] = means[row]
    const d = Array.from({ length: count }, (_, mask) =>
      `M${across(values[row * count + mask]).toFixed(1)},${(y + lift(mask)).toFixed(1)}h0`).join("")
    return [
      svg("line", { class: "track", x1: left, x2: wide - RIGHT, y1: y, y2: y }),
      svg("text", { x: left - 10, y: y + 4, "text-anchor": "end", class: row === best ? "best" : null }, text),
      svg("path", { class: "dots", d, stroke: colours.masks }),
      svg("line", { class: "range", x1: across(low), x2: across(high), y1: y, y2: y }),
      svg("line", { class: "mean", x1: across(mean), x2: across(mean), y1: y - 9, y2: y + 9 }),
      svg("circle", { class: "alone", cx: across(scaled[row]), cy: y, r: 4.5, stroke: colours.scaled }),
    ]
  }), ...ticked]
}

// How far from the middle of its strip a mask's dot lies, always the same: in steps of the golden ratio.
const lift = mask => ((mask * 0.618034) % 1 - 0.5) * 13

function keysOf({ colours }) {
  const key = (text, ...marks) =>
    element("span", {}, svg("svg", { viewBox: "0 0 22 12", "aria-hidden": "true" }, ...marks), text)
  const block = fill => svg("rect", { width: 22, height: 12, ...fill })
  return [
    key(say("one mask"), svg("path", { class: "dots", d: "M6,6h0M15,6h0", stroke: colours.masks })),
    key(say("mean, with its interval of 95 %"), svg("line", { class: "range", x1: 3, x2: 19, y1: 6, y2: 6 }),
      svg("line", { class: "mean", x1: 11, x2: 11, y1: 0, y2: 12 })),
    key(say("weight-scaled network"), svg("circle", { class: "alone", cx: 11, cy: 6, r: 4.5, stroke: colours.scaled })),
    key(say("doubt within each network"), block({ fill: "currentColor", "fill-opacity": 0.45 })),
    key(say("between the networks"), block({ fill: colours.masks })),
  ]
}

function bitsOf({ bits: [within, between], alone, most, colours }, wide) {
  const across = linear([0, most], [0, wide]), bar = (kind, x, width, look = {}) =>
    svg("rect", { class: kind, x, y: 4, width: Math.max(width, 0), height: 14, ...look })
  return [
    bar("whole", 0, wide), bar("within", 0, across(within)),
    bar("between", across(within), across(between), { fill: colours.masks }),
    svg("circle", { class: "alone", cx: clamp(across(alone), 5, wide - 5), cy: 11, r: 4.5, stroke: colours.scaled }),
    svg("text", { class: "tick", x: 0, y: 31 }, say("0 bits: sure")),
    svg("text", { class: "tick", x: wide, y: 31, "text-anchor": "end" },
      say("{most} bits: every class alike", { most: show(most, 2) })),
  ]
}
