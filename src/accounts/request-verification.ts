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

/** Whether an address is verified: before the first login, when its owner likes, or never. */
export type VerifyEmailMode = 'required' | 'optional' | 'off'

/** What asking for a proof of an address works with. */
export interface VerificationDeps extends OneTimeTokenDeps {
  readonly outbox: Outbox
  readonly links: Links
  readonly throttle: Throttle
}

/** A token that verifies the address of a user, and the mail that carries it. Neither is stored yet. */
export interface Verification {
  readonly record: OneTimeToken
  readonly mails: readonly OutgoingMail[]
}

/** Makes both. Null when the address was mailed too often lately, or no mail is sent at all. Throws unavailable. */
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

/** Mails the user a link that verifies their address. Does nothing when it is verified, or was mailed too often lately. */
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
