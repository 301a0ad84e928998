import * as React from 'react'
import { createContext, createElement, type ReactElement, type ReactNode, useContext, useEffect, useMemo } from 'react'
import type { LatchkeyClient } from '../client/latchkey-client.ts'
import type { SessionState } from '../client/session-state.ts'

/** Properties of `SessionProvider`. */
export interface SessionProviderProps {
  readonly client: LatchkeyClient
  /**
   * `client.state` from the server that rendered the page. Pass the same value in the browser for its first rendering;
   * it applies until the client knows the current state. Default: unknown.
   */
  readonly initial?: SessionState | undefined
  readonly children?: ReactNode
}

// A named import of a function that React 17 lacks would fail with a riddle.
const { useSyncExternalStore } = React
if (useSyncExternalStore === undefined) {
  throw new Error(`latchkey/react needs React 18 or newer; ${React.version} is installed.`)
}

interface Shared {
  readonly client: LatchkeyClient
  readonly initial: SessionState
}

const UNKNOWN: SessionState = { status: 'unknown' }
const SharedContext = createContext<Shared | null>(null)

/** Provides a client to `useSession` and `useClient` in all components inside it. */
export function SessionProvider({ client, initial = UNKNOWN, children }: SessionProviderProps): ReactElement {
  if (typeof client?.onChange !== 'function') {
    throw new TypeError('SessionProvider: client must be a client of createClient')
  }
  const shared = useMemo(() => ({ client, initial }), [client, initial])
  return createElement(SharedContext.Provider, { value: shared }, children)
}

/** Returns the client of the surrounding `SessionProvider`. */
export function useClient(): LatchkeyClient {
  return useShared().client
}

/**
 * Returns the session state; the component renders again when it changes. The first call asks the service, once for all
 * components.
 */
export function useSession(): SessionState {
  const { client, initial } = useShared()
  useEffect(() => {
    if (client.state.status === 'unknown') client.session().catch(() => undefined) // the state contains the error
  }, [client])
  const now = (): SessionState => (client.state.status === 'unknown' ? initial : client.state)
  return useSyncExternalStore(client.onChange, now, () => initial)
}

function useShared(): Shared {
  const shared = useContext(SharedContext)
  if (shared === null) throw new Error('This component is not inside a SessionProvider.')
  return shared
}
