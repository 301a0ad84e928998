import type { AuditStore } from '../../audit/store.ts'
import type { User } from '../../kernel/principal.ts'
import { Refusal } from '../../kernel/refusal.ts'
import { MAX_ATTEMPT_TRIES } from '../../login/attempt-token.ts'
import { type FindAttemptDeps, findAttempt } from '../../login/find-attempt.ts'
import { LOGIN_REFUSALS } from '../../login/refusals.ts'
import type { LoginAttemptRecord } from '../../login/store.ts'
import { type PasswordTry, withPasswordTry } from '../../throttle/password-tries.ts'
import type { Caller, Throttle } from '../../throttle/throttle.ts'
import { EMAIL_METHOD } from './begin-email-attempt.ts'
import type { EmailAnswer, EmailSecrets } from './email-secret.ts'

/** Dependencies of `findEmailAttempt` and `proveEmail`. */
export interface ProveEmailDeps extends FindAttemptDeps {
  readonly audit: AuditStore
  readonly throttle: Throttle
  readonly emailSecrets: EmailSecrets
}

/** Whose answer is checked. */
export interface EmailProofInput {
  readonly asked: LoginAttemptRecord
  /** Null: no account has the address. */
  readonly user: User | null
  /** False: no answer is right, because no email was sent. */
  readonly canBeRight: boolean
  readonly answer: EmailAnswer
  readonly caller: Caller
}

/**
 * Finds the attempt of the browser that asked for a code.
 * @throws Refusal `attempt_ended`.
 */
export async function findEmailAttempt(
  deps: ProveEmailDeps,
  tokens: readonly string[],
  caller: Caller,
): Promise<LoginAttemptRecord> {
  const stored = await findAttempt(deps, tokens, caller)
  const isOpen = stored.openRounds[0]?.includes(EMAIL_METHOD) && stored.challengeHash !== null
  if (!isOpen) throw new Refusal(LOGIN_REFUSALS.attempt_ended)
  return stored
}

/**
 * Checks the answer to an email, and uses it up. It is counted before it is checked: by the attempt, and by the budget that codes and
 * the password of the account share, on all nodes.
 * @returns the counted attempt, or null if the answer is wrong.
 * @throws Refusal `attempt_ended` if the attempt had too many wrong answers, or if another request used the right one;
 *   `too_many_requests`, `unavailable`.
 */
export async function proveEmail(
  deps: ProveEmailDeps,
  { asked, user, canBeRight, answer, caller }: EmailProofInput,
): Promise<PasswordTry | null> {
  const { tokenHash, challengeHash, securityEpoch } = asked
  const account = asked.email ?? tokenHash
  const subject = { account, user: user === null ? null : { userId: user.id, securityEpoch } }
  const { proven, tried } = await withPasswordTry(deps.throttle, subject, caller, async (counted) => {
    const isCounted = await deps.loginAttempts.countTry(tokenHash, MAX_ATTEMPT_TRIES, deps.clock())
    if (!isCounted) throw new Refusal(LOGIN_REFUSALS.attempt_ended, { reason: 'too many wrong answers' })
    return { proven: deps.emailSecrets.matches(challengeHash, answer) && canBeRight, tried: counted }
  })
  if (!proven) return null
  const isTaken = await deps.loginAttempts.takeChallenge(tokenHash, challengeHash ?? '', deps.clock())
  if (!isTaken) throw new Refusal(LOGIN_REFUSALS.attempt_ended, { reason: 'used by another request' })
  return tried
}
