import type { SessionId, UserId } from '../kernel/ids.ts'
import { cutPage, MAX_PAGE, type Page } from '../kernel/page.ts'
import type { NextPageJson } from '../kernel/page-json.ts'
import type { Session } from '../kernel/principal.ts'
import { Refusal } from '../kernel/refusal.ts'
import type { SessionDeps } from './start-session.ts'
import type { SessionPage } from './store.ts'

/** Dependencies of the functions that list sessions. */
export type ListSessionsDeps = Pick<SessionDeps, 'sessions' | 'clock'>

/** A page of sessions. */
export interface SessionList {
  readonly items: readonly Session[]
  readonly rest: NextPageJson
}

/**
 * Returns a page of the user's sessions that have not expired, most recently used first.
 * @throws Refusal `bad_request` if `before` is not one of these sessions.
 */
export async function listSessions(
  { sessions, clock }: ListSessionsDeps,
  userId: UserId,
  { before, limit }: Page<SessionId> = { before: null, limit: MAX_PAGE },
): Promise<SessionList> {
  const found = await sessions.listByUser(userId, clock(), { before, limit: limit + 1 })
  if (found === null) {
    throw new Refusal('bad_request', {
      detail:
        'The parameter before must be the id of one of your sessions. If that session has ended, start again without it.',
    })
  }
  return cutPage(found, limit)
}

/** Returns all sessions of the user that have not expired, most recently used first. Reads them page by page. */
export async function listAllSessions({ sessions, clock }: ListSessionsDeps, userId: UserId): Promise<Session[]> {
  const all: Session[] = []
  let after: string | null = null
  do {
    const page: SessionPage = await sessions.scan({ userId, since: null, after, now: clock(), limit: MAX_PAGE })
    all.push(...page.sessions)
    after = page.next
  } while (after !== null)
  return all.sort((left, right) => right.lastSeenAt - left.lastSeenAt || (right.id > left.id ? 1 : -1))
}
