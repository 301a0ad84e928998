/*
 * The contract of storages for second factors: codes work once on all nodes, a factor is in force after its confirmation only, and the
 * removals that wait (DESIGN promises 5 and 6).
 */
import { expect, test } from 'vitest'
import { hashToken, newToken } from '../../src/crypto/token.ts'
import type { NewFactorRemoval } from '../../src/factors/recovery/store.ts'
import type { NewRememberedDevice } from '../../src/factors/remembered-devices/store.ts'
import { onlyEvents } from '../../src/kernel/effects.ts'
import { newUserId, type UserId } from '../../src/kernel/ids.ts'
import type { Passkey } from '../../src/kernel/passkey.ts'
import type { User } from '../../src/kernel/principal.ts'
import { untold } from '../support/untold.ts'
import { type ContractContext, LIFE, NOW } from './contract-samples.ts'

const SECRET = 'sealed'
const CODES = ['a', 'b', 'c'].map((letter) => letter.repeat(43))
const [FIRST = '', SECOND = ''] = CODES

function makeDevice(userId: UserId, changes: Partial<NewRememberedDevice> = {}): NewRememberedDevice {
  const tokenHash = hashToken(newToken('lkd'))
  const times = { createdAt: NOW, lastUsedAt: null, expiresAt: NOW + LIFE }
  return { id: newUserId(() => NOW), tokenHash, userId, securityEpoch: 0, userAgent: 'Test', ...times, ...changes }
}

function makePasskey(userId: UserId): Passkey {
  const id = newUserId(() => NOW)
  const key = {
    credentialId: `credential of ${id}`,
    publicKey: 'key',
    counter: 0,
    transports: [],
    aaguid: newUserId(() => NOW),
  }
  return { ...{ id, userId, ...key, name: 'Test', syncs: true, isBackedUp: true }, createdAt: NOW, lastUsedAt: null }
}

