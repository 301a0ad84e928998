/* Imports what it is told to; prints of each the names it exports, or why it failed. */
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
