import type { Clock } from '../kernel/clock.ts'
import type { LoginAttemptStore } from './store.ts'

const BATCH = 500

/**
 * Deletes expired login attempts in small batches, so that none blocks the database for long. Returns the number of
 * deleted attempts.
 */
export async function sweepLoginAttempts({
  loginAttempts,
  clock,
}: {
  readonly loginAttempts: LoginAttemptStore
  readonly clock: Clock
}): Promise<number> {
  let total = 0
  for (;;) {
    const swept = await loginAttempts.sweep(clock(), BATCH)
    total += swept
    if (swept < BATCH) return total
  }
}
