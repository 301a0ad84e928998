/* Promise 9: guessing is slow for the attacker, on every route that checks a password, on every node. */
import { randomBytes } from 'node:crypto'
import { describe, expect, inject, onTestFinished, test } from 'vitest'
import type { Latchkey, LatchkeyOptions } from '../../src/index.ts'
import { createLatchkey } from '../../src/index.ts'
import { postgres } from '../../src/postgres.ts'
import { redis } from '../../src/redis.ts'
import type { Seams } from '../../src/seams.ts'
import { outboxEmpty } from '../support/caught-mails.ts'
import { Client, type Reply } from '../support/client.ts'
import { createDatabase, dropDatabase } from '../support/postgres-server.ts'
import { startRedis } from '../support/redis-server.ts'
import {
  type Instance,
  ORIGIN,
  PASSWORD,
  REAL_COST,
  RINGS,
  type Ring,
  SMALL_COST,
  startInstance,
} from '../support/rings.ts'

const ADA = 'ada@example.com'
const MINUTE = 60_000
/** Seconds to wait after the failure of this number. */
const WAITS = [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]

async function start(ring: Ring, options: Partial<LatchkeyOptions> = {}, seams?: Seams): Promise<Instance> {
  const instance = await startInstance(ring, { trustProxy: 1, throttle: {}, ...options }, seams)
  onTestFinished(() => instance.close())
  return instance
}

/** Sends a wrong password from an IP address. */
function guess(client: Client, email: string, address = '192.0.2.1'): Promise<Reply> {
  return client.post('/auth/login', { email, password: 'a wrong password' }, { 'x-forwarded-for': address })
}

/** Returns every part of an answer that an attacker could compare. */
function outline({ status, text, headers }: Reply): unknown {
  return { status, text, headers: [...headers].filter(([name]) => name !== 'x-request-id') }
}

const refused = ({ events }: Instance): number => events.filter(({ type }) => type === 'login.refused').length

