import { z } from 'zod'
import { DAY_MS } from '../kernel/clock.ts'
import { defineSettings, type Settings } from '../kernel/settings.ts'

/** Retention of the audit log. */
export interface AuditSettings {
  /** Retention time of events in milliseconds, at least one day; 0 keeps them forever. Default 365 days. */
  readonly retentionMs: number
}

/** The settings of the audit log. */
export const auditSettings: Settings<AuditSettings> = defineSettings<AuditSettings>('audit', {
  retentionMs: {
    meaning: 'milliseconds for which events are kept, at least one day; 0: forever',
    default: 365 * DAY_MS,
    schema: z
      .int()
      .refine(
        (ms) => ms === 0 || ms >= DAY_MS,
        'must be at least one day in milliseconds (86400000), or 0 to keep events forever',
      ),
  },
})
