/* The client against a real Latchkey: it calls every route, knows the session state, and repeats only safe requests. */
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import {
  type ClientOptions,
  createClient,
  type LatchkeyClient,
  type Result,
  type SessionState,
} from '../../src/client.ts'
import type { LatchkeyOptions } from '../../src/index.ts'
import { sqlite } from '../../src/sqlite.ts'
import { createAuthenticator } from '../../src/testing.ts'
import { type BrowserFetch, browserFetch } from '../support/browser-fetch.ts'
import { mailTo, tokenIn } from '../support/caught-mails.ts'
import { type Instance, ORIGIN, PASSWORD, type Ring, startInstance } from '../support/rings.ts'
import { totpCode } from '../support/totp.ts'

const ADA = 'ada@example.com'
const NEW_PASSWORD = 'another long password'
const CREDENTIALS = { email: ADA, password: PASSWORD }

interface Tab extends BrowserFetch {
  readonly client: LatchkeyClient
  /** The states that `onChange` received. */
  readonly told: SessionState[]
}

async function start(ring: Ring = 'handler', options: Partial<LatchkeyOptions> = {}): Promise<Instance> {
  const instance = await startInstance(ring, options)
  onTestFinished(() => instance.close())
  return instance
}

/** A browser with one tab. */
function open(instance: Instance, options: ClientOptions = {}): Tab {
  const own = browserFetch(instance.client())
  const client = createClient({ baseUrl: ORIGIN, fetch: own.fetch, ...options })
  const told: SessionState[] = []
  client.onChange((state) => told.push(state))
  return Object.assign(own, { client, told })
}

async function openLoggedIn(instance: Instance, options: ClientOptions = {}): Promise<Tab> {
  const tab = open(instance, options)
  expect(await tab.client.register(CREDENTIALS)).toMatchObject({ ok: true })
  return tab
}

const statuses = ({ told }: Tab): string[] => told.map(({ status }) => status)

/** Starts a server that is not Latchkey; returns its origin. */
async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Sets up a second factor, uses every call about it, and removes it. */
async function callFactors(instance: Instance, client: LatchkeyClient, phone: LatchkeyClient): Promise<void> {
  const current = await client.session()
  let now = current.ok ? Date.parse(current.data.session.lastSeenAt) : 0
  const nextStep = (): void => {
    instance.advance(30_000)
    now += 30_000
  }
  const setup = await client.totp.create()
  const secret = setup.ok ? setup.data.secret : ''
  const confirmed = await client.totp.confirm({ code: totpCode(secret, now) })
  const codes = confirmed.ok ? confirmed.data.recoveryCodes : []
  expect(codes).toHaveLength(10)
  nextStep()
  expect(await phone.logIn(CREDENTIALS)).toMatchObject({ ok: true, data: { status: 'step_required' } })
  expect(await phone.login.attempt()).toMatchObject({
    ok: true,
    data: { steps: [{ method: 'totp' }, { method: 'recovery_code' }] },
  })
  expect(await phone.login.recoveryCode({ code: codes[0] ?? '', rememberDevice: true })).toMatchObject({
    ok: true,
    data: { status: 'complete' },
  })
  const listed = await client.factors.list()
  const [device] = listed.ok ? listed.data.rememberedDevices : []
  expect(await client.factors.forgetDevice(device?.id ?? '')).toEqual({ ok: true, data: null })
  expect(await phone.logIn(CREDENTIALS)).toMatchObject({ ok: true, data: { status: 'step_required' } })
  expect(await phone.login.recovery()).toEqual({ ok: true, data: { availableAt: expect.any(String) } })
  expect(await client.recovery.get()).toMatchObject({ ok: true, data: { removals: [{ method: 'all' }] } })
  expect(await client.recovery.cancel()).toEqual({ ok: true, data: null })
  expect(await phone.login.totp({ code: totpCode(secret, now) })).toMatchObject({
    ok: true,
    data: { status: 'complete', session: { methods: ['password', 'totp'] } },
  })
  nextStep()
  expect(await client.reauthenticateWith.totp({ code: totpCode(secret, now) })).toMatchObject({ ok: true })
  expect(await client.recoveryCodes.create()).toMatchObject({ ok: true, data: { recoveryCodes: expect.any(Array) } })
  expect(await client.access.list()).toMatchObject({ ok: true, data: { access: expect.any(Array) } })
  expect(await client.access.revokeOthers()).toEqual({ ok: true, data: { revoked: 1 } })
  expect(await client.totp.remove()).toEqual({ ok: true, data: null })
}

