import { hashToken, newToken } from '../crypto/token.ts'
import type { Session } from '../kernel/principal.ts'
import { type IssuedSession, SESSION_TOKEN_PREFIX } from './new-session.ts'
import type { SessionRotation } from './store.ts'

/** A new token for a session that was just proven again, with what has to be stored for it. */
export interface PlannedRotation extends IssuedSession {
  readonly rotation: SessionRotation
}

/**
 * Plans a new token for a session: it keeps its id and becomes fresh, and its old token dies (ASVS 7.2.4).
 * @param currentToken the token that the request carried; only while it is the session's may it be swapped.
 */
export function planRotation(session: Session, currentToken: string, now: number): PlannedRotation {
  const token = newToken(SESSION_TOKEN_PREFIX)
  return {
    token,
    session: { ...session, authenticatedAt: now, cookieSentAt: now },
    rotation: {
      id: session.id,
      userId: session.userId,
      oldTokenHash: hashToken(currentToken),
      newTokenHash: hashToken(token),
      authenticatedAt: now,
    },
  }
}
