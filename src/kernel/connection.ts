/** What is known of a connection besides the request. */
export interface Connection {
  /** Address of the socket's other end. */
  readonly remoteAddress?: string | undefined
}

/** One answered request, for a log. Never holds a header, a query or a body. */
export interface RequestRecord {
  readonly requestId: string
  readonly method: string
  /** The route's path, not the request's: `/auth/sessions/{id}`. Null when there is no such route. */
  readonly route: string | null
  readonly status: number
  readonly durationMs: number
}
