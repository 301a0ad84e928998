import { z } from 'zod'
import { defineSettings, type Settings } from '../kernel/settings.ts'

/** When a login asks for a second factor. */
export type SecondFactorMode = 'off' | 'optional'

/** Policy of second factors. */
export interface SecondFactorSettings {
  /**
   * When a login asks for a second factor: never (`off`), or of users who set one up (`optional`). Default `optional`.
   */
  readonly secondFactor: SecondFactorMode
}

/** The factors that users may set up. */
export interface FactorSettings {
  /** Codes of an authenticator app (RFC 6238). Default true. */
  readonly totp: boolean
}

/** The settings of the policy. */
export const secondFactorSettings: Settings<SecondFactorSettings> = defineSettings<SecondFactorSettings>(null, {
  secondFactor: {
    meaning: 'when a login asks for a [second factor](second-factor.md): `off` or `optional` (of users who set one up)',
    default: 'optional',
    schema: z.enum(['off', 'optional'], 'must be off or optional; required is not built yet'),
    variable: { name: 'LATCHKEY_SECOND_FACTOR' },
  },
})

/** The settings of the factors. */
export const factorSettings: Settings<FactorSettings> = defineSettings<FactorSettings>('factors', {
  totp: {
    meaning: 'whether users may set up codes of an [authenticator app](second-factor.md) (TOTP)',
    default: true,
    schema: z.boolean(),
  },
})
