import { z } from 'zod'
import { defineSettings, type Settings } from '../kernel/settings.ts'

/** Costs of a password hash, and limits of the queue of hashes. */
export interface PasswordHashingOptions {
  /** Memory per hash in KiB. Default 19456 (19 MiB), which is also the minimum. */
  readonly memoryKib?: number
  /** Passes over the memory. Default 2, which is also the minimum. */
  readonly passes?: number
  /**
   * Hashes at the same time. Default null: one per core, and one less than Node's pool has threads. Set it if several processes
   * share the cores.
   */
  readonly concurrency?: number | null
  /** Hashes that may wait for a core; beyond it the response is 503. Default 128. */
  readonly maxWaiting?: number
  /**
   * Difference in niceness between requests and the threads of Node's pool, which hash passwords, 0 to 19: hashes run at a
   * lower priority. Default 10. Linux only.
   */
  readonly niceness?: number
}

/** The settings of password hashing. The minimums come from the OWASP Password Storage Cheat Sheet. */
export const passwordHashingSettings: Settings<Required<PasswordHashingOptions>> = defineSettings<
  Required<PasswordHashingOptions>
>('passwordHashing', {
  memoryKib: {
    meaning: 'memory of a hash in KiB, 19456 (19 MiB) to 4194304 (4 GiB)',
    default: 19_456,
    schema: z
      .int()
      .min(19_456, 'must be at least 19456 (19 MiB), the minimum that OWASP recommends')
      .max(4_194_304, 'must be at most 4194304 (4 GiB)'),
  },
  passes: {
    meaning: 'passes over the memory, 2 to 100',
    default: 2,
    schema: z.int().min(2, 'must be at least 2, the minimum that OWASP recommends').max(100, 'must be at most 100'),
  },
  concurrency: {
    meaning: 'hashes at the same time, 1 to 1024; lower it if several processes share the cores',
    default: null,
    defaultIs: "one per core, at most one less than the threads of Node's pool",
    schema: z.int().min(1, 'must be at least 1').max(1_024, 'must be at most 1024').nullable(),
  },
  maxWaiting: {
    meaning: 'hashes that may wait for a core; beyond it the answer is 503',
    default: 128,
    schema: z.int().min(0),
  },
  niceness: {
    meaning:
      "steps of niceness, 0 to 19, by which Node's thread pool, where passwords are hashed, runs at a lower priority than requests (Linux); 0 leaves it as it is",
    default: 10,
    schema: z.int().min(0).max(19),
  },
})
