import type { SigningKeyStore } from '../../signing-keys/store.ts'
import { at } from './time.ts'
import type { TransactingDatabase } from './transact.ts'

/** Creates the store of key generations in SQL. */
export function createSigningKeyStore({ reader, transact }: TransactingDatabase): SigningKeyStore {
  return {
    async list() {
      const rows = await reader
        .selectFrom('signing_keys')
        .selectAll()
        .orderBy('created_at', 'desc')
        .orderBy('salt') // two rotations at the same moment have the same order on all nodes
        .execute()
      return rows.map(({ salt, created_at }) => ({ salt, createdAt: created_at }))
    },

    async add(generation, effectsOf) {
      const added = await transact(effectsOf, async (trx) => {
        const newest = await trx
          .selectFrom('signing_keys')
          .select('created_at')
          .orderBy('created_at', 'desc')
          .limit(1)
          .executeTakeFirst()
        const createdAt = Math.max(generation.createdAt, (newest?.created_at ?? 0) + 1)
        await trx
          .insertInto('signing_keys')
          .values({ salt: generation.salt, created_at: at(createdAt) })
          .execute()
        return { ...generation, createdAt }
      })
      return added ?? generation // the work never returns null
    },
  }
}
