/* Workloads and an oracle for the hit rate of the table of verified sessions. */
import type { SessionTable } from '../../src/sessions/session-table.ts'
import { digest, principalOf } from './cached-session.ts'

/** Reads a session from the table, and stores it after a miss, as a verification does. */
export function isHit(table: SessionTable, session: number): boolean {
  if (table.get(digest(session)) !== undefined) return true
  table.put(digest(session), principalOf(session))
  return false
}

/** Creates a cache that evicts the session that was used longest ago. The function returns true for a hit. */
export function createLru(capacity: number): (session: number) => boolean {
  const sessions = new Set<number>()
  return (session) => {
    const hasIt = sessions.delete(session)
    sessions.add(session)
    const [oldest] = sessions
    if (sessions.size > capacity && oldest !== undefined) sessions.delete(oldest)
    return hasIt
  }
}

/** Returns requests for sessions: session n is requested in proportion to 1/n^skew (Zipf). The same seed gives the same requests. */
export function createZipf(sessions: number, skew: number, seed: number): () => number {
  const random = createRandom(seed)
  let sum = 0
  const sums = Array.from({ length: sessions }, (_, nth) => {
    sum += (nth + 1) ** -skew
    return sum
  })
  return () => findFirst(sums, random() * sum)
}

/** Returns the index of the first number above `least` in a sorted list. */
function findFirst(sorted: readonly number[], least: number): number {
  let [low, high] = [0, sorted.length - 1]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sorted[middle] ?? 0) > least) high = middle
    else low = middle + 1
  }
  return low
}

/** Returns a generator of numbers from 0 to 1, the same for the same seed (mulberry32). */
function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
