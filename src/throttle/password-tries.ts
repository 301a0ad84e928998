/*
 * One budget for every proof of an account that can be guessed: its password and its codes. A browser that logged in to the
 * account before has its own budget, which the failures of others do not change. All other browsers share the budget of
 * the account and the budget of their network.
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

/** The account of an attempt. */
export interface PasswordSubject {
  /** The normalized email address; the text as typed if it is not an email address. */
  readonly account: string
  /** Null if the account does not exist. */
  readonly user: DeviceUser | null
}

/** An attempt that was counted and is about to be checked. */
export interface PasswordTry {
  /** True if the user logged in with this browser before and the browser has not used up its own budget. */
  readonly isKnownDevice: boolean
  /** Consecutive failures of the same budget, this attempt included if it fails. */
  readonly failures: number
}

/** An attempt with the counters that it changed. */
interface TakenTry extends PasswordTry {
  /** Budgets that a success resets. */
  readonly inARow: readonly Budget[]
  readonly network: CountedTry | null
  readonly counted: readonly CountedTry[]
}

/**
 * Checks one proof of identity within the budget of its account and network. Passwords and codes of an account share the
 * budget. The attempt waits for its turn, and is counted before `work` starts. A proven result resets the failures before
 * it; from a known device, the failures of other devices stay. An attempt whose `work` throws is not counted.
 * @param work checks the proof and nothing else: an error of later steps must not give the attempt back.
 * @returns the result of `work`.
 * @throws Refusal `too_many_requests` (the same for known, unknown and malformed accounts), `unavailable`, and every error
 *   of `work`.
 */
export async function withPasswordTry<Proof extends { readonly proven: boolean }>(
  throttle: Throttle,
  subject: PasswordSubject,
  caller: Caller,
  work: (tried: PasswordTry) => Promise<Proof>,
): Promise<Proof> {
  const endTurn = await waitForTurn(throttle, subject, caller)
  try {
    const tried = await takePasswordTry(throttle, subject, caller)
    const proof = await checkOrGiveBack(throttle, tried, work)
    if (proof.proven) await forgetFailedTries(throttle, tried, caller)
    return proof
  } finally {
    endTurn()
  }
}

async function checkOrGiveBack<Proof>(
  throttle: Throttle,
  tried: TakenTry,
  work: (tried: PasswordTry) => Promise<Proof>,
): Promise<Proof> {
  try {
    return await work(tried)
  } catch (error) {
    await Promise.all(tried.counted.map((each) => giveBackTry(throttle, each)))
    throw error
  }
}

/**
 * Waits until this process checks fewer attempts at the account at the same time than allowed. Returns the function that
 * ends the turn.
 */
async function waitForTurn(throttle: Throttle, subject: PasswordSubject, caller: Caller): Promise<() => void> {
  const endTurn = await throttle.turns.take(subject.account)
  if (endTurn !== null) return endTurn
  const retryAt = throttle.clock() + SECOND_MS
  throw tooManyTries(throttle, throttle.limits.account, { caller, userId: idOf(subject), retryAt })
}

/** Counts an attempt before anything is hashed. A refused attempt is not counted. */
async function takePasswordTry(throttle: Throttle, subject: PasswordSubject, caller: Caller): Promise<TakenTry> {
  const device = deviceBudget(throttle, subject, caller)
  const known = device === null ? null : await takeAsDevice(throttle, device, { caller, userId: idOf(subject) })
  return known ?? takeAsStranger(throttle, { subject, caller, spentDevice: device })
}

async function forgetFailedTries(
  throttle: Throttle,
  { inARow, network }: TakenTry,
  { reportQuota }: Caller,
): Promise<void> {
  if (network !== null) reportQuota(quotaLeft(throttle, network, { isGivenBack: true }))
  await Promise.all([
    ...inARow.map(({ key }) => throttle.store.forget(key)),
    ...(network === null ? [] : [giveBackTry(throttle, network)]),
  ])
}

/**
 * Resets the failures of unknown browsers at an account, after its password was changed or an administrator unlocked it.
 * @param account the normalized email address.
 */
export async function forgetFailures(throttle: Throttle, account: string): Promise<void> {
  await throttle.store.forget(accountBudget(throttle, account).key)
}

function accountBudget({ limits, keyOf }: Throttle, account: string): Budget {
  return { limit: limits.account, key: keyOf(limits.account, account) }
}

function deviceBudget(throttle: Throttle, { user }: PasswordSubject, { device }: Caller): Budget | null {
  const isKnown = throttle.devices.knows(device, user) // the same work for an account that does not exist
  if (device === null || user === null || !isKnown) return null
  const limit = throttle.limits.device
  return { limit, key: throttle.keyOf(limit, user.userId, device.id) }
}

function idOf({ user }: PasswordSubject): UserId | null {
  return user?.userId ?? null
}

/** Counts an attempt of a known device. Returns null if the device has used up its budget: then it counts as unknown. */
async function takeAsDevice(
  throttle: Throttle,
  budget: Budget,
  refused: { readonly caller: Caller; readonly userId: UserId | null },
): Promise<TakenTry | null> {
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

/**
 * Counts an attempt of an unknown browser. The network is counted first, so that an attacker who has used up the network's
 * budget changes no counter of a victim.
 */
async function takeAsStranger(throttle: Throttle, { subject, caller, spentDevice }: Stranger): Promise<TakenTry> {
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
    // If the counters are unreachable, the attempt cannot be given back.
    if (error instanceof Refusal && error.code === THROTTLE_REFUSALS.too_many_requests.code)
      await giveBackTry(throttle, network)
    throw error
  }
}
