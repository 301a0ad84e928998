import type { Stamp } from '../kernel/event.ts'
import { parseSessionId } from '../kernel/ids.ts'
import { withIsoTimes } from '../kernel/iso-times.ts'
import type { Session } from '../kernel/principal.ts'
import { requireUserId } from '../kernel/require-user-id.ts'
import type { SessionEvent } from './events.ts'
import { listAllSessions } from './list-sessions.ts'
import { revokeOtherSessions, revokeSession } from './revoke-session.ts'
import { countSessions, revokeSessionsWhere } from './revoke-sessions-where.ts'
import { parseSessionFilter, type SessionFilter } from './session-filter.ts'
import type { SessionDeps } from './start-session.ts'

/** Calls about sessions for the application itself. HTTP requests cannot reach them. */
export interface ServerSideSessions {
  /** Returns a user's sessions that have not expired, most recently used first. Throws `not_found` if the id is malformed. */
  list(userId: string): Promise<Session[]>
  /** Revokes one session of a user. Throws `not_found` if the session does not exist. */
  revoke(userId: string, sessionId: string): Promise<void>
  /** Revokes all sessions of a user. Returns their number. Throws `not_found` if the id is malformed. */
  revokeAll(userId: string): Promise<number>
  /** Returns the number of sessions that match a filter. Throws `validation_failed` if the filter is empty or invalid. */
  count(filter: SessionFilter): Promise<number>
  /**
   * Revokes the sessions of all users that match a filter, in batches. Returns their number. Throws `validation_failed` if
   * the filter is empty or invalid.
   */
  revokeWhere(filter: SessionFilter): Promise<number>
}

/** Creates the server-side calls about sessions. */
export function createServerSideSessions(deps: SessionDeps, stamp: Stamp<SessionEvent>): ServerSideSessions {
  return {
    async list(userId) {
      return (await listAllSessions(deps, requireUserId(userId))).map(withIsoTimes)
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
