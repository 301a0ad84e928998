import { z } from 'zod'
import type { FieldProblem } from '../kernel/field-problem.ts'
import { HIDDEN_CHARACTER, VISIBLE_CHARACTER } from '../kernel/visible-text.ts'

const MAX_NAME_LENGTH = 100
/** Longer texts are refused before they are normalized: normalizing many combining marks takes quadratic time (CWE-1333). */
const MAX_TYPED_LENGTH = 1_000
const CONTROL_OR_BROKEN = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u
const TOO_LONG = {
  error: `Must have 1 to ${MAX_NAME_LENGTH} characters.`,
  params: { code: 'too_long', values: { max: MAX_NAME_LENGTH } } satisfies FieldProblem,
}

/**
 * Schema of a user's display name: 1 to 100 characters, trimmed and NFC, on one line, no bidi overrides, nothing invisible (ASVS
 * 1.3.3).
 */
export const nameSchema = z
  .string('Must be a string.')
  .refine((text) => !CONTROL_OR_BROKEN.test(text), oneLine('Must be one line of text without control characters.'))
  .refine((text) => !HIDDEN_CHARACTER.test(text), oneLine('Must not have invisible characters.'))
  .refine((text) => text.trim() === '' || VISIBLE_CHARACTER.test(text), oneLine('Must have visible characters.'))
  .refine((text) => text.length <= MAX_TYPED_LENGTH, TOO_LONG)
  .transform((text) => text.normalize('NFC').trim())
  .refine((text) => text.length >= 1 && [...text].length <= MAX_NAME_LENGTH, TOO_LONG)
  .meta({ minLength: 1, maxLength: MAX_NAME_LENGTH })

function oneLine(error: string): { readonly error: string; readonly params: FieldProblem } {
  return { error, params: { code: 'one_line' } }
}
