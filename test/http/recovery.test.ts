/* Recovery of an account whose second factors are lost: 72 hours, notices, a cancel, and the removals of administrators. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createAuthenticator } from '../../src/testing.ts'
import type { Client, Reply } from '../support/client.ts'
import { type Instance, PASSWORD, RINGS, sendTo, startInstance, wholeMinute } from '../support/rings.ts'
import { rounds } from '../support/rounds.ts'
import { totpCode } from '../support/totp.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
const WAIT_MS = 72 * HOUR_MS
const html = { accept: 'text/html' }

interface Enrolled {
  readonly client: Client
  readonly id: string
  readonly email: string
  readonly secret: string
}

describe.each(RINGS)('recovery (%s)', (ring) => {
  let instance: Instance
  let now = wholeMinute()
  let users = 0
  beforeAll(async () => {
    instance = await startInstance(ring, { clock: () => now })
  })
  afterAll(() => instance.close())

  const logIn = (client: Client, email: string, password = PASSWORD): Promise<Reply> =>
    client.post('/auth/login', { email, password, remember: true })

  /** Returns a user with an authenticator app, and the browser in which they set it up. */
  async function enrol(): Promise<Enrolled> {
    const email = `user${users++}@example.com`
    const { id } = await instance.auth.users.create({ email, password: PASSWORD, emailVerified: true })
    const client = instance.client()
    await logIn(client, email)
    const { secret } = (await client.post('/auth/totp')).body
    expect((await client.post('/auth/totp/confirm', { code: totpCode(secret, now) })).status).toBe(200)
    now += MINUTE_MS
    return { client, id, email, secret }
  }

  /** Logs in with the password, so that the second factor is open. */
  async function begin(email: string, client: Client = instance.client()): Promise<Client> {
    expect((await logIn(client, email)).body.status).toBe('step_required')
    return client
  }

  const recover = async (email: string): Promise<Reply> => (await begin(email)).post('/auth/login/recovery')
  const typesOf = (id: string): string[] =>
    instance.events.filter(({ userId }) => userId === id).map(({ type }) => type)
  const mailsTo = (address: string): string[] =>
    instance.mails.filter(({ to }) => to === address).map(({ text }) => text)
  const iso = (at: number): string => new Date(at).toISOString()

  test('a login without its factor waits 72 hours, however often it asks; then it removes every factor and is complete', async () => {
    const { client, id, email } = await enrol()
    const authenticator = createAuthenticator()
    const { options } = (await client.post('/auth/passkeys/options')).body
    expect((await client.post('/auth/passkeys', { credential: authenticator.create(options) })).status).toBe(201)
    now += MINUTE_MS
    const availableAt = iso(now + WAIT_MS)
    const browser = await begin(email)
    const first = await browser.post('/auth/login/recovery')
    expect([first.status, first.body]).toEqual([202, { availableAt }])
    expect((await browser.get('/auth/session')).status).toBe(401)
    expect((await client.get('/auth/recovery')).body).toEqual({
      requestedAt: iso(now),
      availableAt,
      removals: [{ method: 'all', requestedAt: iso(now), availableAt }],
    })
    now += 71 * HOUR_MS
    expect([(await recover(email)).status, (await recover(email)).body]).toEqual([202, { availableAt }])
    now += HOUR_MS - 1
    expect((await recover(email)).body).toEqual({ availableAt })
    expect((await logIn(instance.client(), email)).body.status).toBe('step_required')
    now += 1
    const later = await begin(email)
    const done = await later.post('/auth/login/recovery')
    expect([done.status, done.body]).toMatchObject([
      200,
      { status: 'complete', user: { email }, session: { methods: ['password'] } },
    ])
    expect((await later.get('/auth/factors')).body).toMatchObject({ totp: null, passkeys: [], recoveryCodes: null })
    expect((await later.get('/auth/recovery')).status).toBe(404)
    expect((await logIn(instance.client(), email)).body.status).toBe('complete')
    expect((await later.post('/auth/totp')).status).toBe(201) // the session is fresh
    expect(typesOf(id).filter((type) => type.startsWith('recovery.'))).toEqual([
      'recovery.requested',
      'recovery.completed',
    ])
    const told = (): number => mailsTo(email).filter((text) => /second factors/i.test(text)).length
    await expect.poll(told).toBe(2)
  })

  test('the notice goes to every address: the current one, the one from before, and the one that it shall become', async () => {
    const { client, email } = await enrol()
    const [current, wanted] = [`current-${email}`, `wanted-${email}`]
    await client.post('/auth/email/change', { email: current })
    const { text } = await instance.waitForMail(({ to }) => to === current)
    const token = /token=(\S+)/.exec(text)?.[1]
    expect((await client.post('/auth/email/change/confirm', { token })).status).toBe(204)
    await client.post('/auth/email/change', { email: wanted })
    expect((await recover(current)).status).toBe(202)
    for (const address of [email, current, wanted]) {
      const mail = await instance.waitForMail(({ to, subject }) => to === address && subject.startsWith('Recovery of'))
      expect(mail.text).toContain('asked to remove all second factors')
      expect(mail.text).toContain('/auth/account/security')
    }
  })

  test('any session cancels it, also a stale one and one of another node; a new request begins the wait anew', async () => {
    const { client, id, email } = await enrol()
    await recover(email)
    now += 20 * HOUR_MS
    const stranger = await enrol()
    expect((await stranger.client.delete('/auth/recovery')).status).toBe(404)
    expect((await client.get('/auth/recovery')).status).toBe(200)
    expect((await client.delete('/auth/recovery')).status).toBe(204)
    expect((await client.delete('/auth/recovery')).status).toBe(404)
    expect(typesOf(id)).toContain('recovery.cancelled')
    now += 60 * HOUR_MS
    expect((await recover(email)).body).toEqual({ availableAt: iso(now + WAIT_MS) })
    expect((await instance.client().get('/auth/recovery')).status).toBe(401)
    expect((await instance.client().delete('/auth/recovery')).status).toBe(401)
  })

  test('attack: it is void when the password changes, the account is disabled, or a factor turns out not to be lost', async () => {
    const password = `${PASSWORD} new`
    const ends: readonly [string, (user: Enrolled) => Promise<unknown>, string?][] = [
      [
        'password',
        ({ client }) => client.post('/auth/password/change', { currentPassword: PASSWORD, newPassword: password }),
        password,
      ],
      [
        'disabled',
        async ({ id }) => {
          await instance.auth.users.disable(id)
          await instance.auth.users.enable(id)
        },
      ],
      [
        'used',
        async ({ email, secret }) => (await begin(email)).post('/auth/login/totp', { code: totpCode(secret, now) }),
      ],
      [
        'proven again',
        ({ client, secret }) => client.post('/auth/reauthenticate/totp', { code: totpCode(secret, now) }),
      ],
      [
        'a new passkey',
        async ({ client }) => {
          const { options } = (await client.post('/auth/passkeys/options')).body
          await client.post('/auth/passkeys', { credential: createAuthenticator().create(options) })
        },
      ],
    ]
    for (const [name, end, typed = PASSWORD] of ends) {
      const user = await enrol()
      expect([name, (await recover(user.email)).status]).toEqual([name, 202])
      now += MINUTE_MS
      await end(user)
      now += WAIT_MS
      const half = instance.client()
      expect([name, (await logIn(half, user.email, typed)).body.status]).toEqual([name, 'step_required'])
      const again = await half.post('/auth/login/recovery')
      expect([name, again.status, again.body]).toEqual([name, 202, { availableAt: iso(now + WAIT_MS) }])
    }
  })

  test('it can be completed for 7 days, and then not any more', async () => {
    const { email } = await enrol()
    await recover(email)
    now += WAIT_MS + 7 * DAY_MS
    expect((await recover(email)).body).toEqual({ availableAt: iso(now + WAIT_MS) })
    now += WAIT_MS + 7 * DAY_MS
    await instance.auth.sweep()
    expect(
      await instance.runSql(`SELECT * FROM ${ring.includes('Postgre') ? 'latchkey.' : ''}factor_removals`),
    ).toEqual([])
  })

  test('attack: without a login in progress, with a used one, that of another step or of another user, there is no recovery', async () => {
    const { email, client, secret } = await enrol()
    expect((await instance.client().post('/auth/login/recovery')).body.code).toBe('attempt_ended')
    expect((await client.post('/auth/login/recovery')).body.code).toBe('attempt_ended') // a session is not an attempt
    const used = await begin(email)
    const cookie = `latchkey-attempt=${used.cookies.get('latchkey-attempt')}`
    expect((await used.post('/auth/login/totp', { code: totpCode(secret, now) })).status).toBe(200)
    expect((await instance.client().post('/auth/login/recovery', undefined, { cookie })).status).toBe(401)
    const late = await begin(email)
    now += 10 * MINUTE_MS
    expect((await late.post('/auth/login/recovery')).status).toBe(401)
    const evil = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }
    expect((await (await begin(email)).post('/auth/login/recovery', undefined, evil)).body.code).toBe('cross_origin')
    expect((await client.get('/auth/recovery')).status).toBe(404)
  })

  test('attack: a reset of the password is not a way around: it removes no factor and begins no shorter wait', async () => {
    const { email } = await enrol()
    const { availableAt } = (await recover(email)).body
    now += WAIT_MS
    await instance.client().post('/auth/password/forgot', { email })
    const { text } = await instance.waitForMail((mail) => mail.to === email && mail.text.includes('/password/reset'))
    const password = `${PASSWORD} reset`
    const token = /token=(\S+)/.exec(text)?.[1]
    expect((await instance.client().post('/auth/password/reset', { token, password })).status).toBe(204)
    const half = instance.client()
    expect((await logIn(half, email, password)).body.status).toBe('step_required')
    const again = await half.post('/auth/login/recovery')
    expect([again.status, again.body.availableAt > availableAt]).toEqual([202, true])
  })

  test(
    `of many requests at the same moment, on two nodes, one begins the wait and one completes it; ${rounds(1_000, 8)} rounds`,
    async () => {
      const other = await instance.sibling()
      const nodes = [() => instance.client(), () => new (instance.client().constructor as typeof Client)(sendTo(other))]
      try {
        for (let round = 0; round < rounds(1_000, 8); round++) {
          const { id, email } = await enrol()
          const clients = await Promise.all([0, 1, 0, 1].map((node) => begin(email, nodes[node]?.())))
          const asked = await Promise.all(clients.map((client) => client.post('/auth/login/recovery')))
          expect(new Set(asked.map(({ body }) => body.availableAt))).toEqual(new Set([iso(now + WAIT_MS)]))
          now += WAIT_MS
          const again = await Promise.all([0, 1, 0, 1].map((node) => begin(email, nodes[node]?.())))
          const done = await Promise.all(again.map((client) => client.post('/auth/login/recovery')))
          expect(done.map(({ status }) => status).toSorted()).toEqual([200, 401, 401, 401])
          const begun = (await instance.auth.audit.list({ userId: id, type: 'recovery.requested' })).length
          expect(begun).toBe(1)
        }
      } finally {
        await other.close()
      }
    },
    rounds(1_800_000, 60_000),
  )

  test('without JavaScript: the page of the step leads to the recovery, and the security page cancels it', async () => {
    const { client, email } = await enrol()
    const browser = instance.client()
    await browser.form('/auth/login', { email, password: PASSWORD })
    expect((await browser.get('/auth/login/attempt', html)).text).toContain('href="/auth/login/recovery"')
    const page = (await browser.get('/auth/login/recovery', html)).text
    expect(page).toContain('action="/auth/login/recovery"')
    const asked = await browser.form('/auth/login/recovery', {})
    expect(asked.headers.get('location')).toBe('/auth/login/recovery')
    const waiting = (await browser.get('/auth/login/recovery', html)).text
    expect(waiting).toContain(iso(now + WAIT_MS))
    expect(waiting).not.toContain('action="/auth/login/recovery"')
    const security = (await client.get('/auth/account/security', html)).text
    expect(security).toContain('action="/auth/account/cancel-recovery"')
    const cancelled = await client.form('/auth/account/cancel-recovery', {})
    expect(cancelled.headers.get('location')).toBe('/auth/account/security')
    expect((await client.get('/auth/account/security', html)).text).not.toContain('cancel-recovery')

    await browser.form('/auth/login/recovery', {})
    now += WAIT_MS
    await browser.form('/auth/login', { email, password: PASSWORD })
    expect((await browser.get('/auth/login/recovery', html)).text).toContain('Remove second factors and log in')
    const done = await browser.form('/auth/login/recovery', { next: '/auth/account/security' })
    expect(done.headers.get('location')).toBe('/auth/account/security')
    expect((await browser.get('/auth/session')).status).toBe(200)
    const ended = await instance.client().get('/auth/login/recovery', html)
    expect([ended.status, ended.text.includes('This login has ended')]).toEqual([401, true])
  })

  test('an administrator removes a factor with the same wait, which the user can cancel; or at once', async () => {
    const { client, id, email } = await enrol()
    const { factors } = instance.auth
    const availableAt = await factors.remove(id, 'totp')
    expect(availableAt).toBe(now + WAIT_MS)
    expect(await factors.remove(id, 'totp')).toBe(availableAt)
    expect((await client.get('/auth/recovery')).body.removals).toMatchObject([{ method: 'totp' }])
    await instance.waitForMail(({ to, text }) => to === email && text.includes('An administrator will remove'))
    expect((await client.delete('/auth/recovery')).status).toBe(204)
    now += WAIT_MS
    await instance.auth.sweep()
    expect((await factors.list(id)).totp).not.toBeNull()

    const again = await enrol()
    await factors.remove(again.id, 'totp')
    now += WAIT_MS - 1
    await instance.auth.sweep()
    await begin(again.email)
    now += 1
    await instance.auth.sweep()
    expect(await factors.list(again.id)).toEqual({
      password: true,
      passkeys: [],
      totp: null,
      recoveryCodes: null,
      removals: [],
    })
    expect((await logIn(instance.client(), again.email)).body.status).toBe('complete')
    const removed = instance.events.filter(({ userId, type }) => userId === again.id && type === 'factor.removed')
    expect(removed).toMatchObject([{ method: 'totp', actor: 'application' }])

    const third = await enrol()
    expect(await factors.remove(third.id, 'totp', { now: true })).toBeNull()
    expect((await logIn(instance.client(), third.email)).body.status).toBe('complete')
    await expect(factors.remove(third.id, 'totp')).rejects.toMatchObject({ code: 'not_found' })
    await expect(factors.remove(third.id, 'totp', { now: true })).rejects.toMatchObject({ code: 'not_found' })
    await expect(factors.remove('nobody', 'totp')).rejects.toMatchObject({ code: 'not_found' })
    await expect(factors.remove(third.id, 'password' as 'totp')).rejects.toMatchObject({ code: 'validation_failed' })
  })

  test('the export has it, and the deletion of the account deletes it', async () => {
    const { client, id, email } = await enrol()
    expect((await client.get('/auth/user/export')).body.recovery).toBeNull()
    const { availableAt } = (await recover(email)).body
    expect((await client.get('/auth/user/export')).body.recovery.availableAt).toBe(availableAt)
    await instance.auth.users.delete(id)
    const table = ring.includes('Postgre') ? 'latchkey.factor_removals' : 'factor_removals'
    expect(await instance.runSql(`SELECT * FROM ${table} WHERE user_id = '${id}'`)).toEqual([])
  })
})

