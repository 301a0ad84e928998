import type { ChildProcess } from 'node:child_process'
import type { RequestListener } from 'node:http'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Options of a server under test, as JSON. */
export interface SubjectOptions {
  /** A folder for this subject only. */
  readonly directory: string
  /** An empty database for this subject only; null if it uses none. */
  readonly postgresUrl: string | null
  readonly redisUrl: string | null
  /** Number of users to create, numbered from 0. */
  readonly users: number
  /** True if nothing is cached between requests, so that each reads the store. */
  readonly isCold: boolean
  /** Folder of Latchkey's entries in a built package, as a file URL; null for `src/`. */
  readonly latchkeyFolder: string | null
}

/** A server under test, ready to listen. It responds to GET /me and to its login. */
export interface Subject {
  /** Listens on a free port of 127.0.0.1 and returns the port. */
  listen(): Promise<number>
  /** A process that responds together with this one: its CPU time counts, and it ends with this one. */
  readonly companion?: ChildProcess
}

/** The export of every file of subjects: creates each subject by its id in the catalogue. */
export type SubjectMakers = Readonly<Record<string, (options: SubjectOptions) => Promise<Subject>>>

/** Returns a subject on `node:http`. */
export function onNodeHttp(listener: RequestListener): Subject {
  return { listen: () => listenOn(createServer(listener)) }
}

/** Listens on a free port of 127.0.0.1 and returns the port. */
export function listenOn(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    // A server that listens on TCP has an address with a port.
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })
}

/** Responds to GET /me on `node:http`: the user, or 401. */
export function answerMe(response: ServerResponse, email: string | null): void {
  if (email === null) {
    response.writeHead(401, { 'Content-Length': 0 }).end()
    return
  }
  const body = JSON.stringify({ email })
  response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': body.length }).end(body)
}

/** Returns the session cookie of a request; a minimal parser. */
export function readCookie(header: string | undefined, name: string): string {
  for (const part of (header ?? '').split('; ')) {
    if (part.startsWith(name) && part[name.length] === '=') return part.slice(name.length + 1)
  }
  return ''
}
