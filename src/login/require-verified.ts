import { requestVerification, type VerificationDeps, type VerifyEmailMode } from '../accounts/request-verification.ts'
import type { Stamp } from '../kernel/event.ts'
import type { User } from '../kernel/principal.ts'
import { Refusal } from '../kernel/refusal.ts'

/**
 * Makes the last question of a login whose password was right: where addresses have to be verified, one that is not is
 * refused with email_not_verified, and the link is mailed again.
 */
export function createRequireVerified(
  deps: VerificationDeps,
  mode: VerifyEmailMode,
): (user: User, stamp: Stamp) => Promise<void> {
  return async (user, stamp) => {
    if (mode !== 'required' || user.emailVerified) return
    await requestVerification(deps, user, stamp)
    throw new Refusal('email_not_verified')
  }
}
