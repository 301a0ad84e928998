/*
 * One budget for everything that checks the password of an account. A browser that logged in there before has one of its
 * own, which no failures of others touch; everybody else shares that of the account, and that of their network.
 */

import { SECOND_MS } from '../kernel/clock.ts'
import type { UserId } from '../kernel/ids.ts'
import { Refusal } from '../kernel/refusal.ts'
import type { DeviceUser } from './device.ts'
import { networkOf } from './network.ts'
import { THROTTLE_REFUSALS } from './refusals.ts'
import {
  type Budget,
  type CountedTry,
  giveBackTry,
  quotaLeft,
  refuseSpentTry,
  takeTry,
  tooManyTries,
} from './take-try.ts'
import type { Caller, Throttle } from './throttle.ts'

/** Whose password is tried. */
export interface PasswordSubject {
  /** The email address in its normal form; what was typed, where that is no address. */
  readonly account: string
  /** Null: there is no such user. */
  readonly user: DeviceUser | null
}

/** A try at a password that was counted and is now to be made. */
export interface PasswordTry {
  /** True when the user logged in with this browser before, and it has not used up its budget. */
  readonly isKnownDevice: boolean
  /** Tries in a row by the same budget, this one included, should it fail. */
  readonly failures: number
  /** What success forgets. */
  readonly inARow: readonly Budget[]
  readonly network: CountedTry | null
  readonly counted: readonly CountedTry[]
}

/**
 * Counts a try at a password before anything is hashed. Tries that have to wait are refused and not counted.
 * @throws too_many_requests, the same for known, unknown and malformed accounts; unavailable.
 */
export async function takePasswordTry(
  throttle: Throttle,
  subject: PasswordSubject,
  caller: Caller,
): Promise<PasswordTry> {
  const device = deviceBudget(throttle, subject, caller)
  const known = device === null ? null : await takeAsDevice(throttle, device, { caller, userId: idOf(subject) })
  return known ?? takeAsStranger(throttle, { subject, caller, spentDevice: device })
}

/**
 * Waits until few enough tries at the account are under way in this process.
 * @returns what ends the turn.
 * @throws too_many_requests when too many wait already.
 */
export async function waitForTurn(throttle: Throttle, subject: PasswordSubject, caller: Caller): Promise<() => void> {
  const endTurn = await throttle.turns.take(subject.account)
  if (endTurn !== null) return endTurn
  const retryAt = throttle.clock() + SECOND_MS
  throw tooManyTries(throttle, throttle.limits.account, { caller, userId: idOf(subject), retryAt })
}

/** The password was right: failures before it count no more. Those of strangers still do when it came from a known device. */
export async function forgetFailedTries(
  throttle: Throttle,
  { inARow, network }: PasswordTry,
  { reportQuota }: Caller,
): Promise<void> {
  if (network !== null) reportQuota(quotaLeft(throttle, network, { isGivenBack: true }))
  await Promise.all([
    ...inARow.map(({ key }) => throttle.store.forget(key)),
    ...(network === null ? [] : [giveBackTry(throttle, network)]),
  ])
}

/** The try was not made, so nothing was learnt by it. */
export async function giveBackPasswordTry(throttle: Throttle, { counted }: PasswordTry): Promise<void> {
  await Promise.all(counted.map((each) => giveBackTry(throttle, each)))
}

/** Forgets the failures of strangers at an account: its password is another now, or an administrator says so. */
export async function forgetFailures(throttle: Throttle, account: string): Promise<void> {
  await throttle.store.forget(accountBudget(throttle, account).key)
}

function accountBudget({ limits, keyOf }: Throttle, account: string): Budget {
  return { limit: limits.account, key: keyOf(limits.account, account) }
}

function deviceBudget(throttle: Throttle, { user }: PasswordSubject, { device }: Caller): Budget | null {
  if (device === null || user === null || !throttle.devices.knows(device, user)) return null
  const limit = throttle.limits.device
  return { limit, key: throttle.keyOf(limit, user.userId, device.id) }
}

function idOf({ user }: PasswordSubject): UserId | null {
  return user?.userId ?? null
}

/** Null when the device has used up its budget: from then on it is a stranger. */
async function takeAsDevice(
  throttle: Throttle,
  budget: Budget,
  refused: { readonly caller: Caller; readonly userId: UserId | null },
): Promise<PasswordTry | null> {
  const { limit, key } = budget
  const taken = await throttle.store.take(key, limit, throttle.clock())
  if (taken.outcome === 'spent') return null
  if (taken.outcome !== 'counted') throw tooManyTries(throttle, limit, { ...refused, retryAt: taken.retryAt })
  const counted = [{ ...budget, counted: taken }]
  return { isKnownDevice: true, failures: taken.count, inARow: [budget], network: null, counted }
}

interface Stranger {
  readonly subject: PasswordSubject
  readonly caller: Caller
  readonly spentDevice: Budget | null
}

/** The network is counted first: whoever has used that up moves no counter of a victim. */
async function takeAsStranger(throttle: Throttle, { subject, caller, spentDevice }: Stranger): Promise<PasswordTry> {
  const budget = accountBudget(throttle, subject.account)
  const refused = { caller, userId: idOf(subject) }
  await refuseSpentTry(throttle, budget, refused)
  const limit = throttle.limits.login
  const key = throttle.keyOf(limit, networkOf(caller.client.ip))
  const network = await takeTry(throttle, { limit, key }, refused)
  caller.reportQuota(quotaLeft(throttle, network))
  try {
    const own = await takeTry(throttle, budget, refused)
    const inARow = spentDevice === null ? [budget] : [budget, spentDevice]
    return { isKnownDevice: false, failures: own.counted.count, inARow, network, counted: [network, own] }
  } catch (error) {
    // Counters that cannot be reached take nothing back either.
    if (error instanceof Refusal && error.code === THROTTLE_REFUSALS.too_many_requests.code)
      await giveBackTry(throttle, network)
    throw error
  }
}
