import type { Selectable } from 'kysely'
import type { UserRecord } from '../../accounts/store.ts'
import type { EmailAddress } from '../../kernel/email-address.ts'
import type { SessionId, UserId } from '../../kernel/ids.ts'
import type { Method, Session, User } from '../../kernel/principal.ts'
import type { SessionRecord } from '../../sessions/store.ts'
import type { SessionsTable, UsersTable } from './schema.ts'

/** The user in a row. Ids and addresses were checked before they were stored. */
export function toUser(row: Omit<Selectable<UsersTable>, 'disabled_at' | 'security_epoch'>): User {
  return {
    id: row.id as UserId,
    email: row.email as EmailAddress,
    emailVerified: row.email_verified === 1,
    name: row.name,
    createdAt: row.created_at,
  }
}

/** The user in a row, for administrators. */
export function toUserRecord(row: Selectable<UsersTable>): UserRecord {
  return { ...toUser(row), disabledAt: row.disabled_at }
}

/** A new user as its row. */
export function toUserRow(user: User): UsersTable {
  return {
    id: user.id,
    email: user.email,
    email_verified: user.emailVerified ? 1 : 0,
    name: user.name,
    created_at: user.createdAt,
    disabled_at: null,
    security_epoch: 0,
  }
}

/** The session in a row. */
export function toSession(row: Selectable<SessionsTable>): Session {
  return {
    // What stands in the table was written by `toSessionRow`.
    id: row.id as SessionId,
    userId: row.user_id as UserId,
    createdAt: row.created_at,
    lastSeenAt: row.last_seen_at,
    expiresAt: row.expires_at,
    idleExpiresAt: row.idle_expires_at,
    authenticatedAt: row.authenticated_at,
    methods: row.methods.split(' ') as Method[],
    remembered: row.remembered === 1,
    cookieSentAt: row.cookie_sent_at,
    client: { ip: row.ip, userAgent: row.user_agent },
  }
}

/** A session as its row. */
export function toSessionRow({ session, tokenHash }: SessionRecord): SessionsTable {
  return {
    id: session.id,
    token_hash: tokenHash,
    user_id: session.userId,
    created_at: session.createdAt,
    last_seen_at: session.lastSeenAt,
    expires_at: session.expiresAt,
    idle_expires_at: session.idleExpiresAt,
    authenticated_at: session.authenticatedAt,
    methods: session.methods.join(' '),
    remembered: session.remembered ? 1 : 0,
    cookie_sent_at: session.cookieSentAt,
    ip: session.client.ip,
    user_agent: session.client.userAgent,
  }
}
