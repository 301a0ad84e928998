import type { AuditStore } from '../audit/store.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Stamp } from '../kernel/event.ts'
import type { Links } from '../kernel/links.ts'
import type { Outbox } from '../kernel/outbox.ts'
import type { IssuedSession, SessionPrincipal } from '../kernel/principal.ts'
import { invalidMember, Refusal } from '../kernel/refusal.ts'
import { planRotation } from '../sessions/rotate-session.ts'
import { takeChangeBudget } from '../throttle/other-tries.ts'
import type { Caller } from '../throttle/throttle.ts'
import type { PasswordEvent } from './events.ts'
import { type ForgetOldFailuresDeps, forgetOldFailures } from './forget-old-failures.ts'
import { writePasswordChangedMail } from './mails/password-changed.ts'
import { acceptNewPassword, checkNewPassword, type PasswordPolicyDeps, toPassword } from './password.ts'
import { type ProvePasswordDeps, provePasswordById } from './prove-password.ts'
import { PASSWORD_REFUSALS } from './refusals.ts'

/** Dependencies of `changePassword`. */
export interface ChangePasswordDeps extends PasswordPolicyDeps, ProvePasswordDeps, ForgetOldFailuresDeps {
  readonly audit: Pick<AuditStore, 'write'>
  readonly clock: Clock
  readonly outbox: Outbox
  readonly links: Links
}

/** A user's request to change their password. */
export interface ChangePasswordInput {
  readonly principal: SessionPrincipal
  /** The token of the session that makes the request. */
  readonly sessionToken: string
  readonly currentPassword: string
  readonly newPassword: string
  readonly caller: Caller
}

/** Result of a change of password. */
export interface PasswordChanged {
  /** The session that made the request, with its new token. */
  readonly issued: IssuedSession
  /** The user's new security epoch; see `PasswordCredential.securityEpoch`. */
  readonly securityEpoch: number
}

/**
 * Changes the password. The session that makes the request stays and gets a new token; all other sessions are revoked
 * (ASVS 6.2.3, 7.4.3). Reset links that were already sent stay valid: otherwise an intruder who knows the password
 * could revoke each link as soon as the owner requests it.
 * @throws Refusal `wrong_password`, `validation_failed`, `too_many_requests`; `unauthenticated` if the session was
 *   revoked in the meantime.
 */
export async function changePassword(
  deps: ChangePasswordDeps,
  { principal: { user, session }, sessionToken, currentPassword, newPassword, caller }: ChangePasswordInput,
  stamp: Stamp<PasswordEvent>,
): Promise<PasswordChanged> {
  const context = { email: user.email, userId: user.id, pointer: '#/newPassword', stamp }
  await checkNewPassword(deps, newPassword, context)
  const proof = await provePasswordById(deps, { userId: user.id, password: currentPassword }, caller)
  if (!proof.proven) {
    const { reason } = proof
    await deps.audit.write({
      events: [stamp({ type: 'reauthentication.refused', userId: user.id, sessionId: session.id, reason })],
    })
    throw new Refusal(PASSWORD_REFUSALS.wrong_password, { detail: 'The current password is wrong.' })
  }
  if (toPassword(newPassword) === toPassword(currentPassword))
    throw invalidMember('#/newPassword', 'Must differ from the current password.', { code: 'same_password' })
  await takeChangeBudget(deps.throttle, caller, user.id)
  const accepted = await acceptNewPassword(deps, newPassword, context)
  const newHash = await deps.hasher.hash(accepted.password, proof.tried.place)
  const planned = planRotation({ user, session }, sessionToken, deps.clock())
  const { hash: oldHash, securityEpoch } = proof.credential
  const mails = await writePasswordChangedMail(deps, user)
  const changed = await deps.passwords.change({ oldHash, newHash, securityEpoch, keep: planned.rotation }, () => ({
    events: [...accepted.events, stamp({ type: 'password.changed', userId: user.id, sessionId: session.id })],
    mails,
  }))
  if (!changed) throw new Refusal('unauthenticated', { reason: 'the session or the password changed in the meantime' })
  await forgetOldFailures(deps, user)
  return { issued: planned.issued, securityEpoch: securityEpoch + 1 }
}
