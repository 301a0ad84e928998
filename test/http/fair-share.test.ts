/*
 * Scarce things are shared (CWE-770; ASVS 2.4.1, 6.3.1): right passwords of an attacker must not use up the hashes of everyone
 * else. The test prints the share of logins that an honest user gets while others attack.
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { LatchkeyOptions } from '../../src/index.ts'
import type { Seams } from '../../src/seams.ts'
import type { Client } from '../support/client.ts'
import { type Instance, PASSWORD, RINGS, type Ring, SMALL_COST, startInstance } from '../support/rings.ts'

/** A hash that takes some milliseconds: hashes are scarce, and the test is short. */
const SCARCE: Seams = { passwordCost: { memoryKib: 2_048, passes: 2 } }
const ADA = 'ada@example.com'
const HOME = '203.0.113.9'
const ACCOUNTS = 30
/** More than the places of the queue, which is small so that the test is short. */
const AT_ONCE = 30
const QUEUE = { maxWaiting: 16, niceness: 0 }
const LOGINS = 10

async function start(ring: Ring, seams: Seams, options: Partial<LatchkeyOptions> = {}): Promise<Instance> {
  const instance = await startInstance(ring, { trustProxy: 1, throttle: {}, ...options }, seams)
  onTestFinished(() => instance.close())
  return instance
}

async function logIn(client: Client, email: string, ip: string, password = PASSWORD): Promise<number> {
  return (await client.post('/auth/login', { email, password }, { 'x-forwarded-for': ip })).status
}

/** Sends right logins of many accounts without a pause, until it is stopped. */
function attack(instance: Instance, emails: readonly string[], ipOf: (count: number) => string): () => Promise<void> {
  let count = 0
  let isOver = false
  const flood = async (): Promise<void> => {
    while (!isOver) {
      const number = count++
      await logIn(instance.client(), emails[number % emails.length] ?? '', ipOf(number))
      await nextTurn() // a refused login waits for nothing, and would never let the hashes finish
    }
  }
  const floods = Array.from({ length: AT_ONCE }, flood)
  return async () => {
    isOver = true
    await Promise.all(floods)
  }
}

/** Returns how many of ten logins succeed. */
async function shareOf(logInOnce: () => Promise<number>): Promise<number> {
  let successes = 0
  for (let count = 0; count < LOGINS; count++) if ((await logInOnce()) === 200) successes++
  return successes
}

describe('the share of an honest user while an attacker logs in with right passwords', () => {
  test.each([
    ['one network', () => '198.51.100.1'],
    ['a thousand networks', (count: number) => `10.0.${(count % 1_000) >> 8}.${(count % 1_000) & 255}`],
  ])('CWE-770: %s and 30 accounts', { timeout: 60_000 }, async (who, ipOf) => {
    const roomy = { hashesPerAccount: 1_000_000, hashesPerNetwork: 1_000_000 } // so that only the queue protects
    const instance = await start('handler', SCARCE, { throttle: roomy, passwordHashing: QUEUE })
    const emails = Array.from({ length: ACCOUNTS }, (_, index) => `eve${index}@example.com`)
    for (const email of [ADA, ...emails]) await instance.auth.users.create({ email, password: PASSWORD })
    const laptop = instance.client()
    expect(await logIn(laptop, ADA, HOME)).toBe(200)
    const stop = attack(instance, emails, ipOf)
    try {
      await Promise.race(Array.from({ length: 5 }, () => logIn(instance.client(), emails[0] ?? '', ipOf(0))))
      const known = await shareOf(() => logIn(laptop, ADA, HOME))
      const stranger = await shareOf(() => logIn(instance.client(), ADA, HOME))
      console.log(`${who}: known device ${known} of ${LOGINS}, new device ${stranger} of ${LOGINS}`)
      expect(known).toBe(LOGINS)
      expect(stranger).toBeGreaterThanOrEqual(LOGINS - 1)
    } finally {
      await stop()
    }
    expect(instance.errors).toEqual([])
  })
})

