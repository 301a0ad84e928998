import { z } from 'zod'
import { DAY_MS } from './clock.ts'

const MAX_DURATION_MS = 400 * DAY_MS

/** A duration of at most 400 days, in milliseconds. Browsers keep no cookie for longer (RFC 6265bis section 5.5). */
export const durationMs: z.ZodType<number> = z
  .int()
  .positive()
  .max(MAX_DURATION_MS, 'must be at most 400 days in milliseconds')

/** Schema for a function of the application. Its signature is a matter of types. */
export function functionSchema<Value>(): z.ZodType<Value> {
  return z.custom<Value>((value) => typeof value === 'function', 'must be a function')
}

/** Splits the comma-separated text of a variable; leaves out empty entries. */
export function parseList(text: string): string[] {
  return text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
}
