import type { TokenHash } from '../../crypto/token.ts'
import type { Session, User } from '../../kernel/principal.ts'
import type { SessionWithUser } from '../../sessions/store.ts'
import type { UserCopy } from '../storage.ts'
import type { Reply } from './redis-client.ts'

/** A session as stored in Redis, with a copy of its user, so that one read is enough to verify it. */
export interface StoredSession extends SessionWithUser {
  readonly tokenHash: TokenHash
  readonly revision: number
  /** The user's security epoch when the session started. */
  readonly epoch: number
}

/** The fields of a session's hash, in reading order. Values that change have a field of their own. */
export const SESSION_FIELDS = ['session', 'user', 'seen', 'idle', 'sent', 'revision', 'epoch'] as const

/** A session is kept this long beyond its limits, so that it is refused as expired and not as unknown. */
const GRACE_MS = 60_000

/** Returns when Redis may delete a session with these limits. */
export function deleteAt({ expiresAt, idleExpiresAt }: Pick<Session, 'expiresAt' | 'idleExpiresAt'>): number {
  return Math.min(expiresAt, idleExpiresAt) + GRACE_MS
}

/** Returns the session as a flat list: fields and values alternate. */
export function toFields({ session, user, revision, epoch }: Omit<StoredSession, 'tokenHash'>): string[] {
  const { lastSeenAt, idleExpiresAt, cookieSentAt, ...rest } = session
  const values = [
    JSON.stringify(rest),
    JSON.stringify(user),
    String(lastSeenAt),
    String(idleExpiresAt),
    String(cookieSentAt),
    String(revision),
    String(epoch),
  ]
  return SESSION_FIELDS.flatMap((field, index) => [field, values[index] as string])
}

/** Returns the session from the values of its fields, or null if it is gone. */
export function fromFields(tokenHash: TokenHash, reply: Reply): StoredSession | null {
  // `toFields` wrote these fields; either all exist or none.
  const [session, user, seen, idle, sent, revision, epoch] = reply as (string | null)[]
  if (session == null || user == null) return null
  return {
    tokenHash,
    user: JSON.parse(user) as User,
    session: {
      ...(JSON.parse(session) as Omit<Session, 'lastSeenAt' | 'idleExpiresAt' | 'cookieSentAt'>),
      lastSeenAt: Number(seen),
      idleExpiresAt: Number(idle),
      cookieSentAt: Number(sent),
    },
    revision: Number(revision),
    epoch: Number(epoch),
  }
}

/** Returns a session to be stored, with the copy of its user. */
export function toStored(
  session: Session,
  tokenHash: TokenHash,
  { user, revision, securityEpoch }: UserCopy,
): StoredSession {
  return { session, tokenHash, user, revision, epoch: securityEpoch }
}
