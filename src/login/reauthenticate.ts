import type { AuditStore } from '../audit/store.ts'
import { onlyEvents } from '../kernel/effects.ts'
import type { Stamp } from '../kernel/event.ts'
import { enrolledSteps, type SecondFactors } from '../kernel/login-step.ts'
import type { IssuedSession, SessionPrincipal } from '../kernel/principal.ts'
import { Refusal } from '../kernel/refusal.ts'
import type { PasswordEvent } from '../passwords/events.ts'
import { type ProvePasswordDeps, provePasswordById } from '../passwords/prove-password.ts'
import { PASSWORD_REFUSALS } from '../passwords/refusals.ts'
import { planRotation } from '../sessions/rotate-session.ts'
import type { SessionDeps } from '../sessions/start-session.ts'
import { forgetFailedTries } from '../throttle/password-tries.ts'
import type { Caller } from '../throttle/throttle.ts'
import type { LoginEvent } from './events.ts'
import { LOGIN_REFUSALS } from './refusals.ts'

/** Dependencies of `reauthenticate`. */
export interface ReauthenticateDeps extends ProvePasswordDeps, SessionDeps {
  readonly secondFactors: SecondFactors
  readonly audit: AuditStore
}

/** The principal that confirms their identity, and the token of its session. */
export interface ReauthenticateInput {
  readonly principal: SessionPrincipal
  readonly sessionToken: string
  readonly password: string
  readonly caller: Caller
}

/**
 * Confirms the identity of the user with the password, so that the session is fresh again. The session keeps its id and
 * gets a new token; the old token stops working.
 * @throws Refusal `second_factor_required` if the user set up a second factor; `wrong_password`, after which the session stays valid; `too_many_requests`; `unauthenticated` if the
 *   session was revoked in the meantime.
 */
export async function reauthenticate(
  deps: ReauthenticateDeps,
  { principal: { user, session }, sessionToken, password, caller }: ReauthenticateInput,
  stamp: Stamp<LoginEvent | PasswordEvent>,
): Promise<IssuedSession> {
  if ((await enrolledSteps(deps.secondFactors.steps, user.id)).length > 0) {
    throw new Refusal(LOGIN_REFUSALS.second_factor_required)
  }
  const proof = await provePasswordById(deps, { userId: user.id, password }, caller)
  if (!proof.proven) {
    const { reason } = proof
    await deps.audit.write({
      events: [stamp({ type: 'reauthentication.refused', userId: user.id, sessionId: session.id, reason })],
    })
    throw new Refusal(PASSWORD_REFUSALS.wrong_password, { detail: 'The password is wrong.' })
  }
  const planned = planRotation({ user, session }, sessionToken, deps.clock())
  const proven = stamp({ type: 'reauthentication.succeeded', userId: user.id, sessionId: session.id })
  const rotated = await deps.sessions.rotate(planned.rotation, proof.credential.securityEpoch, onlyEvents(proven))
  if (!rotated) throw new Refusal('unauthenticated', { reason: 'the session was revoked in the meantime' })
  await forgetFailedTries(deps.throttle, proof.tried) // no second factor is set up, so the password is all
  return planned.issued
}
