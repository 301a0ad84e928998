import { DAY_MS, HOUR_MS, SECOND_MS } from '../kernel/clock.ts'
import { type EmailAddress, parseEmailAddress } from '../kernel/email-address.ts'
import type { Stamp } from '../kernel/event.ts'
import type { Links } from '../kernel/links.ts'
import type { Outbox } from '../kernel/outbox.ts'
import type { OutgoingMail } from '../kernel/outgoing-mail.ts'
import type { User } from '../kernel/principal.ts'
import { invalidMember, Refusal } from '../kernel/refusal.ts'
import {
  findOneTimeToken,
  newOneTimeToken,
  ONE_TIME_TOKENS,
  type OneTimeTokenDeps,
} from '../one-time-tokens/one-time-token.ts'
import { ONE_TIME_TOKEN_REFUSALS } from '../one-time-tokens/refusals.ts'
import type { OneTimeToken } from '../one-time-tokens/store.ts'
import type { PasswordEvent } from '../passwords/events.ts'
import { passwordResetContent } from '../passwords/mails/password-reset.ts'
import { takeMailBudget } from '../throttle/other-tries.ts'
import { THROTTLE_REFUSALS } from '../throttle/refusals.ts'
import type { Throttle } from '../throttle/throttle.ts'
import type { AccountEvent } from './events.ts'
import { accountExistsContent } from './mails/account-exists.ts'
import type { EmailChangeMail } from './mails/email-change.ts'
import type { EmailChangeNoticeMail } from './mails/email-change-notice.ts'
import { ACCOUNT_REFUSALS } from './refusals.ts'
import type { EmailChangeOutcome, EmailProof, UserStore } from './store.ts'

/** Dependencies of `requestEmailChange`, `confirmEmailChange` and `undoEmailChange`. */
export interface ChangeEmailDeps extends OneTimeTokenDeps {
  readonly users: UserStore
  readonly outbox: Outbox
  readonly links: Links
  readonly throttle: Throttle
}

/** A user's request to change their email address. */
export interface EmailChangeRequest {
  readonly user: User
  readonly securityEpoch: number
  readonly email: string
}

/**
 * Requests a change of email address. The new address receives a link; the old address receives a notice (ASVS 6.3.7).
 * If the old address was ever verified, the notice contains a link that undoes the change. An address that was only
 * claimed gets no such link, because its reader may not be the owner of the account. Nothing changes until the link in
 * the email to the new address is confirmed.
 * @throws Refusal `validation_failed` if the new address is malformed or is the current one; `too_many_requests`;
 *   `unauthenticated` if all sessions were revoked in the meantime, so that a revoked session leaves no link behind.
 */
export async function requestEmailChange(
  deps: ChangeEmailDeps,
  { user, securityEpoch, email: text }: EmailChangeRequest,
  stamp: Stamp<AccountEvent>,
): Promise<void> {
  const email = parseEmailAddress(text)
  if (email === null) throw invalidMember('#/email', 'Must be an email address, such as ada@example.com.')
  if (email === user.email) throw invalidMember('#/email', 'Is the address of the account already.')
  if (!(await takeMailBudget(deps.throttle, 'email_change', user.email))) {
    throw new Refusal(THROTTLE_REFUSALS.too_many_requests, { retryAfterSeconds: HOUR_MS / SECOND_MS })
  }
  const { token, record } = newOneTimeToken(deps.clock, { purpose: 'email_change', userId: user.id, email })
  const proofMail = await writeProofMail(deps, { user, email, token })
  const { oneTimeTokens, mails } = writeNotice(deps, user)
  const issued = await deps.oneTimeTokens.issueInEpoch(
    { id: user.id, securityEpoch },
    [record, ...oneTimeTokens],
    () => ({
      events: [stamp({ type: 'email.change_requested', userId: user.id })],
      mails: [...proofMail, ...mails],
    }),
  )
  if (!issued) throw new Refusal('unauthenticated', { reason: 'all sessions were revoked in the meantime' })
}

function writeNotice(
  { clock, outbox, links }: ChangeEmailDeps,
  { id: userId, email, emailVerified }: User,
): { readonly oneTimeTokens: readonly OneTimeToken[]; readonly mails: readonly OutgoingMail[] } {
  const write = (undo: EmailChangeNoticeMail['undo']): readonly OutgoingMail[] => {
    const content: EmailChangeNoticeMail = { kind: 'email_change_notice', undo, resetLink: links.forgotPassword }
    return outbox.write({ to: email, userId, content })
  }
  if (!emailVerified) return { oneTimeTokens: [], mails: write(null) }
  const { token, record } = newOneTimeToken(clock, { purpose: 'email_undo', userId, email })
  const undo = { link: links.undoEmailChange(token), days: ONE_TIME_TOKENS.email_undo.lifeMs / DAY_MS }
  return { oneTimeTokens: [record], mails: write(undo) }
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

/**
 * Changes the email address of the account to the address that received the token.
 * @throws Refusal `token_invalid`; `email_taken` if another user registered the address in the meantime.
 */
export async function confirmEmailChange(
  deps: ChangeEmailDeps,
  text: string,
  stamp: Stamp<AccountEvent>,
): Promise<void> {
  const proof = await findProof(deps, 'email_change', text)
  const { userId } = proof
  const outcome = await deps.users.changeEmail(proof, () => ({ events: [stamp({ type: 'email.changed', userId })] }))
  requireChanged(outcome)
}

/**
 * Undoes a change of email address from the old address, whether or not the change was confirmed. The person who made
 * the change may know the password. Therefore all sessions are revoked, the password must be reset, and an email with a
 * reset link is sent at once.
 * @throws Refusal `token_invalid`; `email_taken` if another user has the old address by now.
 */
export async function undoEmailChange(
  deps: ChangeEmailDeps,
  text: string,
  stamp: Stamp<AccountEvent | PasswordEvent>,
): Promise<void> {
  const proof = await findProof(deps, 'email_undo', text)
  const { userId, email } = proof
  const reset = newOneTimeToken(deps.clock, { purpose: 'password_reset', userId, email })
  const content = passwordResetContent(deps.links, reset.token)
  const mails = deps.outbox.write({ to: email, userId, content })
  const outcome = await deps.users.undoEmailChange({ ...proof, resetToken: reset.record }, () => ({
    events: [
      stamp({ type: 'email.change_undone', userId }),
      stamp({ type: 'password.disabled', userId, reason: 'email_change_undone' }),
    ],
    mails,
  }))
  requireChanged(outcome)
}

/**
 * Returns the email address that a token proves, and its account. Throws `token_invalid` if the token is invalid, or if
 * the account is deleted or disabled.
 */
async function findProof(
  deps: ChangeEmailDeps,
  purpose: 'email_change' | 'email_undo',
  text: string,
): Promise<EmailProof> {
  const token = await findOneTimeToken(deps, purpose, text)
  const { userId, email } = token
  const user = userId === null ? null : await deps.users.findById(userId)
  if (user === null || user.disabledAt !== null || email === null)
    throw new Refusal(ONE_TIME_TOKEN_REFUSALS.token_invalid)
  return { token, userId: user.id, email }
}

function requireChanged(outcome: EmailChangeOutcome): void {
  if (outcome === 'taken') throw new Refusal(ACCOUNT_REFUSALS.email_taken)
  if (outcome === 'token_used')
    throw new Refusal(ONE_TIME_TOKEN_REFUSALS.token_invalid, { reason: 'the token was used in the meantime' })
}
