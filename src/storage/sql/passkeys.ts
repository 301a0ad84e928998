import type { InsertObject, Selectable, Transaction } from 'kysely'
import type { AddOutcome, FoundPasskey, PasskeyInsertion, PasskeyStore } from '../../factors/passkeys/store.ts'
import type { UserId } from '../../kernel/ids.ts'
import type { Passkey } from '../../kernel/passkey.ts'
import { isUniqueViolation } from './errors.ts'
import { createPasskeyChallenges } from './passkey-challenges.ts'
import { removePasskey } from './remove-passkey.ts'
import { toUser } from './rows.ts'
import type { Database, PasskeysTable, SqlDatabase } from './schema.ts'
import { lacksMethods } from './second-factors.ts'
import { isEpochCurrent } from './security-epoch.ts'
import { at } from './time.ts'
import type { TransactingDatabase } from './transact.ts'

/** Creates the store of passkeys in SQL. */
export function createPasskeyStore(database: TransactingDatabase): PasskeyStore {
  const { db, reader, transact } = database
  return {
    ...createPasskeyChallenges(database),

    async list(userId) {
      const rows = await reader.selectFrom('passkeys').selectAll().where('user_id', '=', userId).orderBy('id').execute()
      return rows.map(toPasskey)
    },

    findByCredentialId: (credentialId) => findPasskey(reader, credentialId),

    async add(insertion, effectsOf) {
      let outcome: AddOutcome = 'stale'
      const work = transact(effectsOf, async (trx) => {
        outcome = await insertPasskey(trx, insertion)
        return outcome === 'done' ? outcome : null
      })
      try {
        await work
        return outcome
      } catch (error) {
        if (isUniqueViolation(error)) return 'exists'
        throw error
      }
    },

    async use({ id, counter, isBackedUp, usedAt }) {
      const { numUpdatedRows } = await db
        .updateTable('passkeys')
        .set({ counter, backed_up: isBackedUp, last_used_at: at(usedAt) })
        .where('id', '=', id)
        .where('counter', counter === 0 ? '=' : '<', counter)
        .executeTakeFirst()
      return numUpdatedRows > 0n
    },

    async rename({ userId, securityEpoch }, id, name) {
      const row = await transact(
        () => ({ events: [] }),
        async (trx) => {
          if (!(await isEpochCurrent(trx, userId, securityEpoch))) return null
          const renamed = await trx
            .updateTable('passkeys')
            .set({ name })
            .where('id', '=', id)
            .where('user_id', '=', userId)
            .returningAll()
            .executeTakeFirst()
          return renamed ?? null
        },
      )
      return row === null ? null : toPasskey(row)
    },

    remove: (removal, effectsOf) => removePasskey(database, removal, effectsOf),
  }
}

async function insertPasskey(
  trx: Transaction<Database>,
  { owner: { userId, securityEpoch }, passkey, max, mustLack }: PasskeyInsertion,
): Promise<AddOutcome> {
  if (!(await isEpochCurrent(trx, userId, securityEpoch))) return 'stale'
  if (!(await lacksMethods(trx, userId, mustLack))) return 'not_first'
  const others = await trx.selectFrom('passkeys').select('id').where('user_id', '=', userId).limit(max).execute()
  if (others.length >= max) return 'too_many'
  await trx.insertInto('passkeys').values(toPasskeyRow(passkey)).execute()
  return 'done'
}

async function findPasskey(reader: SqlDatabase['reader'], credentialId: string): Promise<FoundPasskey | null> {
  const row = await reader
    .selectFrom('passkeys')
    .innerJoin('users', 'users.id', 'passkeys.user_id')
    .selectAll('passkeys')
    .select([
      'users.email',
      'users.email_verified',
      'users.name as user_name',
      'users.created_at as registered_at',
      'users.disabled_at',
      'users.security_epoch',
    ])
    .where('credential_id', '=', credentialId)
    .executeTakeFirst()
  if (row === undefined) return null
  const { email, email_verified, user_name, registered_at, disabled_at, security_epoch } = row
  return {
    passkey: toPasskey(row),
    user: toUser({ id: row.user_id, email, email_verified, name: user_name, created_at: registered_at }),
    isDisabled: disabled_at !== null,
    securityEpoch: security_epoch,
  }
}

/** Returns the row of a passkey. */
export function toPasskeyRow(passkey: Passkey): InsertObject<Database, 'passkeys'> {
  const { lastUsedAt } = passkey
  return {
    id: passkey.id,
    user_id: passkey.userId,
    credential_id: passkey.credentialId,
    public_key: passkey.publicKey,
    counter: passkey.counter,
    transports: JSON.stringify(passkey.transports),
    name: passkey.name,
    syncs: passkey.syncs,
    backed_up: passkey.isBackedUp,
    aaguid: passkey.aaguid,
    created_at: at(passkey.createdAt),
    last_used_at: lastUsedAt === null ? null : at(lastUsedAt),
  }
}

/** Returns the passkey in a row that `toPasskeyRow` wrote. */
export function toPasskey(row: Selectable<PasskeysTable>): Passkey {
  return {
    id: row.id,
    userId: row.user_id as UserId,
    credentialId: row.credential_id,
    publicKey: row.public_key,
    counter: row.counter,
    transports: JSON.parse(row.transports) as string[],
    name: row.name,
    syncs: Boolean(row.syncs),
    isBackedUp: Boolean(row.backed_up),
    aaguid: row.aaguid,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
  }
}
