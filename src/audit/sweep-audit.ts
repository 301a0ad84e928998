import { type Clock, DAY_MS } from '../kernel/clock.ts'
import { inBatches } from '../kernel/in-batches.ts'
import type { AuditSettings } from './settings.ts'
import type { AuditStore } from './store.ts'

/** Dependencies of `sweepAudit`. */
export interface SweepAuditDeps {
  readonly audit: AuditStore
  readonly clock: Clock
}

/** How long passing events are kept: those about no user that a client caused and that changed nothing. */
const KEEP_PASSING_MS = DAY_MS

/**
 * Removes passing events after a day, and the batches whose last event is older than the retention (ASVS 14.2.7), oldest
 * first. Returns the number of events and batches.
 */
export async function sweepAudit({ audit, clock }: SweepAuditDeps, { retentionMs }: AuditSettings): Promise<number> {
  const now = clock()
  let total = await inBatches((limit) => audit.removePassing(now - KEEP_PASSING_MS, limit))
  if (retentionMs === 0) return total
  while (await audit.removeOldestBatch({ before: now - retentionMs, now })) total++
  return total
}
