import { sql } from 'kysely'
import type { MailStore } from '../../mail/store.ts'
import { at } from './time.ts'
import type { TransactingDatabase } from './transact.ts'

/** Creates the outbox in SQL. */
export function createMailStore({ db, transact }: TransactingDatabase): MailStore {
  return {
    lease: (now, leaseEndsAt, limit) =>
      db.transaction().execute(async (trx) => {
        const due = await trx
          .selectFrom('mails')
          .selectAll()
          .where('next_try_at', '<=', at(now))
          .orderBy('next_try_at')
          .limit(limit)
          .forUpdate()
          .skipLocked()
          .execute()
        if (due.length === 0) return []
        await trx
          .updateTable('mails')
          .set({ next_try_at: at(leaseEndsAt), tries: sql`tries + 1` })
          .where(
            'id',
            'in',
            due.map(({ id }) => id),
          )
          .execute()
        return due.map(({ id, user_id, sealed, created_at, next_try_at, tries }) => ({
          id,
          userId: user_id,
          sealed,
          createdAt: created_at,
          tries,
          dueAt: next_try_at,
          isUrgent: next_try_at < created_at,
        }))
      }),

    async strike(id) {
      await db.deleteFrom('mails').where('id', '=', id).execute()
    },

    async postpone(id, nextTryAt) {
      await db
        .updateTable('mails')
        .set({ next_try_at: at(nextTryAt) })
        .where('id', '=', id)
        .execute()
    },

    async giveUp(id, effectsOf) {
      await transact(effectsOf, async (trx) => {
        const { numDeletedRows } = await trx.deleteFrom('mails').where('id', '=', id).executeTakeFirst()
        return numDeletedRows > 0n || null
      })
    },
  }
}
