import type { Note } from '../kernel/event.ts'
import type { User } from '../kernel/principal.ts'
import { Refusal } from '../kernel/refusal.ts'
import type { VerifyEmailMode } from './register.ts'
import { requestVerification, type VerificationDeps } from './request-verification.ts'

/**
 * Makes the last question of a login whose password was right: where addresses have to be verified, one that is not is
 * refused with email_not_verified, and the link is mailed again.
 */
export function createRequireVerified(
  deps: VerificationDeps,
  mode: VerifyEmailMode,
): (user: User, note: Note) => Promise<void> {
  return async (user, note) => {
    if (mode !== 'required' || user.emailVerified) return
    await requestVerification(deps, user, note)
    throw new Refusal('email_not_verified')
  }
}
