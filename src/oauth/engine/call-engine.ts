import type { Provider } from 'oidc-provider'
import type { Clock } from '../../kernel/clock.ts'
import type { SessionPrincipal } from '../../kernel/principal.ts'
import type { ProtocolRequest } from '../../kernel/route.ts'
import type { OAuthTokenStore } from '../store.ts'
import { type BridgedResponse, type BridgePlace, callListener } from './bridge.ts'
import { createEngineScope, type EngineScope, engineScope } from './engine-scope.ts'
import { holdAnswer } from './held-answer.ts'

/** Dependencies of `callEngine`. */
export interface CallEngineDeps extends BridgePlace {
  readonly provider: () => Provider
  readonly oauthTokens: Pick<OAuthTokenStore, 'commit'>
  readonly clock: Clock
}

/** A call of the engine. */
export interface EngineCall {
  /** Path below the base path, with the query. */
  readonly path: string
  readonly body: Uint8Array
  /** Id of the waiting request that this one continues. */
  readonly interaction?: string
  /** What stands for secrets in the body. */
  readonly aliases?: readonly string[]
}

/** The answer, or `conflict`: another request used up the same code, or what it depends on has ended. */
export type EngineAnswer = BridgedResponse | 'conflict'

/** Headers of the request that the engine needs. Cookies are never passed on. */
const PASSED = ['accept', 'authorization', 'content-type', 'dpop', 'origin'] as const

/**
 * Lets the engine answer a request, and stores its changes in one transaction.
 * @throws Refusal of the storage, or the error of a bug.
 */
export async function callEngine(
  deps: CallEngineDeps,
  { request, arrivedAt, principal, sessionToken, client, stamp }: ProtocolRequest,
  call: EngineCall,
): Promise<EngineAnswer> {
  const scope = createEngineScope({ arrivedAt, principal, sessionToken, client, stamp }, call.aliases)
  const provider = deps.provider()
  const answer = await engineScope.run(scope, () =>
    callListener(provider.callback(), deps, {
      method: request.method === 'HEAD' ? 'GET' : request.method,
      path: call.path,
      headers: { ...passedHeaders(request), ...cookieHeader(provider, principal, call.interaction) },
      body: call.body,
    }),
  )
  if (scope.failure !== null) throw scope.failure
  if (answer.status >= 500) throw new Error(`The OAuth engine answered with ${answer.status}`)
  const isFine = !hasChanges(scope) || (await deps.oauthTokens.commit(scope.changes, deps.clock()))
  if (!isFine) return 'conflict'
  await holdAnswer(scope.answersAt)
  return answer
}

function hasChanges({ changes }: EngineScope): boolean {
  return Object.values(changes).some((list) => list.length > 0)
}

function passedHeaders({ headers }: Request): Record<string, string> {
  return Object.fromEntries(
    PASSED.flatMap((name) => {
      const value = headers.get(name)
      return value === null ? [] : [[name, value]]
    }),
  )
}

/** The cookies that the engine expects, with our session and the id from the path. */
function cookieHeader(
  provider: Provider,
  principal: SessionPrincipal | null,
  interaction: string | undefined,
): Record<string, string> {
  const cookies = [
    ...(principal === null ? [] : [`${provider.cookieName('session')}=${principal.session.id}`]),
    ...(interaction === undefined ? [] : [`${provider.cookieName('resume')}=${interaction}`]),
  ]
  return cookies.length === 0 ? {} : { cookie: cookies.join('; ') }
}
