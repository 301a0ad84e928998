/*
 * Writes the tables of docs/configuration.md from the settings of the rooms: `npm run write`. Text
 * outside the markers is not changed. A test compares them.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../src/kernel/clock.ts'
import { type NamedSetting, REQUIRED, type RoomSettings, type Variable } from '../src/kernel/settings.ts'
import { fileVariable } from '../src/options/secret-files.ts'
import { LIBRARY_SETTINGS, SERVER_SETTINGS, SHARED_SETTINGS } from '../src/options/settings.ts'

const PAGE = 'docs/configuration.md'
const UNITS: readonly (readonly [string, number])[] = [
  ['day', DAY_MS],
  ['hour', HOUR_MS],
  ['minute', MINUTE_MS],
  ['second', SECOND_MS],
]

/** Replaces the tables in the page: each is between `<!-- name -->` and `<!-- end of name -->`. */
export function withTables(page: string): string {
  const tables = {
    variables: variableTable([...SERVER_SETTINGS, ...LIBRARY_SETTINGS, ...SHARED_SETTINGS]),
    options: optionTable(SHARED_SETTINGS),
    'library options': optionTable(LIBRARY_SETTINGS),
  }
  return Object.entries(tables).reduce((text, [name, table]) => {
    const [start, end] = [`<!-- ${name} -->\n`, `\n<!-- end of ${name} -->`]
    const [before, rest] = splitAt(text, start)
    const [, after] = splitAt(rest, end)
    return `${before}${start}\n${table}\n${end}${after}`
  }, page)
}

function splitAt(text: string, marker: string): [string, string] {
  const at = text.indexOf(marker)
  if (at === -1) throw new Error(`${PAGE} has no ${marker.trim()}`)
  return [text.slice(0, at), text.slice(at + marker.length)]
}

function variableTable(rooms: readonly RoomSettings[]): string {
  const rows = rooms.flatMap(({ list }) =>
    list.flatMap((setting) => {
      const { variable, meaning } = setting
      return variable === undefined
        ? []
        : [[nameVariable(variable), meaning, variable.defaultIs ?? describeDefault(setting)]]
    }),
  )
  return toTable(['variable', 'meaning', 'default'], rows)
}

function nameVariable({ name, isSecret }: Variable): string {
  return isSecret === true ? `\`${name}\` or \`${fileVariable(name)}\`` : `\`${name}\``
}

function optionTable(rooms: readonly RoomSettings[]): string {
  const rows = rooms.flatMap(({ section, list }) =>
    list.map((setting) => {
      const { name, variable, meaning } = setting
      const path = section === null ? name : `${section}.${name}`
      return [`\`${path}\``, variable === undefined ? meaning : `as \`${variable.name}\``, describeDefault(setting)]
    }),
  )
  return toTable(['option', 'meaning', 'default'], rows)
}

function toTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n')
    .replace('| --- | --- | --- |', '|---|---|---|')
}

function describeDefault({ name, defaultIs, default: value }: NamedSetting): string {
  if (defaultIs !== undefined) return defaultIs
  if (value === REQUIRED) return 'required'
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return 'none'
  if (typeof value === 'number') return name.endsWith('Ms') ? describeDuration(value) : value.toLocaleString('en-US')
  return typeof value === 'string' ? `\`${value}\`` : String(value)
}

function describeDuration(ms: number): string {
  const [unit, unitMs] = UNITS.find(([, each]) => ms % each === 0) ?? ['millisecond', 1]
  const count = ms / unitMs
  return `${count} ${unit}${count === 1 ? '' : 's'}`
}

if (import.meta.main) writeFileSync(PAGE, withTables(readFileSync(PAGE, 'utf8')))
