/*
 * Password hashing: argon2id as PHC strings, off the event loop, at most one hash per core at a time, in a bounded queue.
 * Settings of the OWASP Password Storage Cheat Sheet: 19 MiB, t=2, p=1 (ASVS 11.4.2).
 * A hash from another system is verified in the same queue, and always needs a rehash.
 */
import { randomBytes } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { hash, verify } from '@node-rs/argon2'
import { createBoundedQueue, type Place } from './bounded-queue.ts'
import { describeHash, verifyForeignHash } from './foreign-hash.ts'
import { type PasswordHashingOptions, passwordHashingSettings } from './settings.ts'
import { lowerThreadPool } from './thread-priority.ts'

declare const passwordHashBrand: unique symbol

/** A PHC string: `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`. Until an imported user logs in: the imported hash. */
export type PasswordHash = string & { readonly [passwordHashBrand]: true }

/** More about a password to verify. */
export interface VerifyOptions {
  /** The password before normalization, because other systems hashed that text. Default: the password. */
  readonly typed?: string
  readonly place?: Place
}

/**
 * Hashes and verifies passwords. Every method may throw the refusal `overloaded`. `place` decides when it is the hash's turn;
 * default: the place of the application's own calls.
 */
export interface PasswordHasher {
  hash(password: string, place?: Place): Promise<PasswordHash>
  /**
   * Returns true if the password matches the hash. Without a hash (unknown user), or with a hash that we cannot verify, it
   * verifies a decoy of the same cost and returns false, so that the response takes as long as for a wrong password.
   */
  verify(password: string, hash: PasswordHash | null, options?: VerifyOptions): Promise<boolean>
  /** Returns true if the hash was made with costs other than the current ones, or by another system. */
  needsRehash(hash: PasswordHash): boolean
  /** Number of hashes that wait for a core now. */
  readonly waiting: number
}

/** Costs of one hash. */
export interface PasswordCost {
  /** Memory in KiB. */
  readonly memoryKib: number
  /** Passes over the memory. */
  readonly passes: number
}

/** Start of a hash with any costs that the options allow. */
const OWN_COSTS = /^\$argon2id\$v=19\$m=[1-9]\d{4,6},t=[1-9]\d{0,2},p=1\$/
/** Rest of a hash after its costs: a salt of 16 bytes and a hash of 32 bytes in unpadded base64. */
const SALT_AND_HASH = /^[A-Za-z0-9+/]{21}[AQgw]\$[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]$/
const LIBUV_THREADS = 4
const MAX_LIBUV_THREADS = 1_024

/**
 * Creates a hasher. A process needs only one, because its queue limits the load.
 * @param options costs and limits.
 * @param cost replaces the costs of `options`, without a lower bound. Only tests pass it (see `Seams`). Default: none.
 */
export function createPasswordHasher(options: PasswordHashingOptions = {}, cost?: PasswordCost): PasswordHasher {
  const { concurrency, maxWaiting, niceness, ...costOfOptions } = passwordHashingSettings.complete(options)
  const { memoryKib: memoryCost, passes: timeCost } = cost ?? costOfOptions
  const queue = createBoundedQueue({
    // One thread stays free: DNS, files and the signatures of passkeys would wait behind hashes otherwise.
    concurrency: Math.max(
      1,
      Math.min(concurrency ?? availableParallelism(), countThreads(process.env.UV_THREADPOOL_SIZE) - 1),
    ),
    maxWaiting,
    reason: 'password hash queue is full',
  })
  let isLowered = niceness === 0
  const run = <Result>(work: () => Promise<Result>, place?: Place): Promise<Result> =>
    queue.run(() => {
      const result = work()
      if (!isLowered) lowerThreadPool(niceness) // the threads exist now
      isLowered = true
      return result
    }, place)
  const costs = `$argon2id$v=19$m=${memoryCost},t=${timeCost},p=1$`
  const decoy = `${costs}${unpaddedBase64(16)}$${unpaddedBase64(32)}`
  return {
    hash: (password, place) =>
      run(async () => (await hash(password, { memoryCost, timeCost, parallelism: 1 })) as PasswordHash, place),
    verify(password, known, { typed = password, place } = {}) {
      // A lone surrogate would be hashed as U+FFFD and could match another password.
      const check = known === null || !password.isWellFormed() ? null : findCheck(known, costs)
      return run(async () => {
        if (check !== null) return check(password, typed)
        await verify(decoy, password)
        return false
      }, place)
    },
    needsRehash: (known) => !known.startsWith(costs),
    get waiting() {
      return queue.waiting
    },
  }
}

/** Returns the function that verifies a stored hash, or null if we cannot verify it or its costs are above the limits. */
function findCheck(known: string, costs: string): ((password: string, typed: string) => Promise<boolean>) | null {
  if (isOwnHash(known, costs)) return (password) => verify(known, password)
  return describeHash(known) === null ? null : (_, typed) => verifyForeignHash(typed, known)
}

/** Returns true for a hash that this product made, with these costs or with any costs that the options allow. */
function isOwnHash(known: string, costs: string): boolean {
  const found = known.startsWith(costs) ? costs : OWN_COSTS.exec(known)?.[0]
  return found !== undefined && SALT_AND_HASH.test(known.slice(found.length))
}

/** Returns the number of threads that libuv starts: it reads digits at the start, takes 1 for 0, and at most 1,024. */
function countThreads(text: string | undefined): number {
  if (text === undefined) return LIBUV_THREADS
  const threads = Number.parseInt(text, 10) || 1
  return threads < 0 ? MAX_LIBUV_THREADS : Math.min(threads, MAX_LIBUV_THREADS)
}

function unpaddedBase64(bytes: number): string {
  return randomBytes(bytes)
    .toString('base64')
    .replace(/={1,2}$/, '')
}
