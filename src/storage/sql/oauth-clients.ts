import type { Selectable, Transaction } from 'kysely'
import type { TokenHash } from '../../crypto/token.ts'
import { onlyEvents } from '../../kernel/effects.ts'
import type { UserId } from '../../kernel/ids.ts'
import type { OAuthClient, OAuthClientRecord, OAuthClientStore } from '../../oauth/store.ts'
import type { Database, OAuthClientsTable } from './schema.ts'
import type { SessionEffects } from './session-effects.ts'
import { at } from './time.ts'
import { isDone, type TransactingDatabase } from './transact.ts'

/** Users of a client that one transaction is about, so that none takes long (DESIGN promise 11). */
const USERS_AT_ONCE = 100
/** Rows of logins that one transaction deletes. */
const LOGINS_AT_ONCE = 500

/** Creates the store of OAuth clients in SQL. */
export function createOAuthClientStore(database: TransactingDatabase): OAuthClientStore {
  const { reader, transact } = database
  return {
    ...createDocumentRows(database),

    async create({ client, secretHash }, effectsOf) {
      await transact(effectsOf, async (trx) => {
        await trx
          .insertInto('oauth_clients')
          .values({
            id: client.id,
            name: client.name,
            secret_hash: secretHash,
            metadata: toMetadata(client),
            created_at: at(client.createdAt),
          })
          .execute()
        return true
      })
    },

    async find(id) {
      const row = await reader.selectFrom('oauth_clients').selectAll().where('id', '=', id).executeTakeFirst()
      return row === undefined ? null : toRecord(row)
    },

    async list() {
      const rows = await reader.selectFrom('oauth_clients').selectAll().orderBy('created_at', 'desc').execute()
      return rows.map((row) => toRecord(row).client)
    },

    async update(client, effectsOf) {
      const isUpdated = await isDone(
        transact(effectsOf, async (trx) => {
          const { numUpdatedRows } = await trx
            .updateTable('oauth_clients')
            .set({ name: client.name, metadata: toMetadata(client) })
            .where('id', '=', client.id)
            .executeTakeFirst()
          return numUpdatedRows > 0n || null
        }),
      )
      if (isUpdated) await forgetUsers(transact, client.id)
      return isUpdated
    },

    rotateSecret: (id, secretHash, effectsOf) =>
      isDone(
        transact(effectsOf, async (trx) => {
          const { numUpdatedRows } = await trx
            .updateTable('oauth_clients')
            .set({ secret_hash: secretHash })
            .where('id', '=', id)
            .where('secret_hash', 'is not', null)
            .executeTakeFirst()
          return numUpdatedRows > 0n || null
        }),
      ),

    async delete(id, effectsOf) {
      await emptyClient(database, id)
      return isDone(
        transact(effectsOf, async (trx, sessions) => {
          await announceUsers(trx, sessions, { clientId: id, after: null })
          const { numDeletedRows } = await trx.deleteFrom('oauth_clients').where('id', '=', id).executeTakeFirst()
          return numDeletedRows > 0n || null
        }),
      )
    },
  }
}

/** Apps that describe themselves. */
function createDocumentRows({ db }: TransactingDatabase): Pick<OAuthClientStore, 'keepDocument' | 'sweepDocuments'> {
  return {
    async keepDocument({ createdAt, ...client }) {
      const described = { name: client.name, metadata: toMetadata({ ...client, createdAt }) }
      await db
        .insertInto('oauth_clients')
        .values({ id: client.id, secret_hash: null, created_at: at(createdAt), ...described })
        .onConflict((conflict) => conflict.column('id').doUpdateSet(described))
        .execute()
    },

    async sweepDocuments(limit) {
      const unused = db
        .selectFrom('oauth_clients')
        .select('id')
        .where('id', 'like', 'https://%')
        .where(({ not, exists, selectFrom }) =>
          not(
            exists(
              selectFrom('oauth_grants')
                .select('client_id')
                .whereRef('oauth_grants.client_id', '=', 'oauth_clients.id'),
            ),
          ),
        )
        .limit(limit)
      const { numDeletedRows } = await db.deleteFrom('oauth_clients').where('id', 'in', unused).executeTakeFirst()
      return Number(numDeletedRows)
    },
  }
}

