import { type Clock, SECOND_MS } from '../kernel/clock.ts'
import type { AuditSettings } from './settings.ts'
import type { AuditStore } from './store.ts'

/** Interval at which events are sealed, in milliseconds. */
export const SEAL_INTERVAL_MS: number = 10 * SECOND_MS

/** Dependencies of `sealAudit` and `sweepAudit`. */
export interface KeepAuditDeps {
  readonly audit: AuditStore
  readonly clock: Clock
}

/** Rows sealed or deleted in one transaction, which blocks other writers for a few milliseconds. */
const BATCH = 500

/** Seals all events that are not sealed yet; returns their number. With nothing to seal it costs one indexed read. */
export async function sealAudit({ audit, clock }: KeepAuditDeps): Promise<number> {
  let total = 0
  for (;;) {
    const sealed = await audit.seal(clock(), BATCH)
    total += sealed
    if (sealed < BATCH) return total
  }
}

/**
 * Deletes the batches whose last event is older than the retention time (ASVS 14.2.7), oldest first; returns the number
 * of deleted batches.
 */
export async function sweepAudit({ audit, clock }: KeepAuditDeps, { retentionMs }: AuditSettings): Promise<number> {
  if (retentionMs === 0) return 0
  const now = clock()
  let total = 0
  while (await audit.removeOldestBatch({ before: now - retentionMs, now })) total++
  return total
}
