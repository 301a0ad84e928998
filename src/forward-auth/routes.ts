/*
 * Forward-auth: a proxy (nginx auth_request, Caddy forward_auth, Traefik ForwardAuth) asks whether it may let a request
 * through to an API, and who it is from. 2xx lets it through; Caddy and Traefik pass any other answer to the client, nginx
 * 401 and 403 only. Proved by test/http/forward-auth.test.ts, and with real proxies by test/forward-auth.test.ts.
 */
import { z } from 'zod'
import type { JwtSigner } from '../crypto/jwt.ts'
import { refuseForeignPage } from '../http/cross-origin.ts'
import { type Clock, SECOND_MS } from '../kernel/clock.ts'
import { defineCall } from '../kernel/define-calls.ts'
import type { Links } from '../kernel/links.ts'
import type { Origins } from '../kernel/origins.ts'
import { type ClientPrincipal, hasScopes, type Principal } from '../kernel/principal.ts'
import { Refusal } from '../kernel/refusal.ts'
import { defineRoute, type Route, type RouteRequest } from '../kernel/route.ts'
import {
  type FreshnessDeps,
  requireFreshGrant,
  requireFreshSession,
  requireMethod,
  requireSession,
} from '../sessions/freshness.ts'
import type { KeyRing } from '../signing-keys/key-ring.ts'
import { readOriginalRequest } from './original-request.ts'
import { forwardAuthCalls } from './wire.ts'

/** Dependencies of forward-auth. */
export interface ForwardAuthDeps extends FreshnessDeps {
  readonly links: Links
  readonly origins: Origins
  /** All scopes of the service. */
  readonly scopes: readonly string[]
  /** URLs of other APIs that tokens of apps can be for. */
  readonly resources: readonly string[]
  /** The methods that a login can prove. */
  readonly methods: readonly string[]
  /** Sign the identity for the API, the newest first. Null: the identity is not signed. */
  readonly signers: (() => readonly JwtSigner[]) | null
  readonly clock: Clock
  /** Returns the public keys of everything else that Latchkey signs. Null: there is nothing else. */
  readonly otherKeys: (() => readonly Readonly<Record<string, string>>[]) | null
  readonly ring: Pick<KeyRing, 'read'>
}

/** Lifetime of a signed identity: the longest time that a request takes to reach the API. */
const JWT_SECONDS = 60

/** The query of a request, parsed. */
interface Question {
  readonly scopes: readonly string[]
  readonly leadsToLogin: boolean
  readonly isFresh: boolean
  /** Empty: any method will do. */
  readonly methods: readonly string[]
  /** Null: the signed identity has no audience. */
  readonly audience: string | null
}

const QUERY = {
  scope: 'A scope that the request must have. May repeat; the request must have all of them.',
  fresh: '`1`: the user must have proved their identity recently (10 minutes by default). An access token is refused.',
  method:
    'A method such as `totp`, which the session must have proven. May repeat: one of them is enough. An access token is refused.',
  audience: 'The name of the API, for the claim `aud` of X-Auth-JWT.',
  resource:
    'The URL of the API that a token of an app must be for: one of `oauth.resources`. Default: the service itself.',
  redirect: '`login`: redirects browsers that are not logged in and ask for HTML to the login page, instead of a 401.',
}

/** Builds the route for proxies, and the route with the public keys if identities are signed. */
export function forwardAuthRoutes(deps: ForwardAuthDeps): Route[] {
  const hasKeys = deps.otherKeys !== null || deps.signers !== null
  return [verifyRoute(deps), ...(hasKeys ? [keysRoute(deps)] : [])]
}

