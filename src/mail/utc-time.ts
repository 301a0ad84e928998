import { toIsoTime } from '../kernel/clock.ts'

/** Formats a time for readers in any language and time zone: `2026-11-23 04:11 UTC`. */
export function utcTime(timeMs: number): string {
  return `${toIsoTime(timeMs).slice(0, 16).replace('T', ' ')} UTC`
}
