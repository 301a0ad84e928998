/*
 * The changes that a storage reports to the cache of its own process. Because of these reports, sessions that this node
 * revoked are refused on the next request (DESIGN promise 2).
 */
import { describe, expect, test } from 'vitest'
import type { User } from '../../src/kernel/principal.ts'
import type { OneTimeToken, TokenPurpose } from '../../src/one-time-tokens/store.ts'
import type { Change, SessionRecord, SessionRef } from '../../src/sessions/store.ts'
import type { Stores } from '../../src/storage/storage.ts'
import { untold } from '../support/untold.ts'
import {
  type ContractContext,
  HASH,
  LIFE,
  makeAccessToken,
  makeOneTimeToken,
  makeRotation,
  makeSession,
  makeUser,
  NOW,
  OTHER_HASH,
  refOf,
} from './contract-samples.ts'

type Operate = (stores: Stores, user: User, own: SessionRecord) => Promise<unknown>

async function issue({ oneTimeTokens }: Stores, user: User, purpose: TokenPurpose): Promise<OneTimeToken> {
  const token = makeOneTimeToken(user, purpose)
  await oneTimeTokens.issue([token], untold)
  return token
}

const start: Operate = ({ sessions }, { id }, own) =>
  sessions.start(
    { record: makeSession(id), securityEpoch: 0, replaces: refOf(own), maxPerUser: 100, attempt: null },
    untold,
  )

const startBeyondTheLimit: Operate = ({ sessions }, { id }) =>
  sessions.start({ record: makeSession(id), securityEpoch: 0, replaces: null, maxPerUser: 1, attempt: null }, untold)

const register: Operate = ({ users }, _, own) => {
  const user = makeUser()
  const newUser = { user, passwordHash: HASH, firstSession: makeSession(user.id), replaces: refOf(own) }
  return users.create(newUser, untold)
}

const verifyEmail: Operate = async (stores, user) => {
  const token = await issue(stores, user, 'email_verify')
  return stores.users.verifyEmail({ token, userId: user.id, email: user.email, newPassword: null }, untold)
}

const verifyWithNewPassword: Operate = async (stores, user) => {
  const token = await issue(stores, user, 'email_verify')
  const newPassword = { hash: OTHER_HASH, changedAt: NOW }
  return stores.users.verifyEmail({ token, userId: user.id, email: user.email, newPassword }, untold)
}

const changeEmail: Operate = async (stores, user) => {
  const token = await issue(stores, user, 'email_change')
  return stores.users.changeEmail({ token, userId: user.id, email: makeUser().email }, untold)
}

const undoEmailChange: Operate = async (stores, user) => {
  const token = await issue(stores, user, 'email_undo')
  const resetToken = makeOneTimeToken(user, 'password_reset')
  return stores.users.undoEmailChange({ token, userId: user.id, email: user.email, resetToken, since: NOW }, untold)
}

const changePassword: Operate = ({ passwords }, _, own) =>
  passwords.change({ oldHash: HASH, newHash: OTHER_HASH, securityEpoch: 0, keep: makeRotation(own) }, untold)

const resetPassword: Operate = async (stores, user) => {
  const token = await issue(stores, user, 'password_reset')
  return stores.passwords.reset({ token, userId: user.id, newHash: OTHER_HASH, changedAt: NOW }, untold)
}

const revokeAccessToken: Operate = async ({ accessTokens }, { id }) => {
  const record = makeAccessToken(id)
  await accessTokens.create(record, { maxPerUser: 100, securityEpoch: 0 }, untold)
  return accessTokens.revoke(id, record.accessToken.id, untold)
}

/** Every operation that ends or changes a session of the user, and the kind of change that it reports at least. */
const OPERATIONS: readonly (readonly [name: string, reports: Change['kind'], operate: Operate])[] = [
  ['start in place of a session', 'session', start],
  ['start beyond the limit', 'session', startBeyondTheLimit],
  ['register in place of a session', 'session', register],
  ['rotate', 'session', ({ sessions }, _, own) => sessions.rotate(makeRotation(own), 0, untold)],
  ['revoke', 'session', ({ sessions }, { id }, own) => sessions.revoke(id, own.session.id, untold)],
  ['revoke all', 'user', ({ sessions }, { id }) => sessions.revokeAll(id, null, untold)],
  ['revoke many', 'session', ({ sessions }, _, own) => sessions.revokeMany([refOf(own)], untold)],
  ['delete if expired', 'session', ({ sessions }, _, own) => sessions.deleteIfExpired(own, NOW + 2 * LIFE, untold)],
  ['invalidate', 'user', ({ sessions }, { id }) => sessions.invalidateUser(id)],
  ['rename', 'user', ({ users }, { id }) => users.rename(id, 'Grace', untold)],
  ['disable', 'user', ({ users }, { id }) => users.disable(id, NOW, untold)],
  ['delete', 'user', ({ users }, { id }) => users.delete(id, untold)],
  ['verify the email address', 'user', verifyEmail],
  ['verify the email address with a new password', 'user', verifyWithNewPassword],
  ['change the email address', 'user', changeEmail],
  ['undo a change of the email address', 'user', undoEmailChange],
  ['change the password', 'user', changePassword],
  ['reset the password', 'user', resetPassword],
  ['force a reset of the password', 'user', ({ passwords }, { id }) => passwords.forceReset(id, untold)],
  ['revoke an access token', 'user', revokeAccessToken],
]

