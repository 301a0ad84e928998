import { digestToken, type TokenDigest, toTokenHash } from '../../crypto/token.ts'
import type { Authenticated, ClientPrincipal, OAuthPrincipal, VerifiedGrant } from '../../kernel/principal.ts'
import type { UseCollector } from '../../kernel/use-collector.ts'
import type { SessionCache } from '../../sessions/session-cache.ts'
import type { SessionSettings } from '../../sessions/settings.ts'
import type { SessionStore } from '../../sessions/store.ts'
import type { VerificationCounts } from '../../sessions/verify-session.ts'
import type { Proof } from '../engine/engine-scope.ts'
import { ACCESS_PREFIX, isTokenId } from '../engine/token-ids.ts'
import { IDENTITY_SCOPES } from '../identity-scopes.ts'
import type { FoundOAuthToken, OAuthGrantUse, OAuthTokenStore } from '../store.ts'
import { type AccessJwtDeps, isAccessJwtByAnyKey, isJwt } from './access-jwt.ts'
import { hasPossession, type Possession, type PossessionDeps } from './check-possession.ts'

/** Dependencies of `verifyOAuthToken`. */
export interface VerifyOAuthTokenDeps extends PossessionDeps, AccessJwtDeps {
  /** Reads the keys again, at most ten times a second. Returns true if there are new ones. */
  readonly refreshKeys: () => Promise<boolean>
  readonly oauthTokens: Pick<OAuthTokenStore, 'find'>
  readonly grantUses: UseCollector<OAuthGrantUse>
  readonly cache: SessionCache
  /** Its changes evict tokens from the cache, as they do sessions. */
  readonly sessions: SessionStore
  readonly sessionSettings: SessionSettings
  readonly verifications: VerificationCounts
  /** The scopes of the service. */
  readonly scopes: readonly string[]
}

/** An app's access token that was verified. */
export type AuthenticatedGrant = Authenticated<OAuthPrincipal>

/** Returns true if a Bearer token can only be the access token of an app. */
export function isOAuthToken(text: string): boolean {
  return text.startsWith(`${ACCESS_PREFIX}_`) || isJwt(text)
}

/** Longer texts are refused without hashing. */
const MAX_TOKEN_LENGTH = 66

/** A token as it was sent. */
export interface SentToken {
  readonly token: string
  /** Null: with the scheme Bearer. */
  readonly possession: Possession | null
  /** URL of the API that the request is for; null: this service. */
  readonly resource: string | null
}

/**
 * Returns the principal for an access token of an app, or null if it is malformed, unknown, revoked, expired or for another API, came
 * without the proof that it needs, or its session has ended. It costs the same as a session, without the engine: warm, one SHA-256 and
 * no query; cold, and once per touch window, one indexed read (two if sessions are in another storage). A JWT is verified before that
 * read, and found by the hash of all of it.
 */
export function verifyOAuthToken(
  deps: VerifyOAuthTokenDeps,
  sent: SentToken,
): AuthenticatedGrant | null | Promise<AuthenticatedGrant | ClientPrincipal | null> {
  const isOpaque = sent.token.startsWith(`${ACCESS_PREFIX}_`) && sent.token.length <= MAX_TOKEN_LENGTH
  if (!isOpaque && !isJwt(sent.token)) return refuse(deps)
  const digest = digestToken(sent.token)
  const mayUseCache = deps.sessionSettings.cacheSize > 0 && deps.cache.follow(deps.sessions.changesElsewhere())
  const cached = mayUseCache ? deps.cache.getGrant(digest) : undefined
  if (cached === undefined || deps.clock() >= cached.readAgainAt) {
    if (isOpaque && !isTokenId('AccessToken', sent.token)) return refuse(deps) // only here: the checksum costs as much as the hash
    const read = () => readToken(deps, digest, { sent, mayUseCache })
    return isOpaque ? read() : isAccessJwtByAnyKey(deps, sent.token).then((isOurs) => (isOurs ? read() : refuse(deps)))
  }
  const accepted = acceptsSent(deps, cached.principal, { jkt: cached.jkt, sent })
  if (accepted instanceof Promise) return accepted.then((isGood) => toWarm(deps, isGood ? cached : null))
  return toWarm(deps, accepted ? cached : null)
}

function toWarm(deps: VerifyOAuthTokenDeps, cached: VerifiedGrant | null): AuthenticatedGrant | null {
  if (cached === null) return refuse(deps)
  deps.verifications.warm++
  return toAuthenticated(cached)
}

