import type { Stamp } from '../kernel/event.ts'
import { parseSessionId } from '../kernel/ids.ts'
import type { Session } from '../kernel/principal.ts'
import { requireUserId } from '../kernel/require-user-id.ts'
import type { SessionEvent } from './events.ts'
import { revokeOtherSessions, revokeSession } from './revoke-session.ts'
import { countSessions, revokeSessionsWhere } from './revoke-where.ts'
import { parseSessionFilter, type SessionFilter } from './session-filter.ts'
import type { SessionDeps } from './start-session.ts'

/** Sessions, for the application itself: none of this is reachable over HTTP. */
export interface ServerSideSessions {
  /** The sessions of a user that have not expired, most recently used first. */
  list(userId: string): Promise<Session[]>
  /** Ends one session of a user. Throws not_found when there is none of this id. */
  revoke(userId: string, sessionId: string): Promise<void>
  /** Ends all sessions of a user; says how many. */
  revokeAll(userId: string): Promise<number>
  /** How many sessions a filter means. Throws validation_failed for an empty or misspelt one. */
  count(filter: SessionFilter): Promise<number>
  /** Ends the sessions that a filter means, of whomever, in batches; says how many. Throws as `count` does. */
  revokeWhere(filter: SessionFilter): Promise<number>
}

/** Makes the server-side calls about sessions. */
export function createServerSideSessions(deps: SessionDeps, stamp: Stamp<SessionEvent>): ServerSideSessions {
  return {
    async list(userId) {
      return deps.sessions.listByUser(requireUserId(userId), deps.clock())
    },
    async revoke(userId, sessionId) {
      await revokeSession(deps, requireUserId(userId), parseSessionId(sessionId), stamp)
    },
    async revokeAll(userId) {
      return revokeOtherSessions(deps, requireUserId(userId), null, stamp)
    },
    async count(filter) {
      return countSessions(deps, parseSessionFilter(filter))
    },
    async revokeWhere(filter) {
      return revokeSessionsWhere(deps, parseSessionFilter(filter), stamp)
    },
  }
}
