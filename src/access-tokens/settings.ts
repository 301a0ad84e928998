import { z } from 'zod'
import { DAY_MS } from '../kernel/clock.ts'
import { durationMs, parseList } from '../kernel/setting-schemas.ts'
import { defineSettings, type Settings } from '../kernel/settings.ts'

/** Form, lifetime and number of access tokens. */
export interface AccessTokenSettings {
  /** Start of every token, before `_`. Tokens with another prefix are refused. Default `lkp`. */
  readonly prefix: string
  /** Lifetime of a token that is created without an expiry, in milliseconds. Default 90 days. */
  readonly lifetimeMs: number
  /** Latest `expiresAt` that a token may be created with, in milliseconds from now; null: any. Default null. */
  readonly maxLifetimeMs: number | null
  /** Allows `expiresAt: null`, a token that never expires. Default false. */
  readonly allowNoExpiry: boolean
  /** Tokens that a user may have; one more is refused with `too_many_tokens`. 0: none can be created. Default 50. */
  readonly maxPerUser: number
}

/** Scopes of the service. */
export interface ScopeSettings {
  /** Scopes that access tokens may be given (RFC 6749 section 3.3), such as `['read', 'write']`. Default none. */
  readonly scopes: readonly string[]
}

/** Prefixes of all other tokens. */
const RESERVED_PREFIXES = ['lks', 'lkr', 'lkv', 'lki', 'lka', 'lke', 'lko', 'lkf', 'lkc']

/** The settings of access tokens. */
export const accessTokenSettings: Settings<AccessTokenSettings> = defineSettings<AccessTokenSettings>('accessTokens', {
  prefix: {
    meaning:
      'prefix of [access tokens](tokens.md), such as `acme` for `acme_…`, so that scanners know whose a leaked token is; 2 to 16 of `a-z0-9`. Tokens with another prefix are refused',
    default: 'lkp',
    schema: z
      .string()
      .regex(/^[a-z][a-z0-9]{1,15}$/, 'must be 2 to 16 characters of a-z and 0-9, a letter first')
      .refine((prefix) => !RESERVED_PREFIXES.includes(prefix), 'is the prefix of other tokens'),
  },
  lifetimeMs: {
    meaning: 'milliseconds after which a token expires that was created without an expiry',
    default: 90 * DAY_MS,
    schema: durationMs,
  },
  maxLifetimeMs: {
    meaning: 'latest expiry that a token may be created with, in milliseconds from now, at most 400 days; null: any',
    default: null,
    schema: durationMs.nullable(),
  },
  allowNoExpiry: {
    meaning: 'whether a token may be created that never expires',
    default: false,
    schema: z.boolean(),
  },
  maxPerUser: {
    meaning: 'tokens that a user may have, 0 (none can be created) to 10,000',
    default: 50,
    schema: z.int().min(0).max(10_000),
  },
})

const scopeSchema = z
  .string()
  .regex(
    /^[!#-[\]-~]{1,64}$/,
    'must be a word of 1 to 64 printable ASCII characters, without quote, backslash or space',
  )

/** The scopes of the service. */
export const scopeSettings: Settings<ScopeSettings> = defineSettings<ScopeSettings>(null, {
  scopes: {
    meaning: 'comma-separated scopes that [access tokens](tokens.md) may be given',
    default: [],
    schema: z
      .array(scopeSchema)
      .max(100)
      .refine((scopes) => new Set(scopes).size === scopes.length, 'must not name a scope twice'),
    variable: { name: 'LATCHKEY_SCOPES', parse: parseList },
  },
})
