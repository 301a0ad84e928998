import type { Transaction } from 'kysely'
import type { NewUser, StoredAccount, UserStore } from '../../accounts/store.ts'
import type { EmailAddress } from '../../kernel/email-address.ts'
import type { UserId } from '../../kernel/ids.ts'
import type { User } from '../../kernel/principal.ts'
import { deleteUser, eraseDeletedUsers } from './delete-user.ts'
import { createEmailProofs } from './email-proofs.ts'
import { isUniqueViolation } from './errors.ts'
import { listMovedUsers } from './export-users.ts'
import { insertIdentity } from './identities.ts'
import { insertMovedUsers } from './import-users.ts'
import {
  AddressReserved,
  endTokensOf,
  findReservedEmails,
  insertOneTimeToken,
  ORDERED_BY_AN_INTRUDER,
  selectReservations,
  toOneTimeToken,
  useUpToken,
} from './one-time-tokens.ts'
import { toPasskeyRow } from './passkeys.ts'
import { toUser, toUserRecord, toUserRow } from './rows.ts'
import type { Database, SqlDatabase } from './schema.ts'
import type { SessionEffects } from './session-effects.ts'
import { at } from './time.ts'
import { isDone, type TransactingDatabase } from './transact.ts'

/** Creates the store of users in SQL. */
export function createUserStore(database: TransactingDatabase): UserStore {
  const { reader, transact } = database
  return {
    ...createEmailProofs(database),

    async create(newUser, effectsOf) {
      try {
        const created = await transact(effectsOf, (trx, sessions) => insertUser(trx, sessions, newUser))
        return created === null ? 'invitation_used' : 'created'
      } catch (error) {
        if (isUniqueViolation(error) || error instanceof AddressReserved) return 'email_taken'
        throw error
      }
    },

    async importMany(users, now, effectsOf) {
      return (await transact(effectsOf, (trx) => insertMovedUsers(trx, users, now))) ?? []
    },

    listMoved: (page) => listMovedUsers(reader, page),

    async findTaken(emails, now) {
      const rows = await reader.selectFrom('users').select('email').where('email', 'in', emails).execute()
      const owned = rows.map(({ email }) => email as EmailAddress) // it was checked before it was stored
      return [...owned, ...(await findReservedEmails(reader, emails, now))]
    },

    describe: (id) => describeUser(reader, id),

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
        .$if(after !== null, (query) => query.where('id', '>', after as UserId))
        .orderBy('id')
        .limit(limit)
        .execute()
      return rows.map(toUserRecord)
    },

    rename: (id, name, effectsOf) =>
      transact(effectsOf, async (trx, sessions) => {
        sessions.evict({ kind: 'user', id })
        const row = await trx.updateTable('users').set({ name }).where('id', '=', id).returningAll().executeTakeFirst()
        if (row === undefined) return null
        await sessions.userChanged(id)
        return toUser(row)
      }),

    disable: (id, disabledAt, effectsOf) =>
      isDone(transact(effectsOf, (trx, sessions) => disableUser(trx, sessions, { id, disabledAt }))),

    enable: (id, effectsOf) => isDone(transact(effectsOf, (trx) => enableUser(trx, id))),

    delete: (id, effectsOf) => deleteUser(database, id, effectsOf),

    eraseDeleted: () => eraseDeletedUsers(database),
  }
}

/** Inserts a user; returns null if another request used up the invitation. */
async function insertUser(
  trx: Transaction<Database>,
  sessions: SessionEffects,
  { user, passwordHash, passkey, identity, firstSession, replaces, verification, invitation }: NewUser,
): Promise<true | null> {
  if (invitation !== undefined && !(await useUpToken(trx, invitation))) return null
  await insertUserRow(trx, user)
  const changed_at = at(user.createdAt)
  if (passwordHash !== null) {
    await trx.insertInto('passwords').values({ user_id: user.id, hash: passwordHash, changed_at }).execute()
  }
  if (passkey !== undefined) await trx.insertInto('passkeys').values(toPasskeyRow(passkey)).execute()
  if (identity !== undefined) await insertIdentity(trx, user.id, identity)
  if (verification !== undefined) await insertOneTimeToken(trx, verification)
  await sessions.startFirst(firstSession, replaces)
  return true
}

/** Throws AddressReserved if another user can still undo a change away from the email address. */
async function insertUserRow(trx: Transaction<Database>, user: User): Promise<void> {
  const row = toUserRow(user)
  const columns = Object.keys(row) as (keyof typeof row)[] // `toUserRow` has no others
  const { numInsertedOrUpdatedRows = 0n } = await trx
    .insertInto('users')
    .columns(columns)
    .expression(
      trx
        .selectNoFrom((eb) => columns.map((column) => eb.val(row[column]).as(column)))
        .where(({ not, exists }) => not(exists(selectReservations(trx, user, user.createdAt)))),
    )
    .executeTakeFirst()
  if (numInsertedOrUpdatedRows === 0n) throw new AddressReserved()
}

async function describeUser(reader: SqlDatabase['reader'], id: UserId): Promise<StoredAccount | null> {
  const row = await reader
    .selectFrom('users')
    .leftJoin('passwords', 'passwords.user_id', 'users.id')
    .selectAll('users')
    .select('passwords.changed_at')
    .where('users.id', '=', id)
    .executeTakeFirst()
  if (row === undefined) return null
  const tokens = await reader.selectFrom('one_time_tokens').selectAll().where('user_id', '=', id).execute()
  const mails = await reader.selectFrom('mails').select('id').where('user_id', '=', id).execute()
  return {
    user: toUserRecord(row),
    passwordChangedAt: row.changed_at,
    oneTimeTokens: tokens.map(toOneTimeToken).map(({ tokenHash: _, ...token }) => token),
    mailsWaiting: mails.length,
  }
}

async function disableUser(
  trx: Transaction<Database>,
  sessions: SessionEffects,
  { id, disabledAt }: { readonly id: UserId; readonly disabledAt: number },
): Promise<true | null> {
  sessions.evict({ kind: 'user', id })
  const row = await trx
    .updateTable('users')
    .set((eb) => ({ disabled_at: at(disabledAt), security_epoch: eb('security_epoch', '+', 1) }))
    .where('id', '=', id)
    .where('disabled_at', 'is', null)
    .returning('security_epoch')
    .executeTakeFirst()
  if (row === undefined) return null
  await endTokensOf(trx, id, ORDERED_BY_AN_INTRUDER)
  await sessions.endAll({ userId: id, except: null, throughEpoch: row.security_epoch - 1 })
  return true
}

async function enableUser(trx: Transaction<Database>, id: UserId): Promise<true | null> {
  const { numUpdatedRows } = await trx
    .updateTable('users')
    .set({ disabled_at: null })
    .where('id', '=', id)
    .where('disabled_at', 'is not', null)
    .executeTakeFirst()
  return numUpdatedRows > 0n ? true : null
}
