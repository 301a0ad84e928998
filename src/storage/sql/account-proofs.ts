import type { Transaction } from 'kysely'
import type { UserId } from '../../kernel/ids.ts'
import type { Database } from './schema.ts'

/** The tables of everything that opens an account, besides sessions and access tokens, which `endAll` ends. */
const PROOFS = ['passwords', 'passkeys', 'totp', 'recovery_codes', 'remembered_devices', 'one_time_tokens'] as const

/** Removes everything that opens an account, except sessions and access tokens. */
export async function removeProofs(trx: Transaction<Database>, userId: UserId): Promise<void> {
  for (const table of PROOFS) await trx.deleteFrom(table).where('user_id', '=', userId).execute()
}
