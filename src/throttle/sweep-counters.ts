import type { Throttle } from './throttle.ts'

const BATCH = 500

/** Deletes the counters that have expired, in batches that never hold the database for long. */
export async function sweepCounters({ store, clock }: Pick<Throttle, 'store' | 'clock'>): Promise<void> {
  let mayBeMore = true
  while (mayBeMore) mayBeMore = await store.sweep(clock(), BATCH)
}
