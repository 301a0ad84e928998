import { toIsoTime } from '../kernel/clock.ts'

/** A time for people of any language and zone: `2026-11-23 04:11 UTC`. */
export function utcTime(timeMs: number): string {
  return `${toIsoTime(timeMs).slice(0, 16).replace('T', ' ')} UTC`
}
