import type { Transaction } from 'kysely'
import type { SessionId, UserId } from '../../kernel/ids.ts'
import type { SessionRecord, SessionRef, SessionRotation } from '../../sessions/store.ts'
import { endAccessTokensOf } from './access-tokens.ts'
import { endGrantsOf } from './oauth-grants.ts'
import { prepareQuery, type SlotOf } from './prepared-query.ts'
import { insertSessions, toSessionRow } from './rows.ts'
import type { Database, SqlDatabase } from './schema.ts'
import type { SessionEffects, SessionEffectsFactory, SessionsToEnd } from './session-effects.ts'
import { at } from './time.ts'

/** Creates the effects on sessions in the same database: all of them happen within the transaction. */
export function createDirectSessionEffects(database: Pick<SqlDatabase, 'announce'>): SessionEffectsFactory {
  return (trx, evict) => {
    const sessions: SessionEffects = {
      evict,
      async announce(change) {
        evict(change)
        await database.announce(trx, change)
      },
      startFirst: (record, replaces) => startFirst(trx, sessions, { record, replaces }),
      rotate: (rotation) => swapToken(trx, sessions, rotation),
      endAll: (ending) => endAll(trx, sessions, ending),
      userChanged: (userId) => sessions.announce({ kind: 'user', id: userId }),
    }
    return sessions
  }
}

async function startFirst(
  trx: Transaction<Database>,
  sessions: SessionEffects,
  { record, replaces }: { readonly record: SessionRecord | null; readonly replaces: SessionRef | null },
): Promise<void> {
  if (record !== null) await insertSessions(trx, [toSessionRow(record)])
  await endSessions(trx, sessions, replaces === null ? [] : [replaces])
}

async function endAll(
  trx: Transaction<Database>,
  sessions: SessionEffects,
  { userId, except }: SessionsToEnd,
): Promise<void> {
  if (except === null) await endAccessTokensOf(trx, userId)
  if (except === null) await endGrantsOf(trx, userId)
  const count = await endSessionsOf(trx, sessions, { userId, except: except?.id ?? null })
  if (count === 0) await sessions.announce({ kind: 'user', id: userId })
}

const deleteSession = prepareQuery((db, slot: SlotOf<SessionRef>) =>
  db.deleteFrom('sessions').where('id', '=', slot('id')).where('user_id', '=', slot('userId')),
)

/** Revokes sessions; returns those that existed. */
export async function endSessions(
  trx: Transaction<Database>,
  { evict, announce }: SessionEffects,
  refs: readonly SessionRef[],
): Promise<SessionRef[]> {
  const ended: SessionRef[] = []
  for (const { id, userId } of refs) {
    evict({ kind: 'session', id, userId })
    const { numAffectedRows } = await deleteSession(trx, { id, userId })
    if (numAffectedRows === 0n) continue
    await announce({ kind: 'session', id, userId })
    ended.push({ id, userId })
  }
  return ended
}

/** Sessions that end in one statement. A thousand take about 3 ms. */
export const MAX_ENDED_AT_ONCE = 1_000

/**
 * Revokes all sessions of the user except one; returns their number.
 * @param which `limit`: maximum number of sessions; undefined: all.
 */
export async function endSessionsOf(
  trx: Transaction<Database>,
  { evict, announce }: SessionEffects,
  { userId, except, limit }: { readonly userId: UserId; readonly except: SessionId | null; readonly limit?: number },
): Promise<number> {
  evict({ kind: 'user', id: userId })
  const ids = trx
    .selectFrom('sessions')
    .select('id')
    .where('user_id', '=', userId)
    .$if(except !== null, (query) => query.where('id', '!=', except as SessionId))
    .$if(limit !== undefined, (query) => query.limit(limit ?? 0))
  const { numDeletedRows } = await trx.deleteFrom('sessions').where('id', 'in', ids).executeTakeFirst()
  if (numDeletedRows > 0n) await announce({ kind: 'user', id: userId })
  return Number(numDeletedRows)
}

/** Swaps the token if the session still has the old one. */
export async function swapToken(
  trx: Transaction<Database>,
  { evict, announce }: SessionEffects,
  { id, userId, oldTokenHash, newTokenHash, authenticatedAt, methods }: SessionRotation,
): Promise<boolean> {
  evict({ kind: 'session', id, userId })
  const { numUpdatedRows } = await trx
    .updateTable('sessions')
    .set({
      token_hash: newTokenHash,
      authenticated_at: at(authenticatedAt),
      cookie_sent_at: at(authenticatedAt),
      methods: methods.join(' '),
    })
    .where('id', '=', id)
    .where('token_hash', '=', oldTokenHash)
    .executeTakeFirst()
  if (numUpdatedRows === 0n) return false
  await announce({ kind: 'session', id, userId })
  return true
}
