/*
 * Who may try how often (ASVS 6.3.1; NIST SP 800-63B-4 section 3.2.2). All limits are data: a number of tries that cost
 * nothing, the waits after the further ones, and how long they are remembered.
 */
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../kernel/clock.ts'
import type { ThrottleSettings } from './settings.ts'

/** One limit. */
export interface Limit {
  /** In keys and in the headers of answers. */
  readonly name: string
  /** Tries that are counted at most: when there were so many, the next is refused until the counter expires. */
  readonly maxTries: number
  /** How long a counter is kept, in milliseconds. */
  readonly keepMs: number
  /** Since when: since the last try, or since the first. */
  readonly keptSince: 'first' | 'last'
  /** The number of the try after which one waits for the first time. */
  readonly freeTries: number
  /** Waits after that try and each further one, in milliseconds; the last goes on for ever. Empty: none. */
  readonly waitsMs: readonly number[]
}

/** All limits, by what they are about. */
export interface Limits {
  /** Passwords tried at one account by browsers that never logged in there. */
  readonly account: Limit
  /** Passwords tried at one account by one browser that has. Beyond it, that browser is a stranger. */
  readonly device: Limit
  /** Passwords tried from one network. */
  readonly login: Limit
  readonly register: Limit
  readonly forgot: Limit
  readonly mail: Limit
  /** Failures in a row after which a password is disabled. */
  readonly failuresUntilDisabled: number
}

const LOGIN_WINDOW_MS = 15 * MINUTE_MS
const KEEP_FAILURES_MS = 30 * DAY_MS
/** As many as a counter counts. */
const UNLIMITED = 2 ** 31 - 1

/** The limits that follow from settings. */
export function createLimits(settings: ThrottleSettings): Limits {
  const failures = {
    keepMs: KEEP_FAILURES_MS,
    keptSince: 'last',
    freeTries: settings.freeFailures,
    waitsMs: doubling(settings.firstWaitMs, settings.maxWaitMs),
  } as const
  return {
    account: { ...failures, name: 'account', maxTries: UNLIMITED },
    device: { ...failures, name: 'device', maxTries: settings.failuresUntilDisabled },
    login: windowOf('login', settings.failuresPerNetwork, LOGIN_WINDOW_MS),
    register: windowOf('register', settings.registrationsPerNetwork, HOUR_MS),
    forgot: windowOf('forgot', settings.recoveriesPerNetwork, HOUR_MS),
    mail: windowOf('mail', settings.mailsPerAccount, HOUR_MS),
    failuresUntilDisabled: settings.failuresUntilDisabled,
  }
}

/** How long one waits after the try of this number, in milliseconds. */
export function waitAfterMs({ freeTries, waitsMs }: Limit, tryNumber: number): number {
  if (tryNumber < freeTries) return 0
  return waitsMs[Math.min(tryNumber - freeTries, waitsMs.length - 1)] ?? 0
}

function windowOf(name: string, tries: number, keepMs: number): Limit {
  return { name, maxTries: tries, keepMs, keptSince: 'first', freeTries: tries, waitsMs: [] }
}

function doubling(first: number, most: number): number[] {
  const waits = [first]
  for (let wait = first * 2; wait < most; wait *= 2) waits.push(wait)
  return first < most ? [...waits, most] : waits
}
