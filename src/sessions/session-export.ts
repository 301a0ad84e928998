import { z } from 'zod'
import type { Clock } from '../kernel/clock.ts'
import type { ExportPart } from '../kernel/feature.ts'
import { inPages } from '../kernel/page.ts'
import { listAllSessions } from './list-sessions.ts'
import { sessionJsonSchema, toSessionJson } from './session-json.ts'
import type { SessionStore } from './store.ts'

/** Returns the sessions part of the user export. */
export function sessionExport({
  sessions,
  clock,
}: {
  readonly sessions: SessionStore
  readonly clock: Clock
}): ExportPart {
  return {
    shape: { sessions: z.array(sessionJsonSchema) },
    async collect(user) {
      const all = await listAllSessions({ sessions, clock }, user)
      return { sessions: inPages(all, (session) => toSessionJson(session, null)) }
    },
  }
}
