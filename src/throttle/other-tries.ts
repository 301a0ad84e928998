import { Refusal } from '../kernel/refusal.ts'
import type { KernelRefusalCode } from '../kernel/refusals.ts'
import { networkOf } from './network.ts'
import { type CountedTry, giveBackTry, quotaLeft, takeTry } from './take-try.ts'
import type { Caller, Throttle } from './throttle.ts'

/** Refusals by which nobody learns anything: such a try was none. */
const NO_TRY: readonly string[] = ['validation_failed', 'overloaded'] satisfies KernelRefusalCode[]

/**
 * Does what a registration does, within what its network may in an hour. What fails before it tells anything is not counted.
 * @throws too_many_requests, unavailable, and whatever the work throws.
 */
export async function withRegisterTry<T>(throttle: Throttle, caller: Caller, work: () => Promise<T>): Promise<T> {
  const counted = await takeNetworkTry(throttle, 'register', caller)
  try {
    return await work()
  } catch (error) {
    if (error instanceof Refusal && NO_TRY.includes(error.code)) await giveBackTry(throttle, counted)
    throw error
  }
}

/**
 * Counts a request for a mail with a link, within what its network may in an hour.
 * @throws too_many_requests, unavailable.
 */
export async function takeForgotBudget(throttle: Throttle, caller: Caller): Promise<void> {
  await takeNetworkTry(throttle, 'forgot', caller)
}

/** What a mail is about, as far as it has a budget. */
export type MailKind = 'reset' | 'verify' | 'account_exists' | 'email_change' | 'new_device' | 'password_changed'

/**
 * Counts a mail to an address, within what of its kind may go there in an hour. Whoever asked is told the same either way.
 * @param kind each has a budget of its own, so that nobody uses up what a forgotten password needs with another one, nor hides a
 *   change of password behind logins.
 * @param email the address in its normal form, whether or not somebody has it.
 * @returns false when no more mails go there for now. Throws unavailable.
 */
export async function takeMailBudget(
  { store, limits, keyOf, clock }: Throttle,
  kind: MailKind,
  email: string,
): Promise<boolean> {
  const { outcome } = await store.take(keyOf(limits.mail, kind, email), limits.mail, clock())
  return outcome === 'counted'
}

async function takeNetworkTry(throttle: Throttle, name: 'register' | 'forgot', caller: Caller): Promise<CountedTry> {
  const limit = throttle.limits[name]
  const key = throttle.keyOf(limit, networkOf(caller.client.ip))
  const counted = await takeTry(throttle, { limit, key }, { caller, userId: null })
  caller.reportQuota(quotaLeft(throttle, counted))
  return counted
}
