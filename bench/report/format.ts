/* Numbers as the report writes them. */
import type { Spread } from '../support/statistics.ts'

/** A whole number with thousands set apart. */
export function whole(value: number): string {
  return Number.isFinite(value) ? Math.round(value).toLocaleString('en-US') : '–'
}

/** A number with so many decimals. */
export function decimals(value: number, digits = 2): string {
  return Number.isFinite(value) ? value.toFixed(digits) : '–'
}

/** Median and, in brackets, least and most. */
export function spread({ median, min, max }: Spread, format: (value: number) => string = decimals): string {
  return `${format(median)} (${format(min)} to ${format(max)})`
}

/** Milliseconds. */
export function milliseconds(value: number): string {
  return decimals(value, value < 10 ? 2 : 0)
}

/** Bytes as megabytes. */
export function megabytes(value: number): string {
  return `${decimals(value / 1_000_000, 1)} MB`
}

/** A Markdown table. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map((_, index) => (index === 0 ? '---' : '--:')), ...rows]
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}
