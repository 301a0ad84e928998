import type { PasswordHasher } from '../crypto/password-hasher.ts'
import type { EmailAddress } from '../kernel/email-address.ts'
import type { Stamp } from '../kernel/event.ts'
import type { UserId } from '../kernel/ids.ts'
import type { Links } from '../kernel/links.ts'
import type { Outbox } from '../kernel/outbox.ts'
import type { SessionPrincipal } from '../kernel/principal.ts'
import { Refusal } from '../kernel/refusal.ts'
import { findOneTimeToken, type OneTimeTokenDeps, withClaimedToken } from '../one-time-tokens/one-time-token.ts'
import { ONE_TIME_TOKEN_REFUSALS } from '../one-time-tokens/refusals.ts'
import type { OneTimeToken } from '../one-time-tokens/store.ts'
import type { PasswordEvent } from '../passwords/events.ts'
import { type ForgetOldFailuresDeps, forgetOldFailures } from '../passwords/forget-old-failures.ts'
import { writePasswordChangedMail } from '../passwords/mails/password-changed.ts'
import {
  type AcceptedPassword,
  acceptNewPassword,
  checkNewPassword,
  type PasswordPolicyDeps,
} from '../passwords/password.ts'
import type { ProvePasswordDeps } from '../passwords/prove-password.ts'
import { provenHashPlace } from '../throttle/hash-places.ts'
import { takeChangeBudget } from '../throttle/other-tries.ts'
import type { Caller } from '../throttle/throttle.ts'
import type { AccountEvent } from './events.ts'
import { requireOwner } from './require-owner.ts'
import type { EmailVerification, UserRecord, UserStore } from './store.ts'

/** Dependencies of `verifyEmail`. */
export interface VerifyEmailDeps
  extends OneTimeTokenDeps,
    PasswordPolicyDeps,
    ProvePasswordDeps,
    ForgetOldFailuresDeps {
  readonly users: UserStore
  readonly hasher: PasswordHasher
  readonly outbox: Outbox
  readonly links: Links
}

/** The token from the email, and the password or new password that proves that the account belongs to the caller. */
export interface VerifyEmailInput {
  readonly token: string
  readonly password?: string | undefined
  readonly newPassword?: string | undefined
  readonly principal: SessionPrincipal | null
  /** Returns true if the browser proved the user when they registered. */
  readonly isRegistrant: (userId: UserId) => boolean
  readonly caller: Caller
}

/**
 * Verifies the email address of an account. The token proves that the caller reads the email, but not that the caller
 * created the account. Therefore the call also needs a session of the account, its password, the browser that registered it, or
 * a new password that locks out the person who created it (account pre-hijacking, Sudhodanan and Paverd 2022).
 * @returns the address.
 * @throws Refusal `token_invalid`, `proof_required`, `wrong_password`, `validation_failed`, `too_many_requests`.
 */
export async function verifyEmail(
  deps: VerifyEmailDeps,
  input: VerifyEmailInput,
  stamp: Stamp<AccountEvent | PasswordEvent>,
): Promise<EmailAddress> {
  const token = await findOneTimeToken(deps, ['email_verify'], input.token)
  const user = token.userId === null ? null : await deps.users.findById(token.userId)
  if (user === null || user.disabledAt !== null || user.email !== token.email)
    throw new Refusal(ONE_TIME_TOKEN_REFUSALS.token_invalid)
  const { password, newPassword, principal, isRegistrant, caller } = input
  if (newPassword === undefined) {
    await requireOwner(deps, { userId: user.id, password, principal, isRegistrant, caller })
    await store(deps, { token, user, newPassword: null }, stamp)
  } else await verifyWithNewPassword(deps, { token, user }, { newPassword, caller }, stamp)
  return user.email
}

/** A valid token and the account whose address received it. */
interface Claim {
  readonly token: OneTimeToken
  readonly user: UserRecord
}

async function verifyWithNewPassword(
  deps: VerifyEmailDeps,
  claim: Claim,
  { newPassword, caller }: { readonly newPassword: string; readonly caller: Caller },
  stamp: Stamp<AccountEvent | PasswordEvent>,
): Promise<void> {
  const { id: userId, email, name } = claim.user
  const context = { email, name, userId, pointer: '#/newPassword', stamp }
  await checkNewPassword(deps, newPassword, context)
  await takeChangeBudget(deps.throttle, caller, userId)
  const accepted = await acceptNewPassword(deps, newPassword, context)
  await withClaimedToken(deps, claim.token, async () => {
    const hash = await deps.hasher.hash(accepted.password, provenHashPlace(deps.throttle, email))
    await store(deps, { ...claim, newPassword: { hash, changedAt: deps.clock() }, ...accepted }, stamp)
  })
}

async function store(
  deps: VerifyEmailDeps,
  {
    token,
    user,
    newPassword,
    events = [],
  }: Claim & Pick<EmailVerification, 'newPassword'> & Partial<Pick<AcceptedPassword, 'events'>>,
  stamp: Stamp<AccountEvent | PasswordEvent>,
): Promise<void> {
  const verification = { token, userId: user.id, email: user.email, newPassword }
  const verified = stamp({ type: 'email.verified', userId: user.id })
  const changed = stamp({ type: 'password.changed', userId: user.id, sessionId: null })
  const mails = newPassword === null ? [] : await writePasswordChangedMail(deps, user)
  const done = await deps.users.verifyEmail(verification, () =>
    newPassword === null ? { events: [verified] } : { events: [...events, verified, changed], mails },
  )
  if (newPassword !== null) await forgetOldFailures(deps, user)
  if (!done)
    throw new Refusal(ONE_TIME_TOKEN_REFUSALS.token_invalid, {
      reason: 'the token was used or the address changed in the meantime',
    })
}
