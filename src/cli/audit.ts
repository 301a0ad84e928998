import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { Command, InvalidArgumentError, Option } from 'commander'
import type { AuditRecord } from '../audit/store.ts'
import type { Latchkey } from '../instance.ts'
import { MINUTE_MS, SECOND_MS } from '../kernel/clock.ts'
import { toEventJson, toEventLine, toReportJson, toReportLines } from './audit-text.ts'
import { EXIT, print } from './output.ts'
import { parseTime } from './parse-time.ts'
import { withLatchkey } from './with-latchkey.ts'

const PAGE = 500
const MAX_TAIL = 1_000
const LOOK_AGAIN_MS = SECOND_MS
/**
 * The delay of a commit after the time in its ids: the longest transaction plus the difference of the nodes' clocks.
 */
const LATE_COMMIT_MS = 10 * SECOND_MS

/** The command `latchkey audit verify|tail|export`. */
export function auditCommand(): Command {
  const audit = new Command('audit').description('read and verify the audit log')
  audit
    .command('verify')
    .description('verify the audit log and print its head; exit with 1 if it was modified')
    .option('--head <hash>', 'a head that an earlier run printed and that you stored elsewhere')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  latchkey audit verify --head "$(cat /mnt/elsewhere/latchkey-head)"')
    .action(verify)
  audit
    .command('tail')
    .description('print the newest events')
    .option('-n <count>', 'how many events, 1 to 1000', parseCount, 10)
    .option('--follow', 'print new events until interrupted')
    .option('--json', 'print JSON; with --follow one object per line')
    .addHelpText('after', '\nExample:\n  latchkey audit tail -n 50 --follow')
    .action(tail)
  audit
    .command('export')
    .description('print all events, the oldest first')
    .option('--since <time>', 'only events at this time or later, such as 2026-01-31T18:30Z', parseTime)
    .addOption(new Option('--format <format>', 'jsonl: one JSON object per line').choices(['jsonl']).default('jsonl'))
    .addHelpText('after', '\nExample:\n  latchkey audit export --since 2026-01-31 > audit.jsonl')
    .action(exportAll)
  return audit
}

async function verify(options: { readonly head?: string; readonly json?: boolean }): Promise<void> {
  const { head } = options
  const report = await withLatchkey((auth) => auth.audit.verify(head === undefined ? {} : { head }))
  print(toReportJson(report), toReportLines(report), options)
  if (!report.ok) process.exitCode = EXIT.refused
}

interface TailOptions {
  readonly n: number
  readonly follow?: boolean
  readonly json?: boolean
}

async function tail(options: TailOptions): Promise<void> {
  await withLatchkey(async (auth) => {
    const listNewest = async (): Promise<AuditRecord[]> =>
      (await auth.audit.list({ newestFirst: true, limit: options.n })).reverse()
    if (options.follow === true) return follow(auth, listNewest, options)
    const events = await listNewest()
    print({ events: events.map(toEventJson) }, events.map(toEventLine), options)
  })
}

/** Looks again every second, and includes the recent past, because late commits can add events there. */
async function follow(auth: Latchkey, listNewest: () => Promise<AuditRecord[]>, { json }: TailOptions): Promise<void> {
  const output = createLineOutput()
  const toLine = (event: AuditRecord): string =>
    json === true ? JSON.stringify(toEventJson(event)) : toEventLine(event)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, output.stop)
  const readRecent = async (): Promise<AuditRecord[]> => {
    const recent: AuditRecord[] = []
    for await (const event of readFrom(auth, firstIdAt(Date.now() - LATE_COMMIT_MS))) recent.push(event)
    return recent
  }
  let seen = new Set((await readRecent()).map(({ id }) => id))
  for (const event of await listNewest()) {
    seen.add(event.id)
    await output.write(toLine(event))
  }
  while (!output.signal.aborted) {
    const recent = await readRecent()
    for (const event of recent) if (!seen.has(event.id)) await output.write(toLine(event))
    seen = new Set(recent.map(({ id }) => id))
    await sleep(LOOK_AGAIN_MS, undefined, { signal: output.signal }).catch(() => undefined)
  }
}

async function exportAll({ since }: { readonly since?: number }): Promise<void> {
  const output = createLineOutput()
  await withLatchkey(async (auth) => {
    // Ids contain the time, so earlier rows are not read. The margin of a minute allows for differing clocks.
    const after = firstIdAt(since === undefined ? 0 : Math.max(0, since - MINUTE_MS))
    for await (const event of readFrom(auth, after, since)) {
      if (output.signal.aborted) return
      await output.write(JSON.stringify(toEventJson(event)))
    }
  })
}

async function* readFrom(auth: Latchkey, after: string, since?: number): AsyncGenerator<AuditRecord> {
  let last = after
  for (;;) {
    const page = await auth.audit.list({ after: last, limit: PAGE, ...(since === undefined ? {} : { since }) })
    yield* page
    if (page.length < PAGE) return
    last = page.at(-1)?.id ?? last
  }
}

/**
 * Returns an output that writes lines no faster than they are read. It stops writing after `stop`, and when the reader
 * closes the pipe (`| head`).
 */
function createLineOutput(): { write(line: string): Promise<void>; stop(): void; readonly signal: AbortSignal } {
  const { stdout } = process
  const stopping = new AbortController()
  const stop = (): void => stopping.abort()
  stdout.once('error', stop)
  return {
    signal: stopping.signal,
    stop,
    async write(line) {
      if (stopping.signal.aborted || stdout.write(`${line}\n`)) return
      await once(stdout, 'drain', { signal: stopping.signal }).catch(() => undefined)
    },
  }
}

/** Returns the lowest UUIDv7 of a millisecond (RFC 9562 section 5.7). */
function firstIdAt(timeMs: number): string {
  const hex = timeMs.toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`
}

function parseCount(text: string): number {
  const count = /^\d{1,4}$/.test(text) ? Number(text) : 0
  if (Number.isInteger(count) && count > 0 && count <= MAX_TAIL) return count
  throw new InvalidArgumentError(`Must be a number from 1 to ${MAX_TAIL}.`)
}
