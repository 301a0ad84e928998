import { createSessionTable } from '../../src/sessions/session-table.ts'
import { createLru, createZipf, isHit } from '../../test/support/hit-rate.ts'
import type { HitResults, HitSubject } from '../results.ts'
import type { Bench } from '../support/bench.ts'

const CAPACITY = 10_000
/** Sessions that are requested, for each place in the table. */
const TIMES_CAPACITY = 3
const REQUESTS_PER_PLACE = 60
const SKEWS = [0.6, 0.8, 1, 1.2]
const TIMES_CAPACITY_OF_CHANGE = 5
const SKEW_OF_CHANGE = 0.9
const REQUESTS_PER_PLACE_OF_CHANGE = 20
const SEED = 1

/** Measures the hit rate of the table of verified sessions when it is full, and that of LRU with the same requests. */
export async function measureHits({ isQuick }: Bench): Promise<HitResults> {
  const capacity = isQuick ? CAPACITY / 10 : CAPACITY
  const skews = SKEWS.map((skew) => [skew.toFixed(1), measureSkew(capacity, skew)] as const)
  const afterChange = measureChange(capacity)
  return { capacity, sessions: TIMES_CAPACITY * capacity, afterChange, skews: Object.fromEntries(skews) }
}

/** Fills a table with sessions that are never asked for again, and returns the hit rate of the requests that follow. */
function measureChange(capacity: number): number {
  const all = TIMES_CAPACITY_OF_CHANGE * capacity
  const next = createZipf(all, SKEW_OF_CHANGE, SEED)
  const table = createSessionTable(capacity)
  const requests = REQUESTS_PER_PLACE_OF_CHANGE * capacity
  let hits = 0
  for (let request = 0; request < requests; request++) isHit(table, all + next())
  for (let request = 0; request < requests; request++) hits += isHit(table, next()) ? 1 : 0
  return hits / requests
}

function measureSkew(capacity: number, skew: number): HitSubject {
  const next = createZipf(TIMES_CAPACITY * capacity, skew, SEED)
  const table = createSessionTable(capacity)
  const isLruHit = createLru(capacity)
  const requests = REQUESTS_PER_PLACE * capacity
  let [hits, lruHits] = [0, 0]
  for (let request = 0; request < requests; request++) {
    const session = next()
    hits += isHit(table, session) ? 1 : 0
    lruHits += isLruHit(session) ? 1 : 0
  }
  return { hitRate: hits / requests, lruHitRate: lruHits / requests }
}
