import type { EffectsOf } from '../../kernel/effects.ts'
import type { UserId } from '../../kernel/ids.ts'
import { at } from './time.ts'
import { isDone, type TransactingDatabase } from './transact.ts'

/** What the stores of access tokens and of the grants of apps share: rows that act for a user until they are revoked. */
export interface Revocable<Id extends string> {
  /** Revokes one of the user, on every node. Returns false if it does not exist. */
  revoke(userId: UserId, id: Id, effectsOf: EffectsOf): Promise<boolean>
  /** Revokes all of the user, on every node. Returns their number. */
  revokeAll(userId: UserId, effectsOf: EffectsOf<readonly Id[]>): Promise<number>
  /** Writes last uses, unless a later one is stored. Revoked ones stay revoked. */
  writeUses(uses: readonly { readonly id: Id; readonly lastUsedAt: number }[]): Promise<void>
}

/** Creates the shared members of a store in SQL. */
export function createRevocable<Id extends string>(
  { transact, writeLightly }: TransactingDatabase,
  table: 'access_tokens' | 'oauth_grants',
): Revocable<Id> {
  return {
    revoke: (userId, id, effectsOf) =>
      isDone(
        transact(effectsOf, async (trx, sessions) => {
          sessions.evict({ kind: 'user', id: userId })
          const { numDeletedRows } = await trx
            .deleteFrom(table)
            .where('id', '=', id)
            .where('user_id', '=', userId)
            .executeTakeFirst()
          if (numDeletedRows === 0n) return null
          await sessions.userChanged(userId)
          return true
        }),
      ),

    async revokeAll(userId, effectsOf) {
      const ids = await transact(effectsOf, async (trx, sessions) => {
        sessions.evict({ kind: 'user', id: userId })
        const rows = await trx.deleteFrom(table).where('user_id', '=', userId).returning('id').execute()
        if (rows.length === 0) return null
        await sessions.userChanged(userId)
        return rows.map(({ id }) => id as Id)
      })
      return ids?.length ?? 0
    },

    async writeUses(uses) {
      await writeLightly(async (light) => {
        for (const { id, lastUsedAt } of uses) {
          await light
            .updateTable(table)
            .set({ last_used_at: at(lastUsedAt) })
            .where('id', '=', id)
            .where((eb) => eb.or([eb('last_used_at', 'is', null), eb('last_used_at', '<', at(lastUsedAt))]))
            .execute()
        }
      })
    },
  }
}
