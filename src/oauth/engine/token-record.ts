import type { KeyedHash } from '../../crypto/keyed-hash.ts'
import { hashToken, type TokenHash } from '../../crypto/token.ts'
import { SECOND_MS } from '../../kernel/clock.ts'
import { parseSessionId, parseUserId } from '../../kernel/ids.ts'
import { isDocumentId } from '../documents/document-id.ts'
import type { FoundOAuthToken, OAuthToken, OAuthTokenKind } from '../store.ts'
import { parseFamily } from './family.ts'

/** What the engine stores about a token, by the names of its models. */
export type EnginePayload = Readonly<Record<string, unknown>>

/** Input of `toTokenRecord`. */
export interface NewEngineToken {
  readonly kind: OAuthTokenKind
  /** The secret. */
  readonly id: string
  readonly payload: EnginePayload
  readonly expiresInSeconds: number
  /** True: it ends with the session of the authorization. */
  readonly endsWithSession: boolean
  /** Hashes the code that a person types, of a device code. */
  readonly userCodes: KeyedHash
  /** Milliseconds since 1970 UTC. */
  readonly now: number
}

/** Returns the record of a token. No secret is in it: the id is hashed, and the payload has only what is public. */
export function toTokenRecord({
  kind,
  id,
  payload,
  expiresInSeconds,
  endsWithSession,
  userCodes,
  now,
}: NewEngineToken): OAuthToken {
  const { jti: _, grantId, sessionUid, userCode, ...rest } = payload
  const family = parseFamily(grantId)
  const userId = typeof payload.accountId === 'string' ? parseUserId(payload.accountId) : null
  const isBound = endsWithSession && typeof sessionUid === 'string'
  const { scope } = payload
  return {
    hash: hashToken(id),
    kind,
    clientId: clientOf(payload),
    userId,
    grantId: family?.grantId ?? null,
    familyId: family?.familyId ?? null,
    sessionId: isBound ? parseSessionId(sessionUid) : null,
    userCodeHash: typeof userCode === 'string' ? (userCodes.hash(userCode) as TokenHash) : null,
    scopes: typeof scope === 'string' && scope !== '' ? scope.split(' ') : [],
    payload: {
      ...rest,
      ...(grantId === undefined ? {} : { grantId }),
      ...(sessionUid === undefined ? {} : { sessionUid }),
    },
    createdAt: now,
    expiresAt: now + expiresInSeconds * SECOND_MS,
    consumedAt: null,
  }
}

/** Returns the payload of a found token, as the engine stored it. */
export function toPayload(id: string, { token }: FoundOAuthToken, graceSince: number | null): Record<string, unknown> {
  const { consumedAt } = token
  const isUsed = consumedAt !== null && (graceSince === null || consumedAt < graceSince)
  const { proof: _, ...payload } = token.payload // ours, not the engine's
  return { ...payload, jti: id, ...(isUsed ? { consumed: Math.floor(consumedAt / SECOND_MS) } : {}) }
}

/** Returns the client of an artifact. An app that describes itself has a row only after a user allowed it. */
function clientOf({ clientId, params, grantId }: EnginePayload): string | null {
  const asked = typeof params === 'object' && params !== null ? Reflect.get(params, 'client_id') : null
  const id = clientId ?? asked
  if (typeof id !== 'string') return null
  return isDocumentId(id) && grantId === undefined ? null : id
}
