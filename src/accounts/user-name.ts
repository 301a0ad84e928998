import { z } from 'zod'

const MAX_NAME_LENGTH = 100
/** Longer texts are refused before they are normalized: normalizing many combining marks takes quadratic time (CWE-1333). */
const MAX_TYPED_LENGTH = 1_000
const CONTROL_OR_BROKEN = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u

/**
 * Schema of a user's display name: 1 to 100 characters, trimmed and NFC, on one line, no bidi overrides (ASVS 1.3.3).
 */
export const nameSchema = z
  .string('Must be a string.')
  .refine((text) => !CONTROL_OR_BROKEN.test(text), 'Must be one line of text without control characters.')
  .refine((text) => text.length <= MAX_TYPED_LENGTH, `Must have 1 to ${MAX_NAME_LENGTH} characters.`)
  .transform((text) => text.normalize('NFC').trim())
  .refine(
    (text) => text.length >= 1 && [...text].length <= MAX_NAME_LENGTH,
    `Must have 1 to ${MAX_NAME_LENGTH} characters.`,
  )
  .meta({ minLength: 1, maxLength: MAX_NAME_LENGTH })
