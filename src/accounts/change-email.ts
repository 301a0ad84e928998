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

/** What changing an address works with. */
export interface ChangeEmailDeps extends OneTimeTokenDeps {
  readonly users: UserStore
  readonly outbox: Outbox
  readonly links: Links
  readonly throttle: Throttle
}

/** Who asks for which address, in which security epoch. */
export interface EmailChangeRequest {
  readonly user: User
  readonly securityEpoch: number
  readonly email: string
}

/**
 * Asks for another address: a link goes to the new one, a notice to the old one (ASVS 6.3.7), with a way back if it was
 * ever proven: who reads a mailbox that was only claimed is not to be given the account. Nothing changes until the new one
 * is proven.
 * @throws validation_failed for what is no address, or is the present one; too_many_requests; unauthenticated when all
 *   sessions ended meanwhile: whoever is shut out leaves no link behind.
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
  if (!issued) throw new Refusal('unauthenticated', { reason: 'all sessions ended meanwhile' })
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
 * To an address that has an account goes a mail that says so, and whoever asked is told nothing of it: the mail counts as
 * theirs, so that their export shows as many as for any other address. To one that was mailed too often lately goes none.
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
 * Gives the account the address that the token was mailed to.
 * @throws token_invalid; email_taken when somebody registered it meanwhile.
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
 * Takes a change of address back, from the old address, whether it was made yet or not. Whoever made it may know the
 * password: so all sessions end, and it has to be reset, for which a mail goes out at once.
 * @throws token_invalid; email_taken when somebody else has the old address by now.
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

/** The address that a token proves, and the account it is for. Throws token_invalid, also where that is gone or disabled. */
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
  if (outcome === 'token_used') throw new Refusal(ONE_TIME_TOKEN_REFUSALS.token_invalid, { reason: 'used meanwhile' })
}
