import { z } from 'zod'
import { DAY_MS } from './clock.ts'

const MAX_DURATION_MS = 400 * DAY_MS

/** A duration in milliseconds, at most 400 days: browsers do not keep cookies longer (RFC 6265bis section 5.5). */
export const durationMs: z.ZodType<number> = z
  .int()
  .positive()
  .max(MAX_DURATION_MS, 'must be at most 400 days in milliseconds')

/** Returns a schema for a function of the application. Only the compiler checks the signature. */
export function functionSchema<Value>(): z.ZodType<Value> {
  return z.custom<Value>((value) => typeof value === 'function', 'must be a function')
}

/** Splits the comma-separated text of an environment variable, without empty entries. */
export function parseList(text: string): string[] {
  return text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
}

/**
 * Parses an integer from the text of an environment variable: decimal digits, with white space around them. Returns NaN
 * for any other text, which no schema accepts.
 */
export function parseInteger(text: string): number {
  const digits = text.trim()
  return /^\d{1,15}$/.test(digits) ? Number(digits) : Number.NaN
}
