import { z } from 'zod'
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../kernel/clock.ts'
import { durationMs } from '../kernel/setting-schemas.ts'
import { defineSettings, type Settings } from '../kernel/settings.ts'

/** How long sessions live and how often they are written. All durations in milliseconds. */
export interface SessionSettings {
  /**
   * What the cookie holds: the session's token (`opaque`), or an encrypted package with it (`sealed`), which is verified
   * without a read. Default `opaque`. Either is understood whatever this says, so that it can be changed.
   */
  readonly token: 'opaque' | 'sealed'
  /** Ends a session that is not used for so long. Default 24 hours. */
  readonly idleMs: number
  /** Ends a session however busy it is. Default 7 days. */
  readonly absoluteMs: number
  /** Idle limit of a remembered session. Default 14 days. */
  readonly rememberedIdleMs: number
  /** Absolute limit of a remembered session. Default 30 days. */
  readonly rememberedAbsoluteMs: number
  /** Last use is written at most so often. Default 60 seconds. */
  readonly touchWindowMs: number
  /** How long a proof of identity counts as recent. Default 10 minutes. */
  readonly freshMs: number
  /** A remembered cookie is sent again at most so often. Default 1 day. */
  readonly cookieRenewalMs: number
  /** Sessions a user may have; a login beyond it ends the one used longest ago. Default 100. */
  readonly maxPerUser: number
  /** Sessions kept in this process's memory to verify without a query. 0 switches the cache off. Default 100 000. */
  readonly cacheSize: number
}

/** Older packages are not believed, so that changes need not be remembered for much longer. */
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
      meaning: 'sessions that a user may have, 1 to 10,000; one more ends the one that was used longest ago',
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

/** The idle limit of a session, in milliseconds. */
export function idleLimitMs(settings: SessionSettings, remembered: boolean): number {
  return remembered ? settings.rememberedIdleMs : settings.idleMs
}

/** How long a sealed session is believed until it is sealed anew: an hour, or half of a shorter idle limit. */
export function maxSealAgeMs({ idleMs, rememberedIdleMs }: SessionSettings): number {
  return Math.min(MAX_SEAL_AGE_MS, idleMs / 2, rememberedIdleMs / 2)
}

/** The absolute limit of a session, in milliseconds. */
export function absoluteLimitMs(settings: SessionSettings, remembered: boolean): number {
  return remembered ? settings.rememberedAbsoluteMs : settings.absoluteMs
}

function findContradiction(settings: SessionSettings): string | null {
  const { idleMs, absoluteMs, rememberedIdleMs, rememberedAbsoluteMs, touchWindowMs } = settings
  if (idleMs > absoluteMs) return 'session.idleMs is longer than session.absoluteMs: it would never be reached'
  if (rememberedIdleMs > rememberedAbsoluteMs) {
    return 'session.rememberedIdleMs is longer than session.rememberedAbsoluteMs: it would never be reached'
  }
  if (touchWindowMs * 2 > Math.min(idleMs, rememberedIdleMs)) {
    return 'session.touchWindowMs must be at most half of the idle limits, or sessions that are in use would expire'
  }
  return null
}