describe.each(RINGS)('on an idle server (%s)', (ring) => {
  test('200 right logins of one account pass within ten minutes, 16 at once', async () => {
    const instance = await start(ring, SMALL_COST)
    await instance.auth.users.create({ email: ADA, password: PASSWORD })
    const statuses = new Set<number>()
    for (let round = 0; round < 200 / 16; round++) {
      const logins = Array.from({ length: 16 }, () => logIn(instance.client(), ADA, HOME))
      for (const status of await Promise.all(logins)) statuses.add(status)
    }
    expect([...statuses]).toEqual([200])
  })
})

describe.each(RINGS)('an attack on one account (%s)', (ring) => {
  test('CWE-645: 300 wrong passwords at the same moment do not keep its known device waiting', async () => {
    const instance = await start(ring, SMALL_COST, { throttle: { failuresPerNetwork: 10_000 } })
    const laptop = instance.client()
    await laptop.post('/auth/register', { email: ADA, password: PASSWORD })
    const strangers = Array.from({ length: 300 }, (_, index) =>
      logIn(instance.client(), ADA, `10.1.${index >> 8}.${index & 255}`, 'a wrong password'),
    )
    expect(await logIn(laptop, ADA, HOME)).toBe(200)
    const statuses = await Promise.all(strangers)
    expect(statuses.filter((status) => status === 401)).toHaveLength(5)
    expect(statuses.filter((status) => status === 429)).toHaveLength(295)
  })
})

describe('clients without an IP address', () => {
  test.each([
    ['the handler gets no address', 0, undefined, 'has no IP address'],
    ['the proxy writes a word', 1, 'unknown', 'X-Forwarded-For: a trusted proxy wrote "unknown"'],
    ['the proxy writes an address that cannot be read', 1, '2001:db8::7]:443', 'X-Forwarded-For: a trusted proxy'],
    ['the proxy adds nothing', 1, '', 'X-Forwarded-For: a trusted proxy wrote ""'],
  ])(
    'CWE-799: none of them can close login, registration or recovery for all; the operator is told once: %s',
    async (_, trustProxy, forwardedFor, told) => {
      const instance = await start('handler', SMALL_COST, { trustProxy })
      const connection = forwardedFor === undefined ? {} : { remoteAddress: '10.0.0.1' }
      const post = (path: string, body: object): Promise<Response> =>
        instance.auth.handler(
          new Request(`http://localhost:3000${path}`, {
            method: 'POST',
            headers: {
              'content-type': 'application/json',
              ...(forwardedFor === undefined ? {} : { 'x-forwarded-for': forwardedFor }),
            },
            body: JSON.stringify(body),
          }),
          connection,
        )
      const statuses = new Set<number>()
      for (let count = 0; count < 120; count++) {
        statuses.add((await post('/auth/login', { email: `eve${count}@example.com`, password: 'wrong' })).status)
      }
      for (let count = 0; count < 15; count++) {
        statuses.add((await post('/auth/password/forgot', { email: `eve${count}@example.com` })).status)
      }
      for (let count = 0; count < 25; count++) {
        statuses.add((await post('/auth/register', { email: `user${count}@example.com`, password: PASSWORD })).status)
      }
      expect([...statuses].sort()).toEqual([201, 202, 401])
      expect(instance.errors.map(String)).toEqual([expect.stringContaining(told)])
    },
  )
})

describe.each(RINGS)('an attacker with an IPv6 network (%s)', (ring) => {
  test('CWE-770: a /64 for each request does not pass the limits: 60 registrations, 60 requests for emails', async () => {
    const instance = await start(ring, SMALL_COST)
    const send = async (path: string, count: number, body: object): Promise<number> => {
      const headers = { 'x-forwarded-for': `2001:db8:77:${(count * 251).toString(16)}::1` }
      return (await instance.client().post(path, body, headers)).status
    }
    const count = { registered: 0, requested: 0 }
    for (let index = 0; index < 60; index++) {
      const body = { email: `eve${index}@example.com`, password: PASSWORD }
      if ((await send('/auth/register', index, body)) === 201) count.registered++
      if ((await send('/auth/password/forgot', index, { email: body.email })) === 202) count.requested++
    }
    expect(count).toEqual({ registered: 40, requested: 20 })
  })
})
