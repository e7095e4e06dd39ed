// The sample pictures as buttons. Out, trigger "picked": {slug}.
// It also watches the uploader beside it, which lets no file past its bound go to the server:
// out, trigger "oversize": {name, size in bytes}; an empty name once a file is taken back.
/**
 * With a JPEG for each entry; `most` bytes are let go to the server, `uploader` is a CSS selector.
 * @typedef {{entries: {slug: string, title: string, teaches: string}[], side: number, most: number,
 *   uploader: string}} GalleryMessage
 */
export default component(place => {
  const holder = place.find(".gallery")
  /** @type {GalleryMessage} */
  let settings = null
  holder.setAttribute("aria-label", say("Sample pictures and test patterns"))
  holder.onclick = event => {
    const button = event.target.closest("button")
    if (button) place.trigger("picked", { slug: button.dataset.slug })
  }
  const tell = files => {
    const file = [...files].find(one => one.size > settings.most)
    if (file) place.trigger("oversize", { name: file.name, size: file.size })
  }
  const watched = {
    change: event => tell(event.target.files ?? []),
    drop: event => tell(event.dataTransfer.files),
    click: event => event.target.closest("[data-testid=stFileChipDeleteBtn]") &&
      place.trigger("oversize", { name: "", size: 0 }),
  }
  const watch = event => event.target.closest?.(settings.uploader) && watched[event.type](event)
  Object.keys(watched).forEach(type => place.listen(document, type, watch, true))
  place.atEnd(() => holder.querySelectorAll("img").forEach(image => URL.revokeObjectURL(image.src)))

  return data => {
    const { header, blobs } = unpack(data)
    settings = header
    if (holder.childElementCount === header.entries.length) return
    holder.replaceChildren(...header.entries.map(({ slug, title, teaches }, i) => {
      const address = addressOf(blobs[i], "image/webp")
      const image = element("img", { src: address, alt: "", width: header.side, height: header.side })
      const attributes = { type: "button", title: teaches, "data-slug": slug }
      return element("button", attributes, image, element("span", { text: title }))
    }))
  }
})
