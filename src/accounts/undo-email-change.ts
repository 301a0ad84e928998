import type { Stamp } from '../kernel/event.ts'
import { timeOfId } from '../kernel/ids.ts'
import type { Links } from '../kernel/links.ts'
import type { Outbox } from '../kernel/outbox.ts'
import { newOneTimeToken } from '../one-time-tokens/one-time-token.ts'
import type { PasswordEvent } from '../passwords/events.ts'
import { passwordResetContent } from '../passwords/mails/password-reset.ts'
import { type EmailProofDeps, findEmailProof, requireChanged } from './email-proof.ts'
import type { AccountEvent } from './events.ts'
import type { EmailProof } from './store.ts'

/** Dependencies of `undoEmailChange`. */
export interface UndoEmailChangeDeps extends EmailProofDeps {
  readonly outbox: Outbox
  readonly links: Links
}

/**
 * Undoes a change of email address with the token of the notice to the old address. What the token may do was decided when
 * the change was requested: a verified address takes the account back, an address that was only claimed stops the change.
 * @throws Refusal `token_invalid`; `email_taken` if another user has the old address by now.
 */
export async function undoEmailChange(
  deps: UndoEmailChangeDeps,
  text: string,
  stamp: Stamp<AccountEvent | PasswordEvent>,
): Promise<void> {
  const proof = await findEmailProof(deps, ['email_undo', 'email_stop'], text)
  await (proof.token.purpose === 'email_undo' ? takeBack(deps, proof, stamp) : stop(deps, proof, stamp))
}

/**
 * Restores the old address, whether or not the change was confirmed. The person who made the change may know the password.
 * Therefore all sessions are revoked, the passkeys, authenticator app, codes and identities that were set up since the session of the
 * change began are removed, the password must be reset, and an email with a reset link is sent at once.
 */
async function takeBack(
  deps: UndoEmailChangeDeps,
  proof: EmailProof,
  stamp: Stamp<AccountEvent | PasswordEvent>,
): Promise<void> {
  const { userId, email } = proof
  const reset = newOneTimeToken(deps.clock, { purpose: 'password_reset', userId, email })
  const content = passwordResetContent(deps.links, reset.token)
  const mails = deps.outbox.write({ to: email, userId, content, isUrgent: true })
  const { sessionId, createdAt } = proof.token
  // The session that requested the change may be an intruder's, and so may everything that was set up since it began.
  const since = sessionId === null ? createdAt : timeOfId(sessionId)
  const outcome = await deps.users.undoEmailChange({ ...proof, since, resetToken: reset.record }, () => ({
    events: [
      stamp({ type: 'email.change_undone', userId }),
      stamp({ type: 'password.disabled', userId, reason: 'email_change_undone' }),
    ],
    mails,
  }))
  requireChanged(outcome)
}

/**
 * Stops a change that is not confirmed yet, and revokes all sessions, because one of them requested it. The password stays:
 * if the address was mistyped at registration, its reader must not lock the owner of the account out.
 */
async function stop(deps: UndoEmailChangeDeps, proof: EmailProof, stamp: Stamp<AccountEvent>): Promise<void> {
  const { userId } = proof
  requireChanged(
    await deps.users.stopEmailChange(proof, () => ({ events: [stamp({ type: 'email.change_stopped', userId })] })),
  )
}
