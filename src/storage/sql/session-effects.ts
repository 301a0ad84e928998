import type { Transaction } from 'kysely'
import type { TokenHash } from '../../crypto/token.ts'
import type { SessionId, UserId } from '../../kernel/ids.ts'
import type { SessionRecord, SessionRef, SessionRotation } from '../../sessions/store.ts'
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
 * What a transaction about a user does to sessions: at once where they are in the same database, or as an order that is
 * carried out right after the commit, and again until it succeeds, where they are kept elsewhere.
 */
export interface SessionEffects {
  /** The session that a registration starts, in place of another of the same browser. */
  startFirst(trx: Transaction<Database>, record: SessionRecord | null, replaces: SessionRef | null): Promise<void>
  /** False when the session is gone or its token is another by now. */
  rotate(trx: Transaction<Database>, rotation: SessionRotation): Promise<boolean>
  /** Where no session stays, no access token does. */
  endAll(trx: Transaction<Database>, sessions: SessionsToEnd): Promise<void>
  /** The user's name, address or the like is another now. */
  userChanged(trx: Transaction<Database>, userId: UserId): Promise<void>
}
