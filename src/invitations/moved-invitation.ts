import type { TokenHash } from '../crypto/token.ts'
import type { EmailAddress } from '../kernel/email-address.ts'

/** An open invitation, as `users.export` writes it and `users.import` reads it. Times are ISO 8601. */
export interface MovedInvitation {
  /** SHA-256 of the token. The link of the invitation stays valid. */
  readonly tokenHash: string
  /** Null: any address can use the invitation. */
  readonly email: string | null
  readonly createdAt: string
  readonly expiresAt: string
}

/** An invitation of another database, validated. Times are milliseconds since 1970 UTC. */
export interface ImportedInvitation {
  readonly tokenHash: TokenHash
  /** Null: any address can use the invitation. */
  readonly email: EmailAddress | null
  readonly createdAt: number
  readonly expiresAt: number
}
