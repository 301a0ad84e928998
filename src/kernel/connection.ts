/** Facts about a connection that the request does not contain. */
export interface Connection {
  /** IP address of the other end of the socket. */
  readonly remoteAddress?: string | undefined
}

/** One answered request, for a log. It never contains a header, a query or a body. */
export interface RequestRecord {
  readonly requestId: string
  readonly method: string
  /** The path of the route, not of the request: `/auth/sessions/{id}`. Null if the route does not exist. */
  readonly route: string | null
  readonly status: number
  readonly durationMs: number
}
