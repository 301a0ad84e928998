import type { AuditRecord } from '../audit/store.ts'
import type { AuditReport } from '../audit/verify-audit.ts'
import { toIsoTime } from '../kernel/clock.ts'
import { printable } from './output.ts'

/** Returns an event as JSON. Times are ISO 8601. */
export function toEventJson({ id, at, ...rest }: AuditRecord): Omit<AuditRecord, 'at'> & { readonly at: string } {
  return { id, at: toIsoTime(at), ...rest }
}

/** Returns an event as one line of text; null values are left out. */
export function toEventLine({ at, type, userId, actor, sessionId, client, detail }: AuditRecord): string {
  const values = { user: userId, actor, session: sessionId, ip: client.ip, ...detail }
  const parts = Object.entries(values)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}=${typeof value === 'object' ? JSON.stringify(value) : String(value)}`)
  return printable([toIsoTime(at), type, ...parts].join(' '))
}

/** Returns a verification report as JSON. */
export function toReportJson(report: AuditReport): Record<string, unknown> {
  const { removedThrough } = report
  return { ...report, removedThrough: removedThrough === null ? null : toIsoTime(removedThrough) }
}

/** Returns a verification report as lines of text. */
export function toReportLines(report: AuditReport): string[] {
  const { ok, batches, removedBatches, removedThrough, events, unsealed, head, problems } = report
  const removed =
    removedThrough === null
      ? ''
      : `, ${removedBatches} of them deleted at the end of their retention (through ${toIsoTime(removedThrough)})`
  return [
    `Batches: ${batches}${removed}`,
    `Events: ${events} sealed, ${unsealed} not sealed yet`,
    ...(head === null ? [] : [`Head: ${head}`]),
    ...problems.map(({ batch, detail }) => printable(batch === null ? detail : `Batch ${batch}: ${detail}`)),
    ok ? 'The audit log is unmodified.' : 'Audit log verification FAILED: it has been modified.',
  ]
}
