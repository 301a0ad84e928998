import { createBoundedMap } from '../kernel/bounded-map.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Budget } from './limits.ts'

/** Password hashes of one budget in its window. */
export interface HashCount {
  readonly count: number
  /** Milliseconds since 1970 UTC. */
  readonly endsAt: number
}

/** Counts password hashes in windows. The counters are in memory, because each process has its own cores. */
export interface HashCounts {
  /** Returns the hashes so far. */
  look(budget: Budget): HashCount
  /** Counts one more hash. */
  add(budget: Budget): void
}

/** They need about 4 MB. One more drops the counter that was used longest ago. */
const MAX_COUNTERS = 20_000

/** Creates empty counters. */
export function createHashCounts(clock: Clock): HashCounts {
  const counters = createBoundedMap<string, HashCount>(MAX_COUNTERS)
  function look({ key, limit }: Budget): HashCount {
    const known = counters.get(key)
    return known !== undefined && known.endsAt > clock() ? known : { count: 0, endsAt: clock() + limit.keepMs }
  }
  return {
    look,
    add(budget) {
      const { count, endsAt } = look(budget)
      counters.set(budget.key, { count: count + 1, endsAt })
    },
  }
}
