import { hashToken, newToken, type Token } from '../../src/crypto/token.ts'
import { newSessionId, type UserId } from '../../src/kernel/ids.ts'
import type { SessionRecord } from '../../src/sessions/store.ts'

const LIFE_MS = 600_000

/** Returns a session of a user, for calls of a store without a login. */
export function makeSessionRecord(userId: UserId): SessionRecord & { readonly token: Token } {
  const now = Date.now()
  const token = newToken('lks')
  const session: SessionRecord['session'] = {
    id: newSessionId(() => now),
    userId,
    createdAt: now,
    lastSeenAt: now,
    expiresAt: now + LIFE_MS,
    idleExpiresAt: now + LIFE_MS,
    authenticatedAt: now,
    methods: ['password'],
    remembered: false,
    cookieSentAt: now,
    client: { ip: null, userAgent: null },
  }
  return { session, token, tokenHash: hashToken(token) }
}
