import type { UserRecord } from '../accounts/store.ts'
import type { DeviceOwner } from '../kernel/device-owner.ts'
import type { EffectsOf } from '../kernel/effects.ts'
import type { EmailAddress } from '../kernel/email-address.ts'
import type { FirstProofs } from '../kernel/first-proofs.ts'
import type { Identity, IdentityKey, NewIdentity, ProvenIdentity } from '../kernel/identity.ts'
import type { UserId } from '../kernel/ids.ts'

/** Makes a proof of a provider single-use. */
export interface SpentProof {
  /** SHA-256 of a random value in the proof. */
  readonly hash: string
  /** When the proof is refused anyway: milliseconds since 1970 UTC. */
  readonly expiresAt: number
}

/** The user of an identity. */
export interface IdentityOwner {
  readonly identityId: string
  readonly user: UserRecord
  readonly securityEpoch: number
}

/** The identity of a proof that was just spent. */
export interface SpentIdentity {
  /** The user; null if the identity is new here. */
  readonly owner: IdentityOwner | null
  /** True if the identity has an address that no account has. */
  readonly isAddressFree: boolean
}

/** The claim of an account whose email address was never verified, by the owner of the address. */
export interface AccountClaim {
  readonly owner: DeviceOwner
  readonly email: EmailAddress
  readonly identity: NewIdentity
}

/** The removal of an identity. */
export interface Unlinking {
  readonly id: string
  readonly owner: DeviceOwner
  /** The other ways to log in; one of them must stay. */
  readonly proofs: FirstProofs
}

/** The removal of all identities of a user. */
export interface UnlinkingOfAll {
  readonly userId: UserId
  /** The ways to log in; one of them must stay. */
  readonly proofs: FirstProofs
  /** Providers whose identity stays rather than another one, if one must stay. */
  readonly preferred: readonly string[]
}

/** A use of an identity. */
export interface IdentityUse {
  readonly id: string
  readonly lastUsedAt: number
}

/** Storage of identities. Each method is one transaction. */
export interface IdentityStore {
  /**
   * Spends a proof and looks up its identity, in one statement. Of all requests with the same proof, one gets an answer; the others
   * get null.
   */
  spend(proof: SpentProof, identity: ProvenIdentity): Promise<SpentIdentity | null>
  /** Returns the user of an identity. */
  find(key: IdentityKey): Promise<IdentityOwner | null>
  /** Returns the identities of a user, oldest first. */
  list(userId: UserId): Promise<readonly Identity[]>
  /**
   * Links an identity. `taken`: it belongs to a user, perhaps to this one. `ended`: all sessions of the user were revoked, or
   * the user was disabled or deleted.
   */
  link(identity: NewIdentity, owner: DeviceOwner, effectsOf: EffectsOf): Promise<'linked' | 'taken' | 'ended'>
  /**
   * Gives an account with an unverified address to the owner of the address: removes its password, factors, sessions, tokens
   * and identities, verifies the address and links the identity. Returns the new security epoch, or null and changes nothing
   * if the account was verified or changed in the meantime.
   */
  claim(claim: AccountClaim, effectsOf: EffectsOf): Promise<number | null>
  /** Removes an identity. `last`: the user has no other way to log in, so nothing changes. */
  unlink(unlinking: Unlinking, effectsOf: EffectsOf<Identity>): Promise<'unlinked' | 'not_found' | 'last' | 'ended'>
  /** Removes the identities of a user, except one if the user could not log in anymore. Returns the number of removed ones. */
  unlinkAll(unlinking: UnlinkingOfAll, effectsOf: EffectsOf<readonly Identity[]>): Promise<number>
  /** Writes last uses. */
  writeUses(uses: readonly IdentityUse[]): Promise<void>
  /** Deletes proofs that have expired, at most `limit`; returns their number. */
  sweep(now: number, limit: number): Promise<number>
}
