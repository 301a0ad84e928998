/*
 * The rings of the HTTP suite. On SQLite: the handler called with a Request, and the handler behind a real Node server.
 * Then PostgreSQL, and PostgreSQL with the sessions in Redis.
 */
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { inject } from 'vitest'
import type { EventOrigin, Latchkey, LatchkeyOptions, SecurityEvent } from '../../src/index.ts'
import { assembleLatchkey } from '../../src/latchkey.ts'
import { postgres } from '../../src/postgres.ts'
import { redis } from '../../src/redis.ts'
import type { Seams } from '../../src/seams.ts'
import { createHttpServer } from '../../src/server/http-server.ts'
import { sqlite } from '../../src/sqlite.ts'
import { type CaughtMails, catchMails } from '../../src/testing/catch-mails.ts'
import { ROOMY_LIMITS } from '../../src/testing/roomy-limits.ts'
import { SMALLEST_PASSWORD_COST } from '../../src/testing/smallest-password-cost.ts'
import { Client, type Send } from './client.ts'
import { lendDatabase } from './lent-database.ts'
import { readKeys } from './redis-server.ts'

/** The public origin in the options of instances under test. They do not listen there. */
export const ORIGIN = 'http://localhost:3000'
export const PASSWORD = 'correct horse battery'
/** Seals the emails in the outbox. All nodes share it, so that each can read the emails of the others. */
const SECRETS = [Buffer.alloc(32, 7).toString('base64url')]

/** An instance under test. */
export interface Instance extends Omit<CaughtMails, 'mailer'> {
  readonly auth: Latchkey
  readonly events: (SecurityEvent & EventOrigin)[]
  readonly statements: string[]
  readonly errors: unknown[]
  /** Returns all stored data as text. */
  stored(): Promise<string>
  /** Runs SQL directly on the database, as an attacker with access to it could; returns rows. */
  runSql(sql: string): Promise<Record<string, unknown>[]>
  /** Creates another node on the same data. Its emails and errors are caught here as well. `close` closes it, too. */
  sibling(options?: Partial<LatchkeyOptions>): Promise<Latchkey>
  /** Moves the clock forward. */
  advance(ms: number): void
  /** Creates a client with a separate cookie jar. */
  client(): Client
  close(): Promise<void>
}

export type Ring = 'handler' | 'server' | 'server, PostgreSQL' | 'handler, PostgreSQL and Redis'
export const RINGS: readonly Ring[] = ['handler', 'server', 'server, PostgreSQL', 'handler, PostgreSQL and Redis']

/** Seams for tests about hashing or its duration: `startInstance(ring, options, REAL_COST)`. */
export const REAL_COST: Seams = {}
/**
 * Long deadlines, so that no test fails on a busy machine; test/scale/faults.test.ts proves the deadlines of the
 * storages.
 */
const PATIENT = { deadlineMs: 20_000 }
export const SMALL_COST: Seams = { passwordCost: SMALLEST_PASSWORD_COST }

/** Starts an instance with a separate database. Passwords are hashed at the smallest cost unless `seams` differ. */
export async function startInstance(
  ring: Ring,
  options: Partial<LatchkeyOptions> = {},
  seams: Seams = SMALL_COST,
): Promise<Instance> {
  const events: Instance['events'] = []
  const statements: string[] = []
  const errors: unknown[] = []
  // The clock stands still unless it is moved.
  let now = Date.now()
  const data = await makeStorage(ring)
  const { mailer, ...caught } = catchMails()
  const shared = {
    baseUrl: ORIGIN,
    clock: () => now,
    mailer,
    secrets: SECRETS,
    throttle: ROOMY_LIMITS,
    sweepIntervalMs: 0,
    onError: (error: unknown) => errors.push(error),
  }
  const listeners: Partial<LatchkeyOptions> = {
    onEvent: (event) => events.push(event),
    onStatement: (statement) => statements.push(statement),
  }
  const auth = await assembleLatchkey({ ...shared, ...data.open(), ...listeners, ...options }, seams)
  const siblings: Latchkey[] = []
  const { send, stop } = ring.startsWith('handler') ? { send: sendTo(auth), stop: null } : await viaServer(auth)
  return {
    ...caught,
    auth,
    events,
    statements,
    errors,
    stored: data.stored,
    runSql: data.runSql,
    async sibling(more = {}) {
      const node = await assembleLatchkey({ ...shared, ...options, ...data.open(), ...more }, seams)
      siblings.push(node)
      return node
    },
    advance: (ms) => {
      now += ms
    },
    client: () => new Client(send),
    async close() {
      await stop?.()
      // A node that closes later would wait for the database that is removed here.
      await Promise.all([auth, ...siblings].map((node) => node.close()))
      await data.remove()
    },
  }
}

/**
 * Returns the present without its seconds, for the clock of a test that counts them. Redis forgets sessions by its own clock, so a
 * fixed date would work for a day.
 */
export function wholeMinute(): number {
  return Math.floor(Date.now() / 60_000) * 60_000
}

interface TestStorage {
  /** Returns the storage as another process opens it. */
  open(): Pick<LatchkeyOptions, 'storage' | 'sessionStorage'>
  stored(): Promise<string>
  runSql: Instance['runSql']
  remove(): Promise<void>
}

async function makeStorage(ring: Ring): Promise<TestStorage> {
  if (ring === 'handler' || ring === 'server') return makeSqliteFile()
  const { url, runSql, readRows, giveBack } = await lendDatabase()
  if (!ring.endsWith('Redis')) {
    return { open: () => ({ storage: postgres(url, PATIENT) }), stored: readRows, runSql, remove: giveBack }
  }
  const redisUrl = inject('redisServer')
  const prefix = `${randomUUID()}:`
  return {
    open: () => ({ storage: postgres(url, PATIENT), sessionStorage: redis(redisUrl, { prefix, ...PATIENT }) }),
    stored: async () => (await readRows()) + (await readKeys(redisUrl, prefix)),
    runSql,
    remove: giveBack,
  }
}

function makeSqliteFile(): TestStorage {
  const directory = mkdtempSync(join(tmpdir(), 'latchkey-'))
  const file = join(directory, 'test.db')
  return {
    open: () => ({ storage: sqlite(file) }),
    stored: async () => readFileSync(file, 'latin1') + readFileSync(`${file}-wal`, 'latin1'),
    async runSql(sql) {
      const beside = new DatabaseSync(file, { timeout: 2_000 })
      const rows = beside.prepare(sql).all()
      beside.close()
      return rows
    },
    remove: async () => rmSync(directory, { recursive: true }),
  }
}

/** Returns a function that calls the handler of a node. */
export function sendTo(auth: Latchkey): Send {
  return (path, init) => auth.handler(new Request(`${ORIGIN}${path}`, init), { remoteAddress: '127.0.0.1' })
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
