import type { Clock } from '../kernel/clock.ts'
import type { GuardedFetch } from '../kernel/guarded-fetch.ts'
import type { ProvenIdentity } from '../kernel/identity.ts'
import type { FlowState } from './flow-state.ts'
import type { ClaimedEmail } from './provider.ts'

/** An account at a provider, whose user has just proved that it is theirs. */
export interface ProviderAccount extends ProvenIdentity {
  /** When the user logged in at the provider: milliseconds since 1970 UTC; null if the provider does not say. */
  readonly loggedInAt: number | null
  /** Reads what the provider knows about the user. It can take a request to the provider. */
  profile(): Promise<ProviderProfile>
}

/** What a provider says about a user. It is not checked. */
export interface ProviderProfile {
  readonly email: ClaimedEmail
  readonly name: unknown
}

/** The answer of a provider that came with the browser. */
export interface AuthorizationAnswer {
  /** The round that it ends. */
  readonly flow: FlowState
  /** The parameters, in their order. */
  readonly parameters: URLSearchParams
}

/** An ID token that an app got from the SDK of the provider, with the nonce that the app chose. */
export interface AppProof {
  readonly idToken: string
  readonly nonce: string
}

/** A valid ID token of an app. */
export interface AppLogin {
  readonly account: ProviderAccount
  /** The nonce in the ID token, which identifies it. */
  readonly claimedNonce: string
  /** When the ID token is refused as too old: milliseconds since 1970 UTC. */
  readonly expiresAt: number
}

/** Speaks with one provider. Each function throws `provider_unavailable` if the provider does not answer properly. */
export interface ProviderClient {
  /** Returns the URL at the provider where a round begins. */
  beginUrl(flow: FlowState): Promise<string>
  /** Exchanges the code of an answer for the account. Throws `provider_denied` or `provider_refused`. */
  finish(answer: AuthorizationAnswer): Promise<ProviderAccount>
  /** Checks an ID token of an app; null if the provider has no ID tokens. Throws `provider_refused`. */
  readonly checkIdToken: ((proof: AppProof) => Promise<AppLogin>) | null
}

/** Dependencies of a client. */
export interface ProviderClientDeps {
  readonly fetchProvider: GuardedFetch
  readonly clock: Clock
  /** The callback URL of the provider. */
  readonly redirectUri: string
  readonly report: (error: unknown) => void
}
