/*
 * Tables. Piped output is exact and complete. On a terminal a table fits its width: ids and times are short, long texts are cut;
 * `--wide` prints everything there too.
 */
import { styleText } from 'node:util'
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../kernel/clock.ts'
import { printable } from './output.ts'

/** A column: its heading, and whether its cells are ids or times (ISO 8601). */
export type Column = string | { readonly title: string; readonly is: 'id' | 'time' }

/** How to print a table. */
export interface TableOptions {
  /** Print ids, times and texts in full. */
  readonly wide?: boolean | undefined
}

type Rows = readonly (readonly string[])[]

const GAP = 2
/** The width of a terminal that does not know its width: in a container, or in a job of CI. */
const USUAL_WIDTH = 80
const LEAST_WIDTH = 6
const ID_END = 12
const YEAR_MS = 365 * DAY_MS
const UNITS = [
  [YEAR_MS, 'year'],
  [DAY_MS, 'day'],
  [HOUR_MS, 'hour'],
  [MINUTE_MS, 'minute'],
  [SECOND_MS, 'second'],
] as const
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u

/** Returns rows as aligned columns, with a heading. */
export function table(columns: readonly Column[], rows: Rows, { wide = false }: TableOptions = {}): string[] {
  const { isTTY, columns: width } = process.stdout
  const titles = columns.map((column) => (typeof column === 'string' ? column : column.title))
  const isShort = isTTY === true && !wide
  const cells = rows.map((row) => columns.map((column, at) => toCell(column, row[at] ?? '', isShort)))
  const all = [titles, ...cells]
  const natural = titles.map((_, at) => all.reduce((most, row) => Math.max(most, widthOf(row[at] ?? '')), 0))
  const widths = isShort ? narrow(natural, { columns, width: width || USUAL_WIDTH }) : natural
  const [heading = '', ...lines] = all.map((row) => toLine(row, widths))
  return [styleText('bold', heading, { stream: process.stdout }), ...lines]
}

/** Returns the end of an id, which is random, or a time from now: `5 minutes ago`. */
function toCell(column: Column, text: string, isShort: boolean): string {
  if (!isShort || typeof column === 'string') return printable(text)
  if (column.is === 'id') return `…${text.slice(-ID_END)}`
  const time = Date.parse(text)
  return Number.isNaN(time) ? text : fromNow(time - Date.now())
}

/** Returns a duration as words: `in 3 days`, `5 minutes ago`, `now`. */
export function fromNow(ms: number): string {
  const [unitMs, unit] = UNITS.find(([each]) => Math.abs(ms) >= each) ?? [SECOND_MS, 'second']
  return new Intl.RelativeTimeFormat('en', { numeric: 'always' }).format(Math.trunc(ms / unitMs), unit)
}

/** Makes the widest columns of texts narrower until the line fits. Half an id or half a time tells nothing. */
function narrow(
  natural: readonly number[],
  { columns, width: terminalWidth }: { readonly columns: readonly Column[]; readonly width: number },
): number[] {
  const widths = [...natural]
  const texts = widths.flatMap((_, at) => (typeof columns[at] === 'string' ? [at] : []))
  let excess = widths.reduce((sum, each) => sum + each + GAP, -GAP) - terminalWidth
  while (excess > 0) {
    const [widest] = texts.toSorted((left, right) => (widths[right] ?? 0) - (widths[left] ?? 0))
    const width = widest === undefined ? 0 : (widths[widest] ?? 0)
    if (widest === undefined || width <= LEAST_WIDTH) break
    widths[widest] = width - 1
    excess--
  }
  return widths
}

function toLine(row: readonly string[], widths: readonly number[]): string {
  const parts = row.map((text, at) => {
    const cut = cutTo(text, widths[at] ?? 0)
    return cut + ' '.repeat(Math.max(0, (widths[at] ?? 0) - widthOf(cut)))
  })
  return parts.join(' '.repeat(GAP)).trimEnd()
}

function cutTo(text: string, width: number): string {
  if (widthOf(text) <= width) return text
  let cut = ''
  for (const character of text) {
    if (widthOf(`${cut}${character}…`) > width) break
    cut += character
  }
  return `${cut}…`
}

/** Returns the number of columns that a text takes on a terminal. */
function widthOf(text: string): number {
  let width = 0
  for (const character of text) {
    if (/\p{M}/u.test(character)) continue
    width += WIDE.test(character) ? 2 : 1
  }
  return width
}
