import type { Transaction } from 'kysely'
import type { TokenHash } from '../../crypto/token.ts'
import type { SessionId, UserId } from '../../kernel/ids.ts'
import type { Change, SessionRecord, SessionRef, SessionRotation } from '../../sessions/store.ts'
import type { Database } from './schema.ts'

/** Which sessions of a user end. */
export interface SessionsToEnd {
  readonly userId: UserId
  /** The session that stays, with its new token. */
  readonly except: { readonly id: SessionId; readonly tokenHash: TokenHash } | null
  /** Sessions that started at a later security epoch stay. */
  readonly throughEpoch: number
}

/**
 * What one transaction does to sessions and to the cached copies of sessions and users. Sessions in the same database
 * change within the transaction. For sessions that are kept elsewhere the transaction writes an order, which is carried
 * out right after the commit, and again until it succeeds.
 */
export interface SessionEffects {
  /**
   * Evicts a session or a user from the cache of this process when the transaction is over, however it ends. A
   * transaction that finds nothing to do evicts as well: another process may have made the same change a moment ago.
   */
  evict(subject: Change): void
  /** Evicts a session or a user from the caches of all processes: here as `evict` does, elsewhere after the commit. */
  announce(change: Change): Promise<void>
  /** Stores the session that a registration starts, and ends the session of the same browser that it replaces. */
  startFirst(record: SessionRecord | null, replaces: SessionRef | null): Promise<void>
  /** Swaps the token. False when the session is gone or has another token by now. */
  rotate(rotation: SessionRotation): Promise<boolean>
  /** Ends the sessions of a user; without an exception, the access tokens end as well. */
  endAll(sessions: SessionsToEnd): Promise<void>
  /** Makes every copy of the user follow a change of the name, the email address or the access tokens. */
  userChanged(userId: UserId): Promise<void>
}

/** Binds the effects to a transaction. `evict` collects the changes of that transaction. */
export type SessionEffectsFactory = (trx: Transaction<Database>, evict: (subject: Change) => void) => SessionEffects
