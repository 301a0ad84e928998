import type { UserId } from './ids.ts'

/** A passkey: the public half of a key pair whose other half never leaves the authenticator. Times are milliseconds since 1970 UTC. */
export interface Passkey {
  /** Public id: a UUIDv7. */
  readonly id: string
  readonly userId: UserId
  /** The id that the authenticator gave it, in base64url. */
  readonly credentialId: string
  /** The public key as COSE_Key (RFC 9052 section 7), in base64url. */
  readonly publicKey: string
  /** The signature counter of the authenticator. Synced passkeys keep it at 0. */
  readonly counter: number
  /** How browsers reach the authenticator: `internal`, `hybrid`, `usb`, … */
  readonly transports: readonly string[]
  readonly name: string
  /** True if the passkey can be synced to other devices (the flag BE of WebAuthn). */
  readonly syncs: boolean
  /** True if the passkey was backed up at its last use (the flag BS). */
  readonly isBackedUp: boolean
  /** The model of the authenticator: a UUID; all zeros if unknown. */
  readonly aaguid: string
  readonly createdAt: number
  /** Null: it was never used. */
  readonly lastUsedAt: number | null
}

/** A passkey in a move to another database, without its user. */
export type MovedPasskey = Omit<Passkey, 'userId'>
