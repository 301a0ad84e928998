import { requestVerification, type VerificationDeps, type VerifyEmailMode } from '../accounts/request-verification.ts'
import { Refusal } from '../kernel/refusal.ts'
import type { LoginCheck } from './check.ts'
import { LOGIN_REFUSALS } from './refusals.ts'

/** Dependencies of `requireVerifiedAddress`. */
export interface RequireVerifiedDeps extends VerificationDeps {
  readonly verifyEmailMode: VerifyEmailMode
}

/**
 * Returns the check that requires a verified email address, if the settings ask for it. A login with an unverified
 * address is refused with `email_not_verified`, and the verification link is sent again.
 */
export function requireVerifiedAddress(deps: RequireVerifiedDeps): LoginCheck {
  return async (proof, _typed, { stamp }) => {
    if (!proof.proven || deps.verifyEmailMode !== 'required' || proof.credential.user.emailVerified) return proof
    await requestVerification(deps, proof.credential.user, stamp)
    throw new Refusal(LOGIN_REFUSALS.email_not_verified)
  }
}
