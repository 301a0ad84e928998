/* Tests hash passwords at the smallest cost through the internal `Seams`. Applications cannot use them. */
import { readFileSync } from 'node:fs'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import manifest from '../package.json' with { type: 'json' }
import { createPasswordHasher, type PasswordHash } from '../src/crypto/password-hasher.ts'
import { createLatchkey, type LatchkeyOptions } from '../src/index.ts'
import { readEnvironment } from '../src/options/environment.ts'
import type { Seams } from '../src/seams.ts'
import { SMALLEST_PASSWORD_COST } from '../src/testing/smallest-password-cost.ts'
import { createTestKit } from '../src/testing.ts'
import { PASSWORD, REAL_COST, startInstance } from './support/rings.ts'

const DEFAULT = '$argon2id$v=19$m=19456,t=2,p=1$'
const SMALLEST = '$argon2id$v=19$m=8,t=1,p=1$'
const EMAIL = 'ada@example.com'

describe('the cost of a stored hash', () => {
  async function storedHash(seams?: Seams): Promise<string> {
    const instance = await startInstance('handler', {}, seams)
    onTestFinished(() => instance.close())
    await instance.auth.users.create({ email: EMAIL, password: PASSWORD })
    const [row] = await instance.runSql('SELECT * FROM passwords')
    return String(row?.hash)
  }

  test('is the default without seams, and the smallest only with seams', async () => {
    expect(await storedHash(REAL_COST)).toContain(DEFAULT)
    expect(await storedHash()).toContain(SMALLEST)
  })

  test('is the default for any environment variables', async () => {
    for (const name of ['LATCHKEY_PASSWORD_COST', 'PASSWORD_COST', 'passwordCost']) vi.stubEnv(name, '8')
    vi.stubEnv('NODE_ENV', 'test')
    vi.stubEnv('VITEST', 'true')
    onTestFinished(() => void vi.unstubAllEnvs())
    expect(await storedHash(REAL_COST)).toContain(DEFAULT)
    expect(() => readEnvironment({ LATCHKEY_PASSWORD_COST: '8' })).toThrow('there is no such setting')
  })
})

describe('an instance with seams', () => {
  test('verifies its hashes and does not rehash them at login', async () => {
    const instance = await startInstance('handler')
    onTestFinished(() => instance.close())
    await instance.auth.users.create({ email: EMAIL, password: PASSWORD })
    const before = await instance.runSql('SELECT * FROM passwords')
    const logIn = (password: string) => instance.client().post('/auth/login', { email: EMAIL, password })
    expect((await logIn(PASSWORD)).status).toBe(200)
    expect((await logIn(`${PASSWORD}!`)).status).toBe(401)
    expect(await instance.runSql('SELECT * FROM passwords')).toEqual(before)
  })

  test('an instance without seams accepts its hashes for one login only, and then rehashes them', async () => {
    const [small, real] = [createPasswordHasher({}, SMALLEST_PASSWORD_COST), createPasswordHasher()]
    const hash = await small.hash(PASSWORD)
    expect(small.needsRehash(hash)).toBe(false)
    expect(real.needsRehash(hash)).toBe(true)
    expect(small.needsRehash(await real.hash(PASSWORD))).toBe(true)
    expect(await small.verify(PASSWORD, `${hash.slice(0, -1)}!` as PasswordHash)).toBe(false) // not a valid hash
  })
})

describe('applications', () => {
  test.each([
    { passwordCost: SMALLEST_PASSWORD_COST },
    { seams: { passwordCost: SMALLEST_PASSWORD_COST } },
    { passwordHashing: { cost: SMALLEST_PASSWORD_COST } },
    { passwordHashing: SMALLEST_PASSWORD_COST },
    { passwordHashing: { passes: 1 } },
  ])('cannot reach the seams by an option: %j', async (options) => {
    // The types forbid these options, but a configuration file is not type-checked.
    const all = { baseUrl: 'http://localhost:3000', ...options } as unknown as LatchkeyOptions
    await expect(createLatchkey(all)).rejects.toThrow(/there is no such setting|passwordHashing\.(?:memoryKib|passes)/)
  })

  test('cannot reach the seams by a second argument', () => {
    expect(createLatchkey).toHaveLength(1)
  })

  test('cannot import the seams: no entry of the package exports them', async () => {
    const entries = Object.keys(manifest.exports).filter((entry) => entry !== './package.json')
    for (const entry of entries) {
      const file = `../src/${entry === '.' ? 'index' : entry.slice(2)}.ts`
      const exported = Object.keys(await import(file))
      expect([entry, exported.filter((name) => /assemble|seam|cost/i.test(name))]).toEqual([entry, []])
      expect(readFileSync(new URL(file, import.meta.url), 'utf8')).not.toMatch(/\b(?:assembleLatchkey|Seams)\b/)
    }
  })
})

describe('latchkey/testing', () => {
  const LOGINS = 50

  test('logs in within half of the time of one hash at the real cost', async () => {
    await using kit = await createTestKit()
    for (let count = 0; count < LOGINS; count++) await kit.logIn()
    const hasher = createPasswordHasher()
    const [logins, hashes]: [number[], number[]] = [[], []]
    for (let count = 0; count < LOGINS; count++) {
      logins.push(await timed(() => kit.logIn()))
      hashes.push(await timed(() => hasher.hash(PASSWORD)))
    }
    // Other programs on this machine only add time.
    expect(Math.min(...logins)).toBeLessThan(Math.min(...hashes) / 2)
  })

  async function timed(work: () => Promise<unknown>): Promise<number> {
    const startedAt = performance.now()
    await work()
    return performance.now() - startedAt
  }
})