describe.each(RINGS)('limits on guessing (%s)', (ring) => {
  test('after five failures the wait is 1 second, doubling to 15 minutes; an attempt too early changes nothing (ASVS 2.4.1, 6.3.1)', async () => {
    const instance = await start(ring)
    await instance.auth.users.create({ email: ADA, password: PASSWORD })
    for (const wait of WAITS) {
      expect((await guess(instance.client(), ADA)).status).toBe(401)
      const hashed = refused(instance)
      for (const rest of wait === 0 ? [] : [wait * 1_000, 1]) {
        const early = await guess(instance.client(), ADA, '198.51.100.7')
        const seconds = String(Math.ceil(rest / 1_000))
        expect([early.status, early.body.code, early.headers.get('retry-after')]).toEqual([
          429,
          'too_many_requests',
          seconds,
        ])
        expect(early.headers.get('ratelimit')).toBe(`"account";r=0;t=${seconds}`)
        instance.advance(rest === 1 ? 1 : rest - 1)
      }
      expect(refused(instance)).toBe(hashed) // those attempts were not hashed
    }
    // The right password must wait too, and then resets the count.
    expect((await instance.client().post('/auth/login', { email: ADA, password: PASSWORD })).status).toBe(200)
    for (let count = 0; count < 5; count++) expect((await guess(instance.client(), ADA)).status).toBe(401)
    const early = await instance.client().post('/auth/login', { email: ADA, password: PASSWORD })
    expect(early.status).toBe(429)
    expect(instance.events.filter(({ type }) => type === 'attempt.throttled')).toHaveLength(25)
    const stored = await instance.stored()
    expect([stored.includes('login.refused'), stored.includes('attempt.throttled')]).toEqual([true, false])
    expect(instance.errors).toEqual([])
  })

  test('of 200 simultaneous wrong guesses at one account on two nodes, five reach the hasher (ASVS 6.3.1, 15.4.1)', async () => {
    const secrets = [randomBytes(32).toString('base64url')]
    const instance = await start(ring, { secrets, throttle: { failuresPerNetwork: 1_000 } }, REAL_COST)
    await instance.auth.users.create({ email: ADA, password: PASSWORD })
    let hashedThere = 0
    const other = await instance.sibling({
      secrets,
      trustProxy: 1,
      throttle: { failuresPerNetwork: 1_000 },
      onEvent: ({ type }) => {
        if (type === 'login.refused') hashedThere++
      },
    })
    onTestFinished(() => other.close())
    const clients = [instance.client(), clientOf(other)]
    const replies = await Promise.all(
      Array.from({ length: 200 }, (_, index) => guess(clients[index % 2] as Client, ADA, `192.0.2.${index}`)),
    )
    const statuses = replies.map(({ status }) => status)
    expect([
      statuses.filter((status) => status === 401).length,
      statuses.filter((status) => status === 429).length,
    ]).toEqual([5, 195])
    expect(refused(instance) + hashedThere).toBe(5)
  })

  test('32 simultaneous right passwords at one account are not guesses: all succeed', async () => {
    const instance = await start(ring, {}, REAL_COST)
    await instance.auth.users.create({ email: ADA, password: PASSWORD })
    const logIn = (): Promise<Reply> => instance.client().post('/auth/login', { email: ADA, password: PASSWORD })
    const statuses = (await Promise.all(Array.from({ length: 32 }, logIn))).map(({ status }) => status)
    expect(new Set(statuses)).toEqual(new Set([200]))
  })

  test('24 simultaneous right passwords at one account on two nodes are not guesses: all succeed', async () => {
    const instance = await start(ring, {}, REAL_COST)
    await instance.auth.users.create({ email: ADA, password: PASSWORD })
    const other = await instance.sibling()
    onTestFinished(() => other.close())
    const logIn = async (_: unknown, index: number): Promise<number> => {
      const client = index % 2 === 0 ? instance.client() : clientOf(other)
      return (await client.post('/auth/login', { email: ADA, password: PASSWORD })).status
    }
    const statuses = await Promise.all(Array.from({ length: 24 }, logIn))
    expect(statuses.filter((status) => status !== 200)).toEqual([])
  })

  test('16 simultaneous right passwords at one account on a server of eight processes: all succeed', async () => {
    const processes = 8
    const instance = await start(ring, {}, { ...SMALL_COST, processes })
    await instance.auth.users.create({ email: ADA, password: PASSWORD })
    const others = await Promise.all(Array.from({ length: processes - 1 }, () => instance.sibling()))
    onTestFinished(async () => void (await Promise.all(others.map((each) => each.close()))))
    const clients = [() => instance.client(), ...others.map((each) => () => clientOf(each))]
    const logIn = async (_: unknown, index: number): Promise<number | undefined> =>
      (await clients[index % processes]?.().post('/auth/login', { email: ADA, password: PASSWORD }))?.status
    const statuses = await Promise.all(Array.from({ length: 16 }, logIn))
    expect(statuses.filter((status) => status !== 200)).toEqual([])
  })

  test('no address is flooded with emails, by notices or by changes of address from many accounts', async () => {
    const instance = await start(ring)
    const [first, second] = [instance.client(), instance.client()]
    await first.post('/auth/register', { email: ADA, password: PASSWORD })
    await second.post('/auth/register', { email: 'bob@example.com', password: PASSWORD })
    let current = PASSWORD
    for (let count = 0; count < 7; count++) {
      const next = `password number ${count}, long enough`
      const reply = await first.post('/auth/password/change', { currentPassword: current, newPassword: next })
      expect(reply.status).toBe(200)
      current = next
    }
    await first.post('/auth/reauthenticate', { password: current })
    for (let count = 0; count < 4; count++) {
      for (const client of [first, second]) {
        expect((await client.post('/auth/email/change', { email: 'victim@example.com' })).status).toBe(202)
      }
    }
    instance.advance(1)
    await instance.client().post('/auth/password/forgot', { email: 'bob@example.com' })
    await instance.waitForMail(({ text }) => text.includes('/password/reset?'))
    await outboxEmpty(instance)
    expect(instance.mails.filter(({ to, subject }) => to === ADA && subject.includes('was changed'))).toHaveLength(5)
    expect(instance.mails.filter(({ to }) => to === 'victim@example.com')).toHaveLength(5)
    await first.post('/auth/email/change', { email: 'victim@example.com' }) // the fifth notice
    const sixth = await first.post('/auth/email/change', { email: 'victim@example.com' })
    expect([sixth.status, sixth.body.code]).toEqual([429, 'too_many_requests'])
    const { paths } = (await first.get('/auth/openapi.json')).body
    expect(Object.keys(paths['/auth/email/change'].post.responses)).toContain('429')
  })

  test('without email no password is disabled, because it could not be reset: the user waits and then logs in', async () => {
    const throttle = { freeFailures: 9, failuresUntilDisabled: 10, failuresPerNetwork: 1_000 }
    const instance = await start(ring, { baseUrl: 'https://app.example', mailer: undefined, throttle })
    await instance.auth.users.create({ email: ADA, password: PASSWORD })
    for (let count = 0; count < 12; count++) {
      expect((await guess(instance.client(), ADA)).status).toBe(401)
      instance.advance(15 * MINUTE)
    }
    expect((await instance.client().get('/auth')).body.features).not.toContain('password_reset')
    expect((await instance.client().post('/auth/login', { email: ADA, password: PASSWORD })).status).toBe(200)
    expect(instance.events.filter(({ type }) => type === 'password.disabled')).toEqual([])
  })

  test('login, reauthenticate and password/change share one budget; a stolen session cannot guess more than an unknown device (ASVS 6.3.4, 16.3.3)', async () => {
    const instance = await start(ring)
    const stolen = instance.client()
    await stolen.post('/auth/register', { email: ADA, password: PASSWORD })
    stolen.cookies.delete('latchkey-device')
    const reauthenticate = () => stolen.post('/auth/reauthenticate', { password: 'a wrong password' })
    const change = (currentPassword: string) =>
      stolen.post('/auth/password/change', { currentPassword, newPassword: 'another long password' })
    const replies = [
      await guess(instance.client(), ADA),
      await reauthenticate(),
      await change('a wrong password'),
      await guess(instance.client(), ' ADA@Example.com'),
      await reauthenticate(),
    ]
    expect(replies.map(({ status }) => status)).toEqual([401, 403, 403, 401, 403])
    const late = [await guess(instance.client(), ADA), await reauthenticate(), await change(PASSWORD)]
    expect(late.map(({ status, body }) => [status, body.code])).toEqual(Array(3).fill([429, 'too_many_requests']))
    instance.advance(1_000)
    expect((await change(PASSWORD)).status).toBe(200)
    const throttled = instance.events.flatMap((event) => (event.type === 'attempt.throttled' ? [event.operation] : []))
    expect(throttled).toEqual(['login', 'reauthenticate', 'password_change'])
  })

  test('a network has a budget for failures: an IPv6 network has a budget for its /64, successes do not count', async () => {
    const instance = await start(ring, { throttle: { failuresPerNetwork: 4 } })
    await instance.auth.users.create({ email: ADA, password: PASSWORD })
    const guessSomebody = (address: string, count = 0) => guess(instance.client(), `user${count}@example.com`, address)
    for (let count = 0; count < 8; count++) {
      const headers = { 'x-forwarded-for': '2001:db8:0:1::1' }
      const right = await instance.client().post('/auth/login', { email: ADA, password: PASSWORD }, headers)
      expect([right.status, right.headers.get('ratelimit')]).toEqual([200, '"login";r=4;t=900'])
    }
    for (let count = 0; count < 4; count++) {
      const reply = await guessSomebody(`2001:db8:0:1::${count}`, count)
      expect([reply.status, reply.headers.get('ratelimit-policy')]).toEqual([401, '"login";q=4;w=900'])
      expect(reply.headers.get('ratelimit')).toBe(`"login";r=${3 - count};t=900`)
    }
    const spent = await guessSomebody('2001:db8:0:1:ffff::', 99)
    expect([spent.status, spent.headers.get('retry-after')]).toEqual([429, '900'])
    expect(spent.headers.get('ratelimit')).toBe('"login";r=0;t=900')
    expect(spent.body.detail).toBe('Too many attempts. Please try again in 15 minutes.')
    expect((await guessSomebody('2001:db8:0:2::1')).status).toBe(401)
    expect((await guessSomebody('192.0.2.1')).status).toBe(401)
    instance.advance(15 * MINUTE - 1)
    expect((await guessSomebody('2001:db8:0:1::1')).status).toBe(429)
    instance.advance(1)
    expect((await guessSomebody('2001:db8:0:1::1')).status).toBe(401)
  })

  test('a network without budget does not change the count of a victim', async () => {
    const instance = await start(ring, { throttle: { failuresPerNetwork: 4 } })
    for (let count = 0; count < 40; count++) await guess(instance.client(), ADA)
    expect((await guess(instance.client(), ADA, '192.0.2.9')).status).toBe(401) // the fifth failure, not the 41st
    expect((await guess(instance.client(), ADA, '192.0.2.9')).headers.get('retry-after')).toBe('1')
  })

  test('attempts that must wait do not count for the network, even if simultaneous', async () => {
    const instance = await start(ring, {}, REAL_COST)
    const replies = await Promise.all(Array.from({ length: 30 }, () => guess(instance.client(), ADA)))
    expect(replies.filter(({ status }) => status === 401)).toHaveLength(5)
    expect((await guess(instance.client(), 'bob@example.com')).headers.get('ratelimit')).toBe('"login";r=94;t=900')
  })

  test('without trusted proxies, X-Forwarded-For does not change the network', async () => {
    const instance = await start(ring, { trustProxy: 0, throttle: { failuresPerNetwork: 3 } })
    const statuses = []
    for (let count = 0; count < 5; count++) {
      const reply = await guess(instance.client(), `user${count}@example.com`, `192.0.2.${count}`)
      statuses.push(reply.status)
    }
    expect(statuses).toEqual([401, 401, 401, 429, 429])
  })

  test('registrations have a budget per network; a body refused before any lookup is not counted (ASVS 2.4.1)', async () => {
    const instance = await start(ring, { throttle: { registrationsPerNetwork: 3 } })
    const register = (email: string, password = PASSWORD) =>
      instance.client().post('/auth/register', { email, password })
    for (let count = 0; count < 5; count++) expect((await register('new@example.com', 'short')).status).toBe(422)
    expect((await register(ADA)).status).toBe(201)
    expect((await register(ADA)).status).toBe(409)
    const third = await register('bob@example.com')
    expect([third.status, third.headers.get('ratelimit')]).toEqual([201, '"register";r=0;t=3600'])
    const spent = await register('eve@example.com')
    expect([spent.status, spent.headers.get('retry-after')]).toEqual([429, '3600'])
    expect(await instance.auth.users.find('eve@example.com')).toBeNull()
    instance.advance(60 * MINUTE)
    expect((await register('eve@example.com')).status).toBe(201)
  })

  test('an attempt rejected by the full hash queue is not counted', async () => {
    const throttle = { freeFailures: 99, failuresPerNetwork: 1_000 }
    const instance = await start(ring, { passwordHashing: { maxWaiting: 2 }, throttle }, REAL_COST)
    const flood = await Promise.all(Array.from({ length: 40 }, () => guess(instance.client(), ADA)))
    const hashed = flood.filter(({ status }) => status === 401).length
    expect(flood.filter(({ status }) => status === 503).length).toBe(40 - hashed)
    expect(hashed).toBeLessThan(40)
    expect((await guess(instance.client(), ADA)).headers.get('ratelimit')).toBe(`"login";r=${999 - hashed};t=900`)
  })

  test('counters contain neither email addresses nor network addresses (ASVS 1.3.9)', async () => {
    const instance = await start(ring)
    await guess(instance.client(), 'Nobody.Known@example.com')
    await instance.auth.users.create({ email: ADA, password: PASSWORD })
    const headers = { 'x-forwarded-for': '203.0.113.77' }
    const taken = await instance.client().post('/auth/register', { email: ADA, password: PASSWORD }, headers)
    expect(taken.status).toBe(409) // counted, without an event that would contain the address
    const stored = await instance.stored()
    for (const counter of ['login:', 'account:', 'register:']) expect(stored).toContain(counter)
    expect(stored).not.toMatch(/nobody\.known|203\.0\.113\.77/i)
  })

  test('a form beyond the limit redirects to its page, which shows when to try again', async () => {
    const instance = await start(ring)
    const client = instance.client()
    const send = () => client.form('/auth/login', { email: ADA, password: 'a wrong password' })
    for (let count = 0; count < 5; count++) await send()
    const reply = await send()
    expect([reply.status, reply.headers.get('location')]).toEqual([303, '/auth/login'])
    expect((await client.get('/auth/login')).text).toContain('Too many attempts. Please wait 1 second, then try again.')
  })
})

