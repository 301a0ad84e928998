import { BATCH } from '../kernel/in-batches.ts'
import type { Throttle } from './throttle.ts'

/** Deletes expired counters, in batches that never lock the database for long. Returns the number of full batches. */
export async function sweepCounters({ store, clock }: Pick<Throttle, 'store' | 'clock'>): Promise<number> {
  let batches = 0
  while (await store.sweep(clock(), BATCH)) batches++
  return batches
}
