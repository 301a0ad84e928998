import type { Stamp } from '../kernel/event.ts'
import { parseSessionId } from '../kernel/ids.ts'
import { withIsoTimes } from '../kernel/iso-times.ts'
import type { Session } from '../kernel/principal.ts'
import { requireUserId } from '../kernel/require-user-id.ts'
import type { SessionEvent } from './events.ts'
import { listAllSessions } from './list-sessions.ts'
import { revokeOtherSessions, revokeSession } from './revoke-session.ts'
import { countSessions, revokeSessionsWhere } from './revoke-sessions-where.ts'
import { parseSessionFilter, refuseUnknownProvider, type SessionFilter } from './session-filter.ts'
import type { SessionDeps } from './start-session.ts'

/** Calls about sessions for the application itself. HTTP requests cannot reach them. */
export interface ServerSideSessions {
  /** Returns a user's sessions that have not expired, most recently used first. Throws `not_found` if the id is malformed. */
  list(userId: string): Promise<Session[]>
  /** Revokes one session of a user. Throws `not_found` if the session does not exist. */
  revoke(userId: string, sessionId: string): Promise<void>
  /** Revokes all sessions of a user. Returns their number. Throws `not_found` if the id is malformed. */
  revokeAll(userId: string): Promise<number>
  /**
   * Returns the number of sessions that match a filter. Throws `validation_failed` if the filter is empty or invalid, or names
   * a provider that is not configured and no session matches.
   */
  count(filter: SessionFilter): Promise<number>
  /**
   * Revokes the sessions of all users that match a filter, in batches. Returns their number. Throws `validation_failed`
   * like `count`.
   */
  revokeWhere(filter: SessionFilter): Promise<number>
}

/** Dependencies of the server-side calls about sessions. */
export interface ServerSideSessionsDeps extends SessionDeps {
  /** The methods that a login can prove. */
  readonly methods: readonly string[]
}

/** Creates the server-side calls about sessions. */
export function createServerSideSessions(deps: ServerSideSessionsDeps, stamp: Stamp<SessionEvent>): ServerSideSessions {
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
      const count = await countSessions(deps, parseSessionFilter(filter))
      if (count === 0) refuseUnknownProvider(deps, filter)
      return count
    },
    async revokeWhere(filter) {
      const count = await revokeSessionsWhere(deps, parseSessionFilter(filter), stamp)
      if (count === 0) refuseUnknownProvider(deps, filter)
      return count
    },
  }
}