describe.each(['handler', 'handler, PostgreSQL and Redis'] as const)('110 guesses in a row (%s)', (ring) => {
  test('answers are identical to the byte, whether or not the account exists (promise 7) (ASVS 6.3.8)', async () => {
    const instance = await start(ring)
    const owner = instance.client()
    const { user } = (await owner.post('/auth/register', { email: ADA, password: PASSWORD })).body
    const emails = [ADA, 'nobody@example.com', 'no address at all']
    const guessAll = () =>
      Promise.all(emails.map((email, index) => guess(instance.client(), email, `192.0.2.${index}`)))
    for (let count = 1; count <= 110; count++) {
      const [known, ...others] = await guessAll()
      expect(known?.status).toBe(401)
      for (const other of others) expect(outline(other)).toEqual(outline(known as Reply))
      const wait = WAITS[count - 1] ?? 900
      if (wait === 0) continue
      const [early, ...early2] = await guessAll()
      expect(early?.status).toBe(429)
      for (const other of early2) expect(outline(other)).toEqual(outline(early as Reply))
      instance.advance(wait * 1_000)
    }
    // After a hundred failures the password works only on its owner's devices; those answers are identical too.
    const disabled = instance.events.filter(({ type }) => type === 'password.disabled')
    expect(disabled).toMatchObject([{ userId: user.id, reason: 'failures' }])
    const right = await instance
      .client()
      .post('/auth/login', { email: ADA, password: PASSWORD }, { 'x-forwarded-for': '192.0.2.7' })
    instance.advance(15 * MINUTE)
    const wrong = await guess(instance.client(), 'nobody@example.com', '192.0.2.8')
    expect(outline(right)).toEqual(outline(wrong))
    expect(right.status).toBe(401)
    expect((await owner.post('/auth/login', { email: ADA, password: PASSWORD })).status).toBe(200)
  }, 60_000)
})

