import { hashToken, newToken } from '../crypto/token.ts'
import type { Clock } from '../kernel/clock.ts'
import { newSessionId } from '../kernel/ids.ts'
import type { ClientInfo, IssuedSession, Session, User } from '../kernel/principal.ts'
import type { CompleteLogin } from '../kernel/proof.ts'
import { absoluteLimitMs, idleLimitMs, type SessionSettings } from './settings.ts'
import type { SessionRecord } from './store.ts'

/** Prefix of session tokens. */
export const SESSION_TOKEN_PREFIX = 'lks'

/** The parts of a new session. */
export interface NewSessionInput {
  readonly user: User
  readonly login: CompleteLogin
  readonly remember: boolean
  readonly client: ClientInfo
  /** When the user proved their identity, in milliseconds since 1970 UTC, if that was before the login. Default: now. */
  readonly provenAt?: number | null
}

/** A new session that is not stored yet. */
export interface NewSession {
  readonly issued: IssuedSession
  readonly record: SessionRecord
}

/** Creates a session with a new token and a new id, without storing it. Neither comes from the client (ASVS 7.2.4). */
export function newSession(
  { clock, sessionSettings }: { readonly clock: Clock; readonly sessionSettings: SessionSettings },
  { user, login, remember, client, provenAt }: NewSessionInput,
): NewSession {
  const now = clock()
  const expiresAt = now + absoluteLimitMs(sessionSettings, remember)
  const session: Session = {
    id: newSessionId(clock),
    userId: user.id,
    createdAt: now,
    lastSeenAt: now,
    expiresAt,
    idleExpiresAt: Math.min(now + idleLimitMs(sessionSettings, remember), expiresAt),
    authenticatedAt: Math.min(provenAt ?? now, now),
    methods: login.methods,
    remembered: remember,
    cookieSentAt: now,
    client,
  }
  const token = newToken(SESSION_TOKEN_PREFIX)
  return { issued: { user, session, token }, record: { session, tokenHash: hashToken(token) } }
}
