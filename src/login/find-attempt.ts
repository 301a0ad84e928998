import type { Clock } from '../kernel/clock.ts'
import { Refusal } from '../kernel/refusal.ts'
import type { Caller } from '../throttle/throttle.ts'
import { hashAttemptToken, hashDevice, MAX_ATTEMPT_TRIES } from './attempt-token.ts'
import { LOGIN_REFUSALS } from './refusals.ts'
import type { LoginAttemptRecord, LoginAttemptStore } from './store.ts'

/** Dependencies of `findAttempt`. */
export interface FindAttemptDeps {
  readonly loginAttempts: LoginAttemptStore
  readonly clock: Clock
}

/**
 * Finds the login attempt of a request, without using it up. An attempt that began with a device cookie is valid only
 * with that cookie.
 * @param token the token from the cookie or the header; null if the request has none.
 * @throws Refusal `attempt_ended` if the attempt is missing, used, expired, out of attempts or of another device, or if
 *   the account was disabled or all its sessions were revoked. The refusal is the same in every case.
 */
export async function findAttempt(
  { loginAttempts, clock }: FindAttemptDeps,
  token: string | null,
  { device }: Pick<Caller, 'device'>,
): Promise<LoginAttemptRecord> {
  const tokenHash = hashAttemptToken(token)
  const found = tokenHash === null ? null : await loginAttempts.find(tokenHash, clock())
  if (found === null || found.tries >= MAX_ATTEMPT_TRIES) throw new Refusal(LOGIN_REFUSALS.attempt_ended)
  const isOtherDevice = found.deviceHash !== null && found.deviceHash !== hashDevice(device)
  if (isOtherDevice) throw new Refusal(LOGIN_REFUSALS.attempt_ended, { reason: 'another device' })
  return found
}
