/*
 * Password hashing: argon2id as PHC strings, off the event loop, at most one per core at a time, in a bounded queue.
 * OWASP Password Storage settings: 19 MiB, t=2, p=1 (ASVS 11.4.2).
 * A hash that came from another system is verified as it is, in the same queue, and always needs a rehash.
 */
import { randomBytes } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { hash, verify } from '@node-rs/argon2'
import { createBoundedQueue } from './bounded-queue.ts'
import { describeHash, verifyForeignHash } from './foreign-hash.ts'
import { type PasswordHashingOptions, passwordHashingSettings } from './settings.ts'
import { lowerThreadPool } from './thread-priority.ts'

declare const passwordHashBrand: unique symbol

/** A PHC string: `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`. Until a user's first login also what was imported. */
export type PasswordHash = string & { readonly [passwordHashBrand]: true }

/** Hashes and verifies passwords. Every method may throw the refusal `overloaded`. */
export interface PasswordHasher {
  hash(password: string): Promise<PasswordHash>
  /**
   * True when the password belongs to the hash. Without a hash (unknown user) a decoy of the same cost is verified,
   * so that the answer takes as long, and the result is false. The same for a hash that nobody can verify.
   * @param typed the password before normalization, which is what other systems hashed; `password` by default.
   */
  verify(password: string, hash: PasswordHash | null, typed?: string): Promise<boolean>
  /** True when the hash was made with other costs than today's, or by another system. */
  needsRehash(hash: PasswordHash): boolean
  /** Hashes that wait for a core now. */
  readonly waiting: number
}

/** What `hash` makes with any settings: salts of 16 bytes and hashes of 32 in unpadded base64. */
const OWN_FORM =
  /^\$argon2id\$v=19\$m=[1-9]\d{4,6},t=[1-9]\d{0,2},p=1\$[A-Za-z0-9+/]{21}[AQgw]\$[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]$/
const LIBUV_THREADS = Number(process.env.UV_THREADPOOL_SIZE ?? 4)

/** Makes a hasher. One per process: its queue is what bounds the load. */
export function createPasswordHasher(options: PasswordHashingOptions = {}): PasswordHasher {
  const { memoryKib: memoryCost, passes: timeCost, maxWaiting, niceness } = passwordHashingSettings.complete(options)
  const queue = createBoundedQueue({
    concurrency: Math.min(availableParallelism(), LIBUV_THREADS),
    maxWaiting,
  })
  let isLowered = niceness === 0
  const run = <Result>(work: () => Promise<Result>): Promise<Result> =>
    queue.run(() => {
      const result = work()
      if (!isLowered) lowerThreadPool(niceness) // the threads are there now
      isLowered = true
      return result
    })
  const costs = `$argon2id$v=19$m=${memoryCost},t=${timeCost},p=1$`
  const decoy = `${costs}${unpaddedBase64(16)}$${unpaddedBase64(32)}`
  return {
    hash: (password) =>
      run(async () => (await hash(password, { memoryCost, timeCost, parallelism: 1 })) as PasswordHash),
    verify(password, known, typed = password) {
      // A lone surrogate would be hashed as U+FFFD and could match another password.
      const check = known === null || !password.isWellFormed() ? null : findCheck(known)
      return run(async () => {
        if (check !== null) return check(password, typed)
        await verify(decoy, password)
        return false
      })
    },
    needsRehash: (known) => !known.startsWith(costs),
    get waiting() {
      return queue.waiting
    },
  }
}

/** How a stored hash is verified; null when we know no way that is within bounds. */
function findCheck(known: string): ((password: string, typed: string) => Promise<boolean>) | null {
  if (OWN_FORM.test(known)) return (password) => verify(known, password)
  return describeHash(known) === null ? null : (_, typed) => verifyForeignHash(typed, known)
}

function unpaddedBase64(bytes: number): string {
  return randomBytes(bytes).toString('base64').replace(/=+$/, '')
}
