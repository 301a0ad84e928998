/* Writes docs/asvs.md from the names of the tests: `npm run write`. `npm run check:asvs` compares them. */
import { readFileSync, writeFileSync } from 'node:fs'
import { answerAll, type Carrier, type Requirement, type Row, readCarriers, readRequirements } from './asvs.ts'

const KINDS = ['tested', 'documented', 'duty', 'not met', 'does not apply'] as const

/** Returns the page. */
export function asvsPage(requirements: readonly Requirement[], carriers: readonly Carrier[]): string {
  const rows = answerAll(requirements, carriers)
  const chapters = [...Map.groupBy(rows, ({ chapter }) => chapter)].sort(([a], [b]) => numberOf(a) - numberOf(b))
  const counts = chapters.map(([chapter, own]) => [linkTo(chapter), own.length, ...countKinds(own)])
  const sums = ['**all**', rows.length, ...countKinds(rows)]
  return `# ASVS 5.0

The requirements of the [OWASP Application Security Verification Standard 5.0](https://owasp.org/www-project-application-security-verification-standard/)
that apply to an authentication server ([the list](asvs-5.csv)), and what meets each of them: the tests that have its number in their name, a
page, or the application. What is not met says why. \`npm run write\` writes this page, and \`npm run check:asvs\` compares it
with the tests.

| chapter | requirements | ${KINDS.join(' | ')} |
|---|---|${KINDS.map(() => '---').join('|')}|
${[...counts, sums].map((cells) => `| ${cells.join(' | ')} |`).join('\n')}

${chapters.map(([chapter, own]) => chapterOf(chapter, own)).join('\n\n')}
`
}

function numberOf(chapter: string): number {
  return Number(/^V(\d+)/.exec(chapter)?.[1])
}

function linkTo(chapter: string): string {
  return `[${chapter}](#${chapter.toLowerCase().replaceAll(' ', '-')})`
}

function countKinds(rows: readonly Row[]): number[] {
  return KINDS.map((kind) => rows.filter((row) => row.kind === kind).length)
}

function chapterOf(chapter: string, rows: readonly Row[]): string {
  const lines = rows.map(
    ({ id, level, text, answer }) => `| ${id} | ${level} | ${text.replaceAll('|', '\\|')} | ${answer} |`,
  )
  return `## ${chapter}\n\n| id | level | requirement | met by |\n|---|---|---|---|\n${lines.join('\n')}`
}

if (import.meta.main) {
  writeFileSync('docs/asvs.md', asvsPage(readRequirements(readFileSync('docs/asvs-5.csv', 'utf8')), readCarriers()))
}
