import type { Stamp } from '../kernel/event.ts'
import type { SessionPrincipal } from '../kernel/principal.ts'
import { Refusal } from '../kernel/refusal.ts'
import { ONE_TIME_TOKEN_REFUSALS } from '../one-time-tokens/refusals.ts'
import type { ProvePasswordDeps } from '../passwords/prove-password.ts'
import type { SessionStore } from '../sessions/store.ts'
import type { Caller } from '../throttle/throttle.ts'
import { type EmailProofDeps, findEmailProof, requireChanged } from './email-proof.ts'
import type { AccountEvent } from './events.ts'
import { requireOwner } from './require-owner.ts'
import type { EmailProof } from './store.ts'

/** Dependencies of `confirmEmailChange`. */
export interface ConfirmEmailChangeDeps extends EmailProofDeps, ProvePasswordDeps {
  readonly sessions: SessionStore
}

/** The token from the email, and what proves that the account belongs to the caller. */
export interface ConfirmEmailChangeInput {
  readonly token: string
  readonly password?: string | undefined
  readonly principal: SessionPrincipal | null
  readonly caller: Caller
}

/**
 * Changes the email address of the account to the address that received the token. The token proves that the caller reads
 * that email, but not that the account is theirs: an attacker can request a change of their own account to the address of
 * another person. Therefore the call also needs a session of the account, or its password. The session that requested the
 * change must still be alive, so that revoking the sessions of an intruder also ends their requests (CWE-613).
 * @throws Refusal `token_invalid`, `proof_required`, `wrong_password`, `too_many_requests`; `email_taken` if another user
 *   registered the address in the meantime.
 */
export async function confirmEmailChange(
  deps: ConfirmEmailChangeDeps,
  { token, ...claim }: ConfirmEmailChangeInput,
  stamp: Stamp<AccountEvent>,
): Promise<void> {
  const proof = await findEmailProof(deps, ['email_change'], token)
  const { userId } = proof
  await requireLiveRequester(deps, proof)
  await requireOwner(deps, { userId, ...claim })
  await requireLiveRequester(deps, proof) // the check of a password takes time
  const outcome = await deps.users.changeEmail(proof, () => ({ events: [stamp({ type: 'email.changed', userId })] }))
  requireChanged(outcome)
}

async function requireLiveRequester(
  { sessions, clock }: ConfirmEmailChangeDeps,
  { userId, token: { sessionId } }: EmailProof,
): Promise<void> {
  if (sessionId !== null && (await sessions.isLive({ id: sessionId, userId }, clock()))) return
  throw new Refusal(ONE_TIME_TOKEN_REFUSALS.token_invalid, {
    reason: 'the session that requested the change has ended',
  })
}
