import { SECOND_MS } from '../kernel/clock.ts'
import type { Quota } from '../kernel/quota.ts'
import { Refusal } from '../kernel/refusal.ts'
import type { Limit } from './limits.ts'
import { THROTTLE_REFUSALS } from './refusals.ts'
import type { Counted } from './store.ts'
import type { Caller, Throttle } from './throttle.ts'

/** Whose budget it is, and how large. */
export interface Budget {
  readonly limit: Limit
  readonly key: string
}

/** A try that was counted. */
export interface CountedTry extends Budget {
  readonly counted: Counted
}

/** Who is refused, for events. */
export interface Refused {
  readonly caller: Caller
  readonly userId: string | null
}

const MAX_SPOKEN_SECONDS = 90

/**
 * Counts a try before it is made.
 * @throws too_many_requests, with when to come again; unavailable when the counters cannot be reached.
 */
export async function takeTry(throttle: Throttle, budget: Budget, refused: Refused): Promise<CountedTry> {
  const { limit, key } = budget
  const taken = await throttle.store.take(key, limit, throttle.clock())
  if (taken.outcome !== 'counted') throw tooManyTries(throttle, limit, { ...refused, retryAt: taken.retryAt })
  return { ...budget, counted: taken }
}

/**
 * Refuses a try that is surely one too many, at the cost of one read.
 * @throws too_many_requests, unavailable.
 */
export async function refuseSpentTry(throttle: Throttle, { limit, key }: Budget, refused: Refused): Promise<void> {
  const refusal = await throttle.store.look(key, limit, throttle.clock())
  if (refusal !== null) throw tooManyTries(throttle, limit, { ...refused, retryAt: refusal.retryAt })
}

/** Takes a try back that was none. That it stays counted when this fails errs on the safe side. */
export async function giveBackTry({ store }: Throttle, { key, limit, counted }: CountedTry): Promise<void> {
  await store.giveBack(key, limit, counted).catch(() => undefined)
}

/** The refusal of a try that is one too many. */
export function tooManyTries(
  throttle: Throttle,
  limit: Limit,
  { caller: { operation }, userId, retryAt }: Refused & { readonly retryAt: number },
): Refusal {
  const seconds = secondsUntil(throttle, retryAt)
  return new Refusal(THROTTLE_REFUSALS.too_many_requests, {
    detail: `Too many tries. Please try again in ${inWords(seconds)}.`,
    retryAfterSeconds: seconds,
    reason: `budget ${limit.name} of ${operation}`,
    throttled: { operation, userId, quota: { ...policyOf(limit), remaining: 0, resetSeconds: seconds } },
  })
}

/** What is left of a window, with the try or without it. */
export function quotaLeft(
  throttle: Throttle,
  { limit, counted }: CountedTry,
  { isGivenBack = false }: { readonly isGivenBack?: boolean } = {},
): Quota {
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
