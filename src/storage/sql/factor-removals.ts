import { type Kysely, type Selectable, sql, type Transaction } from 'kysely'
import type {
  FactorRemoval,
  FactorRemovalStore,
  NewFactorRemoval,
  RemovableFactor,
  RemovalKey,
} from '../../factors/recovery/store.ts'
import type { UserId } from '../../kernel/ids.ts'
import { lockUser } from './lock-users.ts'
import type { Database, FactorRemovalsTable } from './schema.ts'
import { endFactorCompanions, hasSecondFactor } from './second-factors.ts'
import { isEpochCurrent } from './security-epoch.ts'
import { at } from './time.ts'
import { isDone, type TransactingDatabase } from './transact.ts'

/** Tables with the rows of a factor. */
const TABLES = {
  totp: ['totp'],
  passkey: ['passkeys'],
  recovery_code: ['recovery_codes'],
  all: ['totp', 'passkeys'],
} as const

/** Creates the store of removals of factors in SQL. */
export function createFactorRemovalStore({ db, reader, transact }: TransactingDatabase): FactorRemovalStore {
  return {
    request: (removal, effectsOf) => isDone(transact(effectsOf, (trx) => insertRemoval(trx, removal))),

    list: (userId, now) => findAlive(reader, userId, now),

    cancel: (userId, now, effectsOf) =>
      isDone(
        transact(effectsOf, async (trx) => {
          await lockUser(trx, userId)
          if ((await findAlive(trx, userId, now)).length === 0) return null
          await trx.deleteFrom('factor_removals').where('user_id', '=', userId).execute()
          return true
        }),
      ),

    async carryOut(key, now, effectsOf) {
      const done = await transact(effectsOf, async (trx) => {
        await lockUser(trx, key.userId)
        const alive = await findAlive(trx, key.userId, now)
        const isDue = alive.some(({ method, availableAt }) => method === key.method && availableAt <= now)
        return isDue ? removeFactors(trx, key) : null
      })
      return done !== null
    },

    removeNow: (key, effectsOf) =>
      isDone(
        transact(effectsOf, async (trx) => {
          await lockUser(trx, key.userId)
          return (await removeFactors(trx, key)) || null
        }),
      ),

    async listDue(now, limit) {
      const rows = await reader
        .selectFrom('factor_removals')
        .select(['user_id', 'method'])
        .where('security_epoch', 'is', null)
        .where('available_at', '<=', at(now))
        .orderBy('available_at')
        .limit(limit)
        .execute()
      return rows.map(toKey)
    },

    async sweep(now, limit) {
      const due = db
        .selectFrom('factor_removals')
        .select('user_id')
        .where('expires_at', '<=', at(now))
        .orderBy('expires_at')
        .limit(limit)
      const { numDeletedRows } = await db
        .deleteFrom('factor_removals')
        .where('method', '=', 'all') // only these expire
        .where('user_id', 'in', due)
        .executeTakeFirst()
      return Number(numDeletedRows)
    },
  }
}

async function insertRemoval(trx: Transaction<Database>, removal: NewFactorRemoval): Promise<true | null> {
  const { userId, method, securityEpoch, requestedAt, availableAt, expiresAt } = removal
  await lockUser(trx, userId)
  if (securityEpoch !== null && !(await isEpochCurrent(trx, userId, securityEpoch))) return null
  if (!(await hasFactor(trx, removal))) return null
  const alive = await findAlive(trx, userId, requestedAt)
  if (alive.some((each) => each.method === method)) return null
  const values = {
    security_epoch: securityEpoch,
    requested_at: at(requestedAt),
    available_at: at(availableAt),
    expires_at: expiresAt === null ? null : at(expiresAt),
  }
  await trx
    .insertInto('factor_removals')
    .values({ user_id: userId, method, ...values })
    .onConflict((conflict) => conflict.columns(['user_id', 'method']).doUpdateSet(values)) // one that is void
    .execute()
  return true
}

async function hasFactor(trx: Transaction<Database>, { userId, method }: RemovalKey): Promise<boolean> {
  if (method === 'all') return hasSecondFactor(trx, userId)
  const [table] = TABLES[method]
  const row = await trx
    .selectFrom(table)
    .select('user_id')
    .where('user_id', '=', userId)
    .$if(method === 'totp', (query) => query.where(sql<boolean>`confirmed_at IS NOT NULL`))
    .executeTakeFirst()
  return row !== undefined
}

/** Deletes the removal and the factors. Returns true if the user had such a factor. */
async function removeFactors(trx: Transaction<Database>, { userId, method }: RemovalKey): Promise<boolean> {
  const hadFactor = await hasFactor(trx, { userId, method })
  await trx
    .deleteFrom('factor_removals')
    .where('user_id', '=', userId)
    .$if(method !== 'all', (query) => query.where('method', '=', method))
    .execute()
  for (const table of TABLES[method]) await trx.deleteFrom(table).where('user_id', '=', userId).execute()
  if (method !== 'recovery_code') await endFactorCompanions(trx, userId)
  return hadFactor
}

/** Returns the removals of a user that are not void. */
async function findAlive(db: Kysely<Database>, userId: UserId, now: number): Promise<FactorRemoval[]> {
  const rows = await db
    .selectFrom('factor_removals')
    .innerJoin('users', 'users.id', 'factor_removals.user_id')
    .selectAll('factor_removals')
    .where('factor_removals.user_id', '=', userId)
    .where((eb) =>
      eb.or([
        eb('factor_removals.security_epoch', 'is', null),
        eb.and([
          eb('factor_removals.security_epoch', '=', eb.ref('users.security_epoch')),
          eb('factor_removals.expires_at', '>', at(now)),
          eb.not(
            eb.exists(
              eb
                .selectFrom('totp')
                .select('totp.user_id')
                .whereRef('totp.user_id', '=', 'factor_removals.user_id')
                .whereRef('totp.last_used_at', '>', 'factor_removals.requested_at'), // confirming it is a use
            ),
          ),
          eb.not(
            eb.exists(
              eb
                .selectFrom('passkeys')
                .select('passkeys.id')
                .whereRef('passkeys.user_id', '=', 'factor_removals.user_id')
                .where((used) =>
                  used.or([
                    used('passkeys.created_at', '>', used.ref('factor_removals.requested_at')),
                    used('passkeys.last_used_at', '>', used.ref('factor_removals.requested_at')),
                  ]),
                ),
            ),
          ),
        ]),
      ]),
    )
    .orderBy('available_at')
    .execute()
  return rows.map(toRemoval)
}

function toKey({ user_id, method }: Pick<Selectable<FactorRemovalsTable>, 'user_id' | 'method'>): RemovalKey {
  return { userId: user_id as UserId, method: method as RemovableFactor | 'all' } // `request` wrote it
}

function toRemoval(row: Selectable<FactorRemovalsTable>): FactorRemoval {
  return { ...toKey(row), requestedAt: row.requested_at, availableAt: row.available_at }
}
