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
 * Carries out the orders that transactions left for one user, or all orders if `userId` is null. An order that fails
 * does not stop the others. Carrying out an order twice does no harm.
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

/** Updates the copies of a user in the sessions; revokes all sessions if the user is deleted or disabled. */
async function refreshUser({ keys, orders }: CarryOutDeps, userId: UserId): Promise<void> {
  const copy: UserCopy | null = await orders.findUser(userId)
  if (copy === null) await endAmong(keys, userId, () => true)
  else for (const { tokenHash } of await keys.list(userId)) await keys.refreshUser(tokenHash, copy)
}
