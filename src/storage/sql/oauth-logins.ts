import { expressionBuilder, type InsertObject } from 'kysely'
import { HOUR_MS } from '../../kernel/clock.ts'
import type { EffectsOf } from '../../kernel/effects.ts'
import type { SessionId, UserId } from '../../kernel/ids.ts'
import type { DueLogin, OAuthLogin, OAuthLoginStore } from '../../oauth/backchannel/store.ts'
import type { SessionRef } from '../../sessions/store.ts'
import type { Database, OAuthLoginsTable } from './schema.ts'
import { at } from './time.ts'
import type { TransactingDatabase } from './transact.ts'

/** A login is looked at after this time, also if no change made it due: the process that made the change may have died. */
const FIRST_LOOK_MS = HOUR_MS
/** The longest pause of an app that does not answer. */
const LONGEST_PAUSE_MS = 2 * HOUR_MS
/** Longer than a lease. */
const LEASE_MARGIN_MS = 300_000

/** Creates the store of logins to apps in SQL. */
export function createOAuthLoginStore({ db, reader, transact }: TransactingDatabase): OAuthLoginStore {
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

    async listSleeping({ now, after, limit }) {
      const rows = await reader
        .selectFrom('oauth_logins')
        .select(['session_id', 'user_id'])
        .distinct()
        .where('tries', '=', 0)
        .where('due_at', '>', at(now + LEASE_MARGIN_MS))
        .$if(after !== null, (query) => query.where('session_id', '>', after))
        .orderBy('session_id')
        .limit(limit)
        .execute()
      return rows.map(toSession)
    },

    async lease(now, leaseEndsAt, which) {
      const due = reader
        .selectFrom('oauth_logins')
        .select('session_id')
        .where('due_at', '<=', at(now))
        .$if(which.except.length > 0, (query) => query.where('client_id', 'not in', which.except))
      return (await due.limit(1).executeTakeFirst()) === undefined ? [] : leaseDue(db, now, { leaseEndsAt, ...which })
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

    strike: (login, effectsOf) => strike(transact, login, effectsOf),

    async postpone({ sessionId, clientId, leaseEndsAt }, dueAt, tries) {
      await db
        .updateTable('oauth_logins')
        .set({ due_at: at(dueAt), tries })
        .where('session_id', '=', sessionId)
        .where('client_id', '=', clientId)
        .where('due_at', '=', at(leaseEndsAt))
        .execute()
    },

    endPause: (clientId, now) => endPause(db, clientId, now),

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

/** Leases logins that are due, with the URIs of their apps. */
function leaseDue(
  db: TransactingDatabase['db'],
  now: number,
  {
    leaseEndsAt,
    limit,
    except,
  }: { readonly leaseEndsAt: number; readonly limit: number; readonly except: readonly string[] },
): Promise<readonly DueLogin[]> {
  return db.transaction().execute(async (trx) => {
    const due = await trx
      .selectFrom('oauth_logins')
      .innerJoin('oauth_clients', 'oauth_clients.id', 'oauth_logins.client_id')
      .selectAll('oauth_logins')
      .select('oauth_clients.metadata')
      .where('due_at', '<=', at(now))
      .$if(except.length > 0, (query) => query.where('client_id', 'not in', except))
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

async function strike(
  transact: TransactingDatabase['transact'],
  { sessionId, clientId }: OAuthLogin,
  effectsOf: EffectsOf,
): Promise<void> {
  await transact(effectsOf, async (trx) => {
    await trx.deleteFrom('oauth_logins').where('session_id', '=', sessionId).where('client_id', '=', clientId).execute()
    return true
  })
}

async function endPause(db: TransactingDatabase['db'], clientId: string, now: number): Promise<void> {
  await db
    .updateTable('oauth_logins')
    .set({ due_at: at(now), tries: 0 })
    .where('client_id', '=', clientId)
    .where(({ or, eb }) => or([eb('tries', '>', 0), eb('due_at', '<=', at(now + LONGEST_PAUSE_MS))]))
    .execute()
}

function toSession({ session_id, user_id }: Pick<OAuthLoginsTable, 'session_id' | 'user_id'>): SessionRef {
  return { id: session_id as SessionId, userId: user_id as UserId } // `toLoginRow` wrote the row
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
