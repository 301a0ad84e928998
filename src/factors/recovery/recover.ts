import type { UserStore } from '../../accounts/store.ts'
import type { Stamp } from '../../kernel/event.ts'
import type { Method, SessionPrincipal, User } from '../../kernel/principal.ts'
import { Refusal } from '../../kernel/refusal.ts'
import { type FindAttemptDeps, findAttempt } from '../../login/find-attempt.ts'
import { type FinishLoginDeps, finishLogin, type LoginOutcome } from '../../login/finish-login.ts'
import { LOGIN_REFUSALS } from '../../login/refusals.ts'
import { enrolmentRound } from '../../login/step.ts'
import type { LoginAttemptRecord } from '../../login/store.ts'
import { takeChangeBudget } from '../../throttle/other-tries.ts'
import { provenTry } from '../../throttle/password-tries.ts'
import type { Caller } from '../../throttle/throttle.ts'
import { findRemoval, type RequestRemovalDeps, requestRemoval } from './request-removal.ts'
import type { FactorRemoval } from './store.ts'
import { writeRemovalMails } from './write-removal-mails.ts'

/** Steps that a recovery replaces. */
const LOST: readonly Method[] = ['totp', 'passkey', 'recovery_code']

/** Returns true if a round asks for a second factor that the user set up, and that a recovery removes. */
export function isRecoverable(round: readonly Method[]): boolean {
  return round.some((method) => LOST.includes(method))
}

/** Dependencies of `recover`. */
export interface RecoverDeps extends RequestRemovalDeps, FindAttemptDeps, FinishLoginDeps {
  readonly users: UserStore
}

/** The login of a user who lost every second factor. */
export interface RecoverInput {
  /** The tokens of attempts, from the cookies or the header. */
  readonly tokens: readonly string[]
  readonly caller: Caller
  /** The session of the same browser that the new one replaces. */
  readonly replaces: SessionPrincipal | null
}

/** A recovery that waits. */
export interface RecoveryWait {
  readonly status: 'waiting'
  /** Milliseconds since 1970 UTC. */
  readonly availableAt: number
}

/** A login in progress whose open step is a second factor, and its user. */
export interface OpenLogin {
  readonly user: User
  readonly stored: LoginAttemptRecord
}

/**
 * Returns the login in progress that a recovery can continue.
 * @throws Refusal `attempt_ended` if there is none, or if its open step is not a second factor that the user set up.
 */
export async function findOpenLogin(
  deps: Pick<RecoverDeps, 'users' | 'loginAttempts' | 'clock'>,
  { tokens, caller }: Pick<RecoverInput, 'tokens' | 'caller'>,
): Promise<OpenLogin> {
  const stored = await findAttempt(deps, tokens, caller)
  const user = stored.userId === null ? null : await deps.users.findById(stored.userId)
  if (user === null || !isRecoverable(stored.openRounds[0] ?? [])) throw ended('no second factor is asked for')
  return { user, stored }
}

/**
 * Recovers an account without its second factors. The first call, at a login whose password was right, starts a wait of 72 hours. A call
 * at a later login, after the wait, removes all second factors and completes the login.
 * @throws Refusal `attempt_ended`; `too_many_requests`; `unavailable`.
 */
export async function recover(
  deps: RecoverDeps,
  input: RecoverInput,
  stamp: Stamp,
): Promise<RecoveryWait | LoginOutcome> {
  const login = await findOpenLogin(deps, input)
  const { user, stored } = login
  const now = deps.clock()
  const found = await findRemoval(deps, { userId: user.id, method: 'all' }, now)
  if (found !== null && found.availableAt <= now) return complete(deps, { ...input, ...login, removal: found }, stamp)
  if (found === null) await takeChangeBudget(deps.throttle, input.caller, user.id)
  const { securityEpoch } = stored
  const waiting = found ?? (await requestRemoval(deps, { user, method: 'all', securityEpoch }, stamp))
  if (waiting === null) throw ended('nothing to recover, or the account changed in the meantime')
  return { status: 'waiting', availableAt: waiting.availableAt }
}

/**
 * Removes all second factors, and continues the login. These are two transactions: if the service stops in between, the next login needs
 * the password only.
 */
async function complete(
  deps: RecoverDeps,
  { user, stored, caller, replaces, removal }: RecoverInput & OpenLogin & { readonly removal: FactorRemoval },
  stamp: Stamp,
): Promise<LoginOutcome> {
  const mails = await writeRemovalMails(deps, user, { news: 'removed', method: 'all', at: deps.clock() })
  const isOurs = await deps.factorRemovals.carryOut(removal, deps.clock(), () => ({
    events: [stamp({ type: 'recovery.completed', userId: user.id })],
    mails,
  }))
  if (!isOurs) throw ended('another request completed or cancelled the recovery')
  const { securityEpoch, provenMethods, remember } = stored
  const { isRequired, steps } = deps.secondFactors
  const [, ...later] = stored.openRounds
  const openRounds = isRequired ? [enrolmentRound(steps), ...later] : later
  const attempt = { userId: user.id, securityEpoch, openRounds, provenMethods }
  const tried = provenTry(deps.throttle, caller, attempt)
  return finishLogin(deps, { user, attempt, stored, remember, caller, tried, replaces }, stamp)
}

function ended(reason: string): Refusal {
  return new Refusal(LOGIN_REFUSALS.attempt_ended, { reason })
}
