// A set of segmented pictures, and its mean IoU six ways: of the summed confusion or as the mean over pictures, with
// absent classes left out, as 0 or as 1; below, the IoU of each class. Every number is the server's.
/**
 * With the tiles as RGB codes. A value is null where it is not defined.
 * @typedef {{title: string, values: ?number[], texts: string[]}} AverageGroup
 * @typedef {{name: string, number: number, width: number, height: number, groups: AverageGroup[],
 *   classes: {title: string, value: ?number, text: string}[], told: string[], alt: string, titles: string[],
 *   keys: [string, string][], series: [string, string][], says: string[]}} AveragesMessage
 */
const SIDE = 118, TALL = 18, BETWEEN = 4, HEADROOM = 26

export default component(place => {
  const { find } = place, canvas = find("canvas")
  /** @type {AveragesMessage} */
  let data = null

  function take(bytes) {
    const { header, blobs } = unpack(bytes)
    if (data && header.number < data.number) return
    data = header
    const { width, height } = header, picture = new ImageData(width, height), codes = blobs[0]
    for (let at = 0; at < width * height; at += 1) {
      picture.data.set(codes.subarray(3 * at, 3 * at + 3), 4 * at)
      picture.data[4 * at + 3] = 255
    }
    Object.assign(canvas, { width, height })
    canvas.getContext("2d").putImageData(picture, 0, 0)
    canvas.setAttribute("aria-label", header.alt)
    const key = ([text, colour]) => element("span", {}, element("i", { style: `background:${colour}` }), text)
    find(".left .keys").replaceChildren(...header.keys.map(key))
    find(".also").replaceChildren(...header.series.map(key))
    find(".told").replaceChildren(...header.told.map(text => element("p", {}, ...text.split("**").map((part, at) =>
      at % 2 ? element("b", { text: part }) : part))))
    draw()
  }

  function draw() {
    if (!data) return
    drawMeans(find(".means"))
    drawClasses(find(".classes"))
  }

  function drawMeans(plot) {
    const wide = plot.clientWidth, { groups, series, titles, says } = data
    if (wide < SIDE + 60) return
    const across = linear([0, 1], [SIDE, wide - 46]), rows = [svg("text", { class: "title", x: 0, y: 13 }, titles[0])]
    const bottom = HEADROOM + groups.length * (2 * TALL + BETWEEN + 8)
    for (const one of [0, 0.2, 0.4, 0.6, 0.8, 1]) {
      rows.push(uprightLine(across(one), { top: HEADROOM - 4, bottom }, "grid"),
        tickBelow(across(one), { bottom }, show(one, 1)))
    }
    groups.forEach(({ title, values, texts }, group) => {
      const top = HEADROOM + group * (2 * TALL + BETWEEN + 8)
      rows.push(svg("text", { x: SIDE - 10, y: top + TALL + 5, "text-anchor": "end" }, title))
      values.forEach((value, which) => {
        const y = top + which * TALL
        rows.push(svg("rect", { x: SIDE, y, width: Math.max(across(value ?? 0) - SIDE, 0), height: TALL - 3,
          fill: series[which][1] }), svg("text", { x: across(value ?? 0) + 5, y: y + 12 }, texts[which]))
      })
    })
    filled(plot, { viewBox: `0 0 ${wide} 196`, "aria-label": says[0] }).replaceChildren(...rows)
  }

  function drawClasses(plot) {
    const wide = plot.clientWidth, { classes, series, titles, says } = data, bottom = 124
    if (wide < 120) return
    const up = linear([0, 1], [bottom, HEADROOM + 14]), room = (wide - 30) / classes.length
    const parts = [svg("text", { class: "title", x: 0, y: 13 }, titles[1]),
      ...[0, 0.5, 1].flatMap(one => [levelLine(up(one), { left: 28, right: wide }, "grid"),
        tickLeft(up(one), { left: 28 }, show(one, 1))])]
    classes.forEach(({ title, value, text }, at) => {
      const x = 30 + at * room, middle = x + room / 2
      parts.push(svg("rect", { x: x + 2, y: up(value ?? 0), width: Math.max(room - 4, 1), fill: series[0][1],
        height: bottom - up(value ?? 0) }), tickBelow(middle, { bottom }, title))
      const held = { x: middle, y: up(value ?? 0) - 4, "text-anchor": "middle" }
      if (value === null || room > 30) parts.push(svg("text", held, text))
    })
    filled(plot, { viewBox: `0 0 ${wide} 150`, "aria-label": says[1] }).replaceChildren(...parts)
  }

  place.onLive(() => data?.name, take)
  place.onResize(draw, find(".means"))
  return take
})