function verifyRoute(deps: ForwardAuthDeps): Route {
  return defineRoute(forwardAuthCalls['GET /verify'], {
    summary: 'Forward-auth: check a request for a proxy and return its user',
    query: QUERY,
    forwardedBy: 'application',
    repeats: ['scope', 'method'],
    answers: { 204: null, 303: null },

    answerNobody(request) {
      const { leadsToLogin } = readQuestion(deps, request)
      const { isSafe, location } = readOriginalRequest(request.header, deps.origins)
      if (!leadsToLogin || !request.wantsHtml() || !isSafe) return null
      const next = location === null ? '' : `?next=${encodeURIComponent(location)}`
      return { status: 303, location: `${deps.links.authUrl}/login${next}` }
    },

    answerApp(request, app) {
      const { scopes, audience, isFresh, methods } = readQuestion(deps, request)
      if (scopes.length === 0 || isFresh || methods.length > 0) {
        throw new Refusal('insufficient_scope', { detail: 'This request requires a user. An app alone is not enough.' })
      }
      if (!hasScopes(app, scopes)) throw new Refusal('insufficient_scope', { scopes })
      return { status: 204, headers: appHeaders(deps, app, audience) }
    },

    async handle(request) {
      const { principal, header } = request
      const { scopes, audience, isFresh, methods } = readQuestion(deps, request)
      // The API behind the proxy has no other protection. Pages of other origins cannot send an access token.
      const isSafe = principal.kind !== 'session' || readOriginalRequest(header, deps.origins).isSafe
      if (!isSafe) refuseForeignPage(header, deps.origins)
      if (!hasScopes(principal, scopes)) throw new Refusal('insufficient_scope', { scopes })
      if (methods.length > 0) requireMethod(requireSession(principal).session, methods)
      if (isFresh && principal.kind === 'oauth_grant') await requireFreshGrant(deps, principal)
      else if (isFresh) await requireFreshSession(deps, requireSession(principal).session)
      return { status: 204, headers: identityHeaders(deps, principal, audience) }
    },
  })
}

function keysRoute({ otherKeys, signers, ring }: ForwardAuthDeps): Route {
  return defineRoute(defineCall('GET /jwks.json', { name: 'jwks', access: 'anyone' }), {
    summary: 'The public keys of everything that is signed (RFC 7517)',
    isPublic: true, // apps in browsers verify ID tokens
    answers: { 200: z.object({ keys: z.array(z.record(z.string(), z.string())) }) },
    async handle() {
      await ring.read().catch(() => {}) // without the database, the keys that this process knows and signs with
      const keys = [...(otherKeys?.() ?? []), ...(signers?.() ?? []).flatMap(({ publicKeys }) => publicKeys)]
      return { status: 200, body: { keys } }
    },
  })
}

/** Parses the query. Throws bad_request for anything unknown: a misspelt scope must never be ignored. */
function readQuestion(
  { scopes: known, resources, methods: provable }: ForwardAuthDeps,
  { queryAll }: Pick<RouteRequest, 'queryAll'>,
): Question {
  const {
    scope: scopes = [],
    redirect = [],
    audience = [],
    fresh = [],
    method: methods = [],
    resource = [],
    ...others
  } = queryAll()
  if (Object.keys(others).length > 0) throw badQuery(`The query takes ${Object.keys(QUERY).join(', ')}.`)
  refuseSeveral('audience takes one value, which is not empty.', audience, (value) => value !== '')
  refuseSeveral('redirect takes one value: login.', redirect, (value) => value === 'login')
  refuseSeveral('fresh takes one value: 1.', fresh, (value) => value === '1')
  refuseSeveral('resource takes one value, one of oauth.resources.', resource, (value) => resources.includes(value))
  if (!methods.every((method) => provable.includes(method))) {
    throw badQuery(`Each method must be one that a login can prove: ${provable.join(', ')}.`)
  }
  if (!scopes.every((scope) => known.includes(scope))) {
    const there = known.length === 0 ? 'this service has none' : `there are ${known.join(', ')}`
    throw badQuery(`Each scope must be one of the service: ${there}.`)
  }
  const flags = { isFresh: fresh.length === 1, leadsToLogin: redirect.length === 1 }
  return { scopes, methods, ...flags, audience: audience[0] ?? null }
}

function refuseSeveral(rule: string, values: readonly string[], isGood: (value: string) => boolean): void {
  if (values.length > 1 || !values.every(isGood)) throw badQuery(rule)
}

function badQuery(detail: string): Refusal {
  return new Refusal('bad_request', { detail })
}

