import type { UserStore } from '../accounts/store.ts'
import type { Stamp } from '../kernel/event.ts'
import type { LoginStep, StepAnswer } from '../kernel/login-step.ts'
import type { SessionPrincipal, User } from '../kernel/principal.ts'
import { Refusal } from '../kernel/refusal.ts'
import { type PasswordTry, withPasswordTry } from '../throttle/password-tries.ts'
import type { Caller, Throttle } from '../throttle/throttle.ts'
import { MAX_ATTEMPT_TRIES } from './attempt-token.ts'
import type { LoginEvent } from './events.ts'
import { type FindAttemptDeps, findAttempt } from './find-attempt.ts'
import { type FinishLoginDeps, finishLogin, type LoginOutcome } from './finish-login.ts'
import { proveStep } from './login-attempt.ts'
import { LOGIN_REFUSALS } from './refusals.ts'
import type { LoginAttemptRecord } from './store.ts'

/** Dependencies of `continueLogin`. */
export interface ContinueLoginDeps extends FinishLoginDeps, FindAttemptDeps {
  readonly users: UserStore
  readonly throttle: Throttle
}

/** An answer to an open step. */
export interface ContinueLoginInput<Answer extends StepAnswer> {
  readonly step: LoginStep<Answer>
  readonly answer: Answer
  /** The tokens of attempts, from the cookies or the header. */
  readonly tokens: readonly string[]
  readonly caller: Caller
  /** The session of the same browser that the new one replaces. */
  readonly replaces: SessionPrincipal | null
}

/**
 * Checks the answer to an open step of a login attempt. The answer is counted before it is checked: by the attempt, and
 * by the budget that codes and the password of the account share.
 * @throws Refusal `attempt_ended` if the attempt is missing, used, expired or out of attempts, or belongs to another
 *   device, or if the step is not open; `wrong_code`, `too_many_requests`, `unavailable`.
 */
export async function continueLogin<Answer extends StepAnswer>(
  deps: ContinueLoginDeps,
  { step, answer, tokens, caller, replaces }: ContinueLoginInput<Answer>,
  stamp: Stamp,
): Promise<LoginOutcome> {
  const stored = await findAttempt(deps, tokens, caller)
  const user = stored.userId === null ? null : await deps.users.findById(stored.userId)
  if (user === null || !stored.openRounds[0]?.includes(step.method)) throw new Refusal(LOGIN_REFUSALS.attempt_ended)
  const proof = await proveAnswer(deps, { step, answer, stored, user, caller, stamp })
  if (!proof.proven) throw await refuseAnswer(deps, step, user, stamp)
  const attempt = proveStep({ ...stored, userId: user.id }, step.method)
  const { remember } = stored
  return finishLogin(deps, { user, attempt, stored, remember, caller, tried: proof.tried, replaces }, stamp)
}

interface Answered<Answer extends StepAnswer> {
  readonly step: LoginStep<Answer>
  readonly answer: Answer
  readonly stored: LoginAttemptRecord
  readonly user: User
  readonly caller: Caller
  readonly stamp: Stamp
}

async function proveAnswer<Answer extends StepAnswer>(
  { throttle, loginAttempts, clock }: ContinueLoginDeps,
  { step, answer, stored, user, caller, stamp }: Answered<Answer>,
): Promise<{ readonly proven: boolean; readonly tried: PasswordTry }> {
  const subject = { account: user.email, user: { userId: user.id, securityEpoch: stored.securityEpoch } }
  return withPasswordTry(throttle, subject, caller, async (tried) => {
    const isCounted = await loginAttempts.countTry(stored.tokenHash, MAX_ATTEMPT_TRIES, clock())
    if (!isCounted) throw new Refusal(LOGIN_REFUSALS.attempt_ended, { reason: 'too many wrong answers' })
    return { proven: await step.prove({ user, stamp }, answer), tried }
  })
}

async function refuseAnswer(
  { audit }: ContinueLoginDeps,
  { method }: { readonly method: string },
  user: User,
  stamp: Stamp<LoginEvent>,
): Promise<Refusal> {
  await audit.write({ events: [stamp({ type: 'login.refused', userId: user.id, reason: `wrong_${method}` })] })
  return new Refusal(LOGIN_REFUSALS.wrong_code)
}
