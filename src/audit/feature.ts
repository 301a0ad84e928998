import { z } from 'zod'
import type { Core } from '../core.ts'
import type { Feature } from '../kernel/feature.ts'
import { activityPage } from './activity-page.ts'
import { auditRoutes } from './routes.ts'
import { SEAL_INTERVAL_MS, sealAudit } from './seal-audit.ts'
import { createServerSideAudit, type ServerSideAudit } from './server-side-audit.ts'
import type { AuditSettings } from './settings.ts'
import { sweepAudit } from './sweep-audit.ts'
import { exportEvents, exportedEventJsonSchema, type UserEventTexts } from './user-events.ts'

/** Settings of the audit log, and the texts of the events that users see. */
export interface AuditOptions {
  readonly auditSettings: AuditSettings
  readonly userEvents: UserEventTexts
  /** All types of events. */
  readonly eventTypes: readonly string[]
}

/**
 * Creates the audit log feature. The log is sealed every ten seconds and when the process stops, and events are kept
 * for the retention time in the settings. Users see the events of their account.
 */
export function audit(
  core: Core,
  { auditSettings, userEvents, eventTypes }: AuditOptions,
): Feature & { readonly api: ServerSideAudit } {
  const deps = { ...core, ...core.stores, userEvents }
  return {
    name: 'audit',
    words: ['events'],
    routes: auditRoutes(deps),
    jobs: [
      { name: 'seal the audit log', every: SEAL_INTERVAL_MS, run: () => sealAudit(deps) },
      { name: 'sweep the audit log', every: 'sweep', run: () => sweepAudit(deps, auditSettings) },
    ],
    exports: {
      shape: { events: z.array(exportedEventJsonSchema) },
      collect: async (user) => ({ events: exportEvents(deps.audit, user) }),
    },
    accountPages: [activityPage(deps)],
    stop: () => sealAudit(deps),
    api: createServerSideAudit({ ...deps, auditSettings, eventTypes }),
  }
}
