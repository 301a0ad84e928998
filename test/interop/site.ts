/* Latchkey over TLS in an application: with its own page at the root, an adjustable clock, and a record of requests. */
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLatchkey, type Latchkey, type LatchkeyOptions } from '../../src/index.ts'
import { toNodeHandler } from '../../src/node.ts'
import { sqlite } from '../../src/sqlite.ts'
import { ROOMY_LIMITS } from '../../src/testing/roomy-limits.ts'
import type { Certificate } from '../support/certificate.ts'

/** A request received under `/auth`. */
export interface Seen {
  readonly status: number
  /** The session cookie of the request. */
  readonly cookie: string | undefined
  readonly userAgent: string
}

/** Settings of sessions. */
export type SessionOptions = NonNullable<LatchkeyOptions['session']>

/** A running application. */
export interface Site {
  /** Of the application: `https://localhost`. */
  readonly origin: string
  /** The same site under another name: `https://127.0.0.1`. */
  readonly otherHost: string
  /** Another server on the same host, over plain http. */
  readonly plainHttp: string
  readonly seen: readonly Seen[]
  /** Moves Latchkey's clock. */
  advance(ms: number): void
  /** Stops Latchkey, and starts it on the same data with other settings. */
  restart(session: SessionOptions): Promise<void>
  close(): Promise<void>
}

const SESSION_COOKIE = /(?:^|; )__Host-latchkey=([^;]*)/
const USERS = ['grace@example.com', 'ada@example.com']

/** Starts it on free ports, with two users. */
export async function startSite(certificate: Certificate, session: SessionOptions = {}): Promise<Site> {
  const directory = mkdtempSync(join(tmpdir(), 'latchkey-interop-'))
  const seen: Seen[] = []
  let now = Date.now()
  const tls = createTlsServer(certificate)
  const plain = createServer((request, response) => {
    watch(seen, request, response)
    response.end('{}')
  })
  const [port, plainPort] = [await listen(tls), await listen(plain)]
  const origin = `https://localhost:${port}`
  const open = (session: SessionOptions): Promise<Latchkey> =>
    createLatchkey({
      baseUrl: origin,
      storage: sqlite(join(directory, 'app.db')),
      secrets: [Buffer.alloc(32, 7).toString('base64url')],
      throttle: ROOMY_LIMITS,
      verifyEmail: 'off',
      deliverMails: false,
      clock: () => now,
      session,
    })
  let auth = await open(session)
  for (const email of USERS) await auth.users.create({ email, password: 'correct horse battery' })
  let handler = serve(auth)
  tls.on('request', (request, response) => {
    watch(seen, request, response)
    handler(request, response)
  })
  return {
    origin,
    otherHost: `https://127.0.0.1:${port}`,
    plainHttp: `http://localhost:${plainPort}`,
    seen,
    advance: (ms) => {
      now += ms
    },
    async restart(session) {
      await auth.close()
      auth = await open(session)
      handler = serve(auth)
    },
    async close() {
      await Promise.all([tls, plain].map(stop))
      await auth.close()
      rmSync(directory, { recursive: true })
    },
  }
}

/** A browser needs this page to send requests from this origin. */
function serve(auth: Latchkey): RequestListener {
  return toNodeHandler(auth, (_request, response) => {
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>App</title>')
  })
}

function watch(seen: Seen[], request: IncomingMessage, response: ServerResponse): void {
  if (!request.url?.startsWith('/auth/')) return
  const [, cookie] = SESSION_COOKIE.exec(request.headers.cookie ?? '') ?? []
  const userAgent = request.headers['user-agent'] ?? ''
  seen.push({
    get status() {
      return response.statusCode
    },
    cookie,
    userAgent,
  })
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

async function stop(server: Server): Promise<void> {
  server.closeAllConnections()
  server.close()
  await once(server, 'close')
}