test('a required second factor: the login that completes a recovery sets up a new factor', async () => {
  let now = wholeMinute()
  const instance = await startInstance('handler', { secondFactor: 'required', clock: () => now })
  const email = 'ada@example.com'
  await instance.auth.users.create({ email, password: PASSWORD, emailVerified: true })
  const client = instance.client()
  const logIn = (): Promise<Reply> => client.post('/auth/login', { email, password: PASSWORD })
  await logIn()
  expect((await client.post('/auth/login/recovery')).body.code).toBe('attempt_ended') // nothing is lost yet
  const { secret } = (await client.post('/auth/totp')).body
  expect((await client.post('/auth/totp/confirm', { code: totpCode(secret, now) })).status).toBe(200)
  now += MINUTE_MS
  await logIn()
  expect((await client.post('/auth/login/recovery')).status).toBe(202)
  now += WAIT_MS
  await logIn()
  const done = await client.post('/auth/login/recovery')
  expect(done.body).toMatchObject({
    status: 'step_required',
    steps: [{ method: 'totp', enrol: true }, { method: 'passkey' }],
  })
  const again = (await client.post('/auth/totp')).body
  expect((await client.post('/auth/totp/confirm', { code: totpCode(again.secret, now) })).body.status).toBe('complete')
  await instance.close()
})

