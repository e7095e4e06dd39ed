// Numbers that instruments measured of the runs of two faults, a row of dots for each number: above the axis one fault,
// below it the other. What lies between them is shaded where the two are apart.
/**
 * `spots` are from 0 to 1, of the runs of the one fault and of the other, null for what is no number and stands beside
 * the axis; `texts` what each of them is.
 * @typedef {{title: string, verdict: string, spots: [(?number)[], (?number)[]], texts: [string[], string[]],
 *   gap: ?[number, number], ticks: [number, string][]}} TellingRow
 * @typedef {{name: string, number: number, rows: TellingRow[], names: [string, string], colours: [string, string],
 *   seeds: number[]}} TellingMessage
 */
const SIDE = 12, BESIDE = 40, HIGH = 78, AXIS = 34, AWAY = 13, RADIUS = 5

export default component(place => {
  const { find } = place, rows = find(".rows")
  /** @type {TellingMessage} */
  let data = null
  let drawn = 0, at = [0, 0, 0]

  function update(bytes) {
    data = unpack(bytes).header
    draw()
  }

  function draw() {
    drawn = rows.clientWidth
    if (!data || !drawn) return
    find(".legend").replaceChildren(...data.names.map((name, group) =>
      element("span", {}, element("i", { style: `background:${data.colours[group]}` }), name)))
    rows.replaceChildren(...data.rows.map(rowOf))
    if (data.rows.length) point(...at.map((one, axis) => axis ? one : Math.min(one, data.rows.length - 1)))
  }

  function rowOf(row, index) {
    const across = placing(row), box = { left: SIDE, right: across(1), bottom: HIGH - 20 }
    const picture = svg("svg", { viewBox: `0 0 ${drawn} ${HIGH}`, height: HIGH, tabindex: 0, role: "slider",
      "aria-valuemin": 1, "aria-valuemax": row.spots.flat().length })
    if (row.gap) {
      const [from, to] = row.gap.map(across)
      picture.append(svg("rect", { class: "gap", x: from, width: Math.max(to - from, 1), y: 4, height: 2 * AXIS - 8 }))
    }
    picture.append(levelLine(AXIS + 0.5, box, "axis"))
    let free = -Infinity
    row.ticks.forEach(([spot, text]) => {
      const x = across(spot), half = 3.6 * text.length
      picture.append(svg("line", { class: "axis", x1: x, x2: x, y1: AXIS - 4, y2: AXIS + 4 }))
      if (x - half < free + 4) return
      free = Math.max(x, half) + half
      picture.append(tickBelow(clamp(x, half, drawn - half), box, text))
    })
    if (row.spots.flat().includes(null)) picture.append(tickBelow(across(null), box, "–"))
    row.spots.forEach((spots, group) => spots.forEach(spot => picture.append(shape(group, across(spot)))))
    picture.append(svg("circle", { class: "picked", r: RADIUS + 3, cx: -99 }))
    picture.onpointermove = picture.onpointerdown = event => {
      const [right, down] = partUnder(event, picture), group = down * HIGH < AXIS ? 0 : 1
      const far = row.spots[group].map(spot => Math.abs(across(spot) - right * drawn))
      point(index, group, far.indexOf(Math.min(...far)))
    }
    picture.onfocus = () => point(index, at[1], at[2])
    onKeys(picture, {
      arrow: (right, down) => {
        if (down) return point(index, down > 0 ? 1 : 0, at[2])
        const places = row.spots[at[1]].map((spot, place_) => [spot, place_])
        const order = places.sort((one, other) => across(one[0]) - across(other[0]))
        const now = order.findIndex(([, place_]) => place_ === at[2])
        point(index, at[1], order[clamp(now + right, 0, order.length - 1)][1])
      },
    })
    return element("div", { class: "row" }, element("div", { class: "head" },
      element("span", { class: "title", text: row.title }), element("span", { class: "verdict", text: row.verdict })),
    picture)
  }
  // Where a spot lies; what is no number right of the axis, which then ends before.
  function placing(row) {
    const beside = row.spots.flat().includes(null), along = linear([0, 1], [SIDE, drawn - SIDE - (beside ? BESIDE : 0)])
    return spot => spot === null ? drawn - SIDE : along(spot)
  }
  const height = group => AXIS + (group ? AWAY : -AWAY)
  function shape(group, x) {
    const look = { class: "dot", fill: data.colours[group] }, y = height(group)
    return group ? svg("rect", { ...look, x: x - RADIUS, y: y - RADIUS, width: 2 * RADIUS, height: 2 * RADIUS })
      : svg("circle", { ...look, cx: x, cy: y, r: RADIUS })
  }

  function point(index, group, which) {
    at = [index, group, which]
    const row = data.rows[index], run = Math.min(which, row.spots[group].length - 1), across = placing(row)
    ;[...rows.children].forEach((one, place_) => filled(one.querySelector(".picked"),
      place_ === index ? { cx: across(row.spots[group][run]), cy: height(group) } : { cx: -99 }))
    const text = say("{name}, seed {seed}: {value}",
      { name: data.names[group], seed: data.seeds[run], value: row.texts[group][run] })
    find(".pointed").textContent = text
    filled(rows.children[index].querySelector("svg"), { "aria-label": `${row.title}. ${row.verdict}`,
      "aria-valuenow": group * row.spots[0].length + run + 1, "aria-valuetext": text })
  }

  place.onLive(() => data?.name, update)
  place.onResize(() => { if (rows.clientWidth !== drawn) draw() }, rows)
  return update
})
