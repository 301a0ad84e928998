import type { Transaction } from 'kysely'
import type { RemoveOutcome } from '../../factors/passkeys/store.ts'
import type { DeviceOwner } from '../../kernel/device-owner.ts'
import type { EffectsOf } from '../../kernel/effects.ts'
import type { UserId } from '../../kernel/ids.ts'
import type { Database } from './schema.ts'
import { endFactorCompanions, hasOtherProof } from './second-factors.ts'
import { isEpochCurrent } from './security-epoch.ts'
import type { TransactingDatabase } from './transact.ts'

/** A passkey to remove, and its user. */
interface Removal {
  readonly owner: DeviceOwner
  readonly id: string
}

/** Removes a passkey. The lock on the user's row orders removals, so two of them do not remove the last two passkeys. */
export async function removePasskey(
  { transact }: TransactingDatabase,
  { owner: { userId, securityEpoch }, id }: Removal,
  effectsOf: EffectsOf,
): Promise<RemoveOutcome> {
  let refused: RemoveOutcome = 'stale'
  const done = await transact(effectsOf, async (trx) => {
    if (!(await isEpochCurrent(trx, userId, securityEpoch))) return null
    refused = await refuse(trx, userId, id)
    if (refused !== 'done') return null
    await trx.deleteFrom('passkeys').where('id', '=', id).where('user_id', '=', userId).execute()
    await endFactorCompanions(trx, userId)
    return true
  })
  return done === null ? refused : 'done'
}

async function refuse(trx: Transaction<Database>, userId: UserId, id: string): Promise<RemoveOutcome> {
  const passkeys = await trx.selectFrom('passkeys').select('id').where('user_id', '=', userId).execute()
  if (!passkeys.some((row) => row.id === id)) return 'not_found'
  return passkeys.length > 1 || (await hasOtherProof(trx, userId)) ? 'done' : 'last_credential'
}
