import type { PasswordHash } from '../crypto/password-hasher.ts'
import type { ImportedInvitation, MovedInvitation } from '../invitations/moved-invitation.ts'
import type { EmailAddress } from '../kernel/email-address.ts'
import type { MovedIdentity } from '../kernel/identity.ts'
import type { UserId } from '../kernel/ids.ts'
import type { MovedPasskey } from '../kernel/passkey.ts'
import type { FieldError } from '../kernel/refusal.ts'
import type { DisabledFor } from '../passwords/store.ts'
import type { MovedTotp } from './store.ts'

/** Members that only an export of another Latchkey database has. Times are ISO 8601. */
export interface MovedMembers {
  /** Default: a new id. */
  readonly id?: string
  readonly passwordChangedAt?: string
  /** Devices for which the password must be reset. Default: none. */
  readonly passwordDisabledFor?: DisabledFor
  /** The secret of an authenticator app, sealed with the secrets of the service. */
  readonly totp?: {
    readonly sealedSecret: string
    readonly createdAt: string
    readonly confirmedAt: string
    readonly lastStep: number
    readonly lastUsedAt: string | null
  }
  /** Hashes of the recovery codes, made with the secrets of the service and the id of the user. */
  readonly recoveryCodes?: { readonly createdAt: string; readonly hashes: readonly string[] }
  /** Passkeys. They need the member `id`, which authenticators store as the user handle. */
  readonly passkeys?: readonly {
    readonly id: string
    readonly credentialId: string
    readonly publicKey: string
    readonly counter: number
    readonly transports: readonly string[]
    readonly name: string
    readonly syncs: boolean
    readonly isBackedUp: boolean
    readonly aaguid: string
    readonly createdAt: string
    readonly lastUsedAt: string | null
  }[]
  /** Accounts at providers that log the user in. */
  readonly identities?: readonly {
    /** The id of the provider, such as `google`. */
    readonly provider: string
    readonly issuer: string
    readonly subject: string
    readonly email: string | null
    readonly emailVerified: boolean
    readonly createdAt: string
  }[]
}

/** An invitation, as a line of an export. */
export interface ImportInvitation {
  readonly invitation: MovedInvitation
}

/** A line of an import: a user or an invitation. */
export type ImportLine = ImportUser | ImportInvitation

/** A user of another system, as described by a line of an import. docs/importing-users.md lists the accepted hashes. */
export interface ImportUser extends MovedMembers {
  readonly email: string
  /** 1 to 100 characters. */
  readonly name?: string | null
  /** True if the other system verified the email address. Default false. */
  readonly emailVerified?: boolean
  /** Default: the user has no password. */
  readonly passwordHash?: string | null
  /** ISO 8601 with a time zone. Default: the time of the import. */
  readonly createdAt?: string | null
  /** True if the user cannot log in. Default false. */
  readonly disabled?: boolean
}

/** A user of another system, validated and normalized. */
export interface ImportedUser {
  readonly email: EmailAddress
  readonly name: string | null
  /** False if the line does not contain it. */
  readonly emailVerified: boolean
  /** A hash of a supported scheme. Null if the user has no password; they can set one by email. */
  readonly passwordHash: PasswordHash | null
  /** Milliseconds since 1970 UTC; null if the line does not contain it. */
  readonly createdAt: number | null
  readonly disabled: boolean
  readonly id?: UserId | undefined
  readonly passwordChangedAt?: number | undefined
  readonly passwordDisabledFor?: DisabledFor | undefined
  readonly totp?: MovedTotp | undefined
  readonly recoveryCodes?: { readonly createdAt: number; readonly hashes: readonly string[] } | undefined
  readonly passkeys?: readonly MovedPasskey[] | undefined
  readonly identities?: readonly MovedIdentity[] | undefined
}

/** Outcome of a line: a user, an invitation, or every problem of the line. */
export type ImportLineOutcome =
  | { readonly ok: true; readonly user: ImportedUser }
  | { readonly ok: true; readonly user: null; readonly invitation: ImportedInvitation }
  | { readonly ok: false; readonly problems: readonly FieldError[] }
