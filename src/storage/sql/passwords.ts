import type { Kysely, Transaction } from 'kysely'
import type { PasswordHash } from '../../crypto/password-hasher.ts'
import type { UserId } from '../../kernel/ids.ts'
import type {
  FirstPassword,
  PasswordChange,
  PasswordCredential,
  PasswordReset,
  PasswordStore,
} from '../../passwords/store.ts'
import { removeUnprovenFactors } from './account-proofs.ts'
import { lockEnabledUser } from './lock-users.ts'
import { endGrantsOf } from './oauth-grants.ts'
import { endEmailChangesOf, endTokensOf, ORDERED_BY_AN_INTRUDER, useUpToken } from './one-time-tokens.ts'
import { prepareQuery, type SlotOf } from './prepared-query.ts'
import { advanceEpoch, endAllSessions, putPassword } from './replace-password.ts'
import { toUser } from './rows.ts'
import type { Database } from './schema.ts'
import type { SessionEffects } from './session-effects.ts'
import { at } from './time.ts'
import { isDone, type TransactingDatabase } from './transact.ts'

/** Creates the store of passwords in SQL. */
export function createPasswordStore({ db, reader, transact }: TransactingDatabase): PasswordStore {
  return {
    findByEmail: (email) => findCredential(reader, selectByEmail, email),

    findByUserId: (id) => findCredential(reader, selectById, id),

    async findChangedAt(id) {
      const row = await reader.selectFrom('passwords').select('changed_at').where('user_id', '=', id).executeTakeFirst()
      return row?.changed_at ?? null
    },

    addFirst: (password, effectsOf) => isDone(transact(effectsOf, (trx) => addFirstPassword(trx, password))),

    async rehash(id, oldHash, newHash) {
      await db
        .updateTable('passwords')
        .set({ hash: newHash })
        .where('user_id', '=', id)
        .where('hash', '=', oldHash)
        .execute()
    },

    reset: (reset, effectsOf) => isDone(transact(effectsOf, (trx, sessions) => resetPassword(trx, sessions, reset))),

    change: (change, effectsOf) =>
      isDone(transact(effectsOf, (trx, sessions) => changePassword(trx, sessions, change))),

    setDisabled: (userId, disabledFor, effectsOf) =>
      isDone(
        transact(effectsOf, async (trx) => {
          const { numUpdatedRows } = await trx
            .updateTable('passwords')
            .set({ disabled_for: disabledFor })
            .where('user_id', '=', userId)
            .where('disabled_for', 'is distinct from', disabledFor)
            // A password disabled for everyone must not become enabled for known devices.
            .$if(disabledFor === 'strangers', (query) => query.where('disabled_for', 'is', null))
            .executeTakeFirst()
          return numUpdatedRows > 0n || null
        }),
      ),

    forceReset: (userId, effectsOf) =>
      isDone(transact(effectsOf, (trx, sessions) => forceReset(trx, sessions, userId))),
  }
}

async function addFirstPassword(
  trx: Transaction<Database>,
  { userId, hash, setAt }: FirstPassword,
): Promise<true | null> {
  if (!(await lockEnabledUser(trx, userId))) return null
  const { numInsertedOrUpdatedRows = 0n } = await trx
    .insertInto('passwords')
    .values({ user_id: userId, hash, changed_at: at(setAt) })
    .onConflict((conflict) => conflict.column('user_id').doNothing())
    .executeTakeFirst()
  return numInsertedOrUpdatedRows > 0n || null
}

async function changePassword(
  trx: Transaction<Database>,
  sessions: SessionEffects,
  { oldHash, newHash, keep, securityEpoch, endsGrants = false }: PasswordChange,
): Promise<true | null> {
  const { userId } = keep
  sessions.evict({ kind: 'user', id: userId })
  const epoch = await advanceEpoch(trx, userId)
  const isReplaced = await replacePassword(trx, userId, { oldHash, newHash, changedAt: keep.authenticatedAt })
  // The proof may be older than an event that revoked all sessions, such as a forced reset: the change must not undo
  // it.
  if (epoch !== securityEpoch + 1 || !isReplaced || !(await sessions.rotate(keep))) return null
  // Reset links stay valid: otherwise a person who knows the password could keep its owner from ever resetting it.
  await endEmailChangesOf(trx, userId)
  if (endsGrants) await endGrantsOf(trx, userId)
  const except = { id: keep.id, tokenHash: keep.newTokenHash }
  await sessions.endAll({ userId, except, throughEpoch: epoch - 1 })
  return true
}

