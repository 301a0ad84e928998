import { HOUR_MS } from '../../kernel/clock.ts'
import type { Limit } from '../../throttle/limits.ts'
import type { Throttle } from '../../throttle/throttle.ts'

/** A device may ask every 5 seconds (RFC 8628 section 3.2). Half a second less allows for the way of its requests. */
const POLLS: Limit = {
  name: 'device-polls',
  maxTries: 2 ** 31 - 1,
  keepMs: HOUR_MS,
  keptSince: 'first',
  freeTries: 1,
  waitsMs: [4_500],
}

/**
 * Returns true if a device asks for a decision too often. Call it only for a device code that exists: it leaves a counter.
 * @throws Refusal `unavailable`.
 */
export async function asksTooOften({ store, keyOf, clock }: Throttle, deviceCode: string): Promise<boolean> {
  const { outcome } = await store.take(keyOf(POLLS, deviceCode), POLLS, clock())
  return outcome !== 'counted'
}
