import type { InsertObject, Transaction } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import type { MovedUser } from '../../accounts/store.ts'
import type { UserId } from '../../kernel/ids.ts'
import { findReservedEmails } from './one-time-tokens.ts'
import { toPasskeyRow } from './passkeys.ts'
import { toUserRow } from './rows.ts'
import type { Database } from './schema.ts'
import { at } from './time.ts'

/**
 * Inserts users, and with one statement each their passwords and factors. Skips users whose id or email address is taken,
 * or whose address is reserved for a user who may still undo a change of address.
 * @returns the ids of the inserted users, or null if there are none.
 */
export async function insertMovedUsers(
  trx: Transaction<Database>,
  users: readonly MovedUser[],
  now: number,
): Promise<readonly UserId[] | null> {
  const emails = users.map(({ user }) => user.email)
  const reserved = new Set(await findReservedEmails(trx, emails, now))
  const free = users.filter(({ user }) => !reserved.has(user.email))
  if (free.length === 0) return null
  const stored = await trx
    .insertInto('users')
    .values(inOrderOfEmail(free).map(toMovedRow))
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .execute()
  if (stored.length === 0) return null
  const ids = new Set(stored.map(({ id }) => id))
  const inserted = users.filter(({ user }) => ids.has(user.id))
  await insertCredentials(trx, inserted)
  return inserted.map(({ user }) => user.id)
}

async function insertCredentials(trx: Transaction<Database>, users: readonly MovedUser[]): Promise<void> {
  const passwords = users.flatMap(toPasswordRows)
  const secrets = users.flatMap(toTotpRows)
  const codes = users.flatMap(toRecoveryCodeRows)
  if (passwords.length > 0) await trx.insertInto('passwords').values(passwords).execute()
  if (secrets.length > 0) await trx.insertInto('totp').values(secrets).execute()
  if (codes.length > 0) await trx.insertInto('recovery_codes').values(codes).execute()
  const passkeys = users.flatMap(toPasskeyRows)
  if (passkeys.length > 0) {
    await trx
      .insertInto('passkeys')
      .values(passkeys)
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  }
  const identities = users.flatMap(toIdentityRows)
  if (identities.length > 0) {
    await trx
      .insertInto('identities')
      .values(identities)
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  }
}

function toPasswordRows({ user, passwordHash, ...rest }: MovedUser): InsertObject<Database, 'passwords'>[] {
  if (passwordHash === null) return []
  const changedAt = at(rest.passwordChangedAt ?? user.createdAt)
  return [
    { user_id: user.id, hash: passwordHash, changed_at: changedAt, disabled_for: rest.passwordDisabledFor ?? null },
  ]
}

function toTotpRows({ user, totp }: MovedUser): InsertObject<Database, 'totp'>[] {
  if (totp == null) return []
  const { sealedSecret, createdAt, confirmedAt, lastStep, lastUsedAt } = totp
  return [
    {
      user_id: user.id,
      sealed_secret: sealedSecret,
      created_at: at(createdAt),
      confirmed_at: at(confirmedAt),
      last_step: lastStep,
      last_used_at: lastUsedAt === null ? null : at(lastUsedAt),
    },
  ]
}

function toRecoveryCodeRows({ user, recoveryCodes }: MovedUser): InsertObject<Database, 'recovery_codes'>[] {
  if (recoveryCodes == null) return []
  const { hashes, createdAt } = recoveryCodes
  return hashes.map((hash) => ({ user_id: user.id, code_hash: hash, created_at: at(createdAt) }))
}

function toPasskeyRows({ user, passkeys = [] }: MovedUser): InsertObject<Database, 'passkeys'>[] {
  return passkeys.map((passkey) => toPasskeyRow({ ...passkey, userId: user.id }))
}

function toIdentityRows({ user, identities = [] }: MovedUser): InsertObject<Database, 'identities'>[] {
  return identities.map(({ emailVerified, createdAt, ...rest }) => ({
    ...rest,
    id: uuidv7({ msecs: createdAt }),
    user_id: user.id,
    email_verified: emailVerified,
    created_at: at(createdAt),
    last_used_at: null,
  }))
}

/** Two concurrent imports of the same addresses lock them in the same order, so that they cannot deadlock. */
function inOrderOfEmail(users: readonly MovedUser[]): MovedUser[] {
  return users.toSorted((left, right) => (left.user.email < right.user.email ? -1 : 1))
}

function toMovedRow({ user }: MovedUser): ReturnType<typeof toUserRow> {
  return { ...toUserRow(user), disabled_at: user.disabledAt === null ? null : at(user.disabledAt) }
}
