import type { Adapter } from 'oidc-provider'
import type { KeyedHash } from '../../crypto/keyed-hash.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { SessionStore } from '../../sessions/store.ts'
import type { DocumentClients } from '../documents/document-clients.ts'
import type { OAuthSettings } from '../settings.ts'
import type { OAuthClientStore, OAuthGrantStore, OAuthTokenStore } from '../store.ts'

/** Dependencies of the adapters. */
export interface AdapterDeps {
  readonly oauthClients: OAuthClientStore
  readonly oauthGrants: OAuthGrantStore
  /** Apps that describe themselves; null: there are none. */
  readonly documents: DocumentClients | null
  readonly oauthTokens: OAuthTokenStore
  readonly sessions: Pick<SessionStore, 'isLive'>
  readonly clock: Clock
  readonly oauthSettings: OAuthSettings
  /** Scopes of the service. */
  readonly scopes: readonly string[]
  /** The base URL with the base path. */
  readonly authUrl: string
  /** Hashes the codes that people type: they are short, so a plain hash of them could be reversed. */
  readonly userCodes: KeyedHash
  /** Returns the request that the engine handles now. */
  readonly route: () => EngineRoute
}

/** The request that the engine handles. */
export interface EngineRoute {
  /** Name of the endpoint, as the engine calls it. */
  readonly name: string
  /** What the engine found so far, by the names of its models. */
  readonly entities: {
    readonly [Model in
      | 'AccessToken'
      | 'RefreshToken'
      | 'RotatedRefreshToken'
      | 'AuthorizationCode'
      | 'DeviceCode'
      | 'Client']?: { readonly scope?: string | undefined } | undefined
  }
}

/** The methods of an adapter that a model uses. The engine calls no other one for it. */
export type ModelAdapter = Partial<Adapter>
