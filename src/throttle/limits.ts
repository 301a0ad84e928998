/*
 * Limits of attempts (ASVS 6.3.1; NIST SP 800-63B-4 section 3.2.2). All limits are data: the number of attempts without a
 * wait, the waits after further attempts, and the time for which attempts are counted.
 */
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../kernel/clock.ts'
import type { ThrottleSettings } from './settings.ts'

/** One limit. */
export interface Limit {
  /** Name in keys and in the headers of responses. */
  readonly name: string
  /** Maximum number of counted attempts. After them, attempts are refused until the counter expires. */
  readonly maxTries: number
  /** Time for which a counter is kept, in milliseconds. */
  readonly keepMs: number
  /** Start of `keepMs`: the first attempt or the last one. */
  readonly keptSince: 'first' | 'last'
  /** Number of the attempt that the first wait follows. */
  readonly freeTries: number
  /** Waits after that attempt and each further one, in milliseconds. The last wait repeats. Empty: no waits. */
  readonly waitsMs: readonly number[]
}

/** A budget of attempts: its limit and the key of its counter. */
export interface Budget {
  readonly limit: Limit
  readonly key: string
}

/** All limits, by their subject. */
export interface Limits {
  /** Password attempts at one account from browsers that never logged in to it. */
  readonly account: Limit
  /** Password attempts at one account from one known browser. Beyond the limit, the browser counts as unknown. */
  readonly device: Limit
  /** Password attempts from one network. */
  readonly login: Limit
  readonly register: Limit
  readonly forgot: Limit
  /** Requests for an email with a code from one network. */
  readonly emailLogin: Limit
  readonly mail: Limit
  /** Challenges for passkeys of people who are not logged in, from one network. */
  readonly challenges: Limit
  /** Rounds with a provider that one network ends. */
  readonly providerRounds: Limit
  /** Password hashes for attempts at one account, right or wrong: known devices and strangers separately. */
  readonly accountHashes: Limit
  /** Password hashes for attempts of strangers from one network, right or wrong. */
  readonly networkHashes: Limit
  /** Changes of one kind by one user that stay in the database: each leaves a row. */
  readonly changes: Limit
  /** Wrong codes of devices that one user types (RFC 8628 section 5.1). */
  readonly userCodes: Limit
  /** Exports of one account. */
  readonly export: Limit
  /** Failures in a row after which a password is disabled. */
  readonly failuresUntilDisabled: number
}

const LOGIN_WINDOW_MS = 15 * MINUTE_MS
const USER_CODES = 20
const HASH_WINDOW_MS = 10 * MINUTE_MS
const KEEP_FAILURES_MS = 30 * DAY_MS
/** 16 right passwords at the same moment cause no wait, however many processes the server has. */
const MAX_FREE_TRIES = 17
/** The highest value of a counter. */
const UNLIMITED = 2 ** 31 - 1

/**
 * Returns the limits for the settings.
 * @param processes processes of this server. Each may check an attempt at the same account, and it counts as failed until it
 *   is checked. So the first wait comes later if there are many, and is as long as without them at that number of failures.
 */
export function createLimits(settings: ThrottleSettings, processes = 1): Limits {
  const waitsMs = doubling(settings.firstWaitMs, settings.maxWaitMs)
  const most = Math.min(MAX_FREE_TRIES, settings.failuresUntilDisabled - 1)
  const freeTries = Math.max(settings.freeFailures, Math.min(processes + 1, most))
  const skipped = Math.min(freeTries - settings.freeFailures, waitsMs.length - 1)
  const failures = {
    keepMs: KEEP_FAILURES_MS,
    keptSince: 'last',
    freeTries,
    waitsMs: waitsMs.slice(skipped),
  } as const
  return {
    account: { ...failures, name: 'account', maxTries: UNLIMITED },
    device: { ...failures, name: 'device', maxTries: settings.failuresUntilDisabled },
    login: windowOf('login', settings.failuresPerNetwork, LOGIN_WINDOW_MS),
    register: windowOf('register', settings.registrationsPerNetwork, HOUR_MS),
    forgot: windowOf('forgot', settings.recoveriesPerNetwork, HOUR_MS),
    emailLogin: windowOf('email-login', settings.emailLoginsPerNetwork, HOUR_MS),
    mail: windowOf('mail', settings.mailsPerAccount, HOUR_MS),
    challenges: windowOf('challenges', settings.challengesPerNetwork, HASH_WINDOW_MS),
    providerRounds: windowOf('provider-rounds', settings.challengesPerNetwork, HASH_WINDOW_MS),
    changes: windowOf('changes', settings.changesPerAccount, HOUR_MS),
    userCodes: windowOf('user-codes', USER_CODES, LOGIN_WINDOW_MS),
    accountHashes: windowOf('account-hashes', settings.hashesPerAccount, HASH_WINDOW_MS),
    networkHashes: windowOf('network-hashes', settings.hashesPerNetwork, HASH_WINDOW_MS),
    export: windowOf('export', settings.exportsPerAccount, HOUR_MS),
    failuresUntilDisabled: settings.failuresUntilDisabled,
  }
}

/** Returns the wait after the attempt with this number, in milliseconds. */
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
