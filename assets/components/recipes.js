// The recipes of a race, a row each, and what can be done with one. Out, trigger "asked": {what, index}, where
// `what` is "edit", "copy" or "remove".
/**
 * `close` says that a row has one line, `most` how many recipes there may be, `help` what adding one does.
 * @typedef {{rows: {colour: string, name: string, difference: string}[], most: number, close: boolean,
 *   help: string}} RecipesMessage
 */
const DIALOG_MS = 100  // after each of which somebody looks whether a dialog has gone
const TUNE = "M2 4h5M11 4h3M9 2.5v3M2 8h3M7 6.5v3M9 8h5M2 12h6M12 12h2M10 10.5v3"

export default component(place => {
  const { find } = place, rows = find(".rows"), add = find(".add"), menu = find(".menu")
  let shown = "", index = 0, timer = 0  // `index` is the recipe of which the menu is open
  const icon = d => svg("svg", { viewBox: "0 0 16 16", "aria-hidden": "true" }, svg("path", { d }))
  const ask = (what, of) => place.trigger("asked", { what, index: of })
  const active = () => menu.getRootNode().activeElement
  const items = () => [...menu.children].filter(one => !one.hidden)
  rows.setAttribute("aria-label", say("Recipes"))
  add.append(icon("M8 2.5v11M2.5 8h11"), element("span", { text: say("Add recipe") }))

  for (const [what, label] of [["copy", say("Copy")], ["remove", say("Remove")]]) {
    const item = find(`.${what}`)
    item.textContent = label
    item.onclick = () => { menu.hidePopover(); ask(what, index) }
  }
  const step = by => {
    const all = items(), at = all.indexOf(active())
    all[(at + by + all.length) % all.length].focus()
  }
  onKeys(menu, { arrow: (_, down) => step(down), Tab: () => menu.hidePopover(),
    Home: () => items()[0].focus(), End: () => items().at(-1).focus() })
  menu.ontoggle = ({ newState }) => {
    const zoom = place.host.currentCSSZoom ?? 1, button = rows.children[index]?.querySelector(".more")
    if (newState === "closed") {
      if (menu.contains(active()) || document.activeElement === document.body) button?.focus()
      return
    }
    const { right, top, bottom } = button.getBoundingClientRect(), { width, height } = menu.getBoundingClientRect()
    menu.style.left = `${Math.max(right - width, 8) / zoom}px`
    menu.style.top = `${(bottom + height + 8 < innerHeight ? bottom + 4 : top - height - 4) / zoom}px`
    items()[0].focus()
  }

  function rowOf({ colour, name, difference }, at) {
    const dot = element("span", { class: "dot", "aria-hidden": "true", style: `background:${colour}` })
    const what = element("div", { class: "what", title: difference }, element("b", { text: name, translate: "no" }),
      element("span", { class: "difference", text: difference }))
    const button = (kind, label, ...inside) =>
      element("button", { type: "button", class: kind, "aria-label": `${label}: ${name}` }, ...inside)
    const words = text => element("span", { text })
    const edit = button("edit", say("Edit"), icon(TUNE), words(say("Edit")))
    const more = button("more", say("More"), words(say("More")), icon("M3.5 6l4.5 4.5L12.5 6"))
    edit.onclick = () => { ask("edit", at); comeBackTo(at) }
    more.onclick = () => { index = at }
    filled(more, { popovertarget: "menu", "aria-haspopup": "menu" })
    return element("div", { class: "row", role: "listitem" }, dot, what, edit, more)
  }

  // The dialog gives the focus back to what it knows of, which is no button in here.
  function comeBackTo(at) {
    let seen = false
    clearInterval(timer)
    timer = setInterval(() => {
      const open = document.querySelector("[role=dialog]")
      seen ||= Boolean(open)
      if (open || !seen) return
      clearInterval(timer)
      if (document.activeElement === document.body) rows.children[at]?.querySelector(".edit").focus()
    }, DIALOG_MS)
  }
  place.atEnd(() => clearInterval(timer))

  return bytes => {
    /** @type {{header: RecipesMessage}} */
    const { header } = unpack(bytes), { rows: all, most, close, help } = header
    if (shown === JSON.stringify(header)) return
    shown = JSON.stringify(header)
    const focused = active(), at = [...rows.children].findIndex(row => row.contains(focused))
    find(".recipes").classList.toggle("close", close)
    rows.replaceChildren(...all.map(rowOf))
    if (at >= 0) rows.children[Math.min(at, all.length - 1)].querySelector(`.${focused.className}`).focus()
    find(".copy").hidden = add.hidden = all.length >= most
    find(".remove").hidden = all.length < 2
    add.title = help
    add.onclick = () => ask("copy", all.length - 1)
  }
})
