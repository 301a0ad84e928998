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
import { movedInvitationSchema } from '../invitations/moved-invitation-schema.ts'
import { type EmailAddress, parseEmailAddress } from '../kernel/email-address.ts'
import type { UserId } from '../kernel/ids.ts'
import type { FieldError } from '../kernel/refusal.ts'
import type { ImportLine, ImportLineOutcome } from './import-types.ts'
import { nameSchema } from './user-name.ts'

/** Maximum length of a line, in characters. */
export const MAX_LINE_LENGTH = 262_144
const MAX_SEALED_LENGTH = 1_024
const MAX_RECOVERY_CODES = 100
const MAX_IDENTITIES = 20
const MAX_PASSKEYS = 50
const MAX_TRANSPORTS = 20
const MAX_COUNTER = 2 ** 32 - 1
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

/** The longest credential id has 1,023 bytes; keys have at most 1,024. */
const base64urlSchema = z
  .string('Must be a string.')
  .regex(/^[\w-]{1,1366}$/, 'Must be at most 1,024 bytes in base64url.')

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
  passkeys: z
    .array(
      z.strictObject({
        id: z.uuidv7('Must be the id of a passkey.'),
        credentialId: base64urlSchema,
        publicKey: base64urlSchema,
        counter: z.int('Must be a whole number.').min(0, 'Must not be negative.').max(MAX_COUNTER, 'Is too large.'),
        transports: z
          .array(z.string('Must be a string.').max(40, 'Is too long.'), 'Must be a list.')
          .max(MAX_TRANSPORTS, 'Are too many.'),
        name: z.string('Must be a string.').min(1, 'Must not be empty.').max(100, 'Is too long.'),
        syncs: z.boolean('Must be true or false.'),
        isBackedUp: z.boolean('Must be true or false.'),
        aaguid: z.guid('Must be a UUID.'),
        createdAt: createdAtSchema,
        lastUsedAt: createdAtSchema.nullable(),
      }),
    )
    .max(MAX_PASSKEYS, 'Are too many.')
    .optional(),
  identities: z
    .array(
      z.strictObject({
        provider: z.string('Must be a string.').regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'Must be the id of a provider.'),
        issuer: z.url('Must be a URL.'),
        subject: z.string('Must be a string.').min(1, 'Must not be empty.').max(255, 'Is too long.'),
        email: z.string('Must be a string or null.').max(254, 'Is too long.').nullable(),
        emailVerified: z.boolean('Must be true or false.'),
        createdAt: createdAtSchema,
      }),
    )
    .max(MAX_IDENTITIES, 'Are too many.')
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
  const hasFactor = data.totp !== undefined || data.passkeys !== undefined
  if (data.recoveryCodes !== undefined && (data.id === undefined || !hasFactor)) {
    return refuse('#/recoveryCodes', 'Need the members id, and totp or passkeys.')
  }
  if (data.passkeys !== undefined && data.id === undefined) return refuse('#/passkeys', 'Need the member id.')
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
