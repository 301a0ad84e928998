import type { InsertObject, Selectable } from 'kysely'
import type { UserRecord } from '../../accounts/store.ts'
import type { EmailAddress } from '../../kernel/email-address.ts'
import type { Identity, MovedIdentity } from '../../kernel/identity.ts'
import type { SessionId, UserId } from '../../kernel/ids.ts'
import type { Method, Session, User } from '../../kernel/principal.ts'
import type { SessionRecord } from '../../sessions/store.ts'
import { type PlainRow, prepareInsert } from './prepared-query.ts'
import type { Database, IdentitiesTable, SessionsTable, UsersTable } from './schema.ts'
import { at } from './time.ts'

/** Returns the user in a row. Ids and email addresses were checked before they were stored. */
export function toUser(row: Omit<Selectable<UsersTable>, 'disabled_at' | 'security_epoch' | 'revision'>): User {
  return {
    id: row.id as UserId,
    email: row.email as EmailAddress,
    emailVerified: Boolean(row.email_verified),
    name: row.name,
    createdAt: row.created_at,
  }
}

/** Returns the user in a row, with the columns that administrators see. */
export function toUserRecord(row: Selectable<UsersTable>): UserRecord {
  return { ...toUser(row), disabledAt: row.disabled_at }
}

/** Returns the row of a new user. */
export function toUserRow(user: User): InsertObject<Database, 'users'> {
  return {
    id: user.id,
    email: user.email,
    email_verified: user.emailVerified,
    name: user.name,
    created_at: at(user.createdAt),
    disabled_at: null,
    security_epoch: 0,
  }
}

/** Returns the session in a row. */
export function toSession(row: Omit<Selectable<SessionsTable>, 'sweep_at' | 'token_hash'>): Session {
  return {
    // `toSessionRow` wrote the row.
    id: row.id as SessionId,
    userId: row.user_id as UserId,
    createdAt: row.created_at,
    lastSeenAt: row.last_seen_at,
    expiresAt: row.expires_at,
    idleExpiresAt: row.idle_expires_at,
    authenticatedAt: row.authenticated_at,
    methods: toMethods(row.methods),
    remembered: Boolean(row.remembered),
    cookieSentAt: row.cookie_sent_at,
    client: { ip: row.ip, userAgent: row.user_agent },
  }
}

/** Returns the methods in a column that `toSessionRow` wrote. */
export function toMethods(text: string): Method[] {
  return text.split(' ') as Method[]
}

/** Inserts sessions. */
export const insertSessions = prepareInsert('sessions')

/** The columns of a session. */
export const SESSION_COLUMNS = [
  'id',
  'token_hash',
  'user_id',
  'created_at',
  'last_seen_at',
  'expires_at',
  'idle_expires_at',
  'authenticated_at',
  'methods',
  'remembered',
  'cookie_sent_at',
  'ip',
  'user_agent',
  'sweep_at',
] as const satisfies readonly (keyof SessionsTable)[]

/** Returns the row of a session. */
export function toSessionRow({ session, tokenHash }: SessionRecord): PlainRow<'sessions'> {
  return {
    id: session.id,
    token_hash: tokenHash,
    user_id: session.userId,
    created_at: new Date(session.createdAt),
    last_seen_at: new Date(session.lastSeenAt),
    expires_at: new Date(session.expiresAt),
    idle_expires_at: new Date(session.idleExpiresAt),
    authenticated_at: new Date(session.authenticatedAt),
    methods: session.methods.join(' '),
    remembered: session.remembered,
    cookie_sent_at: new Date(session.cookieSentAt),
    ip: session.client.ip,
    user_agent: session.client.userAgent,
    sweep_at: new Date(Math.min(session.idleExpiresAt, session.expiresAt)),
  }
}

/** Returns the identity in a row. */
export function toIdentity(row: Selectable<IdentitiesTable>): Identity {
  return {
    id: row.id,
    userId: row.user_id as UserId, // a foreign key
    ...toMovedIdentity(row),
    lastUsedAt: row.last_used_at,
  }
}

/** Returns the part of the identity that moves to another database. */
export function toMovedIdentity(row: Selectable<IdentitiesTable>): MovedIdentity {
  return {
    provider: row.provider,
    issuer: row.issuer,
    subject: row.subject,
    email: row.email,
    emailVerified: Boolean(row.email_verified),
    createdAt: row.created_at,
  }
}
