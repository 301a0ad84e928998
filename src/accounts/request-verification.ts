import { HOUR_MS } from '../kernel/clock.ts'
import type { Stamp } from '../kernel/event.ts'
import type { Links } from '../kernel/links.ts'
import type { Outbox } from '../kernel/outbox.ts'
import type { OutgoingMail } from '../kernel/outgoing-mail.ts'
import type { User } from '../kernel/principal.ts'
import { newOneTimeToken, ONE_TIME_TOKENS, type OneTimeTokenDeps } from '../one-time-tokens/one-time-token.ts'
import type { OneTimeToken } from '../one-time-tokens/store.ts'
import { takeMailBudget } from '../throttle/other-tries.ts'
import type { Throttle } from '../throttle/throttle.ts'
import type { AccountEvent } from './events.ts'
import type { VerifyEmailMail } from './mails/verify-email.ts'

/** When an email address must be verified: before the first login, if the user wants to, or never. */
export type VerifyEmailMode = 'required' | 'optional' | 'off'

/** Dependencies of `newVerification` and `requestVerification`. */
export interface VerificationDeps extends OneTimeTokenDeps {
  readonly outbox: Outbox
  readonly links: Links
  readonly throttle: Throttle
}

/** A one-time token that verifies a user's email address, and the email that contains it. Neither is stored yet. */
export interface Verification {
  readonly record: OneTimeToken
  readonly mails: readonly OutgoingMail[]
}

/**
 * Creates the token and the email that verify a user's email address. Returns null if the address received too many
 * emails recently, or if this service sends no email. Throws `unavailable`.
 */
export async function newVerification(
  { clock, outbox, links, throttle }: VerificationDeps,
  { id, email }: User,
): Promise<Verification | null> {
  if (outbox.isOff || !(await takeMailBudget(throttle, 'verify', email))) return null
  const { token, record } = newOneTimeToken(clock, { purpose: 'email_verify', userId: id, email })
  const hours = ONE_TIME_TOKENS.email_verify.lifeMs / HOUR_MS
  const content: VerifyEmailMail = { kind: 'verify_email', link: links.verifyEmail(token), hours }
  return { record, mails: outbox.write({ to: email, userId: id, content }) }
}

/**
 * Sends the user an email with a link that verifies their address. Does nothing if the address is already verified, or
 * received too many emails recently.
 */
export async function requestVerification(
  deps: VerificationDeps,
  user: User,
  stamp: Stamp<AccountEvent>,
): Promise<void> {
  const verification = user.emailVerified ? null : await newVerification(deps, user)
  if (verification === null) return
  const { record, mails } = verification
  await deps.oneTimeTokens.issue([record], () => ({
    events: [stamp({ type: 'email.verification_requested', userId: user.id })],
    mails,
  }))
}
