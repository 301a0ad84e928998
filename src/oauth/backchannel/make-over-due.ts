import type { SessionId } from '../../kernel/ids.ts'
import type { SessionStore } from '../../sessions/store.ts'
import type { OAuthLoginStore } from './store.ts'

/** Dependencies of `makeOverDue`. */
export interface MakeOverDueDeps {
  readonly oauthLogins: Pick<OAuthLoginStore, 'listSleeping' | 'makeDue'>
  readonly sessions: Pick<SessionStore, 'findLive'>
}

/** Sessions that are looked up at once: with SQLite it keeps the event loop waiting. */
const PAGE = 500

/**
 * Makes logins due whose sessions are over, although no change said so: the session expired, or the process that ended it died. It goes
 * through all logins page by page, wherever the sessions are stored.
 */
export async function makeOverDue({ oauthLogins, sessions }: MakeOverDueDeps, now: number): Promise<void> {
  let after: SessionId | null = null
  do {
    const page = await oauthLogins.listSleeping({ now, after, limit: PAGE })
    const live = page.length === 0 ? new Set<SessionId>() : await sessions.findLive(page, now)
    const over = page.flatMap(({ id }) => (live.has(id) ? [] : [id]))
    if (over.length > 0) await oauthLogins.makeDue(over, [], now)
    after = page.length < PAGE ? null : (page.at(-1)?.id ?? null)
  } while (after !== null)
}