interface Replacement extends Pick<PasswordChange, 'oldHash' | 'newHash'> {
  readonly changedAt: number
}

async function replacePassword(
  trx: Transaction<Database>,
  userId: UserId,
  { oldHash, newHash, changedAt }: Replacement,
): Promise<boolean> {
  const values = { hash: newHash, changed_at: at(changedAt) }
  if (oldHash === null) {
    const { numInsertedOrUpdatedRows = 0n } = await trx
      .insertInto('passwords')
      .values({ user_id: userId, ...values })
      .onConflict((conflict) => conflict.column('user_id').doNothing())
      .executeTakeFirst()
    return numInsertedOrUpdatedRows > 0n
  }
  const { numUpdatedRows } = await trx
    .updateTable('passwords')
    .set({ ...values, disabled_for: null })
    .where('user_id', '=', userId)
    .where('hash', '=', oldHash)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

async function resetPassword(
  trx: Transaction<Database>,
  sessions: SessionEffects,
  { token, userId, newHash, changedAt }: PasswordReset,
): Promise<true | null> {
  sessions.evict({ kind: 'user', id: userId })
  if (!(await useUpToken(trx, token)) || !(await endAllSessions(trx, sessions, userId))) return null
  await putPassword(trx, userId, { hash: newHash, changedAt })
  await endTokensOf(trx, userId, ORDERED_BY_AN_INTRUDER)
  const verified = await trx
    .updateTable('users')
    .set({ email_verified: true })
    .where('id', '=', userId)
    .where('email', '=', token.email)
    .where('email_verified', '=', false)
    .returning('id')
    .executeTakeFirst()
  if (verified !== undefined) await removeUnprovenFactors(trx, userId)
  return true
}

async function forceReset(trx: Transaction<Database>, sessions: SessionEffects, userId: UserId): Promise<true | null> {
  sessions.evict({ kind: 'user', id: userId })
  // Locks the user before the password, as every event that revokes all sessions does, so that no two deadlock.
  const user = await trx
    .updateTable('users')
    .set((eb) => ({ security_epoch: eb('security_epoch', '+', 1) }))
    .where('id', '=', userId)
    .where(({ exists, selectFrom }) => exists(selectFrom('passwords').select('user_id').where('user_id', '=', userId)))
    .returning('security_epoch')
    .executeTakeFirst()
  if (user === undefined) return null
  await trx.updateTable('passwords').set({ disabled_for: 'everyone' }).where('user_id', '=', userId).execute()
  await endTokensOf(trx, userId, ORDERED_BY_AN_INTRUDER)
  await sessions.endAll({ userId, except: null, throughEpoch: user.security_epoch - 1 })
  return true
}

const selectByEmail = prepareCredential('email')
const selectById = prepareCredential('id')

function prepareCredential(column: 'email' | 'id') {
  return prepareQuery((db, slot: SlotOf<{ readonly value: string }>) =>
    db
      .selectFrom('users')
      .leftJoin('passwords', 'passwords.user_id', 'users.id')
      .selectAll('users')
      .select(['passwords.hash', 'passwords.disabled_for'])
      .where(`users.${column}`, '=', slot('value')),
  )
}

async function findCredential(
  db: Kysely<Database>,
  select: ReturnType<typeof prepareCredential>,
  value: string,
): Promise<PasswordCredential | null> {
  const [row] = (await select(db, { value })).rows
  if (row === undefined) return null
  return {
    user: toUser(row),
    hash: row.hash as PasswordHash | null, // written by our hasher or accepted by an import
    disabled: row.disabled_at !== null,
    disabledFor: row.disabled_for,
    securityEpoch: row.security_epoch,
  }
}
