// A pipeline of transformations as chips to be dragged into order, and the wall of the samples that it makes of one
// photo; one of them large, split between before and after. Every picture and every word is the server's.
// Out, state "moved": {values: {steps: slugs in order, chosen: slug, tile}, number}.
/**
 * With a JPEG of all samples, `columns` in a row, the photo itself first; `told` and `shares` are of each.
 * @typedef {{slug: string, title: string}} WallStep
 * @typedef {{name: string, number: number, address: string, steps: WallStep[], chosen: string, tile: number,
 *   menu: {title: string, entries: WallStep[]}[], most: number, told: string[][], shares: string[], side: number,
 *   columns: number, mixing: string[]}} WallMessage
 */
const FAR_ENOUGH = 5  // pixels, from where on a chip is dragged and not clicked

export default component(place => {
  const { find } = place, chips = find(".chips"), add = find(".add"), tiles = find(".tiles"), wipe = find(".wipe")
  /** @type {WallMessage} */
  let data = null
  let order = [], chosen = "", tile = 1, pointed = null, held = null
  let hand = null, report = null, sheet = null, painted = 0
  find(".first").textContent = say("before")
  find(".last").textContent = say("after")
  wipe.setAttribute("aria-label", say("Where the picture before ends and the picture after begins"))
  wipe.oninput = () => find(".stage").style.setProperty("--wipe", `${wipe.value}%`)

  function take(bytes) {
    /** @type {{header: WallMessage, blobs: Uint8Array[]}} */
    const { header, blobs } = unpack(bytes)
    if (data && header.number < data.number) return
    data = { ...data, ...header }
    if (header.menu) {
      chosen = data.chosen
      tile = data.tile
    }
    if (!held) order = data.steps.map(one => one.slug)
    drawChips()
    drawMenu()
    drawSheet(blobs[0], data.number)
  }

  // Decoding is asynchronous, so a late picture must not replace a newer one.
  function drawSheet(jpeg, number) {
    createImageBitmap(new Blob([jpeg], { type: "image/jpeg" })).then(bitmap => {
      if (number < painted) return bitmap.close()
      painted = number
      sheet?.close()
      sheet = bitmap
      if (tiles.childElementCount !== data.told.length) tiles.replaceChildren(...data.told.map(tileOf))
      data.told.forEach((_, index) => copy(index, tiles.children[index].querySelector("canvas")))
      copy(0, find(".before"))
      drawLarge()
      place.host.dispatchEvent(new CustomEvent("painted", { bubbles: true, composed: true, detail: number }))
    })
  }

  function copy(index, canvas) {
    const { side, columns } = data
    if (canvas.width !== side || canvas.height !== side) Object.assign(canvas, { width: side, height: side })
    const across = index % columns * side, down = Math.floor(index / columns) * side
    canvas.getContext("2d").drawImage(sheet, across, down, side, side, 0, 0, side, side)
  }

  function tileOf(_, index) {
    const button = element("button", { type: "button", class: "tile" }, element("canvas"))
    if (!index) button.append(element("span", { class: "badge", text: say("original") }))
    button.onpointerenter = event => { if (event.pointerType === "mouse") point(index) }
    button.onclick = () => { tile = index; pointed = null; drawLarge(); tell(true) }
    onKeys(button, { arrow: (right, down) => {
      const next = index + right + down * data.columns
      tiles.children[next]?.focus()
    } })
    return button
  }
  const point = index => { pointed = index; drawLarge() }
  tiles.onpointerleave = () => point(null)

  function drawLarge() {
    if (!sheet) return
    const shown = pointed ?? tile
    copy(shown, find(".after"))
    find(".which").textContent = nameOf(shown)
    find(".share").textContent = data.shares[shown]
    find(".told").textContent = data.told[shown].join(" · ")
    ;[...tiles.children].forEach((button, index) => filled(button, { "aria-pressed": index === tile,
      "aria-label": [nameOf(index), data.shares[index], ...data.told[index]].filter(Boolean).join(". ") }))
  }
  const nameOf = index => index ? say("Sample {number}", { number: index }) : say("Original")

  // ---------------------------------------------------------------- the pipeline

  function drawChips() {
    const focused = chips.getRootNode().activeElement?.closest?.(".chip")?.dataset.slug
    const titles = Object.fromEntries(data.steps.concat(...data.menu.map(one => one.entries)).map(one =>
      [one.slug, one.title]))
    const now = [...chips.children].map(chip => chip.dataset.slug)
    if (!held && now.join() !== order.join()) {
      chips.replaceChildren(...order.map(slug => chipOf(slug, titles[slug])))
      chips.querySelector(`[data-slug="${focused}"] .name`)?.focus()
    }
    ;[...chips.children].forEach(chip => {
      const { slug } = chip.dataset, at = order.indexOf(slug)
      chip.style.order = at
      chip.classList.toggle("now", slug === chosen)
      chip.classList.toggle("last", at === order.length - 1)
      filled(chip.querySelector(".name"), { "aria-pressed": slug === chosen,
        "aria-label": say("{title}, step {number} of {count}. Arrow keys move it, Delete takes it out.",
          { title: titles[slug], number: at + 1, count: order.length }) })
    })
  }

  function chipOf(slug, title) {
    const name = element("button", { type: "button", class: "name", text: title })
    const remove = element("button", { type: "button", class: "remove", text: "×",
      "aria-label": say("Take out {title}", { title }) })
    const chip = element("div", { class: "chip", role: "listitem", "data-slug": slug }, name, remove)
    name.onpointerdown = event => {
      name.setPointerCapture(event.pointerId)
      held = { slug, x: event.clientX, y: event.clientY, moving: false, before: order.join() }
    }
    name.onpointermove = event => { if (held?.slug === slug) drag(chip, event) }
    name.onpointerup = () => drop(chip)
    name.onpointercancel = () => drop(chip)
    name.onclick = event => { if (!event.detail) choose(slug) }  // of the keyboard; a pointer's is a drop
    onKeys(name, {
      arrow: (right, down) => shift(slug, right || down),
      Delete: () => takeOut(slug), Backspace: () => takeOut(slug),
    })
    remove.onclick = () => takeOut(slug)
    return chip
  }

  function drag(chip, event) {
    const { x, y, slug } = held
    held.moving ||= Math.hypot(event.clientX - x, event.clientY - y) > FAR_ENOUGH
    if (!held.moving) return
    chip.classList.add("held")
    const under = [...chips.children].find(other => {
      const { left, right, top, bottom } = other.getBoundingClientRect()
      return event.clientX >= left && event.clientX <= right && event.clientY >= top && event.clientY <= bottom
    })
    if (!under || under === chip) return
    const { left, width } = under.getBoundingClientRect(), target = under.dataset.slug
    const wasBefore = order.indexOf(slug) < order.indexOf(target), beyond = event.clientX > left + width / 2
    if (wasBefore !== beyond) return
    moveTo(slug, order.indexOf(target))
    tell(false)
  }

  function drop(chip) {
    if (!held) return
    const { moving, slug, before } = held
    held = null
    chip.classList.remove("held")
    if (!moving) choose(slug)
    else if (order.join() !== before) { drawChips(); tell(true) }
  }

  function moveTo(slug, index) {
    order = order.filter(one => one !== slug)
    order.splice(index, 0, slug)
    drawChips()
  }

  function shift(slug, by) {
    const to = order.indexOf(slug) + by
    if (to < 0 || to >= order.length) return
    const mixes = one => data.mixing.includes(one)
    if (mixes(slug) !== mixes(order[to])) {
      find(".said").textContent = say("What mixes two pictures comes last.")
      return
    }
    moveTo(slug, to)
    find(".said").textContent = say("Step {number} of {count}", { number: to + 1, count: order.length })
    tell(true)
  }
  function takeOut(slug) {
    order = order.filter(one => one !== slug)
    if (chosen === slug) chosen = order[0] ?? ""
    drawChips()
    tell(true)
  }
  function choose(slug) { chosen = slug; drawChips(); tell(true) }

  function drawMenu() {
    const signature = order.toSorted().join()
    if (add.dataset.signature === signature) return
    add.dataset.signature = signature
    const full = order.length >= data.most
    add.disabled = full
    const first = element("option", { value: "", text: full ? say("No room for more") : say("Add a step") })
    add.replaceChildren(first, ...data.menu.map(({ title, entries }) => element("optgroup", { label: title },
      ...entries.map(one => element("option", { value: one.slug, text: one.title,
        disabled: order.includes(one.slug) ? "" : null })))))
    add.setAttribute("aria-label", say("Add a transformation to the pipeline"))
  }
  add.onchange = () => {
    if (!add.value) return
    order = [...order, add.value]
    chosen = add.value
    add.value = ""
    drawChips()
    tell(true)
  }

  function tell(final) {
    const value = { values: { steps: order, chosen, tile } }
    if (final) hand.flow.finish(value, report)
    else hand.flow.push(value)
  }

  place.onLive(() => data?.name, take)
  place.atEnd(() => sheet?.close())
  const moved = movable(place, "moved", () => "one", (made, _, report_) => {
    hand = made
    report = report_
    hand.take = given => take(given.bytes)
  })
  return bytes => {
    const { header } = unpack(bytes)
    moved({ bytes, name: header.name, number: header.number, address: header.address })
  }
})
