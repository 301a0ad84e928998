import { Refusal } from '../../kernel/refusal.ts'
import { findAttempt } from '../../login/find-attempt.ts'
import { LOGIN_REFUSALS } from '../../login/refusals.ts'
import type { LoginAttemptRecord } from '../../login/store.ts'
import { takeChallengeBudget } from '../../throttle/other-tries.ts'
import type { Caller, Throttle } from '../../throttle/throttle.ts'
import { beginCeremony, type CeremonyDeps } from './begin-ceremony.ts'
import { requestOptions } from './ceremony-options.ts'
import { hashChallenge, newChallenge } from './challenge.ts'
import type { RelyingParty } from './relying-party.ts'
import type { PasskeyStore } from './store.ts'
import type { RequestOptionsJson } from './wire.ts'

/** Dependencies of `loginOptions`. */
export interface LoginOptionsDeps extends CeremonyDeps {
  readonly passkeys: PasskeyStore
  readonly rp: RelyingParty
  readonly throttle: Throttle
}

/** A request for options. */
export interface LoginOptionsInput {
  /** The tokens of logins that wait for a second step. */
  readonly stepTokens: readonly string[]
  readonly caller: Caller
}

/** The options, and the token of a new attempt; null if the request's own attempt continues. */
export interface LoginOptions {
  readonly options: RequestOptionsJson
  readonly token: string | null
}

/**
 * Returns options for a login: for the second step of the login in progress if it asks for a passkey, with the passkeys of its user;
 * otherwise for a new login, with any passkey of this service. Neither says anything about an account: a login in progress has
 * proven its password.
 * @throws Refusal `too_many_requests`, `unavailable`.
 */
export async function loginOptions(
  deps: LoginOptionsDeps,
  { stepTokens, caller }: LoginOptionsInput,
): Promise<LoginOptions> {
  await takeChallengeBudget(deps.throttle, caller)
  const waiting = await findWaiting(deps, stepTokens, caller)
  if (waiting?.userId == null) {
    const { challenge, token } = await beginCeremony(deps, { caller, openRounds: [['passkey']], email: null })
    return { options: requestOptions(deps.rp, challenge, []), token }
  }
  const challenge = newChallenge()
  await deps.loginAttempts.setChallenge(waiting.tokenHash, hashChallenge(challenge), deps.clock())
  return { options: requestOptions(deps.rp, challenge, await deps.passkeys.list(waiting.userId)), token: null }
}

/** Returns the login in progress if it asks for a passkey. */
async function findWaiting(
  deps: LoginOptionsDeps,
  tokens: readonly string[],
  caller: Caller,
): Promise<LoginAttemptRecord | null> {
  try {
    const found = await findAttempt(deps, tokens, caller)
    return found.openRounds[0]?.includes('passkey') === true ? found : null
  } catch (error) {
    if (error instanceof Refusal && error.code === LOGIN_REFUSALS.attempt_ended.code) return null
    throw error
  }
}
