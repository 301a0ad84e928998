/** Conditions that `require` checks. */
export interface Requirement {
  /** If true, the user must have proved their identity within the freshness limit (10 minutes by default). Default false. */
  readonly fresh?: boolean
  /** Scopes that the principal must have, all of them. A session has every scope. Default: none. */
  readonly scopes?: readonly string[]
  /** Methods of which the session must have proven at least one: `['totp', 'passkey']`. An access token is refused. Default: any. */
  readonly methods?: readonly string[]
  /** If true, the principal must be a session; an access token is refused. Default false. */
  readonly session?: boolean
}

/** Conditions that only a session meets: `require` then returns the principal of a session. */
export type SessionRequirement = Requirement &
  ({ readonly session: true } | { readonly fresh: true } | { readonly methods: readonly string[] })