/** Uses every call about passkeys with an authenticator in software, and removes the passkey. */
async function callPasskeys(client: LatchkeyClient, phone: LatchkeyClient): Promise<void> {
  const authenticator = createAuthenticator()
  const added = await client.passkeys.add({
    credential: authenticator.create(optionsOf(await client.passkeys.addOptions())),
  })
  expect(added).toMatchObject({ ok: true, data: { passkey: { lastUsedAt: null } } })
  const id = added.ok ? added.data.passkey.id : ''
  const proof = { credential: authenticator.get(optionsOf(await client.passkeys.reauthenticateOptions())) }
  expect(await client.passkeys.reauthenticate(proof)).toMatchObject({ ok: true })
  expect(await client.passkeys.rename(id, { name: 'Phone' })).toMatchObject({
    ok: true,
    data: { passkey: { name: 'Phone' } },
  })
  const login = { credential: authenticator.get(optionsOf(await phone.passkeys.logInOptions({}))) }
  expect(await phone.passkeys.logIn(login)).toMatchObject({
    ok: true,
    data: { status: 'complete', session: { methods: ['passkey'] } },
  })
  expect(await client.passkeys.remove(id)).toEqual({ ok: true, data: null })
  const newcomer = { email: 'newcomer@example.com' }
  const credential = createAuthenticator().create(optionsOf(await phone.passkeys.registerOptions(newcomer)))
  expect(await phone.passkeys.register({ ...newcomer, credential })).toMatchObject({
    ok: true,
    data: { status: 'complete', user: { email: newcomer.email } },
  })
}

/** Uses every call about providers in a service that has none. test/http/providers.test.ts has the real ones. */
async function callProviders(client: LatchkeyClient, phone: LatchkeyClient): Promise<void> {
  expect(await client.identities.list()).toEqual({ ok: true, data: { identities: [] } })
  const unknown = { ok: false, code: 'not_found' }
  expect(await client.identities.link('google')).toMatchObject(unknown)
  expect(await client.identities.unlink('google')).toMatchObject(unknown)
  expect(await client.reauthenticateWith.provider('google')).toMatchObject(unknown)
  expect(await phone.login.withIdToken('google', { idToken: 'x', nonce: 'y' })).toMatchObject(unknown)
}

/** Returns the options of a call that must succeed. */
function optionsOf<Options>(begun: Result<{ readonly options: Options }>): Options {
  if (!begun.ok) throw new Error(begun.code)
  return begun.data.options
}

