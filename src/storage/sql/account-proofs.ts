import type { Transaction } from 'kysely'
import type { FirstProofs } from '../../kernel/first-proofs.ts'
import type { UserId } from '../../kernel/ids.ts'
import type { Database } from './schema.ts'
import { endFactorCompanions } from './second-factors.ts'
import { at } from './time.ts'

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

/** Proofs besides the password and its tokens. */
const FACTORS = ['passkeys', 'totp', 'recovery_codes', 'remembered_devices', 'identities'] as const

/**
 * Removes every factor and identity of an account whose address is proven for the first time, from elsewhere: the person who set
 * them up may not be the owner of the address (account pre-hijacking, CWE-1390).
 */
export async function removeUnprovenFactors(trx: Transaction<Database>, userId: UserId): Promise<void> {
  for (const table of FACTORS) await trx.deleteFrom(table).where('user_id', '=', userId).execute()
}

/**
 * Removes the factors and identities that were set up at or after a time.
 * @param since milliseconds since 1970 UTC.
 */
export async function removeFactorsSince(trx: Transaction<Database>, userId: UserId, since: number): Promise<void> {
  for (const table of FACTORS) {
    await trx.deleteFrom(table).where('user_id', '=', userId).where('created_at', '>=', at(since)).execute()
  }
  await endFactorCompanions(trx, userId)
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