/**
 * Ends most of what a client with very many users has, in several transactions. If the process dies in between, the client still
 * exists.
 */
async function emptyClient({ transact }: TransactingDatabase, clientId: string): Promise<void> {
  for (let isMore = true; isMore; ) {
    isMore = await isDone(transact(onlyEvents(), (trx, sessions) => endSomeGrants(trx, sessions, clientId)))
  }
  for (let isMore = true; isMore; )
    isMore = await isDone(transact(onlyEvents(), (trx) => deleteSomeLogins(trx, clientId)))
}

/** Returns null if few are left: they end with the client. */
async function endSomeGrants(
  trx: Transaction<Database>,
  sessions: SessionEffects,
  clientId: string,
): Promise<true | null> {
  const users = await announceSome(trx, sessions, { clientId, after: null })
  if (users.length < USERS_AT_ONCE) return null
  await trx.deleteFrom('oauth_grants').where('client_id', '=', clientId).where('user_id', 'in', users).execute()
  return true
}

/** Returns null if few are left: they end with the client. */
async function deleteSomeLogins(trx: Transaction<Database>, clientId: string): Promise<true | null> {
  const rows = await trx
    .selectFrom('oauth_logins')
    .select('session_id')
    .where('client_id', '=', clientId)
    .limit(LOGINS_AT_ONCE)
    .execute()
  if (rows.length < LOGINS_AT_ONCE) return null
  const ids = rows.map(({ session_id }) => session_id)
  await trx.deleteFrom('oauth_logins').where('client_id', '=', clientId).where('session_id', 'in', ids).execute()
  return true
}

/** Evicts the users of a client from all caches, a part at a time. */
async function forgetUsers(transact: TransactingDatabase['transact'], clientId: string): Promise<void> {
  for (let after: UserId | null = null; ; ) {
    const last: { readonly id: UserId } | null = await transact(onlyEvents(), async (trx, sessions) => {
      const users = await announceSome(trx, sessions, { clientId, after })
      const id = users.at(-1)
      return id === undefined ? null : { id }
    })
    if (last === null) return
    after = last.id
  }
}

/** Evicts all users of a client, in the transaction that deletes it. */
async function announceUsers(
  trx: Transaction<Database>,
  sessions: SessionEffects,
  { clientId, after }: { readonly clientId: string; readonly after: UserId | null },
): Promise<void> {
  for (let last = after; ; ) {
    const users: readonly UserId[] = await announceSome(trx, sessions, { clientId, after: last })
    const id = users.at(-1)
    if (id === undefined) return
    last = id
  }
}

async function announceSome(
  trx: Transaction<Database>,
  sessions: SessionEffects,
  { clientId, after }: { readonly clientId: string; readonly after: UserId | null },
): Promise<readonly UserId[]> {
  const rows = await trx
    .selectFrom('oauth_grants')
    .select('user_id')
    .where('client_id', '=', clientId)
    .$if(after !== null, (query) => query.where('user_id', '>', after as UserId))
    .orderBy('user_id')
    .limit(USERS_AT_ONCE)
    .execute()
  const users = rows.map(({ user_id }) => user_id as UserId)
  for (const id of users) await sessions.userChanged(id)
  return users
}

function toMetadata({ id: _, name: __, createdAt: ___, ...metadata }: OAuthClient): string {
  return JSON.stringify(metadata)
}

/** Returns the client in a row that `create` or `update` wrote. */
function toRecord(row: Selectable<OAuthClientsTable>): OAuthClientRecord {
  const metadata: Omit<OAuthClient, 'id' | 'name' | 'createdAt'> = JSON.parse(row.metadata)
  return {
    client: { ...metadata, id: row.id, name: row.name, createdAt: row.created_at },
    secretHash: row.secret_hash as TokenHash | null,
  }
}
