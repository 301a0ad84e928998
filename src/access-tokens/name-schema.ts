import { z } from 'zod'

const MAX_NAME_LENGTH = 100

/** Validates the name of an access token. */
export const accessTokenNameSchema = z
  .string('Must be a string.')
  .trim()
  .min(1, 'Must not be empty.')
  .max(MAX_NAME_LENGTH, `Must have at most ${MAX_NAME_LENGTH} characters.`)
  .regex(/^[^\p{C}\p{Default_Ignorable_Code_Point}\u2800]*$/u, 'Must not have control characters or invisible ones.')
