/*
 * One line of an import of users (JSON Lines): `{"email": "ada@example.com", "passwordHash": "$2y$12$…"}`.
 * Members: email, name, emailVerified, passwordHash, createdAt, disabled; any other is a problem, so that a misspelt one
 * is not lost without a word. What a hash may be is described in docs/importing-users.md.
 */
import { z } from 'zod'
import { describeHash } from '../crypto/foreign-hash.ts'
import { fromKeycloakExport } from '../crypto/foreign-hashes/keycloak.ts'
import type { PasswordHash } from '../crypto/password-hasher.ts'
import { type EmailAddress, parseEmailAddress } from '../kernel/email-address.ts'
import type { FieldError } from '../kernel/refusal.ts'
import { nameSchema } from './user-name.ts'

/** A user of another system, as a line of an import says it. What a hash may be: docs/importing-users.md. */
export interface ImportUser {
  readonly email: string
  /** 1 to 100 characters. */
  readonly name?: string | null
  /** The other system saw proof of the address. Default false. */
  readonly emailVerified?: boolean
  /** Without one the user has no password. */
  readonly passwordHash?: string | null
  /** ISO 8601 with its zone. Default: the time of the import. */
  readonly createdAt?: string | null
  /** Keeps the user from logging in. Default false. */
  readonly disabled?: boolean
}

/** A user as another system had them. */
export interface ImportedUser {
  readonly email: EmailAddress
  readonly name: string | null
  /** False unless the line says otherwise. */
  readonly emailVerified: boolean
  /** One that we can verify; null: the user has no password and asks for one by mail. */
  readonly passwordHash: PasswordHash | null
  /** Milliseconds since 1970 UTC; null: the line does not say. */
  readonly createdAt: number | null
  readonly disabled: boolean
}

/** What became of a line: a user, or all that is wrong with it. */
export type ImportLineOutcome =
  | { readonly ok: true; readonly user: ImportedUser }
  | { readonly ok: false; readonly problems: readonly FieldError[] }

/** Most characters of a line. */
export const MAX_LINE_LENGTH = 16_384
const NO_ADDRESS = 'Must be an email address, such as ada@example.com.'
const NO_OBJECT = 'Must be one JSON object on one line, in UTF-8.'

const emailSchema = z.string(NO_ADDRESS).transform((text, context): EmailAddress => {
  const email = parseEmailAddress(text)
  if (email !== null) return email
  context.addIssue({ code: 'custom', message: NO_ADDRESS })
  return z.NEVER
})

const passwordHashSchema = z.string('Must be a string.').transform((text, context): PasswordHash => {
  const hash = text.startsWith('{') ? fromKeycloakExport(text) : text
  if (hash !== null && describeHash(hash) !== null) return hash as PasswordHash // one that the hasher verifies
  context.addIssue({ code: 'custom', message: 'Must be a hash of a known scheme with costs within bounds.' })
  return z.NEVER
})

const createdAtSchema = z.iso
  .datetime({ offset: true, error: 'Must be a time in ISO 8601 with its zone, such as 2024-05-01T12:00:00Z.' })
  .transform((text) => Date.parse(text))
  .refine((timeMs) => timeMs >= 0, 'Must not lie before 1970.')

const lineSchema = z.strictObject(
  {
    email: emailSchema,
    name: nameSchema.nullish(),
    emailVerified: z.boolean('Must be true or false.').default(false),
    passwordHash: passwordHashSchema.nullish(),
    createdAt: createdAtSchema.nullish(),
    disabled: z.boolean('Must be true or false.').default(false),
  },
  { error: ({ code }) => (code === 'invalid_type' ? NO_OBJECT : undefined) },
)

/**
 * Reads one line of an import.
 * @param line its text, or what the text would say.
 * @param now milliseconds since 1970 UTC; nobody was created later.
 * @returns the user, or every problem of the line with the member it is about; values are never repeated.
 */
export function parseImportLine(line: string | ImportUser, now: number): ImportLineOutcome {
  if (typeof line === 'string' && line.length > MAX_LINE_LENGTH) {
    return refuse('#', `Must have at most ${MAX_LINE_LENGTH} characters.`)
  }
  const { data, error } = lineSchema.safeParse(typeof line === 'string' ? parseJson(line) : line)
  if (data === undefined) return { ok: false, problems: error.issues.flatMap(toProblems) }
  const { name, passwordHash, createdAt } = data
  if ((createdAt ?? 0) > now) return refuse('#/createdAt', 'Must not lie in the future.')
  return {
    ok: true,
    user: { ...data, name: name ?? null, passwordHash: passwordHash ?? null, createdAt: createdAt ?? null },
  }
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined // which is no object
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

/** JSON pointer as a URI fragment (RFC 6901 section 6). */
function toPointer(path: readonly PropertyKey[]): string {
  const steps = path.map((name) => String(name).slice(0, 64).toWellFormed())
  return `#${steps.map((name) => `/${encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'))}`).join('')}`
}
