import { SECOND_MS } from '../kernel/clock.ts'
import type { Quota } from '../kernel/quota.ts'
import { Refusal } from '../kernel/refusal.ts'
import type { Budget, Limit } from './limits.ts'
import { THROTTLE_REFUSALS } from './refusals.ts'
import type { CountedTry } from './store.ts'
import type { Caller, Throttle } from './throttle.ts'

/** The caller and the account of a refused attempt, for events. */
export interface Refused {
  readonly caller: Caller
  readonly userId: string | null
}

const MAX_SPOKEN_SECONDS = 90

/**
 * Counts an attempt. Call it before the attempt is checked.
 * @throws Refusal `too_many_requests` with the time of the next attempt; `unavailable` if the counters are unreachable.
 */
export async function takeTry(throttle: Throttle, budget: Budget, refused: Refused): Promise<CountedTry> {
  const { limit, key } = budget
  const taken = await throttle.store.take(key, limit, throttle.clock())
  if (taken.outcome !== 'counted') throw tooManyTries(throttle, limit, { ...refused, retryAt: taken.retryAt })
  return { ...budget, counted: taken }
}

/**
 * Counts an attempt in several budgets, or in none: if one of them refuses the attempt, the others get it back.
 * @throws Refusal `too_many_requests`, `unavailable`.
 */
export async function takeTries(
  throttle: Throttle,
  budgets: readonly Budget[],
  refused: Refused,
): Promise<readonly CountedTry[]> {
  const counted: CountedTry[] = []
  try {
    for (const budget of budgets) counted.push(await takeTry(throttle, budget, refused))
    return counted
  } catch (error) {
    // If the counters are unreachable, nothing can be given back.
    if (error instanceof Refusal && error.code === THROTTLE_REFUSALS.too_many_requests.code)
      await giveBackTries(throttle, counted)
    throw error
  }
}

/**
 * Refuses an attempt that exceeds one of the budgets, at the cost of one read. It does not count the attempt.
 * @throws Refusal `too_many_requests`, `unavailable`.
 */
export async function refuseSpentTry(throttle: Throttle, budgets: readonly Budget[], refused: Refused): Promise<void> {
  const refusals = await throttle.store.look(budgets, throttle.clock())
  for (const [index, { limit }] of budgets.entries()) {
    const refusal = refusals[index]
    if (refusal) throw tooManyTries(throttle, limit, { ...refused, retryAt: refusal.retryAt })
  }
}

/** Gives back attempts that must not count. If the storage fails, they stay counted, which is the safe side. */
export async function giveBackTries({ store }: Throttle, tries: readonly CountedTry[]): Promise<void> {
  if (tries.length > 0) await store.giveBack(tries).catch(() => undefined)
}

/**
 * Returns the refusal of an attempt that exceeds its budget.
 * @param refused `retryAt`: the time of the next allowed attempt, milliseconds since 1970 UTC.
 */
export function tooManyTries(
  throttle: Throttle,
  limit: Limit,
  { caller: { operation }, userId, retryAt }: Refused & { readonly retryAt: number },
): Refusal {
  const seconds = secondsUntil(throttle, retryAt)
  return new Refusal(THROTTLE_REFUSALS.too_many_requests, {
    detail: `Too many attempts. Please try again in ${inWords(seconds)}.`,
    retryAfterSeconds: seconds,
    reason: `budget ${limit.name} of ${operation}`,
    throttled: { operation, userId, quota: { ...policyOf(limit), remaining: 0, resetSeconds: seconds } },
  })
}

/** Reports the rest of the budget that is nearest to its end, after an attempt or as if the attempt was given back. */
export function reportQuota(
  throttle: Throttle,
  tries: readonly CountedTry[],
  { caller, isGivenBack = false }: { readonly caller: Caller; readonly isGivenBack?: boolean },
): void {
  const quotas = tries.map((each) => quotaLeft(throttle, each, isGivenBack))
  const [least] = quotas.sort((left, right) => left.remaining - right.remaining)
  if (least !== undefined) caller.reportQuota(least)
}

function quotaLeft(throttle: Throttle, { limit, counted }: CountedTry, isGivenBack: boolean): Quota {
  const remaining = limit.maxTries - counted.count + (isGivenBack ? 1 : 0)
  return { ...policyOf(limit), remaining, resetSeconds: secondsUntil(throttle, counted.expiresAt) }
}

function policyOf({ name, freeTries, keepMs }: Limit): Pick<Quota, 'name' | 'tries' | 'windowSeconds'> {
  return { name, tries: freeTries, windowSeconds: keepMs / SECOND_MS }
}

function secondsUntil({ clock }: Throttle, time: number): number {
  return Math.max(1, Math.ceil((time - clock()) / SECOND_MS))
}

function inWords(seconds: number): string {
  if (seconds === 1) return '1 second'
  return seconds <= MAX_SPOKEN_SECONDS ? `${seconds} seconds` : `${Math.ceil(seconds / 60)} minutes`
}
