import type { Transaction } from 'kysely'
import type { TokenHash } from '../../crypto/token.ts'
import type { SessionId, UserId } from '../../kernel/ids.ts'
import type { Change, SessionRecord, SessionRef, SessionRotation } from '../../sessions/store.ts'
import type { Database } from './schema.ts'

/** The sessions of a user to revoke. */
export interface SessionsToEnd {
  readonly userId: UserId
  /** The session that stays, with its new token. */
  readonly except: { readonly id: SessionId; readonly tokenHash: TokenHash } | null
  /** Sessions that started at a later security epoch stay. */
  readonly throughEpoch: number
}

/**
 * The effects of one transaction on sessions and on the cached copies of sessions and users. Sessions in the same
 * database change within the transaction. For sessions in another storage the transaction writes an order, which is
 * carried out right after the commit, and again until it succeeds.
 */
export interface SessionEffects {
  /**
   * Evicts a session or a user from the cache of this process when the transaction is over, also if it fails. A
   * transaction that changes nothing evicts as well: another process may just have made the same change.
   */
  evict(subject: Change): void
  /** Evicts a session or a user from the caches of all processes: here as `evict` does, elsewhere after the commit. */
  announce(change: Change): Promise<void>
  /** Stores the session that a registration starts, and revokes the session of the same browser that it replaces. */
  startFirst(record: SessionRecord | null, replaces: SessionRef | null): Promise<void>
  /** Swaps the token. Returns false if the session is gone or has another token by now. */
  rotate(rotation: SessionRotation): Promise<boolean>
  /** Revokes the sessions of a user; if none is excepted, revokes the access tokens as well. */
  endAll(sessions: SessionsToEnd): Promise<void>
  /** Updates every copy of the user after a change of the name, the email address or the access tokens. */
  userChanged(userId: UserId): Promise<void>
}

/** Binds the effects to a transaction. `evict` collects the changes of that transaction. */
export type SessionEffectsFactory = (trx: Transaction<Database>, evict: (subject: Change) => void) => SessionEffects
