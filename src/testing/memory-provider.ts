/*
 * All providers of the settings, in memory: they approve what a test tells them to, and sign real ID tokens. Nothing leaves the
 * process. Proved by test/testing.test.ts.
 */
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import type { Clock } from '../kernel/clock.ts'
import type { GuardedFetch } from '../kernel/guarded-fetch.ts'

/** An account at a provider. */
export interface TestAccount {
  /** What the provider calls the account; it never changes. GitHub has numbers. */
  readonly subject: string
  /** Default none. */
  readonly email?: string
  /** Default false. */
  readonly emailVerified?: boolean | string
  readonly name?: string
  /** More claims of the ID token, such as `hd` of Google; they replace ours. */
  readonly claims?: Readonly<Record<string, unknown>>
}

/** Providers in memory. */
export interface MemoryProvider {
  /** Answers the requests of the service. */
  readonly fetch: GuardedFetch
  /**
   * Approves a login as the user of the provider would.
   * @param location where the service sent the browser.
   * @returns the parameters that the provider adds to the callback URL.
   */
  approve(location: string, account: TestAccount): Record<string, string>
  /** Signs an ID token, as the SDK of a provider gives it to an app. */
  idToken(issuer: string, clientId: string, account: TestAccount, nonce: string): string
}

interface Approval {
  readonly account: TestAccount
  readonly issuer: string
  readonly clientId: string
  readonly redirectUri: string
  readonly challenge: string
  readonly nonce: string | null
}

const DISCOVERY = '/.well-known/openid-configuration'
const GITHUB = 'https://github.com/login/oauth'
const LIFE_SECONDS = 3_600

/**
 * Creates the providers. They keep the time of the clock.
 * @param keyId name of their key. Default `test`.
 */
export function createMemoryProvider(clock: Clock, keyId = 'test'): MemoryProvider {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid: keyId, alg: 'ES256', use: 'sig' }
  const approvals = new Map<string, Approval>()
  const accounts = new Map<string, TestAccount>()

  function idToken(issuer: string, clientId: string, account: TestAccount, nonce: string | null): string {
    const now = Math.floor(clock() / 1_000)
    const claims = {
      iss: issuer,
      aud: clientId,
      sub: account.subject,
      iat: now,
      exp: now + LIFE_SECONDS,
      auth_time: now,
      ...(nonce === null ? {} : { nonce }),
      ...claimsOf(account),
    }
    return signJwt(claims, privateKey, keyId)
  }

  function exchange(form: URLSearchParams): Response {
    const code = form.get('code') ?? ''
    const approval = approvals.get(code)
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url')
    approvals.delete(code)
    if (approval?.challenge !== challenge || approval.redirectUri !== form.get('redirect_uri')) {
      return Response.json({ error: 'invalid_grant' }, { status: 400 })
    }
    const { issuer, clientId, account, nonce } = approval
    const accessToken = randomBytes(16).toString('hex')
    accounts.set(accessToken, account)
    const token = { access_token: accessToken, token_type: 'bearer' }
    return Response.json(issuer === GITHUB ? token : { ...token, id_token: idToken(issuer, clientId, account, nonce) })
  }

  function gitHub(path: string, account: TestAccount | undefined): Response {
    if (account === undefined) return Response.json({ message: 'Bad credentials' }, { status: 401 })
    if (path === '/user')
      return Response.json({ id: Number(account.subject), login: 'ada', name: account.name ?? null })
    const { email, emailVerified: verified = false } = account
    return Response.json(email === undefined ? [] : [{ email, verified, primary: true, visibility: 'private' }])
  }

  return {
    async fetch(url, { headers = {}, body }) {
      const { origin, pathname, href } = new URL(url)
      if (pathname.endsWith(DISCOVERY)) return Response.json(discoveryOf(href.slice(0, -DISCOVERY.length)))
      if (origin === 'https://api.github.com') {
        return gitHub(pathname, accounts.get(headers.authorization?.replace('Bearer ', '') ?? ''))
      }
      if (pathname.endsWith('/jwks')) return Response.json({ keys: [jwk] })
      return exchange(new URLSearchParams(String(body)))
    },
    approve(location, account) {
      const { origin, pathname, searchParams: asked } = new URL(location)
      const code = randomBytes(16).toString('hex')
      const issuer = `${origin}${pathname.replace(/\/authorize$/, '')}`.replace(
        /\/common\/|\/organizations\//,
        tenantOf(account),
      )
      approvals.set(code, {
        account,
        issuer,
        clientId: asked.get('client_id') ?? '',
        redirectUri: asked.get('redirect_uri') ?? '',
        challenge: asked.get('code_challenge') ?? '',
        nonce: asked.get('nonce'),
      })
      return { code, state: asked.get('state') ?? '' }
    },
    idToken,
  }
}

/** The tenant is part of the issuer of Microsoft. */
function tenantOf({ claims }: TestAccount): string {
  return `/${String(claims?.tid ?? '11111111-2222-4333-8444-555555555555')}/`
}

function discoveryOf(base: string): object {
  const isMicrosoft = base.startsWith('https://login.microsoftonline.com/')
  return {
    issuer: isMicrosoft ? base.replace(/\/(?:common|organizations)\//, '/{tenantid}/') : base,
    authorization_endpoint: `${base}/authorize`,
    token_endpoint: `${base}/token`,
    jwks_uri: `${base}/jwks`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['ES256'],
    token_endpoint_auth_methods_supported: ['client_secret_post'],
    code_challenge_methods_supported: ['S256'],
  }
}

function claimsOf({ email, emailVerified, name, claims = {} }: TestAccount): object {
  return {
    ...(email === undefined ? {} : { email, email_verified: emailVerified ?? false }),
    ...(name === undefined ? {} : { name }),
    ...claims,
  }
}

function signJwt(claims: object, key: KeyObject, kid: string): string {
  const signed = `${encode({ alg: 'ES256', kid })}.${encode(claims)}`
  const signature = sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' })
  return `${signed}.${signature.toString('base64url')}`
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
