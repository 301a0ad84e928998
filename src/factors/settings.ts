import { getPublicSuffix } from 'tldts'
import { z } from 'zod'
import { defineSettings, type Settings } from '../kernel/settings.ts'

/** When a login asks for a second factor. */
export type SecondFactorMode = 'off' | 'optional' | 'required'

/** Policy of second factors. */
export interface SecondFactorSettings {
  /**
   * When a login asks for a second factor: never (`off`), of users who set one up (`optional`), or of everyone (`required`: a user
   * without one sets one up before the login is complete). Default `optional`.
   */
  readonly secondFactor: SecondFactorMode
}

/** The factors that users may set up. */
export interface FactorSettings {
  /** Codes of an authenticator app (RFC 6238). Default true. */
  readonly totp: boolean
  /** Passkeys (WebAuthn), alone or as a second factor. They need the package `@simplewebauthn/server`. Default true. */
  readonly passkeys: boolean
  /** Whether a login without its second factors can remove them after 72 hours. Needs email. Default true. */
  readonly recovery: boolean
}

/** How passkeys know the service. */
export interface PasskeySettings {
  /**
   * The domain that passkeys belong to (RP ID): the host of `baseUrl` or a domain above it. Passkeys of one RP ID do not work with
   * another. Default: the host of `baseUrl`.
   */
  readonly rpId?: string | undefined
}

/** The settings of the policy. */
export const secondFactorSettings: Settings<SecondFactorSettings> = defineSettings<SecondFactorSettings>(null, {
  secondFactor: {
    meaning:
      'when a login asks for a [second factor](second-factor.md): `off`, `optional` (of users who set one up) or `required` (a login asks the others to set one up)',
    default: 'optional',
    schema: z.enum(['off', 'optional', 'required'], 'must be off, optional or required'),
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
  passkeys: {
    meaning: 'whether users may log in with [passkeys](passkeys.md); needs the package `@simplewebauthn/server`',
    default: true,
    schema: z.boolean(),
  },
  recovery: {
    meaning:
      'whether users who lost their second factors can [remove them](second-factor.md#lost-factors) after 72 hours; needs email',
    default: true,
    schema: z.boolean(),
  },
})

/** The settings of passkeys. */
export const passkeySettings: Settings<PasskeySettings> = defineSettings<PasskeySettings>(
  'passkeys',
  {
    rpId: {
      meaning:
        'the domain that [passkeys](passkeys.md) belong to: the host of `baseUrl` or a domain above it, not a public suffix. Changing it makes all passkeys useless',
      default: undefined,
      defaultIs: 'the host of `baseUrl`',
      schema: z.hostname('must be a domain, such as example.com'),
    },
  },
  ({ rpId }, { baseUrl: { hostname } }) => {
    if (rpId === undefined || rpId === hostname) return null
    if (!hostname.endsWith(`.${rpId}`)) return `passkeys.rpId "${rpId}" does not cover the host of baseUrl, ${hostname}`
    if (getPublicSuffix(rpId, { allowPrivateDomains: true }) !== rpId) return null
    return `passkeys.rpId "${rpId}" is a public suffix: browsers refuse it. Use a domain you own, such as ${hostname}`
  },
)
