import type { LoginCheck } from './check.ts'
import { type LegacyLoginDeps, legacyLogin } from './legacy-login.ts'
import { type RequireVerifiedDeps, requireVerifiedAddress } from './require-verified.ts'

/** Dependencies of `createLoginChecks`. */
export type LoginCheckDeps = LegacyLoginDeps & RequireVerifiedDeps

/** Returns the checks that run after the first proof of a login, in the order in which they run. */
export function createLoginChecks(deps: LoginCheckDeps): readonly LoginCheck[] {
  return [legacyLogin(deps), requireVerifiedAddress(deps)]
}
