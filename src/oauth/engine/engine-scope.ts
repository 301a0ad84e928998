import { AsyncLocalStorage } from 'node:async_hooks'
import type { TokenHash } from '../../crypto/token.ts'
import type { Stamp } from '../../kernel/event.ts'
import type { OAuthGrantId } from '../../kernel/ids.ts'
import type { ClientInfo, Method, Session, SessionPrincipal, User } from '../../kernel/principal.ts'
import type { FoundOAuthToken, OAuthChanges, OAuthClient } from '../store.ts'

/** The parts of a grant that the engine needs. */
export interface KnownGrant {
  readonly id: OAuthGrantId
  readonly userId: string
  readonly clientId: string
  readonly scopes: readonly string[]
}

/** How and when a user proved their identity, as the rows of tokens have it. */
export interface Proof {
  /** Milliseconds since 1970 UTC. */
  readonly at: number
  readonly methods: readonly Method[]
}

/** Returns the proof of a session. */
export function proofOf({ authenticatedAt, methods }: Session): Proof {
  return { at: authenticatedAt, methods }
}

/** The state of one request while the engine handles it. */
export interface EngineScope {
  /** The user who is logged in, on the endpoints that look at the session. */
  readonly principal: SessionPrincipal | null
  /** The token of the user's session; null without one. */
  readonly sessionToken: string | null
  readonly client: ClientInfo
  readonly stamp: Stamp
  /** Changes that are stored together when the engine is done. */
  readonly changes: { -readonly [Kind in keyof OAuthChanges]: OAuthChanges[Kind][number][] }
  /** What was read already, so that each row is read once. */
  readonly tokens: Map<TokenHash, Promise<FoundOAuthToken | null>>
  readonly users: Map<string, User>
  /** Apps that describe themselves; the engine asks again to report an error. */
  readonly described: Map<string, Promise<OAuthClient>>
  readonly grants: Map<string, KnownGrant>
  /** What stands for the hash of a secret, instead of the secret: `toHashedId` made it. */
  readonly aliases: Set<string>
  /** The proof of identity that the code or refresh token of this request carries; null: none was read. */
  proof: Proof | null
  /** When this request arrived by the clock of the machine, milliseconds since 1970 UTC. */
  readonly arrivedAt: number
  /** When the code of this request was used up by another one, milliseconds since 1970 UTC; null: it was not. */
  usedUpAt: number | null
  /** When the answer may be sent by the clock of the machine, milliseconds since 1970 UTC; null: at once. */
  answersAt: number | null
  /** When the person began this request, milliseconds since 1970 UTC; null: with this request. */
  startedAt: number | null
  /** An error that the engine answered with `server_error`: a refusal of the storage, or a bug. */
  failure: unknown
}

/** Creates the state of a request. */
export function createEngineScope(
  request: Pick<EngineScope, 'principal' | 'sessionToken' | 'client' | 'stamp' | 'arrivedAt'>,
  aliases: readonly string[] = [],
): EngineScope {
  const { principal } = request
  return {
    ...request,
    changes: { insert: [], insertUnique: [], replace: [], consume: [], remove: [], logins: [] },
    tokens: new Map(),
    users: new Map(principal === null ? [] : [[principal.user.id, principal.user]]),
    described: new Map(),
    grants: new Map(),
    aliases: new Set(aliases),
    proof: principal === null ? null : proofOf(principal.session),
    usedUpAt: null,
    answersAt: null,
    startedAt: null,
    failure: null,
  }
}

/** The state of the current request: the engine calls its adapter and its settings without an argument of ours. */
export const engineScope: AsyncLocalStorage<EngineScope> = new AsyncLocalStorage()

/** Returns the state of the current request. Throws outside a request. */
export function currentScope(): EngineScope {
  const scope = engineScope.getStore()
  if (scope === undefined) throw new Error('The OAuth engine was called outside a request')
  return scope
}
