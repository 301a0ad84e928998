/* Hit rate of a full table of verified sessions, compared with LRU. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { digest, principalOf } from '../../test/support/cached-session.ts'
import { createLru, createZipf, isHit } from '../../test/support/hit-rate.ts'
import { createSessionTable } from './session-table.ts'

describe('a table that is full', () => {
  test.each([
    ['never used', 0],
    ['used once', 1],
    ['used often', 3],
  ])('full of idle sessions, %s, keeps ten active ones', (_, uses) => {
    const table = createSessionTable(1_000)
    for (let idle = 0; idle < 1_000; idle++) table.put(digest(idle), principalOf(idle))
    for (let use = 0; use < uses; use++) for (let idle = 0; idle < 1_000; idle++) table.get(digest(idle))
    let hits = 0
    for (let request = 0; request < 200; request++) hits += isHit(table, 1_000 + (request % 10)) ? 1 : 0
    expect(hits).toBe(190) // all but the first request of each session
  })

  test('keeps ten active sessions while many others are used once', () => {
    const table = createSessionTable(100)
    let hits = 0
    for (let request = 0; request < 1_000; request++) {
      isHit(table, 1_000 + request)
      hits += isHit(table, request % 10) ? 1 : 0
    }
    expect(hits).toBe(990)
  })

  test('evicts all idle sessions in the end', () => {
    const table = createSessionTable(100)
    for (let idle = 0; idle < 100; idle++) isHit(table, idle)
    for (let newcomer = 100; newcomer < 200; newcomer++) isHit(table, newcomer)
    const left = Array.from({ length: 100 }, (_, idle) => idle).filter((idle) => table.get(digest(idle)) !== undefined)
    expect(left).toEqual([])
  })

  test('has as many hits as LRU, within one percent, for three times as many sessions as it can hold', () => {
    const skew = fc.double({ min: 0.5, max: 1.3, noNaN: true })
    fc.assert(
      fc.property(fc.nat(), skew, fc.constantFrom(50, 200), (seed, exponent, capacity) => {
        const next = createZipf(3 * capacity, exponent, seed)
        const table = createSessionTable(capacity)
        const isLruHit = createLru(capacity)
        const requests = 60 * capacity
        let [hits, lruHits] = [0, 0]
        for (let request = 0; request < requests; request++) {
          const session = next()
          hits += isHit(table, session) ? 1 : 0
          lruHits += isLruHit(session) ? 1 : 0
        }
        expect(hits / requests).toBeGreaterThan(lruHits / requests - 0.01)
      }),
      { numRuns: 40 },
    )
  })
})
