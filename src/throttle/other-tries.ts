import type { UserId } from '../kernel/ids.ts'
import { Refusal } from '../kernel/refusal.ts'
import type { KernelRefusalCode } from '../kernel/refusals.ts'
import { networkBudgets } from './network-budgets.ts'
import type { CountedTry } from './store.ts'
import { giveBackTries, reportQuota, takeTries, takeTry } from './take-try.ts'
import type { Caller, Throttle } from './throttle.ts'

/** Refusals that reveal nothing to the caller. An attempt with such a refusal is not counted, unless it cost a request. */
const NO_TRY: readonly string[] = ['validation_failed', 'overloaded'] satisfies KernelRefusalCode[]

/**
 * Runs a registration within the hourly budget of its network. An attempt that fails before it reveals anything is not
 * counted.
 * @returns the result of `work`.
 * @throws Refusal `too_many_requests`, `unavailable`, and every error of `work`.
 */
export async function withRegisterTry<T>(throttle: Throttle, caller: Caller, work: () => Promise<T>): Promise<T> {
  const counted = await takeNetworkTry(throttle, 'register', caller)
  try {
    return await work()
  } catch (error) {
    if (error instanceof Refusal && isFree(error)) await giveBackTries(throttle, counted)
    throw error
  }
}

function isFree({ code, errors = [] }: Refusal): boolean {
  return NO_TRY.includes(code) && !errors.some(({ problem }) => problem?.isCostly === true)
}

/**
 * Counts a request for an email with a link in the hourly budget of its network.
 * @throws Refusal `too_many_requests`, `unavailable`.
 */
export async function takeForgotBudget(throttle: Throttle, caller: Caller): Promise<void> {
  await takeNetworkTry(throttle, 'forgot', caller)
}

/**
 * Counts a request for an email with a code in the hourly budget of its network.
 * @throws Refusal `too_many_requests`, `unavailable`.
 */
export async function takeEmailLoginBudget(throttle: Throttle, caller: Caller): Promise<void> {
  await takeNetworkTry(throttle, 'emailLogin', caller)
}

/**
 * Counts an export in the hourly budget of its account.
 * @throws Refusal `too_many_requests`, `unavailable`.
 */
export async function takeExportBudget(throttle: Throttle, caller: Caller, userId: string): Promise<void> {
  const limit = throttle.limits.export
  await takeTry(throttle, { limit, key: throttle.keyOf(limit, userId) }, { caller, userId })
}

/**
 * Counts a challenge for a person who is not logged in, in the budget of their network: each leaves a row (CWE-770).
 * @throws Refusal `too_many_requests`, `unavailable`.
 */
export async function takeChallengeBudget(throttle: Throttle, caller: Caller): Promise<void> {
  await takeNetworkTry(throttle, 'challenges', caller)
}

/**
 * Counts a code of a device that a user types, in the budgets of the user and of their network. A right one is given back.
 * @throws Refusal `too_many_requests`, `unavailable`.
 */
export async function takeUserCodeTry(
  throttle: Throttle,
  caller: Caller,
  userId: UserId,
): Promise<readonly CountedTry[]> {
  const { limits, keyOf } = throttle
  const own = { limit: limits.userCodes, key: keyOf(limits.userCodes, userId) }
  return takeTries(throttle, [...networkBudgets(throttle, limits.login, caller), own], { caller, userId })
}

/** Kinds of emails that have a budget. */
export type MailKind =
  | 'reset'
  | 'verify'
  | 'account_exists'
  | 'email_change'
  | 'email_change_notice'
  | 'new_device'
  | 'password_changed'
  | 'factor_changed'
  | 'factor_removal'
  | 'email_code'
  | 'identity_changed'

/**
 * Counts an email in the hourly budget of its kind and email address. The caller gets the same response in both cases.
 * @param kind each kind has its own budget, so that an attacker cannot block password resets by requesting other emails, or
 *   hide a password change behind many logins.
 * @param email the email address in its normal form, with or without an account.
 * @returns false if the budget is used up, so that the email must not be sent.
 * @throws Refusal `unavailable`.
 */
export async function takeMailBudget(
  { store, limits, keyOf, clock }: Throttle,
  kind: MailKind,
  email: string,
): Promise<boolean> {
  const { outcome } = await store.take(keyOf(limits.mail, kind, email), limits.mail, clock())
  return outcome === 'counted'
}

/**
 * Counts a change that leaves a row in the database, in the hourly budget of its user. Each kind of change has its own budget,
 * so that an intruder in one session cannot keep the owner from other changes (CWE-770; ASVS 2.4.1).
 * @param caller its operation is the kind of change.
 * @throws Refusal `too_many_requests`, `unavailable`.
 */
export async function takeChangeBudget(throttle: Throttle, caller: Caller, userId: UserId): Promise<void> {
  const limit = throttle.limits.changes
  await takeTry(throttle, { limit, key: throttle.keyOf(limit, caller.operation, userId) }, { caller, userId })
}

async function takeNetworkTry(
  throttle: Throttle,
  name: 'register' | 'forgot' | 'emailLogin' | 'challenges',
  caller: Caller,
): Promise<readonly CountedTry[]> {
  const budgets = networkBudgets(throttle, throttle.limits[name], caller)
  const counted = await takeTries(throttle, budgets, { caller, userId: null })
  reportQuota(throttle, counted, { caller })
  return counted
}
