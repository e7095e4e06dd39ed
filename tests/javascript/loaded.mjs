// What a component's script keeps to itself, for tests: `await loaded("curves", ["digits4"])`.
import { readFile } from "node:fs/promises"

const FAMILIES = { plane: "planes", surface: "planes", live_race: "race", beeswarm: "threshold" }
const ENGLISH = { decimal: ".", thousands: ",", grouping: [3] }
const FOLDER = new URL("../../assets/components/", import.meta.url)

export async function loaded(component, names, { marks = ENGLISH, dictionary = {} } = {}) {
  globalThis.window ??= globalThis
  const files = ["shared", FAMILIES[component], component].filter(Boolean)
  const texts = await Promise.all([...new Set(files)].map(name => readFile(new URL(`${name}.js`, FOLDER), "utf8")))
  const given = `const MARKS = ${JSON.stringify(marks)}, DICTIONARY = ${JSON.stringify(dictionary)}`
  const source = [given, ...texts, `export { ${names.join(", ")} }`].join("\n")
  return import(`data:text/javascript,${encodeURIComponent(source)}`)
}
