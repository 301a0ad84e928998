import type { InsertObject, OnConflictBuilder, Transaction } from 'kysely'
import { onlyEvents } from '../../kernel/effects.ts'
import type { OAuthChanges, OAuthConsumption, OAuthToken, OAuthTokenKind, OAuthTokenStore } from '../../oauth/store.ts'
import { isForeignKeyViolation } from './errors.ts'
import { toLoginRow } from './oauth-logins.ts'
import { createOAuthTokenFinder } from './oauth-token-finder.ts'
import type { Database } from './schema.ts'
import { isSessionLive } from './session-list.ts'
import { at } from './time.ts'
import { isDone, type TransactingDatabase } from './transact.ts'

/**
 * Creates the store of OAuth tokens, codes and requests in SQL.
 * @param hasSessions true if the sessions are in this database.
 */
export function createOAuthTokenStore(database: TransactingDatabase, hasSessions: boolean): OAuthTokenStore {
  const { db, transact } = database
  return {
    ...createOAuthTokenFinder(database, hasSessions),

    async commit(changes, now) {
      try {
        if (isOnlyRequest(changes)) {
          await db.insertInto('oauth_tokens').values(changes.insert.map(toRow)).execute()
          return true
        }
        return await isDone(
          transact(onlyEvents(), async (trx) => (await commit(trx, changes, { now, hasSessions })) || null),
        )
      } catch (error) {
        if (isForeignKeyViolation(error)) return false // the client, the grant or the user was deleted
        throw error
      }
    },

    async endFamily({ grantId, familyId }, effectsOf) {
      await transact(effectsOf, async (trx, sessions) => {
        const grant = await trx
          .selectFrom('oauth_grants')
          .select('user_id')
          .where('id', '=', grantId)
          .forNoKeyUpdate()
          .executeTakeFirst()
        if (grant === undefined) return null
        const { numDeletedRows } = await trx
          .deleteFrom('oauth_tokens')
          .where('grant_id', '=', grantId)
          .where('family_id', '=', familyId)
          .executeTakeFirst()
        if (numDeletedRows === 0n) return null
        await sessions.userChanged(grant.user_id as Parameters<typeof sessions.userChanged>[0])
        return true
      })
    },

    async end({ hash, userId }) {
      await transact(onlyEvents(), async (trx, sessions) => {
        if (userId !== null) sessions.evict({ kind: 'user', id: userId })
        const { numDeletedRows } = await trx
          .deleteFrom('oauth_tokens')
          .where('token_hash', '=', hash)
          .executeTakeFirst()
        if (numDeletedRows === 0n) return null
        if (userId !== null) await sessions.userChanged(userId)
        return true
      })
    },

    async sweep(now, limit) {
      const due = db
        .selectFrom('oauth_tokens')
        .select('token_hash')
        .where('expires_at', '<=', at(now))
        .orderBy('expires_at')
        .limit(limit)
      const { numDeletedRows } = await db.deleteFrom('oauth_tokens').where('token_hash', 'in', due).executeTakeFirst()
      return Number(numDeletedRows)
    },
  }
}

/** Kinds that begin something. */
const REQUEST_KINDS = new Set<OAuthTokenKind>(['AuthorizationCode', 'Interaction', 'DeviceCode'])

/** Returns true for a code or a request in progress: using it checks again what it depends on. */
function isOnlyRequest({ insert, insertUnique, replace, consume, remove }: OAuthChanges): boolean {
  const others = insertUnique.length + replace.length + consume.length + remove.length
  return others === 0 && insert.every(({ kind }) => REQUEST_KINDS.has(kind))
}