describe.each(['handler', 'server'] as const)('the client (%s)', (ring) => {
  test('it calls every JSON route, and each call works', async () => {
    const instance = await start(ring)
    const tab = open(instance)
    const { client, seen } = tab
    const newToken = async (address: string, path: string): Promise<string> =>
      tokenIn(await instance.waitForMail(mailTo(address, path)))

    expect(await client.metadata()).toMatchObject({
      ok: true,
      data: { features: expect.arrayContaining(['register']) },
    })
    expect(await client.register({ ...CREDENTIALS, name: 'Ada' })).toMatchObject({
      ok: true,
      data: { status: 'complete', user: { email: ADA, name: 'Ada' }, session: { current: true } },
    })
    expect(await client.email.verify({ token: await newToken(ADA, '/email/verify') })).toEqual({ ok: true, data: null })
    expect(await client.session()).toMatchObject({ ok: true, data: { user: { emailVerified: true } } })
    expect(await client.email.requestVerification()).toEqual({ ok: true, data: null })
    const made = await client.tokens.create({ name: 'backup', scopes: [] })
    expect(made).toMatchObject({ ok: true, data: { accessToken: { name: 'backup', lastUsedAt: null } } })
    const { accessToken } = made.ok ? made.data : {}
    expect(await client.tokens.list()).toEqual({ ok: true, data: { tokens: [accessToken] } })
    expect(await client.tokens.revoke(accessToken?.id ?? '')).toEqual({ ok: true, data: null })
    expect(await client.user.rename({ name: 'Countess' })).toMatchObject({
      ok: true,
      data: { user: { name: 'Countess' } },
    })
    expect(await client.user.get()).toMatchObject({ ok: true, data: { user: { name: 'Countess' } } })
    expect(await client.user.export()).toMatchObject({ ok: true, data: { sessions: [{ methods: ['password'] }] } })

    const phone = open(instance)
    expect(await phone.client.logIn({ ...CREDENTIALS, remember: true })).toMatchObject({ ok: true })
    const listed = await client.sessions.list()
    const other = listed.ok ? listed.data.sessions.find(({ current }) => !current) : undefined
    expect(await client.sessions.revoke(other?.id ?? '')).toEqual({ ok: true, data: null })
    expect(await phone.client.session()).toMatchObject({ ok: false, code: 'unauthenticated' })
    await phone.client.logIn(CREDENTIALS)
    expect(await client.sessions.revokeOthers()).toEqual({ ok: true, data: { revoked: 1 } })

    await callFactors(instance, client, phone.client)
    await callPasskeys(client, phone.client)
    await callProviders(client, phone.client)

    const events = await client.user.events()
    const all = events.ok ? events.data.events : []
    expect(all.map(({ type }) => type)).toContain('session.revoked')
    expect(await client.user.events({ before: all[0]?.id })).toEqual({ ok: true, data: { events: all.slice(1) } })

    expect(await client.reauthenticate({ password: PASSWORD })).toMatchObject({
      ok: true,
      data: { session: { current: true } },
    })
    expect(await client.email.change({ email: 'countess@example.com' })).toEqual({ ok: true, data: null })
    const confirmation = await newToken('countess@example.com', '/email/change/confirm')
    expect(await client.email.confirmChange({ token: confirmation })).toEqual({ ok: true, data: null })
    expect(await client.session()).toMatchObject({ data: { user: { email: 'countess@example.com' } } })
    const change = { currentPassword: PASSWORD, newPassword: NEW_PASSWORD }
    expect(await client.password.change(change)).toMatchObject({ ok: true, data: { session: { current: true } } })
    expect(await client.email.undoChange({ token: await newToken(ADA, '/email/change/undo') })).toEqual({
      ok: true,
      data: null,
    })
    expect(await client.password.forgot({ email: ADA })).toEqual({ ok: true, data: null })
    const reset = { token: await newToken(ADA, '/password/reset'), password: PASSWORD }
    expect(await client.password.reset(reset)).toEqual({ ok: true, data: null })
    expect(await client.logIn(CREDENTIALS)).toMatchObject({ ok: true, data: { status: 'complete' } })
    expect(await client.logOut()).toEqual({ ok: true, data: null })
    await client.logIn(CREDENTIALS)
    expect(await client.user.delete()).toEqual({ ok: true, data: null })
    expect(await client.logIn(CREDENTIALS)).toMatchObject({ ok: false, code: 'invalid_credentials' })

    const { paths } = (await instance.client().get('/auth/openapi.json')).body
    const documented = Object.entries<Record<string, { responses: Record<string, { content?: object }> }>>(paths)
      .flatMap(([path, operations]) =>
        Object.entries(operations).map(([method, { responses }]) => ({ path, method, responses })),
      )
      .filter(({ responses }) => !('text/html' in (responses[200]?.content ?? {})))
      .map(({ path, method }) => `${method.toUpperCase()} ${path}`)
    const called = new Set(
      [...seen, ...phone.seen].map(({ call }) =>
        call
          .replace(/google$/, call.includes('/identities/') ? '{id}' : '{provider}')
          .replace(/(?<=(?:sessions|tokens|remembered-devices|passkeys)\/)(?!options$).+/, '{id}'),
      ),
    )
    const uncalled = documented.filter((route) => !called.has(route))
    // One route is for the navigation of a browser, the last one for proxies.
    expect(uncalled.sort()).toEqual([
      'GET /auth/brand/{name}',
      'GET /auth/login/with/{provider}',
      'GET /auth/openapi.json',
      'GET /auth/problems/{code}',
      'GET /auth/verify',
    ])
  })

  test('a refusal is a result, with its code and its problems', async () => {
    const { client } = open(await start(ring))
    expect(await client.register({ email: 'nobody', password: 'short' })).toEqual({
      ok: false,
      code: 'validation_failed',
      status: 422,
      title: 'Validation failed',
      detail: expect.any(String),
      errors: ['#/email', '#/password'].map((pointer) => ({ pointer, detail: expect.any(String) })),
      retryAfterSeconds: null,
    })
    expect(await client.logIn(CREDENTIALS)).toMatchObject({
      ok: false,
      code: 'invalid_credentials',
      status: 401,
      errors: [],
    })
    await client.register(CREDENTIALS)
    expect(await client.sessions.revoke('../user')).toMatchObject({ ok: false, code: 'not_found' })
    expect(await client.session()).toMatchObject({ ok: true })
  })
})

