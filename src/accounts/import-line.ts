/*
 * One line of a user import (JSON Lines): `{"email": "ada@example.com", "passwordHash": "$2y$12$…"}`. Members: email,
 * name, emailVerified, passwordHash, createdAt, disabled, and those of `MovedMembers`, which `latchkey export` writes. Any
 * other member is a problem, so that no value is lost because of a misspelt name. docs/importing-users.md describes the
 * hashes that are accepted. A line `{"invitation": {…}}` is an invitation.
 */
import { z } from 'zod'
import { describeHash } from '../crypto/foreign-hash.ts'
import { fromBraced } from '../crypto/foreign-hashes/braced.ts'
import { fromKeycloakExport } from '../crypto/foreign-hashes/keycloak.ts'
import type { PasswordHash } from '../crypto/password-hasher.ts'
import { type MovedInvitation, movedInvitationSchema } from '../invitations/move-invitations.ts'
import { type EmailAddress, parseEmailAddress } from '../kernel/email-address.ts'
import type { UserId } from '../kernel/ids.ts'
import type { FieldError } from '../kernel/refusal.ts'
import type { DisabledFor } from '../passwords/store.ts'
import type { MovedTotp } from './store.ts'
import { nameSchema } from './user-name.ts'

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
}

/** An invitation of another database, validated. */
export type ImportedInvitation = z.output<typeof movedInvitationSchema>

/** Outcome of a line: a user, an invitation, or every problem of the line. */
export type ImportLineOutcome =
  | { readonly ok: true; readonly user: ImportedUser }
  | { readonly ok: true; readonly user: null; readonly invitation: ImportedInvitation }
  | { readonly ok: false; readonly problems: readonly FieldError[] }

/** Maximum length of a line, in characters. */
export const MAX_LINE_LENGTH = 16_384
const MAX_SEALED_LENGTH = 1_024
const MAX_RECOVERY_CODES = 100
const NO_ADDRESS = 'Must be an email address, such as ada@example.com.'
const NO_OBJECT = 'Must be one JSON object on one line, in UTF-8.'

const emailSchema = z.string(NO_ADDRESS).transform((text, context): EmailAddress => {
  const email = parseEmailAddress(text)
  if (email !== null) return email
  context.addIssue({ code: 'custom', message: NO_ADDRESS })
  return z.NEVER
})

const passwordHashSchema = z.string('Must be a string.').transform((text, context): PasswordHash => {
  const hash = text.startsWith('{') ? (fromBraced(text) ?? fromKeycloakExport(text)) : text
  if (hash !== null && describeHash(hash) !== null) return hash as PasswordHash // the hasher can verify it
  context.addIssue({ code: 'custom', message: 'Must be a hash of a known scheme with costs within bounds.' })
  return z.NEVER
})

const createdAtSchema = z.iso
  .datetime({ offset: true, error: 'Must be a time in ISO 8601 with its zone, such as 2024-05-01T12:00:00Z.' })
  .transform((text) => Date.parse(text))
  .refine((timeMs) => timeMs >= 0, 'Must not lie before 1970.')

const keyedHashSchema = z.string('Must be a string.').regex(/^[\w-]{43}$/, 'Must be 32 bytes in base64url.')

const movedMembers = {
  id: z
    .uuidv7('Must be the id of a user of Latchkey.')
    .transform((text) => text.toLowerCase() as UserId) // a UUIDv7, as all ids of users
    .optional(),
  passwordChangedAt: createdAtSchema.optional(),
  passwordDisabledFor: z.enum(['strangers', 'everyone'], 'Must be "strangers" or "everyone".').optional(),
  totp: z
    .strictObject({
      sealedSecret: z.string('Must be a string.').max(MAX_SEALED_LENGTH, 'Is too long.'),
      createdAt: createdAtSchema,
      confirmedAt: createdAtSchema,
      lastStep: z.int('Must be a whole number.').nonnegative('Must not be negative.'),
      lastUsedAt: createdAtSchema.nullable(),
    })
    .optional(),
  recoveryCodes: z
    .strictObject({
      createdAt: createdAtSchema,
      hashes: z.array(keyedHashSchema).min(1, 'Must not be empty.').max(MAX_RECOVERY_CODES, 'Are too many.'),
    })
    .optional(),
}

