/*
 * Orders for sessions in another storage (Redis), written in the transaction that changes the user. The process that
 * commits carries them out at once; if it dies, the next process that looks carries them out. Carrying out an order
 * twice does no harm.
 */
import type { Transaction } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import type { TokenHash } from '../../crypto/token.ts'
import type { UserId } from '../../kernel/ids.ts'
import type { SessionOrder, SessionOrders } from '../storage.ts'
import { endAccessTokensOf } from './access-tokens.ts'
import { isForeignKeyViolation } from './errors.ts'
import { useUpAttempt } from './login-attempts.ts'
import { endGrantsOf } from './oauth-grants.ts'
import { toUser } from './rows.ts'
import type { Database, SessionOrdersTable } from './schema.ts'
import type { SessionEffectsFactory } from './session-effects.ts'
import { isDone, type TransactingDatabase } from './transact.ts'

/** Creates the effects on sessions in another storage: orders to that storage, which announces its changes. */
export const orderSessionEffects: SessionEffectsFactory = (trx, evict) => ({
  evict,
  async announce(change) {
    evict(change)
  },
  // The session storage starts and rotates sessions itself, before the transaction.
  async startFirst() {},
  async rotate() {
    return true
  },
  async endAll({ userId, except, throughEpoch }) {
    if (except === null) await endAccessTokensOf(trx, userId)
    if (except === null) await endGrantsOf(trx, userId)
    // Deletes rows from before the sessions moved to the other storage, so that they do not revive if the sessions move
    // back.
    await trx.deleteFrom('sessions').where('user_id', '=', userId).execute()
    await insertOrder(trx, { userId, kind: 'end', except: except?.tokenHash ?? null, throughEpoch })
    evict({ kind: 'user', id: userId })
  },
  async userChanged(userId) {
    await trx
      .updateTable('users')
      .set((eb) => ({ revision: eb('revision', '+', 1) }))
      .where('id', '=', userId)
      .execute()
    await insertOrder(trx, { userId, kind: 'refresh', except: null, throughEpoch: 0 })
    evict({ kind: 'user', id: userId })
  },
})

async function insertOrder(
  trx: Transaction<Database>,
  {
    userId,
    kind,
    except,
    throughEpoch,
  }: Pick<SessionOrder, 'userId' | 'kind'> & {
    readonly except: TokenHash | null
    readonly throughEpoch: number
  },
): Promise<void> {
  await trx
    .insertInto('session_orders')
    .values({ id: uuidv7(), user_id: userId, kind, except_token_hash: except, through_epoch: throughEpoch })
    .execute()
}

/** Creates the store of orders in this database. */
export function createSessionOrders({ db, transact }: TransactingDatabase): SessionOrders {
  return {
    async list(userId, limit) {
      const rows = await db
        .selectFrom('session_orders')
        .selectAll()
        .$if(userId !== null, (query) => query.where('user_id', '=', userId as UserId))
        .orderBy('id')
        .limit(limit)
        .execute()
      return rows.map(toOrder)
    },

    async strike(orders) {
      if (orders.length === 0) return
      const ids = orders.map(({ id }) => id)
      await db.deleteFrom('session_orders').where('id', 'in', ids).execute()
    },

    async recordStart(start, effects) {
      try {
        const done = transact(
          () => effects,
          async (trx) => start.attempt === null || (await useUpAttempt(trx, start.attempt, start)) || null,
        )
        return await isDone(done)
      } catch (error) {
        if (isForeignKeyViolation(error)) return false // an email to a user who was deleted in the meantime
        throw error
      }
    },

    async findUser(userId) {
      const row = await db
        .selectFrom('users')
        .selectAll()
        .where('id', '=', userId)
        .where('disabled_at', 'is', null)
        .executeTakeFirst()
      return row === undefined ? null : { user: toUser(row), revision: row.revision, securityEpoch: row.security_epoch }
    },
  }
}

function toOrder(row: SessionOrdersTable): SessionOrder {
  // The ids were valid when they were written.
  const order = { id: row.id, userId: row.user_id as UserId }
  if (row.kind === 'refresh') return { ...order, kind: 'refresh' }
  const except = row.except_token_hash as TokenHash | null
  return { ...order, kind: 'end', except, throughEpoch: row.through_epoch }
}
