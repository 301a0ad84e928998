import type { DeviceOwner } from '../../kernel/device-owner.ts'
import type { EffectsOf } from '../../kernel/effects.ts'
import type { UserId } from '../../kernel/ids.ts'

/** The recovery codes of a user, without the codes. */
export interface RecoveryCodes {
  /** Number of codes that were not used yet. */
  readonly left: number
  /** Milliseconds since 1970 UTC. */
  readonly createdAt: number
}

/** Storage of recovery codes. Of a code, only a keyed hash is stored. Each method is one transaction. */
export interface RecoveryCodeStore {
  /** Returns null if the user has none. */
  find(userId: UserId): Promise<RecoveryCodes | null>
  /**
   * Stores codes in place of the existing ones. Returns false if the user has no second factor, or if the security epoch has
   * increased.
   */
  replace(owner: DeviceOwner, hashes: readonly string[], createdAt: number, effectsOf: EffectsOf): Promise<boolean>
  /**
   * Deletes a code that has one of the hashes: of all requests that use it at the same moment, one gets true. The effects get
   * the number of codes that are left.
   */
  use(userId: UserId, hashes: readonly string[], effectsOf: EffectsOf<number>): Promise<boolean>
}
