import { enrolledSteps, type LoginStep } from '../kernel/login-step.ts'
import type { User } from '../kernel/principal.ts'
import { forgetFailures } from '../throttle/password-tries.ts'
import type { Throttle } from '../throttle/throttle.ts'

/** Dependencies of `forgetOldFailures`. */
export interface ForgetOldFailuresDeps {
  readonly throttle: Throttle
  /** The login steps of all features. */
  readonly steps: readonly LoginStep[]
}

/**
 * Resets the failures at an account after its password was replaced, because they were guesses at the old one. They stay if
 * the user set up a login step: they may be guesses at a code, which is still the same. A complete login resets them then.
 */
export async function forgetOldFailures(
  { throttle, steps }: ForgetOldFailuresDeps,
  { id, email }: User,
): Promise<void> {
  if ((await enrolledSteps(steps, id)).length === 0) await forgetFailures(throttle, email)
}
