import type { Kysely, Transaction } from 'kysely'
import type { TokenHash } from '../../crypto/token.ts'
import type { SessionId, UserId } from '../../kernel/ids.ts'
import type { Change, SessionRotation, SessionStart, SessionStore } from '../../sessions/store.ts'
import { noteSessionChange, noteUserChange, sweepChanges } from './changes.ts'
import { toSession, toSessionRow, toUser } from './rows.ts'
import type { Connections, Database } from './schema.ts'

/** Sessions in SQL. */
export function createSessionStore(
  { db, reader }: Connections,
  changesElsewhere: () => readonly Change[] | 'unknown',
): SessionStore {
  return {
    changesElsewhere,

    start: (start) => db.transaction().execute((trx) => insertSession(trx, start)),

    findByTokenHash: (tokenHash) => findSession(reader, tokenHash),

    async touch(id, lastSeenAt, idleExpiresAt) {
      const { numUpdatedRows } = await db
        .updateTable('sessions')
        .set({ last_seen_at: lastSeenAt, idle_expires_at: idleExpiresAt })
        .where('id', '=', id)
        .executeTakeFirst()
      return numUpdatedRows > 0n
    },

    async markCookieSent(session, cookieSentAt) {
      const { numUpdatedRows } = await db
        .updateTable('sessions')
        .set({ cookie_sent_at: cookieSentAt })
        .where('id', '=', session.id)
        .where('cookie_sent_at', '=', session.cookieSentAt)
        .executeTakeFirst()
      return numUpdatedRows > 0n
    },

    rotate: (rotation, securityEpoch) => db.transaction().execute((trx) => rotateSession(trx, rotation, securityEpoch)),

    async listByUser(userId, now) {
      const rows = await reader
        .selectFrom('sessions')
        .selectAll()
        .where('user_id', '=', userId)
        .where('idle_expires_at', '>', now)
        .where('expires_at', '>', now)
        .orderBy('last_seen_at', 'desc')
        .execute()
      return rows.map(toSession)
    },

    revoke: (userId, id) =>
      db.transaction().execute(async (trx) => {
        const { numDeletedRows } = await trx
          .deleteFrom('sessions')
          .where('id', '=', id)
          .where('user_id', '=', userId)
          .executeTakeFirst()
        if (numDeletedRows === 0n) return false
        await noteSessionChange(trx, id)
        return true
      }),

    revokeAll: (userId, except) => db.transaction().execute((trx) => deleteSessionsOf(trx, userId, except)),

    async deleteExpired(now, limit) {
      await sweepChanges(db)
      const expired = db
        .selectFrom('sessions')
        .select('id')
        .where((eb) => eb.or([eb('idle_expires_at', '<=', now), eb('expires_at', '<=', now)]))
        .limit(limit)
      const rows = await db.deleteFrom('sessions').where('id', 'in', expired).returning(['id', 'user_id']).execute()
      return rows.map((row) => ({ id: row.id as SessionId, userId: row.user_id as UserId }))
    },

    async deleteIfExpired(id, now) {
      const { numDeletedRows } = await db
        .deleteFrom('sessions')
        .where('id', '=', id)
        .where((eb) => eb.or([eb('idle_expires_at', '<=', now), eb('expires_at', '<=', now)]))
        .executeTakeFirst()
      return numDeletedRows > 0n
    },
  }
}

async function insertSession(trx: Transaction<Database>, start: SessionStart): Promise<readonly SessionId[] | null> {
  const { record, replaces, securityEpoch, maxPerUser } = start
  if (!(await isEpochCurrent(trx, record.session.userId, securityEpoch))) return null
  const replaced = await endSessions(trx, replaces === null ? [] : [replaces])
  await trx.insertInto('sessions').values(toSessionRow(record)).execute()
  const surplus = await findSurplus(trx, record.session.userId, maxPerUser)
  return [...replaced, ...(await endSessions(trx, surplus))]
}

/** The sessions of a user beyond the limit, those used longest ago. */
async function findSurplus(trx: Transaction<Database>, userId: UserId, maxPerUser: number): Promise<SessionId[]> {
  const rows = await trx
    .selectFrom('sessions')
    .select('id')
    .where('user_id', '=', userId)
    .orderBy('last_seen_at', 'desc')
    .orderBy('id', 'desc')
    .limit(-1)
    .offset(maxPerUser)
    .execute()
  return rows.map(({ id }) => id as SessionId)
}

/** Ends sessions by their ids and tells other processes; gives the ids of those that were there. */
export async function endSessions(trx: Transaction<Database>, ids: readonly SessionId[]): Promise<SessionId[]> {
  const ended: SessionId[] = []
  for (const id of ids) {
    const { numDeletedRows } = await trx.deleteFrom('sessions').where('id', '=', id).executeTakeFirst()
    if (numDeletedRows === 0n) continue
    await noteSessionChange(trx, id)
    ended.push(id)
  }
  return ended
}

/** Ends all sessions of the user but one. */
export async function deleteSessionsOf(
  trx: Transaction<Database>,
  userId: UserId,
  except: SessionId | null,
): Promise<number> {
  const { numDeletedRows } = await trx
    .deleteFrom('sessions')
    .where('user_id', '=', userId)
    .where('id', '!=', except ?? '')
    .executeTakeFirst()
  if (numDeletedRows > 0n) await noteUserChange(trx, userId)
  return Number(numDeletedRows)
}

/** Swaps the token, while it still is the session's. */
export async function swapToken(trx: Transaction<Database>, rotation: SessionRotation): Promise<boolean> {
  const { id, oldTokenHash, newTokenHash, authenticatedAt } = rotation
  const { numUpdatedRows } = await trx
    .updateTable('sessions')
    .set({ token_hash: newTokenHash, authenticated_at: authenticatedAt, cookie_sent_at: authenticatedAt })
    .where('id', '=', id)
    .where('token_hash', '=', oldTokenHash)
    .executeTakeFirst()
  if (numUpdatedRows === 0n) return false
  await noteSessionChange(trx, id)
  return true
}

async function rotateSession(
  trx: Transaction<Database>,
  rotation: SessionRotation,
  securityEpoch: number,
): Promise<boolean> {
  const row = await trx.selectFrom('sessions').select('user_id').where('id', '=', rotation.id).executeTakeFirst()
  if (row === undefined || !(await isEpochCurrent(trx, row.user_id as UserId, securityEpoch))) return false
  return swapToken(trx, rotation)
}

async function findSession(db: Kysely<Database>, tokenHash: TokenHash): ReturnType<SessionStore['findByTokenHash']> {
  const row = await db
    .selectFrom('sessions')
    .innerJoin('users', 'users.id', 'sessions.user_id')
    .selectAll('sessions')
    .select(['users.email', 'users.email_verified', 'users.name', 'users.created_at as user_created_at'])
    .where('token_hash', '=', tokenHash)
    .where('users.disabled_at', 'is', null)
    .executeTakeFirst()
  if (row === undefined) return null
  const { email, email_verified, name } = row
  const user = toUser({ id: row.user_id, email, email_verified, name, created_at: row.user_created_at })
  return { session: toSession(row), user }
}

/** True while the user is enabled and no event since `epoch` has ended all their sessions. */
async function isEpochCurrent(trx: Transaction<Database>, id: UserId, epoch: number): Promise<boolean> {
  const row = await trx
    .selectFrom('users')
    .select('security_epoch')
    .where('id', '=', id)
    .where('security_epoch', '=', epoch)
    .where('disabled_at', 'is', null)
    .executeTakeFirst()
  return row !== undefined
}
