/*
 * One budget for every proof of an account that can be guessed: its password and its codes. A browser that logged in to the
 * account before has its own budget and its own line, which other browsers do not change. All other browsers share the
 * budget and the line of the account, and the budget of their network.
 */

import type { Place } from '../crypto/bounded-queue.ts'
import { SECOND_MS } from '../kernel/clock.ts'
import type { DeviceUser } from './device.ts'
import { refuseSpentHashes, takeHashPlace } from './hash-places.ts'
import type { Budget } from './limits.ts'
import { networkBudgets } from './network-budgets.ts'
import type { CountedTry } from './store.ts'
import { giveBackTries, type Refused, refuseSpentTry, reportQuota, takeTries, tooManyTries } from './take-try.ts'
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
  /** Budgets that a complete login resets. */
  readonly inARow: readonly Budget[]
  /** The place of the attempt's hash in the queue. */
  readonly place: Place
}

/** An attempt with the counters that it changed. */
interface TakenTry extends Omit<PasswordTry, 'place'> {
  readonly counted: readonly CountedTry[]
}

/** An attempt before it is counted. */
interface NewTry extends Refused {
  readonly subject: PasswordSubject
  /** The budget of the browser at the account; null if the user never logged in with it. */
  readonly device: Budget | null
  /** The budget of all other browsers at the account. */
  readonly account: Budget
}

/**
 * Checks one proof of identity within the budget of its account and network. Passwords and codes of an account share the
 * budget. An attempt beyond the budget is refused at once; the others wait for their turn, and are counted before `work`
 * starts. A proven attempt is not counted, and neither is one whose `work` throws. Earlier failures stay: a right password
 * may be half a login. `forgetFailedTries` resets them after a complete one.
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
  const device = deviceBudget(throttle, subject, caller)
  const account = accountBudget(throttle, subject.account)
  const attempt: NewTry = { subject, device, account, caller, userId: subject.user?.userId ?? null }
  refuseSpentHashes(throttle, { account: subject.account, isKnown: device !== null }, attempt)
  if (device === null) await refuseSpentStranger(throttle, attempt)
  const endTurn = await waitForTurn(throttle, attempt)
  try {
    const tried = await takePasswordTry(throttle, attempt)
    return await check(throttle, tried, attempt, work)
  } finally {
    endTurn()
  }
}

/**
 * Returns the attempt of a proof that cannot be guessed, such as a passkey: it is in no budget, so no attacker can keep the user
 * from it. The failures of the account stay: they are guesses at its password and codes.
 */
export function provenTry({ devices }: Throttle, { device }: Caller, user: DeviceUser): PasswordTry {
  return { isKnownDevice: devices.knows(device, user), failures: 0, inARow: [], place: { isKnown: true, order: 1 } }
}

async function check<Proof extends { readonly proven: boolean }>(
  throttle: Throttle,
  { counted, ...tried }: TakenTry,
  attempt: NewTry,
  work: (tried: PasswordTry) => Promise<Proof>,
): Promise<Proof> {
  let isFailure = false
  try {
    const subject = { account: attempt.subject.account, isKnown: tried.isKnownDevice }
    const proof = await work({ ...tried, place: takeHashPlace(throttle, subject, attempt) })
    isFailure = !proof.proven
    return proof
  } finally {
    if (!isFailure) {
      if (!tried.isKnownDevice) reportQuota(throttle, counted.slice(0, -1), { ...attempt, isGivenBack: true })
      await giveBackTries(throttle, counted)
    }
  }
}

/**
 * Waits until this process checks fewer attempts of the account or of its known device at the same time than allowed. Returns
 * the function that ends the turn.
 */
async function waitForTurn(throttle: Throttle, attempt: NewTry): Promise<() => void> {
  const { subject, device, account } = attempt
  const endTurn = await throttle.turns.take(device?.key ?? subject.account)
  if (endTurn !== null) return endTurn
  const retryAt = throttle.clock() + SECOND_MS
  throw tooManyTries(throttle, (device ?? account).limit, { ...attempt, retryAt })
}

/** Counts an attempt before anything is hashed. A refused attempt is not counted. */
async function takePasswordTry(throttle: Throttle, attempt: NewTry): Promise<TakenTry> {
  const known = attempt.device === null ? null : await takeAsDevice(throttle, attempt.device, attempt)
  return known ?? takeAsStranger(throttle, attempt)
}

/**
 * Resets the failures of an account after a complete login; from a known device, the failures of other devices stay. If the
 * storage fails, they stay counted, which is the safe side.
 */
export async function forgetFailedTries({ store }: Throttle, { inARow, failures }: PasswordTry): Promise<void> {
  if (failures === 1 && inARow.length === 1) return // the attempt was the only one, and it was given back
  await Promise.all(inARow.map(({ key }) => store.forget(key).catch(() => undefined)))
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

/** Counts an attempt of a known device. Returns null if the device has used up its budget: then it counts as unknown. */
async function takeAsDevice(throttle: Throttle, budget: Budget, refused: Refused): Promise<TakenTry | null> {
  const { limit, key } = budget
  const taken = await throttle.store.take(key, limit, throttle.clock())
  if (taken.outcome === 'spent') return null
  if (taken.outcome !== 'counted') throw tooManyTries(throttle, limit, { ...refused, retryAt: taken.retryAt })
  return { isKnownDevice: true, failures: taken.count, inARow: [budget], counted: [{ ...budget, counted: taken }] }
}

/**
 * Refuses an attempt of a stranger if the budget of the account or of a network is used up. It writes nothing, so refusing a
 * flood is cheap, and the flood does not fill the line of the account.
 */
async function refuseSpentStranger(throttle: Throttle, attempt: NewTry): Promise<void> {
  const networks = networkBudgets(throttle, throttle.limits.login, attempt.caller)
  await refuseSpentTry(throttle, [attempt.account, ...networks], attempt)
}

/**
 * Counts an attempt of an unknown browser. The networks are counted first, so that an attacker who has used up the budget of
 * a network changes no counter of a victim.
 */
async function takeAsStranger(throttle: Throttle, attempt: NewTry): Promise<TakenTry> {
  const { account: own, device, caller } = attempt
  const counted = await takeTries(throttle, [...networkBudgets(throttle, throttle.limits.login, caller), own], attempt)
  reportQuota(throttle, counted.slice(0, -1), { caller })
  const failures = counted.at(-1)?.counted.count ?? 1
  return { isKnownDevice: false, failures, inARow: device === null ? [own] : [own, device], counted }
}
