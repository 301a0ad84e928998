/* The table of verified sessions after any sequence of operations, compared with a plain map as the model. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { digest, principalOf, userIdOf } from '../../test/support/cached-session.ts'
import type { TokenDigest } from '../crypto/token.ts'
import type { Method, SessionPrincipal } from '../kernel/principal.ts'
import { createSessionTable, type SessionTable } from './session-table.ts'

type Operation =
  | { readonly kind: 'put'; readonly session: number; readonly version: number }
  | { readonly kind: 'get'; readonly session: number }
  | { readonly kind: 'remove'; readonly session: number }
  | { readonly kind: 'removeUser'; readonly user: number }
  | { readonly kind: 'clear' }

type Content = ReadonlyMap<TokenDigest, SessionPrincipal>

const USERS = 3
const SESSIONS = Array.from({ length: 12 }, (_, session) => session)
const session = fc.constantFrom(...SESSIONS)
const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 10, arbitrary: fc.record({ kind: fc.constant('put' as const), session, version: fc.nat(9) }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('get' as const), session }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('remove' as const), session }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('removeUser' as const), user: fc.nat(USERS - 1) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('clear' as const) }) },
)

/** Returns a copy of a session. Each version has different values, and every second version has a new token. */
function copyOf(of: number, version: number): SessionPrincipal {
  const copy = principalOf(of, of % USERS, `name ${version}`)
  const methods = Array.from({ length: version % 3 }, (_, nth) => `method ${nth}` as Method) // any words
  const client = { ip: `192.0.2.${version}`, userAgent: version % 2 === 0 ? '' : `agent ${version}` }
  return { ...copy, session: { ...copy.session, lastSeenAt: version, remembered: version % 2 === 0, methods, client } }
}

function digestOf(of: number, version: number): TokenDigest {
  return digest(2 * of + (version % 2))
}

const DIGESTS = SESSIONS.flatMap((each) => [digestOf(each, 0), digestOf(each, 1)])

function apply(table: SessionTable, each: Operation): void {
  if (each.kind === 'put') table.put(digestOf(each.session, each.version), copyOf(each.session, each.version))
  if (each.kind === 'get') for (const version of [0, 1]) table.get(digestOf(each.session, version))
  if (each.kind === 'remove') table.remove(userIdOf(each.session % USERS), principalOf(each.session).session.id)
  if (each.kind === 'removeUser') table.remove(userIdOf(each.user), null)
  if (each.kind === 'clear') table.clear()
}

/** Returns the content of the table after the operations. Reading counts as use, so each read repeats them on a new table. */
function contentAfter(capacity: number, operations: readonly Operation[]): Content {
  const table = createSessionTable(capacity)
  for (const each of operations) apply(table, each)
  const size = table.size
  const content = new Map<TokenDigest, SessionPrincipal>()
  for (const each of DIGESTS) {
    const principal = table.get(each)
    if (principal !== undefined) content.set(each, principal)
  }
  expect(size).toBe(content.size)
  return content
}

/** Returns the content of a plain map after one more operation, without eviction. */
function modelAfter(before: Content, each: Operation): Map<TokenDigest, SessionPrincipal> {
  if (each.kind === 'get') return new Map(before)
  if (each.kind === 'clear') return new Map()
  const isGone = ({ session: { id, userId } }: SessionPrincipal): boolean =>
    each.kind === 'removeUser' ? userId === userIdOf(each.user) : id === principalOf(each.session).session.id
  const rest = [...before].filter(([, principal]) => !isGone(principal))
  if (each.kind !== 'put') return new Map(rest)
  const put = copyOf(each.session, each.version)
  // The latest data of a user applies to all sessions of the user.
  const updated = rest.map(
    ([key, old]) => [key, old.user.id === put.user.id ? { ...old, user: put.user } : old] as const,
  )
  return new Map([...updated, [digestOf(each.session, each.version), put]])
}

function missingFrom(content: Content, expected: Content): TokenDigest[] {
  return [...expected.keys()].filter((key) => !content.has(key))
}

describe('after any sequence of operations', () => {
  test('the table contains the same as a plain map, minus one session for each that was added while it was full', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), fc.array(operation, { maxLength: 40 }), (capacity, operations) => {
        let before: Content = new Map()
        for (const [index, each] of operations.entries()) {
          const expected = modelAfter(before, each)
          const content = contentAfter(capacity, operations.slice(0, index + 1))
          const evicted = missingFrom(content, expected)
          expect(evicted).toHaveLength(Math.max(0, expected.size - capacity))
          if (each.kind === 'put') expect(evicted).not.toContain(digestOf(each.session, each.version))
          for (const key of evicted) expected.delete(key)
          expect(content).toEqual(expected)
          before = content
        }
      }),
    )
  })

  test('a new session replaces a session that was not used, if there is one', () => {
    const isUsed = fc.array(fc.boolean(), { minLength: 8, maxLength: 8 })
    const capacity = fc.integer({ min: 2, max: 8 })
    fc.assert(
      fc.property(capacity, fc.array(operation, { maxLength: 40 }), isUsed, (limit, operations, choice) => {
        // After two rounds of new sessions, earlier uses have no effect.
        const newcomers = Array.from({ length: 2 * limit + 1 }, (_, nth) => 100 + nth)
        const table = createSessionTable(limit)
        for (const each of operations) apply(table, each)
        for (const each of newcomers) table.put(digest(each), principalOf(each))
        const used = newcomers.slice(-limit).filter((_, nth) => choice[nth])
        fc.pre(used.length < limit)
        const found = used.filter((each) => table.get(digest(each)) !== undefined)
        table.put(digest(999), principalOf(999))
        expect(found.filter((each) => table.get(digest(each)) === undefined)).toEqual([])
      }),
    )
  })
})
