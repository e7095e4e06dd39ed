// The sample pictures as buttons. Out, trigger "picked": {slug}.
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
  return () => holder.querySelectorAll("img").forEach(image => URL.revokeObjectURL(image.src))
}
