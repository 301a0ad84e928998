/* The policy `secondFactor: 'required'`: a login of a user without a second factor sets one up (DESIGN section 3). */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createAuthenticator } from '../../src/testing.ts'
import { Client, type Reply } from '../support/client.ts'
import { type Instance, ORIGIN, PASSWORD, RINGS, sendTo, startInstance, wholeMinute } from '../support/rings.ts'
import { rounds } from '../support/rounds.ts'
import { totpCode } from '../support/totp.ts'

const MINUTE_MS = 60_000
const ENROL = [
  { method: 'totp', enrol: true },
  { method: 'passkey', enrol: true },
]

describe.each(RINGS)('a second factor is required (%s)', (ring) => {
  let instance: Instance
  let users = 0
  let now = wholeMinute()
  beforeAll(async () => {
    instance = await startInstance(ring, { secondFactor: 'required', emailLogin: 'on', clock: () => now })
  })
  afterAll(() => instance.close())

  const logIn = (client: Client, email: string): Promise<Reply> =>
    client.post('/auth/login', { email, password: PASSWORD })

  async function newUser(): Promise<string> {
    const email = `user${users++}@example.com`
    await instance.auth.users.create({ email, password: PASSWORD, emailVerified: true })
    return email
  }

  /** Returns a browser whose login waits for the enrolment. */
  async function begin(email: string, client: Client = instance.client()): Promise<Client> {
    expect((await logIn(client, email)).body).toMatchObject({ status: 'step_required', steps: ENROL })
    return client
  }

  const confirm = async (client: Client, secret: string): Promise<Reply> =>
    client.post('/auth/totp/confirm', { code: totpCode(secret, now) })

  test('a login without a factor sets one up, and is complete when it is confirmed', async () => {
    const email = await newUser()
    const client = await begin(email)
    expect((await client.get('/auth/login/attempt')).body.steps).toEqual(ENROL)
    expect((await client.get('/auth/session')).status).toBe(401)
    const setUp = await client.post('/auth/totp')
    expect([setUp.status, Object.keys(setUp.body).toSorted()]).toEqual([201, ['qr', 'secret', 'uri']])
    expect((await client.get('/auth/session')).status).toBe(401)
    expect((await client.post('/auth/totp/confirm', { code: '000000' })).body.code).toBe('wrong_code')
    const done = await confirm(client, setUp.body.secret)
    expect([done.status, done.body]).toMatchObject([
      200,
      { status: 'complete', user: { email }, session: { methods: ['password', 'totp'] } },
    ])
    expect(new Set(done.body.recoveryCodes).size).toBe(10)
    expect((await client.get('/auth/session')).status).toBe(200)
    expect(client.cookies.has('latchkey-attempt')).toBe(false)
    expect((await logIn(instance.client(), email)).body.steps).toEqual([
      { method: 'totp' },
      { method: 'recovery_code' },
    ])
  })

  test.each(['totp', 'passkey'])(
    'a login in progress adds no %s to an account that has a factor by now',
    async (method) => {
      const email = await newUser()
      const intruder = await begin(email) // knows the password
      const path = method === 'totp' ? '/auth/totp' : '/auth/passkeys/options'
      const began = await intruder.post(path)
      const owner = await begin(email)
      const { secret } = (await owner.post('/auth/totp')).body
      expect((await confirm(owner, secret)).body.status).toBe('complete')
      now += 30_000
      const authenticator = createAuthenticator()
      const { options } = (await owner.post('/auth/passkeys/options')).body
      expect((await owner.post('/auth/passkeys', { credential: authenticator.create(options) })).status).toBe(201)
      expect((await owner.delete('/auth/totp')).status).toBe(204)
      const answer =
        method === 'totp'
          ? await confirm(intruder, began.body.secret)
          : await intruder.post('/auth/passkeys', { credential: createAuthenticator().create(began.body.options) })
      expect([answer.status, answer.body.code]).toEqual([401, 'unauthenticated'])
      expect((await intruder.post(path)).status).toBe(401)
      expect((await owner.get('/auth/factors')).body).toMatchObject({ totp: null, passkeys: [{}] })
    },
  )

  /** Prepares the enrolment of a factor; returns the request that confirms it. */
  async function prepare(client: Client, method: string): Promise<() => Promise<Reply>> {
    if (method === 'totp') {
      const { secret } = (await client.post('/auth/totp')).body
      return () => confirm(client, secret)
    }
    const { options } = (await client.post('/auth/passkeys/options')).body
    const credential = createAuthenticator().create(options)
    return () => client.post('/auth/passkeys', { credential })
  }

  test(
    `attack: of two logins that add a factor at the same moment, on two nodes, one does; ${rounds(1_000, 4)} rounds`,
    async () => {
      const other = await instance.sibling()
      const pairs = ['totp passkey', 'passkey totp', 'passkey passkey', 'totp totp']
      for (let round = 0; round < rounds(1_000, 4); round++) {
        const email = await newUser()
        const clients = [await begin(email), await begin(email, new Client(sendTo(other)))] as const
        const [first = '', second = ''] = pairs[round % pairs.length]?.split(' ') ?? []
        const adds = [await prepare(clients[0], first), await prepare(clients[1], second)]
        const replies = await Promise.all(adds.map((add) => add()))
        const winners = clients.filter((_, index) => replies[index]?.body.status === 'complete')
        expect(winners, JSON.stringify(replies.map(({ body }) => body))).toHaveLength(1)
        const { totp, passkeys } = (await (winners[0] as Client).get('/auth/factors')).body
        expect([totp, ...passkeys].filter((factor) => factor !== null)).toHaveLength(1)
        const loser = replies.find(({ body }) => body.status !== 'complete')
        // Two logins share the secret of an app that is not confirmed yet: the one that began first has an old one.
        expect(['attempt_ended', 'unauthenticated', 'wrong_code']).toContain(loser?.body.code)
      }
      await other.close()
    },
    rounds(1_800_000, 60_000),
  )

  test('a registration begins a login that sets one up', async () => {
    const email = `new${users++}@example.com`
    const client = instance.client()
    const registered = await client.post('/auth/register', { email, password: PASSWORD })
    expect([registered.status, registered.body]).toMatchObject([201, { status: 'step_required', steps: ENROL }])
    expect((await client.get('/auth/session')).status).toBe(401)
    const { secret } = (await client.post('/auth/totp')).body
    expect((await confirm(client, secret)).body).toMatchObject({ status: 'complete', user: { email } })
  })

  test('a login by email sets one up as well', async () => {
    const email = await newUser()
    const client = instance.client()
    await client.post('/auth/login/email', { email })
    const { subject } = await instance.waitForMail((mail) => mail.to === email && /^\d{8} /.test(mail.subject))
    const half = await client.post('/auth/login/email/confirm', { code: subject.slice(0, 8) })
    expect(half.body).toMatchObject({ status: 'step_required', steps: ENROL })
    const { secret } = (await client.post('/auth/totp')).body
    expect((await confirm(client, secret)).body.session.methods).toEqual(['email_code', 'totp'])
  })

  test('the attempt of the enrolment is worth nothing elsewhere: not as a session, not for other routes, not twice', async () => {
    const email = await newUser()
    const client = await begin(email)
    for (const path of ['/auth/recovery-codes', '/auth/password/change', '/auth/tokens'])
      expect([path, (await client.post(path, path.includes('codes') ? undefined : {})).status]).toEqual([path, 401])
    expect((await client.delete('/auth/totp')).status).toBe(401)
    expect((await client.post('/auth/login/totp', { code: '123456' })).body.code).toBe('attempt_ended')
    const { secret } = (await client.post('/auth/totp')).body
    const cookie = `latchkey-attempt=${client.cookies.get('latchkey-attempt')}`
    const replies = await Promise.all(
      Array.from({ length: 4 }, () =>
        instance.client().post('/auth/totp/confirm', { code: totpCode(secret, now) }, { cookie }),
      ),
    )
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(1)
    expect((await instance.client().post('/auth/totp', undefined, { cookie })).status).toBe(401)
    expect((await instance.client().post('/auth/totp')).status).toBe(401)
  })

  test('five wrong codes end the attempt, and so do 10 minutes and a disabled user', async () => {
    const email = await newUser()
    const client = await begin(email)
    const { secret } = (await client.post('/auth/totp')).body
    for (let count = 0; count < 5; count++) await client.post('/auth/totp/confirm', { code: '000000' })
    expect((await confirm(client, secret)).status).toBe(401)
    const late = await begin(email)
    now += 10 * MINUTE_MS
    expect((await late.post('/auth/totp')).status).toBe(401)
    const ended = await begin(email)
    const user = await instance.auth.users.find(email)
    await instance.auth.users.disable(user?.id ?? '')
    expect((await ended.post('/auth/totp')).status).toBe(401)
  })

  test('the enrolment of a login wins over a session of the same browser', async () => {
    const [first, second] = [await newUser(), await newUser()]
    const client = await begin(first)
    await confirm(client, (await client.post('/auth/totp')).body.secret)
    await begin(second, client)
    const done = await confirm(client, (await client.post('/auth/totp')).body.secret)
    expect(done.body.user.email).toBe(second)
    expect((await client.get('/auth/session')).body.user.email).toBe(second)
  })

  test('without JavaScript: the pages show the QR code, take the code and show the recovery codes once', async () => {
    const html = { accept: 'text/html' }
    const email = await newUser()
    const browser = instance.client()
    const next = '/auth/account/security'
    const half = await browser.form('/auth/login', { email, password: PASSWORD, next })
    const page = half.headers.get('location') ?? ''
    expect((await browser.get(page, html)).text).toContain('action="/auth/totp"')
    const begun = await browser.form('/auth/totp', { next })
    const shown = (await browser.get(begun.headers.get('location') ?? '', html)).text
    expect(shown).toContain('<svg ')
    expect(shown).toContain('action="/auth/totp/confirm"')
    const [, secret = ''] = /value="([A-Z2-7]{32})"/.exec(shown) ?? []
    const wrong = await browser.form('/auth/totp/confirm', { code: '000000', next })
    const again = (await browser.get(wrong.headers.get('location')?.split('#')[0] ?? '', html)).text
    expect(again).toContain('This code is not right')
    expect(again).toContain('action="/auth/totp/confirm"')
    const done = await browser.form('/auth/totp/confirm', { code: totpCode(secret, now), next })
    expect(done.headers.get('location')).toBe(`/auth/login/recovery-codes?next=${encodeURIComponent(next)}`)
    const codes = (await browser.get(done.headers.get('location') ?? '', html)).text
    expect(codes.match(/<code>[0-9a-f]{4}(-[0-9a-f]{4}){3}<\/code>/g)).toHaveLength(10)
    expect(codes).toContain(`href="${next}"`)
    expect((await browser.get(done.headers.get('location') ?? '', html)).text).not.toContain('<code>')
    expect((await browser.get('/auth/session')).status).toBe(200)
  })

  test('require and forward-auth can ask for a method; a session that has not proven it is refused', async () => {
    const email = await newUser()
    const client = await begin(email)
    await confirm(client, (await client.post('/auth/totp')).body.secret)
    const verify = async (query: string): Promise<number> => (await client.get(`/auth/verify?${query}`)).status
    expect(await verify('method=totp&method=passkey&fresh=1')).toBe(204)
    expect(await verify('method=passkey')).toBe(403)
    expect(await verify('method=topt')).toBe(400)
    const request = new Request(ORIGIN, { headers: { cookie: `latchkey=${client.cookies.get('latchkey')}` } })
    const { auth } = instance
    expect((await auth.require(request, { methods: ['totp'], fresh: true })).user.email).toBe(email)
    await expect(auth.require(request, { methods: ['passkey'] })).rejects.toMatchObject({
      code: 'reauthentication_required',
    })
    await expect(auth.require(request, { methods: ['topt'] })).rejects.toThrow('must be a method')
    await expect(auth.require(request, { methods: [] })).rejects.toThrow('at least one')
  })

  test('a passkey is a second factor as well: the login that adds it is complete', async () => {
    const email = await newUser()
    const client = await begin(email)
    const authenticator = createAuthenticator()
    const { options } = (await client.post('/auth/passkeys/options')).body
    expect(options.user.name).toBe(email)
    expect((await client.get('/auth/session')).status).toBe(401)
    const credential = authenticator.create(options)
    const stranger = await begin(await newUser())
    expect((await stranger.post('/auth/passkeys', { credential })).body.code).toBe('passkey_refused')
    const wrong = authenticator.create({ ...options, excludeCredentials: [] }, { origin: 'https://evil.example' })
    expect((await client.post('/auth/passkeys', { credential: wrong })).body.code).toBe('passkey_refused')
    expect((await client.post('/auth/passkeys', { credential })).body.code).toBe('passkey_refused') // its challenge is gone
    const again = (await client.post('/auth/passkeys/options')).body.options
    const added = createAuthenticator()
    const done = await client.post('/auth/passkeys', { credential: added.create(again), name: 'Key ring' })
    expect([done.status, done.body]).toMatchObject([
      201,
      {
        status: 'complete',
        user: { email },
        session: { methods: ['password', 'passkey'] },
        passkey: { name: 'Key ring' },
      },
    ])
    expect((await client.get('/auth/session')).status).toBe(200)
    expect((await client.get('/auth/factors')).body.passkeys).toHaveLength(1)
    const half = instance.client()
    expect((await logIn(half, email)).body.steps).toEqual([{ method: 'passkey' }])
    const use = (await half.post('/auth/login/passkey/options', {})).body.options
    expect((await half.post('/auth/login/passkey', { credential: added.get(use) })).body.status).toBe('complete')
    expect((await instance.client().post('/auth/passkeys/options')).status).toBe(401)
  })

  test('the last factor is removed: the session stays, and the next login sets up another one', async () => {
    const email = await newUser()
    const client = await begin(email)
    await confirm(client, (await client.post('/auth/totp')).body.secret)
    expect((await client.delete('/auth/totp')).status).toBe(204)
    expect((await client.get('/auth/session')).status).toBe(200)
    expect((await client.post('/auth/recovery-codes')).status).toBe(409)
    await begin(email)
  })

  test('an enrolment by CSRF is refused (cross-origin)', async () => {
    const client = await begin(await newUser())
    const evil = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }
    expect((await client.post('/auth/totp', undefined, evil)).body.code).toBe('cross_origin')
    expect((await client.post('/auth/totp/confirm', { code: '1' }, evil)).body.code).toBe('cross_origin')
  })

  test('an app without cookies enrols with the attempt in its header', async () => {
    const app = { 'latchkey-session': 'header' }
    const email = await newUser()
    const begun = await instance.client().post('/auth/login', { email, password: PASSWORD }, app)
    const headers = { ...app, 'latchkey-attempt': begun.headers.get('latchkey-attempt') ?? '' }
    const { secret } = (await instance.client().post('/auth/totp', undefined, headers)).body
    const done = await instance.client().post('/auth/totp/confirm', { code: totpCode(secret, now) }, headers)
    expect(done.headers.get('latchkey-session')).toMatch(/^lks_/)
  })
})

test('a policy without a factor that users can set up is refused at start', async () => {
  await expect(
    startInstance('handler', { secondFactor: 'required', factors: { totp: false, passkeys: false }, baseUrl: ORIGIN }),
  ).rejects.toThrow('factors.totp')
})
