import { verify } from '@node-rs/argon2'
import { describe, expect, test, vi } from 'vitest'
import { createPasswordHasher, type PasswordHash } from './password-hasher.ts'

describe('the password hasher', () => {
  const hasher = createPasswordHasher()

  test('returns argon2id PHC strings with the documented costs, each with its own salt (ASVS 11.4.2)', async () => {
    const [first, second] = [await hasher.hash('a password'), await hasher.hash('a password')]
    expect(first).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
    expect(first).not.toBe(second)
    expect(await verify(first, 'a password')).toBe(true)
  })

  test('verifies a test vector of the reference implementation (argon2 20171227) (ASVS 11.2.1)', async () => {
    // printf 'password' | argon2 somesalt -id -t 2 -m 16 -p 1 -l 32 -e
    const vector =
      '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc' as PasswordHash
    expect(await hasher.verify('password', vector)).toBe(true)
    expect(await hasher.verify('Password', vector)).toBe(false)
    expect(hasher.needsRehash(vector)).toBe(true)
    expect(hasher.needsRehash(await hasher.hash('x'))).toBe(false)
  })

  test('returns false for any password without a hash', async () => {
    expect(await hasher.verify('a password', null)).toBe(false)
  })

  test('refuses at once with Retry-After if the queue is full; hashes in the queue are completed (ASVS 2.4.1, 15.2.2)', async () => {
    const small = createPasswordHasher({ maxWaiting: 2 })
    const results = await Promise.allSettled(Array.from({ length: 12 }, () => small.hash('a password')))
    const refused = results.filter((result) => result.status === 'rejected')
    expect(refused.length).toBeGreaterThan(0)
    for (const { reason } of refused)
      expect(reason).toMatchObject({ code: 'overloaded', status: 503, retryAfterSeconds: 2 })
    expect(results.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThanOrEqual(3)
    expect(small.waiting).toBe(0)
  })
})

describe('the size of the thread pool', () => {
  test.each(['', ' ', '0', 'auto', '-3', '2.5', '1e9', '8 threads', '99999999999'])(
    'completes hashes with UV_THREADPOOL_SIZE=%j',
    async (size) => {
      vi.stubEnv('UV_THREADPOOL_SIZE', size)
      const small = createPasswordHasher({}, { memoryKib: 8, passes: 1 })
      vi.unstubAllEnvs()
      expect(await Promise.all([small.hash('a'), small.hash('b'), small.hash('c')])).toHaveLength(3)
    },
  )
})
