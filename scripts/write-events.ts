/*
 * Writes the table of docs/events.md from the catalogue of events: `npm run write`. A test compares
 * them.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { EVENTS } from '../src/catalogue/events.ts'
import type { EventEntry } from '../src/kernel/event.ts'

/** Returns the table for docs/events.md. */
export function eventsTable(): string {
  const entries: [string, EventEntry][] = Object.entries(EVENTS)
  const rows = entries.map(
    ([type, { description, fields, sentence }]) =>
      `| \`${type}\` | ${description} | ${Object.entries(fields).map(toText).join('; ')} | ${sentence?.en ?? '–'} |`,
  )
  return `| type | description | fields | shown to the user as |\n|---|---|---|---|\n${rows.join('\n')}`
}

function toText([field, explanation]: [string, string | null]): string {
  return explanation === null ? `\`${field}\`` : `\`${field}\`: ${explanation}`
}

if (import.meta.main) {
  const page = fileURLToPath(new URL('../docs/events.md', import.meta.url))
  const BETWEEN = /(<!-- events:begin -->\n)[\s\S]*(<!-- events:end -->)/
  writeFileSync(page, readFileSync(page, 'utf8').replace(BETWEEN, `$1\n${eventsTable()}\n\n$2`))
}
