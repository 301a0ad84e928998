import type { Stamp } from '../../kernel/event.ts'
import { inBatches } from '../../kernel/in-batches.ts'
import type { FactorEvent } from '../events.ts'
import type { FactorRemovalStore, RemovalKey } from './store.ts'
import { type RemovalMailDeps, writeRemovalMails } from './write-removal-mails.ts'

/** Dependencies of `carryOutRemovals`. */
export interface CarryOutDeps extends RemovalMailDeps {
  readonly factorRemovals: FactorRemovalStore
}

/** Carries out the removals of administrators whose wait is over. Returns how many. */
export function carryOutRemovals(deps: CarryOutDeps, stamp: Stamp<FactorEvent>): Promise<number> {
  return inBatches(async (limit) => {
    const due = await deps.factorRemovals.listDue(deps.clock(), limit)
    for (const key of due) await carryOut(deps, key, stamp)
    return due.length
  })
}

async function carryOut(deps: CarryOutDeps, key: RemovalKey, stamp: Stamp<FactorEvent>): Promise<void> {
  const { userId, method } = key
  const now = deps.clock()
  const user = await deps.users.findById(userId)
  const mails = user === null ? [] : await writeRemovalMails(deps, user, { news: 'removed', method, at: now })
  // A factor that the user removed in the meantime is not reported again.
  await deps.factorRemovals.carryOut(key, now, (hadFactor) =>
    hadFactor ? { events: [stamp({ type: 'factor.removed', userId, method })], mails } : { events: [] },
  )
}
