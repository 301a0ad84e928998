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
import { hasPossession, type Possession, type PossessionDeps } from './check-possession.ts'

/** Dependencies of `verifyOAuthToken`. */
export interface VerifyOAuthTokenDeps extends PossessionDeps {
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
  possession: Possession | null,
): AuthenticatedGrant | null | Promise<AuthenticatedGrant | ClientPrincipal | null> {
  if (!isTokenId('AccessToken', text)) return refuse(deps)
  const digest = digestToken(text)
  const mayUseCache = deps.sessionSettings.cacheSize > 0 && deps.cache.follow(deps.sessions.changesElsewhere())
  const cached = mayUseCache ? deps.cache.getGrant(digest) : undefined
  if (cached !== undefined && deps.clock() < cached.readAgainAt) {
    deps.verifications.warm++
    const { jkt } = cached
    if (jkt === null && possession === null) return toAuthenticated(cached)
    return ifPossessed(deps, { jkt, token: text, possession, found: toAuthenticated(cached) })
  }
  return readToken(deps, digest, { token: text, possession, mayUseCache })
}

async function readToken(
  deps: VerifyOAuthTokenDeps,
  digest: TokenDigest,
  { token, possession, mayUseCache }: SentToken & { readonly mayUseCache: boolean },
): Promise<AuthenticatedGrant | ClientPrincipal | null> {
  const { version } = deps.cache
  const found = await deps.oauthTokens.find(toTokenHash(digest), deps.clock())
  const client = found === null ? null : toClient(deps, found)
  const jkt = jktOf(found)
  if (client !== null) return ifPossessed(deps, { jkt, token, possession, found: client })
  const verified = found === null ? null : await toVerified(deps, found)
  if (verified === null) return refuse(deps)
  deps.grantUses.add({ id: verified.principal.grantId, lastUsedAt: deps.clock() })
  if (mayUseCache) deps.cache.putGrant(digest, verified, version)
  deps.verifications.cold++
  return ifPossessed(deps, { jkt, token, possession, found: toAuthenticated(verified) })
}

/** Returns the app of a token without a user. It is not cached: the changes that clear the cache are about users. */
function toClient(
  { clock, scopes, verifications }: VerifyOAuthTokenDeps,
  { token, clientName }: FoundOAuthToken,
): ClientPrincipal | null {
  const { kind, clientId: id, expiresAt } = token
  if (kind !== 'ClientCredentials' || expiresAt <= clock() || id === null || clientName === null) return null
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

/** A token as it was sent. */
interface SentToken {
  readonly token: string
  /** Null: with the scheme Bearer. */
  readonly possession: Possession | null
}

/**
 * Returns what was found if the token was sent as it must be: one that is bound to a key with a proof of the key, and every other one
 * without (RFC 9449 section 7.2).
 */
async function ifPossessed<Found>(
  deps: VerifyOAuthTokenDeps,
  { jkt, token, possession, found }: SentToken & { readonly jkt: string | null; readonly found: Found },
): Promise<Found | null> {
  if (jkt === null && possession === null) return found
  if (jkt === null || possession === null) return refuse(deps)
  return (await hasPossession(deps, jkt, { ...possession, token })) ? found : refuse(deps)
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
