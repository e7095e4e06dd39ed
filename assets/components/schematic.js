// A network as a row of blocks from the photo to the output, with the links between them: as high as its maps
// are large, as many sheets deep as it has many. A click or Enter chooses a layer.
// Out, state "picked": {name, number}.
/**
 * Links go from one block to a later one, by their places; −1 is the photo.
 * @typedef {{name: string, title: string, kind: string, colour: string, maps: number, side: number,
 *   shape: string}} Block
 * @typedef {{number: number, blocks: Block[], links: [number, number][], selected: number, facts: string[],
 *   input: string, output: [string, string][], alt: string}} SchematicMessage
 */
const BASE = 98, TALLEST = 62, LEFT = 46, RIGHT = 104, NARROWEST = 9, SHEET = 2.5, KIND_ROOM = 42, LETTER = 5.6

export default component(place => {
  const { find } = place
  const drawing = find("svg"), caption = find(".caption"), legend = find(".legend")
  /** @type {SchematicMessage} */
  let data = null
  let drawn = "", number = 0, selected = 0, active = 0, pointed = null

  function update(given) {
    const wanted = JSON.stringify([given.blocks, given.links, given.input, given.output])
    data = given
    drawing.setAttribute("aria-label", data.alt)
    if (given.number >= number) { number = given.number; selected = given.selected }
    selected = active = clamp(selected, 0, data.blocks.length - 1)
    if (drawn !== wanted) { drawn = wanted; draw() }
    refresh()
  }

  function draw() {
    const { blocks, links, input, output } = data
    const width = Math.max(find(".scroller").clientWidth, LEFT + RIGHT + NARROWEST * blocks.length)
    const layout = placesOf(blocks, width)
    const at = index => layout[index] ?? { x: LEFT / 2, wide: 26, high: TALLEST }
    Object.assign(drawing.style, { width: `${width}px` })
    const photo = svg("g", { "aria-hidden": "true" },
      svg("rect", { x: LEFT / 2 - 13, y: BASE - TALLEST, width: 26, height: TALLEST, rx: 2, fill: "none",
        stroke: "currentColor" }),
      svg("text", { x: LEFT / 2, y: BASE - TALLEST / 2 + 4, "text-anchor": "middle" }, say("photo")))
    const end = layout.at(-1), right = end.x + end.wide / 2 + 10
    const said = svg("g", { "aria-hidden": "true" }, ...output.map(([name, share], line) =>
      svg("text", { x: right + 6, y: BASE - 34 + 15 * line, "font-weight": line ? null : 650, translate: "no" },
        `${name.length > 9 ? `${name.slice(0, 8)}…` : name} ${share}`)))
    drawing.replaceChildren(
      ...links.map(([from, to]) => linkOf(at(from), at(to), to - from > 1, from, to)),
      svg("path", { class: "link", d: `M${end.x + end.wide / 2} ${BASE - 8}H${right + 2}` }),
      photo, ...blocks.map((block, index) => blockOf(block, at(index), index)), said,
      ...shapesOf(blocks, layout, input).map(([x, text]) =>
        svg("text", { x, y: BASE + 28, "aria-hidden": "true" }, text)))
    const kinds = new Map(blocks.map(({ kind, colour }) => [kind, colour]))
    legend.replaceChildren(...[...kinds].map(([kind, colour]) =>
      element("span", {}, element("i", { style: `background: ${colour}` }), kind)))
    legend.hidden = layout[0].step >= KIND_ROOM
  }

  function linkOf(one, other, skips, from, to) {
    const [x1, x2] = [one.x + one.wide / 2, other.x - other.wide / 2]
    const top = BASE - Math.max(one.high, other.high)
    const arc = `C${one.x} ${top - 34} ${other.x} ${top - 34} ${other.x} ${BASE - other.high}`
    const d = skips ? `M${one.x} ${BASE - one.high}${arc}` : `M${x1} ${BASE - 8}H${x2}`
    return svg("path", { class: skips ? "link skip" : "link", d, "data-from": from, "data-to": to })
  }

  function blockOf({ name, title, kind, colour, maps, shape }, { x, wide, high, step }, index) {
    const sheets = Math.min(3, Math.floor(Math.log2(Math.max(maps, 1)) / 2), Math.floor((step - wide) / SHEET))
    const rects = Array.from({ length: Math.max(sheets, 1) }, (_, sheet) => {
      const shift = SHEET * (Math.max(sheets, 1) - 1 - sheet)
      return svg("rect", { x: x - wide / 2 + shift, y: BASE - high - shift, width: wide, height: high, rx: 2,
        fill: colour })
    })
    const said = step >= KIND_ROOM
      ? [svg("text", { class: "kind", x, y: BASE + 13, "text-anchor": "middle" }, shortened(kind, step))] : []
    return svg("g", { class: "block", role: "option", id: `block-${index}`, "data-index": index,
      "aria-label": `${name}: ${title}, ${shape}` },
    svg("rect", { class: "hit", x: x - step / 2, y: 0, width: step, height: BASE + 16 }), ...rects, ...said)
  }

  function refresh() {
    const shown = pointed ?? (drawing.matches(":focus-visible") ? active : selected)
    for (const block of drawing.querySelectorAll(".block")) {
      const index = Number(block.dataset.index)
      block.setAttribute("aria-selected", index === selected)
      block.classList.toggle("active", index === shown)
    }
    for (const link of drawing.querySelectorAll("[data-to]")) {
      link.classList.toggle("near", [link.dataset.from, link.dataset.to].map(Number).includes(shown))
    }
    drawing.setAttribute("aria-activedescendant", `block-${active}`)
    caption.replaceChildren(element("b", { text: data.blocks[shown].name }), ` · ${data.facts[shown]}`)
  }

  function pick(index) {
    selected = active = index
    number = later(number)
    refresh()
    place.report("picked", { name: data.blocks[index].name, number })
  }

  function go(index) {
    active = clamp(index, 0, data.blocks.length - 1)
    pointed = null
    drawing.querySelector(`#block-${active}`).scrollIntoView({ block: "nearest", inline: "nearest" })
    refresh()
  }

  const indexOf = event => {
    const block = event.target.closest("[data-index]")
    return block ? Number(block.dataset.index) : null
  }
  drawing.onpointerover = event => { pointed = indexOf(event); refresh() }
  drawing.onpointerleave = () => { pointed = null; refresh() }
  drawing.onclick = event => { if (indexOf(event) !== null) pick(indexOf(event)) }
  drawing.onfocus = drawing.onblur = () => refresh()
  onKeys(drawing, {
    arrow: (right, down) => go(active + right + down),
    Home: () => go(0), End: () => go(Infinity), Enter: () => pick(active),
  })
  let before = 0
  place.onResize(() => {
    const width = find(".scroller").clientWidth
    if (data && width !== before) { before = width; draw(); refresh() }
  }, find(".scroller"))
  return update
})

// Where the blocks stand: their middles, widths and heights; the size of a map counts by its root.
function placesOf(blocks, width) {
  const step = (width - LEFT - RIGHT) / blocks.length
  const most = Math.sqrt(Math.max(1, ...blocks.map(({ side }) => side)))
  const wide = clamp(0.6 * step, 6, 30)
  return blocks.map(({ side }, index) => ({
    step, wide, x: LEFT + step * (index + 0.5), high: 6 + (TALLEST - 6) * (Math.sqrt(side) / most),
  }))
}

// The shapes, each where it begins, or at the next block of that shape which has room beside the text before.
function shapesOf(blocks, layout, input) {
  const texts = [[2, input]]
  let end = 2 + LETTER * input.length, last = ""
  blocks.forEach(({ shape }, index) => {
    const x = layout[index].x - layout[index].wide / 2
    if (shape === last || x < end + 8) return
    if (x + LETTER * shape.length > layout.at(-1).x + RIGHT) return
    texts.push([x, shape])
    end = x + LETTER * shape.length
    last = shape
  })
  return texts
}

function shortened(text, room) {
  const most = Math.floor(room / LETTER)
  return text.length > most ? `${text.slice(0, most - 1)}.` : text
}
