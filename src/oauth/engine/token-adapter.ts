import type { AdapterPayload } from 'oidc-provider'
import { hashToken, type TokenHash } from '../../crypto/token.ts'
import { SECOND_MS } from '../../kernel/clock.ts'
import { onlyEvents } from '../../kernel/effects.ts'
import { parseSessionId, parseUserId } from '../../kernel/ids.ts'
import type { OAuthLogin } from '../backchannel/store.ts'
import type { OAuthEvent } from '../events.ts'
import type { OAuthTokenKind } from '../store.ts'
import { isJwt } from '../tokens/access-jwt.ts'
import type { AdapterDeps, EngineRoute, ModelAdapter } from './adapter-deps.ts'
import { currentScope, type Proof } from './engine-scope.ts'
import { parseFamily } from './family.ts'
import { findToken, HASHED } from './find-token.ts'
import { answerTime, isCode, isLostRace } from './held-answer.ts'
import { isTokenId } from './token-ids.ts'
import { toPayload, toTokenRecord } from './token-record.ts'

/** Time in which a second use of a refresh token gets the same successor. */
const REFRESH_GRACE_MS = 10 * SECOND_MS

/** Kinds that carry the proof of identity of the user, from the code to the last token. */
const HAVE_PROOF = new Set<OAuthTokenKind>(['AuthorizationCode', 'AccessToken', 'RefreshToken'])

/** Kinds that can be JWTs. Their rows are under the SHA-256 of the whole text, so a text that we did not issue has none. */
const JWT_KINDS = new Set<OAuthTokenKind>(['AccessToken', 'ClientCredentials'])

/** Tokens, codes and pushed requests: rows under the SHA-256 of their secret. */
export function tokenAdapter(deps: AdapterDeps, model: string): ModelAdapter {
  const kind = model as OAuthTokenKind // the engine has no other models with the features that are on
  return {
    async upsert(id, payload, expiresInSeconds) {
      const { changes, proof } = currentScope()
      const login = kind === 'AccessToken' ? loginOf(deps, payload) : null
      if (login !== null) changes.logins.push(login)
      const list = kind === 'ReplayDetection' ? changes.insertUnique : changes.insert
      list.push(
        toTokenRecord({
          kind,
          id,
          payload: { ...payload, ...(proof === null || !HAVE_PROOF.has(kind) ? {} : { proof }) },
          expiresInSeconds: expiresInSeconds ?? 0,
          endsWithSession: !isOffline(deps.route(), payload),
          userCodes: deps.userCodes,
          now: deps.clock(),
        }),
      )
    },

    async find(id) {
      const hash = hashOf(kind, id)
      const found = hash === null ? null : await findToken(deps, hash)
      if (found === null || found.token.kind !== kind) return undefined
      const { payload, consumedAt } = found.token
      if (payload.proof !== undefined) currentScope().proof = payload.proof as Proof // `upsert` wrote it
      if (isCode(kind)) currentScope().usedUpAt = consumedAt
      const now = deps.clock()
      const graceSince = kind === 'RefreshToken' ? now - REFRESH_GRACE_MS : null
      return { ...toPayload(id, found, graceSince), ...(found.token.expiresAt <= now ? { exp: 1 } : {}) }
    },

    async consume(id) {
      const hash = hashOf(kind, id)
      const graceSince = kind === 'RefreshToken' ? deps.clock() - REFRESH_GRACE_MS : null
      if (hash === null) return
      const scope = currentScope()
      scope.answersAt = isCode(kind) ? answerTime() : null
      scope.changes.consume.push({ hash, usedAt: scope.answersAt ?? deps.clock(), graceSince })
    },

    async destroy(id) {
      const hash = hashOf(kind, id)
      const found = hash === null ? null : await findToken(deps, hash)
      if (found !== null) await deps.oauthTokens.end(found.token)
    },

    async revokeByGrantId(id) {
      // The engine calls this for every kind of token; one call ends all of them.
      if (kind === 'AccessToken') await endFamily(deps, id)
    },
  }
}

/** Returns the login of a code, if its app wants to be told when the session ends: only then the token names the session. */
function loginOf({ route, clock }: AdapterDeps, payload: AdapterPayload): OAuthLogin | null {
  const { sid, clientId = '', accountId = '' } = payload
  const [sessionId, userId] = [parseSessionId(typeof sid === 'string' ? sid : ''), parseUserId(accountId)]
  if (route().entities.AuthorizationCode === undefined || sessionId === null || userId === null) return null
  return { sessionId, clientId, userId, createdAt: clock() }
}

function hashOf(kind: OAuthTokenKind, id: string): TokenHash | null {
  if (id.startsWith(HASHED)) {
    return currentScope().aliases.has(id) ? (id.slice(HASHED.length) as TokenHash) : null // we named it, not the app
  }
  return isTokenId(kind, id) || (JWT_KINDS.has(kind) && isJwt(id)) ? hashToken(id) : null
}

/**
 * Returns true if what the user allowed outlives the session. A refresh can ask for fewer scopes, so the source of the new token
 * decides.
 */
function isOffline({ entities }: EngineRoute, payload: AdapterPayload): boolean {
  const source =
    entities.RotatedRefreshToken ??
    entities.RefreshToken ??
    entities.AuthorizationCode ??
    entities.DeviceCode ??
    payload
  return source.scope?.split(' ').includes('offline_access') === true
}

/** Ends a family after a replay, or because the client revoked a refresh token. Revoking an access token ends only that. */
async function endFamily({ route, oauthTokens }: AdapterDeps, id: string): Promise<void> {
  const { name, entities } = route()
  if (name === 'revocation' && entities.AccessToken !== undefined) return
  const scope = currentScope()
  const { stamp, grants } = scope
  if (name !== 'revocation' && isLostRace(scope)) return // the tokens of the winner stay
  const family = parseFamily(id)
  const grant = family === null ? undefined : grants.get(family.grantId)
  if (family === null || grant === undefined) return
  const replayed: OAuthEvent = {
    type: 'oauth_grant.replayed',
    userId: grant.userId,
    clientId: grant.clientId,
    grantId: grant.id,
  }
  await oauthTokens.endFamily(family, onlyEvents(...(name === 'revocation' ? [] : [stamp(replayed)])))
}
