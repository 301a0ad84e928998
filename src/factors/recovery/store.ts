import type { EffectsOf } from '../../kernel/effects.ts'
import type { UserId } from '../../kernel/ids.ts'

/** A factor that an administrator removes: the authenticator app, all passkeys, or the recovery codes. */
export type RemovableFactor = 'totp' | 'passkey' | 'recovery_code'

/** A removal that waits, by its user and what it removes. `all`: a user who lost every second factor asked for it at a login. */
export interface RemovalKey {
  readonly userId: UserId
  readonly method: RemovableFactor | 'all'
}

/** A removal of factors that waits, so that the owner of the account can cancel it. Times are milliseconds since 1970 UTC. */
export interface FactorRemoval extends RemovalKey {
  readonly requestedAt: number
  /** It can be carried out from this time on. */
  readonly availableAt: number
}

/** A removal to store. */
export interface NewFactorRemoval extends FactorRemoval {
  /** The epoch of the login that asked. Null: an administrator asked; such a removal neither ends with the epoch nor expires. */
  readonly securityEpoch: number | null
  readonly expiresAt: number | null
}

/**
 * Storage of removals of factors that wait. Each method is one transaction. The request of a user is void when it expires, when the
 * security epoch increases, and when a second factor is used or set up after it: then the factor is not lost.
 */
export interface FactorRemovalStore {
  /**
   * Stores a removal. Returns false if the same one waits already, if the user has nothing to remove, or if the user was deleted, or
   * disabled or moved to another epoch since the login.
   */
  request(removal: NewFactorRemoval, effectsOf: EffectsOf): Promise<boolean>
  /** Returns the removals of a user that wait or are due, and are not void at `now`, the next one first. */
  list(userId: UserId, now: number): Promise<readonly FactorRemoval[]>
  /** Deletes the removals of a user. Returns false if there were none. */
  cancel(userId: UserId, now: number, effectsOf: EffectsOf): Promise<boolean>
  /**
   * Removes the factors of a removal that is due at `now`, and what hangs on them. Of all requests that carry it out at the same moment,
   * one gets true. The effects get true if the user had such a factor.
   */
  carryOut(key: RemovalKey, now: number, effectsOf: EffectsOf<boolean>): Promise<boolean>
  /** Removes the factors at once, without a wait, and the removals of it that wait. Returns false if the user has no such factor. */
  removeNow(key: RemovalKey, effectsOf: EffectsOf): Promise<boolean>
  /** Returns removals of administrators that are due at `now`, at most `limit`. */
  listDue(now: number, limit: number): Promise<readonly RemovalKey[]>
  /** Deletes removals that expired, at most `limit`; returns their number. */
  sweep(now: number, limit: number): Promise<number>
}
