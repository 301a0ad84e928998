import type { AuditStore } from '../audit/store.ts'
import type { Stamp } from '../kernel/event.ts'
import type { IssuedSession, SessionPrincipal } from '../kernel/principal.ts'
import { Refusal } from '../kernel/refusal.ts'
import { type ProvePasswordDeps, provePasswordByEmail } from '../passwords/prove-password.ts'
import type { SessionEvent } from '../sessions/events.ts'
import { type SessionDeps, startSession } from '../sessions/start-session.ts'
import type { DeviceUser } from '../throttle/device.ts'
import type { Caller } from '../throttle/throttle.ts'
import type { LoginCheck, Typed } from './check.ts'
import type { LoginEvent } from './events.ts'
import { beginLogin, completeLogin, proveStep } from './login-attempt.ts'
import { writeNewDeviceMail } from './mails/new-device.ts'
import { LOGIN_REFUSALS } from './refusals.ts'

/** Dependencies of `logIn`. */
export interface LogInDeps extends ProvePasswordDeps, SessionDeps {
  readonly audit: AuditStore
  readonly checks: readonly LoginCheck[]
}

/** What was typed, from where, and the session of the same browser that the new one replaces. */
export interface LogInInput extends Typed {
  readonly remember: boolean
  readonly caller: Caller
  readonly replaces: SessionPrincipal | null
}

/** A session that has just started, and the user as the device cookie names them. */
export interface LoggedIn {
  readonly issued: IssuedSession
  readonly deviceUser: DeviceUser
}

/**
 * Logs a user in with a password: proves it, passes the checks, starts the session.
 * @throws Refusal `invalid_credentials` for a wrong email address, a wrong password and a disabled user, which look alike;
 *   `email_not_verified`, `too_many_requests`, `overloaded`, `unavailable`.
 */
export async function logIn(
  deps: LogInDeps,
  { email, password, remember, caller, replaces }: LogInInput,
  stamp: Stamp<LoginEvent | SessionEvent>,
): Promise<LoggedIn> {
  let proof = await provePasswordByEmail(deps, { email, password }, caller)
  for (const check of deps.checks) proof = await check(proof, { email, password }, caller)
  if (!proof.proven) throw await refuse(deps, stamp, proof)

  const { user, securityEpoch } = proof.credential
  const attempt = proveStep(beginLogin({ userId: user.id, securityEpoch }), 'password')
  const mails = proof.isKnownDevice ? [] : await writeNewDeviceMail(deps, user, caller.client)
  const issued = await startSession(deps, {
    user,
    login: completeLogin(attempt),
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
  return { issued, deviceUser: { userId: user.id, securityEpoch } }
}

async function refuse(
  { audit }: LogInDeps,
  stamp: Stamp<LoginEvent>,
  { userId, reason }: { readonly userId: string | null; readonly reason: string },
): Promise<Refusal> {
  await audit.write({ events: [stamp({ type: 'login.refused', userId, reason })] })
  return new Refusal(LOGIN_REFUSALS.invalid_credentials, { reason })
}
