/* The budget that passwords and codes share, over a real store. */
import { randomBytes } from 'node:crypto'
import { expect, onTestFinished, test } from 'vitest'
import { newUserId } from '../kernel/ids.ts'
import type { Quota } from '../kernel/quota.ts'
import { sqlite } from '../storage/sql/sqlite.ts'
import { forgetFailedTries, type PasswordSubject, type PasswordTry, withPasswordTry } from './password-tries.ts'
import { throttleSettings } from './settings.ts'
import { type Caller, createThrottle, type Throttle } from './throttle.ts'

const ADA: PasswordSubject = { account: 'ada@example.com', user: null }
const RIGHT = { proven: true }
const WRONG = { proven: false }

async function openThrottle(): Promise<Throttle> {
  const stores = await sqlite(':memory:').open()
  onTestFinished(() => stores.close())
  return createThrottle({
    store: stores.counters,
    settings: throttleSettings.complete(undefined),
    secrets: [randomBytes(32)],
    clock: () => 1_800_000_000_000,
    report: () => undefined,
  })
}

function callerWith(device: Caller['device'] = null, quotas: Quota[] = []): Caller {
  const client = { ip: '192.0.2.1', userAgent: null }
  const stamp: Caller['stamp'] = (event) => ({ ...event, at: 0, actor: null, requestId: null, client })
  return { operation: 'login', client, device, stamp, reportQuota: (quota) => quotas.push(quota) }
}

/** Makes attempts one after another. Returns the number of failures that each attempt received. */
async function failuresOf(throttle: Throttle, outcomes: readonly { readonly proven: boolean }[]): Promise<number[]> {
  const failures: number[] = []
  for (const outcome of outcomes) {
    await withPasswordTry(throttle, ADA, callerWith(), async (tried) => {
      failures.push(tried.failures)
      return outcome
    })
  }
  return failures
}

test('a correct proof is not counted, and does not reset earlier failures: it may be half a login', async () => {
  const throttle = await openThrottle()
  expect(await failuresOf(throttle, [WRONG, WRONG, RIGHT, WRONG, RIGHT, RIGHT])).toEqual([1, 2, 3, 3, 4, 4])
})

test('a complete login resets the failures before it', async () => {
  const throttle = await openThrottle()
  await failuresOf(throttle, [WRONG, WRONG])
  const { tried } = await withPasswordTry(throttle, ADA, callerWith(), async (tried) => ({ proven: true, tried }))
  await forgetFailedTries(throttle, tried)
  expect(await failuresOf(throttle, [WRONG])).toEqual([1])
})

test('attack: 300 strangers wait at an account, and a known device has a line of its own', async () => {
  const throttle = await openThrottle()
  const user = { userId: newUserId(throttle.clock), securityEpoch: 0 }
  const device = throttle.devices.read(throttle.devices.remember(null, user))
  const { promise: end, resolve } = Promise.withResolvers<void>()
  const strangers = Array.from({ length: 300 }, () =>
    withPasswordTry(throttle, { ...ADA, user }, callerWith(), () => end.then(() => WRONG)).catch(() => null),
  )
  await withPasswordTry(throttle, { ...ADA, user }, callerWith(device), async () => RIGHT) // would never end in their line
  resolve()
  await Promise.all(strangers)
})

test('the result of the work is returned unchanged', async () => {
  const throttle = await openThrottle()
  const proof = { proven: false, reason: 'wrong_code' } as const
  expect(await withPasswordTry(throttle, ADA, callerWith(), async () => proof)).toBe(proof)
})

test('an error of the work gives the attempt back, and is thrown unchanged', async () => {
  const throttle = await openThrottle()
  const overloaded = new Error('overloaded')
  for (let count = 0; count < 10; count++) {
    const work = withPasswordTry(throttle, ADA, callerWith(), async () => {
      throw overloaded
    })
    await expect(work).rejects.toBe(overloaded)
  }
  expect(await failuresOf(throttle, [WRONG])).toEqual([1])
})

test('a used-up budget refuses before the work starts', async () => {
  const throttle = await openThrottle()
  await failuresOf(throttle, Array(throttleSettings.complete(undefined).freeFailures).fill(WRONG))
  let isStarted = false
  const work = withPasswordTry(throttle, ADA, callerWith(), async () => {
    isStarted = true
    return RIGHT
  })
  await expect(work).rejects.toMatchObject({ code: 'too_many_requests' })
  expect(isStarted).toBe(false)
})

test('every outcome ends the turn: correct, wrong, thrown and refused', async () => {
  const throttle = await openThrottle()
  const outcomes = [RIGHT, WRONG, new Error('thrown'), WRONG, WRONG, WRONG, WRONG, WRONG, WRONG]
  const attempts = outcomes.map((outcome) =>
    withPasswordTry(throttle, ADA, callerWith(), async () => {
      if (outcome instanceof Error) throw outcome
      return outcome
    }).catch((error: unknown) => error),
  )
  await Promise.all(attempts)
  const atOnce = (throttleSettings.complete(undefined).freeFailures - 1) / 2 // two nodes together cause no wait
  const turns = await Promise.all(Array.from({ length: atOnce }, () => throttle.turns.take(ADA.account)))
  expect(turns).toHaveLength(atOnce) // no turn is still taken
})

test('a correct proof does not count against its network', async () => {
  const throttle = await openThrottle()
  const quotas: Quota[] = []
  await withPasswordTry(throttle, ADA, callerWith(null, quotas), async () => RIGHT)
  const [before, after] = quotas.map(({ remaining }) => remaining)
  expect(after).toBe((before ?? 0) + 1)
})

test('the work learns whether the user logged in with this browser before', async () => {
  const throttle = await openThrottle()
  const [userId, other] = [newUserId(throttle.clock), newUserId(throttle.clock)]
  const device = throttle.devices.read(throttle.devices.remember(null, { userId, securityEpoch: 0 }))
  const isKnown = async (id: typeof userId | null, by: Caller['device']): Promise<boolean> => {
    const subject = { account: 'ada@example.com', user: id === null ? null : { userId: id, securityEpoch: 0 } }
    const work = async (tried: PasswordTry) => ({ proven: false, tried })
    return (await withPasswordTry(throttle, subject, callerWith(by), work)).tried.isKnownDevice
  }
  expect(await isKnown(userId, device)).toBe(true)
  expect(await isKnown(userId, null)).toBe(false)
  expect(await isKnown(other, device)).toBe(false)
  expect(await isKnown(null, device)).toBe(false)
})

test('a correct proof from a known device does not reset the failures of other devices', async () => {
  const throttle = await openThrottle()
  const userId = newUserId(throttle.clock)
  const user = { userId, securityEpoch: 0 }
  const device = throttle.devices.read(throttle.devices.remember(null, user))
  await failuresOf(throttle, [WRONG, WRONG])
  await withPasswordTry(throttle, { ...ADA, user }, callerWith(device), async () => RIGHT)
  expect(await failuresOf(throttle, [WRONG])).toEqual([3])
})
