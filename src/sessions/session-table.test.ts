import { describe, expect, test } from 'vitest'
import { digest, principalOf, userIdOf } from '../../test/support/cached-session.ts'
import type { SessionId } from '../kernel/ids.ts'
import { createSessionTable } from './session-table.ts'

describe('the table of verified sessions', () => {
  test('returns a stored session with all its data', () => {
    const table = createSessionTable(10)
    for (let session = 0; session < 10; session++) table.put(digest(session), principalOf(session))
    for (let session = 0; session < 10; session++) expect(table.get(digest(session))).toEqual(principalOf(session))
    expect(table.size).toBe(10)
    expect(table.get(digest(10))).toBeUndefined()
  })

  test('its room grows to the limit, and every session keeps its data', () => {
    const table = createSessionTable(2_500)
    for (let session = 0; session < 2_500; session++) table.put(digest(session), principalOf(session))
    const kept = Array.from({ length: 2_500 }, (_, session) => table.get(digest(session)))
    expect(kept).toEqual(kept.map((_, session) => principalOf(session)))
  })

  test('a newer copy replaces an older one, also under another token', () => {
    const table = createSessionTable(10)
    table.put(digest(1), principalOf(1))
    table.put(digest(2), principalOf(1))
    expect(table.size).toBe(1)
    expect(table.get(digest(1))).toBeUndefined()
    expect(table.get(digest(2))).toEqual(principalOf(1))
  })

  test('a token returns the session that was stored last under it', () => {
    const table = createSessionTable(2)
    table.put(digest(1), principalOf(1))
    table.put(digest(1), principalOf(2))
    expect([table.size, table.get(digest(1))]).toEqual([1, principalOf(2)])
    table.put(digest(3), principalOf(3)) // the table has room for it
    expect([table.size, table.get(digest(1))]).toEqual([2, principalOf(2)])
  })

  test('the latest data of a user applies to all sessions of the user', () => {
    const table = createSessionTable(10)
    table.put(digest(1), principalOf(1, 1))
    table.put(digest(2), principalOf(2, 1, 'Ada'))
    expect(table.get(digest(1))?.user.name).toBe('Ada')
  })

  test('removes one session of a user, or all of them, and no others', () => {
    const table = createSessionTable(10)
    for (let session = 0; session < 6; session++) table.put(digest(session), principalOf(session, session % 2))
    table.remove(userIdOf(0), 'session-2' as SessionId)
    table.remove(userIdOf(0), 'session-3' as SessionId) // a session of the other user
    expect([0, 1, 2, 3, 4, 5].filter((session) => table.get(digest(session)) !== undefined)).toEqual([0, 1, 3, 4, 5])
    table.remove(userIdOf(1), null)
    expect([0, 1, 2, 3, 4, 5].filter((session) => table.get(digest(session)) !== undefined)).toEqual([0, 4])
    table.clear()
    expect(table.size).toBe(0)
    expect(table.get(digest(0))).toBeUndefined()
  })

  test('a full table evicts a session that was not used recently', () => {
    const table = createSessionTable(3)
    for (let session = 0; session < 3; session++) table.put(digest(session), principalOf(session, 7))
    table.get(digest(0))
    table.put(digest(3), principalOf(3, 7))
    expect(table.size).toBe(3)
    expect(table.get(digest(0))).toEqual(principalOf(0, 7))
    expect(table.get(digest(1))).toBeUndefined()
    for (let session = 4; session < 1_000; session++) table.put(digest(session), principalOf(session, session % 5))
    expect(table.size).toBe(3)
    expect(table.get(digest(999))).toEqual(principalOf(999, 4))
  })
})
