// A layer's maps as one picture: point at a tile to read what it is, click it or press Enter to
// choose it. The tiles are real options over the picture, so that keys and screen readers find them.
// In: {number, digest, mime, height, width, columns, tile: [height, width], gap, labels, selected,
// alt, words}, and the picture. Out, state "picked": {index, number}.
const montages = new WeakMap()

export default function (component) {
  const { parentElement, data, setStateValue } = component
  let montage = montages.get(parentElement)
  if (!montage) montages.set(parentElement, (montage = createMontage(parentElement)))
  montage.report = value => setStateValue("picked", value)
  const { header, blobs } = unpack(data)
  montage.update(header, blobs[0])
  return () => montage.stop()
}

function createMontage(parentElement) {
  const find = selector => parentElement.querySelector(selector)
  const frame = find(".frame"), image = find("img"), tiles = find(".tiles"), caption = find(".caption")
  let settings = null, layout = "", number = 0
  let chosen = null, active = 0, pointed = null  // chosen by click, reached by key, under the pointer

  function update(header, picture) {
    if (settings?.digest !== header.digest) showPicture(header, picture)
    settings = header
    tiles.setAttribute("aria-label", header.alt)
    const wanted = JSON.stringify([header.labels, header.columns, header.tile, header.gap])
    if (layout !== wanted) { layout = wanted; layTiles() }
    if (header.number >= number) { number = header.number; chosen = header.selected }
    active = bounded(chosen ?? active)
    refresh()
  }

  const bounded = index => Math.min(Math.max(index, 0), settings.labels.length - 1)

  function showPicture({ mime, height, width, columns }, picture) {
    URL.revokeObjectURL(image.src)
    image.src = URL.createObjectURL(new Blob([picture], { type: mime }))
    frame.style.setProperty("--ratio", width / height)
    frame.style.setProperty("--columns", columns)
  }

  function layTiles() {
    const { labels, columns, tile: [tall, wide], gap, height, width } = settings
    tiles.replaceChildren(...labels.map((label, index) => {
      const option = element("div", { role: "option", id: `tile-${index}`, "data-index": index, "aria-label": label })
      Object.assign(option.style, {
        left: `${(100 * (index % columns) * (wide + gap)) / width}%`, width: `${(100 * wide) / width}%`,
        top: `${(100 * Math.floor(index / columns) * (tall + gap)) / height}%`, height: `${(100 * tall) / height}%`,
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
    say(shown ?? chosen, (shown ?? chosen) === chosen)
  }

  function say(index, isChosen) {
    const { labels, words } = settings
    const note = index === null ? words.hint : isChosen ? words.chosen : words.choose
    const parts = index === null ? [] : [element("b", { text: labels[index] }), " · "]
    caption.replaceChildren(...parts, element("span", { class: "note", text: note }))
  }

  function pick(index) {
    chosen = active = index
    number = Math.max(number + 1, Date.now())
    refresh()
    montage.report({ index, number })
  }

  const indexOf = event => {
    const option = event.target.closest("[data-index]")
    return option ? Number(option.dataset.index) : null
  }
  tiles.onpointerover = event => { pointed = indexOf(event) ?? pointed; refresh() }
  tiles.onpointerleave = () => { pointed = null; refresh() }
  tiles.onclick = event => { if (indexOf(event) !== null) pick(indexOf(event)) }
  tiles.onfocus = tiles.onblur = () => refresh()
  tiles.onkeydown = event => {
    const { columns, labels } = settings
    const moves = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns, Home: -labels.length, End: labels.length }
    if (event.key in moves) {
      const next = active + moves[event.key]
      const leaves = event.key.startsWith("Arrow") && bounded(next) !== next
      if (!leaves) active = bounded(next)
      pointed = null
      tiles.children[active].scrollIntoView({ block: "nearest", inline: "nearest" })
    } else if (event.key === "Enter" || event.key === " ") pick(active)
    else return
    event.preventDefault()
    refresh()
  }

  // Enlarged pixels keep their edges; a montage larger than its place is averaged.
  const sharpen = () => {
    const enlarged = frame.clientWidth * (window.devicePixelRatio || 1) > image.naturalWidth
    image.style.imageRendering = enlarged ? "pixelated" : "auto"
  }
  image.onload = sharpen
  const observer = new ResizeObserver(sharpen)
  observer.observe(frame)

  const montage = { update, report: () => {}, stop() { observer.disconnect(); URL.revokeObjectURL(image.src); montages.delete(parentElement) } }
  return montage
}
