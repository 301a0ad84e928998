import type { UserId } from '../../kernel/ids.ts'
import type { SessionOrder, SessionOrders, UserCopy } from '../storage.ts'
import { endAmong } from './end-among.ts'
import type { SessionKeys } from './session-keys.ts'

/** Dependencies of `carryOut`. */
export interface CarryOutDeps {
  readonly keys: SessionKeys
  readonly orders: SessionOrders
}

const BATCH = 100

/**
 * Carries out the orders of transactions: those for one user, or with null all that are left. An order that fails holds up
 * no other; doing one twice does no harm.
 * @throws the first failure.
 */
export async function carryOut(deps: CarryOutDeps, userId: UserId | null): Promise<void> {
  const { orders } = deps
  for (;;) {
    const open = await orders.list(userId, BATCH)
    const results = await Promise.allSettled(open.map((order) => carryOutOne(deps, order)))
    await orders.strike(open.filter((_, index) => results[index]?.status === 'fulfilled'))
    const failed = results.find((result) => result.status === 'rejected')
    if (failed !== undefined) throw failed.reason
    if (open.length < BATCH) return
  }
}

async function carryOutOne(deps: CarryOutDeps, order: SessionOrder): Promise<void> {
  const { keys } = deps
  if (order.kind === 'refresh') await refreshUser(deps, order.userId)
  else await endAmong(keys, order.userId, ({ tokenHash }) => tokenHash !== order.except, order.throughEpoch)
  await keys.announceUser(order.userId)
}

/** Brings the copies of a user up to date; ends all sessions of a user who is gone or disabled. */
async function refreshUser({ keys, orders }: CarryOutDeps, userId: UserId): Promise<void> {
  const copy: UserCopy | null = await orders.findUser(userId)
  if (copy === null) await endAmong(keys, userId, () => true)
  else for (const { tokenHash } of await keys.list(userId)) await keys.refreshUser(tokenHash, copy)
}
