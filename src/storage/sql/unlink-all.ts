import type { EffectsOf } from '../../kernel/effects.ts'
import type { Identity } from '../../kernel/identity.ts'
import type { UnlinkingOfAll } from '../../providers/store.ts'
import { canLogIn } from './account-proofs.ts'
import { lockUser } from './lock-users.ts'
import { endAttemptsOf } from './login-attempts.ts'
import { toIdentity } from './rows.ts'
import type { Transact } from './transact.ts'

/**
 * Removes the identities of a user, except one if the user could not log in anymore. The lock on the user's row orders removals of
 * proofs, so another one at the same moment does not remove the last way. Returns the number of removed identities.
 */
export async function unlinkAll(
  transact: Transact,
  { userId, proofs, preferred }: UnlinkingOfAll,
  effectsOf: EffectsOf<readonly Identity[]>,
): Promise<number> {
  const gone = await transact(effectsOf, async (trx) => {
    await lockUser(trx, userId)
    const rows = await trx.selectFrom('identities').selectAll().where('user_id', '=', userId).execute()
    const all = rows.map(toIdentity)
    const hasOtherProof = await canLogIn(trx, userId, { ...proofs, providers: [] })
    const kept = hasOtherProof ? null : chooseLast(all, proofs.providers, preferred)
    const ended = all.filter((identity) => identity !== kept)
    if (ended.length === 0) return null
    const ids = ended.map(({ id }) => id)
    await trx.deleteFrom('identities').where('user_id', '=', userId).where('id', 'in', ids).execute()
    await endAttemptsOf(trx, userId)
    return ended
  })
  return gone?.length ?? 0
}

/** Returns the identity that stays: one that can log in, of a preferred provider, and the one that was used last. */
function chooseLast(
  all: readonly Identity[],
  providers: readonly string[],
  preferred: readonly string[],
): Identity | null {
  const rank = ({ provider }: Identity): number =>
    (providers.includes(provider) ? 2 : 0) + (preferred.includes(provider) ? 1 : 0)
  const order = (left: Identity, right: Identity): number =>
    rank(right) - rank(left) || (right.lastUsedAt ?? 0) - (left.lastUsedAt ?? 0)
  return all.toSorted(order)[0] ?? null
}
