/** The rest of a budget of attempts, for the response headers (draft-ietf-httpapi-ratelimit-headers). */
export interface Quota {
  /** Name of the budget: `login`, `account`, `register`. */
  readonly name: string
  /** Attempts in one window. */
  readonly tries: number
  readonly windowSeconds: number
  readonly remaining: number
  /** Seconds until the budget is full again. */
  readonly resetSeconds: number
}

/** An attempt that was refused because there were too many before it. */
export interface ThrottledTry {
  /** The operation: `login`, `register`. */
  readonly operation: string
  /** Id of the user whose account the attempt was about; null if unknown. For events only. */
  readonly userId: string | null
  readonly quota: Quota
}
