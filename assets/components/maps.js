// A layer's maps as one picture: point at a tile to read what it is, click it or press Enter to
// choose it. The tiles are real options over the picture, so that keys and screen readers find them.
// Out, state "picked": {index, number}.
/**
 * With the picture; `tile` is height and width in its pixels, `selected` an index.
 * @typedef {{number: number, digest: number, mime: string, height: number, width: number, columns: number,
 *   tile: [number, number], gap: number, labels: string[], numbers: number[], selected: ?number,
 *   alt: string}} MapsMessage
 */
export default component(place => {
  const { find } = place
  const frame = find(".frame"), image = find("img"), tiles = find(".tiles"), caption = find(".caption")
  /** @type {MapsMessage} */
  let settings = null
  let layout = "", number = 0
  let chosen = null, active = 0, pointed = null  // chosen by click, reached by key, under the pointer

  function update(data) {
    const { header, blobs: [picture] } = unpack(data)
    if (settings?.digest !== header.digest) showPicture(header, picture)
    settings = header
    tiles.setAttribute("aria-label", header.alt)
    const wanted = JSON.stringify([header.labels, header.numbers, header.columns, header.tile, header.gap])
    if (layout !== wanted) { layout = wanted; layTiles() }
    if (header.number >= number) { number = header.number; chosen = header.selected }
    active = bounded(chosen ?? active)
    refresh()
  }

  const bounded = index => clamp(index, 0, settings.labels.length - 1)

  function showPicture({ mime, height, width, columns }, picture) {
    URL.revokeObjectURL(image.src)
    image.src = addressOf(picture, mime)
    frame.style.setProperty("--ratio", width / height)
    frame.style.setProperty("--columns", columns)
  }

  function layTiles() {
    const { labels, numbers = [], columns, tile: [tall, wide], gap, height, width } = settings
    tiles.replaceChildren(...labels.map((label, index) => {
      const option = element("div", { role: "option", id: `tile-${index}`, "data-index": index, "aria-label": label })
      if (index < numbers.length) option.append(element("span", { class: "number", text: whole(numbers[index]) }))
      const left = (index % columns) * (wide + gap), top = Math.floor(index / columns) * (tall + gap)
      Object.assign(option.style, {
        left: `${(100 * left) / width}%`, width: `${(100 * wide) / width}%`,
        top: `${(100 * top) / height}%`, height: `${(100 * tall) / height}%`,
      })
      return option
    }))
    pointed = null
  }

  function refresh() {
    const keyed = tiles.matches(":focus-visible") ? active : null
    const shown = pointed ?? keyed
    for (const [index, option] of [...tiles.children].entries()) {
      option.setAttribute("aria-selected", index === chosen)
      option.classList.toggle("pointed", index === shown)
    }
    tiles.setAttribute("aria-activedescendant", `tile-${active}`)
    describe(shown ?? chosen)
  }

  function describe(index) {
    const note = index === null ? say("Point at a tile; a click or Enter chooses it")
      : index === chosen ? say("chosen") : say("a click or Enter chooses it")
    const parts = index === null ? [] : [element("b", { text: settings.labels[index] }), " · "]
    caption.replaceChildren(...parts, element("span", { class: "note", text: note }))
  }

  function pick(index) {
    chosen = active = index
    number = later(number)
    refresh()
    place.report("picked", { index, number })
  }

  // To another tile; an arrow that would leave the montage stays.
  function go(next, leaves) {
    if (!leaves) active = bounded(next)
    pointed = null
    tiles.children[active].scrollIntoView({ block: "nearest", inline: "nearest" })
    refresh()
  }

  const indexOf = event => {
    const option = event.target.closest("[data-index]")
    return option ? Number(option.dataset.index) : null
  }
  tiles.onpointerover = event => { pointed = indexOf(event) ?? pointed; refresh() }
  tiles.onpointerleave = () => { pointed = null; refresh() }
  tiles.onclick = event => { if (indexOf(event) !== null) pick(indexOf(event)) }
  tiles.onfocus = tiles.onblur = () => refresh()
  onKeys(tiles, {
    arrow(right, down) {
      const next = active + right + down * settings.columns
      go(next, bounded(next) !== next)
    },
    Home: () => go(0), End: () => go(Infinity), Enter: () => pick(active),
  })

  // Enlarged pixels keep their edges; a montage larger than its place is averaged.
  const sharpen = () => {
    if (!settings) return
    const enlarged = frame.clientWidth * (window.devicePixelRatio || 1) > image.naturalWidth
    image.style.imageRendering = enlarged ? "pixelated" : "auto"
    const { tile: [tall, wide], width } = settings, shown = (frame.clientWidth * Math.min(tall, wide)) / width
    frame.classList.toggle("tight", shown < 26)
  }
  image.onload = sharpen
  place.onResize(sharpen, frame)
  place.atEnd(() => URL.revokeObjectURL(image.src))
  return update
})
