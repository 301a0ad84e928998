import { z } from 'zod'
import type { FieldProblem } from '../kernel/field-problem.ts'

const MAX_NAME_LENGTH = 100
/** Longer texts are refused before they are normalized: normalizing many combining marks takes quadratic time (CWE-1333). */
const MAX_TYPED_LENGTH = 1_000
const CONTROL_OR_BROKEN = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u
/** Invisible characters: they hide a text in a name, or make one name look like another (CWE-1007). Joiners are allowed. */
const HIDDEN =
  /[\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2060-\u2065\u206a-\u206f\u2800\u3164\ufeff\uffa0\ufff9-\ufffb\u{e0000}-\u{e007f}]/u
/** At least one letter, number, sign or picture. */
const VISIBLE = /[\p{L}\p{N}\p{P}\p{S}]/u

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
  .refine((text) => !HIDDEN.test(text), oneLine('Must not have invisible characters.'))
  .refine((text) => text.trim() === '' || VISIBLE.test(text), oneLine('Must have visible characters.'))
  .refine((text) => text.length <= MAX_TYPED_LENGTH, TOO_LONG)
  .transform((text) => text.normalize('NFC').trim())
  .refine((text) => text.length >= 1 && [...text].length <= MAX_NAME_LENGTH, TOO_LONG)
  .meta({ minLength: 1, maxLength: MAX_NAME_LENGTH })

function oneLine(error: string): { readonly error: string; readonly params: FieldProblem } {
  return { error, params: { code: 'one_line' } }
}
