import type { TokenDigest } from '../../src/crypto/token.ts'
import type { EmailAddress } from '../../src/kernel/email-address.ts'
import type { SessionId, UserId } from '../../src/kernel/ids.ts'
import type { SessionPrincipal } from '../../src/kernel/principal.ts'

/** Returns a session by number, in which all values differ from those of other numbers. */
export function principalOf(session: number, user: number = session, name: string | null = null): SessionPrincipal {
  const userId = userIdOf(user)
  return {
    kind: 'session',
    // Test data instead of parsed ids and addresses.
    user: { id: userId, email: `${user}@example.com` as EmailAddress, emailVerified: true, name, createdAt: 1 },
    session: {
      id: `session-${session}` as SessionId,
      userId,
      createdAt: session + 1,
      lastSeenAt: session + 2,
      expiresAt: 1_800_000_000_003 + session,
      idleExpiresAt: 1_800_000_000_004 + session,
      authenticatedAt: session + 5,
      methods: ['password'],
      remembered: session % 2 === 1,
      cookieSentAt: session + 6,
      client: { ip: session === 0 ? null : `192.0.2.${session}`, userAgent: session === 0 ? null : 'curl/8' },
    },
    scopes: null,
  }
}

/** Returns the id of a user by number. */
export function userIdOf(user: number): UserId {
  return `user-${user}` as UserId
}

/** Returns the digest of a token by number. */
export function digest(token: number): TokenDigest {
  return `digest ${token}` as TokenDigest
}
