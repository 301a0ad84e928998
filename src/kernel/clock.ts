/** Returns the time in milliseconds since 1970-01-01 UTC. It is always passed in, so that tests can move it. */
export type Clock = () => number

/** Returns the time of the machine. */
export const systemClock: Clock = () => Date.now()

/** One second, minute, hour and day in milliseconds. */
export const SECOND_MS = 1_000
export const MINUTE_MS: number = 60 * SECOND_MS
export const HOUR_MS: number = 60 * MINUTE_MS
export const DAY_MS: number = 24 * HOUR_MS

/** Returns a time in ISO 8601 and UTC, the format of all times in JSON (RFC 3339). */
export function toIsoTime(timeMs: number): string {
  return new Date(timeMs).toISOString()
}
