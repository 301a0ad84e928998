import { z } from 'zod'
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../kernel/clock.ts'
import { defineSettings, type Settings } from '../kernel/settings.ts'

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

/** Most that a network may be allowed: behind a proxy that hides its clients, a whole service is one network. */
const perNetwork = z.int().min(1).max(1_000_000)

/** The settings of the throttle; docs/abuse-protection.md says what an attacker can do within the defaults. */
export const throttleSettings: Settings<ThrottleSettings> = defineSettings<ThrottleSettings>(
  'throttle',
  {
    freeFailures: {
      meaning: 'failures in a row at one account, after the last of which the first wait begins; 1 to 99',
      default: 5,
      schema: z.int().min(1).max(99),
    },
    firstWaitMs: {
      meaning: 'milliseconds of the first wait, which each further failure doubles; 100 to 1 day',
      default: SECOND_MS,
      schema: z.int().min(100, 'must be at least 100 milliseconds').max(DAY_MS, 'must be at most one day'),
    },
    maxWaitMs: {
      meaning: 'milliseconds of the longest wait; 1 second to 1 day',
      default: 15 * MINUTE_MS,
      schema: z.int().min(SECOND_MS, 'must be at least one second').max(DAY_MS, 'must be at most one day'),
    },
    failuresUntilDisabled: {
      meaning: 'failures in a row after which the password must be reset; 10 to 100',
      default: 100,
      schema: z.int().min(10).max(100, 'must be at most 100, as NIST SP 800-63B-4 has it'),
    },
    failuresPerNetwork: {
      meaning: 'failed proofs of a password from one network in 15 minutes',
      default: 100,
      schema: perNetwork,
    },
    registrationsPerNetwork: {
      meaning: 'registrations from one network in an hour',
      default: 20,
      schema: perNetwork,
    },
    recoveriesPerNetwork: {
      meaning: 'requests for an email with a link from one network in an hour',
      default: 10,
      schema: perNetwork,
    },
    mailsPerAccount: {
      meaning: 'emails of one kind to one address in an hour; 1 to 100',
      default: 5,
      schema: z.int().min(1).max(100),
    },
  },
  findContradiction,
)

function findContradiction(settings: ThrottleSettings): string | null {
  if (settings.firstWaitMs > settings.maxWaitMs) return 'throttle.firstWaitMs is longer than throttle.maxWaitMs'
  if (settings.freeFailures >= settings.failuresUntilDisabled) {
    return 'throttle.freeFailures must be less than throttle.failuresUntilDisabled, or no attempt would ever have to wait'
  }
  return null
}
