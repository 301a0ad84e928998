/** What is left of a budget of tries, as a client may be told (draft-ietf-httpapi-ratelimit-headers). */
export interface Quota {
  /** Which budget: `login`, `account`, `register`. */
  readonly name: string
  /** Tries that a window has. */
  readonly tries: number
  readonly windowSeconds: number
  readonly remaining: number
  /** Seconds until there are more. */
  readonly resetSeconds: number
}

/** A try that was refused because there were too many before it. */
export interface ThrottledTry {
  /** What was tried: `login`, `register`. */
  readonly operation: string
  /** Whose account it was about, where one is known. For events only. */
  readonly userId: string | null
  readonly quota: Quota
}
