import { hashToken, newToken, type Token } from '../crypto/token.ts'
import type { Clock } from '../kernel/clock.ts'
import { newSessionId } from '../kernel/ids.ts'
import type { ClientInfo, Session } from '../kernel/principal.ts'
import type { CompleteLogin } from '../kernel/proof.ts'
import { absoluteLimitMs, idleLimitMs, type SessionSettings } from './settings.ts'
import type { SessionRecord } from './store.ts'

/** Prefix of session tokens. */
export const SESSION_TOKEN_PREFIX = 'lks'

/** A session together with its secret, for the moment in which the cookie is made. */
export interface IssuedSession {
  readonly session: Session
  readonly token: Token
}

/** What a session is made of. */
export interface NewSessionInput {
  readonly login: CompleteLogin
  readonly remember: boolean
  readonly client: ClientInfo
}

/** Makes a session, not yet stored, with a fresh token and fresh id: nothing of it comes from the client (ASVS 7.2.4). */
export function newSession(
  { clock, settings }: { readonly clock: Clock; readonly settings: SessionSettings },
  { login, remember, client }: NewSessionInput,
): IssuedSession & { readonly record: SessionRecord } {
  const now = clock()
  const expiresAt = now + absoluteLimitMs(settings, remember)
  const session: Session = {
    id: newSessionId(clock),
    userId: login.userId,
    createdAt: now,
    lastSeenAt: now,
    expiresAt,
    idleExpiresAt: Math.min(now + idleLimitMs(settings, remember), expiresAt),
    authenticatedAt: now,
    methods: login.methods,
    remembered: remember,
    cookieSentAt: now,
    client,
  }
  const token = newToken(SESSION_TOKEN_PREFIX)
  return { session, token, record: { session, tokenHash: hashToken(token) } }
}
