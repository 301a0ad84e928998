import type { UserId } from '../kernel/ids.ts'
import type { SessionPrincipal } from '../kernel/principal.ts'
import { Refusal } from '../kernel/refusal.ts'
import { type ProvePasswordDeps, provePasswordById } from '../passwords/prove-password.ts'
import { PASSWORD_REFUSALS } from '../passwords/refusals.ts'
import type { Caller } from '../throttle/throttle.ts'
import { ACCOUNT_REFUSALS } from './refusals.ts'

/** The account of a link, and what the person who opened the link proves. */
export interface OwnerClaim {
  readonly userId: UserId
  /** The password of the account. It is checked if it is given. */
  readonly password?: string | undefined
  readonly principal: SessionPrincipal | null
  /** Returns true if the browser proved the user when they registered. Default: it did not. */
  readonly isRegistrant?: (userId: UserId) => boolean
  readonly caller: Caller
}

/**
 * Requires a session, the password, or the browser that registered the account that a link belongs to.
 * @throws Refusal `proof_required` if none of them is given; `wrong_password`, `too_many_requests`, `overloaded`.
 */
export async function requireOwner(
  deps: ProvePasswordDeps,
  { userId, password, principal, isRegistrant, caller }: OwnerClaim,
): Promise<void> {
  if (password === undefined) {
    const isOwner = principal?.user.id === userId || isRegistrant?.(userId) === true
    if (!isOwner) throw new Refusal(ACCOUNT_REFUSALS.proof_required)
    return
  }
  const proof = await provePasswordById(deps, { userId, password }, caller)
  if (!proof.proven)
    throw new Refusal(PASSWORD_REFUSALS.wrong_password, { detail: 'The password is wrong.', reason: proof.reason })
}