describe('the session state', () => {
  test('simultaneous callers share one request; later callers send a new one', async () => {
    const tab = await openLoggedIn(await start())
    tab.seen.length = 0
    const answers = await Promise.all(Array.from({ length: 10 }, () => tab.client.session()))
    expect(tab.seen).toHaveLength(1)
    expect(new Set(answers).size).toBe(1)
    await tab.client.session()
    expect(tab.seen).toHaveLength(2)
  })

  test('a caller that aborts does not take the answer from the others', async () => {
    const tab = await openLoggedIn(await start())
    const giveUp = new AbortController()
    const patient = tab.client.session()
    const impatient = tab.client.session({ signal: giveUp.signal })
    giveUp.abort(new Error('no patience'))
    await expect(impatient).rejects.toThrow('no patience')
    expect(await patient).toMatchObject({ ok: true })
    expect(tab.seen.filter(({ call }) => call === 'GET /auth/session')).toHaveLength(1)
    await expect(tab.client.session({ signal: giveUp.signal })).rejects.toThrow('no patience')
    expect(tab.seen.filter(({ call }) => call === 'GET /auth/session')).toHaveLength(1)
  })

  test('onChange receives each login, change and logout once, until it is unsubscribed', async () => {
    const tab = open(await start())
    expect(tab.client.state).toEqual({ status: 'unknown' })
    await tab.client.session()
    await tab.client.session()
    expect(statuses(tab)).toEqual(['logged_out'])
    await tab.client.register(CREDENTIALS)
    await tab.client.session()
    await tab.client.user.get()
    expect(tab.told.slice(1)).toEqual([
      { status: 'logged_in', user: expect.objectContaining({ email: ADA }), session: expect.anything() },
    ])
    await tab.client.user.rename({ name: 'Ada' })
    expect(tab.client.state).toMatchObject({ user: { name: 'Ada' } })
    await tab.client.logOut()
    expect(statuses(tab)).toEqual(['logged_out', 'logged_in', 'logged_in', 'logged_out'])
    expect(tab.client.state).toEqual({ status: 'logged_out' })
    const more: SessionState[] = []
    const end = tab.client.onChange((state) => more.push(state))
    end()
    await tab.client.logIn(CREDENTIALS)
    expect([more.length, tab.told.length]).toEqual([0, 5])
  })

  test('a 401 of any call sets the state to logged out', async () => {
    const instance = await start()
    const tab = await openLoggedIn(instance)
    const user = await instance.auth.users.find(ADA)
    await instance.auth.sessions.revokeAll(user?.id ?? '')
    expect(await tab.client.sessions.list()).toMatchObject({ ok: false, code: 'unauthenticated' })
    expect(statuses(tab)).toEqual(['logged_in', 'logged_out'])
  })

  test('a wrong password does not log out; revoking your session and deleting the account do', async () => {
    const tab = await openLoggedIn(await start())
    await tab.client.logIn({ email: ADA, password: NEW_PASSWORD })
    await tab.client.reauthenticate({ password: NEW_PASSWORD })
    expect(statuses(tab)).toEqual(['logged_in'])
    await tab.client.sessions.revoke(tab.client.state.status === 'logged_in' ? tab.client.state.session.id : '')
    expect(statuses(tab)).toEqual(['logged_in', 'logged_out'])
    await tab.client.logIn(CREDENTIALS)
    await tab.client.user.delete()
    expect(statuses(tab).slice(2)).toEqual(['logged_in', 'logged_out'])
  })

  test('an answer that arrives after a newer login is ignored', async () => {
    const tab = open(await start())
    const login = Promise.withResolvers<void>()
    tab.onAnswer = ({ call }) =>
      call === 'GET /auth/session' || call === 'GET /auth/sessions' ? login.promise : undefined
    const late = [tab.client.session(), tab.client.sessions.list()]
    await tab.client.register(CREDENTIALS)
    login.resolve()
    expect(await Promise.all(late)).toMatchObject([{ code: 'unauthenticated' }, { code: 'unauthenticated' }])
    expect(statuses(tab)).toEqual(['logged_in'])
    expect(await tab.client.session()).toMatchObject({ ok: true })
  })

  test('after a password reset the client asks for the session again', async () => {
    const instance = await start()
    const tab = await openLoggedIn(instance)
    await tab.client.password.forgot({ email: ADA })
    const token = tokenIn(await instance.waitForMail(mailTo(ADA, '/password/reset')))
    const changed = Promise.withResolvers<SessionState>()
    tab.client.onChange(changed.resolve)
    expect(await tab.client.password.reset({ token, password: NEW_PASSWORD })).toMatchObject({ ok: true })
    expect(await changed.promise).toEqual({ status: 'logged_out' })
  })

  test('a failed request does not log out; if nothing was known, the failure is reported', async () => {
    const instance = await start()
    let isDown = false
    const jar = browserFetch(instance.client())
    const fetchOrFail: typeof fetch = (input, init) => (isDown ? fetch('http://127.0.0.1:1/') : jar.fetch(input, init))
    const [first, second] = [0, 1].map(() => createClient({ baseUrl: ORIGIN, fetch: fetchOrFail }))
    await first?.register(CREDENTIALS)
    isDown = true
    expect(await first?.session()).toMatchObject({ ok: false, code: 'network_error' })
    expect(first?.state).toMatchObject({ status: 'logged_in' })
    expect(await second?.session()).toMatchObject({ ok: false, code: 'network_error' })
    expect(second?.state).toMatchObject({ status: 'unavailable', error: { code: 'network_error' } })
    isDown = false
    await second?.session()
    expect(second?.state).toMatchObject({ status: 'logged_in' })
  })

  test('a server that renders pages forwards the cookie of its visitor', async () => {
    const instance = await start()
    const browser = instance.client()
    await browser.post('/auth/register', CREDENTIALS)
    const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const { fetch } = browserFetch(instance.client())
    const options = { baseUrl: `${ORIGIN}/`, fetch }
    expect(await createClient({ ...options, headers: { cookie } }).session()).toMatchObject({
      data: { user: { email: ADA } },
    })
    expect(await createClient(options).session()).toMatchObject({ code: 'unauthenticated' })
  })
})

