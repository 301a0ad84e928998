import type { ThrottleSettings } from '../throttle/settings.ts'

/** Wide limits for tests that are not about limits: the defaults would refuse their many attempts. */
export const ROOMY_LIMITS: Partial<ThrottleSettings> = {
  freeFailures: 99,
  failuresPerNetwork: 10_000,
  registrationsPerNetwork: 10_000,
  recoveriesPerNetwork: 10_000,
  emailLoginsPerNetwork: 10_000,
  challengesPerNetwork: 1_000_000,
  mailsPerAccount: 100,
  changesPerAccount: 100_000,
  hashesPerAccount: 1_000_000,
  hashesPerNetwork: 1_000_000,
  exportsPerAccount: 1_000,
}
