import type { SessionJson } from '../catalogue/wire.ts'
import type { UserJson } from '../kernel/wire.ts'
import type { Refused } from './result.ts'

/** Who is logged in, as far as the client knows. */
export type SessionState =
  | {
      /** Nobody asked yet. */
      readonly status: 'unknown'
    }
  | { readonly status: 'logged_out' }
  | { readonly status: 'logged_in'; readonly user: UserJson; readonly session: SessionJson }
  | {
      /** The question was not answered, and it is not known from before. */
      readonly status: 'unavailable'
      /** The refusal, or what `fetch` threw. */
      readonly error: Refused | Error
    }

type Channel = InstanceType<typeof BroadcastChannel>

/** Hears of every change. */
export type SessionListener = (state: SessionState) => void

/** The state, and whoever wants to hear of it. */
export interface SessionStateHolder {
  get(): SessionState
  set(state: SessionState): void
  /** Has the other tabs ask again. */
  tellTabs(): void
  onChange(listener: SessionListener): () => void
}

/**
 * Holds the state of one client. While somebody listens, it also hears of other tabs, where the browser has
 * BroadcastChannel: those say that something changed, never what.
 * @param onOtherTab runs when another tab says so.
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

/** Servers have BroadcastChannel, too, but no tabs; there it would keep the process alive. */
function openChannel(name: string): Channel | null {
  return 'document' in globalThis && 'BroadcastChannel' in globalThis ? new BroadcastChannel(name) : null
}

/** What a listener throws is a bug of its own: it is reported as one, and the others hear of the change all the same. */
function callSafely(listener: SessionListener, state: SessionState): void {
  try {
    listener(state)
  } catch (error) {
    queueMicrotask(() => {
      throw error
    })
  }
}