describe('trying again', () => {
  /** A tab whose account must wait a second before the next login. The service's clock continues when `goOn` is called. */
  async function throttled(options: ClientOptions, goOn: boolean): Promise<Tab> {
    const instance = await start('handler', { throttle: {} })
    await instance.auth.users.create(CREDENTIALS)
    const tab = open(instance, options)
    for (let failures = 0; failures < 5; failures++) await tab.client.logIn({ email: ADA, password: NEW_PASSWORD })
    tab.seen.length = 0
    tab.onAnswer = ({ status }) => {
      if (goOn && status === 429) instance.advance(1_000)
    }
    return tab
  }
  const seenStatuses = ({ seen }: Tab): number[] => seen.map(({ status }) => status)

  test('a login beyond the limit is sent again after Retry-After', async () => {
    const tab = await throttled({}, true)
    const before = performance.now()
    expect(await tab.client.logIn(CREDENTIALS)).toMatchObject({ ok: true })
    expect(performance.now() - before).toBeGreaterThan(990)
    expect(seenStatuses(tab)).toEqual([429, 200])
  })

  test('it retries at most maxRetries times; then the refusal contains the time to wait', async () => {
    const tab = await throttled({ maxRetries: 1 }, false)
    const refused = { ok: false, code: 'too_many_requests', status: 429, retryAfterSeconds: 1 }
    expect(await tab.client.logIn(CREDENTIALS)).toMatchObject(refused)
    expect(seenStatuses(tab)).toEqual([429, 429])
  })

  test('the client does not wait longer than maxRetryWaitSeconds', async () => {
    const tab = await throttled({ maxRetryWaitSeconds: 0.5 }, true)
    expect(await tab.client.logIn(CREDENTIALS)).toMatchObject({ code: 'too_many_requests' })
    expect(seenStatuses(tab)).toEqual([429])
  })

  test('a signal ends the wait', async () => {
    const tab = await throttled({}, false)
    const giveUp = new AbortController()
    const advance = tab.onAnswer
    tab.onAnswer = (seen, reply) => {
      queueMicrotask(() => giveUp.abort(new Error('no patience')))
      return advance?.(seen, reply)
    }
    await expect(tab.client.logIn(CREDENTIALS, { signal: giveUp.signal })).rejects.toThrow('no patience')
    expect(seenStatuses(tab)).toEqual([429])
  })

  test('after a 503 of the database, a read is repeated, and a request that may have succeeded is not', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'latchkey-client-')), 'test.db')
    const tab = await openLoggedIn(await start('handler', { storage: sqlite(file) }))
    const beside = new DatabaseSync(file)
    onTestFinished(() => beside.close())
    tab.seen.length = 0
    await vi.waitFor(() => beside.exec('BEGIN IMMEDIATE'), { timeout: 20_000 }) // after the email of the registration is sent; then no other process writes
    expect(await tab.client.logOut()).toMatchObject({ ok: false, code: 'unavailable', retryAfterSeconds: 1 })
    expect(seenStatuses(tab)).toEqual([503])
    tab.onAnswer = ({ status }) => {
      if (status === 503) beside.exec('ROLLBACK')
    }
    expect(await tab.client.user.export()).toMatchObject({ ok: true }) // the export writes an event
    expect(seenStatuses(tab)).toEqual([503, 503, 200])
    expect(statuses(tab)).toEqual(['logged_in'])
  })

  test('a redirect is not followed, so that no other site receives the password', async () => {
    const asked: string[] = []
    const elsewhere = await serve((request, response) => {
      asked.push(request.url ?? '')
      response.end('{}')
    })
    const moved = await serve((_request, response) => {
      response.writeHead(307, { location: `${elsewhere}/auth/login` }).end()
    })
    expect(await createClient({ baseUrl: moved }).logIn(CREDENTIALS)).toMatchObject({ code: 'network_error' })
    expect(asked).toEqual([])
  })

  test('reads are repeated after a 503 of a proxy, also with a date in Retry-After', async () => {
    let requests = 0
    const baseUrl = await serve((_request, response) => {
      requests++
      const retryAfter = requests === 1 ? new Date(0).toUTCString() : '0'
      response.writeHead(503, { 'Retry-After': retryAfter, 'Content-Type': 'text/html' }).end('<p>Down')
    })
    const client = createClient({ baseUrl })
    const down = { ok: false, code: 'network_error', status: 503, detail: expect.stringContaining('not an answer of') }
    expect(await client.session()).toMatchObject(down)
    expect(requests).toBe(3)
    expect(await client.logOut()).toMatchObject(down)
    expect(requests).toBe(4)
    expect(client.state).toMatchObject({ status: 'unavailable', error: down })
  })
})

