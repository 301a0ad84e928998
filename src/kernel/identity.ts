import type { EmailAddress } from './email-address.ts'
import type { UserId } from './ids.ts'

/** Names an account at a provider. The subject never changes and belongs to one account (OpenID Connect Core section 2). */
export interface IdentityKey {
  readonly issuer: string
  readonly subject: string
}

/** An account at a provider that was just proven. */
export interface ProvenIdentity extends IdentityKey {
  /** The email address that came with the proof; null if it has none, or if the provider must be asked for it. */
  readonly address: EmailAddress | null
}

/** An account at a provider that is to be linked to a user. */
export interface NewIdentity extends IdentityKey {
  /** A UUIDv7. */
  readonly id: string
  /** The id of the provider in the settings, such as `google`. */
  readonly provider: string
  /** The email address that the provider reported, for lists. It never finds the identity. Null if there was none. */
  readonly email: string | null
  /** True if the provider says that it verified the address. */
  readonly emailVerified: boolean
  /** Milliseconds since 1970 UTC. */
  readonly createdAt: number
}

/** An account at a provider that moves with its user from another database or system. */
export type MovedIdentity = Omit<NewIdentity, 'id'>

/** An account at a provider that is linked to a user. */
export interface Identity extends NewIdentity {
  readonly userId: UserId
  /** Milliseconds since 1970 UTC; null if it was never used. */
  readonly lastUsedAt: number | null
}
