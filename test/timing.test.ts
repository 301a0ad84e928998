/* Promise 7: known and unknown users take the same time. Welch's t over interleaved pairs, as in ASVS 6.3.8. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mailTo, tokenIn } from './support/caught-mails.ts'
import { Client } from './support/client.ts'
import { type Instance, ORIGIN, PASSWORD, REAL_COST, startInstance } from './support/rings.ts'
import { rounds } from './support/rounds.ts'

const PAIRS = rounds(300, 150)
/** Each answer takes 10 ms or more (decision 82). */
const EMAILED_PAIRS = rounds(500, 150)
const REGISTER_PAIRS = rounds(150, 75)
/** Addresses that are reserved for a user who can take them back. */
const RESERVED = 5
const WARM_UP = 20
const LIMIT = 4.5

const SPENT_PAIRS = 1_500

let instance: Instance
let deviceCookie: [string, string]
beforeAll(async () => {
  instance = await startInstance('handler', {}, REAL_COST)
  for (let index = 0; index < 20; index++) {
    await instance.auth.users.create({ email: `known${index}@example.com`, password: PASSWORD })
  }
  // Half of them have a second factor: a login that does not ask for it yet must not show that.
  await instance.runSql(`INSERT INTO totp (user_id, sealed_secret, created_at, confirmed_at, last_step)
    SELECT id, 'sealed', 0, 1, 0 FROM users WHERE email LIKE '%0@%' OR email LIKE '%5@%' OR email LIKE 'known1%'`)
  deviceCookie = await fullDeviceCookie(instance)
})
afterAll(() => instance.close())

/** Times a login with a device cookie that knows five accounts of the attacker. */
async function timeLogin(email: string, at = instance, expected = 401): Promise<number> {
  const client = at.client()
  client.cookies.set(...deviceCookie)
  const startedAt = performance.now()
  const { status } = await client.post('/auth/login', { email, password: 'a wrong password' })
  const duration = performance.now() - startedAt
  expect(status).toBe(expected)
  return duration
}

/** Logs five users in with one browser, as an attacker does with accounts of their own. */
async function fullDeviceCookie({ auth, client }: Instance): Promise<[string, string]> {
  const browser = client()
  for (let index = 0; index < 5; index++) {
    const email = `attacker${index}@example.com`
    await auth.users.create({ email, password: PASSWORD })
    expect((await browser.post('/auth/login', { email, password: PASSWORD })).status).toBe(200)
  }
  return ['latchkey-device', browser.cookies.get('latchkey-device') ?? '']
}

function welchT(left: readonly number[], right: readonly number[]): number {
  const describe = (values: readonly number[]): { mean: number; error: number } => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1)
    return { mean, error: variance / values.length }
  }
  const [a, b] = [describe(left), describe(right)]
  return (a.mean - b.mean) / Math.sqrt(a.error + b.error)
}

test('the measurement detects a difference of half a millisecond', () => {
  const sample = (mean: number): number[] => Array.from({ length: PAIRS }, () => mean + Math.random() * 2)
  expect(Math.abs(welchT(sample(20), sample(20.5)))).toBeGreaterThan(LIMIT)
})

/** Times pairs in random order, and compares. Each function is given the number of the pair. */
async function compare(
  what: string,
  pairs: number,
  [timeLeft, timeRight]: readonly [(pair: number) => Promise<number>, (pair: number) => Promise<number>],
): Promise<number> {
  const left: number[] = []
  const right: number[] = []
  for (let pair = -WARM_UP; pair < pairs; pair++) {
    const leftFirst = Math.random() < 0.5
    const first = await (leftFirst ? timeLeft : timeRight)(pair)
    const second = await (leftFirst ? timeRight : timeLeft)(pair)
    if (pair < 0) continue
    left.push(leftFirst ? first : second)
    right.push(leftFirst ? second : first)
  }
  const t = welchT(left, right)
  console.log(`timing of ${what}: t = ${t.toFixed(2)} over ${pairs} pairs`)
  return Math.abs(t)
}

test(`login: ${PAIRS} interleaved pairs of known and unknown email keep |t| under ${LIMIT}`, async () => {
  const index = (pair: number): number => Math.abs(pair) % 20
  const t = await compare('login, known against unknown', PAIRS, [
    (pair) => timeLogin(`known${index(pair)}@example.com`),
    (pair) => timeLogin(`other${index(pair)}@example.com`),
  ])
  expect(t).toBeLessThan(LIMIT)
})

