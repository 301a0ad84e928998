/* Writes docs/problems.md from the catalogue of refusals: `node scripts/write-problems.ts`. A test holds them equal. */
import { writeFileSync } from 'node:fs'
import { CATALOGUE } from '../src/kernel/catalogue.ts'

/** The page, as it must be. */
export function problemsPage(): string {
  const rows = Object.entries(CATALOGUE).map(
    ([code, { status, when, next }]) => `| \`${code}\` | ${status} | ${when} | ${next} |`,
  )
  return `# Problems

Every refusal is \`application/problem+json\` (RFC 9457) with a stable \`code\`; its \`type\` is a URL that answers with the same as here.
Written by \`node scripts/write-problems.ts\` from \`src/kernel/catalogue.ts\`.

| code | status | when | what to do |
|---|---|---|---|
${rows.join('\n')}
`
}

if (import.meta.main) writeFileSync('docs/problems.md', problemsPage())
