import { hashToken, newToken } from '../crypto/token.ts'
import type { IssuedSession, Method, SessionPrincipal } from '../kernel/principal.ts'
import { SESSION_TOKEN_PREFIX } from './new-session.ts'
import type { SessionRotation } from './store.ts'

/** A new token for a session whose user proved their identity again, not stored yet. */
export interface PlannedRotation {
  readonly issued: IssuedSession
  readonly rotation: SessionRotation
}

/** What the user proved. */
export interface ProofOfRotation {
  /** The method proven now, if it is not the password. It is added to the methods of the session. Default null. */
  readonly method?: Method | null
  /** When the user last proved enough: milliseconds since 1970 UTC. Default: now, so that the session is fresh. */
  readonly authenticatedAt?: number
}

/**
 * Creates a new token for a session, without storing it. The session keeps its id; its old token stops working (ASVS 7.2.4).
 * @param currentToken the token of the request. The new token is stored only if the session still has this one.
 * @param now milliseconds since 1970 UTC.
 */
export function planRotation(
  { user, session }: Pick<SessionPrincipal, 'user' | 'session'>,
  currentToken: string,
  now: number,
  { method = null, authenticatedAt = now }: ProofOfRotation = {},
): PlannedRotation {
  const token = newToken(SESSION_TOKEN_PREFIX)
  const methods = method === null || session.methods.includes(method) ? session.methods : [...session.methods, method]
  return {
    issued: { user, token, session: { ...session, methods, authenticatedAt, cookieSentAt: now } },
    rotation: {
      id: session.id,
      userId: session.userId,
      oldTokenHash: hashToken(currentToken),
      newTokenHash: hashToken(token),
      authenticatedAt,
      methods,
    },
  }
}
