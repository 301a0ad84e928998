import type { SessionJson } from '../catalogue/wire.ts'
import type { UserJson } from '../kernel/wire.ts'
import type { Refused } from './result.ts'

/** The user who is logged in, as far as the client knows. */
export type SessionState =
  | {
      /** The client has not asked yet. */
      readonly status: 'unknown'
    }
  | { readonly status: 'logged_out' }
  | { readonly status: 'logged_in'; readonly user: UserJson; readonly session: SessionJson }
  | {
      /** The service did not answer, and the client has no earlier answer. */
      readonly status: 'unavailable'
      /** The refusal; `network_error` if the service did not answer. */
      readonly error: Refused | Error
    }

type Channel = InstanceType<typeof BroadcastChannel>

/** Receives every change. */
export type SessionListener = (state: SessionState) => void

/** The state and its listeners. */
export interface SessionStateHolder {
  get(): SessionState
  set(state: SessionState): void
  /** Makes the other tabs ask again. */
  tellTabs(): void
  onChange(listener: SessionListener): () => void
}

/**
 * Holds the state of one client. While it has listeners, it also receives messages of other tabs if the browser has
 * BroadcastChannel. A message says that something changed, but has no data.
 * @param onOtherTab runs when another tab reports a change.
 */
export function holdSessionState(channelName: string, onOtherTab: () => void): SessionStateHolder {
  let state: SessionState = { status: 'unknown' }
  let channel: Channel | null = null
  const listeners = new Set<SessionListener>()
  return {
    get: () => state,
    set(next) {
      if (JSON.stringify(next) === JSON.stringify(state) && next.status !== 'unavailable') return
      state = next
      for (const listener of listeners) callSafely(listener, next)
    },
    tellTabs() {
      const own = channel ?? openChannel(channelName) // one that is already open does not hear itself
      own?.postMessage(null)
      if (own !== channel) own?.close()
    },
    onChange(listener) {
      const own: SessionListener = (next) => listener(next) // so that the same function may listen twice
      listeners.add(own)
      channel ??= openChannel(channelName)
      if (channel !== null) channel.onmessage = onOtherTab
      return () => {
        if (!listeners.delete(own) || listeners.size > 0) return
        channel?.close()
        channel = null
      }
    },
  }
}

/** Opens the channel in browsers only. On a server, it would keep the process alive. */
function openChannel(name: string): Channel | null {
  return 'document' in globalThis && 'BroadcastChannel' in globalThis ? new BroadcastChannel(name) : null
}

/** Calls a listener. An error of the listener is reported as uncaught; the other listeners are called all the same. */
function callSafely(listener: SessionListener, state: SessionState): void {
  try {
    listener(state)
  } catch (error) {
    queueMicrotask(() => {
      throw error
    })
  }
}
