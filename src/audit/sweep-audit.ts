import type { Clock } from '../kernel/clock.ts'
import type { AuditSettings } from './settings.ts'
import type { AuditStore } from './store.ts'

/** Dependencies of `sweepAudit`. */
export interface SweepAuditDeps {
  readonly audit: AuditStore
  readonly clock: Clock
}

/** Removes the batches whose last event is older than the retention (ASVS 14.2.7), oldest first. Returns how many. */
export async function sweepAudit({ audit, clock }: SweepAuditDeps, { retentionMs }: AuditSettings): Promise<number> {
  if (retentionMs === 0) return 0
  const now = clock()
  let total = 0
  while (await audit.removeOldestBatch({ before: now - retentionMs, now })) total++
  return total
}
