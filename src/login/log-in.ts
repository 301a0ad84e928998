import type { Stamp } from '../kernel/event.ts'
import type { SessionPrincipal } from '../kernel/principal.ts'
import { type ProvePasswordDeps, provePasswordByEmail } from '../passwords/prove-password.ts'
import type { SessionEvent } from '../sessions/events.ts'
import type { Caller } from '../throttle/throttle.ts'
import type { LoginCheck, Typed } from './check.ts'
import type { LoginEvent } from './events.ts'
import { type FinishLoginDeps, finishLogin, type LoginOutcome } from './finish-login.ts'
import { beginLogin, proveStep } from './login-attempt.ts'
import { refuseLogin } from './refuse-login.ts'
import { roundsAfterPassword } from './step.ts'

/** Dependencies of `logIn`. */
export interface LogInDeps extends ProvePasswordDeps, FinishLoginDeps {
  readonly checks: readonly LoginCheck[]
}

/** The typed email address and password, the caller, and the session of the same browser that the new one replaces. */
export interface LogInInput extends Typed {
  readonly remember: boolean
  readonly caller: Caller
  readonly replaces: SessionPrincipal | null
  /** Tokens of remembered devices, from the cookies. */
  readonly rememberedTokens: readonly string[]
}

/**
 * Logs a user in with a password: checks the password, runs the login checks, and starts the session or asks for the
 * next proof.
 * @throws Refusal `invalid_credentials` if the email address or the password is wrong or the user is disabled, the same
 *   in every case; `email_not_verified`, `too_many_requests`, `overloaded`, `unavailable`.
 */
export async function logIn(
  deps: LogInDeps,
  { email, password, remember, caller, replaces, rememberedTokens }: LogInInput,
  stamp: Stamp<LoginEvent | SessionEvent>,
): Promise<LoginOutcome> {
  let proof = await provePasswordByEmail(deps, { email, password }, caller)
  for (const check of deps.checks) proof = await check(proof, { email, password }, caller)
  if (!proof.proven) throw await refuseLogin(deps, proof, stamp)

  const { user, securityEpoch } = proof.credential
  const owner = { userId: user.id, securityEpoch }
  const rounds = [['password'], ...(await roundsAfterPassword(deps.secondFactors, owner, rememberedTokens))]
  const attempt = proveStep(beginLogin(owner, rounds), 'password')
  return finishLogin(deps, { user, attempt, stored: null, remember, caller, tried: proof.tried, replaces }, stamp)
}
