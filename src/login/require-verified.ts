import { requestVerification, type VerificationDeps, type VerifyEmailMode } from '../accounts/request-verification.ts'
import type { User } from '../kernel/principal.ts'
import { Refusal } from '../kernel/refusal.ts'
import type { Caller } from '../throttle/throttle.ts'
import type { LoginCheck } from './check.ts'
import { LOGIN_REFUSALS } from './refusals.ts'

/** Dependencies of `requireVerifiedAddress`. */
export interface RequireVerifiedDeps extends VerificationDeps {
  readonly verifyEmailMode: VerifyEmailMode
}

/** Sends the verification link again. Returns the refusal of a user whose address is not verified. */
export async function refuseUnverified(
  deps: RequireVerifiedDeps,
  user: User,
  { stamp }: Pick<Caller, 'stamp'>,
): Promise<Refusal> {
  await requestVerification(deps, user, stamp)
  return new Refusal(LOGIN_REFUSALS.email_not_verified)
}

/**
 * Returns the check that requires a verified email address, if the settings ask for it. A login with an unverified
 * address is refused with `email_not_verified`, and the verification link is sent again.
 */
export function requireVerifiedAddress(deps: RequireVerifiedDeps): LoginCheck {
  return async (proof, _typed, caller) => {
    if (!proof.proven || deps.verifyEmailMode !== 'required' || proof.credential.user.emailVerified) return proof
    throw await refuseUnverified(deps, proof.credential.user, caller)
  }
}
