import { hashToken } from '../crypto/token.ts'
import type { Stamp } from '../kernel/event.ts'
import type { SecondFactors } from '../kernel/login-step.ts'
import type { IssuedSession, Method, Session, SessionPrincipal, User } from '../kernel/principal.ts'
import { Refusal } from '../kernel/refusal.ts'
import type { SessionEvent } from '../sessions/events.ts'
import { type SessionDeps, startSession } from '../sessions/start-session.ts'
import type { DeviceUser } from '../throttle/device.ts'
import { forgetFailedTries, type PasswordTry } from '../throttle/password-tries.ts'
import type { Caller } from '../throttle/throttle.ts'
import type { NoticeDeps } from '../throttle/write-notice.ts'
import { ATTEMPT_LIFE_MS, hashDevice, newAttemptToken } from './attempt-token.ts'
import type { LoginEvent } from './events.ts'
import { completeLogin, isComplete, type LoginAttempt } from './login-attempt.ts'
import { writeNewDeviceMail } from './mails/new-device.ts'
import { LOGIN_REFUSALS } from './refusals.ts'
import { type RefuseLoginDeps, refuseLogin } from './refuse-login.ts'
import type { LoginAttemptRecord, LoginAttemptStore } from './store.ts'

/** Dependencies of `finishLogin`. */
export interface FinishLoginDeps extends SessionDeps, NoticeDeps, RefuseLoginDeps {
  readonly loginAttempts: LoginAttemptStore
  readonly secondFactors: SecondFactors
}

/** A login whose latest proof was right. */
export interface ProvenLogin {
  readonly user: User
  readonly attempt: LoginAttempt
  /** The stored attempt that this proof continues; null after the first proof. */
  readonly stored: LoginAttemptRecord | null
  readonly remember: boolean
  readonly caller: Caller
  /** The counted attempt of the latest proof. */
  readonly tried: PasswordTry
  /** The session of the same browser that the new one replaces. */
  readonly replaces: SessionPrincipal | null
  /** When the user gave the latest proof, in milliseconds since 1970 UTC, if that was before this request. Default: now. */
  readonly provenAt?: number | null
}

/** A login that is complete. */
export interface LoggedIn {
  readonly status: 'complete'
  readonly issued: IssuedSession
  /** The user that the device cookie identifies. */
  readonly deviceUser: DeviceUser
}

/** A login that needs another proof before a session can start. */
export interface StepRequired {
  readonly status: 'step_required'
  /** Methods of the open round. Any one of them proves the round. */
  readonly methods: readonly Method[]
  /** Milliseconds since 1970 UTC. */
  readonly expiresAt: number
  /** The token of a new attempt; null if the request's own attempt continues. */
  readonly token: string | null
}

/** Outcome of a login after a right proof. */
export type LoginOutcome = LoggedIn | StepRequired

/**
 * Starts the session if every round is proven; otherwise stores the attempt until the next proof.
 * @throws Refusal `invalid_credentials` if the account changed while the login was in progress; `attempt_ended` if
 *   another request used the attempt; `unavailable`.
 */
export async function finishLogin(
  deps: FinishLoginDeps,
  login: ProvenLogin,
  stamp: Stamp<LoginEvent | SessionEvent>,
): Promise<LoginOutcome> {
  if (isComplete(login.attempt)) return start(deps, login, stamp)
  return login.stored === null ? wait(deps, login, stamp) : goOn(deps, login.stored, login.attempt)
}

async function start(
  deps: FinishLoginDeps,
  login: ProvenLogin,
  stamp: Stamp<LoginEvent | SessionEvent>,
): Promise<LoggedIn> {
  const { user, attempt, stored, remember, caller, replaces } = login
  const mails = login.tried.isKnownDevice ? [] : await writeNewDeviceMail(deps, user, caller.client)
  const issued = await startSession(deps, {
    user,
    login: completeLogin(attempt),
    attempt: stored,
    remember,
    client: caller.client,
    replaces: replaces?.session ?? null,
    provenAt: login.provenAt ?? null,
    stamp,
    effectsOf: ({ id, methods }: Session) => ({
      events: [stamp({ type: 'login.succeeded', userId: user.id, sessionId: id, methods })],
      mails,
    }),
  })
  if (issued === null) throw await refuseChanged(deps, login, stamp)
  await forgetFailedTries(deps.throttle, login.tried) // only now: a right password alone may be half a login
  return { status: 'complete', issued, deviceUser: { userId: user.id, securityEpoch: attempt.securityEpoch } }
}

/** Stores the attempt after the first proof. */
async function wait(
  deps: FinishLoginDeps,
  login: ProvenLogin,
  stamp: Stamp<LoginEvent | SessionEvent>,
): Promise<StepRequired> {
  const waiting = await beginAttempt(deps, login)
  if (waiting === null) throw await refuseChanged(deps, login, stamp)
  return waiting
}

/** Stores an attempt that waits for its next proof. Returns null if the account changed in the meantime. */
export async function beginAttempt(
  deps: Pick<FinishLoginDeps, 'loginAttempts' | 'clock'>,
  { attempt, remember, caller }: Pick<ProvenLogin, 'attempt' | 'remember' | 'caller'>,
): Promise<StepRequired | null> {
  const token = newAttemptToken()
  const createdAt = deps.clock()
  const expiresAt = createdAt + ATTEMPT_LIFE_MS
  const record: LoginAttemptRecord = {
    ...attempt,
    tokenHash: hashToken(token),
    remember,
    client: caller.client,
    deviceHash: hashDevice(caller.device),
    challengeHash: null,
    email: null,
    tries: 0,
    createdAt,
    expiresAt,
  }
  const isStored = await deps.loginAttempts.begin(record, () => ({ events: [] }))
  return isStored ? { status: 'step_required', methods: attempt.openRounds[0] ?? [], expiresAt, token } : null
}

/** Records a proven step of a stored attempt whose next round is open. */
async function goOn(
  deps: FinishLoginDeps,
  stored: LoginAttemptRecord,
  { openRounds, provenMethods }: LoginAttempt,
): Promise<StepRequired> {
  const isOurs = await deps.loginAttempts.prove(stored, { openRounds, provenMethods }, deps.clock())
  if (!isOurs) throw new Refusal(LOGIN_REFUSALS.attempt_ended, { reason: 'used by another request' })
  return { status: 'step_required', methods: openRounds[0] ?? [], expiresAt: stored.expiresAt, token: null }
}

/**
 * Returns the refusal if storage rejected the login. After the first proof, the account must have changed; after a
 * later proof, another request may have used the attempt.
 */
async function refuseChanged(
  deps: FinishLoginDeps,
  { user, stored }: ProvenLogin,
  stamp: Stamp<LoginEvent | SessionEvent>,
): Promise<Refusal> {
  if (stored !== null)
    return new Refusal(LOGIN_REFUSALS.attempt_ended, {
      reason: 'the attempt was used or the account changed in the meantime',
    })
  return refuseLogin(deps, { userId: user.id, reason: 'account_changed_meanwhile' }, stamp)
}
