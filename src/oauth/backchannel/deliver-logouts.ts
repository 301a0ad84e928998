/*
 * Tells apps that a session is over (OpenID Connect Back-Channel Logout 1.0). The login to an app is a row from the login until the app was
 * told, so nothing is lost if a process dies. A change of a session or a user makes its rows due; then the session is looked up, and if
 * it is over, a signed message is sent. Requests cannot reach private addresses. A process takes a few rows of an app, and more when it is
 * done with them. An app that does not answer is left alone for a while, with all of its rows. Proved by
 * test/http/oauth-backchannel.test.ts.
 */
import type { SigningKey } from '../../crypto/signing-key.ts'
import { type Clock, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../kernel/clock.ts'
import { onlyEvents } from '../../kernel/effects.ts'
import type { Stamp } from '../../kernel/event.ts'
import { ANSWER_WITHIN_MS, type GuardedFetch } from '../../kernel/guarded-fetch.ts'
import type { SessionId, UserId } from '../../kernel/ids.ts'
import type { Change, SessionStore } from '../../sessions/store.ts'
import type { OAuthEvent } from '../events.ts'
import { createLogoutCounts, type LogoutCount, type LogoutCounts } from './logout-counts.ts'
import { signLogoutToken } from './logout-token.ts'
import { makeOverDue } from './make-over-due.ts'
import type { DueLogin, OAuthLoginStore } from './store.ts'

/** Dependencies of `startLogouts`. */
export interface LogoutDeps {
  readonly oauthLogins: OAuthLoginStore
  readonly sessions: Pick<SessionStore, 'isLive' | 'findLive'>
  /** The first one signs. */
  readonly keys: () => readonly SigningKey[]
  /** The issuer. */
  readonly authUrl: string
  readonly fetchLogout: GuardedFetch
  /** False: other processes send. */
  readonly delivers: boolean
  readonly clock: Clock
  readonly stamp: Stamp<OAuthEvent>
  readonly report: (error: unknown) => void
}

/** Tells apps until it is stopped. */
export interface Logouts {
  /** Takes changes of sessions and users: some may be over. */
  follow(changes: readonly Change[]): void
  /** Finds sessions that are over, although no change said so, and tells their apps. */
  sweep(): Promise<void>
  /** Returns the outcomes of the messages of this process. */
  counts(): readonly LogoutCount[]
  /** Resolves when all changes are stored and no request is under way. */
  stop(): Promise<void>
}

const LOOK_INTERVAL_MS = 5 * SECOND_MS
const MAX_LEASED = 20
const MAX_DUE_AT_ONCE = 500
const LEASE_MS = 2 * MINUTE_MS
const FIRST_PAUSE_MS = 10 * SECOND_MS
const LONGEST_PAUSE_MS = 2 * HOUR_MS
const GIVE_UP_AFTER_TRIES = 45 // about three days

/** Starts to tell apps. */
export function startLogouts(deps: LogoutDeps): Logouts {
  const { oauthLogins, delivers, clock, report } = deps
  const stopping = new AbortController()
  const lines: Lines = {
    deps,
    stopping: stopping.signal,
    running: new Map(),
    pausedUntil: new Map(),
    counts: createLogoutCounts(),
    onFree: () => {
      if (!stopping.signal.aborted) look()
    },
  }
  const sessions = new Set<SessionId>()
  const users = new Set<UserId>()
  let working: Promise<void> | null = null
  let isWanted = delivers
  let isFirst = delivers

  /** Stores which logins may be over. They wait for a database that does not answer. */
  async function makeDue(ended: readonly SessionId[], changed: readonly UserId[]): Promise<boolean> {
    try {
      return await oauthLogins.makeDue(ended, changed, clock())
    } catch (error) {
      for (const id of ended) sessions.add(id)
      for (const id of changed) users.add(id)
      throw error
    }
  }
  async function work(): Promise<void> {
    if (isFirst) await makeOverDue(deps, clock()) // another process may have died before it did
    isFirst = false
    while (isWanted || sessions.size + users.size > 0) {
      const [ended, changed] = [takeSome(sessions), takeSome(users)]
      const isDue = ended.length + changed.length > 0 && (await makeDue(ended, changed))
      const mayLease = delivers && !stopping.signal.aborted && (isWanted || isDue)
      isWanted = false
      if (mayLease && (await startSome(lines))) isWanted = true
    }
  }
  function wake(): void {
    working ??= work()
      .catch((error: unknown) => {
        isWanted = false
        if (!stopping.signal.aborted) report(error)
      })
      .finally(() => {
        working = null
      })
  }
  function look(): void {
    isWanted = delivers
    wake()
  }
  const timer = setInterval(look, LOOK_INTERVAL_MS).unref()
  wake()
  return {
    follow(changes) {
      for (const change of changes) {
        if (change.kind === 'session') sessions.add(change.id)
        else users.add(change.id)
      }
      wake()
    },
    async sweep() {
      await makeOverDue(deps, clock())
      look()
    },
    counts: lines.counts.list,
    async stop() {
      clearInterval(timer)
      stopping.abort()
      await working
      await Promise.all(lines.running.values())
    },
  }
}

/** Removes some ids from a set, as many as one statement takes quickly. */
function takeSome<Id>(ids: Set<Id>): Id[] {
  const some = [...ids].slice(0, MAX_DUE_AT_ONCE)
  for (const id of some) ids.delete(id)
  return some
}

/** What is under way: one line for each app, so that a slow app holds up no other. */
interface Lines {
  readonly deps: LogoutDeps
  readonly stopping: AbortSignal
  /** The apps that are being told. */
  readonly running: Map<string, Promise<void>>
  /** URIs of apps that did not answer, and until when they are left alone; milliseconds since 1970 UTC. A new URI has no pause. */
  readonly pausedUntil: Map<string | null, number>
  readonly counts: LogoutCounts
  /** Called when a line has ended: more logins of its app may be due. */
  readonly onFree: () => void
}

/** Leases logins of apps without a line, and starts one for each app. Returns true if more may be due. */
async function startSome(lines: Lines): Promise<boolean> {
  const { deps, running } = lines
  const now = deps.clock()
  const leased = await deps.oauthLogins.lease(now, now + LEASE_MS, { limit: MAX_LEASED, except: [...running.keys()] })
  for (const [clientId, logins] of Map.groupBy(leased, (login) => login.clientId)) {
    const line = deliverTo(lines, logins)
      .catch(deps.report)
      .finally(() => {
        running.delete(clientId)
        lines.onFree()
      })
    running.set(clientId, line)
  }
  return leased.length === MAX_LEASED
}

/** Tells one app about several sessions, one after the other. */
async function deliverTo(lines: Lines, logins: readonly DueLogin[]): Promise<void> {
  const { deps, stopping, pausedUntil } = lines
  const { oauthLogins, sessions, clock } = deps
  for (const login of logins) {
    const now = clock()
    const pause = pausedUntil.get(login.uri) ?? 0
    if (stopping.aborted) await oauthLogins.postpone(login, now, login.tries)
    else if (await sessions.isLive({ id: login.sessionId, userId: login.userId }, now)) {
      await oauthLogins.postpone(login, now + Math.max(HOUR_MS, now - login.createdAt), 0)
    } else if (pause > now) await oauthLogins.postpone(login, pause, login.tries)
    else if (await oauthLogins.holds(login)) await tell(lines, login)
  }
}

async function tell(lines: Lines, login: DueLogin): Promise<void> {
  const { deps, stopping, pausedUntil, counts } = lines
  const { oauthLogins, clock, stamp } = deps
  const { clientId, userId, tries, uri } = login
  const isTold = uri === null || (await send(lines, login, uri))
  if (stopping.aborted && !isTold) return oauthLogins.postpone(login, clock(), tries)
  if (isTold) {
    pausedUntil.delete(uri)
    if (uri !== null) counts.add(clientId, 'sent')
    return oauthLogins.strike(login, onlyEvents())
  }
  const until = clock() + Math.min(FIRST_PAUSE_MS * 2 ** tries, LONGEST_PAUSE_MS)
  pausedUntil.set(uri, until)
  const isLast = tries + 1 >= GIVE_UP_AFTER_TRIES
  counts.add(clientId, isLast ? 'given_up' : 'failed')
  const failed = stamp({ type: 'oauth_client.logout_failed', userId, clientId })
  if (isLast) await oauthLogins.strike(login, onlyEvents(failed))
  else await oauthLogins.postpone(login, until, tries + 1)
  await oauthLogins.postponeClient(clientId, until)
}

/** Sends the message. Returns false if the app did not take it. */
async function send({ deps, stopping }: Lines, login: DueLogin, uri: string): Promise<boolean> {
  const [key] = deps.keys()
  if (key === undefined) return false
  const token = signLogoutToken(key, login, { authUrl: deps.authUrl, now: deps.clock() })
  const body = new URLSearchParams({ logout_token: token })
  const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' }
  const signal = AbortSignal.any([stopping, AbortSignal.timeout(ANSWER_WITHIN_MS)])
  try {
    return (await deps.fetchLogout(uri, { method: 'POST', headers, body, signal })).ok
  } catch {
    return false // it is down, too slow, answers too much, or has a private address
  }
}
