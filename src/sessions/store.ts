import type { TokenHash } from '../crypto/token.ts'
import { HOUR_MS } from '../kernel/clock.ts'
import type { EffectsOf } from '../kernel/effects.ts'
import type { Found } from '../kernel/found.ts'
import type { SessionId, UserId } from '../kernel/ids.ts'
import type { Page } from '../kernel/page.ts'
import type { Method, Session, User } from '../kernel/principal.ts'

/** A session to store, with the hash of its token. */
export interface SessionRecord {
  readonly session: Session
  readonly tokenHash: TokenHash
}

/** A session and its user, from one read. */
export interface SessionWithUser {
  readonly session: Session
  readonly user: User
}

/** Ids of a session and of its user. */
export interface SessionRef {
  readonly id: SessionId
  readonly userId: UserId
}

/** A login attempt that a session completes. The attempt is used up in the transaction that records the session. */
export interface CompletedAttempt {
  readonly tokenHash: TokenHash
  /** The open rounds when the attempt was read. If another request has changed them, nothing is stored. */
  readonly openRounds: readonly (readonly Method[])[]
}

/** Input to store the session of a login. */
export interface SessionStart {
  readonly record: SessionRecord
  /**
   * The user's security epoch when the proof was checked. If the epoch has changed (password changed, user disabled), nothing
   * is stored: a login in progress must not survive an action that revokes all sessions.
   */
  readonly securityEpoch: number
  /** The session of the same browser that the new session replaces. */
  readonly replaces: SessionRef | null
  /** Sessions that a user may have. Others are revoked, the session that was used longest ago first. */
  readonly maxPerUser: number
  /** The login attempt that the session completes; null: the login had one step, so no attempt is stored. */
  readonly attempt: CompletedAttempt | null
}

/** A new token for a session that keeps its id. */
export interface SessionRotation extends SessionRef {
  readonly oldTokenHash: TokenHash
  readonly newTokenHash: TokenHash
  /** When the user proved their identity, milliseconds since 1970 UTC. */
  readonly authenticatedAt: number
  /** All methods that the session proved so far. */
  readonly methods: readonly Method[]
}

/** A use of a session that is not written yet. */
export interface Touch {
  readonly id: SessionId
  readonly tokenHash: TokenHash
  /** Time of the use, milliseconds since 1970 UTC. */
  readonly lastSeenAt: number
  readonly idleExpiresAt: number
}

/** A change in the storage, which caches must forget: a session, or a user with all sessions and access tokens. */
export type Change = ({ readonly kind: 'session' } & SessionRef) | { readonly kind: 'user'; readonly id: UserId }

/**
 * Changes of other processes. 'unknown': the list is incomplete, so forget everything. 'unreachable': changes cannot be
 * received now, so trust only data that is read from the storage.
 */
export type ChangesElsewhere = readonly Change[] | 'unknown' | 'unreachable'

/** Changes of the last two hours. */
export interface RecentChanges {
  /** Ids of sessions that were revoked, expired or got a new token, and of users that changed. */
  readonly ids: readonly string[]
  /** Changes before this time may be missing; milliseconds since 1970 UTC, 0 if the list is complete. */
  readonly completeSince: number
}

/** Time for which the storage keeps changes for `RecentChanges`, in milliseconds. */
export const KEEP_CHANGES_MS: number = 2 * HOUR_MS

/** Selects sessions to read, page by page. */
export interface SessionScan {
  /** Id of the user; null: all users. */
  readonly userId: UserId | null
  /** Start time of the oldest sessions to read, milliseconds since 1970 UTC; null: no limit. */
  readonly since: number | null
  /** The `next` of the previous page; null for the first page. */
  readonly after: string | null
  readonly now: number
  /** Maximum size of a page: sessions, or users if the storage iterates over users. */
  readonly limit: number
}

/** A page of sessions. */
export interface SessionPage {
  readonly sessions: readonly Session[]
  /** Start of the next page, in a format of the storage; null if this was the last page. */
  readonly next: string | null
}

