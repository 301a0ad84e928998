import type { SessionId, UserId } from '../../kernel/ids.ts'
import type { SessionRef } from '../../sessions/store.ts'
import type { ListedSession, SessionKeys } from './session-keys.ts'

/**
 * Revokes the user's sessions that are selected, and returns those that existed. Repeats the listing until it finds
 * nothing new: a session that is rotated in the meantime is listed under its new token before the old token is revoked.
 */
export async function endAmong(
  keys: SessionKeys,
  userId: UserId,
  isMeant: (listed: ListedSession) => boolean,
  throughEpoch?: number,
): Promise<SessionRef[]> {
  const ended = new Map<SessionId, SessionRef>()
  const tried = new Set<string>()
  for (;;) {
    const listed = (await keys.list(userId)).filter(isMeant)
    const untried = listed.filter(({ tokenHash, isPending }) => !tried.has(`${tokenHash} ${isPending}`))
    if (untried.length === 0) return [...ended.values()]
    for (const each of untried) {
      tried.add(`${each.tokenHash} ${each.isPending}`)
      if (await keys.end(each, throughEpoch)) ended.set(each.id, { id: each.id, userId })
    }
  }
}

/** Revokes the given sessions of any users; returns those that existed. */
export async function endMany(keys: SessionKeys, refs: readonly SessionRef[]): Promise<SessionRef[]> {
  const byUser = [...Map.groupBy(refs, ({ userId }) => userId)]
  const ended = await Promise.all(
    byUser.map(([userId, own]) => {
      const ids = new Set(own.map(({ id }) => id))
      return endAmong(keys, userId, ({ id }) => ids.has(id))
    }),
  )
  return ended.flat()
}
