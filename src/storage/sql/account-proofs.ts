import type { Transaction } from 'kysely'
import type { FirstProofs } from '../../kernel/first-proofs.ts'
import type { UserId } from '../../kernel/ids.ts'
import type { Database } from './schema.ts'

/** The tables of everything that opens an account, besides sessions and access tokens, which `endAll` ends. */
const PROOFS = [
  'passwords',
  'passkeys',
  'totp',
  'recovery_codes',
  'remembered_devices',
  'factor_removals',
  'identities',
  'one_time_tokens',
] as const

/** Removes everything that opens an account, except sessions and access tokens. */
export async function removeProofs(trx: Transaction<Database>, userId: UserId): Promise<void> {
  for (const table of PROOFS) await trx.deleteFrom(table).where('user_id', '=', userId).execute()
}

/**
 * Removes the identities of an account whose address is proven for the first time, except those whose provider verified the
 * same address: the person who registered the account may not be the owner of the address (account pre-hijacking).
 */
export async function removeUnprovenIdentities(trx: Transaction<Database>, userId: UserId): Promise<void> {
  const user = await trx.selectFrom('users').select('email').where('id', '=', userId).executeTakeFirst()
  if (user === undefined) return
  await trx
    .deleteFrom('identities')
    .where('user_id', '=', userId)
    .where((eb) => eb.or([eb('email_verified', '=', false), eb('email', 'is distinct from', user.email)]))
    .execute()
}

/**
 * Returns true if the user can still log in: with a password, or in one of these ways. Call it after the removal of a proof, in its
 * transaction, with the user locked.
 */
export async function canLogIn(
  trx: Transaction<Database>,
  userId: UserId,
  { passkeys, emailLogin, providers }: FirstProofs,
): Promise<boolean> {
  if (emailLogin) return true
  const password = await trx.selectFrom('passwords').select('user_id').where('user_id', '=', userId).executeTakeFirst()
  if (password !== undefined) return true
  const passkey = passkeys
    ? await trx.selectFrom('passkeys').select('id').where('user_id', '=', userId).executeTakeFirst()
    : undefined
  if (passkey !== undefined) return true
  if (providers.length === 0) return false
  const identity = await trx
    .selectFrom('identities')
    .select('id')
    .where('user_id', '=', userId)
    .where('provider', 'in', providers)
    .executeTakeFirst()
  return identity !== undefined
}
