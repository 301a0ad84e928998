import { z } from 'zod'
import { defineSettings, type Settings } from '../kernel/settings.ts'

/** Settings of forward-auth. */
export interface ForwardAuthSettings {
  /** Signs identities for the APIs behind proxies: `X-Auth-JWT`, with its keys at `/auth/jwks.json`. Default false. */
  readonly jwt: boolean
}

/** Definitions of the settings of forward-auth. */
export const forwardAuthSettings: Settings<ForwardAuthSettings> = defineSettings<ForwardAuthSettings>('forwardAuth', {
  jwt: {
    meaning:
      'whether [forward-auth](forward-auth.md#signed) signs identities: `X-Auth-JWT`, with its keys at `/auth/jwks.json`',
    default: false,
    schema: z.boolean(),
  },
})