/** Result of a sweep. */
export interface Swept {
  readonly ended: readonly SessionRef[]
  /** False if nothing is left to sweep. */
  readonly mayBeMore: boolean
}

/** Storage of sessions. Each method is one transaction, which is committed when the method resolves. */
export interface SessionStore {
  /**
   * Stores a session. Returns the sessions that it revoked: the replaced one, and those above the limit of the user.
   * Stores nothing and returns null if the user is deleted or disabled, if their security epoch has changed, or if the
   * attempt was completed, ended or changed, has expired, or belongs to another user or epoch.
   */
  start(start: SessionStart, effectsOf: EffectsOf<readonly SessionRef[]>): Promise<readonly SessionRef[] | null>
  /** Finds a session with one indexed read. Sessions of disabled users are not found. SQLite answers at once. */
  findByTokenHash(tokenHash: TokenHash): Found<SessionWithUser | null>
  /**
   * Returns the security epoch of the session's user, or null if the session does not exist. A later write that requires this
   * epoch stores nothing if all sessions of the user were revoked in the meantime.
   */
  findSecurityEpoch(tokenHash: TokenHash): Promise<number | null>
  /** Writes last uses in one transaction. Deleted sessions stay deleted. */
  writeTouches(touches: readonly Touch[]): Promise<void>
  /** Records that the cookie was sent again. Returns false if another request recorded it first. */
  markCookieSent(record: SessionRecord, cookieSentAt: number): Promise<boolean>
  /**
   * Replaces the token of a session. Returns false if the session does not exist, if its token has changed, or if the
   * security epoch has changed.
   */
  rotate(rotation: SessionRotation, securityEpoch: number, effectsOf: EffectsOf): Promise<boolean>
  /** Returns true if this session exists and has not expired at `now`. */
  isLive(session: SessionRef, now: number): Promise<boolean>
  /** Returns which of these sessions exist and have not expired at `now`. */
  findLive(sessions: readonly SessionRef[], now: number): Promise<ReadonlySet<SessionId>>
  /**
   * Returns a page of the user's sessions that have not expired, most recently used first. Returns null if `before` is not
   * one of them.
   */
  listByUser(userId: UserId, now: number, page: Page<SessionId>): Promise<Session[] | null>
  /** Revokes one session of the user. Returns false if it does not exist. */
  revoke(userId: UserId, id: SessionId, effectsOf: EffectsOf): Promise<boolean>
  /**
   * Revokes all sessions of the user except one, and ends every pending change of the email address, also one that the
   * excepted session requested: its cookie may be stolen. Returns the number of revoked sessions.
   */
  revokeAll(userId: UserId, except: SessionId | null, effectsOf: EffectsOf<number>): Promise<number>
  /** Returns a page of sessions that have not expired, in any order. It may miss sessions that start during the scan. */
  scan(scan: SessionScan): Promise<SessionPage>
  /** Revokes these sessions of any users. Returns the sessions that existed. */
  revokeMany(
    sessions: readonly SessionRef[],
    effectsOf: EffectsOf<readonly SessionRef[]>,
  ): Promise<readonly SessionRef[]>
  /** Deletes sessions that have expired at `now`. Reads at most `limit` sessions. */
  sweep(now: number, limit: number, effectsOf: EffectsOf<readonly SessionRef[]>): Promise<Swept>
  /** Deletes this session if it has expired at `now`. Returns true if it was deleted. */
  deleteIfExpired(record: SessionRecord, now: number, effectsOf: EffectsOf): Promise<boolean>
  /** Makes all processes forget what they cached about a user that the application changed in the database. */
  invalidateUser(id: UserId): Promise<void>
  /** Returns the changes of other processes since the last call. It is synchronous and cheap: every verification calls it. */
  changesElsewhere(): ChangesElsewhere
  /** Returns recent changes, for a process that started after them or lost them. */
  recentChanges(): Promise<RecentChanges>
  /** Returns the milliseconds since the last time that all changes were known; 0 if the storage checks at each call. */
  lagMs(): number
}
