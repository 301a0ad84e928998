import type { TokenHash } from '../crypto/token.ts'
import type { EffectsOf } from '../kernel/effects.ts'
import type { OAuthGrantId, SessionId, UserId } from '../kernel/ids.ts'
import type { User } from '../kernel/principal.ts'
import type { OAuthLogin } from './backchannel/store.ts'

/** An app of a third party. Only the SHA-256 of its secret is stored. Times are milliseconds since 1970 UTC. */
export interface OAuthClient {
  /** The `client_id`. */
  readonly id: string
  /** The name that users see when they are asked to allow access. */
  readonly name: string
  /** Where the app gets its answers; each is compared as a whole. */
  readonly redirectUris: readonly string[]
  /** Where the app may send users after logout. */
  readonly postLogoutRedirectUris: readonly string[]
  /** Where the app wants to be told that a session is over (OpenID Connect Back-Channel Logout 1.0); absent or null: nowhere. */
  readonly backchannelLogoutUri?: string | null | undefined
  /** The scopes of the service that the app may ask for. */
  readonly scopes: readonly string[]
  /** True: the app cannot keep a secret, such as an app in a browser or on a phone. */
  readonly isPublic: boolean
  /** True: the app belongs to the service itself, so users are not asked. */
  readonly isFirstParty: boolean
  readonly createdAt: number
}

/** A stored client, with the hash of its secret. */
export interface OAuthClientRecord {
  readonly client: OAuthClient
  /** Null: the client is public. */
  readonly secretHash: TokenHash | null
}

/** Storage of clients. Each method is one transaction, which is committed when the method resolves. */
export interface OAuthClientStore {
  create(record: OAuthClientRecord, effectsOf: EffectsOf): Promise<void>
  find(id: string): Promise<OAuthClientRecord | null>
  /** Returns all clients, newest first. */
  list(): Promise<readonly OAuthClient[]>
  /**
   * Replaces a client, also in the caches of all nodes. Tokens of the client stay valid; scopes that it lost are not granted any
   * more. Returns false if the client does not exist.
   */
  update(client: OAuthClient, effectsOf: EffectsOf): Promise<boolean>
  /** Replaces the secret. Returns false if the client does not exist, or is public. */
  rotateSecret(id: string, secretHash: TokenHash, effectsOf: EffectsOf): Promise<boolean>
  /** Stores the client of a document that a user allows, or replaces what the document said before. */
  keepDocument(client: OAuthClient): Promise<void>
  /** Deletes clients of documents that no user allows any more, at most `limit`. Returns their number. */
  sweepDocuments(limit: number): Promise<number>
  /** Deletes a client with its grants and tokens, on every node. Returns false if it does not exist. */
  delete(id: string, effectsOf: EffectsOf): Promise<boolean>
}

/** What a user allowed an app to do. Times are milliseconds since 1970 UTC. */
export interface OAuthGrant {
  readonly id: OAuthGrantId
  readonly userId: UserId
  readonly clientId: string
  readonly scopes: readonly string[]
  /** Where an app that describes itself may get its answers without a question, because the user allowed it. Other apps: none. */
  readonly redirectUris: readonly string[]
  readonly createdAt: number
  /** Last use of a token of the grant, accurate to a minute; null: never used. */
  readonly lastUsedAt: number | null
}

/** A grant with the name of its client, for users. */
export interface NamedGrant extends OAuthGrant {
  readonly clientName: string
}

/** A last use of a grant that is not written yet. */
export interface OAuthGrantUse {
  readonly id: OAuthGrantId
  readonly lastUsedAt: number
}

/** Storage of grants. A user has at most one grant for each client. */
export interface OAuthGrantStore {
  /**
   * Stores a grant, or adds its scopes and redirect URIs to the grant that the user already gave to the client. Returns null if the user or the
   * client does not exist, or the user's security epoch has changed.
   */
  allow(grant: OAuthGrant, securityEpoch: number | null, effectsOf: EffectsOf<OAuthGrant>): Promise<OAuthGrant | null>
  find(userId: UserId, clientId: string): Promise<OAuthGrant | null>
  /** Returns the grants of a user, newest first. */
  listByUser(userId: UserId): Promise<readonly NamedGrant[]>
  /** Revokes a grant of the user with its tokens, on every node. Returns false if it does not exist. */
  revoke(userId: UserId, id: OAuthGrantId, effectsOf: EffectsOf): Promise<boolean>
  /** Revokes all grants of the user, on every node. Returns their number. */
  revokeAll(userId: UserId, effectsOf: EffectsOf<readonly OAuthGrantId[]>): Promise<number>
  /** Writes last uses. Revoked grants stay revoked. */
  writeUses(uses: readonly OAuthGrantUse[]): Promise<void>
}

