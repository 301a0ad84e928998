import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { warmChart } from './report/chart.ts'
import { writeMarkdown } from './report/markdown.ts'
import type { Results } from './results.ts'

/**
 * Writes results.json, README.md and the chart to a folder. Keeps the previous results of measures that did not run
 * this time.
 * @returns the whole report as Markdown.
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

/** Rounds to five significant digits, which exceed the precision of every measure. */
function roundNumber(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(5)) : value
}
