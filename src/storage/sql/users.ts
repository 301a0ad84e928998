import type { UserStore } from '../../accounts/store.ts'
import { noteUserChange } from './changes.ts'
import { toSessionRow, toUser, toUserRecord, toUserRow } from './rows.ts'
import type { Connections } from './schema.ts'
import { endSessions } from './sessions.ts'
import { isUniqueViolation } from './sqlite-database.ts'

/** Users in SQL. */
export function createUserStore({ db, reader }: Connections): UserStore {
  return {
    async create({ user, passwordHash, firstSession, replaces }) {
      try {
        await db.transaction().execute(async (trx) => {
          await trx.insertInto('users').values(toUserRow(user)).execute()
          const { id: user_id, createdAt: changed_at } = user
          await trx.insertInto('passwords').values({ user_id, hash: passwordHash, changed_at }).execute()
          if (firstSession !== null) await trx.insertInto('sessions').values(toSessionRow(firstSession)).execute()
          await endSessions(trx, replaces === null ? [] : [replaces])
        })
        return true
      } catch (error) {
        if (isUniqueViolation(error)) return false
        throw error
      }
    },

    async findById(id) {
      const row = await reader.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirst()
      return row === undefined ? null : toUserRecord(row)
    },

    async findByEmail(email) {
      const row = await reader.selectFrom('users').selectAll().where('email', '=', email).executeTakeFirst()
      return row === undefined ? null : toUserRecord(row)
    },

    async list({ after, limit }) {
      const rows = await reader
        .selectFrom('users')
        .selectAll()
        .where('id', '>', after ?? '')
        .orderBy('id')
        .limit(limit)
        .execute()
      return rows.map(toUserRecord)
    },

    rename: (id, name) =>
      db.transaction().execute(async (trx) => {
        const row = await trx.updateTable('users').set({ name }).where('id', '=', id).returningAll().executeTakeFirst()
        if (row === undefined) return null
        await noteUserChange(trx, id)
        return toUser(row)
      }),

    disable: (id, disabledAt) =>
      db.transaction().execute(async (trx) => {
        const { numUpdatedRows } = await trx
          .updateTable('users')
          .set((eb) => ({ disabled_at: disabledAt, security_epoch: eb('security_epoch', '+', 1) }))
          .where('id', '=', id)
          .where('disabled_at', 'is', null)
          .executeTakeFirst()
        if (numUpdatedRows === 0n) return false
        await trx.deleteFrom('sessions').where('user_id', '=', id).execute()
        await noteUserChange(trx, id)
        return true
      }),

    async enable(id) {
      const { numUpdatedRows } = await db
        .updateTable('users')
        .set({ disabled_at: null })
        .where('id', '=', id)
        .where('disabled_at', 'is not', null)
        .executeTakeFirst()
      return numUpdatedRows > 0n
    },

    delete: (id) =>
      db.transaction().execute(async (trx) => {
        const { numDeletedRows } = await trx.deleteFrom('users').where('id', '=', id).executeTakeFirst()
        if (numDeletedRows === 0n) return false
        await noteUserChange(trx, id)
        return true
      }),
  }
}
