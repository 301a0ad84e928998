import type { Stamp } from '../kernel/event.ts'
import { BATCH } from '../kernel/in-batches.ts'
import type { SessionEvent } from './events.ts'
import type { ParsedSessionFilter } from './session-filter.ts'
import type { SessionDeps } from './start-session.ts'
import type { SessionRef } from './store.ts'

/** Sessions, or users, in one page. */
const PAGE = 100

/** Returns the number of sessions that match a filter. Without a user, it reads all sessions, page by page. */
export async function countSessions(deps: SessionDeps, filter: ParsedSessionFilter): Promise<number> {
  let count = 0
  for await (const found of findSessions(deps, filter)) count += found.length
  return count
}

/** Revokes the sessions that match a filter, in batches. Returns their number. */
export async function revokeSessionsWhere(
  deps: SessionDeps,
  filter: ParsedSessionFilter,
  stamp: Stamp<SessionEvent>,
): Promise<number> {
  let count = 0
  for await (const found of findSessions(deps, filter)) {
    for (let start = 0; start < found.length; start += BATCH) {
      const ended = await deps.sessions.revokeMany(found.slice(start, start + BATCH), (gone) => ({
        events: gone.map(({ id, userId }) => stamp({ type: 'session.revoked', userId, sessionId: id })),
      }))
      count += ended.length
    }
  }
  return count
}

async function* findSessions(
  { sessions, clock }: SessionDeps,
  { userId, since, matches }: ParsedSessionFilter,
): AsyncGenerator<readonly SessionRef[]> {
  let after: string | null = null
  do {
    const page = await sessions.scan({ userId, since, after, now: clock(), limit: PAGE })
    yield page.sessions.filter(matches).map(({ id, userId: ofUser }) => ({ id, userId: ofUser }))
    after = page.next
  } while (after !== null)
}
