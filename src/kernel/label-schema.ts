import { z } from 'zod'
import type { FieldProblem } from './field-problem.ts'

const MAX_LENGTH = 100
const HIDDEN = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/u

/** Validates the name that a user gives to a thing of the account, such as an access token or a passkey. */
export const labelSchema: z.ZodType<string> = z
  .string('Must be a string.')
  .trim()
  .min(1, 'Must not be empty.')
  .max(MAX_LENGTH, `Must have at most ${MAX_LENGTH} characters.`)
  .refine((text) => !HIDDEN.test(text), {
    error: 'Must not have control characters or invisible ones.',
    params: { code: 'one_line' } satisfies FieldProblem,
  })
