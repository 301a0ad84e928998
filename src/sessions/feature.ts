import type { Core } from '../core.ts'
import type { Feature } from '../kernel/feature.ts'
import type { Pages } from '../pages/pages.ts'
import { logoutPage } from './logout-page.ts'
import { sessionRoutes } from './routes.ts'
import { createServerSideSessions, type ServerSideSessions } from './server-side-sessions.ts'
import { sessionAccess } from './session-access.ts'
import { sessionExport } from './session-export.ts'
import type { SessionMemory } from './session-memory.ts'
import { sessionAccountPages } from './session-pages.ts'
import { sweepSessions } from './sweep-sessions.ts'

/** The sessions feature, with the server-side calls about sessions. */
export interface SessionsFeature extends Feature {
  /** Name of the job that deletes expired sessions. */
  readonly sweep: string
  readonly api: ServerSideSessions
}

/** Services of the sessions feature. */
export interface SessionsOptions {
  readonly memory: SessionMemory
  readonly pages: Pages
  /** The methods that a login can prove. */
  readonly methods: readonly string[]
}

const SWEEP = 'sweep expired sessions'

/** Creates the sessions feature: show, list, revoke and expire sessions. */
export function sessions(core: Core, { memory, pages, methods }: SessionsOptions): SessionsFeature {
  const deps = { ...core, ...core.stores, ...memory }
  return {
    name: 'sessions',
    routes: [...sessionRoutes({ ...deps, pages }), logoutPage(pages)],
    jobs: [{ name: SWEEP, every: 'sweep', run: () => sweepSessions(deps, core.stamp) }],
    exports: sessionExport(deps),
    access: sessionAccess(deps),
    accountPages: sessionAccountPages(deps),
    async stop() {
      memory.touches.stop()
      await memory.touches.flush()
    },
    sweep: SWEEP,
    api: createServerSideSessions({ ...deps, methods }, core.stamp),
  }
}
