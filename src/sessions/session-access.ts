import type { AccessKind } from '../kernel/feature.ts'
import { deviceLabel } from './device-label.ts'
import { listAllSessions } from './list-sessions.ts'
import { revokeOtherSessions } from './revoke-session.ts'
import type { SessionDeps } from './start-session.ts'

/** The sessions in the list of everything that opens an account. */
export function sessionAccess(deps: Pick<SessionDeps, 'sessions' | 'clock'>): AccessKind {
  return {
    kind: 'session',
    async list({ user, session: current }) {
      const sessions = await listAllSessions(deps, user.id)
      return sessions.map(({ id, createdAt, lastSeenAt, client: { userAgent } }) => ({
        id,
        name: deviceLabel(userAgent),
        createdAt,
        lastUsedAt: lastSeenAt,
        isCurrent: id === current.id,
      }))
    },
    revokeOthers: ({ user, session }, stamp) => revokeOtherSessions(deps, user.id, session.id, stamp),
  }
}
