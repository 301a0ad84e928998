import { DAY_MS, HOUR_MS, SECOND_MS } from '../../kernel/clock.ts'
import type { Stamp } from '../../kernel/event.ts'
import type { User } from '../../kernel/principal.ts'
import { Refusal } from '../../kernel/refusal.ts'
import { takeMailBudget } from '../../throttle/other-tries.ts'
import { THROTTLE_REFUSALS } from '../../throttle/refusals.ts'
import type { Throttle } from '../../throttle/throttle.ts'
import type { RecoveryEvent } from './events.ts'
import type { FactorRemoval, FactorRemovalStore, RemovalKey } from './store.ts'
import { type RemovalMailDeps, writeRemovalMails } from './write-removal-mails.ts'

/** Time in which the owner of an account can cancel the removal of factors. */
const WAIT_MS: number = 72 * HOUR_MS
/** Time in which a user can complete a recovery after the wait. */
const OPEN_MS: number = 7 * DAY_MS

/** Dependencies of `requestRemoval`. */
export interface RequestRemovalDeps extends RemovalMailDeps {
  readonly factorRemovals: FactorRemovalStore
  readonly throttle: Throttle
}

/** A removal to request. */
export interface RemovalRequest {
  readonly user: User
  readonly method: RemovalKey['method']
  /** The epoch of the login that asks. Null: an administrator asks. */
  readonly securityEpoch: number | null
}

/**
 * Requests the removal of factors, and tells all addresses of the user. If the same removal waits already, nothing changes: a second
 * request makes the wait neither longer nor shorter.
 * @returns the removal that waits; null if the user has no such factor.
 * @throws Refusal `too_many_requests` if the user cannot be told, because they received too many of these emails; `unavailable`.
 */
export async function requestRemoval(
  deps: RequestRemovalDeps,
  { user, method, securityEpoch }: RemovalRequest,
  stamp: Stamp<RecoveryEvent>,
): Promise<FactorRemoval | null> {
  const now = deps.clock()
  const waiting = await findRemoval(deps, { userId: user.id, method }, now)
  if (waiting !== null) return waiting
  if (!(await takeMailBudget(deps.throttle, 'factor_removal', user.email)))
    throw new Refusal(THROTTLE_REFUSALS.too_many_requests, { retryAfterSeconds: HOUR_MS / SECOND_MS })
  const availableAt = now + WAIT_MS
  const expiresAt = securityEpoch === null ? null : availableAt + OPEN_MS
  const removal = { userId: user.id, method, securityEpoch, requestedAt: now, availableAt, expiresAt }
  const news = securityEpoch === null ? 'asked_by_administrator' : 'asked_at_login'
  const mails = await writeRemovalMails(deps, user, { news, method, at: availableAt })
  const event: RecoveryEvent =
    method === 'all'
      ? { type: 'recovery.requested', userId: user.id }
      : { type: 'factor.removal_requested', userId: user.id, method }
  await deps.factorRemovals.request(removal, () => ({ events: [stamp(event)], mails }))
  return findRemoval(deps, { userId: user.id, method }, now) // ours, or that of a request at the same moment
}

/** Returns a removal of a user that waits or is due; null if there is none. */
export async function findRemoval(
  { factorRemovals }: Pick<RequestRemovalDeps, 'factorRemovals'>,
  { userId, method }: RemovalKey,
  now: number,
): Promise<FactorRemoval | null> {
  const removals = await factorRemovals.list(userId, now)
  return removals.find((each) => each.method === method) ?? null
}
