// Sliders that report while they are dragged, not on release alone.
// In: {name, address, parameters: [{name, label, minimum, maximum, step, value, start, unit, help}], labels, scope, number}.
// Out, state "moved": {values: {name: value}, scope, number}.
const instances = new WeakMap()

export default function (component) {
  const { parentElement, data, setStateValue } = component
  const signature = JSON.stringify([data.scope, data.parameters.map(({ value, ...rest }) => rest)])
  let instance = instances.get(parentElement)
  if (!instance || instance.signature !== signature) {
    instance?.flow.stop()
    instance = build(parentElement, data, signature)
    instances.set(parentElement, instance)
  }
  instance.report = value => setStateValue("moved", value)
  travel(instance.flow, data, instance.report)
  instance.flow.acknowledge(data.number)
  if (!instance.flow.busy() && !instance.held) instance.take(data.parameters)
  return () => instance.flow.stop()
}

function build(parentElement, data, signature) {
  const root = parentElement.querySelector(".sliders")
  root.replaceChildren()
  const instance = { signature, held: false, flow: makeFlow(() => {}) }
  const values = {}
  const rows = data.parameters.map(parameter => addRow(root, parameter, data.labels))
  const reset = element("button", { type: "button", class: "reset", text: data.labels.reset })
  if (rows.length) root.append(reset)

  const push = () => instance.flow.push({ values: { ...values }, scope: data.scope })
  const finish = () => instance.flow.finish({ values: { ...values }, scope: data.scope }, instance.report)
  const paint = () => {
    rows.forEach(row => row.paint(values[row.name]))
    reset.hidden = rows.every(row => values[row.name] === row.start)
  }
  rows.forEach(row => {
    row.range.oninput = () => { instance.held = true; values[row.name] = Number(row.range.value); paint(); push() }
    row.range.onchange = () => { instance.held = false; finish() }
    row.number.onchange = () => {
      const typed = Number(row.number.value)
      values[row.name] = row.number.value !== "" && Number.isFinite(typed) ? row.bounded(typed) : values[row.name]
      paint(); finish()
    }
  })
  reset.onclick = () => { rows.forEach(row => { values[row.name] = row.start }); paint(); finish() }
  instance.take = parameters => {
    parameters.forEach(({ name, value }) => { values[name] = value })
    paint()
  }
  instance.take(data.parameters)
  return instance
}

function addRow(root, parameter, labels) {
  const { name, label, minimum, maximum, step, unit, help, start } = parameter
  const bounds = { min: minimum, max: maximum, step }
  const range = element("input", { type: "range", ...bounds, "aria-label": label, title: help || null, name })
  const number = element("input", { type: "number", ...bounds, "aria-label": labels.exact.replace("{label}", label) })
  const caption = element("span", { class: "name", text: label, title: help || null })
  const value = element("span", { class: "value" }, number, element("span", { class: "unit", text: unit }))
  root.append(element("div", { class: "row" }, element("div", { class: "top" }, caption, value), range))
  const decimals = (String(step).split(".")[1] ?? "").length
  const paint = current => {
    if (Number(range.value) !== current) range.value = current
    number.value = current.toFixed(decimals)
    range.style.setProperty("--filled", `${(100 * (current - minimum)) / (maximum - minimum)}%`)
  }
  const bounded = typed => Math.min(Math.max(typed, minimum), maximum)
  return { name, range, number, paint, start, bounded }
}
