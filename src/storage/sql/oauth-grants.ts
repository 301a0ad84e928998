import type { Selectable, Transaction } from 'kysely'
import type { OAuthGrantId, UserId } from '../../kernel/ids.ts'
import type { OAuthGrant, OAuthGrantStore } from '../../oauth/store.ts'
import { lockUser } from './lock-users.ts'
import { createRevocable } from './revocable.ts'
import type { Database, OAuthGrantsTable } from './schema.ts'
import { isEpochCurrent } from './security-epoch.ts'
import { at } from './time.ts'
import type { TransactingDatabase } from './transact.ts'

/** Creates the store of OAuth grants in SQL. */
export function createOAuthGrantStore(database: TransactingDatabase): OAuthGrantStore {
  const { reader, transact } = database
  return {
    allow: (grant, securityEpoch, effectsOf) =>
      transact(effectsOf, async (trx, sessions) => {
        const { userId, clientId } = grant
        await lockUser(trx, userId)
        if (securityEpoch !== null && !(await isEpochCurrent(trx, userId, securityEpoch))) return null
        if (!(await hasClient(trx, clientId))) return null
        const known = await findGrant(trx, userId, clientId)
        if (known === null) {
          await trx.insertInto('oauth_grants').values(toRow(grant)).execute()
          return grant
        }
        const scopes = [...new Set([...known.scopes, ...grant.scopes])]
        const redirectUris = [...new Set([...known.redirectUris, ...grant.redirectUris])]
        await trx
          .updateTable('oauth_grants')
          .set({ scopes: scopes.join(' '), redirect_uris: redirectUris.join(' ') })
          .where('id', '=', known.id)
          .execute()
        await sessions.userChanged(userId)
        return { ...known, scopes, redirectUris }
      }),

    find: (userId, clientId) => findGrant(reader, userId, clientId),

    async listByUser(userId) {
      const rows = await reader
        .selectFrom('oauth_grants')
        .innerJoin('oauth_clients', 'oauth_clients.id', 'oauth_grants.client_id')
        .selectAll('oauth_grants')
        .select('oauth_clients.name as client_name')
        .where('user_id', '=', userId)
        .orderBy('oauth_grants.id', 'desc')
        .execute()
      return rows.map((row) => ({ ...toGrant(row), clientName: row.client_name }))
    },

    ...createRevocable<OAuthGrantId>(database, 'oauth_grants'),
  }
}

/** Revokes all grants of the user with their tokens, in the transaction that revokes all sessions. */
export async function endGrantsOf(trx: Transaction<Database>, userId: UserId): Promise<void> {
  await trx.deleteFrom('oauth_grants').where('user_id', '=', userId).execute()
}

async function findGrant(
  db: Pick<Transaction<Database>, 'selectFrom'>,
  userId: UserId,
  clientId: string,
): Promise<OAuthGrant | null> {
  const row = await db
    .selectFrom('oauth_grants')
    .selectAll()
    .where('user_id', '=', userId)
    .where('client_id', '=', clientId)
    .executeTakeFirst()
  return row === undefined ? null : toGrant(row)
}

async function hasClient(trx: Transaction<Database>, id: string): Promise<boolean> {
  const row = await trx.selectFrom('oauth_clients').select('id').where('id', '=', id).executeTakeFirst()
  return row !== undefined
}

function toRow(grant: OAuthGrant) {
  return {
    id: grant.id,
    user_id: grant.userId,
    client_id: grant.clientId,
    scopes: grant.scopes.join(' '),
    redirect_uris: grant.redirectUris.join(' '),
    created_at: at(grant.createdAt),
    last_used_at: null,
  }
}

function toGrant(row: Selectable<OAuthGrantsTable>): OAuthGrant {
  return {
    id: row.id as OAuthGrantId, // `toRow` wrote the row
    userId: row.user_id as UserId,
    clientId: row.client_id,
    scopes: toList(row.scopes),
    redirectUris: toList(row.redirect_uris),
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
  }
}

function toList(text: string): string[] {
  return text === '' ? [] : text.split(' ')
}