const lineSchema = z.strictObject(
  {
    email: emailSchema,
    name: nameSchema.nullish(),
    emailVerified: z.boolean('Must be true or false.').default(false),
    passwordHash: passwordHashSchema.nullish(),
    createdAt: createdAtSchema.nullish(),
    disabled: z.boolean('Must be true or false.').default(false),
    ...movedMembers,
  },
  { error: ({ code }) => (code === 'invalid_type' ? NO_OBJECT : undefined) },
)

const invitationLineSchema = z.strictObject({ invitation: movedInvitationSchema })

/**
 * Parses one line of an import.
 * @param line the text of the line, or the object that it describes.
 * @param now milliseconds since 1970 UTC; a later `createdAt` is refused.
 * @returns the user or the invitation, or every problem of the line with a pointer to its member. Values are never repeated.
 */
export function parseImportLine(line: string | ImportLine, now: number): ImportLineOutcome {
  if (typeof line === 'string' && line.length > MAX_LINE_LENGTH) {
    return refuse('#', `Must have at most ${MAX_LINE_LENGTH} characters.`)
  }
  if (ArrayBuffer.isView(line)) return refuse('#', NO_OBJECT)
  const value = typeof line === 'string' ? parseJson(line) : line
  const isInvitation = typeof value === 'object' && value !== null && 'invitation' in value
  return isInvitation ? parseInvitation(value, now) : parseUser(value, now)
}

function parseInvitation(value: object, now: number): ImportLineOutcome {
  const { data, error } = invitationLineSchema.safeParse(value)
  if (data === undefined) return { ok: false, problems: error.issues.flatMap(toProblems) }
  const { invitation } = data
  if (invitation.expiresAt <= now) return refuse('#/invitation/expiresAt', 'Must not lie in the past.')
  return { ok: true, user: null, invitation }
}

function parseUser(value: unknown, now: number): ImportLineOutcome {
  const { data, error } = lineSchema.safeParse(value)
  if (data === undefined) return { ok: false, problems: error.issues.flatMap(toProblems) }
  if ((data.createdAt ?? 0) > now) return refuse('#/createdAt', 'Must not lie in the future.')
  if (data.recoveryCodes !== undefined && (data.id === undefined || data.totp === undefined)) {
    return refuse('#/recoveryCodes', 'Need the members id and totp.')
  }
  const { name, passwordHash, createdAt } = data
  return {
    ok: true,
    user: { ...data, name: name ?? null, passwordHash: passwordHash ?? null, createdAt: createdAt ?? null },
  }
}

/** Ignores a byte-order mark, which Windows programs put before the first line of a file (RFC 8259 section 8.1). */
function parseJson(line: string): unknown {
  try {
    return JSON.parse(line.replace(/^\ufeff/, ''))
  } catch {
    return undefined // the schema refuses it: it is not an object
  }
}

function refuse(pointer: string, detail: string): ImportLineOutcome {
  return { ok: false, problems: [{ pointer, detail }] }
}

function toProblems(issue: z.core.$ZodIssue): FieldError[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ pointer: toPointer([key]), detail: 'There is no such member.' }))
  }
  return [{ pointer: toPointer(issue.path), detail: issue.message }]
}

/** Returns a path as a JSON pointer in a URI fragment (RFC 6901 section 6). */
function toPointer(path: readonly PropertyKey[]): string {
  const steps = path.map((name) => String(name).slice(0, 64).toWellFormed())
  return `#${steps.map((name) => `/${encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'))}`).join('')}`
}
