import { z } from 'zod'
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../kernel/clock.ts'
import { defineSettings, type Settings } from '../kernel/settings.ts'

/** Limits of attempts. Durations are in milliseconds. */
export interface ThrottleSettings {
  /** Consecutive failures at one account before the first wait. Default 5. */
  readonly freeFailures: number
  /** First wait; each further failure doubles it. Default 1 second. */
  readonly firstWaitMs: number
  /** Longest wait. Default 15 minutes. */
  readonly maxWaitMs: number
  /** Consecutive failures before the password must be reset. Default 100, the maximum of NIST SP 800-63B-4 section 3.2.2. */
  readonly failuresUntilDisabled: number
  /** Failed proofs of a password from one network in 15 minutes. Default 100. */
  readonly failuresPerNetwork: number
  /** Registrations from one network in an hour. Default 20. */
  readonly registrationsPerNetwork: number
  /** Requests for an email with a link from one network in an hour. Default 10. */
  readonly recoveriesPerNetwork: number
  /** Requests for an email with a code to log in from one network in an hour. Default 60. */
  readonly emailLoginsPerNetwork: number
  /** Logins that people prepare with a passkey, or end with a provider, from one network in 10 minutes. Default 3,000. */
  readonly challengesPerNetwork: number
  /** Emails of one kind to one email address in an hour. Default 5. */
  readonly mailsPerAccount: number
  /** Changes of one kind by one user in an hour: names, access tokens, second factors. Default 100. */
  readonly changesPerAccount: number
  /** Password hashes for attempts at one account in 10 minutes, right or wrong. Default 300. Each process counts its own. */
  readonly hashesPerAccount: number
  /** Password hashes for attempts from one network in 10 minutes, right or wrong. Default 3,000. Each process counts its own. */
  readonly hashesPerNetwork: number
  /** Exports of one account in an hour. Default 5. */
  readonly exportsPerAccount: number
}

/** A limit per network, 1 to 1,000,000. Behind a proxy that hides its clients, all clients of a service share one network. */
const perNetwork = z.int().min(1).max(1_000_000)

/** The settings of the throttle. docs/abuse-protection.md lists what an attacker can do within the defaults. */
export const throttleSettings: Settings<ThrottleSettings> = defineSettings<ThrottleSettings>(
  'throttle',
  {
    freeFailures: {
      meaning: 'consecutive failures at one account before the first wait; 1 to 99',
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
      meaning: 'consecutive failures after which the password must be reset; 10 to 100',
      default: 100,
      schema: z.int().min(10).max(100, 'must be at most 100, the maximum of NIST SP 800-63B-4'),
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
    emailLoginsPerNetwork: {
      meaning: 'requests for an email with a code to log in from one network in an hour',
      default: 60,
      schema: perNetwork,
    },
    challengesPerNetwork: {
      meaning:
        'logins with a passkey that one network prepares in 10 minutes (the login page prepares one whenever it opens), and in each process logins with a provider that it ends',
      default: 3_000,
      schema: perNetwork,
    },
    mailsPerAccount: {
      meaning: 'emails of one kind to one email address in an hour; 1 to 100',
      default: 5,
      schema: z.int().min(1).max(100),
    },
    changesPerAccount: {
      meaning: 'changes of one kind by one user in an hour: of the name, new access tokens, second factors',
      default: 100,
      schema: perNetwork,
    },
    hashesPerAccount: {
      meaning: 'password hashes for attempts at one account in 10 minutes, right or wrong, in each process',
      default: 300,
      schema: perNetwork,
    },
    hashesPerNetwork: {
      meaning:
        'password hashes for attempts of unknown devices from one network in 10 minutes, right or wrong, in each process',
      default: 3_000,
      schema: perNetwork,
    },
    exportsPerAccount: {
      meaning: 'exports of one account in an hour; 1 to 1,000',
      default: 5,
      schema: z.int().min(1).max(1_000),
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
