import { z } from 'zod'
import type { FieldProblem } from '../../kernel/field-problem.ts'

const MAX_NAME_LENGTH = 100
const HIDDEN = /[\p{C}\p{Default_Ignorable_Code_Point}\u2800]/u

/** Validates the name of a passkey. */
export const passkeyNameSchema: z.ZodType<string> = z
  .string('Must be a string.')
  .trim()
  .min(1, 'Must not be empty.')
  .max(MAX_NAME_LENGTH, `Must have at most ${MAX_NAME_LENGTH} characters.`)
  .refine((text) => !HIDDEN.test(text), {
    error: 'Must not have control characters or invisible ones.',
    params: { code: 'one_line' } satisfies FieldProblem,
  })
