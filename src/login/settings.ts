import { functionSchema } from '../kernel/setting-schemas.ts'
import { defineSettings, type Settings } from '../kernel/settings.ts'
import type { VerifyLegacy } from './legacy-login.ts'

/** Login of users whom only an old system knows. */
export interface LegacyLoginSettings {
  /**
   * Asks an old system at a login whose email has no password here; when it accepts the password, the user is created
   * with it. Default: no system is asked.
   */
  readonly verifyLegacy?: VerifyLegacy | undefined
}

/** The settings of legacy login. */
export const legacyLoginSettings: Settings<LegacyLoginSettings> = defineSettings<LegacyLoginSettings>(null, {
  verifyLegacy: {
    meaning:
      '[asks an old system](importing-users.md#asking-the-old-system) at a login whose email has no password here',
    default: undefined,
    schema: functionSchema<VerifyLegacy>(),
  },
})
