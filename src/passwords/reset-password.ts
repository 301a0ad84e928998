import type { PasswordHasher } from '../crypto/password-hasher.ts'
import type { Stamp } from '../kernel/event.ts'
import type { Links } from '../kernel/links.ts'
import type { Outbox } from '../kernel/outbox.ts'
import { Refusal } from '../kernel/refusal.ts'
import { findOneTimeToken, type OneTimeTokenDeps, withClaimedToken } from '../one-time-tokens/one-time-token.ts'
import { ONE_TIME_TOKEN_REFUSALS } from '../one-time-tokens/refusals.ts'
import { provenHashPlace } from '../throttle/hash-places.ts'
import { takeChangeBudget } from '../throttle/other-tries.ts'
import type { Caller } from '../throttle/throttle.ts'
import type { PasswordEvent } from './events.ts'
import { type ForgetOldFailuresDeps, forgetOldFailures } from './forget-old-failures.ts'
import { writePasswordChangedMail } from './mails/password-changed.ts'
import { acceptNewPassword, checkNewPassword, type PasswordPolicyDeps } from './password.ts'
import type { PasswordStore } from './store.ts'

/** Dependencies of `resetPassword`. */
export interface ResetPasswordDeps extends OneTimeTokenDeps, PasswordPolicyDeps, ForgetOldFailuresDeps {
  readonly passwords: PasswordStore
  readonly hasher: PasswordHasher
  readonly outbox: Outbox
  readonly links: Links
}

/** The token from the email, and the new password. */
export interface ResetPasswordInput {
  readonly token: string
  readonly password: string
  readonly caller: Caller
}

/**
 * Sets a new password with the token from an email. All sessions are revoked, and so are all other tokens, except those
 * that undo a change of email address. Other credentials, such as passkeys, stay (ASVS 6.4.3).
 * @throws Refusal `token_invalid`; `validation_failed`, after which the token can still be used.
 */
export async function resetPassword(
  deps: ResetPasswordDeps,
  { token: text, password, caller }: ResetPasswordInput,
  stamp: Stamp<PasswordEvent>,
): Promise<void> {
  const token = await findOneTimeToken(deps, ['password_reset'], text)
  const credential = token.userId === null ? null : await deps.passwords.findByUserId(token.userId)
  if (credential === null || credential.disabled) throw new Refusal(ONE_TIME_TOKEN_REFUSALS.token_invalid)
  const { user } = credential
  const context = { email: user.email, name: user.name, userId: user.id, pointer: '#/password', stamp }
  await checkNewPassword(deps, password, context)
  await takeChangeBudget(deps.throttle, caller, user.id)
  const accepted = await acceptNewPassword(deps, password, context)
  await withClaimedToken(deps, token, async () => {
    const newHash = await deps.hasher.hash(accepted.password, provenHashPlace(deps.throttle, user.email))
    const changedAt = deps.clock()
    const mails = await writePasswordChangedMail(deps, user)
    const done = await deps.passwords.reset({ token, userId: user.id, newHash, changedAt }, () => ({
      events: [...accepted.events, stamp({ type: 'password.reset', userId: user.id })],
      mails,
    }))
    await forgetOldFailures(deps, user)
    if (!done)
      throw new Refusal(ONE_TIME_TOKEN_REFUSALS.token_invalid, {
        reason: 'the token was used or its user was deleted or disabled in the meantime',
      })
  })
}
