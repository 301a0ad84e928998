import type { DeviceOwner } from '../../kernel/device-owner.ts'
import type { EffectsOf } from '../../kernel/effects.ts'
import type { UserId } from '../../kernel/ids.ts'
import type { Method } from '../../kernel/principal.ts'

/** The TOTP secret of a user. Times are milliseconds since 1970 UTC. */
export interface TotpRecord {
  readonly userId: UserId
  /** The secret, sealed with the secrets of the service. */
  readonly sealedSecret: string
  readonly createdAt: number
  /** Null: the user has not confirmed it with a code yet, so no login asks for it. */
  readonly confirmedAt: number | null
  /** The time step of the latest code that was accepted. Only codes of later steps are accepted. */
  readonly lastStep: number
  /** Null: no code was used yet. */
  readonly lastUsedAt: number | null
}

/** A confirmation of a new secret. */
export interface TotpConfirmation {
  /** The user, with the security epoch of the session that confirms. */
  readonly owner: DeviceOwner
  /** The secret that the code belongs to. */
  readonly sealedSecret: string
  readonly step: number
  readonly confirmedAt: number
  /** Hashes of the recovery codes, which replace the existing ones. */
  readonly codeHashes: readonly string[]
  /** The confirmation is refused if the user has one of these factors. Empty: for a user who is logged in. */
  readonly mustLack: readonly Method[]
}

/**
 * Outcome of a confirmation. Unless it is `done`, nothing changed. `gone`: the secret was confirmed, replaced or removed in the
 * meantime, or the security epoch has increased. `not_first`: the user has a factor that they must not have.
 */
export type ConfirmOutcome = 'done' | 'gone' | 'not_first'

/** Storage of TOTP secrets. Each method is one transaction. */
export interface TotpStore {
  /** Returns the secret of a user, confirmed or not. */
  find(userId: UserId): Promise<TotpRecord | null>
  /** Stores a secret that is not confirmed, in place of another such. Returns false if a confirmed one exists. */
  begin(record: Pick<TotpRecord, 'userId' | 'sealedSecret' | 'createdAt'>): Promise<boolean>
  /** Puts a secret in force. */
  confirm(confirmation: TotpConfirmation, effectsOf: EffectsOf): Promise<ConfirmOutcome>
  /** Records that a code was accepted. Returns false if a code of this or a later step was accepted before. */
  useStep(userId: UserId, step: number, now: number): Promise<boolean>
  /**
   * Removes the secret, and the recovery codes and remembered devices with it. Returns false if there is none, or if the security
   * epoch has increased.
   */
  remove(owner: DeviceOwner, effectsOf: EffectsOf): Promise<boolean>
}
