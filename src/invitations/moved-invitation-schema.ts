import { z } from 'zod'
import type { TokenHash } from '../crypto/token.ts'
import { type EmailAddress, parseEmailAddress } from '../kernel/email-address.ts'

const INSTANT = 'Must be a time in ISO 8601 with its zone, such as 2024-05-01T12:00:00Z.'
const instantSchema = z.iso.datetime({ offset: true, error: INSTANT }).transform((text) => Date.parse(text))

/** The schema of a moved invitation. */
export const movedInvitationSchema = z.strictObject({
  tokenHash: z
    .string('Must be a string.')
    .regex(/^[\w-]{43}$/, 'Must be the SHA-256 of a token, in base64url.')
    .transform((text) => text as TokenHash), // the expression checked it
  email: z.string('Must be a string or null.').nullable().transform(toAddress),
  createdAt: instantSchema,
  expiresAt: instantSchema,
})

function toAddress(text: string | null, context: z.RefinementCtx): EmailAddress | null {
  const email = text === null ? null : parseEmailAddress(text)
  if (text === null || email !== null) return email
  context.addIssue({ code: 'custom', message: 'Must be an email address, such as ada@example.com.' })
  return z.NEVER
}
