import { type Clock, SECOND_MS } from '../kernel/clock.ts'
import type { AuditSettings } from './settings.ts'
import type { AuditStore } from './store.ts'

/** How often events are sealed, milliseconds. */
export const SEAL_INTERVAL_MS: number = 10 * SECOND_MS

/** What keeping the audit works with. */
export interface KeepAuditDeps {
  readonly audit: AuditStore
  readonly clock: Clock
}

/** So many rows are sealed, and removed, in one transaction, which keeps others from writing for some milliseconds. */
const BATCH = 500

/** Seals all events that are not sealed yet; says how many. With nothing to do it costs one indexed read. */
export async function sealAudit({ audit, clock }: KeepAuditDeps): Promise<number> {
  let total = 0
  for (;;) {
    const sealed = await audit.seal(clock(), BATCH)
    total += sealed
    if (sealed < BATCH) return total
  }
}

/** Removes the batches whose last event is past its time (ASVS 14.2.7), the oldest first; says how many. */
export async function sweepAudit({ audit, clock }: KeepAuditDeps, { retentionMs }: AuditSettings): Promise<number> {
  if (retentionMs === 0) return 0
  const now = clock()
  let total = 0
  while (await audit.removeOldestBatch({ before: now - retentionMs, now })) total++
  return total
}
