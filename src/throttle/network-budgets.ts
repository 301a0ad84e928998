import type { Budget, Limit } from './limits.ts'
import { networksOf, UNKNOWN_NETWORK } from './network.ts'
import type { Caller, Throttle } from './throttle.ts'

/**
 * Returns the budgets of the caller's networks, the smallest network first. Without an IP address the operator is told once.
 */
export function networkBudgets(throttle: Throttle, limit: Limit, { client }: Pick<Caller, 'client'>): Budget[] {
  const networks = networksOf(client.ip)
  if (networks.includes(UNKNOWN_NETWORK)) throttle.reportUnknownNetwork()
  return networks.map(({ name, share }) => ({ limit: timesShare(limit, share), key: throttle.keyOf(limit, name) }))
}

function timesShare(limit: Limit, share: number): Limit {
  if (share === 1) return limit
  const tries = Math.ceil(limit.maxTries * share)
  return { ...limit, maxTries: tries, freeTries: tries }
}
