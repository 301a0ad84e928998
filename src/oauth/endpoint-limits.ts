/*
 * Limits of the endpoints for apps. Client secrets cannot be guessed; the limits keep one network from filling the log and the
 * database. They are counted in memory, by each process, so that an honest request costs no query. Proved by
 * test/http/oauth-attacks.test.ts.
 */
import { MINUTE_MS } from '../kernel/clock.ts'
import type { ClientInfo } from '../kernel/principal.ts'
import type { Limit } from '../throttle/limits.ts'
import { networkBudgets } from '../throttle/network-budgets.ts'
import { tooManyTries } from '../throttle/take-try.ts'
import type { Caller, Throttle } from '../throttle/throttle.ts'

/**
 * What is limited: requests of apps that do not prove who they are, requests that leave a row for a decision, and requests to a host that
 * the caller names.
 */
export type EndpointUse = 'failure' | 'start' | 'document'

const LIMITS: Readonly<Record<EndpointUse, Limit>> = {
  failure: windowOf('oauth-failures', 100, 15 * MINUTE_MS),
  start: windowOf('oauth-starts', 3_000, 10 * MINUTE_MS),
  document: windowOf('oauth-documents', 100, 10 * MINUTE_MS),
}

/** A request to an endpoint. */
export interface EndpointCaller extends Pick<Caller, 'stamp'> {
  readonly client: ClientInfo
}

/**
 * Refuses a request of a network that has used up its limit. It counts nothing.
 * @throws Refusal `too_many_requests`.
 */
export function refuseSpentEndpoint(throttle: Throttle, use: EndpointUse, { client, stamp }: EndpointCaller): void {
  const caller: Caller = { operation: 'oauth', client, device: null, stamp, reportQuota: () => undefined }
  for (const budget of networkBudgets(throttle, LIMITS[use], { client })) {
    const { count, endsAt } = throttle.hashes.look(budget)
    if (count < budget.limit.maxTries) continue
    throw tooManyTries(throttle, budget.limit, { caller, userId: null, retryAt: endsAt })
  }
}

/** Counts a request in the limit of its network. */
export function countEndpoint(throttle: Throttle, use: EndpointUse, { client }: Pick<EndpointCaller, 'client'>): void {
  for (const budget of networkBudgets(throttle, LIMITS[use], { client })) throttle.hashes.add(budget)
}

function windowOf(name: string, tries: number, keepMs: number): Limit {
  return { name, maxTries: tries, keepMs, keptSince: 'first', freeTries: tries, waitsMs: [] }
}