/** The part of the contract about second factors. */
export function describeFactors({ stores, elsewhere, addUser }: ContractContext): void {
  const ownerOf = ({ id: userId }: User, securityEpoch = 0) => ({ userId, securityEpoch })

  /** Returns a user with an authenticator app whose last code is of step 100. */
  async function enrol(): Promise<User> {
    const user = await addUser()
    expect(await stores().totp.begin({ userId: user.id, sealedSecret: SECRET, createdAt: NOW })).toBe(true)
    const proof = { sealedSecret: SECRET, step: 100, confirmedAt: NOW, codeHashes: CODES, mustLack: [] }
    expect(await stores().totp.confirm({ ...proof, owner: ownerOf(user) }, untold)).toBe('done')
    return user
  }

  test('TOTP: a secret is in force when it is confirmed; until then another one replaces it', async () => {
    const user = await addUser()
    const begin = (sealedSecret: string) => stores().totp.begin({ userId: user.id, sealedSecret, createdAt: NOW })
    const confirm = (sealedSecret: string, securityEpoch = 0) =>
      elsewhere().totp.confirm(
        {
          ...{ owner: ownerOf(user, securityEpoch), sealedSecret, step: 7 },
          ...{ confirmedAt: NOW, codeHashes: CODES },
          mustLack: [],
        },
        untold,
      )
    expect(await stores().totp.find(user.id)).toBeNull()
    await begin('old')
    expect(await begin('new')).toBe(true)
    expect(await elsewhere().totp.find(user.id)).toMatchObject({ sealedSecret: 'new', confirmedAt: null })
    expect(await stores().totp.useStep(user.id, 8, NOW)).toBe(false)
    expect(await stores().totp.remove(ownerOf(user), untold)).toBe(false)
    expect([await confirm('old'), await confirm('new', 1), await confirm('new'), await confirm('new')]).toEqual([
      'gone',
      'gone',
      'done',
      'gone',
    ])
    expect(await begin('third')).toBe(false)
    expect(await elsewhere().totp.find(user.id)).toMatchObject({ sealedSecret: 'new', lastStep: 7, lastUsedAt: NOW })
    expect(await stores().recoveryCodes.find(user.id)).toEqual({ left: 3, createdAt: NOW })
  })

  test('a first factor: of two on two nodes, one is stored; for a user who is logged in, a second one is', async () => {
    const user = await addUser()
    const mustLack = ['totp', 'passkey', 'recovery_code']
    const confirmation = { owner: ownerOf(user), sealedSecret: SECRET, step: 1, confirmedAt: NOW, codeHashes: CODES }
    const add = (lacks: readonly string[]) =>
      elsewhere().passkeys.add({ owner: ownerOf(user), passkey: makePasskey(user.id), max: 9, mustLack: lacks }, untold)
    await stores().totp.begin({ userId: user.id, sealedSecret: SECRET, createdAt: NOW })
    const outcomes = await Promise.all([
      stores().totp.confirm({ ...confirmation, mustLack }, untold),
      add(mustLack),
      add(mustLack),
    ])
    expect(outcomes.toSorted()).toEqual(['done', 'not_first', 'not_first'])
    expect(await add(['test'])).toBe('done')
    expect(await add(mustLack)).toBe('not_first')
  })

  test('TOTP: of many uses of one step, on two nodes, one counts; earlier steps do not count (ASVS 6.5.1)', async () => {
    const { id } = await enrol()
    const uses = await Promise.all(
      [stores(), elsewhere(), stores(), elsewhere()].map(({ totp }) => totp.useStep(id, 101, NOW + 1)),
    )
    expect(uses.filter(Boolean)).toHaveLength(1)
    expect(await stores().totp.useStep(id, 100, NOW + 2)).toBe(false)
    expect(await elsewhere().totp.useStep(id, 102, NOW + 2)).toBe(true)
  })

  test('TOTP: its removal ends recovery codes and remembered devices, unless the epoch has increased', async () => {
    const user = await enrol()
    await stores().rememberedDevices.create(makeDevice(user.id), untold)
    expect(await stores().totp.remove(ownerOf(user, 1), untold)).toBe(false)
    expect(await stores().totp.remove(ownerOf(user), untold)).toBe(true)
    expect(await elsewhere().recoveryCodes.find(user.id)).toBeNull()
    expect(await elsewhere().rememberedDevices.list(user.id, NOW)).toEqual([])
  })

  test('recovery codes: of many uses of one code, on two nodes, one counts; the codes of another user do not', async () => {
    const [user, stranger] = [await enrol(), await enrol()]
    await stores().recoveryCodes.replace(ownerOf(stranger), ['d'.repeat(43)], NOW, untold)
    const uses = await Promise.all(
      [stores(), elsewhere(), stores()].map(({ recoveryCodes }) => recoveryCodes.use(user.id, [FIRST], untold)),
    )
    expect(uses.filter(Boolean)).toHaveLength(1)
    expect(await elsewhere().recoveryCodes.use(stranger.id, [SECOND], untold)).toBe(false)
    let left = 0
    await stores().recoveryCodes.use(user.id, ['x'.repeat(43), SECOND], (count) => {
      left = count
      return { events: [] }
    })
    expect(left).toBe(1)
  })

  test('recovery codes: replaced as a whole; never without a second factor, nor in an old epoch', async () => {
    const [user, without] = [await enrol(), await addUser()]
    const replace = (owner: User, epoch = 0) =>
      stores().recoveryCodes.replace(ownerOf(owner, epoch), ['e'.repeat(43)], NOW + 5, untold)
    expect([await replace(without), await replace(user, 1), await replace(user)]).toEqual([false, false, true])
    expect(await elsewhere().recoveryCodes.find(user.id)).toEqual({ left: 1, createdAt: NOW + 5 })
    expect(await stores().recoveryCodes.use(user.id, CODES, untold)).toBe(false)
  })

  test('remembered devices: one token of one user in one epoch, until it expires or is forgotten', async () => {
    const [user, stranger] = [await enrol(), await enrol()]
    const device = makeDevice(user.id)
    await stores().rememberedDevices.create(device, untold)
    const use = (owner: User, epoch = 0, now = NOW) =>
      elsewhere().rememberedDevices.use([hashToken(newToken('lkd')), device.tokenHash], ownerOf(owner, epoch), now)
    expect([await use(user), await use(stranger), await use(user, 1), await use(user, 0, NOW + LIFE)]).toEqual([
      true,
      false,
      false,
      false,
    ])
    expect(await stores().rememberedDevices.list(user.id, NOW)).toMatchObject([{ id: device.id, lastUsedAt: NOW }])
    expect(await stores().rememberedDevices.forget(stranger.id, device.id, onlyEvents())).toBe(false)
    expect(await stores().rememberedDevices.forget(user.id, device.id, onlyEvents())).toBe(true)
    expect(await use(user)).toBe(false)
    const expired = makeDevice(user.id, { expiresAt: NOW - 1 })
    await stores().rememberedDevices.create(expired, untold)
    expect(await stores().rememberedDevices.sweep(NOW, 50)).toBeGreaterThan(0)
  })

  const removalOf = (user: User, changes: Partial<NewFactorRemoval> = {}): NewFactorRemoval => ({
    userId: user.id,
    method: 'all',
    securityEpoch: 0,
    requestedAt: NOW + 1,
    availableAt: NOW + 100,
    expiresAt: NOW + 200,
    ...changes,
  })

  test('removals: of many requests, on two nodes, one is stored; it is carried out once, from its time until it expires', async () => {
    const user = await enrol()
    const asked = await Promise.all(
      [stores(), elsewhere(), stores()].map(({ factorRemovals }) => factorRemovals.request(removalOf(user), untold)),
    )
    expect(asked.filter(Boolean)).toHaveLength(1)
    const { id: userId } = user
    expect(await stores().factorRemovals.list(userId, NOW + 199)).toHaveLength(1)
    expect(await stores().factorRemovals.list(userId, NOW + 200)).toEqual([])
    const key = { userId, method: 'all' } as const
    expect(await stores().factorRemovals.carryOut(key, NOW + 99, untold)).toBe(false)
    const done = await Promise.all(
      [stores(), elsewhere(), stores()].map(({ factorRemovals }) => factorRemovals.carryOut(key, NOW + 100, untold)),
    )
    expect(done.filter(Boolean)).toHaveLength(1)
    expect(await elsewhere().totp.find(userId)).toBeNull()
    expect(await elsewhere().recoveryCodes.find(userId)).toBeNull()
  })

  test('removals: void in a new epoch and after a use of the factor; nothing to remove is not stored', async () => {
    const [user, other, without] = [await enrol(), await enrol(), await addUser()]
    const { factorRemovals, totp, users } = stores()
    expect(await factorRemovals.request(removalOf(without), untold)).toBe(false)
    expect(await factorRemovals.request(removalOf(user, { securityEpoch: 1 }), untold)).toBe(false)
    expect(await factorRemovals.request(removalOf(user), untold)).toBe(true)
    expect(await totp.useStep(user.id, 200, NOW + 2)).toBe(true)
    expect(await elsewhere().factorRemovals.list(user.id, NOW + 3)).toEqual([])
    expect(await factorRemovals.request(removalOf(user, { requestedAt: NOW + 3 }), untold)).toBe(true)
    await factorRemovals.request(removalOf(other), untold)
    await users.disable(other.id, NOW, untold)
    await users.enable(other.id, untold)
    expect(await elsewhere().factorRemovals.list(other.id, NOW + 3)).toEqual([])
  })

  test('removals: one of an administrator has no epoch, is listed when due, and is cancelled with the others', async () => {
    const user = await enrol()
    const { factorRemovals } = stores()
    const byAdministrator = removalOf(user, { method: 'totp', securityEpoch: null, expiresAt: null })
    expect(await factorRemovals.request(byAdministrator, untold)).toBe(true)
    expect(await factorRemovals.request(removalOf(user), untold)).toBe(true)
    const due = async (now: number) =>
      (await elsewhere().factorRemovals.listDue(now, 50)).filter(({ userId }) => userId === user.id)
    expect([await due(NOW + 99), await due(NOW + 100)]).toEqual([[], [{ userId: user.id, method: 'totp' }]])
    expect(await factorRemovals.cancel(user.id, NOW + 50, untold)).toBe(true)
    expect(await factorRemovals.cancel(user.id, NOW + 50, untold)).toBe(false)
    expect(await due(NOW + 100)).toEqual([])
    expect(await factorRemovals.removeNow({ userId: user.id, method: 'totp' }, untold)).toBe(true)
    expect(await factorRemovals.removeNow({ userId: user.id, method: 'totp' }, untold)).toBe(false)
  })
}
