import type { AuditStore } from '../audit/store.ts'
import { onlyEvents } from '../kernel/effects.ts'
import type { Stamp } from '../kernel/event.ts'
import type { LoginStep, StepAnswer } from '../kernel/login-step.ts'
import type { IssuedSession, SessionPrincipal } from '../kernel/principal.ts'
import { Refusal } from '../kernel/refusal.ts'
import type { PasswordEvent } from '../passwords/events.ts'
import { planRotation } from '../sessions/rotate-session.ts'
import { requireSecurityEpoch } from '../sessions/security-epoch.ts'
import type { SessionDeps } from '../sessions/start-session.ts'
import { withPasswordTry } from '../throttle/password-tries.ts'
import type { Caller, Throttle } from '../throttle/throttle.ts'
import type { LoginEvent } from './events.ts'
import { LOGIN_REFUSALS } from './refusals.ts'

/** Dependencies of `reauthenticateWithStep`. */
export interface ReauthenticateWithStepDeps extends SessionDeps {
  readonly audit: AuditStore
  readonly throttle: Throttle
}

/** An answer to a step, the principal that proves their identity with it, and the token of its session. */
export interface ReauthenticateWithStepInput<Answer extends StepAnswer> {
  readonly step: LoginStep<Answer>
  readonly answer: Answer
  readonly principal: SessionPrincipal
  readonly sessionToken: string
  readonly caller: Caller
}

/**
 * Confirms the identity of the user with a second factor, so that the session is fresh again. The session keeps its id and
 * gets a new token. The answer is counted in the budget that codes and the password of the account share.
 * @throws Refusal `wrong_code`, after which the session stays valid; `too_many_requests`; `unauthenticated` if the session
 *   was revoked in the meantime.
 */
export async function reauthenticateWithStep<Answer extends StepAnswer>(
  deps: ReauthenticateWithStepDeps,
  { step, answer, principal: { user, session }, sessionToken, caller }: ReauthenticateWithStepInput<Answer>,
  stamp: Stamp,
): Promise<IssuedSession> {
  const securityEpoch = await requireSecurityEpoch(deps, sessionToken)
  const subject = { account: user.email, user: { userId: user.id, securityEpoch } }
  const { proven } = await withPasswordTry(deps.throttle, subject, caller, async () => ({
    proven: await step.prove({ user, stamp }, answer),
  }))
  if (!proven) {
    const { id: sessionId, userId } = session
    const reason = `wrong_${step.method}`
    const refused: PasswordEvent = { type: 'reauthentication.refused', userId, sessionId, reason }
    await deps.audit.write({ events: [stamp(refused)] })
    throw new Refusal(LOGIN_REFUSALS.wrong_code)
  }
  const planned = planRotation({ user, session }, sessionToken, deps.clock(), { method: step.method })
  const succeeded: LoginEvent = { type: 'reauthentication.succeeded', userId: user.id, sessionId: session.id }
  const rotated = await deps.sessions.rotate(planned.rotation, securityEpoch, onlyEvents(stamp(succeeded)))
  if (!rotated) throw new Refusal('unauthenticated', { reason: 'the session was revoked in the meantime' })
  return planned.issued
}
