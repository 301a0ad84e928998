import type { TokenHash } from '../../crypto/token.ts'
import type { EffectsOf } from '../../kernel/effects.ts'
import type { UserId } from '../../kernel/ids.ts'

/** A browser that is not asked for a second factor. Times are milliseconds since 1970 UTC. */
export interface RememberedDevice {
  readonly id: string
  readonly userId: UserId
  readonly userAgent: string | null
  readonly createdAt: number
  readonly lastUsedAt: number | null
}

/** A remembered device as it is stored. Of its token, only the hash is stored. */
export interface NewRememberedDevice extends RememberedDevice {
  readonly tokenHash: TokenHash
  /** The device is forgotten if the user's security epoch increases. */
  readonly securityEpoch: number
  readonly expiresAt: number
}

/** Storage of remembered devices. Each method is one transaction. */
export interface RememberedDeviceStore {
  /** Stores a device. Of more than 20 of a user, the oldest are forgotten. */
  create(device: NewRememberedDevice, effectsOf: EffectsOf): Promise<void>
  /**
   * Records the use of a device. Returns false if none of the tokens is a device of the user in this security epoch that
   * has not expired.
   */
  use(
    tokenHashes: readonly TokenHash[],
    user: { readonly userId: UserId; readonly securityEpoch: number },
    now: number,
  ): Promise<boolean>
  /** Returns the devices that are remembered at `now`, newest first. */
  list(userId: UserId, now: number): Promise<readonly RememberedDevice[]>
  /** Returns false if the user has no such device. */
  forget(userId: UserId, id: string, effectsOf: EffectsOf): Promise<boolean>
  /** Removes all devices of a user. The effects get their ids. Returns their number. */
  forgetAll(userId: UserId, effectsOf: EffectsOf<readonly string[]>): Promise<number>
  /** Deletes expired devices, at most `limit`; returns their number. */
  sweep(now: number, limit: number): Promise<number>
}
