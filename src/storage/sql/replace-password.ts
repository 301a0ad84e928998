import type { Transaction } from 'kysely'
import type { PasswordHash } from '../../crypto/password-hasher.ts'
import type { UserId } from '../../kernel/ids.ts'
import type { Database } from './schema.ts'
import type { SessionEffects } from './session-effects.ts'
import { at } from './time.ts'

/**
 * Increments the user's security epoch, so that logins in progress start no session. Returns null if the user is
 * deleted or disabled.
 */
export async function advanceEpoch(trx: Transaction<Database>, userId: UserId): Promise<number | null> {
  const row = await trx
    .updateTable('users')
    .set((eb) => ({ security_epoch: eb('security_epoch', '+', 1) }))
    .where('id', '=', userId)
    .where('disabled_at', 'is', null)
    .returning('security_epoch')
    .executeTakeFirst()
  return row?.security_epoch ?? null
}

/** Revokes all sessions of the user, and an enrolment that one of them began. Returns false and changes nothing if the user is deleted or disabled. */
export async function endAllSessions(
  trx: Transaction<Database>,
  sessions: SessionEffects,
  userId: UserId,
): Promise<boolean> {
  const epoch = await advanceEpoch(trx, userId)
  if (epoch === null) return false
  await trx.deleteFrom('totp').where('user_id', '=', userId).where('confirmed_at', 'is', null).execute()
  await sessions.endAll({ userId, except: null, throughEpoch: epoch - 1 })
  return true
}

/** Stores a working password in place of the previous one, if any. */
export async function putPassword(
  trx: Transaction<Database>,
  userId: UserId,
  { hash, changedAt }: { readonly hash: PasswordHash; readonly changedAt: number },
): Promise<void> {
  const values = { hash, changed_at: at(changedAt), disabled_for: null }
  await trx
    .insertInto('passwords')
    .values({ user_id: userId, ...values })
    .onConflict((conflict) => conflict.column('user_id').doUpdateSet(values))
    .execute()
}
