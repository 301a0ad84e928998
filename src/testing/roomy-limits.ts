import type { ThrottleSettings } from '../throttle/settings.ts'

/** Limits for tests that are not about limits: those of a fresh installation would stand in the way. */
export const ROOMY_LIMITS: Partial<ThrottleSettings> = {
  freeFailures: 99,
  failuresPerNetwork: 10_000,
  registrationsPerNetwork: 10_000,
  recoveriesPerNetwork: 10_000,
  mailsPerAccount: 100,
}
