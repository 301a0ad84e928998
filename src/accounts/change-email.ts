import { DAY_MS, HOUR_MS, SECOND_MS } from '../kernel/clock.ts'
import type { EmailAddress } from '../kernel/email-address.ts'
import type { Stamp } from '../kernel/event.ts'
import type { SessionId } from '../kernel/ids.ts'
import type { Links } from '../kernel/links.ts'
import type { Outbox } from '../kernel/outbox.ts'
import type { OutgoingMail } from '../kernel/outgoing-mail.ts'
import type { User } from '../kernel/principal.ts'
import { invalidMember, Refusal } from '../kernel/refusal.ts'
import { newOneTimeToken, ONE_TIME_TOKENS, type OneTimeTokenDeps } from '../one-time-tokens/one-time-token.ts'
import type { OneTimeToken } from '../one-time-tokens/store.ts'
import { takeMailBudget } from '../throttle/other-tries.ts'
import { THROTTLE_REFUSALS } from '../throttle/refusals.ts'
import type { Throttle } from '../throttle/throttle.ts'
import { requireEmailAddress } from './create-user.ts'
import type { AccountEvent } from './events.ts'
import { accountExistsContent } from './mails/account-exists.ts'
import type { EmailChangeMail } from './mails/email-change.ts'
import type { EmailChangeNoticeMail } from './mails/email-change-notice.ts'
import type { UserStore } from './store.ts'

/** Dependencies of `requestEmailChange`. */
export interface ChangeEmailDeps extends OneTimeTokenDeps {
  readonly users: UserStore
  readonly outbox: Outbox
  readonly links: Links
  readonly throttle: Throttle
}

/** A user's request to change their email address. */
export interface EmailChangeRequest {
  readonly user: User
  /** The session that requests the change. When it ends, its links stop working. */
  readonly sessionId: SessionId
  readonly securityEpoch: number
  readonly email: string
}

/**
 * Requests a change of email address. The new address receives a link; the old address receives a notice (ASVS 6.3.7)
 * with a link. If the old address was ever verified, that link undoes the change, also a confirmed one. Otherwise it only
 * stops a change that is not confirmed yet, because the reader of that address may not be the owner of the account.
 * Nothing changes until the link in the email to the new address is confirmed.
 * @throws Refusal `validation_failed` if the new address is malformed or is the current one; `too_many_requests`;
 *   `unauthenticated` if all sessions were revoked in the meantime, so that a revoked session leaves no link behind.
 */
export async function requestEmailChange(
  deps: ChangeEmailDeps,
  { user, sessionId, securityEpoch, email: text }: EmailChangeRequest,
  stamp: Stamp<AccountEvent>,
): Promise<void> {
  const email = requireOtherAddress(text, user.email)
  if (!(await takeMailBudget(deps.throttle, 'email_change_notice', user.email))) {
    throw new Refusal(THROTTLE_REFUSALS.too_many_requests, { retryAfterSeconds: HOUR_MS / SECOND_MS })
  }
  const { token, record } = newOneTimeToken(deps.clock, { purpose: 'email_change', userId: user.id, email, sessionId })
  const proofMail = await writeProofMail(deps, { user, email, token })
  const notice = writeNotice(deps, user, sessionId)
  const issued = await deps.oneTimeTokens.issueInEpoch(
    { id: user.id, securityEpoch },
    [record, notice.oneTimeToken],
    () => ({
      events: [stamp({ type: 'email.change_requested', userId: user.id })],
      mails: [...proofMail, ...notice.mails],
    }),
  )
  if (!issued) throw new Refusal('unauthenticated', { reason: 'all sessions were revoked in the meantime' })
}

/**
 * Parses the new address.
 * @throws Refusal `validation_failed` if it is malformed or is the current one.
 */
export function requireOtherAddress(text: string, current: EmailAddress | undefined): EmailAddress {
  const email = requireEmailAddress(text)
  if (email === current)
    throw invalidMember('#/email', 'Is the address of the account already.', { code: 'same_email' })
  return email
}

function writeNotice(
  { clock, outbox, links }: ChangeEmailDeps,
  { id: userId, email, emailVerified }: User,
  sessionId: SessionId,
): { readonly oneTimeToken: OneTimeToken; readonly mails: readonly OutgoingMail[] } {
  const purpose = emailVerified ? 'email_undo' : 'email_stop'
  const { token, record } = newOneTimeToken(clock, { purpose, userId, email, sessionId })
  const way = { link: links.undoEmailChange(token), days: ONE_TIME_TOKENS[purpose].lifeMs / DAY_MS }
  const ways = emailVerified ? { undo: way } : { undo: null, stop: way }
  const content: EmailChangeNoticeMail = { kind: 'email_change_notice', ...ways, resetLink: links.forgotPassword }
  return { oneTimeToken: record, mails: outbox.write({ to: email, userId, content }) }
}

/**
 * Writes the email to the new address. If that address already has an account, the email says so and the caller learns
 * nothing: the outbox attributes the email to the caller, so that their export counts the same number of emails for
 * every address. If the address received too many emails recently, a decoy is written, which is never sent.
 */
async function writeProofMail(
  { users, outbox, links, throttle }: ChangeEmailDeps,
  { user, email, token }: { readonly user: User; readonly email: EmailAddress; readonly token: string },
): Promise<readonly OutgoingMail[]> {
  const hours = ONE_TIME_TOKENS.email_change.lifeMs / HOUR_MS
  const proof: EmailChangeMail = { kind: 'email_change', link: links.confirmEmailChange(token), hours }
  if (!(await takeMailBudget(throttle, 'email_change', email))) return outbox.writeDecoy(proof)
  const content = (await users.findByEmail(email)) === null ? proof : accountExistsContent(links)
  return outbox.write({ to: email, userId: user.id, content })
}
