import type { Clock } from '../kernel/clock.ts'
import { onlyOne } from '../kernel/only-one.ts'
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
 * @param tokens the tokens from the cookies or the header. Of several, the one that is a live attempt counts; two live ones
 *   are ambiguous, and neither counts.
 * @throws Refusal `attempt_ended` if the attempt is missing, used, expired, out of attempts or of another device, or if
 *   the account was disabled or all its sessions were revoked. The refusal is the same in every case.
 */
export async function findAttempt(
  { loginAttempts, clock }: FindAttemptDeps,
  tokens: readonly string[],
  { device }: Pick<Caller, 'device'>,
): Promise<LoginAttemptRecord> {
  const hashes = tokens.map(hashAttemptToken).filter((hash) => hash !== null)
  const all = await Promise.all(hashes.map((hash) => loginAttempts.find(hash, clock())))
  const found = onlyOne(all.filter((each) => each !== null && each.tries < MAX_ATTEMPT_TRIES))
  if (found === null) throw new Refusal(LOGIN_REFUSALS.attempt_ended)
  const isOtherDevice = found.deviceHash !== null && found.deviceHash !== hashDevice(device)
  if (isOtherDevice) throw new Refusal(LOGIN_REFUSALS.attempt_ended, { reason: 'another device' })
  return found
}
