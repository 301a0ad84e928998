import { z } from 'zod'
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../kernel/clock.ts'
import { durationMs } from '../kernel/setting-schemas.ts'
import { defineSettings, type Settings } from '../kernel/settings.ts'

/** Limits of sessions and of their cache. All durations are in milliseconds. */
export interface SessionSettings {
  /**
   * Content of the cookie: the session token (`opaque`), or an encrypted package with the token (`sealed`), which is verified
   * without a read. Both are accepted with either value, so that you can change the setting. Default `opaque`.
   */
  readonly token: 'opaque' | 'sealed'
  /** Idle limit: a session expires after this time without use. Default 24 hours. */
  readonly idleMs: number
  /** Absolute limit: a session expires this long after login, also while it is in use. Default 7 days. */
  readonly absoluteMs: number
  /** Idle limit of a remembered session. Default 14 days. */
  readonly rememberedIdleMs: number
  /** Absolute limit of a remembered session. Default 30 days. */
  readonly rememberedAbsoluteMs: number
  /** Minimum time between two writes of the last use. Default 60 seconds. */
  readonly touchWindowMs: number
  /** Time for which a proof of identity is recent. Default 10 minutes. */
  readonly freshMs: number
  /** Minimum time between two renewals of a remembered cookie. Default 1 day. */
  readonly cookieRenewalMs: number
  /** Sessions that a user may have. One more login revokes the session that was used longest ago. Default 100. */
  readonly maxPerUser: number
  /** Sessions that this process keeps in memory to verify without a query; 0 switches the cache off. Default 100,000. */
  readonly cacheSize: number
}

/** Sealed sessions older than this are not trusted, so that recent changes can be forgotten soon after it. */
export const MAX_SEAL_AGE_MS: number = HOUR_MS

/** The settings of sessions; docs/sessions.md compares the limits with NIST SP 800-63B-4. */
export const sessionSettings: Settings<SessionSettings> = defineSettings<SessionSettings>(
  'session',
  {
    token: {
      meaning:
        'content of the cookie: `opaque`, a random token, or [`sealed`](tokens.md#sealed-sessions), an encrypted package that is verified without a read',
      default: 'opaque',
      schema: z.enum(['opaque', 'sealed'], 'must be opaque or sealed'),
      variable: { name: 'LATCHKEY_SESSION_TOKEN' },
    },
    idleMs: {
      meaning: 'milliseconds without use after which a session expires',
      default: 24 * HOUR_MS,
      schema: durationMs,
    },
    absoluteMs: {
      meaning: 'milliseconds after login at which a session expires, also while it is in use',
      default: 7 * DAY_MS,
      schema: durationMs,
    },
    rememberedIdleMs: {
      meaning: '`session.idleMs` of a remembered session',
      default: 14 * DAY_MS,
      schema: durationMs,
    },
    rememberedAbsoluteMs: {
      meaning: '`session.absoluteMs` of a remembered session',
      default: 30 * DAY_MS,
      schema: durationMs,
    },
    touchWindowMs: {
      meaning: 'milliseconds between two writes of the last use',
      default: 60 * SECOND_MS,
      schema: durationMs,
    },
    freshMs: {
      meaning: 'milliseconds for which a proof of identity is recent',
      default: 10 * MINUTE_MS,
      schema: durationMs,
    },
    cookieRenewalMs: {
      meaning: 'milliseconds between two renewals of a remembered cookie',
      default: DAY_MS,
      schema: durationMs,
    },
    maxPerUser: {
      meaning:
        'sessions that a user may have, 1 to 10,000; one more login revokes the session that was used longest ago',
      default: 100,
      schema: z.int().min(1).max(10_000),
    },
    cacheSize: {
      meaning: 'sessions kept in memory; 0 switches the cache off',
      default: 100_000,
      schema: z.int().min(0).max(100_000_000),
    },
  },
  findContradiction,
)

/** Returns the idle limit of a session in milliseconds. */
export function idleLimitMs(settings: SessionSettings, remembered: boolean): number {
  return remembered ? settings.rememberedIdleMs : settings.idleMs
}

/** Returns how long a sealed session is trusted, in milliseconds: an hour, or half of the idle limit if that is shorter. */
export function maxSealAgeMs({ idleMs, rememberedIdleMs }: SessionSettings): number {
  return Math.min(MAX_SEAL_AGE_MS, idleMs / 2, rememberedIdleMs / 2)
}

/** Returns the absolute limit of a session in milliseconds. */
export function absoluteLimitMs(settings: SessionSettings, remembered: boolean): number {
  return remembered ? settings.rememberedAbsoluteMs : settings.absoluteMs
}

function findContradiction(settings: SessionSettings): string | null {
  const { idleMs, absoluteMs, rememberedIdleMs, rememberedAbsoluteMs, touchWindowMs } = settings
  if (idleMs > absoluteMs) return 'session.idleMs is longer than session.absoluteMs, so it has no effect: shorten it'
  if (rememberedIdleMs > rememberedAbsoluteMs) {
    return 'session.rememberedIdleMs is longer than session.rememberedAbsoluteMs, so it has no effect: shorten it'
  }
  if (touchWindowMs * 2 > Math.min(idleMs, rememberedIdleMs)) {
    return 'session.touchWindowMs must be at most half of the idle limits; otherwise sessions in use would expire'
  }
  return null
}