test('off by the setting, and without second factors: no route and no word', async () => {
  for (const options of [{ factors: { recovery: false } }, { secondFactor: 'off' as const }]) {
    const instance = await startInstance('handler', options)
    const client = instance.client()
    expect((await client.get('/auth')).body.features).not.toContain('recovery')
    expect((await client.post('/auth/login/recovery')).status).toBe(404)
    await instance.close()
  }
})

test('a service without email has no recovery, and its administrators must say now', async () => {
  const baseUrl = 'https://app.example'
  const instance = await startInstance('handler', { baseUrl, mailer: undefined })
  const about = await (await instance.auth.handler(new Request(`${baseUrl}/auth`))).json()
  expect(about.features).not.toContain('recovery')
  const { id } = await instance.auth.users.create({ email: 'ada@example.com', password: PASSWORD })
  await expect(instance.auth.factors.remove(id, 'totp')).rejects.toMatchObject({
    code: 'validation_failed',
    errors: [{ pointer: '#/now' }],
  })
  await instance.close()
})

test('attack: a person who knows the password cannot flood the owner with notices: then the recovery is refused', async () => {
  const instance = await startInstance('handler', { throttle: {} })
  const email = 'ada@example.com'
  await instance.auth.users.create({ email, password: PASSWORD, emailVerified: true })
  const client = instance.client()
  await client.post('/auth/login', { email, password: PASSWORD })
  const { secret } = (await client.post('/auth/totp')).body
  const known = { code: totpCode(secret, Date.now()) }
  expect((await client.post('/auth/totp/confirm', known)).status).toBe(200)
  const statuses: number[] = []
  const half = instance.client()
  await half.post('/auth/login', { email, password: PASSWORD })
  for (let times = 0; times < 6; times++) {
    statuses.push((await half.post('/auth/login/recovery')).status)
    await client.delete('/auth/recovery')
  }
  expect(statuses).toEqual([202, 202, 202, 202, 202, 429])
  await instance.close()
})
