/* Writes docs/problems.md from the catalogue of refusals: `npm run write`. A test compares them. */
import { writeFileSync } from 'node:fs'
import { REFUSALS } from '../src/catalogue/refusals.ts'

/** Returns the page, in the order of the status codes. */
export function problemsPage(): string {
  const entries = Object.values(REFUSALS).sort((left, right) => left.status - right.status)
  const rows = entries.map(({ code, status, when, next }) => `| \`${code}\` | ${status} | ${when} | ${next} |`)
  return `# Problems

Every refusal is \`application/problem+json\` (RFC 9457) with a stable \`code\`; its \`type\` is a URL that answers with the same text as this table.
Written by \`npm run write\` from the \`refusals.ts\` of each room.

| code | status | when | what to do |
|---|---|---|---|
${rows.join('\n')}
`
}

if (import.meta.main) writeFileSync('docs/problems.md', problemsPage())
