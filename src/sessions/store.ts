import type { TokenHash } from '../crypto/token.ts'
import type { SessionId, UserId } from '../kernel/ids.ts'
import type { Session, User } from '../kernel/principal.ts'

/** A session about to be stored: what is public of it, and the hash of its token. */
export interface SessionRecord {
  readonly session: Session
  readonly tokenHash: TokenHash
}

/** A session and its user, read in one go. */
export interface SessionWithUser {
  readonly session: Session
  readonly user: User
}

/** How a session is stored at a login. */
export interface SessionStart {
  readonly record: SessionRecord
  /**
   * The user's security epoch when the proof was checked. If it has moved on (password changed, user disabled)
   * nothing is stored: a login under way does not survive what ended all sessions.
   */
  readonly securityEpoch: number
  /** The session of the same browser that this one takes the place of. */
  readonly replaces: SessionId | null
  /** Sessions beyond this count end, the one used longest ago first. */
  readonly maxPerUser: number
}

/** A new token for a session that keeps its id. */
export interface SessionRotation {
  readonly id: SessionId
  readonly oldTokenHash: TokenHash
  readonly newTokenHash: TokenHash
  /** When the person proved themselves, milliseconds since 1970 UTC. */
  readonly authenticatedAt: number
}

/** What changed in the storage without this process: what its cache must forget. */
export type Change =
  | { readonly kind: 'session'; readonly id: SessionId }
  | { readonly kind: 'user'; readonly id: UserId }

/** What sessions ask of storage. Each method is one transaction; what it resolves to is stored for good. */
export interface SessionStore {
  /**
   * Stores a session; gives the ids of those that ended for it: the one replaced, and the surplus.
   * Null, and nothing stored, when the user is gone, disabled, or their security epoch has moved on.
   */
  start(start: SessionStart): Promise<readonly SessionId[] | null>
  /** One indexed read. Sessions of disabled users are not found. */
  findByTokenHash(tokenHash: TokenHash): Promise<SessionWithUser | null>
  /** Writes the last use. False when the session is gone. */
  touch(id: SessionId, lastSeenAt: number, idleExpiresAt: number): Promise<boolean>
  /** Notes that the cookie was sent anew. False when another request did so first. */
  markCookieSent(session: Session, cookieSentAt: number): Promise<boolean>
  /** Swaps the token. False when the session is gone, its token is another by now, or the security epoch has moved on. */
  rotate(rotation: SessionRotation, securityEpoch: number): Promise<boolean>
  /** The user's sessions that have not expired, most recently used first. */
  listByUser(userId: UserId, now: number): Promise<Session[]>
  /** Ends one session of the user. False when there is none. */
  revoke(userId: UserId, id: SessionId): Promise<boolean>
  /** Ends all sessions of the user but one; says how many. */
  revokeAll(userId: UserId, except: SessionId | null): Promise<number>
  /** Deletes up to `limit` sessions past their limits at `now`; gives their ids. */
  deleteExpired(now: number, limit: number): Promise<{ readonly id: SessionId; readonly userId: UserId }[]>
  /** Deletes this session if it is past its limits at `now`. */
  deleteIfExpired(id: SessionId, now: number): Promise<boolean>
  /**
   * What other processes changed since the last call. Synchronous and cheap, since every verification asks.
   * 'unknown' when they changed more than can be told: forget everything.
   */
  changesElsewhere(): readonly Change[] | 'unknown'
}
