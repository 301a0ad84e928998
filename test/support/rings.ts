/* The two rings of the HTTP suite: the handler called with a Request, and the same behind a real Node server. */
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { EventOrigin, SecurityEvent } from '../../src/index.ts'
import { createLatchkey, type Latchkey, type LatchkeyOptions } from '../../src/index.ts'
import { createHttpServer } from '../../src/server/http-server.ts'
import { sqlite } from '../../src/sqlite.ts'
import { Client, type Send } from './client.ts'

/** The origin that instances under test are configured for. It is not where they listen. */
export const ORIGIN = 'http://localhost:3000'
export const PASSWORD = 'correct horse battery'

/** An instance under test. */
export interface Instance {
  readonly auth: Latchkey
  readonly events: (SecurityEvent & EventOrigin)[]
  readonly statements: string[]
  readonly errors: unknown[]
  /** The database file. */
  readonly file: string
  /** Moves the clock. */
  advance(ms: number): void
  /** A new client with a cookie jar of its own. */
  client(): Client
  close(): Promise<void>
}

export type Ring = 'handler' | 'server'
export const RINGS: readonly Ring[] = ['handler', 'server']

/** Starts an instance with a database of its own. */
export async function startInstance(ring: Ring, options: Partial<LatchkeyOptions> = {}): Promise<Instance> {
  const directory = mkdtempSync(join(tmpdir(), 'latchkey-'))
  const file = join(directory, 'test.db')
  const events: Instance['events'] = []
  const statements: string[] = []
  const errors: unknown[] = []
  // The clock stands still unless it is moved.
  let now = Date.now()
  const auth = await createLatchkey({
    baseUrl: ORIGIN,
    storage: sqlite(file, { onStatement: (statement) => statements.push(statement) }),
    clock: () => now,
    onEvent: (event) => events.push(event),
    onError: (error) => errors.push(error),
    sweepIntervalMs: 0,
    ...options,
  })
  const { send, stop } = ring === 'handler' ? viaHandler(auth) : await viaServer(auth)
  return {
    auth,
    events,
    statements,
    errors,
    file,
    advance: (ms) => {
      now += ms
    },
    client: () => new Client(send),
    async close() {
      await stop()
      await auth.close()
      rmSync(directory, { recursive: true })
    },
  }
}

function viaHandler(auth: Latchkey): { send: Send; stop: () => Promise<void> } {
  const send: Send = (path, init) => auth.handler(new Request(`${ORIGIN}${path}`, init), { remoteAddress: '127.0.0.1' })
  return { send, stop: async () => undefined }
}

async function viaServer(auth: Latchkey): Promise<{ send: Send; stop: () => Promise<void> }> {
  const server = createHttpServer(auth, ORIGIN).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const send: Send = (path, init) => fetch(`http://127.0.0.1:${port}${path}`, { redirect: 'manual', ...init })
  return {
    send,
    async stop() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
