import { sql } from 'kysely'
import type { OpenOptions, Stores } from '../storage.ts'
import { createPasswordStore } from './passwords.ts'
import type { SqlDatabase } from './schema.ts'
import { createSessionOrders, orderSessionEffects } from './session-orders.ts'
import { createSessionEffects, createSessionStore } from './sessions.ts'
import { createUserStore } from './users.ts'

/** All stores over one database; with a session storage, sessions are kept there and everything else here. */
export async function openSqlStores(database: SqlDatabase, { sessions, onStatement }: OpenOptions): Promise<Stores> {
  const effects = sessions === undefined ? createSessionEffects(database) : orderSessionEffects
  const stores: Stores = {
    users: createUserStore(database, effects),
    passwords: createPasswordStore(database, effects),
    sessions: createSessionStore(database),
    async ping() {
      await sql`SELECT 1`.execute(database.reader)
    },
    checkIntegrity: database.checkIntegrity,
    close: database.close,
  }
  return sessions === undefined ? stores : sessions.open(stores, createSessionOrders(database.db), onStatement)
}
