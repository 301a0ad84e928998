/*
 * The contract of storages for logins in progress: half a login is nothing, and one-time means once (DESIGN promises 5
 * and 6).
 */
import { describe, expect, test } from 'vitest'
import { hashToken, newToken } from '../../src/crypto/token.ts'
import { onlyEvents } from '../../src/kernel/effects.ts'
import type { EmailAddress } from '../../src/kernel/email-address.ts'
import { newUserId, type UserId } from '../../src/kernel/ids.ts'
import type { Method, User } from '../../src/kernel/principal.ts'
import type { LoginAttemptRecord } from '../../src/login/store.ts'
import type { SessionRecord, SessionRef } from '../../src/sessions/store.ts'
import type { Stores } from '../../src/storage/storage.ts'
import { untold } from '../support/untold.ts'
import {
  type ContractContext,
  HASH,
  LIFE,
  listSessionsOf,
  makeSession,
  NOW,
  OTHER_HASH,
  refOf,
} from './contract-samples.ts'

const MAX_TRIES = 5
// A storage accepts any word as a method.
const [PASSWORD, TOTP, PASSKEY, PROVIDER] = ['password', 'totp', 'passkey', 'provider:google'] as Method[] as [
  Method,
  Method,
  Method,
  Method,
]

function makeAttempt(userId: UserId | null, changes: Partial<LoginAttemptRecord> = {}): LoginAttemptRecord {
  return {
    tokenHash: hashToken(newToken('lka')),
    userId,
    securityEpoch: 0,
    openRounds: [[TOTP, PASSKEY], [PROVIDER]],
    provenMethods: [PASSWORD],
    remember: true,
    client: { ip: '192.0.2.1', userAgent: 'Test' },
    deviceHash: 'a'.repeat(64),
    challengeHash: 'c'.repeat(43),
    email: 'ada@example.com' as EmailAddress,
    tries: 0,
    createdAt: NOW,
    expiresAt: NOW + LIFE,
    ...changes,
  }
}

