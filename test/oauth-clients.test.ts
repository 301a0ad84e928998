/* Clients that we did not write, against the server as a user starts it (DESIGN section 3, OAuth). */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as oauth from 'oauth4webapi'
import * as client from 'openid-client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Client } from './support/client.ts'
import { createCommandLine } from './support/command-line.ts'
import { freePort } from './support/free-port.ts'
import { open } from './support/oauth.ts'
import { PASSWORD } from './support/rings.ts'
import { type ServerProcess, startServerProcess } from './support/server-process.ts'

const CALLBACK = 'http://127.0.0.1:4711/callback'
const directory = mkdtempSync(join(tmpdir(), 'latchkey-oauth-'))
const settings: Record<string, string> = { LATCHKEY_OAUTH: 'on', LATCHKEY_SCOPES: 'read,write' }
let server: ServerProcess
let origin: string
let browser: Client

beforeAll(async () => {
  const port = await freePort()
  origin = `http://127.0.0.1:${port}`
  Object.assign(settings, { PORT: String(port), LATCHKEY_BASE_URL: origin })
  server = await startServerProcess(settings, directory)
  browser = server.client()
  const registered = await browser.post('/auth/register', { email: 'ada@example.com', password: PASSWORD })
  expect(registered.status).toBe(201)
})
afterAll(async () => {
  await server.end('SIGTERM')
  rmSync(directory, { recursive: true })
})

/** Creates a client with the command, while the server runs. */
async function createClient(...options: readonly string[]): Promise<{ clientId: string; clientSecret?: string }> {
  const args = ['client', 'create', '--name', 'Notes', '--redirect-uri', CALLBACK, '--scope', 'read', '--json']
  const { code, out, err } = await createCommandLine(directory)([...args, ...options], '', settings)
  expect(code, err).toBe(0)
  return JSON.parse(out)
}

/** Sends the user's browser to a URL, and lets the user allow the app. Returns where the browser ends. */
async function allowIn(url: URL): Promise<URL> {
  const path = (text: string): string => text.replace(origin, '')
  const page = await open(browser, path(url.href))
  const [, request = ''] = /name="request" value="([^"]+)"/.exec(page.text) ?? []
  const posted = await browser.form('/auth/oauth/consent', { request, decision: 'allow' }, { accept: 'text/html' })
  const done = await browser.get(path(posted.headers.get('location') ?? ''), { accept: 'text/html' })
  return new URL(done.headers.get('location') ?? '')
}

const unsafe = { execute: [client.allowInsecureRequests] }

test('openid-client: code with PKCE, ID token, userinfo, API, refresh, introspection and revocation', async () => {
  const { clientId, clientSecret } = await createClient()
  const config = await client.discovery(new URL(`${origin}/auth`), clientId, clientSecret, undefined, unsafe)
  const pkceCodeVerifier = client.randomPKCECodeVerifier()
  const [state, nonce] = [client.randomState(), client.randomNonce()]
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: CALLBACK,
    scope: 'openid email offline_access read',
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    state,
    nonce,
  })
  const callback = await allowIn(url)
  const tokens = await client.authorizationCodeGrant(config, callback, {
    pkceCodeVerifier,
    expectedState: state,
    expectedNonce: nonce,
  })
  const claims = tokens.claims()
  expect(await client.fetchUserInfo(config, tokens.access_token, claims?.sub ?? '')).toMatchObject({
    email: 'ada@example.com',
  })
  expect(claims?.amr).toEqual(['pwd'])
  const api = (token: string) =>
    fetch(`${origin}/auth/verify?scope=read`, { headers: { authorization: `Bearer ${token}` } })
  expect((await api(tokens.access_token)).status).toBe(204)
  const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token ?? '')
  expect((await client.tokenIntrospection(config, refreshed.access_token)).active).toBe(true)
  await client.tokenRevocation(config, refreshed.refresh_token ?? '')
  expect((await client.tokenIntrospection(config, refreshed.access_token)).active).toBe(false)
  expect((await api(refreshed.access_token)).status).toBe(401)
})

test('openid-client: a pushed request of a public client', async () => {
  const { clientId, clientSecret } = await createClient('--public')
  expect(clientSecret).toBeUndefined()
  const config = await client.discovery(new URL(`${origin}/auth`), clientId, undefined, client.None(), unsafe)
  const pkceCodeVerifier = client.randomPKCECodeVerifier()
  const url = await client.buildAuthorizationUrlWithPAR(config, {
    redirect_uri: CALLBACK,
    scope: 'openid offline_access',
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
  })
  const tokens = await client.authorizationCodeGrant(config, await allowIn(url), { pkceCodeVerifier })
  expect(tokens.scope).toBe('openid offline_access')
})

test('oauth4webapi: code with PKCE, refresh and revocation', async () => {
  const { clientId, clientSecret = '' } = await createClient()
  const insecure = { [oauth.allowInsecureRequests]: true }
  const issuer = new URL(`${origin}/auth`)
  const discovered = await oauth.discoveryRequest(issuer, { ...insecure, algorithm: 'oauth2' })
  const as = await oauth.processDiscoveryResponse(issuer, discovered)
  const [app, auth] = [{ client_id: clientId }, oauth.ClientSecretBasic(clientSecret)]
  const verifier = oauth.generateRandomCodeVerifier()
  const url = new URL(as.authorization_endpoint ?? '')
  for (const [name, value] of Object.entries({
    client_id: clientId,
    redirect_uri: CALLBACK,
    response_type: 'code',
    scope: 'read',
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  })) {
    url.searchParams.set(name, value)
  }
  const parameters = oauth.validateAuthResponse(as, app, await allowIn(url))
  const answer = await oauth.authorizationCodeGrantRequest(as, app, auth, parameters, CALLBACK, verifier, insecure)
  const tokens = await oauth.processAuthorizationCodeResponse(as, app, answer)
  const again = await oauth.refreshTokenGrantRequest(as, app, auth, tokens.refresh_token ?? '', insecure)
  const refreshed = await oauth.processRefreshTokenResponse(as, app, again)
  await oauth.processRevocationResponse(
    await oauth.revocationRequest(as, app, auth, refreshed.refresh_token ?? '', insecure),
  )
  const asked = await oauth.introspectionRequest(as, app, auth, refreshed.access_token, insecure)
  expect((await oauth.processIntrospectionResponse(as, app, asked)).active).toBe(false)
})
