/* Runs before the scripts of package.json. Plain JavaScript, because an old Node.js does not run the TypeScript here. */
import { readFileSync } from 'node:fs'

const { engines } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
const least = engines.node.replace('>=', '')
const [leastMajor, leastMinor] = least.split('.').map(Number)
const [major, minor] = process.versions.node.split('.').map(Number)
if (major < leastMajor || (major === leastMajor && minor < leastMinor)) {
  console.error(`Latchkey needs Node.js ${least} or newer; this is ${process.versions.node}`)
  process.exit(1)
}