/** Kinds of stored artifacts, as the engine names them. */
export type OAuthTokenKind =
  | 'AccessToken'
  | 'AuthorizationCode'
  | 'RefreshToken'
  | 'DeviceCode'
  | 'ClientCredentials'
  | 'Interaction'
  | 'PushedAuthorizationRequest'
  | 'ReplayDetection'

/** A token, code or request, without its secret. Times are milliseconds since 1970 UTC. */
export interface OAuthToken {
  /** SHA-256 of its secret. */
  readonly hash: TokenHash
  readonly kind: OAuthTokenKind
  readonly clientId: string | null
  readonly userId: UserId | null
  readonly grantId: OAuthGrantId | null
  /** The authorization that it comes from: everything of one family ends together. */
  readonly familyId: string | null
  /** The session that it ends with; null: it outlives sessions. */
  readonly sessionId: SessionId | null
  /** SHA-256 of the code that a person types, of a device code. */
  readonly userCodeHash: TokenHash | null
  readonly scopes: readonly string[]
  /** What the engine knows about it, without secrets. */
  readonly payload: Readonly<Record<string, unknown>>
  readonly createdAt: number
  readonly expiresAt: number
  /** When it was used up; null: it was not. */
  readonly consumedAt: number | null
}

/** A token with what it refers to. */
export interface FoundOAuthToken {
  readonly token: OAuthToken
  /** The owner; null: the token has none. */
  readonly user: User | null
  /** Scopes of its grant; null: the token has no grant. */
  readonly grantScopes: readonly string[] | null
  readonly clientName: string | null
  /** True if the token has a session in this database, which has not expired. */
  readonly isSessionLive: boolean
  /** Time at which that session expires, unless it is used before; null without a live session. */
  readonly sessionEndsAt: number | null
}

/** A one-time artifact to use up. */
export interface OAuthConsumption {
  readonly hash: TokenHash
  /** When it counts as used up, milliseconds since 1970 UTC. */
  readonly usedAt: number
  /**
   * A use at or after this time does not count, milliseconds since 1970 UTC: two requests with the same refresh token both
   * succeed for a moment. Null: every use counts.
   */
  readonly graceSince: number | null
}

/** A new state of an artifact. */
export interface OAuthReplacement {
  readonly token: OAuthToken
  /** The payload that the new state follows from. */
  readonly previous: OAuthToken['payload']
}

/** Changes of one request, which are stored together or not at all. */
export interface OAuthChanges {
  readonly insert: readonly OAuthToken[]
  /** New ones that must not exist yet: a proof that is sent a second time. */
  readonly insertUnique: readonly OAuthToken[]
  /** Of two requests that replace the same state, one gets through. A used artifact keeps its state. */
  readonly replace: readonly OAuthReplacement[]
  readonly consume: readonly OAuthConsumption[]
  readonly remove: readonly TokenHash[]
  /** Logins to apps that want to be told when the session ends. */
  readonly logins: readonly OAuthLogin[]
}

/** Storage of tokens, codes and requests in progress. */
export interface OAuthTokenStore {
  /** Finds a token with one indexed read, also one that was used up. Tokens of disabled users are not found. */
  find(hash: TokenHash, now: number): Promise<FoundOAuthToken | null>
  /** Finds the device code that belongs to a code that a person typed. */
  findByUserCode(userCodeHash: TokenHash, now: number): Promise<FoundOAuthToken | null>
  /**
   * Stores the changes of one request. Stores nothing and returns false if an artifact was used up or removed in the meantime,
   * or if a grant or session of the new ones has ended.
   */
  commit(changes: OAuthChanges, now: number): Promise<boolean>
  /** Ends everything of one authorization, on every node. */
  endFamily(family: { readonly grantId: OAuthGrantId; readonly familyId: string }, effectsOf: EffectsOf): Promise<void>
  /** Revokes one token, on every node. */
  end(token: Pick<OAuthToken, 'hash' | 'userId'>): Promise<void>
  /** Deletes expired artifacts, at most `limit`. Returns their number. */
  sweep(now: number, limit: number): Promise<number>
}
