import { closeSync, createReadStream, openSync, statSync, writeSync } from 'node:fs'
import { resolve } from 'node:path'
import { Command } from 'commander'
import { MAX_LINE_LENGTH } from '../accounts/import-line.ts'
import type { ImportProgress, ImportResult, SkippedLine } from '../accounts/import-users.ts'
import { SECOND_MS } from '../kernel/clock.ts'
import { ConfigurationError } from '../options/options.ts'
import { EXIT, print, printable, progress } from './output.ts'
import { readLines } from './read-lines.ts'
import { withLatchkey } from './with-latchkey.ts'

interface Options {
  readonly dryRun?: boolean
  readonly report?: string
  readonly json?: boolean
}

/** Number of refused lines to print; a report contains all of them. */
const MAX_SHOWN = 20
const BAR_WIDTH = 20
const MAX_UTF8_BYTES = 3
const OWNER_ONLY = 0o600
const TERMINAL_INTERVAL_MS = 100
const PLAIN_INTERVAL_MS = 10 * SECOND_MS

/** The command `latchkey user import`. */
export function importCommand(): Command {
  return new Command('import')
    .argument('<file>', 'one JSON object per line; - reads standard input')
    .description(
      'import users of another system with their password hashes; run it again to continue after an interruption',
    )
    .option('--dry-run', 'check the lines and import nothing')
    .option('--report <file>', 'write a JSON line for each line that created no user')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  latchkey user import users.jsonl --dry-run')
    .action(importFile)
}

async function importFile(path: string, { dryRun = false, report, json }: Options): Promise<void> {
  if (report !== undefined && resolve(report) === resolve(path)) {
    throw new ConfigurationError('--report must name a different file than the imported one.')
  }
  const { chunks, readShare } = openInput(path)
  const reportFile = report === undefined ? null : openSync(report, 'w', OWNER_ONLY)
  const show = createProgressLine(readShare)
  try {
    const result = await withLatchkey((auth) =>
      auth.users.import(readLines(chunks, MAX_UTF8_BYTES * MAX_LINE_LENGTH + 1), {
        dryRun,
        onProgress: show,
        onSkipped(skipped) {
          if (reportFile !== null) writeSync(reportFile, `${JSON.stringify(skipped)}\n`)
        },
      }),
    )
    progress('')
    print({ dryRun, ...result }, [summary(result, dryRun)], { json })
    if (json !== true) showRefused(result)
    if (result.refusedCount > 0) process.exitCode = EXIT.refused
  } finally {
    progress('')
    if (reportFile !== null) closeSync(reportFile)
  }
}

/** Returns the bytes of the file, and the share of it that was read; null if its size is unknown. */
function openInput(path: string): { chunks: AsyncIterable<Buffer>; readShare: () => number | null } {
  if (path === '-') return { chunks: process.stdin, readShare: () => null }
  const { size } = statSync(path)
  const stream = createReadStream(path)
  return { chunks: stream, readShare: () => (size === 0 ? null : stream.bytesRead / size) }
}

/** Shows the progress: on a terminal one line that changes, elsewhere a new line every ten seconds. */
function createProgressLine(readShare: () => number | null): (done: ImportProgress) => void {
  const { isTTY } = process.stderr
  const startedAt = performance.now()
  let shownAt = startedAt
  return ({ lines, created, existing, refusedCount }) => {
    const now = performance.now()
    if (now - shownAt < (isTTY ? TERMINAL_INTERVAL_MS : PLAIN_INTERVAL_MS)) return
    shownAt = now
    const rate = Math.round((lines / (now - startedAt)) * SECOND_MS)
    const text = `${bar(readShare())}${lines} lines: ${created} created, ${existing} existing, ${refusedCount} refused; ${rate} lines/s`
    if (isTTY) progress(text)
    else process.stderr.write(`${text}\n`)
  }
}

function bar(share: number | null): string {
  if (share === null) return ''
  const full = Math.round(share * BAR_WIDTH)
  return `[${'#'.repeat(full)}${'.'.repeat(BAR_WIDTH - full)}] ${Math.floor(share * 100)} % `
}

function summary({ lines, created, existing, refusedCount }: ImportResult, dryRun: boolean): string {
  const would = dryRun ? 'Dry run, nothing was written: ' : ''
  return `${would}${lines} lines: ${created} created, ${existing} existing, ${refusedCount} refused`
}

function showRefused({ refused, refusedCount }: ImportResult): void {
  for (const skipped of refused.slice(0, MAX_SHOWN)) process.stderr.write(`${describe(skipped)}\n`)
  if (refusedCount > MAX_SHOWN) process.stderr.write(`and ${refusedCount - MAX_SHOWN} more; see them with --report\n`)
}

function describe({ line, problems }: SkippedLine): string {
  const texts = problems.map(({ pointer, detail }) => `${pointer.replace(/^#\/?/, '')} ${detail}`.trim())
  return `line ${line}: ${printable(texts.join('; '))}`
}
