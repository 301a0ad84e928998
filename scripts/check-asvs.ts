/*
 * Checks docs/asvs.md: `npm run check:asvs` fails for an id that docs/asvs-5.csv does not have, in a test, a statement or
 * SECURITY.md; for a requirement without an answer or with two; for a link that leads nowhere; and for an outdated page.
 */
import { readFileSync } from 'node:fs'
import { findProblems, listIds, readCarriers, readRequirements } from './asvs.ts'
import { asvsPage } from './write-asvs.ts'

const requirements = readRequirements(readFileSync('docs/asvs-5.csv', 'utf8'))
const carriers = readCarriers()
const known = new Set(requirements.map(({ id }) => id))
const cited = listIds(readFileSync('SECURITY.md', 'utf8')).filter((id) => !known.has(id))
const problems = [
  ...findProblems(requirements, carriers),
  ...cited.map((id) => `${id} is not in docs/asvs-5.csv: SECURITY.md`),
]
if (readFileSync('docs/asvs.md', 'utf8') !== asvsPage(requirements, carriers))
  problems.push('docs/asvs.md is out of date: run npm run write')
for (const problem of problems) process.stdout.write(`${problem}\n`)
process.exitCode = problems.length === 0 ? 0 : 1
