import { sql } from 'kysely'
import type { OpenOptions, Stores } from '../storage.ts'
import { createAccessTokenStore } from './access-tokens.ts'
import { createAuditStore } from './audit.ts'
import { createCounterStore } from './counters.ts'
import { createMailStore } from './mails.ts'
import { createOneTimeTokenStore } from './one-time-tokens.ts'
import { createPasswordStore } from './passwords.ts'
import type { SqlDatabase } from './schema.ts'
import { createSessionOrders, orderSessionEffects } from './session-orders.ts'
import { createSessionEffects, createSessionStore } from './sessions.ts'
import { createTransactingDatabase } from './transact.ts'
import { createUserStore } from './users.ts'

/** All stores over one database; with a session storage, sessions are kept there and everything else here. */
export async function openSqlStores(database: SqlDatabase, options: OpenOptions): Promise<Stores> {
  const { sessions, onStatement } = options
  const telling = createTransactingDatabase(database, options.onEffects ?? (() => undefined))
  const effects = sessions === undefined ? createSessionEffects(database) : orderSessionEffects
  const stores: Stores = {
    users: createUserStore(telling, effects),
    passwords: createPasswordStore(telling, effects),
    sessions: createSessionStore(telling),
    audit: createAuditStore(telling),
    oneTimeTokens: createOneTimeTokenStore(telling),
    accessTokens: createAccessTokenStore(telling, effects),
    mails: createMailStore(telling),
    counters: createCounterStore(database),
    async ping() {
      await sql`SELECT 1`.execute(database.reader)
    },
    checkIntegrity: database.checkIntegrity,
    close: database.close,
  }
  return sessions === undefined ? stores : sessions.open(stores, createSessionOrders(database.db), onStatement)
}
