import type { Clock } from '../kernel/clock.ts'
import { inBatches } from '../kernel/in-batches.ts'
import type { LoginAttemptStore } from './store.ts'

/** Dependencies of `sweepLoginAttempts`. */
export interface SweepLoginAttemptsDeps {
  readonly loginAttempts: LoginAttemptStore
  readonly clock: Clock
}

/** Deletes expired login attempts. Returns how many. */
export async function sweepLoginAttempts({ loginAttempts, clock }: SweepLoginAttemptsDeps): Promise<number> {
  return inBatches((limit) => loginAttempts.sweep(clock(), limit))
}
