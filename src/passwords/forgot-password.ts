import { parseEmailAddress } from '../kernel/email-address.ts'
import type { Stamp } from '../kernel/event.ts'
import type { Links } from '../kernel/links.ts'
import type { Outbox } from '../kernel/outbox.ts'
import { newOneTimeToken, type OneTimeTokenDeps } from '../one-time-tokens/one-time-token.ts'
import { takeMailBudget } from '../throttle/other-tries.ts'
import type { Throttle } from '../throttle/throttle.ts'
import type { PasswordEvent } from './events.ts'
import { passwordResetContent } from './mails/password-reset.ts'
import type { PasswordStore } from './store.ts'

/** Dependencies of `forgotPassword`. */
export interface ForgotPasswordDeps extends OneTimeTokenDeps {
  readonly passwords: PasswordStore
  readonly outbox: Outbox
  readonly links: Links
  readonly throttle: Throttle
}

/**
 * Requests a password reset: sends an email with a link that sets a new password. If the address has no account, its
 * account is disabled, or it received too many emails recently, a token that is never sent and a decoy email are
 * stored. The work and the answer are the same in every case (ASVS 6.3.8).
 */
export async function forgotPassword(
  deps: ForgotPasswordDeps,
  email: string,
  stamp: Stamp<PasswordEvent>,
): Promise<void> {
  const address = parseEmailAddress(email)
  const credential = address === null ? null : await deps.passwords.findByEmail(address)
  const mayMail = await takeMailBudget(deps.throttle, 'reset', address ?? email)
  const user = credential === null || credential.disabled || !mayMail ? null : credential.user
  const { token, record } = newOneTimeToken(deps.clock, {
    purpose: 'password_reset',
    userId: user?.id ?? null,
    email: user?.email ?? null,
  })
  const content = passwordResetContent(deps.links, token)
  const mails =
    user === null
      ? deps.outbox.writeDecoy(content, { isUrgent: true })
      : deps.outbox.write({ to: user.email, userId: user.id, content, isUrgent: true })
  await deps.oneTimeTokens.issue([record], () => ({
    events: [stamp({ type: 'password.reset_requested', userId: user?.id ?? null })],
    mails,
  }))
}
