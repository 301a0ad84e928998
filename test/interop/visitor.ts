/* A visitor who uses the site with a client. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Command, startClient } from './client-process.ts'
import type { InteropClient, Prepared } from './clients.ts'
import type { Site } from './site.ts'

/** A request as the server saw it, and the answer as the client shows it. */
export interface Exchange {
  /** Undefined if no request arrived. */
  readonly status: number | undefined
  /** The session cookie that the client sent. */
  readonly cookie: string | undefined
  readonly userAgent: string
  /** Of the user that the answer is about. */
  readonly email: string | undefined
}

/** A client and its cookie jar. */
export interface Visitor {
  /** @param origin default that of the site. */
  ask(command: Command, origin?: string): Promise<Exchange>
  /** Quits the client and starts it again with the same cookie jar. */
  restart(): Promise<void>
  close(): Promise<void>
}

/** Starts the client with an empty cookie jar. */
export function startVisitor(client: InteropClient, site: Site, prepared: Prepared): Visitor {
  const directory = mkdtempSync(join(tmpdir(), 'latchkey-interop-'))
  let running = startClient(client, { directory, prepared })
  return {
    async ask(command, origin = site.origin) {
      const before = site.seen.length
      const body = await running.ask(command, origin)
      const [seen, ...more] = site.seen.slice(before)
      if (more.length > 0) throw new Error(`${client.name} sent ${more.length + 1} requests for one`)
      const { user } = body.startsWith('{') ? JSON.parse(body) : {}
      const { status, cookie, userAgent = '' } = seen ?? {}
      return { status, cookie, userAgent, email: user?.email }
    },
    async restart() {
      await running.end()
      running = startClient(client, { directory, prepared })
    },
    async close() {
      await running.end()
      rmSync(directory, { recursive: true })
    },
  }
}
