// The maps of all methods as tiles, and the chosen one large over the photo, one faded into the other by a slider.
// The first tile is the photo by itself, with a patch on it to be dragged: what the network says of the rest is asked
// for at the live address, one place at a time and the latest last.
// Out, states "picked": {slug, number}, "placed": {values: {row, column}, number} and "mixed": {percent}.
/**
 * With the photo as JPEG and a PNG for each tile; rows and columns are pixels of the network's input, of `side`.
 * @typedef {{name: string, now: string, before: string, share: number}} Said
 * @typedef {{name: string, number: number, address: string, side: number, selected: string,
 *   percent: number, digest: number, tiles: {slug: string, title: string, alt: string}[],
 *   patch: {slug: string, size: number, number: number, row: number, column: number, said: Said[]},
 *   stops: string[], cover: string, bar: string,
 *   alt: string}} AttributionMessage
 */
export default component(place => {
  const { find } = place, root = find(".attribution"), tiles = find(".tiles"), stage = find(".stage")
  const patch = find(".patch"), mix = find("input"), photo = find(".photo"), map = find(".map")
  const flow = makeFlow(() => {})
  /** @type {AttributionMessage} */
  let settings = null
  let pictures = [], chosen = "", number = 0, at = { row: 0, column: 0 }, held = false, moved = 0
  find(".mix .name").textContent = say("Map over photo")
  tiles.setAttribute("aria-label", say("The methods, one of them large"))
  const forget = () => [photo.src, ...pictures].forEach(one => URL.revokeObjectURL(one))
  place.atEnd(() => { forget(); tiles.replaceChildren(); flow.stop() })

  function update(data) {
    const { header, blobs } = unpack(data), before = settings
    if (!before) mix.value = header.percent
    settings = header
    if (before?.digest !== header.digest) showPictures(blobs)
    for (const name of ["cover", "bar"]) root.style.setProperty(`--${name}`, header[name])
    if (header.number >= number) { number = header.number; chosen = header.selected }
    travel(flow, header, tell)
    flow.acknowledge(header.patch.number)
    if (!held && !flow.busy() && header.patch.number >= moved) {  // not what a run says that began before the move
      at = { row: header.patch.row, column: header.patch.column }
      read(header.patch.said)
    }
    const meaning = say("Red speaks for the class asked about, blue against it; each map has a scale of its own")
    showScale(find, { stops: header.stops, low: say("against"), high: say("for"), meaning })
    draw()
  }

  function showPictures([jpeg, ...maps]) {
    forget()
    photo.src = addressOf(jpeg, "image/jpeg")
    pictures = maps.map(one => addressOf(one, "image/webp"))
    const before = root.getRootNode().activeElement?.dataset?.slug
    tiles.replaceChildren(...settings.tiles.map(({ slug, title }, i) => {
      const made = element("button", { type: "button", "data-slug": slug },
        element("img", { src: pictures[i], alt: "" }), element("span", { text: title }))
      made.onclick = () => pick(slug)
      return made
    }))
    if (before) tiles.querySelector(`[data-slug="${before}"]`)?.focus()
  }

  function pick(slug) {
    chosen = slug
    number = later(number)
    draw()
    place.report("picked", { slug, number })
  }

  function draw() {
    const index = Math.max(settings.tiles.findIndex(({ slug }) => slug === chosen), 0)
    const { slug, alt } = settings.tiles[index], patching = slug === settings.patch.slug
    root.classList.toggle("patching", patching)
    map.src = pictures[index]
    map.alt = patching ? "" : alt
    photo.alt = settings.alt
    photo.style.opacity = patching ? 1 : 1 - mix.value / 100
    for (const one of tiles.children) one.setAttribute("aria-pressed", String(one.dataset.slug === slug))
    const part = value => `${100 * value / settings.side}%`, { size } = settings.patch
    Object.assign(patch.style, { left: part(at.column), top: part(at.row), width: part(size), height: part(size) })
    const keys = say("A patch over the photo at row {row}, column {column}: drag it, or press the arrow keys.", at)
    patch.setAttribute("aria-label", keys)
  }

  // What the network says with the patch there, beside what it said without.
  function read(said) {
    find(".answer").replaceChildren(...said.flatMap(one => {
      const bar = element("span", { class: "bar", style: `width: ${100 * one.share}%` })
      const text = say("{now}, was {before}", one)
      return [element("span", { text: one.name, translate: "no" }), bar, element("span", { text })]
    }))
  }

  function move(row, column) {
    const most = settings.side - settings.patch.size
    at = { row: clamp(Math.round(row), 0, most), column: clamp(Math.round(column), 0, most) }
    draw()
    flow.push({ values: { ...at } })
  }
  const tell = value => { moved = value.number; place.report("placed", value) }
  const rest = () => { held = false; flow.finish({ values: { ...at } }, tell) }
  const follow = event => {
    const [across, down] = partUnder(event, stage), { side, patch: { size } } = settings
    move(down * side - size / 2, across * side - size / 2)
  }
  stage.onpointerdown = event => {
    if (!root.classList.contains("patching")) return
    held = true
    stage.setPointerCapture(event.pointerId)
    follow(event)
  }
  stage.onpointermove = event => { if (held) follow(event) }
  stage.onpointerup = stage.onpointercancel = () => { if (held) rest() }
  onKeys(patch, { far: 4, arrow(right, down) { move(at.row + down, at.column + right); rest() } })
  mix.oninput = draw
  mix.onchange = () => place.report("mixed", { percent: Number(mix.value) })
  place.onLive(() => settings?.name, message => {
    const { header } = unpack(message)
    if (header.number >= 0) read(header.said)
  })
  return update
})
