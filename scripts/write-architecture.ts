/*
 * Writes the picture of docs/architecture.md from the imports of `src`: `npm run write`. It fails if an
 * import climbs or rooms import each other in a cycle. `npm run check:imports` compares the page with the imports.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import type { IModule } from 'dependency-cruiser'
import { findProblems, type House, toHouse, toRows } from './house.ts'
import { readImports } from './read-imports.ts'

/** The page that has the picture. */
export const ARCHITECTURE_PAGE = 'docs/architecture.md'
const START = '<!-- rooms -->\n'
const END = '\n<!-- end of rooms -->'
const GROUND = ['kernel', 'crypto']

/** True if the page has the picture of these modules. */
export function isWritten(modules: readonly IModule[]): boolean {
  const page = readFileSync(ARCHITECTURE_PAGE, 'utf8')
  return page === withPicture(page, toHouse(modules))
}

/** Puts the picture between the markers of the page. */
function withPicture(page: string, house: House): string {
  const [start, end] = [page.indexOf(START), page.indexOf(END)]
  if (start === -1 || end < start) throw new Error(`${ARCHITECTURE_PAGE} has no ${START.trim()}`)
  return `${page.slice(0, start)}${START}\n${drawing(house)}\n\n${table(house)}\n${page.slice(end)}`
}

function drawing(house: House): string {
  const rows = toRows(house).map(({ floor, rooms }) => `${floor.padEnd(10)}${rooms.join('  ')}`)
  return ['```', ...rows, '```'].join('\n')
}

function table(house: House): string {
  const rows = toRows(house)
    .flatMap(({ rooms }) => rooms)
    .filter((room) => !GROUND.includes(room))
    .map((room) => {
      const imported = [...(house.get(room) ?? [])].filter((other) => !GROUND.includes(other)).sort()
      return `| ${code(room)} | ${imported.map(code).join(', ')} |`
    })
  return ['| room | imports, besides `kernel` and `crypto` |', '|---|---|', ...rows].join('\n')
}

function code(room: string): string {
  return `\`${room}\``
}

if (import.meta.main) {
  const { modules } = await readImports()
  const house = toHouse(modules)
  const problems = findProblems(house)
  for (const problem of problems) console.error(problem)
  if (problems.length > 0) process.exitCode = 1
  else writeFileSync(ARCHITECTURE_PAGE, withPicture(readFileSync(ARCHITECTURE_PAGE, 'utf8'), house))
}
