/* Apps are told that a session is over (OpenID Connect Back-Channel Logout 1.0), by real requests to real servers. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createLocalJWKSet, type JWTPayload, jwtVerify } from 'jose'
import { describe, expect, onTestFinished, test } from 'vitest'
import { Client } from '../support/client.ts'
import { createApp, obtain, register, SCOPES, startOAuth } from '../support/oauth.ts'
import { type Instance, PASSWORD, RINGS, type Ring, sendTo, startInstance } from '../support/rings.ts'
import { until } from '../support/until.ts'

/** An app that takes logout tokens. */
interface Listener {
  readonly uri: string
  readonly bodies: string[]
  /** The status of the next answers; null: no answer. */
  status: number | null
}

async function listen(): Promise<Listener> {
  const listener = { uri: '', bodies: [] as string[], status: 200 as number | null }
  const server = createServer(async (request, response) => {
    const chunks: Uint8Array[] = []
    for await (const chunk of request) chunks.push(chunk)
    listener.bodies.push(Buffer.concat(chunks).toString())
    if (listener.status !== null) response.writeHead(listener.status).end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  listener.uri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/logout`
  return listener
}

async function start(ring: Ring = 'handler', options: Parameters<typeof startOAuth>[1] = {}): Promise<Instance> {
  const instance = await startOAuth(ring, options)
  onTestFinished(() => instance.close())
  onTestFinished(() => expect(instance.errors).toEqual([]))
  return instance
}

const sessionOf = async (browser: Client) => (await browser.get('/auth/session')).body
const claimsOf = (jwt: string | undefined): JWTPayload =>
  JSON.parse(Buffer.from(jwt?.split('.')[1] ?? '', 'base64url').toString())
const tokenIn = (body: string | undefined): string => new URLSearchParams(body).get('logout_token') ?? ''

describe.each(RINGS)('back-channel logout (%s)', (ring) => {
  test('an app gets a signed logout token whenever a session ends in which its user logged in', async () => {
    const instance = await start(ring)
    const listener = await listen()
    const app = await createApp(instance, { backchannelLogoutUri: listener.uri })
    const ends: readonly [string, (browser: Client, sessionId: string, userId: string) => Promise<unknown>][] = [
      ['logout', (browser) => browser.post('/auth/logout')],
      ['revoked', (_browser, sessionId, userId) => instance.auth.sessions.revoke(userId, sessionId)],
      ['everything', (_browser, _sessionId, userId) => instance.auth.sessions.revokeAll(userId)],
      ['disabled', (_browser, _sessionId, userId) => instance.auth.users.disable(userId)],
      ['deleted', (browser) => browser.request('/auth/user', { method: 'DELETE' })],
      ['replaced', (browser) => browser.post('/auth/login', { email: 'replaced@example.com', password: PASSWORD })],
    ]
    for (const [name, end] of ends) {
      const browser = await register(instance, `${name}@example.com`)
      const { user, session } = await sessionOf(browser)
      const { id_token: idToken } = await obtain(instance, browser, app, { scope: 'openid offline_access', nonce: 'n' })
      expect(claimsOf(idToken).sid).toBe(session.id)
      await end(browser, session.id, user.id)
      await until(() => listener.bodies.length === 1)
      const jwt = tokenIn(listener.bodies.pop())
      const jwks = createLocalJWKSet((await instance.client().get('/auth/jwks.json')).body)
      const { payload } = await jwtVerify(jwt, jwks, {
        typ: 'logout+jwt',
        issuer: 'http://localhost:3000/auth',
        audience: app.clientId,
        algorithms: ['ES256'],
      })
      expect([name, payload]).toEqual([
        name,
        {
          iss: 'http://localhost:3000/auth',
          aud: app.clientId,
          sub: user.id,
          sid: session.id,
          iat: expect.any(Number),
          exp: Number(payload.iat) + 120,
          jti: expect.any(String),
          events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
        },
      ])
    }
    await until(async () => (await instance.runSql('SELECT 1 FROM oauth_logins')).length <= 1) // the session that replaced one
    const { body } = await instance.client().get('/auth/.well-known/openid-configuration')
    expect([body.backchannel_logout_supported, body.backchannel_logout_session_supported]).toEqual([true, true])
  })
})

test('a session that goes on tells nobody, also if its user changes', async () => {
  const instance = await start()
  const listener = await listen()
  const app = await createApp(instance, { backchannelLogoutUri: listener.uri })
  const [browser, other] = [await register(instance), instance.client()]
  await other.post('/auth/login', { email: 'ada@example.com', password: PASSWORD })
  await obtain(instance, browser, app)
  await browser.patch('/auth/user', { name: 'Countess' })
  await other.post('/auth/logout')
  await browser.post('/auth/reauthenticate', { password: PASSWORD }) // a new token, the same session
  const { session } = await sessionOf(browser)
  await browser.post('/auth/logout')
  await until(() => listener.bodies.length > 0)
  expect(listener.bodies.map((body) => claimsOf(tokenIn(body)).sid)).toEqual([session.id])
})

test('an app that does not answer holds up no other app', async () => {
  const instance = await start()
  const [down, up] = [await listen(), await listen()]
  down.status = null
  const [silent, well] = [
    await createApp(instance, { name: 'Silent', backchannelLogoutUri: down.uri }),
    await createApp(instance, { name: 'Well', backchannelLogoutUri: up.uri }),
  ]
  const browsers = await Promise.all(['a', 'b', 'c'].map((name) => register(instance, `${name}@example.com`)))
  for (const browser of browsers) {
    await obtain(instance, browser, silent)
    await obtain(instance, browser, well)
  }
  for (const [index, browser] of browsers.entries()) {
    await browser.post('/auth/logout')
    await until(() => up.bodies.length === index + 1)
  }
  await until(() => down.bodies.length > 0)
  expect(down.bodies).toHaveLength(1) // it has not answered the first request
})

test.each(RINGS)('a process takes 20 of the messages for a slow app, however many wait (CWE-770, %s)', async (ring) => {
  const instance = await start(ring)
  const [slow, quick] = [await listen(), await listen()]
  slow.status = null
  const apps = [
    await createApp(instance, { name: 'Slow', backchannelLogoutUri: slow.uri }),
    await createApp(instance, { name: 'Quick', backchannelLogoutUri: quick.uri }),
  ]
  const time = (ms: number): string => (ring.includes('PostgreSQL') ? `to_timestamp(${ms / 1_000})` : String(ms))
  const id = (nth: number): string => `01a20561-b5ed-7132-a6ad-${String(nth).padStart(12, '0')}`
  const row = (nth: number, app = apps[0]): string =>
    `('${id(nth)}', '${app?.clientId}', '${id(0)}', ${time(1)}, ${time(nth)}, 0)`
  const waiting = Array.from({ length: 70 }, (_, nth) => row(nth + 1))
  await instance.runSql(`INSERT INTO oauth_logins VALUES ${[...waiting, row(100, apps[1])]}`)
  await instance.auth.sweep() // it looks at once
  await until(() => quick.bodies.length === 1) // its message is the last one
  await until(() => slow.bodies.length === 1)
  const taken = `SELECT 1 FROM oauth_logins WHERE client_id = '${apps[0]?.clientId}' AND due_at > ${time(100)}`
  expect(await instance.runSql(taken)).toHaveLength(20)
  slow.status = 204
})

test('an app that failed is left alone for a while, and told when it is back', async () => {
  const instance = await start()
  const listener = await listen()
  listener.status = 503
  const app = await createApp(instance, { backchannelLogoutUri: listener.uri })
  const browsers = await Promise.all(['a', 'b', 'c'].map((name) => register(instance, `${name}@example.com`)))
  for (const browser of browsers) await obtain(instance, browser, app)
  for (const browser of browsers) await browser.post('/auth/logout')
  const isPaused = async () => {
    const rows = await instance.runSql('SELECT tries, due_at FROM oauth_logins')
    return rows.some(({ tries }) => tries === 1) && new Set(rows.map(({ due_at: dueAt }) => dueAt)).size === 1
  }
  await until(isPaused)
  expect(listener.bodies).toHaveLength(1)
  listener.status = 204
  instance.advance(11_000)
  const next = await instance.sibling() // it looks at once
  onTestFinished(() => next.close())
  await until(() => listener.bodies.length >= 4)
  expect(new Set(listener.bodies.map((body) => claimsOf(tokenIn(body)).sid)).size).toBe(3)
})

test('an app that failed is told within seconds after its URI was changed, and the counts name the app', async () => {
  const instance = await start()
  const [wrong, right] = [await listen(), await listen()]
  wrong.status = 404
  const app = await createApp(instance, { backchannelLogoutUri: wrong.uri })
  const browsers = [await register(instance), await register(instance, 'bob@example.com')]
  for (const browser of browsers) await obtain(instance, browser, app)
  for (const browser of browsers) await browser.post('/auth/logout')
  const isPaused = async () => (await instance.runSql('SELECT 1 FROM oauth_logins WHERE tries = 1')).length === 1
  await until(isPaused)
  const other = await instance.sibling({ deliverMails: false }) // as the command line is
  await other.oauthClients.update(app.clientId, { backchannelLogoutUri: right.uri })
  await other.close()
  await instance.auth.sweep() // it looks at once
  await until(() => right.bodies.length === 2)
  expect(wrong.bodies).toHaveLength(1)
  await until(async () => (await instance.runSql('SELECT 1 FROM oauth_logins')).length === 0)
  expect(instance.auth.stats().logouts).toEqual([
    { clientId: app.clientId, outcome: 'failed', count: 1 },
    { clientId: app.clientId, outcome: 'sent', count: 2 },
  ])
})

test('what a process that died did not tell is told by the next one', async () => {
  const instance = await start('handler', { deliverMails: false })
  const listener = await listen()
  const app = await createApp(instance, { backchannelLogoutUri: listener.uri })
  const browser = await register(instance)
  await obtain(instance, browser, app)
  await browser.post('/auth/logout')
  await until(async () => {
    const [row] = await instance.runSql('SELECT due_at, created_at FROM oauth_logins')
    return row !== undefined && Number(row.due_at) === Number(row.created_at)
  })
  expect(listener.bodies).toEqual([])
  const next = await instance.sibling({ deliverMails: true })
  onTestFinished(() => next.close())
  await until(() => listener.bodies.length === 1)
})

test.each(RINGS)(
  'a session that another process ended before it died is told at the next start or sweep (%s)',
  async (ring) => {
    // This process does not know of apps, so it tells no app, as if it was killed after its commit.
    const killed = await startInstance(ring, { scopes: SCOPES })
    onTestFinished(() => killed.close())
    const startNode = async () => {
      const node = await killed.sibling({ oauth: {} })
      onTestFinished(() => node.close())
      return node
    }
    const auth = await startNode()
    const instance = { ...killed, auth, client: () => new Client(sendTo(auth)) }
    const listener = await listen()
    const app = await createApp(instance, { backchannelLogoutUri: listener.uri })
    const users: string[] = []
    for (const name of ['ada', 'bob', 'eve']) {
      const browser = await register(instance, `${name}@example.com`)
      await obtain(instance, browser, app)
      users.push((await sessionOf(browser)).user.id)
    }
    await killed.auth.sessions.revokeAll(users[0] ?? '')
    await startNode()
    await until(() => listener.bodies.length === 1)
    await killed.auth.users.disable(users[1] ?? '')
    await auth.sweep()
    await until(() => listener.bodies.length === 2)
    expect(listener.bodies.map((body) => claimsOf(tokenIn(body)).sub)).toEqual(users.slice(0, 2))
  },
)

test.each(RINGS)('an app is told of a session that expired with the next sweep (%s)', async (ring) => {
  const instance = await start(ring, { session: { idleMs: 600_000 } })
  const listener = await listen()
  const app = await createApp(instance, { backchannelLogoutUri: listener.uri })
  const ada = await register(instance)
  await obtain(instance, ada, app)
  const { user } = await sessionOf(ada)
  instance.advance(500_000)
  const bob = await register(instance, 'bob@example.com')
  await obtain(instance, bob, app)
  instance.advance(200_000)
  await instance.auth.sweep()
  await until(() => listener.bodies.length === 1)
  expect(claimsOf(tokenIn(listener.bodies[0])).sub).toBe(user.id)
})

test('without a login to an app that wants to be told, a look costs one read and no transaction', async () => {
  const instance = await start('handler')
  const looks = () => instance.statements.filter((text) => /^\s*(?:select|update)[\s\S]*oauth_logins/i.test(text))
  await until(() => looks().length >= 2)
  // One reads the sessions that ended unseen, once at the start; the other is the look.
  expect(looks().filter((text) => /order by "session_id"/i.test(text))).toHaveLength(1)
  expect(looks()).toHaveLength(2)
  expect(looks().filter((text) => /^\s*update/i.test(text))).toEqual([])
  expect(looks().filter((text) => /oauth_clients|for update/i.test(text))).toEqual([])
})

test('a session that ended while the database did not answer is told when it does again', async () => {
  const instance = await start('handler')
  const listener = await listen()
  const app = await createApp(instance, { backchannelLogoutUri: listener.uri })
  const [ada, bob] = [await register(instance), await register(instance, 'bob@example.com')]
  await obtain(instance, ada, app)
  await instance.runSql('ALTER TABLE oauth_logins RENAME TO gone')
  await ada.post('/auth/logout')
  await until(() => instance.errors.length > 0)
  instance.errors.length = 0
  await instance.runSql('ALTER TABLE gone RENAME TO oauth_logins')
  await bob.post('/auth/logout') // any change
  await until(() => listener.bodies.length === 1)
})

test('SSRF: no request goes to a private address, whatever an app registered (ASVS 1.3.6)', async () => {
  const listener = await listen()
  const port = new URL(listener.uri).port
  const instance = await start('handler', { baseUrl: 'https://id.example.com', deliverMails: false })
  const uris = [listener.uri, `http://localhost:${port}/`, `https://localhost:${port}/`, `https://127.0.0.1:${port}/`]
  for (const backchannelLogoutUri of uris) {
    const { clientId } = await createApp(instance, { backchannelLogoutUri })
    const session = "'01234567-89ab-7def-8123-456789abcde0'"
    const user = "'01234567-89ab-7def-8123-456789abcdef'"
    await instance.runSql(`INSERT INTO oauth_logins VALUES (${session}, '${clientId}', ${user}, 0, 0, 44)`) // the last try
  }
  const given: string[] = []
  const next = await instance.sibling({ deliverMails: true, onEvent: ({ type }) => given.push(type) })
  onTestFinished(() => next.close())
  await until(() => given.length === uris.length)
  expect([new Set(given), listener.bodies]).toEqual([new Set(['oauth_client.logout_failed']), []])
})

test.each([
  ['a scheme of an app', 'com.example.app:/logout'],
  ['http', 'http://notes.example.com/logout'],
  ['a fragment', 'https://notes.example.com/logout#x'],
  ['a user', 'https://u:p@notes.example.com/logout'],
  ['a file', 'file:///etc/passwd'],
])('a back-channel URI with %s is refused', async (_name, uri) => {
  const instance = await start()
  await expect(createApp(instance, { backchannelLogoutUri: uri })).rejects.toMatchObject({ code: 'validation_failed' })
})
