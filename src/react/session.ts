import {
  createContext,
  createElement,
  type ReactElement,
  type ReactNode,
  useContext,
  useEffect,
  useMemo,
  useSyncExternalStore,
} from 'react'
import type { LatchkeyClient } from '../client/latchkey-client.ts'
import type { SessionState } from '../client/session-state.ts'

/** Properties of `SessionProvider`. */
export interface SessionProviderProps {
  readonly client: LatchkeyClient
  /**
   * `client.state` of the server that rendered the page. The browser has to be given the same, for its first rendering;
   * it is believed until the client knows better. Default: unknown.
   */
  readonly initial?: SessionState | undefined
  readonly children?: ReactNode
}

interface Shared {
  readonly client: LatchkeyClient
  readonly initial: SessionState
}

const UNKNOWN: SessionState = { status: 'unknown' }
const SharedContext = createContext<Shared | null>(null)

/** Gives a client to `useSession` and `useClient` of all components in it. */
export function SessionProvider({ client, initial = UNKNOWN, children }: SessionProviderProps): ReactElement {
  const shared = useMemo(() => ({ client, initial }), [client, initial])
  return createElement(SharedContext.Provider, { value: shared }, children)
}

/** The client of the provider around the component. */
export function useClient(): LatchkeyClient {
  return useShared().client
}

/**
 * Who is logged in; the component renders again when that changes. The first use asks the service, once for all
 * components.
 */
export function useSession(): SessionState {
  const { client, initial } = useShared()
  useEffect(() => {
    if (client.state.status === 'unknown') client.session().catch(() => undefined) // the state has it
  }, [client])
  const now = (): SessionState => (client.state.status === 'unknown' ? initial : client.state)
  return useSyncExternalStore(client.onChange, now, () => initial)
}

function useShared(): Shared {
  const shared = useContext(SharedContext)
  if (shared === null) throw new Error('There is no SessionProvider around this component.')
  return shared
}
