import type { ChildProcess } from 'node:child_process'
import type { RequestListener } from 'node:http'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What a server under test is given, as JSON. */
export interface SubjectOptions {
  /** A folder of its own. */
  readonly directory: string
  /** An empty database of its own; null when the subject uses none. */
  readonly postgresUrl: string | null
  readonly redisUrl: string | null
  /** Users to have, numbered from 0. */
  readonly users: number
  /** True: nothing is remembered between requests, so that each asks the store. */
  readonly isCold: boolean
  /** Folder with Latchkey's entries as a file URL, when not `src/`: that of a built package. */
  readonly latchkeyFolder: string | null
}

/** A server under test, ready to listen. It answers GET /me and its login. */
export interface Subject {
  /** Listens on a free port of 127.0.0.1, which it returns. */
  listen(): Promise<number>
  /** A process that answers together with this one: its CPU time counts, and it ends with it. */
  readonly companion?: ChildProcess
}

/** What every file of subjects exports: how to make each, by the id that it has in the catalogue. */
export type SubjectMakers = Readonly<Record<string, (options: SubjectOptions) => Promise<Subject>>>

/** A subject on `node:http`. */
export function onNodeHttp(listener: RequestListener): Subject {
  return { listen: () => listenOn(createServer(listener)) }
}

/** Listens on a free port of 127.0.0.1. */
export function listenOn(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    // A server that listens on TCP has an address with a port.
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })
}

/** Answers GET /me on `node:http`: who it is, or 401. */
export function answerMe(response: ServerResponse, email: string | null): void {
  if (email === null) {
    response.writeHead(401, { 'Content-Length': 0 }).end()
    return
  }
  const body = JSON.stringify({ email })
  response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': body.length }).end(body)
}

/** Session cookie of a request by hand: the least that works. */
export function readCookie(header: string | undefined, name: string): string {
  for (const part of (header ?? '').split('; ')) {
    if (part.startsWith(name) && part[name.length] === '=') return part.slice(name.length + 1)
  }
  return ''
}