describe('counters that cannot be reached', () => {
  test('allow nothing: 503, and nothing is hashed (ASVS 16.5.3)', async () => {
    const url = await createDatabase(inject('databaseServer'), inject('databaseTemplate'))
    const server = await startRedis()
    const refusals: string[] = []
    const auth = await createLatchkey({
      baseUrl: ORIGIN,
      storage: postgres(url),
      sessionStorage: redis(server.url),
      onEvent: ({ type }) => refusals.push(type),
      onError: () => undefined,
    })
    await auth.users.create({ email: ADA, password: PASSWORD })
    const client = clientOf(auth)
    expect((await guess(client, ADA)).status).toBe(401)
    await server.remove()
    for (const work of [
      () => guess(client, ADA),
      () => guess(client, 'nobody@example.com'),
      () => client.post('/auth/register', { email: 'bob@example.com', password: PASSWORD }),
    ]) {
      const { status, body, headers } = await work()
      expect([status, body.code, headers.get('retry-after')]).toEqual([503, 'unavailable', '1'])
    }
    expect(refusals.filter((type) => type === 'login.refused')).toHaveLength(1)
    await auth.close()
    await dropDatabase(url)
  })
})

test.each([
  [{ freeFailures: 0 }, 'throttle.freeFailures'],
  [{ failuresUntilDisabled: 101 }, 'NIST'],
  [{ failuresPerNetwork: 0 }, 'throttle.failuresPerNetwork'],
  [{ firstWaitMs: 5_000, maxWaitMs: 1_000 }, 'throttle.firstWaitMs'],
  [{ freeFailures: 20, failuresUntilDisabled: 20 }, 'throttle.freeFailures'],
  [{ perUser: 5 }, 'throttle.perUser: there is no such setting'],
  [false, 'throttle'],
])('settings that would disable the limits are refused at the start: %j (promise 10)', async (throttle, message) => {
  // The types forbid some of these, but a configuration file is not type-checked.
  const start = startInstance('handler', { throttle } as Partial<LatchkeyOptions>)
  await expect(start).rejects.toThrow(message)
})

function clientOf(auth: Latchkey): Client {
  return new Client((path, init) => auth.handler(new Request(`${ORIGIN}${path}`, init), { remoteAddress: '127.0.0.1' }))
}
