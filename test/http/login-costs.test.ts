/* Statements of a login. Sessions in Redis are left out: their login has commands in place of the transaction. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createAuthenticator } from '../../src/testing.ts'
import { Client, type Reply, type Send } from '../support/client.ts'
import { type Instance, ORIGIN, PASSWORD, type Ring, sendTo, startInstance, wholeMinute } from '../support/rings.ts'
import { totpCode } from '../support/totp.ts'

const TRANSACTION = 'a transaction'
const rings: readonly Ring[] = ['handler', 'server, PostgreSQL']

describe.each(rings)('what a login costs (%s)', (ring) => {
  let instance: Instance
  let now = wholeMinute()
  let people = 0
  beforeAll(async () => {
    // Nothing runs in the background that could be counted.
    instance = await startInstance(ring, { clock: () => now, deliverMails: false })
  })
  afterAll(() => instance.close())

  /** Returns what a request ran. A transaction counts once. */
  async function costOf(work: () => Promise<Reply>): Promise<string[]> {
    const before = instance.statements.length
    expect((await work()).status).toBe(200)
    const statements = instance.statements.slice(before).map((text) => text.replaceAll('"latchkey".', ''))
    const units: string[] = []
    let isInside = false
    for (const text of statements) {
      if (text.startsWith('BEGIN')) isInside = true
      if (!isInside) units.push(text)
      if (text !== 'COMMIT') continue
      units.push(TRANSACTION)
      isInside = false
    }
    return units
  }

  /** Returns the credentials of a user whose browser is known, and the browser. */
  async function newUser() {
    const credentials = { email: `person${people++}@example.com`, password: PASSWORD }
    await instance.auth.users.create({ ...credentials, emailVerified: true })
    const client = instance.client()
    expect((await client.post('/auth/login', credentials)).status).toBe(200)
    return { credentials, client }
  }

  test('a passkey: 4, of which the start of the session is one', async () => {
    const { client } = await newUser()
    const authenticator = createAuthenticator()
    const { options } = (await client.post('/auth/passkeys/options')).body
    await client.post('/auth/passkeys', { credential: authenticator.create(options) })
    // Whether the session of the browser is still in memory depends on when the notification about the passkey arrives.
    client.cookies.delete('latchkey')
    const use = (await client.post('/auth/login/passkey/options', {})).body.options
    const cost = await costOf(() => client.post('/auth/login/passkey', { credential: authenticator.get(use) }))
    expect(cost).toEqual([
      expect.stringMatching(/^update "login_attempts" set "challenge_hash"/),
      expect.stringMatching(/^select "passkeys"\.\*/),
      expect.stringMatching(/^update "passkeys" set "counter"/),
      TRANSACTION,
    ])
  })

  test.each([
    ['an IPv4 address', '203.0.113.7', { look: 1, counted: 2, given: 1 }],
    // A client with IPv6 is in three networks, and each has a budget.
    ['an IPv6 address', '2001:db8:7::1', { look: 1, counted: 4, given: 1 }],
  ])('a password from a new browser at %s: one read and one write for all budgets', async (_, ip, expected) => {
    const { credentials } = await newUser()
    const send: Send = (path, init) =>
      instance.auth.handler(new Request(`${ORIGIN}${path}`, init), { remoteAddress: ip })
    const client = new Client(send)
    const cost = await costOf(() => client.post('/auth/login', credentials))
    const count = (start: string): number => cost.filter((unit) => unit.startsWith(start)).length
    expect({
      look: count('select * from "throttle"'),
      // One more counts the email about the new browser.
      counted: count('insert into "throttle"') - 1,
      given: count('delete from "throttle"'),
    }).toEqual(expected)
    expect(cost).toHaveLength(4 + expected.look + expected.counted + expected.given)
  })

  test('a password from a known browser: one budget is counted and given back', async () => {
    const { credentials, client } = await newUser()
    const cost = await costOf(() => client.post('/auth/login', credentials))
    expect(cost).toEqual([
      expect.stringMatching(/^select "sessions"\."id"/),
      expect.stringMatching(/^select "users"\.\*/),
      expect.stringMatching(/^insert into "throttle"/),
      expect.stringMatching(/^delete from "throttle"/),
      expect.stringMatching(/^select exists/),
      TRANSACTION,
    ])
  })

  test('a request costs the same with passkeys and without: one read if the session is not in memory, and then none', async () => {
    const { client } = await newUser()
    const cookie = `latchkey=${client.cookies.get('latchkey')}`
    for (const factors of [{ passkeys: true }, { passkeys: false }]) {
      const statements: string[] = []
      const node = await instance.sibling({ factors, onStatement: (text) => statements.push(text) })
      const costs: number[] = []
      for (let request = 0; request < 2; request++) {
        statements.length = 0
        expect((await new Client(sendTo(node)).get('/auth/session', { cookie })).status).toBe(200)
        costs.push(statements.length)
      }
      expect([factors, costs]).toEqual([factors, [1, 0]])
      await node.close()
    }
  })

  test('an authenticator app: one transaction more than a password alone', async () => {
    const { credentials, client } = await newUser()
    const transactionsOf = async (work: () => Promise<Reply>): Promise<number> =>
      (await costOf(work)).filter((unit) => unit === TRANSACTION).length
    const withPassword = (): Promise<Reply> => client.post('/auth/login', credentials)
    expect(await transactionsOf(withPassword)).toBe(1)
    const { secret } = (await client.post('/auth/totp')).body
    expect((await client.post('/auth/totp/confirm', { code: totpCode(secret, now) })).status).toBe(200)
    now += 30_000
    expect(await transactionsOf(withPassword)).toBe(1)
    expect(await transactionsOf(() => client.post('/auth/login/totp', { code: totpCode(secret, now) }))).toBe(1)
  })
})