/** An app of a third party reads these answers, too, so it gets the email address only if the user allowed that. */
function mayKnowEmail({ kind, scopes }: Principal): boolean {
  return kind !== 'oauth_grant' || scopes.includes('email')
}

/** Returns the headers that identify the user. A session has every scope, so that an API can check scopes alone. */
function identityHeaders(deps: ForwardAuthDeps, principal: Principal, audience: string | null): Record<string, string> {
  const { user, scopes } = principal
  return {
    'X-Auth-User-Id': user.id,
    'X-Auth-User-Email': mayKnowEmail(principal) ? toHeaderValue(user.email) : '',
    ...proofHeaders(principal),
    'X-Auth-Scopes': (scopes ?? deps.scopes).join(' '),
    ...signedHeader(deps, () => claimsOf(deps, principal, audience)),
  }
}

/**
 * Returns the headers for an app without a user. The headers of the user are there and empty, so that no proxy passes on those of
 * the client's own request.
 */
function appHeaders(
  deps: ForwardAuthDeps,
  { client, scopes, kind }: ClientPrincipal,
  audience: string | null,
): Record<string, string> {
  const scope = scopes.join(' ')
  const claims = { ...commonClaims(deps, audience), client_id: client.id, scope, amr: [kind] }
  return {
    'X-Auth-User-Id': '',
    'X-Auth-User-Email': '',
    'X-Auth-Client-Id': client.id,
    'X-Auth-Methods': kind,
    'X-Auth-Scopes': scope,
    ...signedHeader(deps, () => claims),
  }
}

function signedHeader({ signers }: ForwardAuthDeps, claims: () => Record<string, unknown>): Record<string, string> {
  const [signer] = signers?.() ?? []
  return signer === undefined ? {} : { 'X-Auth-JWT': signer.sign(claims()) }
}

function proofHeaders(principal: Principal): Record<string, string> {
  const { kind } = principal
  if (kind === 'session') {
    return { 'X-Auth-Session-Id': principal.session.id, 'X-Auth-Methods': principal.session.methods.join(' ') }
  }
  if (kind === 'access_token') return { 'X-Auth-Token-Id': principal.accessToken.id, 'X-Auth-Methods': kind }
  return { 'X-Auth-Token-Id': principal.grantId, 'X-Auth-Client-Id': principal.client.id, 'X-Auth-Methods': kind }
}

function proofClaims(principal: Principal): Record<string, unknown> {
  const { kind } = principal
  if (kind === 'session') {
    const { id, methods, authenticatedAt } = principal.session
    return { sid: id, amr: methods, auth_time: Math.floor(authenticatedAt / SECOND_MS) }
  }
  if (kind === 'access_token') return { token_id: principal.accessToken.id, amr: [kind] }
  return { token_id: principal.grantId, client_id: principal.client.id, amr: [kind] }
}

/** Returns the same identity as claims (RFC 7519 section 4.1; OpenID Connect Core section 5.1; `scope` of RFC 8693, `amr` of RFC 8176). */
function claimsOf(deps: ForwardAuthDeps, principal: Principal, audience: string | null): Record<string, unknown> {
  const { user, scopes } = principal
  return {
    ...commonClaims(deps, audience),
    sub: user.id,
    ...(mayKnowEmail(principal) ? { email: user.email, email_verified: user.emailVerified } : {}),
    scope: (scopes ?? deps.scopes).join(' '),
    ...proofClaims(principal),
  }
}

function commonClaims({ links, clock }: ForwardAuthDeps, audience: string | null): Record<string, unknown> {
  const now = Math.floor(clock() / SECOND_MS)
  return {
    iss: links.authUrl,
    ...(audience === null ? {} : { aud: audience }),
    iat: now,
    exp: now + JWT_SECONDS,
  }
}

/** Encodes a header value in ASCII: other characters and `%` become percent-encoded UTF-8, so that decoding returns the text. */
function toHeaderValue(text: string): string {
  return text.replaceAll(/[^\x21-\x24\x26-\x7e]+/g, encodeURIComponent)
}
