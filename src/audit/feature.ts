import type { Core } from '../core.ts'
import type { Feature } from '../kernel/feature.ts'
import { SEAL_INTERVAL_MS, sealAudit, sweepAudit } from './keep-audit.ts'
import { createServerSideAudit, type ServerSideAudit } from './server-side-audit.ts'
import type { AuditSettings } from './settings.ts'

/** The audit log: sealed every ten seconds and when the process stops, kept for the time that the settings say. */
export function audit(core: Core, settings: AuditSettings): Feature & { readonly api: ServerSideAudit } {
  const deps = { ...core, ...core.stores }
  return {
    name: 'audit',
    words: [],
    routes: [],
    jobs: [
      { name: 'seal the audit log', every: SEAL_INTERVAL_MS, run: () => sealAudit(deps) },
      { name: 'sweep the audit log', every: 'sweep', run: () => sweepAudit(deps, settings) },
    ],
    stop: () => sealAudit(deps),
    api: createServerSideAudit(deps, settings),
  }
}