/** The part of the contract about changes that are reported to this process. */
export function describeReportedChanges({ stores, elsewhere, listen, ...context }: ContractContext): void {
  const { addUser, addSession, isThere } = context

  async function reportedBy(work: () => Promise<unknown>): Promise<Change[]> {
    const reported: Change[] = []
    listen((changes) => reported.push(...changes))
    try {
      await work()
      return [...reported]
    } finally {
      listen(null)
    }
  }

  const about = (user: User): Change => ({ kind: 'user', id: user.id })

  describe('changes for the cache of this process', () => {
    test.each(OPERATIONS)('%s: the change of the %s is reported, and none of other users', async (_, kind, operate) => {
      const user = await addUser()
      const own = await addSession(user.id)
      const reported = await reportedBy(() => operate(stores(), user, own))
      expect(reported).toContainEqual(kind === 'user' ? about(user) : { kind, ...refOf(own) })
      for (const change of reported) expect(change.kind === 'user' ? change.id : change.userId).toBe(user.id)
    })

    test('the subject is reported even if another process made the change first', async () => {
      const user = await addUser()
      const own = await addSession(user.id)
      const { record, access } = { record: makeRotation(own), access: makeAccessToken(user.id) }
      await elsewhere().users.delete(user.id, untold)
      const { users, passwords, sessions, accessTokens } = stores()
      const token = makeOneTimeToken(user, 'email_undo')
      const proof = { token, userId: user.id, email: user.email }
      const change = { oldHash: HASH, newHash: OTHER_HASH, securityEpoch: 0, keep: record }
      const aboutUser = [
        () => users.rename(user.id, 'Grace', untold),
        () => users.disable(user.id, NOW, untold),
        () => users.delete(user.id, untold),
        () => users.verifyEmail({ ...proof, newPassword: null }, untold),
        () => users.changeEmail(proof, untold),
        () => users.undoEmailChange({ ...proof, resetToken: token, since: NOW }, untold),
        () => passwords.change(change, untold),
        () => passwords.reset({ token, userId: user.id, newHash: HASH, changedAt: NOW }, untold),
        () => passwords.forceReset(user.id, untold),
        () => sessions.revokeAll(user.id, null, untold),
        () => accessTokens.revoke(user.id, access.accessToken.id, untold),
      ]
      for (const operate of aboutUser) expect(await reportedBy(operate)).toContainEqual(about(user))
      const revoked = await reportedBy(() => sessions.revoke(user.id, own.session.id, untold))
      expect(revoked).toContainEqual({ kind: 'session', ...refOf(own) })
    })

    test('the sweep reports the sessions that it deletes', async () => {
      const user = await addUser()
      await addSession(user.id, { idleExpiresAt: NOW - 1 })
      let ended: readonly SessionRef[] = []
      const reported = await reportedBy(async () => {
        ended = (await stores().sessions.sweep(NOW, 1_000, untold)).ended
      })
      expect(reported).toEqual(ended.map((ref) => ({ kind: 'session', ...ref })))
    })

    test('an operation that changes no session reports nothing', async () => {
      const user = await addUser()
      const { accessTokens, passwords, audit } = stores()
      const reported = await reportedBy(async () => {
        await addSession(user.id)
        await issue(stores(), user, 'password_reset')
        await accessTokens.create(makeAccessToken(user.id), { maxPerUser: 100, securityEpoch: 0 }, untold)
        await passwords.rehash(user.id, HASH, OTHER_HASH)
        await passwords.setDisabled(user.id, 'strangers', untold)
        await audit.write({ events: [] })
      })
      expect(reported).toEqual([])
    })

    test('a change is reported after it takes effect and before the operation settles', async () => {
      const user = await addUser()
      const { tokenHash } = await addSession(user.id)
      const reads: Promise<boolean>[] = []
      listen(() => reads.push(isThere(tokenHash)))
      await stores().users.disable(user.id, NOW, untold)
      listen(null)
      expect(reads.length).toBeGreaterThan(0)
      expect(new Set(await Promise.all(reads))).toEqual(new Set([false]))
    })

    test('a failed transaction reports its subject, because it may be committed', async () => {
      const user = await addUser()
      const reported = await reportedBy(async () => {
        const failing = stores().users.disable(user.id, NOW, () => {
          throw new Error('not told')
        })
        await expect(failing).rejects.toThrow('not told')
      })
      expect(reported).toEqual([about(user)])
    })
  })
}
