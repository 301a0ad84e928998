import { MINUTE_MS, SECOND_MS } from '../kernel/clock.ts'

/** What an operator may set. Tries, and durations in milliseconds. */
export interface ThrottleSettings {
  /** Failures in a row, at one account, after the last of which one waits for the first time. Default 5. */
  readonly freeFailures: number
  /** The first wait; each further failure doubles it. Default 1 second. */
  readonly firstWaitMs: number
  /** The longest wait. Default 15 minutes. */
  readonly maxWaitMs: number
  /** Failures in a row after which the password must be reset. Default 100, which NIST SP 800-63B-4 section 3.2.2 has as most. */
  readonly failuresUntilDisabled: number
  /** Failed proofs of a password from one network in 15 minutes. Default 100. */
  readonly failuresPerNetwork: number
  /** Registrations from one network in an hour. Default 20. */
  readonly registrationsPerNetwork: number
  /** Requests for a mail with a link from one network in an hour. Default 10. */
  readonly recoveriesPerNetwork: number
  /** Mails of one kind to one address in an hour. Default 5. */
  readonly mailsPerAccount: number
}

/** The limits of a fresh installation; what an attacker gets by them stands in docs/abuse-protection.md. */
export const DEFAULT_THROTTLE_SETTINGS: ThrottleSettings = {
  freeFailures: 5,
  firstWaitMs: SECOND_MS,
  maxWaitMs: 15 * MINUTE_MS,
  failuresUntilDisabled: 100,
  failuresPerNetwork: 100,
  registrationsPerNetwork: 20,
  recoveriesPerNetwork: 10,
  mailsPerAccount: 5,
}

/** Settings that contradict each other: what is wrong and what would be right, or null. */
export function findThrottleProblem(settings: ThrottleSettings): string | null {
  if (settings.firstWaitMs > settings.maxWaitMs) return 'throttle.firstWaitMs is longer than throttle.maxWaitMs'
  if (settings.freeFailures >= settings.failuresUntilDisabled) {
    return 'throttle.freeFailures must be less than throttle.failuresUntilDisabled, or nobody would ever wait'
  }
  return null
}
