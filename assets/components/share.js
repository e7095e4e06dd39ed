// The head of a page: its link, the whole screen for a projector, what a lesson needs, and the meaning of the
// terms in the prose, which are links to "#term-…" with their meaning as the title. How they look, and how long
// words fold on a telephone, is in streamlit.css.
const TERM = 'a[href^="#term-"]'
const OWN = ".score"  // the reader's own: a reload keeps it, a link that is copied does not carry it
const PROJECTOR = "deepglass-projector"
const EXAMPLE = "filters?filters.kernel=gaussian&embed=true&hide=text,filters.kernel"

/**
 * What cannot be in a link: where a parameter that ends with `name` begins with `value`, it is `what`.
 * @typedef {{name: string, value: string, what: string}} Lost
 */
export default component(({ find, listen, host }) => {
  const share = find(".share"), said = find(".said"), field = find(".address"), tip = find(".tip")
  const panel = find(".panel"), lesson = find(".lesson"), wide = find(".wide")
  const root = document.documentElement
  /** @type {Lost[]} */
  let lost = []

  // ------------------------------------------------------------ the link

  function address(more = {}) {
    const url = new URL(location.href), { searchParams } = url
    for (const name of [...searchParams.keys()].filter(one => one.endsWith(OWN))) searchParams.delete(name)
    for (const [name, value] of Object.entries(more)) searchParams.set(name, value)
    return url.href
  }

  function missing() {
    const inLink = [...new URLSearchParams(location.search)]
    const gone = lost.filter(one =>
      inLink.some(([name, value]) => name.endsWith(one.name) && value.startsWith(one.value)))
    const what = gone.map(one => one.what).join(", ")
    return what ? say("Not in it: {what}. Whoever opens the link is told so.", { what }) : ""
  }

  async function copy(text) {
    field.hidden = true
    said.textContent = ""
    try {
      await navigator.clipboard.writeText(text)
    } catch {  // not allowed here, or no clipboard without https
      field.hidden = false
      field.value = text
      field.select()
    }
    const done = field.hidden ? say("Copied.") : say("To be copied from here:")
    said.textContent = `${done} ${missing()}`.trim()
  }

  const label = (name, text, act) => {
    find(name).textContent = text
    find(name).onclick = act
  }
  label(".copy", say("Copy link"), () => copy(address()))
  label(".embed", say("Copy code to embed"), () => {
    const source = address({ embed: "true" }).replaceAll("&", "&amp;").replaceAll('"', "&quot;")
    return copy(`<iframe src="${source}" width="100%" height="800" allow="fullscreen"></iframe>`)
  })
  label(".bare", say("Copy link without the text"), () => copy(address({ hide: "text" })))
  label(".lesson", say("For class"), () => {
    panel.hidden = !panel.hidden
    lesson.setAttribute("aria-expanded", String(!panel.hidden))
  })
  find(".how").textContent =
    say("A link opens the page as it is. Add hide= and names from the link, with commas, to leave controls out.")
  find(".for").textContent = say("For example, blurring alone, without the frame:")
  find(".example").href = find(".example").textContent = EXAMPLE
  field.setAttribute("aria-label", say("The link"))

  // ------------------------------------------------------------ the projector

  function project(on) {
    root.classList.toggle(PROJECTOR, on)
    wide.textContent = on ? say("Leave full screen") : say("Full screen")
  }
  wide.onclick = async () => {
    const on = !root.classList.contains(PROJECTOR)
    await (on ? root.requestFullscreen?.() : document.fullscreenElement && document.exitFullscreen())
    project(on)
  }
  listen(document, "fullscreenchange", () => project(Boolean(document.fullscreenElement)))
  project(root.classList.contains(PROJECTOR))

  // ------------------------------------------------------------ the meaning of a term

  let shown = null
  function hide() {
    if (shown) tip.hidePopover()
    shown = null
  }
  function explain(link) {
    if (shown === link) return
    hide()
    if (link.title) link.setAttribute("aria-description", link.title)
    link.removeAttribute("title")
    tip.textContent = link.getAttribute("aria-description")
    tip.showPopover()
    shown = link
    const zoom = host.currentCSSZoom ?? 1, { left, top, bottom } = link.getBoundingClientRect()
    const { width, height } = tip.getBoundingClientRect()
    tip.style.left = `${clamp(left, 8, Math.max(innerWidth - width - 8, 8)) / zoom}px`
    tip.style.top = `${(bottom + height + 12 < innerHeight ? bottom + 6 : top - height - 6) / zoom}px`
  }
  const of = event => event.target.closest?.(TERM)
  for (const type of ["pointerover", "focusin", "click"]) {
    listen(document, type, event => {
      const link = of(event)
      if (link) explain(link)
      else if (!event.composedPath().includes(tip)) hide()
      if (link && type === "click") event.preventDefault()
    })
  }
  listen(document, "scroll", hide, true)
  listen(document, "click", event => {
    event.target.closest?.('[data-testid="stMarkdownContainer"]')?.classList.add("deepglass-open")
  })
  listen(document, "keydown", event => { if (event.key === "Escape") hide() })

  return data => {
    lost = data.lost
    share.classList.toggle("embedded", data.embedded)
  }
})