test.each([
  ['a page for whatever is asked', 200, 'text/html', '<p>Hello', 'unexpected_answer'],
  ['JSON of something else', 404, 'application/json', '{"message":"no"}', 'unexpected_answer'],
  ['JSON that breaks off', 200, 'application/json', '{"status":"comp', 'unexpected_answer'],
  ['JSON that is no object', 500, 'application/json', 'null', 'network_error'],
  ['the page of a proxy', 502, 'text/html', '<h1>Bad Gateway', 'network_error'],
])('an answer that is not from Latchkey is a refusal: %s', async (_, status, type, text, code) => {
  const baseUrl = await serve((_request, response) => response.writeHead(status, { 'Content-Type': type }).end(text))
  expect(await createClient({ baseUrl }).logIn(CREDENTIALS)).toMatchObject({
    ok: false,
    code,
    status,
    title: 'The service does not answer',
    detail: expect.stringContaining(`${status} from ${baseUrl}/auth/login is not an answer of Latchkey`),
    errors: [],
  })
})

describe('a server that is down', () => {
  const calls: readonly ((client: LatchkeyClient, signal?: AbortSignal) => Promise<unknown>)[] = [
    (client, signal) => client.logIn(CREDENTIALS, { signal }),
    (client, signal) => client.session({ signal }),
    (client, signal) => client.sessions.revoke('x', { signal }),
    (client, signal) => client.user.events({}, { signal }),
  ]

  test.each([
    ['nobody listens', async () => 'http://127.0.0.1:1'],
    ['the connection breaks', () => serve(({ socket }) => socket.destroy())],
    [
      'the answer breaks off',
      () =>
        serve((_, response) => response.writeHead(200, { 'Content-Length': 9 }).write('{', () => response.destroy())),
    ],
    ['the name does not exist', async () => 'http://no-such-host.invalid'],
  ])('every call returns the refusal network_error: %s', async (_, start) => {
    const client = createClient({ baseUrl: await start() })
    for (const call of calls) {
      expect(await call(client)).toMatchObject({
        ok: false,
        code: 'network_error',
        status: 0,
        title: expect.any(String),
        errors: [],
        retryAfterSeconds: null,
        cause: expect.any(TypeError),
      })
    }
    expect(client.state).toMatchObject({ status: 'unavailable' })
  })

  test('an aborted call throws the reason of its signal, also while the server is silent', async () => {
    const asked = Promise.withResolvers<void>()
    const client = createClient({ baseUrl: await serve(() => asked.resolve()) })
    const giveUp = new AbortController()
    const silent = client.logIn(CREDENTIALS, { signal: giveUp.signal })
    await asked.promise
    giveUp.abort(new Error('no patience'))
    await expect(silent).rejects.toThrow('no patience')
    for (const call of calls) await expect(call(client, giveUp.signal)).rejects.toThrow('no patience')
  })

  test('a mistake of the program throws: no baseUrl outside a browser, a body that is no JSON', async () => {
    await expect(createClient().logIn(CREDENTIALS)).rejects.toThrow(TypeError)
    const circular: Record<string, unknown> = { ...CREDENTIALS }
    circular.email = circular
    const body = circular as unknown as typeof CREDENTIALS
    await expect(createClient({ baseUrl: 'http://127.0.0.1:1' }).logIn(body)).rejects.toThrow(TypeError)
  })
})