/** The part of the contract about logins in progress. */
export function describeLoginAttempts({ stores, elsewhere, ...context }: ContractContext): void {
  const { addUser, addSession, isThere } = context
  const find = ({ tokenHash }: LoginAttemptRecord, now = NOW) => elsewhere().loginAttempts.find(tokenHash, now)

  async function begin(user: User, changes: Partial<LoginAttemptRecord> = {}): Promise<LoginAttemptRecord> {
    const attempt = makeAttempt(user.id, changes)
    expect(await stores().loginAttempts.begin(attempt, untold)).toBe(true)
    return attempt
  }

  const complete = (
    on: Stores,
    attempt: LoginAttemptRecord,
    record: SessionRecord,
    replaces: SessionRef | null = null,
  ): Promise<readonly SessionRef[] | null> => {
    const start = { record, securityEpoch: attempt.securityEpoch, replaces, maxPerUser: 100, attempt }
    return on.sessions.start(start, untold)
  }

  const tokenHashes = async (user: User): Promise<number> => (await listSessionsOf(elsewhere(), user.id, NOW)).length

  describe('login attempts', () => {
    test('an attempt is stored with its effects, read by another process, and deleted', async () => {
      const user = await addUser()
      const attempt = makeAttempt(user.id)
      const event = { type: 'login.refused', userId: user.id, reason: 'x', at: NOW, actor: null } as const
      const stamped = { ...event, requestId: null, client: null }
      expect(await stores().loginAttempts.begin(attempt, onlyEvents(stamped))).toBe(true)
      expect(await find(attempt)).toEqual(attempt)
      const query = { userId: user.id, newestFirst: true, limit: 10 } as const
      expect(await elsewhere().audit.list(query)).toEqual([expect.objectContaining({ type: 'login.refused' })])
      await elsewhere().loginAttempts.end(attempt.tokenHash)
      expect(await find(attempt)).toBeNull()
    })

    test('an attempt without a user is stored and counted, and is never proven or completed', async () => {
      const attempt = makeAttempt(null, { provenMethods: [], client: { ip: null, userAgent: null }, deviceHash: null })
      const { loginAttempts } = stores()
      expect(await loginAttempts.begin(attempt, untold)).toBe(true)
      expect(await find(attempt)).toEqual(attempt)
      expect(await loginAttempts.countTry(attempt.tokenHash, MAX_TRIES, NOW)).toBe(true)
      expect(await loginAttempts.prove(attempt, { openRounds: [], provenMethods: [TOTP] }, NOW)).toBe(false)
      const user = await addUser()
      expect(await complete(stores(), attempt, makeSession(user.id))).toBeNull()
      expect(await tokenHashes(user)).toBe(0)
    })

    test('an attempt begins only for a user who exists, is enabled, and has the same epoch', async () => {
      const [disabled, moved] = [await addUser(), await addUser()]
      await stores().users.disable(disabled.id, NOW, untold)
      await stores().passwords.forceReset(moved.id, untold)
      const attempts = [disabled.id, moved.id, newUserId(() => NOW)].map((userId) => makeAttempt(userId))
      for (const attempt of attempts) {
        expect(await stores().loginAttempts.begin(attempt, untold)).toBe(false)
        expect(await find(attempt)).toBeNull()
      }
      await begin(moved, { securityEpoch: 1 })
    })

    test('an attempt that has expired is not found, counted, proven or completed', async () => {
      const user = await addUser()
      const attempt = await begin(user, { expiresAt: NOW + 1 })
      const { loginAttempts } = stores()
      const later = NOW + 1
      expect(await find(attempt, later)).toBeNull()
      expect(await loginAttempts.countTry(attempt.tokenHash, MAX_TRIES, later)).toBe(false)
      expect(await loginAttempts.prove(attempt, { openRounds: [], provenMethods: [TOTP] }, later)).toBe(false)
      expect(await complete(stores(), attempt, makeSession(user.id, { createdAt: later }))).toBeNull()
      expect(await find(attempt)).toEqual(attempt)
    })

    const ENDS: readonly (readonly [string, (on: Stores, user: User, keep: SessionRecord) => Promise<unknown>])[] = [
      ['the user is disabled', ({ users }, { id }) => users.disable(id, NOW, untold)],
      ['the user is deleted', ({ users }, { id }) => users.delete(id, untold)],
      [
        'the password is changed',
        ({ passwords }, _, keep) => {
          const newTokenHash = hashToken(newToken('lks'))
          const rotation = {
            ...refOf(keep),
            oldTokenHash: keep.tokenHash,
            newTokenHash,
            authenticatedAt: NOW,
            methods: ['password'],
          }
          return passwords.change({ oldHash: HASH, newHash: OTHER_HASH, securityEpoch: 0, keep: rotation }, untold)
        },
      ],
      [
        'the user is disabled and enabled again',
        async ({ users }, { id }) => {
          await users.disable(id, NOW, untold)
          await users.enable(id, untold)
        },
      ],
    ]
    test.each(ENDS)('an attempt is refused after %s', async (_, end) => {
      const user = await addUser()
      const attempt = await begin(user)
      await end(elsewhere(), user, await addSession(user.id))
      expect(await find(attempt)).toBeNull()
      expect(await stores().loginAttempts.prove(attempt, { openRounds: [], provenMethods: [TOTP] }, NOW)).toBe(false)
      const record = makeSession(user.id)
      expect(await complete(stores(), attempt, record)).toBeNull()
      expect(await isThere(record.tokenHash)).toBe(false)
    })

    test('of many concurrent proofs of a step, on two nodes, one succeeds; its count is taken back', async () => {
      const attempt = await begin(await addUser())
      const proven = { openRounds: [[PROVIDER]], provenMethods: [PASSWORD, TOTP] }
      const proofs = Array.from({ length: 10 }, async (_, index) => {
        const { loginAttempts } = index % 2 ? stores() : elsewhere()
        expect(await loginAttempts.countTry(attempt.tokenHash, 100, NOW)).toBe(true)
        return loginAttempts.prove(attempt, proven, NOW)
      })
      expect((await Promise.all(proofs)).filter(Boolean)).toHaveLength(1)
      expect(await find(attempt)).toEqual({ ...attempt, ...proven, tries: 9 })
    })

    test('concurrent answers, on two nodes, never exceed the limit', async () => {
      const { tokenHash } = await begin(await addUser())
      const answers = Array.from({ length: 40 }, (_, index) =>
        (index % 2 ? stores() : elsewhere()).loginAttempts.countTry(tokenHash, MAX_TRIES, NOW),
      )
      expect((await Promise.all(answers)).filter(Boolean)).toHaveLength(MAX_TRIES)
      expect(await stores().loginAttempts.find(tokenHash, NOW)).toMatchObject({ tries: MAX_TRIES })
    })

    test('of many concurrent completions, on two nodes, one starts a session; a replay starts none', async () => {
      const user = await addUser()
      const old = await addSession(user.id)
      const attempt = await begin(user)
      const records = Array.from({ length: 10 }, () => makeSession(user.id))
      const started = await Promise.all(
        records.map((record, index) => complete(index % 2 ? stores() : elsewhere(), attempt, record, refOf(old))),
      )
      expect(started.filter((ended) => ended !== null)).toEqual([[refOf(old)]])
      const there = await Promise.all(records.map(({ tokenHash }) => isThere(tokenHash)))
      expect(there).toEqual(started.map((ended) => ended !== null))
      expect(await find(attempt)).toBeNull()
      expect(await complete(stores(), attempt, makeSession(user.id))).toBeNull()
      expect(await tokenHashes(user)).toBe(1)
    })

    test('an attempt that changed since it was read starts and ends nothing', async () => {
      const user = await addUser()
      const old = await addSession(user.id)
      const attempt = await begin(user)
      const proven = { openRounds: [[PROVIDER]], provenMethods: [PASSWORD, TOTP] }
      expect(await elsewhere().loginAttempts.prove(attempt, proven, NOW)).toBe(true)
      const record = makeSession(user.id)
      expect(await complete(stores(), attempt, record, refOf(old))).toBeNull()
      expect(await isThere(record.tokenHash)).toBe(false)
      expect(await isThere(old.tokenHash)).toBe(true)
      expect(await complete(stores(), { ...attempt, ...proven }, record, refOf(old))).toEqual([refOf(old)])
    })

    test('an attempt of one user starts no session for another user', async () => {
      const [user, other] = [await addUser(), await addUser()]
      const attempt = await begin(user)
      expect(await complete(stores(), attempt, makeSession(other.id))).toBeNull()
      expect(await tokenHashes(other)).toBe(0)
      expect(await find(attempt)).toEqual(attempt)
    })

    test.each([
      ['of a user', true],
      ['without a user', false],
    ])(
      'of many concurrent requests that take the challenge of an attempt %s, on two nodes, one succeeds',
      async (_, isKnown) => {
        const attempt = makeAttempt(isKnown ? (await addUser()).id : null)
        const { tokenHash, challengeHash } = attempt
        const [taken, other] = [challengeHash ?? '', 'd'.repeat(43)]
        expect(await stores().loginAttempts.begin(attempt, untold)).toBe(true)
        const take = (index: number): Promise<LoginAttemptRecord | null> =>
          (index % 2 ? stores() : elsewhere()).loginAttempts.takeChallenge(tokenHash, taken, NOW)
        expect(await stores().loginAttempts.takeChallenge(tokenHash, other, NOW)).toBeNull()
        const takes = await Promise.all(Array.from({ length: 20 }, (_, index) => take(index)))
        expect(takes.filter(Boolean)).toEqual([{ ...attempt, challengeHash: null }])
        expect(await find(attempt)).toEqual({ ...attempt, challengeHash: null })
        expect(await elsewhere().loginAttempts.setChallenge(tokenHash, other, NOW)).toBe(true)
        expect(await take(0)).toBeNull() // the challenge from before is dead
        expect(await stores().loginAttempts.takeChallenge(tokenHash, other, NOW)).not.toBeNull()
      },
    )

    test('the challenge of an attempt that is missing, used up or expired is neither set nor taken', async () => {
      const { loginAttempts } = stores()
      const user = await addUser()
      const [used, expired] = [await begin(user), await begin(user, { expiresAt: NOW + 1 })]
      expect(await complete(stores(), used, makeSession(user.id))).not.toBeNull()
      for (const [attempt, now] of [
        [used, NOW],
        [expired, NOW + 1],
        [makeAttempt(null), NOW],
      ] as const) {
        expect(await loginAttempts.takeChallenge(attempt.tokenHash, attempt.challengeHash ?? '', now)).toBeNull()
        expect(await loginAttempts.setChallenge(attempt.tokenHash, 'd'.repeat(43), now)).toBe(false)
      }
    })

    test('the sweep deletes attempts that have expired, at most the given number, and nothing else', async () => {
      const user = await addUser()
      const due = { expiresAt: NOW - LIFE }
      const [first, second, alive] = [await begin(user, due), await begin(user, due), await begin(user)]
      expect(await stores().loginAttempts.sweep(NOW - LIFE, 1)).toBe(1)
      expect(await stores().loginAttempts.sweep(NOW - LIFE, 10)).toBe(1)
      expect(await stores().loginAttempts.sweep(NOW - LIFE, 10)).toBe(0)
      const before = NOW - 2 * LIFE
      expect([await find(first, before), await find(second, before), await find(alive)]).toEqual([null, null, alive])
    })
  })
}
