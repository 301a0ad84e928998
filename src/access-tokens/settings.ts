import { DAY_MS } from '../kernel/clock.ts'

/** What access tokens may be. */
export interface AccessTokenSettings {
  /** What tokens begin with, before `_`. Tokens of another prefix are no good any more. Default `lkp`. */
  readonly prefix: string
  /** How long a token lives whose maker names no expiry, milliseconds. Default 90 days. */
  readonly lifetimeMs: number
  /** The furthest `expiresAt` that may be asked for, from now, milliseconds; null: any. Default null. */
  readonly maxLifetimeMs: number | null
  /** Whether `expiresAt: null`, a token for ever, may be asked for. Default false. */
  readonly allowNoExpiry: boolean
  /** Tokens a user may have; one more is refused with too_many_tokens. 0: no more are made. Default 50. */
  readonly maxPerUser: number
}

/** The settings without any. */
export const DEFAULT_ACCESS_TOKEN_SETTINGS: AccessTokenSettings = {
  prefix: 'lkp',
  lifetimeMs: 90 * DAY_MS,
  maxLifetimeMs: null,
  allowNoExpiry: false,
  maxPerUser: 50,
}
