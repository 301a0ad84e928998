import type { LoginCheck } from './check.ts'
import { type LegacyLoginDeps, legacyLogin } from './legacy-login.ts'
import { type RequireVerifiedDeps, requireVerifiedAddress } from './require-verified.ts'

/** Dependencies of the checks. */
export type LoginCheckDeps = LegacyLoginDeps & RequireVerifiedDeps

/** The checks of a login after its first proof, in the order in which they run. */
export function createLoginChecks(deps: LoginCheckDeps): readonly LoginCheck[] {
  return [legacyLogin(deps), requireVerifiedAddress(deps)]
}
