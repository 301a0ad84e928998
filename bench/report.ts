import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { warmChart } from './report/chart.ts'
import { writeMarkdown } from './report/markdown.ts'
import type { Results } from './results.ts'

/**
 * Writes results.json, README.md and the chart into a folder. Measures that were not run this time are kept from the
 * last one.
 * @returns the whole as Markdown.
 */
export function writeReport(folder: string, measured: Results): string {
  mkdirSync(folder, { recursive: true })
  const file = join(folder, 'results.json')
  const before = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Results) : {}
  const results: Results = { ...before, ...measured }
  const markdown = writeMarkdown(results)
  writeFileSync(file, `${JSON.stringify(results, roundNumber, 2)}\n`)
  writeFileSync(join(folder, 'README.md'), markdown)
  if (results.warm !== undefined) writeFileSync(join(folder, 'get-me.svg'), warmChart(results.warm.measured))
  return markdown
}

/** Five significant digits: more than any of it is good for. */
function roundNumber(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(5)) : value
}
