/* Logout that an app starts (OpenID Connect RP-Initiated Logout 1.0), and attacks on it. */
import { expect, onTestFinished, test } from 'vitest'
import type { Client } from '../support/client.ts'
import { type App, createApp, locationOf, obtain, register, startOAuth, statusOf } from '../support/oauth.ts'
import type { Instance } from '../support/rings.ts'

const HTML = { accept: 'text/html' }
const GOODBYE = 'https://notes.example.com/goodbye'

interface Scene {
  readonly instance: Instance
  readonly ada: Client
  readonly app: App
  readonly tokens: Record<string, string>
}

async function start(): Promise<Scene> {
  const instance = await startOAuth('handler')
  onTestFinished(() => instance.close())
  const ada = await register(instance)
  const app = await createApp(instance, { postLogoutRedirectUris: [GOODBYE] })
  return { instance, ada, app, tokens: await obtain(instance, ada, app) }
}

const logout = (parameters: Record<string, string>): string => `/auth/oauth/logout?${new URLSearchParams(parameters)}`
const isLoggedIn = async (browser: Client): Promise<boolean> => (await browser.get('/auth/session')).status === 200

/** The fields of the form on the logout page. */
function fieldsOf(page: string): Record<string, string> {
  const fields = [...page.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)">/g)]
  return Object.fromEntries(fields.map(([, name = '', value = '']) => [name, value.replaceAll('&amp;', '&')]))
}

test('an app with an ID token of the user logs out at once, and gets its state', async () => {
  const { instance, ada, tokens } = await start()
  const { body } = await instance.client().get('/auth/.well-known/openid-configuration')
  expect(body.end_session_endpoint).toBe('http://localhost:3000/auth/oauth/logout')
  instance.advance(7_200_000) // an expired ID token is a hint as well
  const parameters = { id_token_hint: tokens.id_token ?? '', post_logout_redirect_uri: GOODBYE, state: 's&1' }
  const reply = await ada.get(logout(parameters), HTML)
  expect([reply.status, locationOf(reply)]).toEqual([303, `${GOODBYE}?state=s%261`])
  expect(await isLoggedIn(ada)).toBe(false)
  expect(await statusOf(instance, tokens.access_token)).toBe(401)
  expect(locationOf(await ada.get(logout(parameters), HTML))).toBe(`${GOODBYE}?state=s%261`)
})

test('without an ID token of the user, a page asks, and its button logs out (ASVS 10.6.2)', async () => {
  const { instance, ada, app } = await start()
  const eve = await register(instance, 'eve@example.com')
  const { id_token: others = '' } = await obtain(instance, eve, app)
  for (const parameters of [
    {},
    { client_id: app.clientId, post_logout_redirect_uri: GOODBYE, state: 's' },
    { id_token_hint: others, post_logout_redirect_uri: GOODBYE },
  ]) {
    const page = await ada.get(logout(parameters), HTML)
    expect([page.status, page.headers.get('content-security-policy')]).toEqual([
      200,
      expect.stringContaining("frame-ancestors 'none'"),
    ])
    expect(await isLoggedIn(ada)).toBe(true)
  }
  const page = await ada.get(logout({ client_id: app.clientId, post_logout_redirect_uri: GOODBYE, state: 's' }), HTML)
  expect(page.text).toContain('Notes')
  const posted = await ada.form('/auth/oauth/logout/confirm', fieldsOf(page.text))
  expect([posted.status, locationOf(posted)]).toEqual([303, `${GOODBYE}?state=s`])
  expect(await isLoggedIn(ada)).toBe(false)
  const plain = await eve.form('/auth/oauth/logout/confirm', fieldsOf((await eve.get(logout({}), HTML)).text))
  expect([plain.status, locationOf(plain), await isLoggedIn(eve)]).toEqual([303, '/auth/login', false])
})

test.each([
  ['another path', `${GOODBYE}/evil`],
  ['a prefix', 'https://notes.example.com/good'],
  ['another host', 'https://evil.example/goodbye'],
  ['a user', 'https://notes.example.com@evil.example/goodbye'],
  ['a query', `${GOODBYE}?x=1`],
  ['an encoded path', 'https://notes.example.com/%67oodbye'],
  ['a script', 'javascript:alert(1)'],
  ['the redirect URI of the login', 'https://notes.example.com/callback'],
])('open redirect after logout: %s is refused, and the user stays logged in', async (_name, uri) => {
  const { ada, app, tokens } = await start()
  for (const who of [{ client_id: app.clientId }, { id_token_hint: tokens.id_token ?? '' }]) {
    const reply = await ada.get(logout({ ...who, post_logout_redirect_uri: uri }), HTML)
    expect([reply.status, reply.headers.get('location')]).toEqual([400, null])
    expect(reply.text).not.toContain('evil')
  }
  const forged = await ada.form('/auth/oauth/logout/confirm', {
    client_id: app.clientId,
    post_logout_redirect_uri: uri,
  })
  expect(locationOf(forged)).toMatch(/^\/auth\/oauth\/logout/)
  const unnamed = await ada.get(logout({ post_logout_redirect_uri: uri }), HTML)
  expect([unnamed.status, unnamed.text.includes('evil')]).toEqual([200, false])
  expect(await isLoggedIn(ada)).toBe(true)
})

test('a forged hint, that of another app, an unknown app and a parameter twice are refused', async () => {
  const { instance, ada, app, tokens } = await start()
  const other = await createApp(instance, { name: 'Other', postLogoutRedirectUris: ['https://other.example/bye'] })
  const [header = '', payload = '', signature = ''] = (tokens.id_token ?? '').split('.')
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const { kid } = JSON.parse(Buffer.from(header, 'base64url').toString())
  for (const parameters of [
    { id_token_hint: `${encode({ alg: 'none', kid })}.${payload}.` },
    { id_token_hint: `${encode({ alg: 'HS256', kid })}.${payload}.${signature}` },
    { id_token_hint: `${header}.${encode({ iss: 'http://localhost:3000/auth', aud: app.clientId })}.${signature}` },
    { id_token_hint: tokens.access_token ?? '' },
    { id_token_hint: 'x.y' },
    { id_token_hint: tokens.id_token ?? '', client_id: other.clientId },
    { id_token_hint: tokens.id_token ?? '', post_logout_redirect_uri: 'https://other.example/bye' },
    { client_id: 'nobody' },
  ]) {
    const reply = await ada.get(logout(parameters as Record<string, string>), HTML)
    expect([parameters, reply.status]).toEqual([parameters, 400])
  }
  const twice = `${logout({ client_id: app.clientId, post_logout_redirect_uri: GOODBYE })}&post_logout_redirect_uri=x`
  expect((await ada.get(twice, HTML)).status).toBe(400)
  expect(await isLoggedIn(ada)).toBe(true)
})

test('CSRF: a form of another site is asked like every link, and cannot press the button', async () => {
  const { ada, app } = await start()
  const foreign = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }
  const sent = await ada.form('/auth/oauth/logout', { client_id: app.clientId, logout: 'yes' }, foreign)
  expect([sent.status, locationOf(sent)]).toEqual([303, `/auth/oauth/logout?client_id=${app.clientId}`])
  expect((await ada.get(locationOf(sent), HTML)).status).toBe(200)
  await ada.form('/auth/oauth/logout/confirm', { client_id: app.clientId }, foreign)
  expect(await isLoggedIn(ada)).toBe(true)
})
