/* The contract of every storage. The test file of each storage calls it. */
import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { PasswordHash } from '../../src/crypto/password-hasher.ts'
import { hashToken, newToken, type TokenHash } from '../../src/crypto/token.ts'
import { newSessionId, newUserId, type SessionId, type UserId } from '../../src/kernel/ids.ts'
import type { Session, User } from '../../src/kernel/principal.ts'
import type { Change, SessionPage, SessionRecord, SessionRef } from '../../src/sessions/store.ts'
import type { OnChanges, Stores } from '../../src/storage/storage.ts'
import { createLimits, type Limit, waitAfterMs } from '../../src/throttle/limits.ts'
import { throttleSettings } from '../../src/throttle/settings.ts'
import type { Counted, Taken } from '../../src/throttle/store.ts'
import { until } from '../support/until.ts'
import { untold } from '../support/untold.ts'
import { describeReportedChanges } from './contract-changes.ts'
import { describeFactors } from './contract-factors.ts'
import { describeLoginAttempts } from './contract-login-attempts.ts'
import {
  type ContractContext,
  FIRST_PAGE,
  HASH,
  LIFE,
  listSessionsOf,
  makeAccessToken,
  makeOneTimeToken,
  makeRotation,
  makeSession,
  makeUser,
  NOW,
  OTHER_HASH,
  refOf,
} from './contract-samples.ts'

/** Options with which a test opens a storage. */
export interface OpenForContract {
  readonly onChanges: OnChanges
}

