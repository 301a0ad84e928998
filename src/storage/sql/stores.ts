import { sql } from 'kysely'
import type { OpenOptions, OpenSessionStorage, Stores } from '../storage.ts'
import { createAccessTokenStore } from './access-tokens.ts'
import { createAuditStore } from './audit.ts'
import { createCounterStore } from './counters.ts'
import { createDirectSessionEffects } from './direct-session-effects.ts'
import { createFactorRemovalStore } from './factor-removals.ts'
import { createIdentityStore } from './identities.ts'
import { createLoginAttemptStore } from './login-attempts.ts'
import { createMailStore } from './mails.ts'
import { createOAuthClientStore } from './oauth-clients.ts'
import { createOAuthGrantStore } from './oauth-grants.ts'
import { createOAuthLoginStore } from './oauth-logins.ts'
import { createOAuthTokenStore } from './oauth-tokens.ts'
import { createOneTimeTokenStore } from './one-time-tokens.ts'
import { createPasskeyStore } from './passkeys.ts'
import { createPasswordStore } from './passwords.ts'
import { createRecoveryCodeStore } from './recovery-codes.ts'
import { createRememberedDeviceStore } from './remembered-devices.ts'
import type { SqlDatabase } from './schema.ts'
import { createEnrolmentStore } from './second-factors.ts'
import { createSessionOrders, orderSessionEffects } from './session-orders.ts'
import { createSessionStore } from './sessions.ts'
import { createSigningKeyStore } from './signing-keys.ts'
import { createTotpStore } from './totp.ts'
import { createTransactingDatabase, type TransactingDatabase } from './transact.ts'
import { createUserStore } from './users.ts'

/** Opens all stores on one database. With a session storage, sessions are kept there and everything else here. */
export async function openSqlStores(database: SqlDatabase, options: OpenOptions): Promise<Stores> {
  const { sessions, onStatement, onEffects = ignore, onChanges = ignore, onError = ignore } = options
  let elsewhere: OpenSessionStorage | null = null
  const transacting = createTransactingDatabase(database, {
    bindSessions: sessions === undefined ? createDirectSessionEffects(database) : orderSessionEffects,
    onEffects,
    async afterCommit(changes) {
      try {
        for (const change of changes) if (change.kind === 'user') await elsewhere?.carryOut(change.id)
      } finally {
        onChanges(changes) // also if the orders failed: the database has committed
      }
    },
    onFailure: onChanges,
  })
  const stores = createSqlStores(transacting, sessions === undefined)
  if (sessions === undefined) return stores
  const orders = createSessionOrders(transacting)
  elsewhere = await sessions.open({ stores, orders, onStatement, onChanges, onError })
  return elsewhere.stores
}

function createSqlStores(database: TransactingDatabase, hasSessions: boolean): Stores {
  return {
    users: createUserStore(database),
    passwords: createPasswordStore(database),
    sessions: createSessionStore(database),
    audit: createAuditStore(database),
    oneTimeTokens: createOneTimeTokenStore(database),
    accessTokens: createAccessTokenStore(database),
    mails: createMailStore(database),
    loginAttempts: createLoginAttemptStore(database),
    identities: createIdentityStore(database),
    enrolments: createEnrolmentStore(database),
    totp: createTotpStore(database),
    recoveryCodes: createRecoveryCodeStore(database),
    rememberedDevices: createRememberedDeviceStore(database),
    passkeys: createPasskeyStore(database),
    factorRemovals: createFactorRemovalStore(database),
    oauthClients: createOAuthClientStore(database),
    oauthGrants: createOAuthGrantStore(database),
    oauthTokens: createOAuthTokenStore(database, hasSessions),
    oauthLogins: createOAuthLoginStore(database),
    signingKeys: createSigningKeyStore(database),
    counters: createCounterStore(database),
    async ping() {
      // Changes no row, but needs a database that accepts writes.
      await database.db.updateTable('sessions').set({ ip: null }).where(sql<boolean>`1 = 0`).execute()
      await database.requirePrivileges()
      await database.flush()
    },
    checkIntegrity: database.checkIntegrity,
    close: database.close,
  }
}

function ignore(): void {}