async function commit(
  trx: Transaction<Database>,
  { insert, insertUnique, replace, consume, remove, logins }: OAuthChanges,
  { now, hasSessions }: { readonly now: number; readonly hasSessions: boolean },
): Promise<boolean> {
  const [first] = insert
  if (first !== undefined && !(await mayInsert(trx, first, { now, hasSessions }))) return false
  for (const each of consume) if (!(await useUp(trx, each))) return false
  if (insert.length > 0) {
    await trx
      .insertInto('oauth_tokens')
      .values(insert.map(toRow))
      // The successor of a refresh token is the same for all requests that race.
      .onConflict((conflict) => conflict.column('token_hash').doNothing())
      .execute()
  }
  for (const token of insertUnique) {
    const { numInsertedOrUpdatedRows } = await trx
      .insertInto('oauth_tokens')
      .values(toRow(token))
      .onConflict((conflict) => conflict.column('token_hash').doNothing())
      .executeTakeFirst()
    if (numInsertedOrUpdatedRows !== 1n) return false
  }
  for (const { token, previous } of replace) {
    const { token_hash, ...values } = toRow(token)
    const { numUpdatedRows } = await trx
      .updateTable('oauth_tokens')
      .set(values)
      .where('token_hash', '=', token_hash)
      .where('payload', '=', JSON.stringify(previous))
      .where('consumed_at', 'is', null)
      .executeTakeFirst()
    if (numUpdatedRows !== 1n) return false
  }
  if (logins.length > 0) {
    const twice = (conflict: OnConflictBuilder<Database, 'oauth_logins'>) => conflict.doNothing()
    await trx.insertInto('oauth_logins').values(logins.map(toLoginRow)).onConflict(twice).execute()
  }
  for (const hash of remove) await trx.deleteFrom('oauth_tokens').where('token_hash', '=', hash).execute()
  return true
}

/**
 * Returns true if the client, the grant and the session of new tokens exist. It locks the grant, so that transactions that end
 * tokens of the grant wait for this one and see its tokens.
 */
async function mayInsert(
  trx: Transaction<Database>,
  { clientId, grantId, userId, sessionId }: OAuthToken,
  { now, hasSessions }: { readonly now: number; readonly hasSessions: boolean },
): Promise<boolean> {
  if (grantId !== null) {
    const grant = await trx
      .selectFrom('oauth_grants')
      .innerJoin('users', 'users.id', 'oauth_grants.user_id')
      .select('oauth_grants.id')
      .where('oauth_grants.id', '=', grantId)
      .where('users.disabled_at', 'is', null)
      .forNoKeyUpdate('oauth_grants')
      .executeTakeFirst()
    if (grant === undefined) return false
  } else if (clientId !== null) {
    const client = await trx.selectFrom('oauth_clients').select('id').where('id', '=', clientId).executeTakeFirst()
    if (client === undefined) return false
  }
  if (sessionId === null || userId === null || !hasSessions) return true
  return isSessionLive(trx, { id: sessionId, userId }, now)
}

/** Of all requests that use an artifact at the same moment, one gets true; with a grace, all within it. */
async function useUp(trx: Transaction<Database>, { hash, usedAt, graceSince }: OAuthConsumption): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('oauth_tokens')
    .set({ consumed_at: at(usedAt) })
    .where('token_hash', '=', hash)
    .where('consumed_at', 'is', null)
    .executeTakeFirst()
  if (numUpdatedRows > 0n || graceSince === null) return numUpdatedRows > 0n
  const row = await trx
    .selectFrom('oauth_tokens')
    .select('token_hash')
    .where('token_hash', '=', hash)
    .where('consumed_at', '>=', at(graceSince))
    .executeTakeFirst()
  return row !== undefined
}

function toRow(token: OAuthToken): InsertObject<Database, 'oauth_tokens'> {
  return {
    token_hash: token.hash,
    kind: token.kind,
    client_id: token.clientId,
    user_id: token.userId,
    grant_id: token.grantId,
    family_id: token.familyId,
    session_id: token.sessionId,
    user_code_hash: token.userCodeHash,
    scopes: token.scopes.join(' '),
    payload: JSON.stringify(token.payload),
    created_at: at(token.createdAt),
    expires_at: at(token.expiresAt),
    consumed_at: token.consumedAt === null ? null : at(token.consumedAt),
  }
}
