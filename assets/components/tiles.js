// Small pictures side by side, what they are above and what a network says of each below; as sliders are dragged, all
// of them follow.
/**
 * The blob: the pictures one after another, `channels` bytes a pixel. `other` marks an answer that is another than
 * before.
 * @typedef {{name: string, number: number, width: number, height: number, channels: number, shown: number, alt: string,
 *   tiles: {says: {text: string, other: boolean}[], alt: string}[], also?: string}} TilesMessage
 */
export default component(place => {
  const root = place.find(".tiles")
  let name = null, number = -1

  function update(data) {
    /** @type {{header: TilesMessage, blobs: Uint8Array[]}} */
    const { header, blobs } = unpack(data)
    if (header.number < number) return
    name = header.name
    number = header.number
    root.setAttribute("aria-label", header.alt)
    while (root.children.length > header.tiles.length) root.lastChild.remove()
    while (root.children.length < header.tiles.length) root.append(emptyTile())
    const size = header.width * header.height * header.channels
    header.tiles.forEach((tile, index) =>
      fill(root.children[index], header, tile, blobs[0].subarray(index * size, (index + 1) * size)))
    if (header.also) {
      const detail = { name: header.also, message: blobs.at(-1) }
      window.dispatchEvent(new CustomEvent("deepglass-live", { detail }))
    }
  }

  place.onLive(() => name, update)
  return update
})

const emptyTile = () => {
  const canvas = element("canvas")
  canvas.setAttribute("role", "img")
  return element("figure", {}, canvas, element("figcaption"))
}

function fill(figure, { width, height, channels, shown }, { says, alt }, codes) {
  const [canvas, caption] = figure.children, picture = new ImageData(width, height)
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height })
  canvas.style.width = figure.style.width = `${shown}px`
  canvas.setAttribute("aria-label", alt)
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let colour = 0; colour < 3; colour++) {
      picture.data[4 * pixel + colour] = codes[channels * pixel + (channels === 3 ? colour : 0)]
    }
    picture.data[4 * pixel + 3] = 255
  }
  canvas.getContext("2d").putImageData(picture, 0, 0)
  caption.replaceChildren(...says.map(({ text, other }) =>
    element("span", { class: other ? "says other" : "says", text })))
}
