/*
 * Keeps `state` correct. Answers can overtake each other: an answer to a request from before the last change is outdated. So
 * every change starts a new moment, and an answer counts only in the moment of its request.
 */

import type { LoginJson, SessionJson } from '../catalogue/wire.ts'
import type { UserJson } from '../kernel/wire.ts'
import type { Answer, Call } from './calls.ts'
import { checkCallOptions } from './check-options.ts'
import type { Refused } from './result.ts'
import { holdSessionState, type SessionListener, type SessionState } from './session-state.ts'
import { untilAborted } from './until-aborted.ts'

/** Follows from the calls who is logged in. */
export interface SessionFollower {
  state(): SessionState
  onChange(listener: SessionListener): () => void
  /** Asks the service. Simultaneous calls share one request. */
  readonly ask: Call<'GET /session'>
  /** Returns the current moment. Compare it later to see whether the state changed. */
  moment(): number
  /** Reports that a call logged in or out. */
  isNow(login: LoginJson | null): void
  /** Reports that a request of that moment was refused because it had no session. */
  isGone(moment: number): void
  /** Reports that a call returned the user or the current session. */
  hasNews(news: { readonly user?: UserJson; readonly session?: SessionJson }): void
  /** Reports that a call revoked a session. */
  isRevoked(sessionId: string): void
  /** Reports that a call may have changed the user or revoked the session. */
  mayDiffer(): void
}

/**
 * Follows the session of one client.
 * @param channelName the same in all tabs of one service.
 * @param read asks the service.
 */
export function followSession(channelName: string, read: Call<'GET /session'>): SessionFollower {
  let moment = 0
  let reading: Answer<'GET /session'> | null = null
  const holder = holdSessionState(channelName, askAgain)

  function begin(state: SessionState): void {
    moment++
    reading = null
    holder.set(state)
  }
  function isNow(login: LoginJson | null): void {
    const before = holder.get()
    begin(login === null ? { status: 'logged_out' } : toState(login))
    if (holder.get() !== before) holder.tellTabs()
  }
  async function ask(): Answer<'GET /session'> {
    const asked = moment
    try {
      const result = await read()
      if (asked === moment) holder.set(result.ok ? toState(result.data) : orUnavailable(holder.get(), result))
      return result
    } catch (error) {
      if (asked === moment) holder.set(orUnavailable(holder.get(), error as Error)) // `fetch` and `send` throw no others
      throw error
    } finally {
      if (asked === moment) reading = null
    }
  }
  function share(): Answer<'GET /session'> {
    reading ??= ask()
    return reading
  }
  function askAgain(): void {
    moment++
    reading = null
    share().catch(() => undefined) // `state` has it
  }
  return {
    state: holder.get,
    onChange: holder.onChange,
    async ask(options = {}) {
      checkCallOptions(options)
      const { signal } = options
      signal?.throwIfAborted()
      return untilAborted(share(), signal)
    },
    moment: () => moment,
    isNow,
    isGone(asked) {
      if (asked === moment) begin({ status: 'logged_out' })
    },
    hasNews({ user, session }) {
      const state = holder.get()
      if (state.status === 'unknown') return
      const isAnother =
        state.status !== 'logged_in' ||
        (user ?? state.user).id !== state.user.id ||
        (session ?? state.session).id !== state.session.id
      if (isAnother) return askAgain()
      isNow({ user: user ?? state.user, session: session ?? state.session })
    },
    isRevoked(sessionId) {
      const state = holder.get()
      if (state.status === 'logged_in' && state.session.id === sessionId) isNow(null)
    },
    mayDiffer() {
      holder.tellTabs()
      if (holder.get().status === 'logged_in') askAgain()
    },
  }
}

function toState({ user, session }: LoginJson): SessionState {
  return { status: 'logged_in', user, session }
}

/** Keeps the known state. A failed request does not change it. */
function orUnavailable(state: SessionState, error: Refused | Error): SessionState {
  return state.status === 'logged_in' || state.status === 'logged_out' ? state : { status: 'unavailable', error }
}
