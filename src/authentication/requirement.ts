/** Conditions that `require` checks. */
export interface Requirement {
  /** If true, the user must have proved their identity within the freshness limit (10 minutes by default). Default false. */
  readonly fresh?: boolean
  /** Scopes that the principal must have, all of them. A session has every scope. Default: none. */
  readonly scopes?: readonly string[]
  /** Methods of which the session must have proven at least one: `['totp', 'passkey']`. An access token is refused. Default: any. */
  readonly methods?: readonly string[]
  /** URL of the API that a token of an app must be for: one of `oauth.resources`. Default: this service. */
  readonly resource?: string
  /** If true, the principal must be a session; an access token is refused. Default false. */
  readonly session?: boolean
}

/** Conditions that only a session meets: `require` then returns the principal of a session. */
export type SessionRequirement = Requirement &
  (
    | { readonly session: true }
    | { readonly fresh: true; readonly scopes?: undefined }
    | { readonly methods: readonly string[] }
  )

/**
 * A requirement that a session meets, or an app whose user proved their identity recently: an action that asks for both. `require` then
 * returns the principal of one of them.
 */
export type GrantRequirement = Requirement & { readonly fresh: true; readonly scopes: readonly string[] }

/** A requirement that an app without a user meets as well: `require` then returns it as a principal of the kind `oauth_client`. */
export interface ClientRequirement extends Requirement {
  /** Accepts an app that acts for itself (client credentials, RFC 6749 section 4.4). Name the scopes that it needs. */
  readonly client: true
}
