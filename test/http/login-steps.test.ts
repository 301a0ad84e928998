/* A login that needs more than one proof (DESIGN section 3, login steps). Promise 6: half a login is nothing. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Client, Reply } from '../support/client.ts'
import { Client as TestClient } from '../support/client.ts'
import { createTestSteps, RIGHT, type TestSteps } from '../support/login-steps.ts'
import { type Instance, PASSWORD, RINGS, SMALL_COST, sendTo, startInstance } from '../support/rings.ts'

const MINUTE_MS = 60_000

describe.each(RINGS)('login steps (%s)', (ring) => {
  let instance: Instance
  let steps: TestSteps
  let users = 0
  beforeAll(async () => {
    steps = createTestSteps('totp', 'passkey')
    instance = await startInstance(ring, {}, { ...SMALL_COST, features: () => [steps.feature] })
  })
  afterAll(() => instance.close())

  /** Returns a new user who set up these methods. */
  async function newUser(...methods: readonly string[]): Promise<{ id: string; email: string }> {
    const email = `user${users++}@example.com`
    const { id } = await instance.auth.users.create({ email, password: PASSWORD, emailVerified: true })
    for (const method of methods) steps.enrol(method, id)
    return { id, email }
  }

  /** Proves the password, so that a step is open. */
  async function begin(client: Client, email: string, more: object = {}): Promise<Reply> {
    const reply = await client.post('/auth/login', { email, password: PASSWORD, ...more })
    expect(reply.status).toBe(200)
    return reply
  }

  const answer = (client: Client, code: string, method = 'totp'): Promise<Reply> =>
    client.post(`/auth/login/test-${method}`, { code })

  test('without a step that the user set up, the password is enough', async () => {
    const { email } = await newUser()
    const client = instance.client()
    const reply = await begin(client, email)
    expect(reply.body.status).toBe('complete')
    expect(reply.body.session.methods).toEqual(['password'])
    expect((await client.get('/auth/login/attempt')).body.code).toBe('attempt_ended')
  })

  test('a right password alone starts no session; the step completes the login', async () => {
    const { email } = await newUser('totp', 'passkey')
    const client = instance.client()
    const half = await begin(client, email)
    expect(half.body).toEqual({
      status: 'step_required',
      steps: [{ method: 'totp' }, { method: 'passkey' }],
      expiresAt: expect.any(String),
    })
    expect(client.cookies.has('latchkey')).toBe(false)
    const [cookie] = half.headers.getSetCookie().filter((line) => line.startsWith('latchkey-attempt='))
    expect(cookie).toMatch(/HttpOnly; SameSite=Lax|SameSite=Lax/)
    expect(cookie).toContain('HttpOnly')
    expect(cookie).toContain('Max-Age=600')
    expect((await client.get('/auth/session')).status).toBe(401)
    expect((await client.get('/auth/login/attempt')).body).toEqual({
      steps: half.body.steps,
      expiresAt: half.body.expiresAt,
    })
    const done = await answer(client, RIGHT, 'passkey')
    expect(done.body.status).toBe('complete')
    expect(done.body.session.methods).toEqual(['password', 'passkey'])
    expect(client.cookies.has('latchkey-attempt')).toBe(false)
    expect((await client.get('/auth/session')).body.session.methods).toEqual(['password', 'passkey'])
  })

  test('remember survives the step', async () => {
    const { email } = await newUser('totp')
    const client = instance.client()
    await begin(client, email, { remember: true })
    const done = await answer(client, RIGHT)
    expect(done.headers.getSetCookie().find((line) => line.startsWith('latchkey='))).toContain('Max-Age=')
  })

  test('the attempt token is stored as a hash only, and does not work as a session', async () => {
    const { email } = await newUser('totp')
    const client = instance.client()
    await begin(client, email)
    const token = client.cookies.get('latchkey-attempt') ?? ''
    expect(token).toMatch(/^lka_[A-Za-z0-9_-]{43}[A-Za-z0-9]{6}$/)
    expect(await instance.stored()).not.toContain(token)
    const thief = instance.client()
    thief.cookies.set('latchkey', token)
    expect((await thief.get('/auth/session')).status).toBe(401)
    expect((await instance.client().get('/auth/user', { authorization: `Bearer ${token}` })).status).toBe(401)
  })

  test('attack: a step without an attempt, with a made-up one, or with one that is altered (ASVS 2.3.1)', async () => {
    const { email } = await newUser('totp')
    expect((await answer(instance.client(), RIGHT)).body.code).toBe('attempt_ended')
    const client = instance.client()
    await begin(client, email)
    const token = client.cookies.get('latchkey-attempt') ?? ''
    for (const altered of [
      '',
      'lka_',
      token.slice(0, -1),
      `${token}x`,
      token.replace('lka', 'lks'),
      'x'.repeat(4_000),
    ]) {
      const stranger = instance.client()
      stranger.cookies.set('latchkey-attempt', altered)
      expect((await answer(stranger, RIGHT)).body.code).toBe('attempt_ended')
    }
    expect((await answer(client, RIGHT)).body.status).toBe('complete')
  })

  test('attack: a step that the user has not set up is not open', async () => {
    const { email } = await newUser('totp')
    const client = instance.client()
    await begin(client, email)
    const before = steps.checks.count
    expect((await answer(client, RIGHT, 'passkey')).body.code).toBe('attempt_ended')
    expect(steps.checks.count).toBe(before)
    expect((await answer(client, RIGHT)).body.status).toBe('complete')
  })

  test('attack: a completed attempt is replayed', async () => {
    const { email } = await newUser('totp')
    const client = instance.client()
    await begin(client, email)
    const token = client.cookies.get('latchkey-attempt') ?? ''
    await answer(client, RIGHT)
    const thief = instance.client()
    thief.cookies.set('latchkey-attempt', token)
    expect((await answer(thief, RIGHT)).body.code).toBe('attempt_ended')
  })

  test('attack: ten simultaneous requests on two nodes complete one attempt: one session starts', async () => {
    const { id, email } = await newUser('totp')
    const client = instance.client()
    await begin(client, email)
    const other = await instance.sibling()
    const token = client.cookies.get('latchkey-attempt') ?? ''
    const clients = Array.from({ length: 10 }, (_, index) => {
      const racer = index % 2 === 0 ? instance.client() : new TestClient(sendTo(other))
      racer.cookies.set('latchkey-attempt', token)
      return racer
    })
    const replies = await Promise.all(clients.map((racer) => answer(racer, RIGHT)))
    expect(replies.filter(({ body }) => body.status === 'complete')).toHaveLength(1)
    for (const { body } of replies.filter(({ status }) => status !== 200)) expect(body.code).toBe('attempt_ended')
    expect(await instance.auth.sessions.list(id)).toHaveLength(1)
    await other.close()
  })

  test('another node continues the login', async () => {
    const { email } = await newUser('totp')
    const client = instance.client()
    await begin(client, email)
    const other = await instance.sibling()
    const there = new TestClient(sendTo(other))
    there.cookies.set('latchkey-attempt', client.cookies.get('latchkey-attempt') ?? '')
    expect((await answer(there, RIGHT)).body.status).toBe('complete')
    await other.close()
  })

  test('attack: guessing: five wrong answers are refused one by one, then the attempt ends (ASVS 6.6.3)', async () => {
    const { email } = await newUser('totp')
    const client = instance.client()
    await begin(client, email)
    for (let tries = 0; tries < 5; tries++) {
      const wrong = await answer(client, '000000')
      expect([wrong.status, wrong.body.code]).toEqual([403, 'wrong_code'])
    }
    const before = steps.checks.count
    const right = await answer(client, RIGHT)
    expect([right.status, right.body.code]).toEqual([401, 'attempt_ended'])
    expect(steps.checks.count).toBe(before)
  })

  test('attack: guessing with many simultaneous requests: at most five answers are checked (ASVS 6.6.3)', async () => {
    const { email } = await newUser('totp')
    const client = instance.client()
    await begin(client, email)
    const before = steps.checks.count
    const replies = await Promise.all(Array.from({ length: 20 }, () => answer(client, '000000')))
    expect(steps.checks.count - before).toBe(5)
    expect(replies.filter(({ body }) => body.code === 'wrong_code')).toHaveLength(5)
  })

  test('attack: CWE-307: guessing codes, with the right password in between: it does not reset the failures', async () => {
    const limited = await startInstance(ring, { throttle: {} }, { ...SMALL_COST, features: () => [steps.feature] })
    const { id } = await limited.auth.users.create({ email: 'ada@example.com', password: PASSWORD })
    steps.enrol('totp', id)
    const statuses: number[] = []
    for (let round = 0; round < 8; round++) {
      const client = limited.client()
      statuses.push((await client.post('/auth/login', { email: 'ada@example.com', password: PASSWORD })).status)
      statuses.push((await answer(client, '000000')).status)
    }
    expect(statuses).toEqual([...Array(5).fill([200, 403]).flat(), ...Array(3).fill([429, 401]).flat()])
    limited.advance(1_000)
    const owner = limited.client()
    await begin(owner, 'ada@example.com')
    expect((await answer(owner, RIGHT)).status).toBe(200) // a complete login does
    for (let count = 0; count < 5; count++) {
      await begin(owner, 'ada@example.com')
      expect((await answer(owner, '000000')).status).toBe(403)
    }
    await limited.close()
  })

  test('attack: CWE-307: guessing codes, with a confirmed or changed password in between', async () => {
    const limited = await startInstance(ring, { throttle: {} }, { ...SMALL_COST, features: () => [steps.feature] })
    const thief = limited.client() // of a session and of the password
    const { body } = await thief.post('/auth/register', { email: 'ada@example.com', password: PASSWORD })
    thief.cookies.delete('latchkey-device')
    steps.enrol('totp', body.user.id)
    const guesser = limited.client()
    let password = PASSWORD
    for (let count = 0; count < 5; count++) {
      await guesser.post('/auth/login', { email: 'ada@example.com', password })
      expect((await answer(guesser, '000000')).status).toBe(403)
      if (count === 4) break
      expect((await thief.post('/auth/reauthenticate', { password })).body.code).toBe('second_factor_required')
      const newPassword = `another long password ${count}`
      const changed = await thief.post('/auth/password/change', { currentPassword: password, newPassword })
      expect(changed.status).toBe(200)
      thief.cookies.delete('latchkey-device')
      password = newPassword
    }
    expect((await guesser.post('/auth/login', { email: 'ada@example.com', password })).status).toBe(429)
    await limited.close()
  })

  test('an attempt expires after ten minutes', async () => {
    const { email } = await newUser('totp')
    const client = instance.client()
    await begin(client, email)
    instance.advance(10 * MINUTE_MS)
    expect((await client.get('/auth/login/attempt')).body.code).toBe('attempt_ended')
    expect((await answer(client, RIGHT)).body.code).toBe('attempt_ended')
    await instance.auth.sweep()
  })

  test('attack: a stolen attempt on another device', async () => {
    const { id, email } = await newUser()
    const client = instance.client()
    await begin(client, email) // gives the browser its device cookie
    await client.post('/auth/logout')
    steps.enrol('totp', id)
    await begin(client, email)
    const thief = instance.client()
    thief.cookies.set('latchkey-attempt', client.cookies.get('latchkey-attempt') ?? '')
    expect((await answer(thief, RIGHT)).body.code).toBe('attempt_ended')
    const stranger = instance.client()
    const other = await newUser()
    await begin(stranger, other.email)
    stranger.cookies.set('latchkey-attempt', client.cookies.get('latchkey-attempt') ?? '')
    expect((await answer(stranger, RIGHT)).body.code).toBe('attempt_ended')
    expect((await answer(client, RIGHT)).body.status).toBe('complete')
  })

  test.each([
    ['the user was disabled', (id: string) => instance.auth.users.disable(id)],
    ['the password must be reset', (id: string) => instance.auth.users.forcePasswordReset(id)],
    ['the user was deleted', (id: string) => instance.auth.users.delete(id)],
  ])('an attempt ends when %s', async (_, change) => {
    const { id, email } = await newUser('totp')
    const client = instance.client()
    await begin(client, email)
    await change(id)
    expect((await client.get('/auth/login/attempt')).body.code).toBe('attempt_ended')
    expect((await answer(client, RIGHT)).body.code).toBe('attempt_ended')
  })

  test('an attempt ends with a change of the password elsewhere', async () => {
    const { id, email } = await newUser()
    const owner = instance.client()
    await begin(owner, email)
    steps.enrol('totp', id)
    const intruder = instance.client()
    await begin(intruder, email)
    const changed = await owner.post('/auth/password/change', {
      currentPassword: PASSWORD,
      newPassword: 'another long password',
    })
    expect(changed.status).toBe(200)
    expect((await answer(intruder, RIGHT)).body.code).toBe('attempt_ended')
  })

  test('an app without cookies sends the attempt in a header', async () => {
    const { email } = await newUser('totp')
    const client = instance.client()
    const app = { 'latchkey-session': 'header' }
    const half = await client.post('/auth/login', { email, password: PASSWORD }, app)
    expect(half.headers.getSetCookie()).toEqual([])
    const attempt = half.headers.get('latchkey-attempt') ?? ''
    expect(attempt).toMatch(/^lka_/)
    const open = await client.get('/auth/login/attempt', { ...app, 'latchkey-attempt': attempt })
    expect(open.body.steps).toEqual([{ method: 'totp' }])
    const done = await client.post('/auth/login/test-totp', { code: RIGHT }, { ...app, 'latchkey-attempt': attempt })
    expect(done.body.status).toBe('complete')
    expect(done.headers.get('latchkey-session')).toMatch(/^lks_/)
    expect(done.headers.getSetCookie()).toEqual([])
  })

  test('a browser cannot use the header', async () => {
    const { email } = await newUser('totp')
    const app = { 'latchkey-session': 'header' }
    const half = await instance.client().post('/auth/login', { email, password: PASSWORD }, app)
    const attempt = half.headers.get('latchkey-attempt') ?? ''
    const page = { 'sec-fetch-site': 'same-origin', 'latchkey-attempt': attempt }
    expect((await instance.client().post('/auth/login/test-totp', { code: RIGHT }, page)).status).toBe(401)
    expect(
      (await instance.client().post('/auth/login/test-totp', { code: RIGHT }, { ...page, ...app })).body.code,
    ).toBe('cookie_required')
  })

  test('the form redirects to the open step, and `next` applies at the end', async () => {
    const { email } = await newUser('totp')
    const client = instance.client()
    const half = await client.form('/auth/login', { email, password: PASSWORD, next: '/reports' })
    expect(half.status).toBe(303)
    expect(half.headers.get('location')).toBe('/auth/login/attempt?next=%2Freports')
    const done = await client.form('/auth/login/test-totp', { code: RIGHT, next: '/reports' })
    expect(done.headers.get('location')).toBe('/reports')
    expect(client.cookies.has('latchkey')).toBe(true)
  })

  test('a wrong answer adds an event to the audit log, without the answer (ASVS 16.3.1)', async () => {
    const { id, email } = await newUser('totp')
    const client = instance.client()
    await begin(client, email)
    await answer(client, '135791')
    const [event] = await instance.auth.audit.list({ userId: id, type: 'login.refused', newestFirst: true })
    expect(event?.detail).toEqual({ reason: 'wrong_totp' })
    expect(await instance.stored()).not.toContain('135791')
  })
})
