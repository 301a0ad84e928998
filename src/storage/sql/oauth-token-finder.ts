import type { TokenHash } from '../../crypto/token.ts'
import type { EmailAddress } from '../../kernel/email-address.ts'
import type { OAuthGrantId, SessionId, UserId } from '../../kernel/ids.ts'
import type { FoundOAuthToken, OAuthToken, OAuthTokenKind, OAuthTokenStore } from '../../oauth/store.ts'
import type { SqlDatabase } from './schema.ts'

/** The columns that the query selects, in this order. */
type FoundRow = readonly [
  hash: TokenHash,
  kind: OAuthTokenKind,
  clientId: string | null,
  userId: UserId | null,
  grantId: OAuthGrantId | null,
  familyId: string | null,
  sessionId: SessionId | null,
  userCodeHash: TokenHash | null,
  scopes: string,
  payload: string,
  createdAt: number,
  expiresAt: number,
  consumedAt: number | null,
  email: EmailAddress | null,
  emailVerified: boolean | number | null,
  userName: string | null,
  userCreatedAt: number | null,
  disabledAt: number | null,
  grantScopes: string | null,
  clientName: string | null,
  idleExpiresAt: number | null,
  sessionExpiresAt: number | null,
]

/**
 * Returns the queries that find a token; their text is built once.
 * @param hasSessions true if the sessions are in this database.
 */
export function createOAuthTokenFinder(
  { reader, prepareRead }: SqlDatabase,
  hasSessions: boolean,
): Pick<OAuthTokenStore, 'find' | 'findByUserCode'> {
  const base = reader
    .selectFrom('oauth_tokens')
    .leftJoin('users', 'users.id', 'oauth_tokens.user_id')
    .leftJoin('oauth_grants', 'oauth_grants.id', 'oauth_tokens.grant_id')
    .leftJoin('oauth_clients', 'oauth_clients.id', 'oauth_tokens.client_id')
    .leftJoin('sessions', 'sessions.id', 'oauth_tokens.session_id')
    .select(['oauth_tokens.token_hash', 'kind', 'oauth_tokens.client_id', 'oauth_tokens.user_id', 'grant_id'])
    .select(['family_id', 'session_id', 'user_code_hash', 'oauth_tokens.scopes', 'payload'])
    .select(['oauth_tokens.created_at', 'oauth_tokens.expires_at', 'consumed_at'])
    .select(['users.email', 'users.email_verified', 'users.name', 'users.created_at as user_created_at'])
    .select(['users.disabled_at', 'oauth_grants.scopes as grant_scopes', 'oauth_clients.name as client_name'])
    .select(['sessions.idle_expires_at', 'sessions.expires_at as session_expires_at'])
  const readByHash = prepareRead<FoundRow>(base.where('oauth_tokens.token_hash', '=', '').compile().sql)
  const readByUserCode = prepareRead<FoundRow>(base.where('user_code_hash', '=', '').compile().sql)
  const toFound = (row: FoundRow | undefined, now: number): FoundOAuthToken | null =>
    row === undefined ? null : toFoundToken(row, { now, hasSessions })
  return {
    find: async (hash, now) => toFound(await readByHash(hash), now),
    findByUserCode: async (hash, now) => toFound(await readByUserCode(hash), now),
  }
}

function toFoundToken(
  row: FoundRow,
  { now, hasSessions }: { readonly now: number; readonly hasSessions: boolean },
): FoundOAuthToken | null {
  const [hash, kind, clientId, userId, grantId, familyId, sessionId, userCodeHash, scopes, payload, ...times] = row
  const [createdAt, expiresAt, consumedAt, email, emailVerified, userName, userCreatedAt, disabledAt, ...rest] = times
  const [grantScopes, clientName, idleExpiresAt, sessionExpiresAt] = rest
  if (disabledAt !== null) return null
  const token: OAuthToken = {
    hash,
    kind,
    clientId,
    userId,
    grantId,
    familyId,
    sessionId,
    userCodeHash,
    scopes: toScopes(scopes),
    payload: JSON.parse(payload),
    createdAt,
    expiresAt,
    consumedAt,
  }
  const hasUser = userId !== null && email !== null && userCreatedAt !== null
  const user = hasUser
    ? { id: userId, email, emailVerified: Boolean(emailVerified), name: userName, createdAt: userCreatedAt }
    : null
  const endsAt = idleExpiresAt === null || sessionExpiresAt === null ? null : Math.min(idleExpiresAt, sessionExpiresAt)
  const isSessionLive = hasSessions && endsAt !== null && endsAt > now
  return {
    token,
    user,
    grantScopes: grantScopes === null ? null : toScopes(grantScopes),
    clientName,
    isSessionLive,
    sessionEndsAt: isSessionLive ? endsAt : null,
  }
}

function toScopes(text: string): string[] {
  return text === '' ? [] : text.split(' ')
}
