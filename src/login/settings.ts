import { functionSchema } from '../kernel/setting-schemas.ts'
import { defineSettings, type Settings } from '../kernel/settings.ts'
import type { VerifyLegacy } from './legacy-login.ts'

/** Login of users who exist only in an old system. */
export interface LegacyLoginSettings {
  /**
   * Asks an old system at a login if the email address has no password here. If the old system accepts the password,
   * the user is created with it. Default: no old system.
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
