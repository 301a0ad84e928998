import { type CreateUserDeps, FIRST_SECURITY_EPOCH, storeUser } from '../../accounts/create-user.ts'
import type { AccountEvent } from '../../accounts/events.ts'
import { ACCOUNT_REFUSALS } from '../../accounts/refusals.ts'
import type { UserStore } from '../../accounts/store.ts'
import type { Stamp } from '../../kernel/event.ts'
import { NOBODY } from '../../kernel/ids.ts'
import type { SessionPrincipal, User } from '../../kernel/principal.ts'
import { Refusal } from '../../kernel/refusal.ts'
import type { LoginEvent } from '../../login/events.ts'
import { type FinishLoginDeps, finishLogin, type LoginOutcome, type ProvenLogin } from '../../login/finish-login.ts'
import { beginLogin, proveStep } from '../../login/login-attempt.ts'
import { LOGIN_REFUSALS } from '../../login/refusals.ts'
import { roundsAfterPassword } from '../../login/step.ts'
import type { LoginAttemptRecord } from '../../login/store.ts'
import type { SessionEvent } from '../../sessions/events.ts'
import type { PasswordTry } from '../../throttle/password-tries.ts'
import type { Caller } from '../../throttle/throttle.ts'
import type { FactorEvent } from '../events.ts'
import { EMAIL_METHOD } from './begin-email-attempt.ts'
import type { EmailAnswer } from './email-secret.ts'
import { findEmailAttempt, type ProveEmailDeps, proveEmail } from './prove-email.ts'
import type { EmailLoginMode } from './settings.ts'

/** Dependencies of `confirmEmailLogin`. */
export interface ConfirmEmailLoginDeps extends ProveEmailDeps, FinishLoginDeps, Pick<CreateUserDeps, 'users'> {
  readonly users: UserStore
  readonly emailLogin: EmailLoginMode
}

/** The answer to an email, and the browser that gives it. */
export interface ConfirmEmailLoginInput {
  readonly answer: EmailAnswer
  /** The tokens of attempts, from the cookies or the header. */
  readonly tokens: readonly string[]
  readonly caller: Caller
  /** The session of the same browser that the new one replaces. */
  readonly replaces: SessionPrincipal | null
  /** Tokens of remembered devices, from the cookies. */
  readonly rememberedTokens: readonly string[]
}

type Stamping = Stamp<LoginEvent | SessionEvent | AccountEvent | FactorEvent>

/** A right answer to the email of an attempt. */
interface ProvenEmail extends ConfirmEmailLoginInput {
  readonly asked: LoginAttemptRecord
  readonly tried: PasswordTry
}

/**
 * Continues a login with the code or the token of an email. It is a first proof: an account with a second factor is asked for it.
 * An account whose address was never verified belongs to the reader of the email: everything that opened it before ends. With
 * `emailLogin: 'register'` a new address gets an account.
 * @throws Refusal `wrong_code`; `attempt_ended` if the attempt is missing, used, expired, of another device or out of attempts, or if
 *   the account changed in the meantime; `too_many_requests`, `unavailable`.
 */
export async function confirmEmailLogin(
  deps: ConfirmEmailLoginDeps,
  input: ConfirmEmailLoginInput,
  stamp: Stamping,
): Promise<LoginOutcome> {
  const { answer, tokens, caller } = input
  const asked = await findEmailAttempt(deps, tokens, caller)
  const { userId, email, securityEpoch } = asked
  const user = await deps.users.findById(userId ?? NOBODY) // the same read for everyone
  const mayRegister = userId === null && email !== null && deps.emailLogin === 'register'
  const canBeRight = user === null ? mayRegister : user.email === email
  const tried = await proveEmail(deps, { asked, user, canBeRight, answer, caller })
  if (tried === null) {
    await deps.audit.write({ events: [stamp({ type: 'login.refused', userId, reason: `wrong_${EMAIL_METHOD}` })] })
    throw new Refusal(LOGIN_REFUSALS.wrong_code)
  }
  const proven = { ...input, asked, tried }
  if (user === null) return register(deps, proven, stamp)
  if (!user.emailVerified) return claim(deps, { ...proven, user }, stamp)
  return finish(deps, { ...proven, user, securityEpoch, stored: asked }, stamp)
}

/** Gives an account to the reader of the email, and ends everything that opened it before (account pre-hijacking). */
async function claim(
  deps: ConfirmEmailLoginDeps,
  { user, ...proven }: ProvenEmail & { readonly user: User },
  stamp: Stamping,
): Promise<LoginOutcome> {
  const { securityEpoch, tokenHash } = proven.asked
  const { id: userId, email } = user
  const isClaimed = await deps.users.claim({ userId, email, securityEpoch }, () => ({
    events: [stamp({ type: 'account.claimed', userId }), stamp({ type: 'email.verified', userId })],
  }))
  if (!isClaimed) throw new Refusal(LOGIN_REFUSALS.attempt_ended, { reason: 'the account changed in the meantime' })
  await deps.loginAttempts.end(tokenHash)
  const claimed = { ...user, emailVerified: true }
  return finish(deps, { ...proven, user: claimed, securityEpoch: securityEpoch + 1, stored: null }, stamp)
}

/** Creates the account of a new address. */
async function register(deps: ConfirmEmailLoginDeps, proven: ProvenEmail, stamp: Stamping): Promise<LoginOutcome> {
  const { email, tokenHash } = proven.asked
  if (email === null) throw new Refusal(LOGIN_REFUSALS.attempt_ended)
  const newUser = { email, name: null, passwordHash: null, events: [] }
  const user = await storeUser(deps, newUser, { stamp, emailVerified: true }).catch(endedIfTaken)
  await deps.loginAttempts.end(tokenHash)
  // A new account has no devices yet, so an email about an unknown one would say nothing.
  const tried = { ...proven.tried, isKnownDevice: true }
  return finish(deps, { ...proven, tried, user, securityEpoch: FIRST_SECURITY_EPOCH, stored: null }, stamp)
}

function endedIfTaken(error: unknown): never {
  if (!(error instanceof Refusal && error.code === ACCOUNT_REFUSALS.email_taken.code)) throw error
  throw new Refusal(LOGIN_REFUSALS.attempt_ended, { reason: 'the address was registered in the meantime' })
}

/** A right answer, and the user that it proves. `stored` is null if the attempt ended because it belongs to an earlier epoch. */
type Identified = ProvenEmail & Pick<ProvenLogin, 'user' | 'stored'> & { readonly securityEpoch: number }

async function finish(
  deps: ConfirmEmailLoginDeps,
  { asked: { remember }, user, securityEpoch, stored, tried, caller, replaces, rememberedTokens }: Identified,
  stamp: Stamping,
): Promise<LoginOutcome> {
  const owner = { userId: user.id, securityEpoch }
  const rounds = [[EMAIL_METHOD], ...(await roundsAfterPassword(deps.secondFactors, owner, rememberedTokens))]
  const attempt = proveStep(beginLogin(owner, rounds), EMAIL_METHOD)
  return finishLogin(deps, { user, attempt, stored, remember, caller, tried, replaces }, stamp)
}
