/*
 * LISTEN/NOTIFY: the changes of other processes reach this one over a separate connection. Notifications arrive in
 * order before the reply to a query on this connection, so every reply proves that none is outstanding.
 */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Kysely, sql, type Transaction } from 'kysely'
import type { Client } from 'pg'
import type { Change } from '../../sessions/store.ts'
import { type ChangeInbox, PROOF_INTERVAL_MS } from '../change-inbox.ts'
import { formatChange, parseChange } from '../change-message.ts'
import { noteChange } from './changes.ts'
import { connectionConfig, loadPg, prepareConnection } from './postgres-connections.ts'
import type { PostgresHosts } from './postgres-hosts.ts'
import type { Database } from './schema.ts'

const CHANNEL = 'latchkey'
/** Starts the notification with which a node tests its own connection. The other nodes ignore it. */
const HELLO = 'hello '
const ANSWER_MS = 1_000
const RECONNECT_MS = 500
const PROOF = `SELECT FROM pg_listening_channels() AS channel WHERE channel = '${CHANNEL}'`

/** Where to listen, and how to send. */
export interface ListenerDeps {
  /** The servers themselves, without a pooler in transaction mode in between. */
  readonly hosts: PostgresHosts
  /** The database connection that all changes are written with. */
  readonly db: Kysely<Database>
  readonly inbox: ChangeInbox
}

/** Listens until it is stopped; replaces a lost connection. */
export interface Listener {
  stop(): Promise<void>
}

/** Notifies every listening process when the transaction commits. */
export async function notifyChange(trx: Transaction<Database>, change: Change): Promise<void> {
  await noteChange(trx, change)
  await notify(trx, formatChange(change))
}

/**
 * Starts listening, and verifies that notifications arrive.
 * @throws Error if they do not arrive: the two URLs lead to different databases, or a pooler is in between.
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
      // Not connected yet. The inbox reports to its readers that nothing is heard.
      await sleep(RECONNECT_MS, undefined, { signal }).catch(() => undefined)
    }
  }
  return null
}

/**
 * Returns a connection that listens and has received its own notification, sent the way that changes are sent. It tries the
 * hosts one after the other.
 */
async function listen(deps: ListenerDeps): Promise<Client> {
  for (let tried = 1; ; tried++) {
    const url = deps.hosts.current()
    try {
      return await listenAt(deps)
    } catch (error) {
      deps.hosts.fail(url)
      if (tried >= deps.hosts.count) throw error
    }
  }
}

async function listenAt({ hosts, db, inbox }: ListenerDeps): Promise<Client> {
  const { default: pg } = await loadPg()
  const client = new pg.Client(await connectionConfig({ hosts, deadlineMs: ANSWER_MS * hosts.count }))
  client.on('error', () => undefined) // the next proof fails
  const hello = `${HELLO}${randomUUID()}`
  const heard = Promise.withResolvers<void>()
  client.on('notification', ({ payload = '' }) => {
    if (payload === hello) heard.resolve()
    if (!payload.startsWith(HELLO)) inbox.deliver(parseChange(payload))
  })
  try {
    await client.connect()
    await prepareConnection(client, { attribute: hosts.attribute, deadlineMs: ANSWER_MS, timeLeftMs: ANSWER_MS })
    await ask(client, `LISTEN ${CHANNEL}`)
    await notify(db, hello)
    await Promise.race([heard.promise, sleep(ANSWER_MS).then(() => Promise.reject(new Error('nothing is heard')))])
    await prove(client, inbox)
    return client
  } catch (error) {
    discard(client)
    throw new Error(
      'PostgreSQL notifications do not arrive, so this node cannot see revocations of other nodes. DATABASE_DIRECT_URL must ' +
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
    // The listener was stopped, or no reply came: in both cases this connection is not used again.
  }
}

async function prove(client: Client, inbox: ChangeInbox): Promise<void> {
  const askedAt = performance.now()
  const channels = await ask(client, PROOF)
  if (channels.length === 0) throw new Error('this connection has stopped listening')
  inbox.prove(askedAt)
}

async function ask(client: Client, text: string): Promise<readonly unknown[]> {
  // `query_timeout` also works for a single query, but the types declare it for connections only.
  const config = { text, query_timeout: ANSWER_MS }
  return (await client.query(config)).rows
}

async function notify(db: Kysely<Database>, payload: string): Promise<void> {
  await sql`SELECT pg_notify(${CHANNEL}, ${payload})`.execute(db)
}

function discard(client: Client): void {
  void client.end().catch(() => undefined)
}
