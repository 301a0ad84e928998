/*
 * A login that cannot be completed before the user sets up a second factor (`secondFactor: 'required'`). The routes that set up a
 * factor accept the attempt instead of a session. Confirming the factor proves the open round, as its code would.
 */
import type { UserStore } from '../accounts/store.ts'
import type { Stamp } from '../kernel/event.ts'
import { enrolledSteps } from '../kernel/login-step.ts'
import type { Method, SessionPrincipal, User } from '../kernel/principal.ts'
import { Refusal } from '../kernel/refusal.ts'
import type { SessionEvent } from '../sessions/events.ts'
import { withPasswordTry } from '../throttle/password-tries.ts'
import type { Caller } from '../throttle/throttle.ts'
import { MAX_ATTEMPT_TRIES } from './attempt-token.ts'
import type { LoginEvent } from './events.ts'
import { type FindAttemptDeps, findAttempt } from './find-attempt.ts'
import { type FinishLoginDeps, finishLogin, type LoginOutcome } from './finish-login.ts'
import { toEnrolment } from './login-attempt.ts'
import { LOGIN_REFUSALS } from './refusals.ts'
import type { LoginAttemptRecord } from './store.ts'

/** Dependencies of `findEnrolment` and `finishEnrolment`. */
export interface EnrolmentDeps extends FindAttemptDeps, FinishLoginDeps {
  readonly users: UserStore
}

/** A login in progress in which the user may set up a factor. */
export interface Enrolment {
  readonly user: User
  readonly stored: LoginAttemptRecord
}

/**
 * Returns the login in progress that waits for the enrolment of a method.
 * @param tokens of attempts, from the cookies or the header.
 * @throws Refusal `attempt_ended` if there is none, or if the user has a second factor by now.
 */
export async function findEnrolment(
  deps: EnrolmentDeps,
  { method, tokens, caller }: { readonly method: Method; readonly tokens: readonly string[]; readonly caller: Caller },
): Promise<Enrolment> {
  const stored = await findAttempt(deps, tokens, caller)
  const user = stored.userId === null ? null : await deps.users.findById(stored.userId)
  const isOpen = stored.openRounds[0]?.includes(toEnrolment(method)) === true
  if (user === null || !isOpen) throw new Refusal(LOGIN_REFUSALS.attempt_ended)
  if ((await enrolledSteps(deps.secondFactors.steps, user.id)).length > 0) throw refusedAsNotFirst()
  return { user, stored }
}

/** The user may have set up a factor since the login began. The password alone must not add another one. */
export function refusedAsNotFirst(): Refusal {
  return new Refusal(LOGIN_REFUSALS.attempt_ended, { reason: 'a second factor was set up in the meantime' })
}

/** An enrolment that is about to be confirmed. */
export interface FinishEnrolmentInput<Shown> extends Enrolment {
  readonly method: Method
  readonly caller: Caller
  /** The session of the same browser that the new one replaces. */
  readonly replaces: SessionPrincipal | null
  /**
   * Puts the factor in force. Returns what is shown once. Throws `wrong_code`, and `attempt_ended` if the user has one of these
   * methods by now. The storage decides: two logins may confirm at the same moment.
   */
  confirm(mustLack: readonly Method[]): Promise<Shown>
}

/**
 * Puts a factor in force and continues the login. The answer is counted before it is checked, as for every step.
 * @throws Refusal `attempt_ended`, `too_many_requests`, and every error of `confirm`.
 */
export async function finishEnrolment<Shown>(
  deps: EnrolmentDeps,
  { user, stored, method, caller, replaces, confirm }: FinishEnrolmentInput<Shown>,
  stamp: Stamp<LoginEvent | SessionEvent>,
): Promise<{ readonly outcome: LoginOutcome; readonly shown: Shown }> {
  const { tokenHash, securityEpoch, remember, openRounds, provenMethods } = stored
  const mustLack = deps.secondFactors.steps.map((step) => step.method)
  const subject = { account: user.email, user: { userId: user.id, securityEpoch } }
  const { shown, tried } = await withPasswordTry(deps.throttle, subject, caller, async (counted) => {
    const isCounted = await deps.loginAttempts.countTry(tokenHash, MAX_ATTEMPT_TRIES, deps.clock())
    if (!isCounted) throw new Refusal(LOGIN_REFUSALS.attempt_ended, { reason: 'too many wrong answers' })
    return { proven: true, shown: await confirm(mustLack), tried: counted }
  })
  const attempt = {
    userId: user.id,
    securityEpoch,
    openRounds: openRounds.slice(1),
    provenMethods: [...provenMethods, method],
  }
  const outcome = await finishLogin(deps, { user, attempt, stored, remember, caller, tried, replaces }, stamp)
  return { outcome, shown }
}