/** Describes the contract. `open` opens the same storage each time, as several processes do. */
export function describeStorageContract(name: string, open: (options: OpenForContract) => Promise<Stores>): void {
  describe(`storage contract: ${name}`, () => {
    let stores: Stores
    let elsewhere: Stores
    let onChanges: OnChanges = () => undefined
    beforeAll(async () => {
      stores = await open({ onChanges: (changes) => onChanges(changes) })
      elsewhere = await open({ onChanges: () => undefined })
    })
    afterAll(async () => {
      expect(await stores.checkIntegrity()).toEqual([])
      await stores.close()
      await elsewhere.close()
    })

    async function addUser(): Promise<User> {
      const user = makeUser()
      expect(await stores.users.create({ user, passwordHash: HASH, firstSession: null, replaces: null }, untold)).toBe(
        'created',
      )
      return user
    }

    async function addSession(
      userId: UserId,
      changes: Partial<Session> = {},
      maxPerUser = 100,
    ): Promise<SessionRecord> {
      const record = makeSession(userId, changes)
      expect(
        await stores.sessions.start({ record, securityEpoch: 0, replaces: null, maxPerUser, attempt: null }, untold),
      ).not.toBeNull()
      return record
    }

    const isThere = async (tokenHash: TokenHash): Promise<boolean> =>
      (await stores.sessions.findByTokenHash(tokenHash)) !== null

    test('a user is created with password and first session, or not at all (ASVS 2.3.3)', async () => {
      const user = makeUser()
      const record = makeSession(user.id)
      expect(
        await stores.users.create({ user, passwordHash: HASH, firstSession: record, replaces: null }, untold),
      ).toBe('created')
      expect(await elsewhere.users.findByEmail(user.email)).toEqual({ ...user, disabledAt: null })
      expect(await elsewhere.sessions.findByTokenHash(record.tokenHash)).toEqual({ session: record.session, user })
      expect(await elsewhere.passwords.findByEmail(user.email)).toEqual({
        user,
        hash: HASH,
        disabled: false,
        disabledFor: null,
        securityEpoch: 0,
      })

      const twin = { ...makeUser(), email: user.email }
      const twinSession = makeSession(twin.id)
      expect(
        await elsewhere.users.create(
          { user: twin, passwordHash: HASH, firstSession: twinSession, replaces: null },
          untold,
        ),
      ).toBe('email_taken')
      expect(await stores.users.findById(twin.id)).toBeNull()
      expect(await isThere(twinSession.tokenHash)).toBe(false)
    })

    test('of many concurrent creations with one email address, one succeeds', async () => {
      const { email } = makeUser()
      const tries = Array.from({ length: 20 }, (_, index) =>
        (index % 2 ? stores : elsewhere).users.create(
          {
            user: { ...makeUser(), email },
            passwordHash: HASH,
            firstSession: null,
            replaces: null,
          },
          untold,
        ),
      )
      expect((await Promise.all(tries)).filter((outcome) => outcome === 'created')).toHaveLength(1)
    })

    test('of many imported users, those with free addresses are stored, in one transaction with their effects', async () => {
      const there = await addUser()
      const [plain, withPassword, disabled] = [makeUser(), makeUser(), makeUser()]
      const moved = (user: User, passwordHash: PasswordHash | null = null, disabledAt: number | null = null) => ({
        user: { ...user, disabledAt },
        passwordHash,
      })
      const users = [
        moved(plain),
        moved({ ...makeUser(), email: there.email }, OTHER_HASH),
        moved(withPassword, OTHER_HASH),
        moved(disabled, HASH, NOW),
      ]
      let effects: readonly UserId[] = []
      const stored = await stores.users.importMany(users, NOW, (ids) => {
        effects = ids
        return { events: [] }
      })
      expect(stored).toEqual([plain.id, withPassword.id, disabled.id])
      expect(effects).toEqual(stored)
      expect(await elsewhere.users.findById(disabled.id)).toEqual({ ...disabled, disabledAt: NOW })
      expect(await elsewhere.passwords.findByUserId(plain.id)).toMatchObject({ user: plain, hash: null })
      expect(await elsewhere.passwords.findByUserId(withPassword.id)).toMatchObject({ hash: OTHER_HASH })
      expect(await elsewhere.passwords.findByEmail(there.email)).toMatchObject({ user: there, hash: HASH })
      expect(await elsewhere.users.importMany(users, NOW, untold)).toEqual([])
      const emails = [plain.email, makeUser().email, there.email]
      expect((await elsewhere.users.findTaken(emails, NOW)).toSorted()).toEqual([plain.email, there.email].toSorted())

      const failing = makeUser()
      const failure = stores.users.importMany([moved(failing, HASH)], NOW, () => {
        throw new Error('not told')
      })
      await expect(failure).rejects.toThrow('not told')
      expect(await stores.users.findById(failing.id)).toBeNull()
    })

    test('two concurrent imports of the same users store each user once', async () => {
      const users = Array.from({ length: 100 }, () => ({
        user: { ...makeUser(), disabledAt: null },
        passwordHash: HASH,
      }))
      const again = users.toReversed().map((each) => ({ ...each, user: { ...each.user, id: newUserId(() => NOW) } }))
      const outcomes = await Promise.all([
        stores.users.importMany(users, NOW, untold),
        elsewhere.users.importMany(again, NOW, untold),
      ])
      expect(outcomes.flat()).toHaveLength(100)
    })

    test('a first password is for an enabled user who has none, once', async () => {
      const [user, disabled] = [makeUser(), makeUser()]
      const users = [
        { user: { ...user, disabledAt: null }, passwordHash: null },
        { user: { ...disabled, disabledAt: NOW }, passwordHash: null },
      ]
      await stores.users.importMany(users, NOW, untold)
      const add = (userId: UserId, { passwords } = stores) =>
        passwords.addFirst({ userId, hash: HASH, setAt: NOW }, untold)
      const outcomes = await Promise.all([add(user.id), add(user.id, elsewhere), add(user.id)])
      expect(outcomes.filter(Boolean)).toHaveLength(1)
      expect(await elsewhere.passwords.findByUserId(user.id)).toMatchObject({ hash: HASH })
      expect(await add(disabled.id)).toBe(false)
      expect(await add(newUserId(() => NOW))).toBe(false)
    })

    test('users are listed in pages, renamed and deleted', async () => {
      const [first, second] = [await addUser(), await addUser()]
      const ids = (await stores.users.list({ after: null, limit: 1_000 })).map(({ id }) => id)
      expect(ids).toEqual([...ids].sort())
      expect(ids).toEqual(expect.arrayContaining([first.id, second.id]))
      expect(await stores.users.list({ after: ids.at(-1) ?? null, limit: 10 })).toEqual([])
      expect(await stores.users.rename(first.id, null, untold)).toEqual({ ...first, name: null })
      const { tokenHash } = await addSession(first.id)
      expect(await stores.users.delete(first.id, untold)).toBe(true)
      expect(await isThere(tokenHash)).toBe(false)
      expect(await stores.users.delete(first.id, untold)).toBe(false)
      expect(await stores.users.rename(first.id, 'x', untold)).toBeNull()
      expect(await stores.passwords.findByUserId(first.id)).toBeNull()
    })

    test('disabling a user revokes all sessions and stops logins in progress; enabling revives none', async () => {
      const user = await addUser()
      const { tokenHash } = await addSession(user.id)
      expect(await elsewhere.users.disable(user.id, NOW, untold)).toBe(true)
      expect(await elsewhere.users.disable(user.id, NOW, untold)).toBe(false)
      expect(await isThere(tokenHash)).toBe(false)
      const late = { record: makeSession(user.id), securityEpoch: 0, replaces: null, maxPerUser: 100, attempt: null }
      expect(await stores.sessions.start(late, untold)).toBeNull()
      expect(await stores.users.enable(user.id, untold)).toBe(true)
      expect(await stores.users.enable(user.id, untold)).toBe(false)
      expect(await stores.sessions.start(late, untold)).toBeNull() // the epoch has increased
      expect(await isThere(tokenHash)).toBe(false)
      expect((await stores.passwords.findByUserId(user.id))?.securityEpoch).toBe(1)
    })

    test('a session replaces another, and beyond the limit the least recently used one is revoked', async () => {
      const user = await addUser()
      const old = await addSession(user.id)
      const record = makeSession(user.id)
      const replacing = { record, securityEpoch: 0, replaces: refOf(old), maxPerUser: 100, attempt: null }
      expect(await stores.sessions.start(replacing, untold)).toEqual([refOf(old)])
      expect(await isThere(old.tokenHash)).toBe(false)
      const busy = await addSession(user.id, { lastSeenAt: NOW + 5 }, 2)
      const third = makeSession(user.id, { lastSeenAt: NOW + 6 })
      const surplus = await stores.sessions.start(
        { record: third, securityEpoch: 0, replaces: null, maxPerUser: 2, attempt: null },
        untold,
      )
      expect(surplus).toEqual([refOf(record)])
      expect(await isThere(record.tokenHash)).toBe(false)
      expect(await isThere(busy.tokenHash)).toBe(true)
      expect(
        await stores.sessions.start(
          {
            record: makeSession(newUserId(() => NOW)),
            securityEpoch: 0,
            replaces: null,
            maxPerUser: 1,
            attempt: null,
          },
          untold,
        ),
      ).toBeNull()
    })

    test('a user with many sessions has no more than the limit', async () => {
      const user = await addUser()
      const records = []
      for (let count = 0; count < 62; count++) records.push(await addSession(user.id, { lastSeenAt: NOW + count }, 60))
      const [first, second, third] = records.map(({ tokenHash }) => isThere(tokenHash))
      expect([await first, await second, await third]).toEqual([false, false, true])
      expect(await listSessionsOf(stores, user.id, NOW)).toHaveLength(60)
    })

    test('a registration revokes the session that it replaces, or nothing', async () => {
      const old = await addSession((await addUser()).id)
      const replaces = refOf(old)
      const user = makeUser()
      expect(
        await stores.users.create({ user, passwordHash: HASH, firstSession: makeSession(user.id), replaces }, untold),
      ).toBe('created')
      expect(await isThere(old.tokenHash)).toBe(false)
      const other = await addSession(user.id)
      const twin = { ...makeUser(), email: user.email }
      const refused = { user: twin, passwordHash: HASH, firstSession: makeSession(twin.id), replaces: refOf(other) }
      expect(await stores.users.create(refused, untold)).toBe('email_taken')
      expect(await isThere(other.tokenHash)).toBe(true)
    })

    test('last uses extend the idle limit, all in one call; a deleted session stays deleted', async () => {
      const user = await addUser()
      const [first, second] = [await addSession(user.id), await addSession(user.id)]
      const touchOf = ({ session: { id }, tokenHash }: SessionRecord, seconds: number) => ({
        id,
        tokenHash,
        lastSeenAt: NOW + seconds,
        idleExpiresAt: NOW + LIFE + seconds,
      })
      const gone = await addSession(user.id)
      await stores.sessions.revoke(user.id, gone.session.id, untold)
      await stores.sessions.writeTouches([touchOf(first, 7), touchOf(gone, 8), touchOf(second, 9)])
      await stores.sessions.writeTouches([touchOf(first, 6)]) // late, from another process
      expect((await elsewhere.sessions.findByTokenHash(first.tokenHash))?.session).toMatchObject({
        lastSeenAt: NOW + 7,
        idleExpiresAt: NOW + LIFE + 7,
      })
      expect((await listSessionsOf(elsewhere, user.id, NOW)).map(({ lastSeenAt }) => lastSeenAt)).toEqual([
        NOW + 9,
        NOW + 7,
      ])
      expect(await isThere(gone.tokenHash)).toBe(false)
    })

    test('of many concurrent records of a renewed cookie, one succeeds', async () => {
      const user = await addUser()
      const record = await addSession(user.id)
      const tries = Array.from({ length: 10 }, (_, index) =>
        (index % 2 ? stores : elsewhere).sessions.markCookieSent(record, NOW + 1),
      )
      expect((await Promise.all(tries)).filter(Boolean)).toHaveLength(1)
    })

    test('of many concurrent rotations of one token, one succeeds; the session keeps its id', async () => {
      const user = await addUser()
      const { session, tokenHash } = await addSession(user.id)
      const rotations = Array.from({ length: 10 }, () => ({
        ...refOf({ session, tokenHash }),
        oldTokenHash: tokenHash,
        newTokenHash: hashToken(newToken('lks')),
        authenticatedAt: NOW + 9,
        methods: ['password'],
      }))
      const won = await Promise.all(
        rotations.map((rotation, index) => (index % 2 ? stores : elsewhere).sessions.rotate(rotation, 0, untold)),
      )
      expect(won.filter(Boolean)).toHaveLength(1)
      expect(await isThere(tokenHash)).toBe(false)
      const winner = rotations[won.indexOf(true)]
      expect((await stores.sessions.findByTokenHash(winner?.newTokenHash ?? tokenHash))?.session).toMatchObject({
        id: session.id,
        authenticatedAt: NOW + 9,
        methods: ['password'],
      })
      const stale = { ...rotations[0], oldTokenHash: winner?.newTokenHash } as (typeof rotations)[0]
      expect(await stores.sessions.rotate(stale, 1, untold)).toBe(false) // another epoch
    })

    test('a password changes only from the hash and the session that it was based on', async () => {
      const user = await addUser()
      const [keep, other] = [await addSession(user.id), await addSession(user.id)]
      const rotation = {
        ...refOf(keep),
        oldTokenHash: keep.tokenHash,
        newTokenHash: hashToken(newToken('lks')),
        authenticatedAt: NOW + 3,
        methods: ['password'],
      }
      const change = { oldHash: HASH, newHash: OTHER_HASH, securityEpoch: 0, keep: rotation }
      expect(await stores.passwords.change({ ...change, oldHash: OTHER_HASH }, untold)).toBe(false)
      expect(
        await stores.passwords.change({ ...change, keep: { ...rotation, oldTokenHash: other.tokenHash } }, untold),
      ).toBe(false)
      expect(await stores.passwords.change({ ...change, securityEpoch: 1 }, untold)).toBe(false)
      expect((await stores.passwords.findByUserId(user.id))?.hash).toBe(HASH) // all or nothing
      expect(await isThere(keep.tokenHash)).toBe(true)

      const changes = [0, 1, 2].map(() => ({
        ...change,
        keep: { ...rotation, newTokenHash: hashToken(newToken('lks')) },
      }))
      const nodes = [stores, elsewhere, stores]
      const tries = await Promise.all(changes.map((each, index) => nodes[index]?.passwords.change(each, untold)))
      expect(tries.filter(Boolean)).toHaveLength(1)
      expect(await stores.passwords.findByUserId(user.id)).toMatchObject({ hash: OTHER_HASH, securityEpoch: 1 })
      expect(await isThere(other.tokenHash)).toBe(false)
      const there = await Promise.all(changes.map(({ keep: { newTokenHash } }) => isThere(newTokenHash)))
      expect(there).toEqual(tries)
    })

    test('a password is disabled and enabled; a forced reset revokes all sessions and stops logins in progress', async () => {
      const user = await addUser()
      expect(await stores.passwords.setDisabled(user.id, null, untold)).toBe(false)
      expect(await stores.passwords.setDisabled(user.id, 'strangers', untold)).toBe(true)
      expect(await stores.passwords.setDisabled(user.id, 'strangers', untold)).toBe(false)
      expect(await stores.passwords.setDisabled(user.id, 'everyone', untold)).toBe(true)
      const { tokenHash } = await addSession(user.id) // a disabled password revokes nothing
      expect(await elsewhere.passwords.forceReset(user.id, untold)).toBe(true)
      expect(await isThere(tokenHash)).toBe(false)
      const late = { record: makeSession(user.id), securityEpoch: 0, replaces: null, maxPerUser: 100, attempt: null }
      expect(await stores.sessions.start(late, untold)).toBeNull()
      expect(await stores.passwords.setDisabled(user.id, null, untold)).toBe(true)
      expect(await stores.passwords.setDisabled(user.id, null, untold)).toBe(false)
      const nobody = newUserId(() => NOW)
      expect(await stores.passwords.forceReset(nobody, untold)).toBe(false)
      expect(await stores.passwords.setDisabled(nobody, 'everyone', untold)).toBe(false)
    })

    test('a request of a session is not stored if all sessions were revoked in the meantime', async () => {
      const user = await addUser()
      const keep = await addSession(user.id)
      const epochOf = (tokenHash: TokenHash) => elsewhere.sessions.findSecurityEpoch(tokenHash)
      expect(await epochOf(keep.tokenHash)).toBe(0)
      const newTokenHash = hashToken(newToken('lks'))
      const rotation = {
        ...refOf(keep),
        oldTokenHash: keep.tokenHash,
        newTokenHash,
        authenticatedAt: NOW,
        methods: ['password'],
      }
      const change = { oldHash: HASH, newHash: OTHER_HASH, securityEpoch: 0, keep: rotation }
      expect(await stores.passwords.change(change, untold)).toBe(true)
      expect([await epochOf(keep.tokenHash), await epochOf(newTokenHash)]).toEqual([null, 1])

      const inEpoch = async (securityEpoch: number): Promise<unknown[]> => {
        const link = { ...makeOneTimeToken(user, 'email_change'), sessionId: keep.session.id }
        const issued = await stores.oneTimeTokens.issueInEpoch({ id: user.id, securityEpoch }, [link], untold)
        expect(await stores.oneTimeTokens.find(link.tokenHash, ['email_change'], NOW)).toEqual(issued ? link : null)
        const conditions = { maxPerUser: 100, securityEpoch }
        return [issued, await stores.accessTokens.create(makeAccessToken(user.id), conditions, untold)]
      }
      expect(await inEpoch(0)).toEqual([false, 'user_gone'])
      expect(await inEpoch(1)).toEqual([true, 'created'])
      await elsewhere.passwords.forceReset(user.id, untold)
      expect(await epochOf(newTokenHash)).toBeNull()
      expect(await inEpoch(1)).toEqual([false, 'user_gone'])
      expect(await stores.accessTokens.listByUser(user.id, FIRST_PAGE)).toEqual([])
    })

    test('a rehash replaces only the hash that it was computed from', async () => {
      const user = await addUser()
      await stores.passwords.rehash(user.id, OTHER_HASH, 'x' as PasswordHash)
      expect((await stores.passwords.findByUserId(user.id))?.hash).toBe(HASH)
      await stores.passwords.rehash(user.id, HASH, OTHER_HASH)
      expect(await stores.passwords.findByUserId(user.id)).toMatchObject({ hash: OTHER_HASH, securityEpoch: 0 })
    })

    test("only the owner's sessions are revoked; on request all except one", async () => {
      const [user, stranger] = [await addUser(), await addUser()]
      const records = [await addSession(user.id), await addSession(user.id), await addSession(user.id)]
      const [first, second] = records.map(({ session }) => session.id) as [SessionId, SessionId]
      expect(await stores.sessions.revoke(stranger.id, first, untold)).toBe(false)
      expect(await stores.sessions.revoke(user.id, first, untold)).toBe(true)
      expect(await stores.sessions.revoke(user.id, first, untold)).toBe(false)
      expect(await stores.sessions.revokeAll(user.id, second, untold)).toBe(1)
      expect((await listSessionsOf(stores, user.id, NOW)).map(({ id }) => id)).toEqual([second])
      expect(await stores.sessions.revokeAll(user.id, null, untold)).toBe(1)
    })

    test('all live sessions are read in pages; many are revoked at once, of any users', async () => {
      const users = [await addUser(), await addUser(), await addUser()]
      const records: SessionRecord[] = []
      for (const { id } of [...users, ...users]) records.push(await addSession(id, { createdAt: NOW + records.length }))
      await addSession((users[0] as User).id, { idleExpiresAt: NOW + 1, createdAt: NOW + 100 })
      const scanAll = async (scan: {
        userId: UserId | null
        since: number | null
        limit: number
      }): Promise<string[]> => {
        const ids: string[] = []
        let after: string | null = null
        do {
          const page: SessionPage = await elsewhere.sessions.scan({ ...scan, after, now: NOW + 2 })
          ids.push(...page.sessions.map(({ id }) => id))
          after = page.next
        } while (after !== null)
        return ids.sort()
      }
      const own = records.map(({ session }) => session.id as string)
      for (const limit of [1, 2, 1_000]) {
        const all = await scanAll({ userId: null, since: null, limit })
        expect(new Set(all).size).toBe(all.length)
        expect(all).toEqual(expect.arrayContaining(own))
      }
      expect(await scanAll({ userId: (users[1] as User).id, since: null, limit: 1 })).toEqual([own[1], own[4]].sort())
      expect(await scanAll({ userId: null, since: NOW + 4, limit: 2 })).toEqual(
        expect.arrayContaining([own[4], own[5]]),
      )
      expect(await scanAll({ userId: (users[0] as User).id, since: NOW + 3, limit: 2 })).toEqual([own[3]])

      const effects: (readonly SessionRef[])[] = []
      const effectsOf = (gone: readonly SessionRef[]): { events: [] } => {
        effects.push(gone)
        return { events: [] }
      }
      const refs = [...records.slice(0, 4).map(refOf), { id: newSessionId(() => NOW), userId: (users[0] as User).id }]
      const ended = await stores.sessions.revokeMany(refs, effectsOf)
      const byId = (left: SessionRef, right: SessionRef): number => (left.id < right.id ? -1 : 1)
      expect([...ended].sort(byId)).toEqual(records.slice(0, 4).map(refOf).sort(byId))
      expect(effects).toEqual([ended])
      expect(await stores.sessions.revokeMany(refs, effectsOf)).toEqual([])
      expect(effects).toHaveLength(1)
      for (const [index, { tokenHash }] of records.entries()) expect(await isThere(tokenHash)).toBe(index >= 4)
    })

    test('a login concurrent with the revocation of all sessions leaves no session', async () => {
      for (let round = 0; round < 30; round++) {
        const user = await addUser()
        const keep = await addSession(user.id)
        const record = makeSession(user.id)
        const rotation = {
          ...refOf(keep),
          oldTokenHash: keep.tokenHash,
          newTokenHash: hashToken(newToken('lks')),
          authenticatedAt: NOW,
          methods: ['password'],
        }
        await Promise.all([
          stores.sessions.start({ record, securityEpoch: 0, replaces: null, maxPerUser: 100, attempt: null }, untold),
          round % 2
            ? elsewhere.users.disable(user.id, NOW, untold)
            : elsewhere.passwords.change(
                { oldHash: HASH, newHash: OTHER_HASH, securityEpoch: 0, keep: rotation },
                untold,
              ),
        ])
        expect(await isThere(record.tokenHash)).toBe(false)
      }
    })

    test('a session that is rotated while all sessions are revoked is revoked, too', async () => {
      for (let round = 0; round < 30; round++) {
        const user = await addUser()
        const record = await addSession(user.id)
        const rotation = {
          ...refOf(record),
          oldTokenHash: record.tokenHash,
          newTokenHash: hashToken(newToken('lks')),
          authenticatedAt: NOW,
          methods: ['password'],
        }
        const ways = [
          () => elsewhere.sessions.revokeAll(user.id, null, untold),
          () => elsewhere.sessions.revoke(user.id, record.session.id, untold),
          () => elsewhere.users.disable(user.id, NOW, untold),
        ]
        const rotations = [
          () => stores.sessions.rotate(rotation, 0, untold),
          () =>
            stores.passwords.change({ oldHash: HASH, newHash: OTHER_HASH, securityEpoch: 0, keep: rotation }, untold),
        ]
        await Promise.all([rotations[round % 2]?.(), ways[round % 3]?.()])
        expect(await isThere(record.tokenHash)).toBe(false)
        expect(await isThere(rotation.newTokenHash)).toBe(false)
        expect(await listSessionsOf(stores, user.id, NOW)).toEqual([])
      }
    })

    test('the limit never revokes the session that has just started, even if clocks differ', async () => {
      const user = await addUser()
      const old = await addSession(user.id, { lastSeenAt: NOW + 5_000 })
      const fresh = await addSession(user.id, {}, 1)
      expect(await isThere(fresh.tokenHash)).toBe(true)
      expect(await isThere(old.tokenHash)).toBe(false)
    })

    test('concurrent transactions about one user wait for each other and for nothing else (ASVS 15.4.3)', async () => {
      const [user, other] = [await addUser(), await addUser()]
      const own = await addSession(user.id)
      const foreign = await addSession(other.id)
      const replacing = (target: User, replaces: SessionRecord) =>
        stores.sessions.start(
          {
            record: makeSession(target.id),
            securityEpoch: 0,
            replaces: refOf(replaces),
            maxPerUser: 3,
            attempt: null,
          },
          untold,
        )
      const work = Array.from({ length: 8 }, (_, index) => [
        index % 2 ? replacing(user, foreign) : replacing(other, own),
        elsewhere.sessions.revokeAll(index % 2 ? user.id : other.id, null, untold),
        elsewhere.users.rename(user.id, `name ${index}`, untold),
      ])
      await Promise.all(work.flat())
      expect((await listSessionsOf(stores, user.id, NOW)).length).toBeLessThanOrEqual(3)
    })

    test('a session is live until it is revoked or a limit, also with a new token, and only for its own user', async () => {
      const [ada, eve] = [await addUser(), await addUser()]
      const [stays, ended, other] = [await addSession(ada.id), await addSession(ada.id), await addSession(eve.id)]
      await stores.sessions.revoke(ada.id, refOf(ended).id, untold)
      expect(await stores.sessions.rotate(makeRotation(stays), 0, untold)).toBe(true)
      const asked = [refOf(stays), refOf(ended), { id: refOf(other).id, userId: ada.id }]
      expect(await stores.sessions.findLive(asked, NOW)).toEqual(new Set([refOf(stays).id]))
      expect(await Promise.all(asked.map((ref) => stores.sessions.isLive(ref, NOW)))).toEqual([true, false, false])
      expect(await stores.sessions.findLive(asked, NOW + LIFE)).toEqual(new Set())
    })

    test('expired sessions are not listed, and are deleted after either limit', async () => {
      const user = await addUser()
      const idle = await addSession(user.id, { idleExpiresAt: NOW + LIFE })
      const absolute = await addSession(user.id, { expiresAt: NOW + LIFE, idleExpiresAt: NOW + 2 * LIFE })
      const alive = await addSession(user.id, { idleExpiresAt: NOW + LIFE + 1 })
      expect((await listSessionsOf(stores, user.id, NOW + LIFE)).map(({ id }) => id)).toEqual([alive.session.id])
      expect(await stores.sessions.deleteIfExpired(alive, NOW + LIFE, untold)).toBe(false)
      expect(await stores.sessions.deleteIfExpired(idle, NOW + LIFE, untold)).toBe(true)
      expect(await stores.sessions.deleteIfExpired(idle, NOW + LIFE, untold)).toBe(false)
      expect(await stores.sessions.deleteIfExpired(absolute, NOW + LIFE, untold)).toBe(true)
      expect(await isThere(absolute.tokenHash)).toBe(false)
      expect(await isThere(alive.tokenHash)).toBe(true)
    })

    /** Waits until another process receives the change; in a cluster, messages arrive in any order. */
    async function expectToldOf(expected: Change, work: () => Promise<unknown>): Promise<void> {
      elsewhere.sessions.changesElsewhere()
      await work()
      await until(() => {
        const changes = elsewhere.sessions.changesElsewhere()
        return typeof changes !== 'string' && changes.some((change) => isDeepStrictEqual(change, expected))
      })
    }

    test('another process receives the changes of a process', async () => {
      const user = await addUser()
      const about: Change = { kind: 'user', id: user.id }
      const { session } = await addSession(user.id)
      const other = await addSession(user.id)
      const { id, userId } = session
      await expectToldOf({ kind: 'session', id, userId }, () => stores.sessions.revoke(user.id, session.id, untold))
      const one = await addSession(user.id)
      await expectToldOf({ kind: 'session', id: one.session.id, userId }, () =>
        stores.sessions.revokeMany([refOf(one)], untold),
      )
      await expectToldOf(about, () => stores.users.rename(user.id, 'Grace', untold))
      expect((await elsewhere.sessions.findByTokenHash(other.tokenHash))?.user.name).toBe('Grace')
      await expectToldOf(about, () => stores.sessions.invalidateUser(user.id))
      await expectToldOf(about, () => stores.users.delete(user.id, untold))
      expect(await isThere(other.tokenHash)).toBe(false)
    })

    test('after too many changes at once the cache is cleared, and later changes arrive again', async () => {
      const { id } = await addUser()
      const users = [id, ...Array.from({ length: 9 }, () => newUserId(() => NOW))]
      elsewhere.sessions.changesElsewhere()
      const invalidateOften = async (user: UserId): Promise<void> => {
        for (let count = 0; count < 110; count++) await stores.sessions.invalidateUser(user)
      }
      await Promise.all(users.map(invalidateOften))
      await until(() => elsewhere.sessions.changesElsewhere() === 'unknown')
      await expectToldOf({ kind: 'user', id }, () => stores.sessions.invalidateUser(id))
    })

    const context: ContractContext = {
      stores: () => stores,
      elsewhere: () => elsewhere,
      listen(listener) {
        onChanges = listener ?? (() => undefined)
      },
      addUser,
      addSession,
      isThere,
    }
    describeReportedChanges(context)
    describeLoginAttempts(context)
    describeFactors(context)

    test('a password is disabled once, for strangers or for everyone, and a new password works', async () => {
      const user = await addUser()
      const disabledFor = async () => (await elsewhere.passwords.findByUserId(user.id))?.disabledFor
      expect(await stores.passwords.setDisabled(user.id, 'strangers', untold)).toBe(true)
      expect(await elsewhere.passwords.setDisabled(user.id, 'strangers', untold)).toBe(false)
      expect(await disabledFor()).toBe('strangers')
      expect(await stores.passwords.setDisabled(user.id, 'everyone', untold)).toBe(true)
      expect(await stores.passwords.setDisabled(user.id, 'strangers', untold)).toBe(false)
      expect(await disabledFor()).toBe('everyone')
      const keep = await addSession(user.id)
      const newTokenHash = hashToken(newToken('lks'))
      const rotation = {
        ...refOf(keep),
        oldTokenHash: keep.tokenHash,
        newTokenHash,
        authenticatedAt: NOW,
        methods: ['password'],
      }
      expect(
        await stores.passwords.change({ oldHash: HASH, newHash: OTHER_HASH, securityEpoch: 0, keep: rotation }, untold),
      ).toBe(true)
      expect(await disabledFor()).toBeNull()
      expect(
        await stores.passwords.setDisabled(
          newUserId(() => NOW),
          'strangers',
          untold,
        ),
      ).toBe(false)
    })

    describe('counters of attempts', () => {
      const limits = createLimits(throttleSettings.complete())
      const { keepMs } = limits.login
      const few: Limit = { ...limits.login, maxTries: 20 }
      const isCounted = (taken: Taken): taken is Taken & { readonly outcome: 'counted' } => taken.outcome === 'counted'
      const take = (key: string, limit: Limit, now = NOW) => stores.counters.take(key, limit, now)

      async function takeCounted(key: string, limit: Limit, now = NOW): Promise<Counted> {
        const taken = await take(key, limit, now)
        if (!isCounted(taken)) throw new Error(`${taken.outcome} until ${taken.retryAt}`)
        return taken
      }

      test.each([
        ['a window', few, 20, 'spent', NOW + keepMs],
        ['waits', limits.account, 5, 'wait', NOW + 1_000],
        ['waits that end', { ...limits.device, maxTries: 5 }, 5, 'spent', NOW + limits.device.keepMs],
      ] as const)(
        '%s: of 100 concurrent attempts, on two nodes, as many are counted as the limit allows',
        async (...row) => {
          const [, limit, room, outcome, retryAt] = row
          const key = randomUUID()
          const tries = Array.from({ length: 100 }, (_, index) =>
            (index % 2 ? stores : elsewhere).counters.take(key, limit, NOW),
          )
          const taken = await Promise.all(tries)
          const counts = taken.filter(isCounted).map((each) => each.count)
          expect(counts.sort((left, right) => left - right)).toEqual(
            Array.from({ length: room }, (_, index) => index + 1),
          )
          for (const each of taken.filter((one) => !isCounted(one))) expect(each).toEqual({ outcome, retryAt })
          const other = () => ({ key: randomUUID(), limit })
          const look = (now: number) => elsewhere.counters.look([other(), { key, limit }, other()], now)
          expect(await look(retryAt - 1)).toEqual([null, { outcome, retryAt }, null])
          expect(await look(retryAt)).toEqual([null, null, null])
        },
      )

      test.each([
        ['doubling', limits.account],
        ['always the same wait', createLimits({ ...throttleSettings.complete(), maxWaitMs: 1_000 }).account],
        ['from the first attempt', createLimits({ ...throttleSettings.complete(), freeFailures: 1 }).account],
      ])('the wait after each failure is exactly that of the table: %s', async (_, limit) => {
        const key = randomUUID()
        let now = NOW
        for (let count = 1; count <= 20; count++) {
          const waitMs = waitAfterMs(limit, count)
          const blockedUntil = waitMs === 0 ? 0 : now + waitMs
          expect(await take(key, limit, now)).toEqual({
            outcome: 'counted',
            count,
            blockedUntil,
            expiresAt: now + limit.keepMs,
          })
          if (blockedUntil > now) {
            expect(await take(key, limit, blockedUntil - 1)).toEqual({
              outcome: 'wait',
              retryAt: blockedUntil,
            })
          }
          now += waitMs
        }
      })

      test.each([
        ['a window', few],
        ['a row of failures', limits.account],
      ])('%s: a node whose clock is behind imposes no wait that no attempt began', async (_, limit) => {
        const key = randomUUID()
        await takeCounted(key, limit)
        await takeCounted(key, limit, NOW + 1)
        expect(await elsewhere.counters.look([{ key, limit }], NOW)).toEqual([null])
        expect(await elsewhere.counters.take(key, limit, NOW)).toMatchObject({ outcome: 'counted', count: 3 })
      })

      test('a window begins with its first attempt and ends as a whole; failures are kept since the last one', async () => {
        const [window, row] = [randomUUID(), randomUUID()]
        await takeCounted(window, few)
        expect(await takeCounted(window, few, NOW + keepMs - 1)).toMatchObject({ count: 2, expiresAt: NOW + keepMs })
        expect(await takeCounted(window, few, NOW + keepMs)).toMatchObject({ count: 1, expiresAt: NOW + 2 * keepMs })
        const { keepMs: month } = limits.account
        await takeCounted(row, limits.account)
        await takeCounted(row, limits.account, NOW + month - 1)
        expect(await takeCounted(row, limits.account, NOW + 2 * month - 2)).toMatchObject({ count: 3 })
        expect(await takeCounted(row, limits.account, NOW + 3 * month - 2)).toMatchObject({ count: 1 })
      })

      test('an attempt that does not count is taken back with its wait, but not from a later window', async () => {
        const key = randomUUID()
        for (let count = 1; count < 5; count++) await takeCounted(key, limits.account)
        const fifth = await takeCounted(key, limits.account)
        await elsewhere.counters.giveBack([{ key, limit: limits.account, counted: fifth }])
        expect(await takeCounted(key, limits.account)).toEqual(fifth)
        const late = await takeCounted(key, limits.account, NOW + 1_000)
        await stores.counters.giveBack([{ key, limit: limits.account, counted: fifth }])
        expect(await take(key, limits.account, NOW + 1_000)).toEqual({ outcome: 'wait', retryAt: late.blockedUntil })

        const window = randomUUID()
        const old = await takeCounted(window, few)
        await takeCounted(window, few, NOW + keepMs)
        await stores.counters.giveBack([{ key: window, limit: few, counted: old }])
        expect(await takeCounted(window, few, NOW + keepMs)).toMatchObject({ count: 2 })
        await stores.counters.giveBack([{ key: randomUUID(), limit: few, counted: old }])
      })

      test('several attempts are taken back at once, each by its own rule', async () => {
        const [twice, once, renewed, row] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()]
        await takeCounted(twice, few)
        const old = await takeCounted(renewed, few)
        await takeCounted(renewed, few, NOW + keepMs)
        await stores.counters.giveBack([
          { key: twice, limit: few, counted: await takeCounted(twice, few) },
          { key: once, limit: few, counted: await takeCounted(once, few) },
          { key: renewed, limit: few, counted: old },
          { key: row, limit: limits.account, counted: await takeCounted(row, limits.account) },
        ])
        expect(await takeCounted(twice, few)).toMatchObject({ count: 2 })
        expect(await takeCounted(once, few)).toMatchObject({ count: 1 })
        expect(await takeCounted(renewed, few, NOW + keepMs)).toMatchObject({ count: 2 })
        expect(await takeCounted(row, limits.account)).toMatchObject({ count: 1 })
      })

      test('a deleted counter starts again; the sweep deletes expired counters, and nothing else', async () => {
        const [forgotten, expired, alive] = [randomUUID(), randomUUID(), randomUUID()]
        for (const key of [forgotten, expired, alive]) await takeCounted(key, few)
        await takeCounted(alive, limits.account)
        await elsewhere.counters.forget(forgotten)
        expect(await takeCounted(forgotten, few)).toMatchObject({ count: 1 })
        let sweeps = 1
        while (await stores.counters.sweep(NOW + keepMs, 1)) sweeps++
        expect(sweeps).toBeLessThan(100)
        expect(await takeCounted(expired, few, NOW + keepMs)).toMatchObject({ count: 1 })
        expect(await takeCounted(alive, limits.account)).toMatchObject({ count: 3 })
      })
    })
  })
}
