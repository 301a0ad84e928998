import type { AuditRecord } from '../audit/store.ts'
import type { AuditReport } from '../audit/verify-audit.ts'
import { toIsoTime } from '../kernel/clock.ts'
import { printable } from './output.ts'

/** An event for machines. Times are ISO 8601. */
export function toEventJson({ id, at, ...rest }: AuditRecord): Omit<AuditRecord, 'at'> & { readonly at: string } {
  return { id, at: toIsoTime(at), ...rest }
}

/** An event on one line for people: what is unknown is left out. */
export function toEventLine({ at, type, userId, actor, sessionId, client, detail }: AuditRecord): string {
  const values = { user: userId, actor, session: sessionId, ip: client.ip, ...detail }
  const parts = Object.entries(values)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}=${typeof value === 'object' ? JSON.stringify(value) : String(value)}`)
  return printable([toIsoTime(at), type, ...parts].join(' '))
}

/** A report for machines. */
export function toReportJson(report: AuditReport): Record<string, unknown> {
  const { removedThrough } = report
  return { ...report, removedThrough: removedThrough === null ? null : toIsoTime(removedThrough) }
}

/** A report for people. */
export function toReportLines(report: AuditReport): string[] {
  const { ok, batches, removedBatches, removedThrough, events, unsealed, head, problems } = report
  const removed =
    removedThrough === null
      ? ''
      : `, ${removedBatches} of them removed after their time (through ${toIsoTime(removedThrough)})`
  return [
    `Batches: ${batches}${removed}`,
    `Events: ${events} sealed, ${unsealed} not sealed yet`,
    ...(head === null ? [] : [`Head: ${head}`]),
    ...problems.map(({ batch, detail }) => printable(batch === null ? detail : `Batch ${batch}: ${detail}`)),
    ok ? 'The audit is as it was written.' : 'The audit is NOT as it was written.',
  ]
}
