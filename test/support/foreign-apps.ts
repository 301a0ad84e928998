/*
 * Clients that we did not write: openid-client, oauth4webapi, simple-oauth2 and passport-oauth2. The same tests run against one server
 * with SQLite, and against two nodes with PostgreSQL and Redis.
 */
import * as oauth from 'oauth4webapi'
import * as client from 'openid-client'
import OAuth2Strategy from 'passport-oauth2'
import { AuthorizationCode } from 'simple-oauth2'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Client } from './client.ts'
import { createCommandLine } from './command-line.ts'
import { open } from './oauth.ts'
import { PASSWORD } from './rings.ts'

/** Servers as a user starts them. */
export interface Deployment {
  readonly origin: string
  /** A browser of a user who is not registered yet. */
  readonly browser: Client
  /** Directory and environment of the servers, for commands. */
  readonly directory: string
  readonly settings: Record<string, string>
  end(): Promise<void>
}

const CALLBACK = 'http://127.0.0.1:4711/callback'

/** Sends the user's browser to a URL, and lets the user allow the app. Returns where the browser ends. */
export async function allowIn(url: URL, { browser, origin }: Pick<Deployment, 'browser' | 'origin'>): Promise<URL> {
  const path = (text: string): string => text.replace(origin, '')
  const page = await open(browser, path(url.href))
  const [, request = ''] = /name="request" value="([^"]+)"/.exec(page.text) ?? []
  const posted = await browser.form('/auth/oauth/consent', { request, decision: 'allow' }, { accept: 'text/html' })
  const done = await browser.get(path(posted.headers.get('location') ?? ''), { accept: 'text/html' })
  return new URL(done.headers.get('location') ?? '')
}

/** Creates a client with the command, while the servers run. */
async function createClientIn(
  { directory, settings }: Pick<Deployment, 'directory' | 'settings'>,
  ...options: readonly string[]
): Promise<{ clientId: string; clientSecret?: string }> {
  const args = ['client', 'create', '--name', 'Notes', '--redirect-uri', CALLBACK, '--scope', 'read', '--json']
  const { code, out, err } = await createCommandLine(directory)([...args, ...options], '', settings)
  expect(code, err).toBe(0)
  return JSON.parse(out)
}

const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code'
const unsafe = { execute: [client.allowInsecureRequests] }

