import { type Clock, SECOND_MS } from '../kernel/clock.ts'
import { inBatches } from '../kernel/in-batches.ts'
import type { AuditStore } from './store.ts'

/** How often events are sealed, milliseconds. */
export const SEAL_INTERVAL_MS: number = 10 * SECOND_MS

/** Dependencies of `sealAudit`. */
export interface SealAuditDeps {
  readonly audit: AuditStore
  readonly clock: Clock
}

/** Seals all events that are not sealed yet. Returns how many. If there are none, it costs one indexed read. */
export async function sealAudit({ audit, clock }: SealAuditDeps): Promise<number> {
  return inBatches((limit) => audit.seal(clock(), limit))
}
