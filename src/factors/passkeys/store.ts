import type { DeviceOwner } from '../../kernel/device-owner.ts'
import type { EffectsOf } from '../../kernel/effects.ts'
import type { FirstProofs } from '../../kernel/first-proofs.ts'
import type { SessionId, UserId } from '../../kernel/ids.ts'
import type { Passkey } from '../../kernel/passkey.ts'
import type { Method, User } from '../../kernel/principal.ts'

/** A passkey with its user, for a login. */
export interface FoundPasskey {
  readonly passkey: Passkey
  readonly user: User
  readonly isDisabled: boolean
  readonly securityEpoch: number
}

/** A use of a passkey that was verified. */
export interface PasskeyUse {
  readonly id: string
  /** The signature counter of the authenticator. */
  readonly counter: number
  /** True if the passkey is backed up now. */
  readonly isBackedUp: boolean
  /** Milliseconds since 1970 UTC. */
  readonly usedAt: number
}

/** The ceremony that a challenge of a session belongs to. */
export type ChallengePurpose = 'add' | 'reauthenticate'

/** A challenge for a user who is logged in. A session has at most one for each purpose. */
export interface SessionChallenge {
  readonly sessionId: SessionId
  readonly userId: UserId
  readonly purpose: ChallengePurpose
  /** SHA-256 of the challenge. */
  readonly challengeHash: string
}

/** The addition of a passkey. */
export interface PasskeyInsertion {
  readonly owner: DeviceOwner
  readonly passkey: Passkey
  /** A user with this number of passkeys gets no more. */
  readonly max: number
  /** The addition is refused if the user has one of these factors. Empty: for a user who is logged in. */
  readonly mustLack: readonly Method[]
}

/** The removal of a passkey. */
export interface PasskeyRemoval {
  readonly id: string
  readonly owner: DeviceOwner
  /** The other ways to log in; one of them must stay. */
  readonly proofs: FirstProofs
}

/**
 * Outcome of an addition or a removal. Unless it is `done`, nothing changed. `stale`: all sessions of the user were revoked.
 * `exists`: a passkey of any user has the credential id. `not_first`: the user has a factor that they must not have.
 */
export type AddOutcome = 'done' | 'exists' | 'too_many' | 'stale' | 'not_first'
export type RemoveOutcome = 'done' | 'not_found' | 'last_credential' | 'stale'

/** Storage of passkeys. Each method is one transaction. */
export interface PasskeyStore {
  /** Returns the passkeys of a user, oldest first. */
  list(userId: UserId): Promise<readonly Passkey[]>
  /** Finds a passkey by the id that the authenticator gave it, with its user, in one indexed read. */
  findByCredentialId(credentialId: string): Promise<FoundPasskey | null>
  add(insertion: PasskeyInsertion, effectsOf: EffectsOf): Promise<AddOutcome>
  /**
   * Records a use. Returns false if the counter did not increase: the passkey may have been copied. A counter that stays 0 does not
   * count. Returns false as well if the passkey was removed.
   */
  use(use: PasskeyUse): Promise<boolean>
  /** Returns null if the user has no such passkey, or if the security epoch has increased. */
  rename(owner: DeviceOwner, id: string, name: string): Promise<Passkey | null>
  /**
   * Removes a passkey, unless the user could not log in any more. With the last second factor, the recovery codes and remembered
   * devices go too.
   */
  remove(removal: PasskeyRemoval, effectsOf: EffectsOf): Promise<RemoveOutcome>
  /** Stores a challenge in place of the session's previous one for the same purpose. */
  putChallenge(challenge: SessionChallenge, expiresAt: number): Promise<void>
  /** Deletes a challenge: of all requests that take it at the same moment, one gets true. */
  takeChallenge(challenge: SessionChallenge, now: number): Promise<boolean>
  /** Deletes expired challenges, at most `limit`; returns their number. */
  sweepChallenges(now: number, limit: number): Promise<number>
}
