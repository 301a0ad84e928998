import type { Selectable, Transaction } from 'kysely'
import type { RememberedDevice, RememberedDeviceStore } from '../../factors/remembered-devices/store.ts'
import type { UserId } from '../../kernel/ids.ts'
import type { Database, RememberedDevicesTable } from './schema.ts'
import { at } from './time.ts'
import { isDone, type TransactingDatabase } from './transact.ts'

/** Remembered devices of a user; one more forgets the oldest. */
const MAX_DEVICES = 20

/** Creates the store of remembered devices in SQL. */
export function createRememberedDeviceStore({ db, reader, transact }: TransactingDatabase): RememberedDeviceStore {
  return {
    async create({ id, tokenHash, userId, securityEpoch, userAgent, createdAt, expiresAt }, effectsOf) {
      const row = {
        id,
        token_hash: tokenHash,
        user_id: userId,
        security_epoch: securityEpoch,
        user_agent: userAgent,
        created_at: at(createdAt),
        last_used_at: null,
        expires_at: at(expiresAt),
      }
      await transact(effectsOf, async (trx) => {
        await trx.insertInto('remembered_devices').values(row).execute()
        await forgetSurplus(trx, userId)
        return true
      })
    },

    async use(tokenHashes, { userId, securityEpoch }, now) {
      const { numUpdatedRows } = await db
        .updateTable('remembered_devices')
        .set({ last_used_at: at(now) })
        .where('token_hash', 'in', tokenHashes)
        .where('user_id', '=', userId)
        .where('security_epoch', '=', securityEpoch)
        .where('expires_at', '>', at(now))
        .executeTakeFirst()
      return numUpdatedRows > 0n
    },

    async list(userId, now) {
      const rows = await reader
        .selectFrom('remembered_devices')
        .innerJoin('users', 'users.id', 'remembered_devices.user_id')
        .selectAll('remembered_devices')
        .where('user_id', '=', userId)
        .where('expires_at', '>', at(now))
        .whereRef('remembered_devices.security_epoch', '=', 'users.security_epoch')
        .orderBy('remembered_devices.id', 'desc')
        .execute()
      return rows.map(toDevice)
    },

    forget: (userId, id, effectsOf) =>
      isDone(
        transact(effectsOf, async (trx) => {
          const { numDeletedRows } = await trx
            .deleteFrom('remembered_devices')
            .where('id', '=', id)
            .where('user_id', '=', userId)
            .executeTakeFirst()
          return numDeletedRows > 0n || null
        }),
      ),

    async forgetAll(userId, effectsOf) {
      const ids = await transact(effectsOf, async (trx) => {
        const rows = await trx.deleteFrom('remembered_devices').where('user_id', '=', userId).returning('id').execute()
        return rows.length === 0 ? null : rows.map(({ id }) => id)
      })
      return ids?.length ?? 0
    },

    async sweep(now, limit) {
      const due = db
        .selectFrom('remembered_devices')
        .select('id')
        .where('expires_at', '<=', at(now))
        .orderBy('expires_at')
        .limit(limit)
      const { numDeletedRows } = await db.deleteFrom('remembered_devices').where('id', 'in', due).executeTakeFirst()
      return Number(numDeletedRows)
    },
  }
}

/** Keeps the newest devices of a user: the list in `GET /factors` has an end. */
async function forgetSurplus(trx: Transaction<Database>, userId: UserId): Promise<void> {
  const kept = trx
    .selectFrom('remembered_devices')
    .select('id')
    .where('user_id', '=', userId)
    .orderBy('id', 'desc')
    .limit(MAX_DEVICES)
  await trx.deleteFrom('remembered_devices').where('user_id', '=', userId).where('id', 'not in', kept).execute()
}

function toDevice(row: Selectable<RememberedDevicesTable>): RememberedDevice {
  return {
    id: row.id,
    userId: row.user_id as UserId,
    userAgent: row.user_agent,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
  }
}
