/* Formats numbers for the report. */
import type { Spread } from '../support/statistics.ts'

/** Returns a whole number with separated thousands. */
export function whole(value: number): string {
  return Number.isFinite(value) ? Math.round(value).toLocaleString('en-US') : '–'
}

/** Returns a number with the given number of decimals. */
export function decimals(value: number, digits = 2): string {
  return Number.isFinite(value) ? value.toFixed(digits) : '–'
}

/** Returns the median and, in brackets, minimum and maximum. */
export function spread({ median, min, max }: Spread, format: (value: number) => string = decimals): string {
  return `${format(median)} (${format(min)} to ${format(max)})`
}

/** Returns milliseconds as text. */
export function milliseconds(value: number): string {
  return decimals(value, value < 10 ? 2 : 0)
}

/** Returns bytes as megabytes. */
export function megabytes(value: number): string {
  return `${decimals(value / 1_000_000, 1)} MB`
}

/** Returns a Markdown table. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map((_, index) => (index === 0 ? '---' : '--:')), ...rows]
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}
