import type { Token } from '../../crypto/token.ts'
import { onlyEvents } from '../../kernel/effects.ts'
import type { Stamp } from '../../kernel/event.ts'
import type { UserId } from '../../kernel/ids.ts'
import { enrolledSteps, type SecondFactors } from '../../kernel/login-step.ts'
import type { IssuedSession, SessionPrincipal } from '../../kernel/principal.ts'
import { Refusal } from '../../kernel/refusal.ts'
import type { LoginEvent } from '../../login/events.ts'
import { LOGIN_REFUSALS } from '../../login/refusals.ts'
import type { PasswordEvent } from '../../passwords/events.ts'
import { planRotation } from '../../sessions/rotate-session.ts'
import { requireSecurityEpoch } from '../../sessions/security-epoch.ts'
import type { SessionDeps } from '../../sessions/start-session.ts'
import { takeChangeBudget } from '../../throttle/other-tries.ts'
import type { Caller } from '../../throttle/throttle.ts'
import type { FactorEvent } from '../events.ts'
import { type BeginEmailAttemptDeps, beginEmailAttempt, EMAIL_METHOD } from './begin-email-attempt.ts'
import type { EmailAnswer } from './email-secret.ts'
import { findEmailAttempt, type ProveEmailDeps, proveEmail } from './prove-email.ts'
import { takeCodeBudget } from './request-email-login.ts'

/** Dependencies of `requestEmailProof` and `reauthenticateWithEmail`. */
export interface ReauthenticateWithEmailDeps extends BeginEmailAttemptDeps, ProveEmailDeps, SessionDeps {
  readonly secondFactors: SecondFactors
}

/** The principal that confirms their identity, and the token of its session. */
export interface EmailProver {
  readonly principal: SessionPrincipal
  readonly sessionToken: string
  readonly caller: Caller
}

/**
 * Sends a code and a link to a user who is logged in.
 * @returns the token of the attempt.
 * @throws Refusal `second_factor_required` if the user set up a second factor; `too_many_requests`, `unauthenticated`, `unavailable`.
 */
export async function requestEmailProof(
  deps: ReauthenticateWithEmailDeps,
  { principal: { user }, sessionToken, caller }: EmailProver,
  stamp: Stamp<FactorEvent>,
): Promise<Token> {
  await refuseWithSecondFactor(deps, user.id)
  await takeChangeBudget(deps.throttle, { ...caller, operation: 'reauthenticate' }, user.id)
  const owner = { userId: user.id, securityEpoch: await requireSecurityEpoch(deps, sessionToken) }
  const isSent = await takeCodeBudget(deps, { account: user.email, user: owner }, caller)
  return beginEmailAttempt(deps, { owner, email: user.email, isSent, remember: false, caller }, stamp)
}

/** The answer to an email, with the attempt of the browser that asked for it. */
export interface ReauthenticateWithEmailInput extends EmailProver {
  readonly answer: EmailAnswer
  /** The tokens of attempts, from the cookies or the header. */
  readonly tokens: readonly string[]
}

/**
 * Confirms the identity of the user with the code or the token of an email, so that the session is fresh again. The session keeps its
 * id and gets a new token.
 * @throws Refusal `wrong_code`, after which the session stays valid; `attempt_ended`, `second_factor_required`, `too_many_requests`;
 *   `unauthenticated` if the session was revoked in the meantime.
 */
export async function reauthenticateWithEmail(
  deps: ReauthenticateWithEmailDeps,
  { principal: { user, session }, sessionToken, caller, answer, tokens }: ReauthenticateWithEmailInput,
  stamp: Stamp<LoginEvent | PasswordEvent>,
): Promise<IssuedSession> {
  await refuseWithSecondFactor(deps, user.id)
  const asked = await findEmailAttempt(deps, tokens, caller)
  if (asked.userId !== user.id || asked.email !== user.email) throw new Refusal(LOGIN_REFUSALS.attempt_ended)
  const { id: sessionId, userId } = session
  const tried = await proveEmail(deps, { asked, user, canBeRight: true, answer, caller })
  if (tried === null) {
    const refused: PasswordEvent = {
      type: 'reauthentication.refused',
      userId,
      sessionId,
      reason: `wrong_${EMAIL_METHOD}`,
    }
    await deps.audit.write({ events: [stamp(refused)] })
    throw new Refusal(LOGIN_REFUSALS.wrong_code)
  }
  await deps.loginAttempts.end(asked.tokenHash)
  const planned = planRotation({ user, session }, sessionToken, deps.clock(), { method: EMAIL_METHOD })
  const succeeded: LoginEvent = { type: 'reauthentication.succeeded', userId, sessionId }
  const isRotated = await deps.sessions.rotate(planned.rotation, asked.securityEpoch, onlyEvents(stamp(succeeded)))
  if (!isRotated) throw new Refusal('unauthenticated', { reason: 'the session was revoked in the meantime' })
  return planned.issued
}

/** An email is never a second factor, and does not replace one. */
async function refuseWithSecondFactor(deps: ReauthenticateWithEmailDeps, userId: UserId): Promise<void> {
  const enrolled = await enrolledSteps(deps.secondFactors.steps, userId)
  if (enrolled.length > 0) throw new Refusal(LOGIN_REFUSALS.second_factor_required)
}
