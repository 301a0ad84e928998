import type { Stamp } from '../../kernel/event.ts'
import type { User } from '../../kernel/principal.ts'
import { Refusal } from '../../kernel/refusal.ts'
import type { FactorEvent } from '../events.ts'
import type { FactorRemovalStore, RemovableFactor } from './store.ts'
import { type RemovalMailDeps, writeRemovalMails } from './write-removal-mails.ts'

/** Dependencies of `removeNow`. */
export interface RemoveNowDeps extends RemovalMailDeps {
  readonly factorRemovals: FactorRemovalStore
}

/**
 * Removes a factor of a user at once, in place of a removal that waits. The user is told by email.
 * @throws Refusal `not_found` if the user has no such factor.
 */
export async function removeNow(
  deps: RemoveNowDeps,
  { user, method }: { readonly user: User; readonly method: RemovableFactor },
  stamp: Stamp<FactorEvent>,
): Promise<void> {
  const mails = await writeRemovalMails(deps, user, { news: 'removed', method, at: deps.clock() })
  const isRemoved = await deps.factorRemovals.removeNow({ userId: user.id, method }, () => ({
    events: [stamp({ type: 'factor.removed', userId: user.id, method })],
    mails,
  }))
  if (!isRemoved) throw new Refusal('not_found', { detail: 'The user has no such factor.' })
}
