import { networkBudgets } from './network-budgets.ts'
import { type Refused, tooManyTries } from './take-try.ts'
import type { Throttle } from './throttle.ts'

/**
 * Counts the end of a round with a provider in the budget of the network, in this process: each sends requests to the provider, and
 * no user is proven yet. The counters are in memory, so a login costs no query more.
 * @throws Refusal `too_many_requests`.
 */
export function takeProviderRound(throttle: Throttle, refused: Refused): void {
  const budgets = networkBudgets(throttle, throttle.limits.providerRounds, refused.caller)
  for (const budget of budgets) {
    const { count, endsAt } = throttle.hashes.look(budget)
    if (count >= budget.limit.maxTries) throw tooManyTries(throttle, budget.limit, { ...refused, retryAt: endsAt })
  }
  for (const budget of budgets) throttle.hashes.add(budget)
}