/** Defines the tests. */
export function testForeignApps(start: () => Promise<Deployment>): void {
  let deployment: Deployment
  let origin: string
  let browser: Client
  beforeAll(async () => {
    deployment = await start()
    origin = deployment.origin
    browser = deployment.browser
    const registered = await browser.post('/auth/register', { email: 'ada@example.com', password: PASSWORD })
    expect(registered.status).toBe(201)
  })
  afterAll(() => deployment.end())

  test('openid-client: code with PKCE, ID token, userinfo, API, refresh, introspection and revocation', async () => {
    const { clientId, clientSecret } = await createClientIn(deployment)
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
    const callback = await allowIn(url, deployment)
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
    const { clientId, clientSecret } = await createClientIn(deployment, '--public')
    expect(clientSecret).toBeUndefined()
    const config = await client.discovery(new URL(`${origin}/auth`), clientId, undefined, client.None(), unsafe)
    const pkceCodeVerifier = client.randomPKCECodeVerifier()
    const url = await client.buildAuthorizationUrlWithPAR(config, {
      redirect_uri: CALLBACK,
      scope: 'openid offline_access',
      code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
    })
    const tokens = await client.authorizationCodeGrant(config, await allowIn(url, deployment), { pkceCodeVerifier })
    expect(tokens.scope).toBe('openid offline_access')
  })

  test('oauth4webapi: code with PKCE, refresh and revocation', async () => {
    const { clientId, clientSecret = '' } = await createClientIn(deployment)
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
    const parameters = oauth.validateAuthResponse(as, app, await allowIn(url, deployment))
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

  test('simple-oauth2: code with PKCE, refresh and revocation', async () => {
    const { clientId, clientSecret = '' } = await createClientIn(deployment)
    const app = new AuthorizationCode({
      client: { id: clientId, secret: clientSecret },
      auth: {
        tokenHost: origin,
        tokenPath: '/auth/oauth/token',
        authorizePath: '/auth/oauth/authorize',
        revokePath: '/auth/oauth/revoke',
      },
    })
    const verifier = client.randomPKCECodeVerifier()
    const pkce = {
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    }
    const url = app.authorizeURL({ redirect_uri: CALLBACK, scope: 'offline_access read', state: 's', ...pkce })
    const code = (await allowIn(new URL(url), deployment)).searchParams.get('code') ?? ''
    const wanted = { code, redirect_uri: CALLBACK, code_verifier: verifier }
    const token = await app.getToken(wanted)
    const refreshed = await token.refresh()
    expect(refreshed.token.scope).toBe('offline_access read')
    await refreshed.revoke('refresh_token')
    await expect(refreshed.refresh()).rejects.toThrow()
  })

  test('passport-oauth2: code with PKCE', async () => {
    const { clientId, clientSecret = '' } = await createClientIn(deployment)
    const strategy = new OAuth2Strategy(
      {
        authorizationURL: `${origin}/auth/oauth/authorize`,
        tokenURL: `${origin}/auth/oauth/token`,
        clientID: clientId,
        clientSecret,
        callbackURL: CALLBACK,
        scope: ['openid', 'read'],
        pkce: true,
        state: true,
      },
      (accessToken: string, _refreshToken: string, _profile: unknown, done: (error: null, user: object) => void) =>
        done(null, { accessToken }),
    )
    const session = {}
    const authenticate = (
      query: Record<string, string>,
    ): Promise<{ readonly location?: string; readonly user?: unknown }> =>
      new Promise((resolve, reject) => {
        const run = Object.assign(Object.create(strategy), {
          redirect: (location: string) => resolve({ location }),
          success: (user: unknown) => resolve({ user }),
          fail: reject,
          error: reject,
        })
        run.authenticate({ query, session }, {})
      })
    const { location = '' } = await authenticate({})
    const callback = await allowIn(new URL(location), deployment)
    const { user } = await authenticate(Object.fromEntries(callback.searchParams))
    const { accessToken } = user as { readonly accessToken: string }
    const verified = await fetch(`${origin}/auth/verify?scope=read`, {
      headers: { authorization: `Bearer ${accessToken}` },
    })
    expect(verified.status).toBe(204)
  })

  test('openid-client: a device, an app without a user, and tokens that are bound to a key', async () => {
    const { clientId, clientSecret } = await createClientIn(deployment)
    const config = await client.discovery(new URL(`${origin}/auth`), clientId, clientSecret, undefined, unsafe)
    const device = await client.initiateDeviceAuthorization(config, { scope: 'openid read' })
    const page = await open(browser, device.verification_uri_complete?.replace(origin, '') ?? '')
    expect(page.text).toContain(device.user_code)
    const decided = await browser.post('/auth/device', { userCode: device.user_code, decision: 'allow' })
    expect(decided.status).toBe(204)
    const granted = await client.genericGrantRequest(config, DEVICE_GRANT, { device_code: device.device_code })
    expect(granted.claims()?.sub).toMatch(/^[0-9a-f-]{36}$/)
    const own = await client.clientCredentialsGrant(config, { scope: 'read' })
    const api = new URL(`${origin}/auth/verify?scope=read`)
    const forOwn = await fetch(api, { headers: { authorization: `Bearer ${own.access_token}` } })
    expect([forOwn.status, forOwn.headers.get('x-auth-client-id')]).toEqual([204, clientId])
    const handle = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'))
    const bound = await client.clientCredentialsGrant(config, { scope: 'read' }, { DPoP: handle })
    expect(bound.token_type).toBe('dpop')
  })
}
