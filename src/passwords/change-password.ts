import type { AuditStore } from '../audit/store.ts'
import type { Place } from '../crypto/bounded-queue.ts'
import type { PasswordHash } from '../crypto/password-hasher.ts'
import { checkAll } from '../kernel/all-problems.ts'
import type { Stamp } from '../kernel/event.ts'
import type { Links } from '../kernel/links.ts'
import { enrolledSteps } from '../kernel/login-step.ts'
import type { Outbox } from '../kernel/outbox.ts'
import type { IssuedSession, SessionPrincipal } from '../kernel/principal.ts'
import { invalidMember, Refusal } from '../kernel/refusal.ts'
import { requireFreshSession } from '../sessions/freshness.ts'
import { planRotation } from '../sessions/rotate-session.ts'
import type { SessionDeps } from '../sessions/start-session.ts'
import { provenHashPlace } from '../throttle/hash-places.ts'
import { takeChangeBudget } from '../throttle/other-tries.ts'
import type { Caller } from '../throttle/throttle.ts'
import type { PasswordEvent } from './events.ts'
import { type ForgetOldFailuresDeps, forgetOldFailures } from './forget-old-failures.ts'
import { writePasswordChangedMail } from './mails/password-changed.ts'
import { acceptNewPassword, checkNewPassword, type PasswordPolicyDeps, toPassword } from './password.ts'
import { type ProvePasswordDeps, provePasswordById } from './prove-password.ts'
import { PASSWORD_REFUSALS } from './refusals.ts'
import type { PasswordCredential } from './store.ts'

/** Dependencies of `changePassword`. */
export interface ChangePasswordDeps extends PasswordPolicyDeps, ProvePasswordDeps, ForgetOldFailuresDeps, SessionDeps {
  readonly audit: Pick<AuditStore, 'write'>
  readonly outbox: Outbox
  readonly links: Links
  /** True: a new password ends what the user allowed apps to do. */
  readonly endsGrants: boolean
}

/** A user's request to change their password. */
export interface ChangePasswordInput {
  readonly principal: SessionPrincipal
  /** The token of the session that makes the request. */
  readonly sessionToken: string
  /** Absent: the account has no password yet. */
  readonly currentPassword?: string | undefined
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
 * Changes the password, or sets the first one. The session that makes the request stays and gets a new token; all other sessions are
 * revoked (ASVS 6.2.3, 7.4.3). Reset links that were already sent stay valid: otherwise an intruder who knows the password
 * could revoke each link as soon as the owner requests it.
 * @throws Refusal `wrong_password`, `validation_failed`, `too_many_requests`; `reauthentication_required` for a first password;
 *   `unauthenticated` if the session was revoked in the meantime.
 */
export async function changePassword(
  deps: ChangePasswordDeps,
  input: ChangePasswordInput,
  stamp: Stamp<PasswordEvent>,
): Promise<PasswordChanged> {
  const { principal, sessionToken, currentPassword, newPassword, caller } = input
  const { user, session } = principal
  const context = { email: user.email, name: user.name, userId: user.id, pointer: '#/newPassword', stamp }
  const check = (): Promise<unknown> => checkNewPassword(deps, newPassword, context)
  const { oldHash, securityEpoch, place } = await (currentPassword === undefined
    ? allowFirst(deps, principal, check)
    : allowChange(deps, { ...input, currentPassword, check }, stamp))
  await takeChangeBudget(deps.throttle, caller, user.id)
  const accepted = await acceptNewPassword(deps, newPassword, context)
  const newHash = await deps.hasher.hash(accepted.password, place)
  // A password alone makes no session fresh if there is a second factor; an old session stays as old as it was.
  const isProof = (await enrolledSteps(deps.steps, user.id)).length === 0
  const proof = isProof ? {} : { authenticatedAt: session.authenticatedAt }
  const planned = planRotation({ user, session }, sessionToken, deps.clock(), proof)
  const mails = await writePasswordChangedMail(deps, user)
  const { endsGrants } = deps
  const change = { oldHash, newHash, securityEpoch, keep: planned.rotation, endsGrants }
  const changed = await deps.passwords.change(change, () => ({
    events: [...accepted.events, stamp({ type: 'password.changed', userId: user.id, sessionId: session.id })],
    mails,
  }))
  if (!changed) throw new Refusal('unauthenticated', { reason: 'the session or the password changed in the meantime' })
  await forgetOldFailures(deps, user)
  return { issued: planned.issued, securityEpoch: securityEpoch + 1 }
}

/** A change that is allowed. */
interface AllowedChange {
  /** Null: the first password of the account. */
  readonly oldHash: PasswordHash | null
  readonly securityEpoch: number
  readonly place: Place
}

interface ProvenChange extends ChangePasswordInput {
  readonly currentPassword: string
  readonly check: () => Promise<unknown>
}

async function allowChange(
  deps: ChangePasswordDeps,
  { principal: { user, session }, currentPassword, newPassword, caller, check }: ProvenChange,
  stamp: Stamp<PasswordEvent>,
): Promise<AllowedChange> {
  await check()
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
  const { hash: oldHash, securityEpoch } = proof.credential
  return { oldHash, securityEpoch, place: proof.tried.place }
}

/** Throws `validation_failed` if the account has a password, so that the current one is required. */
export function refuseExisting(credential: Pick<PasswordCredential, 'hash'> | null): undefined {
  if (credential !== null && credential.hash !== null)
    throw invalidMember('#/currentPassword', 'Required.', { code: 'required' })
}

/** Allows the first password of an account without one: nothing but a fresh session can prove the user. */
async function allowFirst(
  deps: ChangePasswordDeps,
  { user, session }: SessionPrincipal,
  check: () => Promise<unknown>,
): Promise<AllowedChange> {
  const credential = await deps.passwords.findByUserId(user.id)
  if (credential === null) throw new Refusal('unauthenticated', { reason: 'the user was deleted in the meantime' })
  await checkAll<[undefined, unknown]>(() => refuseExisting(credential), check)
  await requireFreshSession({ ...deps, secondFactors: deps }, session)
  const { securityEpoch } = credential
  return { oldHash: null, securityEpoch, place: provenHashPlace(deps.throttle, user.email) }
}
