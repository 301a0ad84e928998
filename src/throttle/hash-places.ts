/*
 * Places in the queue of password hashes. Hashes are scarce, also for right passwords: every account and every network may
 * cause only so many in ten minutes, and the more it caused, the later is its turn. Proven by test/http/fair-share.test.ts.
 */
import type { Place } from '../crypto/bounded-queue.ts'
import type { Budget } from './limits.ts'
import { networkBudgets } from './network-budgets.ts'
import { type Refused, tooManyTries } from './take-try.ts'
import type { Throttle } from './throttle.ts'

/** The account of a hash. */
export interface HashSubject {
  /** The normalized email address; the text as typed if it is not an email address. */
  readonly account: string
  /** True if the user is known: by the device, or by a secret link. Then the network does not matter. */
  readonly isKnown: boolean
}

/**
 * Refuses a hash if the account or a network has had all its hashes of the window. It counts nothing.
 * @throws Refusal `too_many_requests`.
 */
export function refuseSpentHashes(throttle: Throttle, subject: HashSubject, refused: Refused): void {
  refuseSpent(throttle, hashBudgets(throttle, subject, refused), refused)
}

/**
 * Counts a hash of an attempt, and returns its place in the queue.
 * @throws Refusal `too_many_requests`.
 */
export function takeHashPlace(throttle: Throttle, subject: HashSubject, refused: Refused): Place {
  const budgets = hashBudgets(throttle, subject, refused)
  refuseSpent(throttle, budgets, refused)
  return countHash(throttle, subject.isKnown, budgets)
}

/** Returns the place of a hash for a user who proved the account with a secret link. It is never refused here. */
export function provenHashPlace(throttle: Throttle, account: string): Place {
  return countHash(throttle, true, [accountBudget(throttle, { account, isKnown: true })])
}

function refuseSpent(throttle: Throttle, budgets: readonly Budget[], refused: Refused): void {
  for (const budget of budgets) {
    const { count, endsAt } = throttle.hashes.look(budget)
    if (count >= budget.limit.maxTries) throw tooManyTries(throttle, budget.limit, { ...refused, retryAt: endsAt })
  }
}

function countHash({ hashes }: Throttle, isKnown: boolean, budgets: readonly Budget[]): Place {
  for (const budget of budgets) hashes.add(budget)
  return { isKnown, order: Math.max(...budgets.map((budget) => hashes.look(budget).count)) }
}

function hashBudgets(throttle: Throttle, subject: HashSubject, { caller }: Refused): Budget[] {
  const networks = subject.isKnown ? [] : networkBudgets(throttle, throttle.limits.networkHashes, caller)
  return [accountBudget(throttle, subject), ...networks]
}

/** Known devices and strangers have separate budgets, so that strangers cannot use up the hashes of the owner. */
function accountBudget({ limits, keyOf }: Throttle, { account, isKnown }: HashSubject): Budget {
  const limit = limits.accountHashes
  return { limit, key: keyOf(limit, isKnown ? 'known' : 'stranger', account) }
}
