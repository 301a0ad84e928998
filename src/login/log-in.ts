import type { AuditStore } from '../audit/store.ts'
import type { Stamp } from '../kernel/event.ts'
import type { SessionPrincipal, User } from '../kernel/principal.ts'
import { Refusal } from '../kernel/refusal.ts'
import { type PasswordProof, type ProvePasswordDeps, provePasswordByEmail } from '../passwords/prove-password.ts'
import type { IssuedSession } from '../sessions/new-session.ts'
import { type SessionDeps, startSession } from '../sessions/start-session.ts'
import type { Caller } from '../throttle/throttle.ts'
import { beginLogin, completeLogin, proveStep } from './login-attempt.ts'
import { newDeviceMail } from './new-device-mail.ts'

/** What logging in works with. */
export interface LogInDeps extends ProvePasswordDeps, SessionDeps {
  readonly audit: AuditStore
  /** Gives a proof that failed here a second chance in an old system. */
  readonly proveElsewhere: (
    proof: PasswordProof,
    typed: { readonly email: string; readonly password: string },
    caller: Caller,
  ) => Promise<PasswordProof>
  /** Throws email_not_verified where an address has to be verified before the first login. */
  readonly requireVerified: (user: User, stamp: Stamp) => Promise<void>
}

/** What was typed, from where, and the session that the new one takes the place of. */
export interface LogInInput {
  readonly email: string
  readonly password: string
  readonly remember: boolean
  readonly caller: Caller
  readonly replaces: SessionPrincipal | null
}

/** A session that has just started. */
export interface LoggedIn extends IssuedSession {
  readonly user: User
  /** Where the user's security epoch stands; see `PasswordCredential.securityEpoch`. */
  readonly securityEpoch: number
  /** False: the user never logged in with this browser before. */
  readonly isKnownDevice: boolean
}

/**
 * Logs in with a password: proves it, closes the step, starts the session.
 * @throws invalid_credentials for wrong email, wrong password and disabled user, which look alike; too_many_requests.
 */
export async function logIn(
  deps: LogInDeps,
  { email, password, remember, caller, replaces }: LogInInput,
  stamp: Stamp,
): Promise<LoggedIn> {
  const here = await provePasswordByEmail(deps, { email, password }, caller)
  const proof = await deps.proveElsewhere(here, { email, password }, caller)
  if (!proof.proven) throw await refuse(deps, stamp, proof)

  const { user, securityEpoch } = proof.credential
  await deps.requireVerified(user, stamp)
  const attempt = proveStep(beginLogin({ userId: user.id, securityEpoch }), 'password')
  const login = completeLogin(attempt)
  const mails = proof.isKnownDevice ? [] : await newDeviceMail(deps, user, caller.client)
  const issued = await startSession(deps, {
    login,
    remember,
    client: caller.client,
    replaces: replaces?.session ?? null,
    stamp,
    effectsOf: ({ id, methods }) => ({
      events: [stamp({ type: 'login.succeeded', userId: user.id, sessionId: id, methods })],
      mails,
    }),
  })
  if (issued === null) throw await refuse(deps, stamp, { userId: user.id, reason: 'account_changed_meanwhile' })
  return { ...issued, user, securityEpoch, isKnownDevice: proof.isKnownDevice }
}

async function refuse(
  { audit }: LogInDeps,
  stamp: Stamp,
  { userId, reason }: { readonly userId: string | null; readonly reason: string },
): Promise<Refusal> {
  await audit.write({ events: [stamp({ type: 'login.refused', userId, reason })] })
  return new Refusal('invalid_credentials', { reason })
}
