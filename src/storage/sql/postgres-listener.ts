/*
 * LISTEN/NOTIFY: what other processes change, pushed to this one over a connection of its own. Notifications come in
 * order before the answer to whatever this connection asks, so every answer proves that none is outstanding.
 */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Kysely, sql, type Transaction } from 'kysely'
import type { Client } from 'pg'
import type { Change } from '../../sessions/store.ts'
import { type ChangeInbox, PROOF_INTERVAL_MS } from '../change-inbox.ts'
import { formatChange, parseChange } from '../change-message.ts'
import { noteChange } from './changes.ts'
import { connectionConfig, loadPg } from './postgres-database.ts'
import type { Database } from './schema.ts'

const CHANNEL = 'latchkey'
const ANSWER_MS = 1_000
const RECONNECT_MS = 500
const PROOF = `SELECT FROM pg_listening_channels() AS channel WHERE channel = '${CHANNEL}'`

/** Where to listen, and how to make oneself heard. */
export interface ListenerDeps {
  /** The server itself, without a pooler that works by transactions in between. */
  readonly directUrl: string
  /** Writes by the way that all changes are written. */
  readonly db: Kysely<Database>
  readonly inbox: ChangeInbox
}

/** Listens until it is stopped; a lost connection is made anew. */
export interface Listener {
  stop(): Promise<void>
}

/** Tells every process that listens, when the transaction commits. */
export async function notifyChange(trx: Transaction<Database>, change: Change): Promise<void> {
  await noteChange(trx, change)
  await notify(trx, formatChange(change))
}

/**
 * Starts listening, and makes sure that what is written is heard.
 * @throws Error when it is not: the two addresses lead to different databases, or a pooler stands in between.
 */
export async function startListener(deps: ListenerDeps): Promise<Listener> {
  const stopping = new AbortController()
  let client = await listen(deps)
  const ended = follow()

  async function follow(): Promise<void> {
    while (!stopping.signal.aborted) {
      await proveWhileAlive(client, deps.inbox, stopping.signal)
      deps.inbox.lose()
      discard(client)
      client = (await relisten(deps, stopping.signal)) ?? client
    }
    discard(client)
  }

  return {
    async stop() {
      stopping.abort()
      await ended
    },
  }
}

async function relisten(deps: ListenerDeps, signal: AbortSignal): Promise<Client | null> {
  while (!signal.aborted) {
    try {
      return await listen(deps)
    } catch {
      // Not back yet. Whoever reads the inbox is told that nothing is heard.
      await sleep(RECONNECT_MS, undefined, { signal }).catch(() => undefined)
    }
  }
  return null
}

/** A connection that listens and has heard its own call, sent by the way that changes are sent. */
async function listen({ directUrl, db, inbox }: ListenerDeps): Promise<Client> {
  const { default: pg } = await loadPg()
  const client = new pg.Client(await connectionConfig(directUrl, ANSWER_MS))
  client.on('error', () => undefined) // the next proof fails
  const hello = randomUUID()
  const heard = Promise.withResolvers<void>()
  client.on('notification', ({ payload = '' }) => {
    if (payload === hello) heard.resolve()
    const change = parseChange(payload)
    if (change !== null) inbox.deliver(change)
  })
  try {
    await client.connect()
    await ask(client, `LISTEN ${CHANNEL}`)
    await notify(db, hello)
    await Promise.race([heard.promise, sleep(ANSWER_MS).then(() => Promise.reject(new Error('nothing is heard')))])
    await prove(client, inbox)
    return client
  } catch (error) {
    discard(client)
    throw new Error(
      'PostgreSQL notifications do not arrive, so revocations on other nodes would not be seen. DATABASE_DIRECT_URL must ' +
        'lead to the same database as DATABASE_URL, and not through a pooler such as PgBouncer.',
      { cause: error },
    )
  }
}

async function proveWhileAlive(client: Client, inbox: ChangeInbox, signal: AbortSignal): Promise<void> {
  try {
    for (;;) {
      await sleep(PROOF_INTERVAL_MS, undefined, { signal, ref: false })
      await prove(client, inbox)
    }
  } catch {
    // Stopped, or without an answer: either way this connection is done.
  }
}

async function prove(client: Client, inbox: ChangeInbox): Promise<void> {
  const askedAt = performance.now()
  const channels = await ask(client, PROOF)
  if (channels.length === 0) throw new Error('this connection does not listen any more')
  inbox.prove(askedAt)
}

async function ask(client: Client, text: string): Promise<readonly unknown[]> {
  // `query_timeout` is a setting of one query as well; the types know it as one of the connection only.
  const config = { text, query_timeout: ANSWER_MS }
  return (await client.query(config)).rows
}

async function notify(db: Kysely<Database>, payload: string): Promise<void> {
  await sql`SELECT pg_notify(${CHANNEL}, ${payload})`.execute(db)
}

function discard(client: Client): void {
  void client.end().catch(() => undefined)
}