test(`CWE-208: a login refused with 429: ${SPENT_PAIRS} pairs of known and unknown email keep |t| under ${LIMIT} (ASVS 6.3.8)`, async () => {
  const spent = await instance.sibling({ throttle: { failuresPerNetwork: 1 } })
  const at = {
    ...instance,
    client: () =>
      new Client(async (path, init) =>
        spent.handler(new Request(`${ORIGIN}${path}`, init), { remoteAddress: '192.0.2.1' }),
      ),
  }
  await timeLogin('first@example.com', at)
  const t = await compare('429, known against unknown', SPENT_PAIRS, [
    (pair) => timeLogin(`known${Math.abs(pair) % 20}@example.com`, at, 429),
    (pair) => timeLogin(`other${Math.abs(pair) % 20}@example.com`, at, 429),
  ])
  expect(t).toBeLessThan(LIMIT)
  await spent.close()
})

describe('if addresses must be verified (ASVS 6.3.8)', () => {
  let strict: Instance
  beforeAll(async () => {
    // The email is sent after the answer, which would add to the time of the next request.
    const options = { verifyEmail: 'required', emailLogin: 'on', deliverMails: false } as const
    strict = await startInstance('handler', options, REAL_COST)
    for (let index = 0; index < 20; index++) {
      const known = { email: `known${index}@example.com`, password: PASSWORD, emailVerified: true }
      await strict.auth.users.create(known)
    }
  })
  afterAll(() => strict.close())

  async function time(path: string, body: unknown): Promise<number> {
    const client = strict.client()
    const startedAt = performance.now()
    const { status } = await client.post(path, body)
    const duration = performance.now() - startedAt
    expect(status).toBe(202)
    return duration
  }

  test.each([
    ['forgot', '/auth/password/forgot'],
    ['a login by email', '/auth/login/email'],
  ])(
    `%s: ${EMAILED_PAIRS} interleaved pairs of known and unknown email keep |t| under ${LIMIT}`,
    async (what, path) => {
      const t = await compare(`${what}, known against unknown`, EMAILED_PAIRS, [
        (pair) => time(path, { email: `known${Math.abs(pair) % 20}@example.com` }),
        (pair) => time(path, { email: `other${Math.abs(pair) % 20}@example.com` }),
      ])
      expect(t).toBeLessThan(LIMIT)
    },
  )

  test(`register: ${REGISTER_PAIRS} interleaved pairs of new and taken email keep |t| under ${LIMIT}`, async () => {
    const register = (email: string): Promise<number> => time('/auth/register', { email, password: PASSWORD })
    const t = await compare('register, taken against new', REGISTER_PAIRS, [
      (pair) => register(`known${Math.abs(pair) % 20}@example.com`),
      (pair) => register(`fresh${pair}@example.com`),
    ])
    expect(t).toBeLessThan(LIMIT)
  })

  test(`register: ${REGISTER_PAIRS} interleaved pairs of new and reserved email keep |t| under ${LIMIT}`, async () => {
    const emails = Array.from({ length: RESERVED }, (_, index) => `reserved${index}@example.com`)
    const confirmations = []
    for (const email of emails) confirmations.push(await orderChange(email))
    const worker = await strict.sibling({ deliverMails: true }) // it sends what is there when it starts
    for (const confirm of confirmations) await confirm()
    await worker.close()
    const register = (email: string): Promise<number> => time('/auth/register', { email, password: PASSWORD })
    const t = await compare('register, reserved against new', REGISTER_PAIRS, [
      (pair) => register(`reserved${Math.abs(pair) % RESERVED}@example.com`),
      (pair) => register(`unheard${pair}@example.com`),
    ])
    expect(t).toBeLessThan(LIMIT)
  })

  /** Orders another address for a user. The function that it returns confirms it: the user can still take the first one back. */
  async function orderChange(email: string): Promise<() => Promise<void>> {
    await strict.auth.users.create({ email, password: PASSWORD, emailVerified: true })
    const client = strict.client()
    await client.post('/auth/login', { email, password: PASSWORD })
    await client.post('/auth/email/change', { email: `now-${email}` })
    return async () => {
      const token = tokenIn(await strict.waitForMail(mailTo(`now-${email}`, '/email/change/confirm?')))
      expect((await client.post('/auth/email/change/confirm', { token })).status).toBe(204)
    }
  }
})
