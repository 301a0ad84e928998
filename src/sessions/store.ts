import type { TokenHash } from '../crypto/token.ts'
import { HOUR_MS } from '../kernel/clock.ts'
import type { EffectsOf } from '../kernel/effects.ts'
import type { SessionId, UserId } from '../kernel/ids.ts'
import type { Method, Session, User } from '../kernel/principal.ts'

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

/** Which session of which user. */
export interface SessionRef {
  readonly id: SessionId
  readonly userId: UserId
}

/** A login attempt that a session completes. The attempt is used up in the transaction that records the session. */
export interface CompletedAttempt {
  readonly tokenHash: TokenHash
  /** The rounds still open when the attempt was read; if another request has changed them, nothing is stored. */
  readonly openRounds: readonly (readonly Method[])[]
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
  readonly replaces: SessionRef | null
  /** Sessions beyond this count end, the one used longest ago first. */
  readonly maxPerUser: number
  /** The attempt that it completes; null: the login took one step and no attempt is stored. */
  readonly attempt: CompletedAttempt | null
}

/** A new token for a session that keeps its id. */
export interface SessionRotation extends SessionRef {
  readonly oldTokenHash: TokenHash
  readonly newTokenHash: TokenHash
  /** When the person proved themselves, milliseconds since 1970 UTC. */
  readonly authenticatedAt: number
}

/** A use of a session that is still to be written. */
export interface Touch {
  readonly id: SessionId
  readonly tokenHash: TokenHash
  /** Milliseconds since 1970 UTC, as is the other. */
  readonly lastSeenAt: number
  readonly idleExpiresAt: number
}

/** What changed in the storage: what a cache must forget. */
export type Change = ({ readonly kind: 'session' } & SessionRef) | { readonly kind: 'user'; readonly id: UserId }

/**
 * What other processes changed. 'unknown': more than can be told, so forget everything. 'unreachable': they cannot be
 * heard now, so believe nothing that is not read from the storage.
 */
export type ChangesElsewhere = readonly Change[] | 'unknown' | 'unreachable'

/** What changed in the last two hours. */
export interface RecentChanges {
  /** Ids of sessions that ended or have another token, and of users that changed. */
  readonly ids: readonly string[]
  /** Before it, changes may be missing; milliseconds since 1970 UTC, 0 where none are. */
  readonly completeSince: number
}

/** How long changes are kept for that, in milliseconds. */
export const KEEP_CHANGES_MS: number = 2 * HOUR_MS

/** Which sessions are read, page by page. */
export interface SessionScan {
  /** Null: of all users. */
  readonly userId: UserId | null
  /** Started at this time or later, milliseconds since 1970 UTC; null: whenever. */
  readonly since: number | null
  /** The `next` of the page before; null for the first. */
  readonly after: string | null
  readonly now: number
  /** How much is read for a page, at most: sessions, or users where the storage goes by users. */
  readonly limit: number
}

/** A page of sessions. */
export interface SessionPage {
  readonly sessions: readonly Session[]
  /** Where the next page begins, in the storage's own words; null: this was the last. */
  readonly next: string | null
}

/** What a sweep did. */
export interface Swept {
  readonly ended: readonly SessionRef[]
  /** False: nothing is left to sweep. */
  readonly mayBeMore: boolean
}

/** What sessions ask of storage. Each method is one transaction; what it resolves to is stored for good. */
export interface SessionStore {
  /**
   * Stores a session; gives those that ended for it: the one replaced, and the surplus.
   * Null, and nothing stored, when the user is gone, disabled, or their security epoch has moved on, or when the attempt
   * was used up, ended or changed meanwhile, has expired, or belongs to another user or epoch.
   */
  start(start: SessionStart, effectsOf: EffectsOf<readonly SessionRef[]>): Promise<readonly SessionRef[] | null>
  /** One indexed read. Sessions of disabled users are not found. */
  findByTokenHash(tokenHash: TokenHash): Promise<SessionWithUser | null>
  /**
   * The user's security epoch that the session belongs to; null when it is gone. What is then stored on the condition that
   * this is still the epoch is not stored when all sessions ended meanwhile.
   */
  findSecurityEpoch(tokenHash: TokenHash): Promise<number | null>
  /** Writes last uses, all in one go. Sessions that are gone stay gone. */
  writeTouches(touches: readonly Touch[]): Promise<void>
  /** Notes that the cookie was sent anew. False when another request did so first. */
  markCookieSent(record: SessionRecord, cookieSentAt: number): Promise<boolean>
  /** Swaps the token. False when the session is gone, its token is another by now, or the security epoch has moved on. */
  rotate(rotation: SessionRotation, securityEpoch: number, effectsOf: EffectsOf): Promise<boolean>
  /** The user's sessions that have not expired, most recently used first. */
  listByUser(userId: UserId, now: number): Promise<Session[]>
  /** Ends one session of the user. False when there is none. */
  revoke(userId: UserId, id: SessionId, effectsOf: EffectsOf): Promise<boolean>
  /** Ends all sessions of the user but one; says how many. */
  revokeAll(userId: UserId, except: SessionId | null, effectsOf: EffectsOf<number>): Promise<number>
  /** Sessions that have not expired, in no order that means anything. Those that start meanwhile may be missed. */
  scan(scan: SessionScan): Promise<SessionPage>
  /** Ends these sessions of any users; gives those that were there. */
  revokeMany(
    sessions: readonly SessionRef[],
    effectsOf: EffectsOf<readonly SessionRef[]>,
  ): Promise<readonly SessionRef[]>
  /** Deletes sessions past their limits at `now`, looking at no more than `limit`. */
  sweep(now: number, limit: number, effectsOf: EffectsOf<readonly SessionRef[]>): Promise<Swept>
  /** Deletes this session if it is past its limits at `now`. */
  deleteIfExpired(record: SessionRecord, now: number, effectsOf: EffectsOf): Promise<boolean>
  /** Tells all processes to forget what they know of the user, whom somebody else has changed. */
  invalidateUser(id: UserId): Promise<void>
  /** What other processes changed since the last call. Synchronous and cheap, since every verification asks. */
  changesElsewhere(): ChangesElsewhere
  /** What changed lately, for a process that was not there to hear of it. */
  recentChanges(): Promise<RecentChanges>
  /** Milliseconds since other processes were last surely heard; 0 when they are asked each time. */
  lagMs(): number
}
