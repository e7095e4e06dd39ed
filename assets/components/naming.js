// Names to choose from, in groups: one press chooses. The arrow keys go from name to name.
// Out, state "named": {slug, case, number}; the slug is empty where the open name is pressed.
/**
 * `state` is "" while a name can be chosen, "open" for the one that is, "seen" where it was once, and "wrong" or
 * "right" for an answer.
 * @typedef {{slug: string, title: string, state: string}} ChoosableName
 * @typedef {{label: string, case: string, number: number,
 *   groups: {title: string, names: ChoosableName[]}[]}} NamingData
 */
const CHOOSABLE = ["", "open", "seen"]

export default component(place => {
  const root = place.find(".naming")
  /** @type {NamingData} */
  let settings = null
  let number = -1, said = null

  function update(data) {
    if (data.number < number) return
    const held = root.querySelector(":focus")?.dataset.slug ?? null
    settings = data
    number = data.number
    root.setAttribute("aria-label", data.label)
    const groups = data.groups.map(({ title, names }) => element("div", { class: "group" },
      ...(title ? [element("span", { text: title })] : []), ...names.map(buttonOf)))
    const heading = element("b", { role: "status", text: data.label })
    root.replaceChildren(heading, ...groups)
    if (said !== null && said !== data.label) heading.scrollIntoView({ block: "nearest" })
    said = data.label
    if (held) root.querySelector(`[data-slug="${held}"]`)?.focus()
  }

  function buttonOf({ slug, title, state }) {
    const told = { wrong: say("{name}: no", { name: title }), right: say("{name}: yes", { name: title }) }[state]
    const look = { type: "button", class: state || null, "data-slug": slug, "aria-label": told ?? null }
    const may = CHOOSABLE.includes(state)
    const made = element("button", {
      ...look, "aria-disabled": may ? null : "true", "aria-pressed": state === "open" ? "true" : null, text: title,
    })
    made.onclick = () => { if (may) pick(state === "open" ? "" : slug) }
    return made
  }

  function pick(slug) {
    number = later(number)
    place.report("named", { slug, case: settings.case, number })
  }

  onKeys(root, {
    arrow(right, down) {
      const all = [...root.querySelectorAll("button")], here = all.indexOf(root.querySelector(":focus"))
      if (here < 0) return false
      all[clamp(here + right + down, 0, all.length - 1)].focus()
      return true
    },
  })
  return update
})
