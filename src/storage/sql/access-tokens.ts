import { type InsertObject, type Selectable, sql, type Transaction } from 'kysely'
import type { AccessTokenRecord, AccessTokenStore } from '../../access-tokens/store.ts'
import type { EmailAddress } from '../../kernel/email-address.ts'
import { when } from '../../kernel/found.ts'
import type { AccessTokenId, UserId } from '../../kernel/ids.ts'
import type { Page } from '../../kernel/page.ts'
import type { AccessToken, User } from '../../kernel/principal.ts'
import { lockEnabledUser } from './lock-users.ts'
import { createRevocable } from './revocable.ts'
import type { AccessTokensTable, Database, SqlDatabase } from './schema.ts'
import { isEpochCurrent } from './security-epoch.ts'
import { at } from './time.ts'
import type { TransactingDatabase } from './transact.ts'

/** Creates the store of access tokens in SQL. */
export function createAccessTokenStore(database: TransactingDatabase): AccessTokenStore {
  const { db, reader, transact } = database
  return {
    async create(record, { maxPerUser, securityEpoch }, effectsOf) {
      const { userId } = record.accessToken
      let outcome: 'too_many' | 'user_gone' = 'user_gone'
      const created = await transact(effectsOf, async (trx) => {
        if (!(await lockEnabledUser(trx, userId))) return null
        if (securityEpoch !== null && !(await isEpochCurrent(trx, userId, securityEpoch))) return null
        outcome = 'too_many'
        if ((await countTokens(trx, userId)) >= maxPerUser) return null
        await trx.insertInto('access_tokens').values(toRow(record)).execute()
        return true
      })
      return created === null ? outcome : 'created'
    },

    findByTokenHash: createTokenFinder(database),

    listByUser: (userId, page) => listTokens(reader, userId, page),

    ...createRevocable<AccessTokenId>(database, 'access_tokens'),

    async sweep(now, limit) {
      const due = db
        .selectFrom('access_tokens')
        .select('id')
        .where('expires_at', '<=', at(now))
        .orderBy('expires_at')
        .limit(limit)
      const { numDeletedRows } = await db.deleteFrom('access_tokens').where('id', 'in', due).executeTakeFirst()
      return Number(numDeletedRows)
    },
  }
}

/** Reads a page of the tokens of a user, newest first, by the index on users and ids. */
async function listTokens(
  reader: SqlDatabase['reader'],
  userId: UserId,
  { before, limit }: Page<AccessTokenId>,
): Promise<AccessToken[]> {
  const rows = await reader
    .selectFrom('access_tokens')
    .selectAll()
    .where('user_id', '=', userId)
    .$if(before !== null, (query) => query.where('id', '<', before as AccessTokenId))
    .orderBy('id', 'desc')
    .limit(limit)
    .execute()
  return rows.map(toAccessToken)
}

/** Revokes all access tokens of the user, in the transaction that revokes all sessions. */
export async function endAccessTokensOf(trx: Transaction<Database>, userId: UserId): Promise<void> {
  await trx.deleteFrom('access_tokens').where('user_id', '=', userId).execute()
}

async function countTokens(trx: Transaction<Database>, userId: UserId): Promise<number> {
  const { count } = await trx
    .selectFrom('access_tokens')
    .select(sql<number | string>`count(*)`.as('count'))
    .where('user_id', '=', userId)
    .executeTakeFirstOrThrow()
  return Number(count)
}

/** The columns that `createTokenFinder` selects, in this order. */
type FoundRow = readonly [
  id: AccessTokenId,
  userId: UserId,
  name: string,
  scopes: string,
  lastFour: string,
  createdAt: number,
  expiresAt: number | null,
  lastUsedAt: number | null,
  email: EmailAddress,
  emailVerified: boolean | number,
  userName: string | null,
  userCreatedAt: number,
]

/** Returns the query of every verification of an access token; its text is built once. */
function createTokenFinder({ reader, prepareRead }: SqlDatabase): AccessTokenStore['findByTokenHash'] {
  const { sql: text } = reader
    .selectFrom('access_tokens')
    .innerJoin('users', 'users.id', 'access_tokens.user_id')
    .select(['access_tokens.id', 'user_id', 'access_tokens.name', 'scopes', 'last_four', 'access_tokens.created_at'])
    .select(['expires_at', 'last_used_at'])
    .select(['users.email', 'users.email_verified', 'users.name as user_name', 'users.created_at as user_created_at'])
    .where('token_hash', '=', '')
    .where('users.disabled_at', 'is', null)
    .compile()
  const read = prepareRead<FoundRow>(text)
  return (tokenHash) => when(read(tokenHash), (row) => (row === undefined ? null : toTokenWithUser(row)))
}

function toTokenWithUser(row: FoundRow): { readonly accessToken: AccessToken; readonly user: User } {
  const [id, userId, name, scopes, lastFour, createdAt, expiresAt, lastUsedAt, ...owner] = row
  const [email, emailVerified, userName, userCreatedAt] = owner
  return {
    accessToken: { id, userId, name, scopes: toScopes(scopes), lastFour, createdAt, expiresAt, lastUsedAt },
    user: { id: userId, email, emailVerified: Boolean(emailVerified), name: userName, createdAt: userCreatedAt },
  }
}

function toScopes(text: string): string[] {
  return text === '' ? [] : text.split(' ')
}

function toRow({ accessToken, tokenHash }: AccessTokenRecord): InsertObject<Database, 'access_tokens'> {
  const { id, userId, name, scopes, lastFour, createdAt, expiresAt } = accessToken
  return {
    id,
    token_hash: tokenHash,
    user_id: userId,
    name,
    scopes: scopes.join(' '),
    last_four: lastFour,
    created_at: at(createdAt),
    expires_at: expiresAt === null ? null : at(expiresAt),
    last_used_at: null,
  }
}

/** Returns the token in a row that `toRow` wrote. */
function toAccessToken(row: Selectable<AccessTokensTable>): AccessToken {
  return {
    id: row.id as AccessTokenId,
    userId: row.user_id as UserId,
    name: row.name,
    scopes: toScopes(row.scopes),
    lastFour: row.last_four,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    lastUsedAt: row.last_used_at,
  }
}
