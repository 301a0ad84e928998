import { ConfigurationError } from '../options/options.ts'

/** A day, or a time with its zone (RFC 3339): what has no zone would mean another time on another machine. */
const TIME = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?$/

/** The time in a text, milliseconds since 1970 UTC; a day begins at midnight UTC. Throws ConfigurationError. */
export function parseTime(text: string): number {
  const time = TIME.test(text) ? Date.parse(text) : Number.NaN
  if (!Number.isNaN(time)) return time
  throw new ConfigurationError(`"${text}" is no time. Right would be 2026-01-31 or 2026-01-31T18:30Z.`)
}
