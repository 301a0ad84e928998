/* The table in docs/clients.md: results of the clients in the last run. */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { InteropClient } from './clients.ts'

/** Results of a client. */
export interface Verdicts {
  readonly version: string
  readonly login: 'yes'
  readonly remembered: 'yes' | 'no'
  readonly notRemembered: 'kept' | 'gone'
  readonly renewed: 'yes'
  readonly logout: 'yes'
  readonly sealed: 'yes'
  readonly plainHttp: 'yes' | 'no'
}

const PAGE = fileURLToPath(new URL('../../docs/clients.md', import.meta.url))
const BETWEEN = /(?<=<!-- clients:begin -->\n)[\s\S]*(?=<!-- clients:end -->)/
const COLUMNS: Readonly<Record<keyof Verdicts, string>> = {
  version: 'version',
  login: 'login',
  remembered: 'remembered, after a restart',
  notRemembered: 'not remembered, after a restart',
  renewed: 'renewed',
  logout: 'logout',
  sealed: 'sealed',
  plainHttp: 'sent to `http://localhost`',
}

/** Returns the table of these verdicts. A result that a failed or skipped test did not find out is a question mark. */
export function clientsTable(found: ReadonlyMap<InteropClient, Partial<Verdicts>>): string {
  const columns = Object.keys(COLUMNS) as (keyof Verdicts)[] // the type says so
  const rows = [...found].map(([{ name, store }, verdicts]) => [
    name,
    ...columns.map((column) => verdicts[column] ?? '?'),
    store,
  ])
  const lines = [['client', ...Object.values(COLUMNS), 'where cookies are'], rows[0]?.map(() => '---') ?? [], ...rows]
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

/** Returns the table in the docs. */
export function readTable(): string {
  return BETWEEN.exec(readFileSync(PAGE, 'utf8'))?.[0].trim() ?? ''
}

/** Writes the table into the docs. */
export function writeTable(table: string): void {
  writeFileSync(
    PAGE,
    readFileSync(PAGE, 'utf8').replace(BETWEEN, () => `\n${table}\n\n`),
  )
}

/** Returns a table without its second column: versions differ from machine to machine. */
export function withoutVersions(table: string): string {
  return table.replace(/^(\|[^|]*\|)[^|]*\|/gm, '$1')
}
