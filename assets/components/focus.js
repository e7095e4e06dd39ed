// Keeps the keyboard's place. A button may go away, or be disabled, in the rerun that it began: then the focus
// goes to the one that bears its name there now, else to the first thing that stands there, not to the page's top.
const FOCUSABLE = "button, a[href], input, select, textarea, summary, [tabindex='0']", WAIT_MS = 800, DISABLED_MS = 5000

window.deepglassFocus ??= keepFocus()

function keepFocus() {
  let held = null, around = [], label = "", timer = 0
  const lost = () => held && document.activeElement === document.body && (!held.isConnected || held.disabled)
  const labelOf = one => one.getAttribute("aria-label") ?? one.textContent
  const there = () => {
    const place = around.find(one => one.isConnected)
    return [...place?.querySelectorAll(FOCUSABLE) ?? []].filter(one => one.checkVisibility())
  }
  const named = one => labelOf(one) === label
  // Gives the focus back where that can be; how long to wait before it goes elsewhere.
  const restore = (patient = true) => {
    if (!lost()) return WAIT_MS
    const all = there(), ready = all.filter(one => !one.disabled), same = ready.find(named)
    if (same || !patient) (same ?? ready[0])?.focus()
    return all.some(named) ? DISABLED_MS : WAIT_MS
  }
  document.addEventListener("focusin", ({ target }) => {
    clearTimeout(timer)
    held = target.matches(":focus-visible") ? target : null  // whoever clicks has no place to keep
    if (!held) return
    [around, label] = [[], labelOf(held)]
    for (let one = target.parentElement; one && one !== document.body; one = one.parentElement) around.push(one)
  })
  new MutationObserver(() => {
    if (!lost()) return
    const wait = restore()
    clearTimeout(timer)
    timer = setTimeout(restore, wait, false)
  }).observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ["disabled"] })
  throughPopovers()
  return true
}

// A popover stands at the very end of the page: Tab goes into it from its button, and past its end back there.
function throughPopovers() {
  let passed = null
  document.addEventListener("keydown", ({ key, shiftKey }) => {
    const button = document.querySelector("[data-testid=stPopoverButton][aria-expanded=true]")
    const popover = document.querySelector("[data-testid=stPopoverBody]"), from = document.activeElement
    if (key !== "Tab" || !button || !popover) return
    if (from === button && passed !== button && !shiftKey) {
      popover.tabIndex = -1
      popover.focus()
    } else if (popover.contains(from)) {
      setTimeout(() => {
        if (!popover.isConnected || popover.contains(document.activeElement)) return
        button.focus()
        passed = shiftKey ? null : button
      })
      return
    }
    passed = null
  })
}
