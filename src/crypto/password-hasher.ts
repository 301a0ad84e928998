/*
 * Password hashing: argon2id as PHC strings, off the event loop, at most one per core at a time, in a bounded queue.
 * OWASP Password Storage settings: 19 MiB, t=2, p=1 (ASVS 11.4.2).
 */
import { randomBytes } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { hash, verify } from '@node-rs/argon2'
import { createBoundedQueue } from './bounded-queue.ts'

declare const passwordHashBrand: unique symbol

/** A PHC string: `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`. */
export type PasswordHash = string & { readonly [passwordHashBrand]: true }

/** Costs of a hash and limits of the queue before it. */
export interface PasswordHashingOptions {
  /** Memory per hash in KiB. Default 19456 (19 MiB), which is also the least that is accepted. */
  readonly memoryKib?: number
  /** Passes over the memory. Default 2, the least that is accepted. */
  readonly passes?: number
  /** Hashes that may wait for a core; beyond it the answer is 503. Default 128. */
  readonly maxWaiting?: number
}

/** Hashes and verifies passwords. Every method may throw the refusal `overloaded`. */
export interface PasswordHasher {
  hash(password: string): Promise<PasswordHash>
  /**
   * True when the password belongs to the hash. Without a hash (unknown user) a decoy of the same cost is verified,
   * so that the answer takes as long, and the result is false.
   */
  verify(password: string, hash: PasswordHash | null): Promise<boolean>
  /** True when the hash was made with other costs than today's. */
  needsRehash(hash: PasswordHash): boolean
  /** Hashes that wait for a core now. */
  readonly waiting: number
}

const DEFAULT_MEMORY_KIB = 19_456
const DEFAULT_PASSES = 2
const DEFAULT_MAX_WAITING = 128
const LIBUV_THREADS = Number(process.env.UV_THREADPOOL_SIZE ?? 4)

/** Makes a hasher. One per process: its queue is what bounds the load. */
export function createPasswordHasher(options: PasswordHashingOptions = {}): PasswordHasher {
  const memoryCost = options.memoryKib ?? DEFAULT_MEMORY_KIB
  const timeCost = options.passes ?? DEFAULT_PASSES
  const queue = createBoundedQueue({
    concurrency: Math.min(availableParallelism(), LIBUV_THREADS),
    maxWaiting: options.maxWaiting ?? DEFAULT_MAX_WAITING,
  })
  const costs = `$argon2id$v=19$m=${memoryCost},t=${timeCost},p=1$`
  const decoy = `${costs}${unpaddedBase64(16)}$${unpaddedBase64(32)}`
  return {
    hash: (password) =>
      queue.run(async () => (await hash(password, { memoryCost, timeCost, parallelism: 1 })) as PasswordHash),
    async verify(password, known) {
      // A lone surrogate would be hashed as U+FFFD and could match another password.
      const mayMatch = known !== null && password.isWellFormed()
      const matches = await queue.run(() => verify(mayMatch ? known : decoy, password))
      return mayMatch && matches
    },
    needsRehash: (known) => !known.startsWith(costs),
    get waiting() {
      return queue.waiting
    },
  }
}

function unpaddedBase64(bytes: number): string {
  return randomBytes(bytes).toString('base64').replace(/=+$/, '')
}
