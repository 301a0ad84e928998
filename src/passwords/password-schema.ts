import { z } from 'zod'
import type { FieldProblem } from '../kernel/field-problem.ts'
import { codePoints } from './code-points.ts'
import { MAX_PASSWORD_LENGTH } from './password.ts'

/**
 * Schema of a password in a request body: any text of 1 to 1,024 code points. The rules for new passwords are in the
 * policy, so that a login never reveals more about a password than that it is wrong.
 */
export const typedPasswordSchema = z
  .string('Must be a string.')
  .min(1, 'Must not be empty.')
  .refine((text) => codePoints(text) <= MAX_PASSWORD_LENGTH, {
    error: `Must have at most ${MAX_PASSWORD_LENGTH} characters.`,
    params: { code: 'too_long', values: { max: MAX_PASSWORD_LENGTH } } satisfies FieldProblem,
  })
  .meta({ format: 'password', maxLength: MAX_PASSWORD_LENGTH })
