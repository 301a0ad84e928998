import { expressionBuilder, type InsertObject } from 'kysely'
import type { SessionId, UserId } from '../../kernel/ids.ts'
import type { DueLogin, OAuthLogin, OAuthLoginStore } from '../../oauth/backchannel/store.ts'
import type { Database } from './schema.ts'
import { at } from './time.ts'
import type { TransactingDatabase } from './transact.ts'

/** A login is looked at after this time, also if no change made it due: the process that made the change may have died. */
const FIRST_LOOK_MS = 3_600_000
/** Longer than a lease. */
const LEASE_MARGIN_MS = 300_000
/** Sessions that are looked at in one statement: with SQLite it keeps the event loop waiting. */
const PAGE = 500

/**
 * Creates the store of logins to apps in SQL.
 * @param hasSessions false: sessions are in another storage.
 */
export function createOAuthLoginStore(
  { db, reader, transact }: TransactingDatabase,
  hasSessions: boolean,
): OAuthLoginStore {
  return {
    async makeDue(sessions, users, now) {
      const eb = expressionBuilder<Database, 'oauth_logins'>()
      const ofThese = eb.or([
        ...(sessions.length === 0 ? [] : [eb('session_id', 'in', [...sessions])]),
        ...(users.length === 0 ? [] : [eb('user_id', 'in', [...users])]),
      ])
      const found = await reader.selectFrom('oauth_logins').select('session_id').where(ofThese).limit(1).execute()
      if (found.length === 0) return false
      await db
        .updateTable('oauth_logins')
        .set({ due_at: at(now) })
        .where(ofThese)
        .where('tries', '=', 0) // an app that does not answer keeps its pause
        .execute()
      return true
    },

    makeOverDue: async (now) => {
      if (hasSessions) await makeOverDue(db, now)
    },

    async lease(now, ...limits) {
      const due = reader.selectFrom('oauth_logins').select('session_id').where('due_at', '<=', at(now))
      return (await due.limit(1).executeTakeFirst()) === undefined ? [] : leaseDue(db, now, ...limits)
    },

    async holds({ sessionId, clientId, leaseEndsAt }) {
      const row = await reader
        .selectFrom('oauth_logins')
        .select('due_at')
        .where('session_id', '=', sessionId)
        .where('client_id', '=', clientId)
        .executeTakeFirst()
      return row?.due_at === leaseEndsAt
    },

    async strike({ sessionId, clientId }, effectsOf) {
      await transact(effectsOf, async (trx) => {
        await trx
          .deleteFrom('oauth_logins')
          .where('session_id', '=', sessionId)
          .where('client_id', '=', clientId)
          .execute()
        return true
      })
    },

    async postpone({ sessionId, clientId, leaseEndsAt }, dueAt, tries) {
      await db
        .updateTable('oauth_logins')
        .set({ due_at: at(dueAt), tries })
        .where('session_id', '=', sessionId)
        .where('client_id', '=', clientId)
        .where('due_at', '=', at(leaseEndsAt))
        .execute()
    },

    async postponeClient(clientId, dueAt) {
      await db
        .updateTable('oauth_logins')
        .set({ due_at: at(dueAt) })
        .where('client_id', '=', clientId)
        .where('due_at', '<', at(dueAt))
        .execute()
    },
  }
}

/** Makes logins due whose session has no live row, except those that a process looks at already. It goes by pages of sessions. */
async function makeOverDue(db: TransactingDatabase['db'], now: number): Promise<void> {
  let after: string | null = null
  do after = await makePageDue(db, now, after)
  while (after !== null)
}

/** Returns the last session of the page; null: there are no more. */
async function makePageDue(db: TransactingDatabase['db'], now: number, after: string | null): Promise<string | null> {
  const leased = at(now + LEASE_MARGIN_MS)
  const rows = await db
    .selectFrom('oauth_logins')
    .leftJoin('sessions', (join) =>
      join
        .onRef('sessions.id', '=', 'oauth_logins.session_id')
        .on('idle_expires_at', '>', at(now))
        .on('expires_at', '>', at(now)),
    )
    .select(['session_id', 'sessions.id as live_id'])
    .where('tries', '=', 0)
    .where('due_at', '>', leased)
    .$if(after !== null, (query) => query.where('session_id', '>', after))
    .orderBy('session_id')
    .limit(PAGE)
    .execute()
  const over = rows.flatMap(({ session_id, live_id }) => (live_id === null ? [session_id] : []))
  if (over.length > 0) {
    await db
      .updateTable('oauth_logins')
      .set({ due_at: at(now) })
      .where('session_id', 'in', over)
      .where('tries', '=', 0)
      .where('due_at', '>', leased)
      .execute()
  }
  return rows.length < PAGE ? null : (rows.at(-1)?.session_id ?? null)
}

/** Leases logins that are due, with the URIs of their apps. */
function leaseDue(
  db: TransactingDatabase['db'],
  now: number,
  leaseEndsAt: number,
  limit: number,
): Promise<readonly DueLogin[]> {
  return db.transaction().execute(async (trx) => {
    const due = await trx
      .selectFrom('oauth_logins')
      .innerJoin('oauth_clients', 'oauth_clients.id', 'oauth_logins.client_id')
      .selectAll('oauth_logins')
      .select('oauth_clients.metadata')
      .where('due_at', '<=', at(now))
      .orderBy('due_at')
      .limit(limit)
      .forUpdate('oauth_logins')
      .skipLocked()
      .execute()
    for (const { session_id, client_id } of due) {
      await trx
        .updateTable('oauth_logins')
        .set({ due_at: at(leaseEndsAt) })
        .where('session_id', '=', session_id)
        .where('client_id', '=', client_id)
        .execute()
    }
    return due.map(({ session_id, client_id, user_id, created_at, tries, metadata }) => ({
      sessionId: session_id as SessionId, // `toLoginRow` wrote the row
      clientId: client_id,
      userId: user_id as UserId,
      createdAt: created_at,
      tries,
      leaseEndsAt,
      uri: (JSON.parse(metadata) as { readonly backchannelLogoutUri?: string }).backchannelLogoutUri ?? null,
    }))
  })
}

/** Returns the row of a new login. */
export function toLoginRow({
  sessionId,
  clientId,
  userId,
  createdAt,
}: OAuthLogin): InsertObject<Database, 'oauth_logins'> {
  return {
    session_id: sessionId,
    client_id: clientId,
    user_id: userId,
    created_at: at(createdAt),
    due_at: at(createdAt + FIRST_LOOK_MS),
    tries: 0,
  }
}
