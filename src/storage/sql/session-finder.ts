import type { EmailAddress } from '../../kernel/email-address.ts'
import { when } from '../../kernel/found.ts'
import type { SessionId, UserId } from '../../kernel/ids.ts'
import type { SessionStore, SessionWithUser } from '../../sessions/store.ts'
import { toMethods } from './rows.ts'
import type { SqlDatabase } from './schema.ts'

/** The columns that `createSessionFinder` selects, in this order. */
type FoundRow = readonly [
  id: SessionId,
  userId: UserId,
  createdAt: number,
  lastSeenAt: number,
  expiresAt: number,
  idleExpiresAt: number,
  authenticatedAt: number,
  methods: string,
  remembered: boolean | number,
  cookieSentAt: number,
  ip: string | null,
  userAgent: string | null,
  email: EmailAddress,
  emailVerified: boolean | number,
  name: string | null,
  userCreatedAt: number,
]

/** Returns the query of every verification of a session; its text is built once. */
export function createSessionFinder({ reader, prepareRead }: SqlDatabase): SessionStore['findByTokenHash'] {
  const { sql: text } = reader
    .selectFrom('sessions')
    .innerJoin('users', 'users.id', 'sessions.user_id')
    .select(['sessions.id', 'user_id', 'sessions.created_at', 'last_seen_at', 'expires_at', 'idle_expires_at'])
    .select(['authenticated_at', 'methods', 'remembered', 'cookie_sent_at', 'ip', 'user_agent'])
    .select(['users.email', 'users.email_verified', 'users.name', 'users.created_at as user_created_at'])
    .where('token_hash', '=', '')
    .where('users.disabled_at', 'is', null)
    .compile()
  const read = prepareRead<FoundRow>(text)
  return (tokenHash) => when(read(tokenHash), (row) => (row === undefined ? null : toSessionWithUser(row)))
}

function toSessionWithUser(row: FoundRow): SessionWithUser {
  const [id, userId, createdAt, lastSeenAt, expiresAt, idleExpiresAt, authenticatedAt, ...rest] = row
  const [methods, remembered, cookieSentAt, ip, userAgent, email, emailVerified, name, userCreatedAt] = rest
  return {
    session: {
      id,
      userId,
      createdAt,
      lastSeenAt,
      expiresAt,
      idleExpiresAt,
      authenticatedAt,
      methods: toMethods(methods),
      remembered: Boolean(remembered),
      cookieSentAt,
      client: { ip, userAgent },
    },
    user: { id: userId, email, emailVerified: Boolean(emailVerified), name, createdAt: userCreatedAt },
  }
}
