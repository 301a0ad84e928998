/* Imports the given modules; prints the exported names of each, or the reason of its failure. */
const outcomes: Record<string, string[] | string> = {}
for (const entry of process.argv.slice(2)) {
  try {
    outcomes[entry] = Object.keys(await import(entry))
  } catch (error) {
    outcomes[entry] = String(error)
  }
}
console.log(JSON.stringify(outcomes))
process.exit()