/** Reads a token. A refused request leaves no trace of use. */
async function readToken(
  deps: VerifyOAuthTokenDeps,
  digest: TokenDigest,
  { sent, mayUseCache }: { readonly sent: SentToken; readonly mayUseCache: boolean },
): Promise<AuthenticatedGrant | ClientPrincipal | null> {
  const { version } = deps.cache
  const found = await deps.oauthTokens.find(toTokenHash(digest), deps.clock())
  const client = found === null ? null : toClient(deps, found)
  const verified = found === null || client !== null ? null : await toVerified(deps, found)
  const principal = client ?? verified?.principal ?? null
  if (principal === null || !(await acceptsSent(deps, principal, { jkt: jktOf(found), sent }))) return refuse(deps)
  deps.verifications.cold++
  if (verified === null) return client
  deps.grantUses.add({ id: verified.principal.grantId, lastUsedAt: deps.clock() })
  if (mayUseCache) deps.cache.putGrant(digest, verified, version)
  return toAuthenticated(verified)
}

/** Returns the app of a token without a user. It is not cached: the changes that clear the cache are about users. */
function toClient(
  { clock, scopes }: VerifyOAuthTokenDeps,
  { token, clientName }: FoundOAuthToken,
): ClientPrincipal | null {
  const { kind, clientId: id, expiresAt } = token
  if (kind !== 'ClientCredentials' || expiresAt <= clock() || id === null || clientName === null) return null
  const client = { id, name: clientName }
  return {
    kind: 'oauth_client',
    user: null,
    client,
    scopes: token.scopes.filter((scope) => scopes.includes(scope)),
    resource: resourceOf(token),
  }
}

async function toVerified(deps: VerifyOAuthTokenDeps, found: FoundOAuthToken): Promise<VerifiedGrant | null> {
  const { token, user, grantScopes, clientName, isSessionLive, sessionEndsAt } = found
  const { clientId, grantId, sessionId } = token
  const now = deps.clock()
  if (token.kind !== 'AccessToken' || token.consumedAt !== null || token.expiresAt <= now) return null
  if (user === null || clientId === null || clientName === null || grantId === null || grantScopes === null) return null
  if (sessionId !== null && !isSessionLive && !(await deps.sessions.isLive({ id: sessionId, userId: user.id }, now))) {
    return null
  }
  const proof = token.payload.proof as Proof | undefined // the engine's adapter wrote it
  const known = new Set<string>([...deps.scopes, ...IDENTITY_SCOPES])
  const scopes = token.scopes.filter((scope) => known.has(scope) && grantScopes.includes(scope))
  return {
    user,
    principal: {
      kind: 'oauth_grant',
      user,
      client: { id: clientId, name: clientName },
      grantId,
      scopes,
      resource: resourceOf(token),
      authenticatedAt: proof?.at ?? null,
      methods: proof?.methods ?? [],
    },
    jkt: jktOf(found),
    sessionId,
    readAgainAt: Math.min(token.expiresAt, sessionEndsAt ?? Infinity, now + deps.sessionSettings.touchWindowMs),
  }
}

/**
 * Returns true if a token was sent as it must be: to the API that it is for (RFC 8707 section 2); one that is bound to a key with a new
 * proof of the key, and every other one without (RFC 9449 section 7.2). It is a promise only if there is a proof to check.
 */
function acceptsSent(
  deps: VerifyOAuthTokenDeps,
  { resource }: OAuthPrincipal | ClientPrincipal,
  { jkt, sent }: { readonly jkt: string | null; readonly sent: SentToken },
): boolean | Promise<boolean> {
  const { token, possession } = sent
  if (resource !== sent.resource) return false
  if (jkt === null || possession === null) return jkt === possession
  return hasPossession(deps, jkt, { ...possession, token })
}

/** Returns the thumbprint of the key that a token is bound to. */
function jktOf(found: FoundOAuthToken | null): string | null {
  const jkt = found?.token.payload.jkt
  return typeof jkt === 'string' ? jkt : null
}

/** Returns the API that a token is for. Any other form of audience is that of no API. */
function resourceOf({ payload: { aud } }: FoundOAuthToken['token']): string | null {
  if (aud === undefined) return null
  return typeof aud === 'string' ? aud : JSON.stringify(aud)
}

function toAuthenticated({ principal }: VerifiedGrant): AuthenticatedGrant {
  return { principal, token: null, sealedAt: null }
}

function refuse({ verifications }: VerifyOAuthTokenDeps): null {
  verifications.refused++
  return null
}
