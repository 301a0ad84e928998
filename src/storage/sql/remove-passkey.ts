import type { Transaction } from 'kysely'
import type { PasskeyRemoval, RemoveOutcome } from '../../factors/passkeys/store.ts'
import type { EffectsOf } from '../../kernel/effects.ts'
import { canLogIn } from './account-proofs.ts'
import type { Database } from './schema.ts'
import { endFactorCompanions } from './second-factors.ts'
import { isEpochCurrent } from './security-epoch.ts'
import type { TransactingDatabase } from './transact.ts'

/** Removes a passkey. The lock on the user's row orders removals, so two of them do not remove the last two passkeys. */
export async function removePasskey(
  { transact }: TransactingDatabase,
  removal: PasskeyRemoval,
  effectsOf: EffectsOf,
): Promise<RemoveOutcome> {
  let refused: RemoveOutcome = 'stale'
  const done = await transact(effectsOf, async (trx) => {
    refused = await removeOne(trx, removal)
    return refused === 'done' || null
  })
  return done === null ? refused : 'done'
}

async function removeOne(
  trx: Transaction<Database>,
  { id, owner: { userId, securityEpoch }, proofs }: PasskeyRemoval,
): Promise<RemoveOutcome> {
  if (!(await isEpochCurrent(trx, userId, securityEpoch))) return 'stale'
  const { numDeletedRows } = await trx
    .deleteFrom('passkeys')
    .where('id', '=', id)
    .where('user_id', '=', userId)
    .executeTakeFirst()
  if (numDeletedRows === 0n) return 'not_found'
  if (!(await canLogIn(trx, userId, proofs))) return 'last_credential'
  await endFactorCompanions(trx, userId)
  return 'done'
}
