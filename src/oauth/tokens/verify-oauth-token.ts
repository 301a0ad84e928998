import { digestToken, type TokenDigest, toTokenHash } from '../../crypto/token.ts'
import type { Clock } from '../../kernel/clock.ts'
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

/** Dependencies of `verifyOAuthToken`. */
export interface VerifyOAuthTokenDeps {
  readonly oauthTokens: Pick<OAuthTokenStore, 'find'>
  readonly grantUses: UseCollector<OAuthGrantUse>
  readonly cache: SessionCache
  /** Its changes evict tokens from the cache, as they do sessions. */
  readonly sessions: SessionStore
  readonly sessionSettings: SessionSettings
  readonly verifications: VerificationCounts
  /** The scopes of the service. */
  readonly scopes: readonly string[]
  readonly clock: Clock
}

/** An app's access token that was verified. */
export type AuthenticatedGrant = Authenticated<OAuthPrincipal>

/** Returns true if a Bearer token is the access token of an app. */
export function isOAuthToken(text: string): boolean {
  return text.startsWith(`${ACCESS_PREFIX}_`)
}

/**
 * Returns the principal for an access token of an app, or null if it is malformed, unknown, revoked or expired, or its session
 * has ended. It costs the same as a session, without the engine: warm, one SHA-256 and no query; cold, and once per touch window,
 * one indexed read (two if sessions are in another storage).
 */
export function verifyOAuthToken(
  deps: VerifyOAuthTokenDeps,
  text: string,
): AuthenticatedGrant | null | Promise<AuthenticatedGrant | ClientPrincipal | null> {
  if (!isTokenId('AccessToken', text)) return refuse(deps)
  const digest = digestToken(text)
  const mayUseCache = deps.sessionSettings.cacheSize > 0 && deps.cache.follow(deps.sessions.changesElsewhere())
  const cached = mayUseCache ? deps.cache.getGrant(digest) : undefined
  if (cached !== undefined && deps.clock() < cached.readAgainAt) {
    deps.verifications.warm++
    return toAuthenticated(cached)
  }
  return readToken(deps, digest, mayUseCache)
}

async function readToken(
  deps: VerifyOAuthTokenDeps,
  digest: TokenDigest,
  mayUseCache: boolean,
): Promise<AuthenticatedGrant | ClientPrincipal | null> {
  const { version } = deps.cache
  const found = await deps.oauthTokens.find(toTokenHash(digest), deps.clock())
  const client = found === null ? null : toClient(deps, found)
  if (client !== null) return client
  const verified = found === null ? null : await toVerified(deps, found)
  if (verified === null) return refuse(deps)
  deps.grantUses.add({ id: verified.principal.grantId, lastUsedAt: deps.clock() })
  if (mayUseCache) deps.cache.putGrant(digest, verified, version)
  deps.verifications.cold++
  return toAuthenticated(verified)
}

/** Returns the app of a token without a user. It is not cached: the changes that clear the cache are about users. */
function toClient(
  { clock, scopes, verifications }: VerifyOAuthTokenDeps,
  { token, clientName }: FoundOAuthToken,
): ClientPrincipal | null {
  const { kind, clientId: id, expiresAt, payload } = token
  if (kind !== 'ClientCredentials' || payload.jkt !== undefined) return null
  if (expiresAt <= clock() || id === null || clientName === null) return null
  verifications.cold++
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
  if (token.payload.jkt !== undefined) return null // a token that is bound to a key
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
    sessionId,
    readAgainAt: Math.min(token.expiresAt, sessionEndsAt ?? Infinity, now + deps.sessionSettings.touchWindowMs),
  }
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
