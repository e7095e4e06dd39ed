// Sliders that report while they are dragged, not on release alone.
// Out, state "moved": {values: {name: value}, scope, number}.
/**
 * @typedef {{name: string, label: string, minimum: number, maximum: number, step: number, value: number,
 *   start: number, unit: string, help: string}} SliderParameter
 * @typedef {{name: string, address: string, parameters: SliderParameter[], scope: string,
 *   number: number}} SlidersMessage
 */
export default component(place => {
  const signature = ({ scope, parameters }) => JSON.stringify([scope, parameters.map(one => ({ ...one, value: null }))])
  return movable(place, "moved", signature, (...made) => build(place.find(".sliders"), ...made))
})

function build(root, sliders, /** @type {SlidersMessage} */ { scope, parameters }, report) {
  root.replaceChildren()
  const values = {}
  const rows = parameters.map(parameter => addRow(root, parameter))
  const reset = element("button", { type: "button", class: "reset", text: say("Reset") })
  if (rows.length) root.append(reset)

  const now = () => ({ values: { ...values }, scope })
  const push = () => sliders.flow.push(now()), finish = () => sliders.flow.finish(now(), report)
  const paint = () => {
    rows.forEach(row => row.paint(values[row.name]))
    reset.hidden = rows.every(row => values[row.name] === row.start)
  }
  sliders.take = data => {
    data.parameters.forEach(({ name, value }) => { values[name] = value })
    paint()
  }
  rows.forEach(({ name, range, number, bounded }) => {
    range.oninput = () => { sliders.held = true; values[name] = Number(range.value); paint(); push() }
    range.onchange = () => { sliders.held = false; finish() }
    const take = () => {
      const typed = valueOf(number.value)
      if (Number.isFinite(typed)) values[name] = bounded(typed)
      paint()
    }
    number.onchange = () => { take(); finish() }
    onKeys(number, {
      arrow(_right, down) {
        if (!down) return false  // within the text
        take()  // what was typed is where it steps from
        range[down < 0 ? "stepUp" : "stepDown"]()
        range.oninput()
        range.onchange()
      },
    })
  })
  reset.onclick = () => { rows.forEach(row => { values[row.name] = row.start }); paint(); finish() }
}

function addRow(root, { name, label, minimum, maximum, step, unit, help, start }) {
  const title = help || null, bounds = { min: minimum, max: maximum, step }
  const range = element("input", { type: "range", class: "filling", ...bounds, "aria-label": label, title, name })
  const keys = minimum < 0 ? "text" : "decimal"  // the decimal keys of some phones lack a minus
  const exact = { "aria-label": say("{label}, exact value", { label }), autocomplete: "off" }
  const number = element("input", { type: "text", inputmode: keys, ...exact })
  const caption = element("span", { class: "name", text: label, title })
  const value = element("span", { class: "value" }, number, element("span", { class: "unit", text: unit }))
  root.append(element("div", { class: "row" }, element("div", { class: "top" }, caption, value), range))
  const paint = current => {
    if (Number(range.value) !== current) range.value = current
    number.value = written(current, step)
    fillTrack(range)
  }
  return { name, range, number, paint, start, bounded: typed => clamp(typed, minimum, maximum) }
}

// A value with the decimals of its step.
function written(value, step) { return show(value, (String(step).split(".")[1] ?? "").length) }

// The number that was typed, with either minus and either decimal mark; NaN if there is none.
function valueOf(text) {
  const plain = text.trim().replace("−", "-").replace(DECIMAL, ".")
  return plain === "" ? NaN : Number(plain)
}
