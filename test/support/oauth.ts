/* An app of a third party, played by hand: every request is a plain HTTP request. */
import { createHash, randomBytes } from 'node:crypto'
import { expect } from 'vitest'
import type { LatchkeyOptions } from '../../src/index.ts'
import type { Client, Reply } from './client.ts'
import { type Instance, ORIGIN, PASSWORD, type Ring, startInstance } from './rings.ts'

export const CALLBACK = 'https://notes.example.com/callback'
export const SCOPES = ['read', 'write']
const HTML = { accept: 'text/html' }

/** Starts an instance with OAuth. */
export function startOAuth(ring: Ring, options: Partial<LatchkeyOptions> = {}): Promise<Instance> {
  return startInstance(ring, { oauth: {}, scopes: SCOPES, ...options })
}

/** An app with its credentials. */
export interface App {
  readonly clientId: string
  readonly clientSecret: string | null
  readonly redirectUri: string
}

/** Creates an app. */
export async function createApp(
  { auth }: Pick<Instance, 'auth'>,
  settings: Partial<Parameters<Instance['auth']['oauthClients']['create']>[0]> = {},
): Promise<App> {
  const { client, clientSecret } = await auth.oauthClients.create({
    name: 'Notes',
    redirectUris: [CALLBACK],
    scopes: ['read'],
    ...settings,
  })
  return { clientId: client.id, clientSecret, redirectUri: client.redirectUris[0] ?? '' }
}

/** Registers a user, and returns their browser. */
export async function register(instance: Instance, email = 'ada@example.com'): Promise<Client> {
  const browser = instance.client()
  const reply = await browser.post('/auth/register', { email, password: PASSWORD, name: 'Ada' })
  expect(reply.status).toBe(201)
  return browser
}

/** A request for authorization, with the secret that only the app knows. */
export interface Request {
  readonly path: string
  readonly verifier: string
}

/** Builds an authorization request. */
export function authorization(app: App, parameters: Record<string, string | null> = {}): Request {
  const verifier = randomBytes(32).toString('base64url')
  const all: Record<string, string | null> = {
    client_id: app.clientId,
    redirect_uri: app.redirectUri,
    response_type: 'code',
    scope: 'openid email read',
    state: 'state-1',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...parameters,
  }
  const given = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== null)
  return { path: `/auth/oauth/authorize?${new URLSearchParams(given)}`, verifier }
}

/** Returns where a redirect leads, as a path on our origin or a URL elsewhere. */
export function locationOf(reply: Reply): string {
  return (reply.headers.get('location') ?? '').replace(ORIGIN, '')
}

/** Opens a page as a browser, and follows redirects on our origin. Returns the last reply. */
export async function open(browser: Client, path: string): Promise<Reply & { readonly url: string }> {
  for (let url = path, hops = 0; ; hops++) {
    const reply = await browser.get(url, HTML)
    const next = locationOf(reply)
    if (reply.status < 300 || reply.status > 399 || !next.startsWith('/') || hops > 8) return { ...reply, url }
    url = next
  }
}

/** Presses a button of the consent page. Returns where the browser ends, outside our origin. */
export async function decide(browser: Client, page: Reply, decision: 'allow' | 'deny' = 'allow'): Promise<URL> {
  const [, request = ''] = /name="request" value="([^"]+)"/.exec(page.text) ?? []
  const posted = await browser.form('/auth/oauth/consent', { request, decision }, HTML)
  expect(posted.status).toBe(303)
  const last = await open(browser, locationOf(posted))
  return new URL(locationOf(last))
}

/** Lets the user allow the app; returns the code. */
export async function allow(browser: Client, request: Request): Promise<string> {
  const page = await open(browser, request.path)
  const location = page.status === 200 ? await decide(browser, page) : new URL(locationOf(page))
  const code = location.searchParams.get('code')
  expect(code, location.href).not.toBeNull()
  return code ?? ''
}

/** Calls an endpoint as the app. */
export function call(
  client: Client,
  path: string,
  { clientId, clientSecret }: Pick<App, 'clientId' | 'clientSecret'>,
  fields: Record<string, string>,
): Promise<Reply> {
  const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64')
  return client.request(path, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      ...(clientSecret === null ? {} : { authorization: `Basic ${basic}` }),
    },
    body: new URLSearchParams({ ...fields, ...(clientSecret === null ? { client_id: clientId } : {}) }).toString(),
  })
}

/** Exchanges a code. */
export function exchange(client: Client, app: App, code: string, { verifier }: Request): Promise<Reply> {
  const fields = { grant_type: 'authorization_code', code, redirect_uri: app.redirectUri, code_verifier: verifier }
  return call(client, '/auth/oauth/token', app, fields)
}

/** Exchanges a refresh token. */
export function refresh(client: Client, app: App, refreshToken: string): Promise<Reply> {
  return call(client, '/auth/oauth/token', app, { grant_type: 'refresh_token', refresh_token: refreshToken })
}

/** Lets the user allow the app; returns the tokens. */
export async function obtain(
  instance: Instance,
  browser: Client,
  app: App,
  parameters: Record<string, string | null> = {},
): Promise<Record<string, string>> {
  const request = authorization(app, parameters)
  const reply = await exchange(instance.client(), app, await allow(browser, request), request)
  expect(reply.status, reply.text).toBe(200)
  return reply.body
}

/** Returns the status of a request to the API with a token. */
export async function statusOf(instance: Instance, accessToken: string | undefined, query = ''): Promise<number> {
  return (await instance.client().get(`/auth/verify${query}`, { authorization: `Bearer ${accessToken}` })).status
}
