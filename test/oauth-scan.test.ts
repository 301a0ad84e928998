/* Every flow of OAuth against the server as a user starts it; then its database and its log are searched for the secrets that were seen. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type App, authorization, CALLBACK, call, decide, exchange, open, refresh } from './support/oauth.ts'
import { PASSWORD } from './support/rings.ts'
import { startServerProcess } from './support/server-process.ts'

const INITIAL = 'Vw1l0c7t3mQkq0F5yS2x8e4ZbN6aRjDu9GhTfPiKoLs'

test('no code, token, client secret, device code or request_uri is in a row, a log line or a URL of the log (scan)', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'latchkey-scan-'))
  const server = await startServerProcess(
    { LATCHKEY_OAUTH: 'on', LATCHKEY_SCOPES: 'read', LATCHKEY_OAUTH_INITIAL_ACCESS_TOKEN: INITIAL },
    directory,
  )
  const secrets = new Map<string, string>([['initial access token', INITIAL]])
  const keep = (name: string, value: unknown): string => {
    expect([name, String(value).length > 7]).toEqual([name, true])
    secrets.set(name, String(value))
    return String(value)
  }
  const program = server.client()
  const browser = server.client()
  expect((await browser.post('/auth/register', { email: 'ada@example.com', password: PASSWORD })).status).toBe(201)
  const metadata = { redirect_uris: [CALLBACK], client_name: 'Notes', scope: 'read' }
  const { body: registered } = await program.post('/auth/oauth/register', metadata, {
    authorization: `Bearer ${INITIAL}`,
  })
  const clientSecret = keep('client secret', registered.client_secret)
  const app: App = { clientId: registered.client_id, clientSecret, redirectUri: CALLBACK }

  const request = authorization(app, { scope: 'openid offline_access read' })
  keep('verifier', request.verifier)
  const fields = Object.fromEntries(new URL(`http://x${request.path}`).searchParams)
  const pushed = await call(program, '/auth/oauth/par', app, fields)
  const requestUri = keep('request_uri', pushed.body.request_uri)
  keep('id of the pushed request', requestUri.split(':').at(-1))
  const query = new URLSearchParams({ client_id: app.clientId, request_uri: requestUri })
  const page = await open(browser, `/auth/oauth/authorize?${query}`)
  keep('id of the question', new URL(`http://x${page.url}`).searchParams.get('request'))
  const code = keep('code', (await decide(browser, page)).searchParams.get('code'))
  const { body: tokens } = await exchange(program, app, code, request)
  keep('access token', tokens.access_token)
  keep('refresh token', tokens.refresh_token)
  keep('ID token', tokens.id_token)
  const { body: refreshed } = await refresh(program, app, tokens.refresh_token)
  keep('second access token', refreshed.access_token)
  keep('second refresh token', refreshed.refresh_token)
  const { body: own } = await call(program, '/auth/oauth/token', app, { grant_type: 'client_credentials' })
  keep('token of the app itself', own.access_token)
  const { body: device } = await call(program, '/auth/oauth/device', app, { scope: 'openid read' })
  keep('device code', device.device_code)
  keep('user code', device.user_code)
  await browser.get(`/auth/device?user_code=${device.user_code}`, { accept: 'text/html' })
  await browser.post('/auth/device', { userCode: device.user_code, decision: 'allow' })
  const grantType = 'urn:ietf:params:oauth:grant-type:device_code'
  const redeemed = { grant_type: grantType, device_code: device.device_code }
  keep('token of the device', (await call(program, '/auth/oauth/token', app, redeemed)).body.access_token)

  for (const token of [tokens.access_token, own.access_token]) {
    await program.get('/auth/verify?scope=read', { authorization: `Bearer ${token}` })
    await program.get('/auth/oauth/userinfo', { authorization: `Bearer ${token}` })
    await call(program, '/auth/oauth/introspect', app, { token })
    await program.get(`/auth/verify?access_token=${token}`) // a mistake of an app: a token in a URL
  }
  await exchange(program, app, code, request) // a replay
  await refresh(program, app, tokens.refresh_token)
  await call(program, '/auth/oauth/token', { ...app, clientSecret: clientSecret.slice(1) }, { grant_type: 'x' })
  await call(program, '/auth/oauth/revoke', app, { token: refreshed.refresh_token })
  await browser.get(`/auth/oauth/logout?id_token_hint=${tokens.id_token}`, { accept: 'text/html' })
  await server.end('SIGTERM') // writes what waits

  const files = readdirSync(directory).filter((name) => !name.includes('secret'))
  expect(files.some((name) => name.endsWith('.db'))).toBe(true)
  const stored = files.map((name) => readFileSync(join(directory, name), 'latin1')).join('')
  const log = server.lines.join('\n')
  expect([stored.includes(app.clientId), log.includes('/oauth/token')]).toEqual([true, true])
  for (const [name, secret] of secrets) {
    for (const form of [secret, encodeURIComponent(secret)]) {
      expect([name, stored.includes(form), log.includes(form)]).toEqual([name, false, false])
    }
  }
  rmSync(directory, { recursive: true })
})
