// The sample pictures as buttons. Out, trigger "picked": {slug}.
// It also watches the uploader beside it, which lets no file past its bound go to the server:
// out, trigger "oversize": {name, size in bytes}; an empty name once a file is taken back.
export default function (component) {
  const { parentElement, data, setTriggerValue } = component
  const { header, blobs } = unpack(data)
  const holder = parentElement.querySelector(".gallery")
  if (holder.childElementCount !== header.entries.length) {
    holder.replaceChildren(...header.entries.map((entry, i) => {
      const address = URL.createObjectURL(new Blob([blobs[i]], { type: "image/jpeg" }))
      const image = element("img", { src: address, alt: "", width: header.side, height: header.side })
      return element("button", { type: "button", title: entry.teaches, "data-slug": entry.slug }, image,
        element("span", { text: entry.title }))
    }))
  }
  holder.onclick = event => {
    const button = event.target.closest("button")
    if (button) setTriggerValue("picked", { slug: button.dataset.slug })
  }
  holder.unwatch?.()
  const tell = files => {
    const file = [...files].find(one => one.size > header.most)
    if (file) setTriggerValue("oversize", { name: file.name, size: file.size })
  }
  const watched = {
    change: event => tell(event.target.files ?? []),
    drop: event => tell(event.dataTransfer.files),
    click: event => event.target.closest("[data-testid=stFileChipDeleteBtn]") &&
      setTriggerValue("oversize", { name: "", size: 0 }),
  }
  const watch = event => event.target.closest?.(header.uploader) && watched[event.type](event)
  Object.keys(watched).forEach(type => document.addEventListener(type, watch, true))
  holder.unwatch = () =>
    Object.keys(watched).forEach(type => document.removeEventListener(type, watch, true))
  return () => {
    holder.unwatch()
    holder.querySelectorAll("img").forEach(image => URL.revokeObjectURL(image.src))
  }
}
