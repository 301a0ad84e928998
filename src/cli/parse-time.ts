import { ConfigurationError } from '../options/options.ts'

/**
 * A day, or a time with its zone (RFC 3339). A time without a zone would mean different times on different machines.
 */
const TIME = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?$/

/**
 * Returns the time in a text, in milliseconds since 1970 UTC; a day starts at midnight UTC. Throws ConfigurationError
 * if malformed.
 */
export function parseTime(text: string): number {
  const time = TIME.test(text) ? Date.parse(text) : Number.NaN
  if (!Number.isNaN(time)) return time
  throw new ConfigurationError(`"${text}" is not a valid time. Write 2026-01-31 or 2026-01-31T18:30Z.`)
}
