import type { Client, Reply } from './client.ts'

/** One request that a `fetch` of a test sent: method, path, status. */
export interface Seen {
  readonly call: string
  readonly status: number
}

/** A `fetch` that keeps cookies, as a browser's does, and records its requests. */
export interface BrowserFetch {
  readonly fetch: typeof fetch
  readonly seen: Seen[]
  /** Runs when a response has arrived, before the caller receives it. */
  onAnswer: ((seen: Seen, reply: Reply) => void | Promise<void>) | null
}

/** Creates a `fetch` that shares the cookie jar of a client. */
export function browserFetch(jar: Client): BrowserFetch {
  const own: BrowserFetch = {
    seen: [],
    onAnswer: null,
    async fetch(input, init = {}) {
      const { pathname, search } = new URL(String(input))
      const reply = await jar.request(pathname + search, init)
      const seen = { call: `${init.method} ${pathname}`, status: reply.status }
      own.seen.push(seen)
      await own.onAnswer?.(seen, reply)
      return new Response(reply.text === '' ? null : reply.text, { status: reply.status, headers: reply.headers })
    },
  }
  return own
}
