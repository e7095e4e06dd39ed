// Runs beside each other, each with its small curves of loss and accuracy. Point at one, or go to it with the arrow
// keys, and read what was wrong with it; where names are hidden, name it first.
/**
 * `others` are the places of the names that a reader chooses from where names are hidden, the right one among them.
 * Blob: float32, of each run `curves.length` lines of `count` heights from 0, the floor of its plot, to 1; NaN: a gap.
 * @typedef {{title: string, lines: [string, string][], alt: string, others: number[]}} Suspect
 * @typedef {{name: string, number: number, hidden: boolean, runs: Suspect[], count: number,
 *   curves: {title: string, colour: string, dash: string, plot: number}[],
 *   plots: {title: string, ticks: [number, string][]}[], last: string}} SuspectsMessage
 */
const HIGH = 66, BETWEEN = 20, LEFT = 30, TOP = 16, FOOT = 16

export default component(place => {
  const { find } = place, runs = find(".runs")
  /** @type {SuspectsMessage} */
  let data = null
  let heights = null, at = 0, number = -1, named = new Map(), drawn = 0

  function update(bytes) {
    /** @type {{header: SuspectsMessage, blobs: Uint8Array[]}} */
    const { header, blobs } = unpack(bytes)
    if (header.number < number) return
    const titles = JSON.stringify(header.runs.map(one => one.title))
    if (!data || data.hidden !== header.hidden || titles !== JSON.stringify(data.runs.map(one => one.title))) {
      named = new Map()
      at = Math.min(at, Math.max(header.runs.length - 1, 0))
    }
    data = header
    number = header.number
    heights = numbersOf(blobs[0])
    draw()
  }

  function draw() {
    drawn = runs.clientWidth
    if (!data || !drawn) return
    find(".legend").replaceChildren(...data.curves.filter(one => !one.plot).map(({ title, colour, dash }) =>
      element("span", {}, sample(28, colour, dash), title)))
    runs.replaceChildren(...data.runs.map(card))
    paint()
    point(at)
  }

  function card(_, index) {
    const button = element("button", { type: "button", class: "run" }, element("div", { class: "title" }))
    button.onpointerenter = event => { if (event.pointerType === "mouse") point(index) }
    button.onfocus = () => point(index)
    button.onclick = () => point(index)
    onKeys(button, { arrow: (right, down) => runs.children[index + right + down * columns()]?.focus() })
    return button
  }
  const columns = () => getComputedStyle(runs).gridTemplateColumns.split(" ").length

  // The plots of all runs have the same axes.
  function paint() {
    const width = (runs.children[0]?.clientWidth ?? 0) - 12, { plots, curves, count } = data
    const high = plots.length * (HIGH + BETWEEN) + FOOT
    ;[...runs.children].forEach((button, index) => {
      const picture = svg("svg", { viewBox: `0 0 ${width} ${high}`, height: high, "aria-hidden": "true" })
      plots.forEach(({ title, ticks: marks }, row) => {
        const box = { left: LEFT, right: width - 2, top: TOP + row * (HIGH + BETWEEN) }
        box.bottom = box.top + HIGH
        const up = linear([0, 1], [box.bottom, box.top]), across = linear([0, count - 1], [box.left, box.right])
        picture.append(svg("text", { class: "tick", x: 0, y: box.top - 5 }, title))
        marks.forEach(([height, text]) => picture.append(levelLine(Math.round(up(height)) + 0.5, box, "grid"),
          svg("text", { class: "tick", x: LEFT - 4, y: up(height) + (height ? 9 : -1), "text-anchor": "end" }, text)))
        const lines = curves.flatMap((curve, line) => curve.plot === row ? [svg("path", {
          class: "curve", stroke: curve.colour, "stroke-dasharray": curve.dash,
          d: path((index * curves.length + line) * count, count, across, up),
        })] : [])
        picture.append(within(`s${index}-${row}`, box, 1, ...lines))
      })
      picture.append(svg("text", { class: "tick", x: width - 2, y: high - 4, "text-anchor": "end" }, data.last))
      button.querySelector("svg")?.remove()
      button.append(picture)
    })
  }

  function path(from, count, across, up) {
    let open = false
    return Array.from(heights.subarray(from, from + count), (height, place_) => {
      if (Number.isNaN(height)) {
        open = false
        return ""
      }
      const letter = open ? "L" : "M"
      open = true
      return `${letter}${across(place_).toFixed(1)} ${up(height).toFixed(1)}${letter === "M" ? "h0.1" : ""}`
    }).join("")
  }

  function point(index) {
    at = index
    const run = data.runs[index]
    find(".side").hidden = !run
    if (!run) return
    const known = !data.hidden || named.has(index)
    ;[...runs.children].forEach((button, place_) => {
      const open = !data.hidden || named.has(place_), { title, alt } = data.runs[place_]
      const name = open ? title : say("Run {number}", { number: place_ + 1 })
      button.className = ["run", place_ === at ? "pointed" : "", data.hidden && open
        ? named.get(place_) === title ? "right" : "wrong" : ""].join(" ")
      button.querySelector(".title").textContent = name
      filled(button, { "aria-label": `${name}. ${alt}`, "aria-pressed": place_ === at })
    })
    const guess = named.get(index), verdict = guess === run.title ? say("Right: {name}", { name: run.title })
      : say("No, not “{guess}”: {name}", { guess, name: run.title })
    find(".name").textContent = !known ? say("Run {number}: what is wrong with it?", { number: index + 1 })
      : data.hidden ? verdict : run.title
    find(".lines").replaceChildren(...known ? run.lines.map(([what, text]) =>
      element("div", {}, element("span", { class: "what", text: what }), text)) : [])
    find(".guesses").replaceChildren(...known ? [] : run.others.map(other => {
      const { title } = data.runs[other], button = element("button", { type: "button", text: title })
      button.onclick = () => {
        named.set(index, title)
        point(index)
        runs.children[index].focus()
      }
      return button
    }))
    const right = [...named].filter(([place_, name]) => data.runs[place_].title === name).length
    const counts = { right, named: named.size, count: data.runs.length }
    find(".score").textContent = data.hidden && named.size
      ? say("{right} of {named} named rightly, {count} runs in all", counts) : ""
  }

  place.onLive(() => data?.name, update)
  place.onResize(() => { if (runs.clientWidth !== drawn) draw() }, runs)
  return update
})
