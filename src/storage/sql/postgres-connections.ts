/*
 * Connections to PostgreSQL. Each states the session settings that the code depends on, because the server, the
 * database, the role or the URL may set others (decision 34). A server that only accepts reads is refused: what it
 * returns may be old.
 */
import type { Client, ClientBase, ClientConfig, Pool } from 'pg'
import { createOptionalImport } from '../../kernel/optional-import.ts'
import type { PostgresHosts, SessionAttribute } from './postgres-hosts.ts'

/** Loads the driver, which only users of PostgreSQL install. */
export const loadPg = createOptionalImport(() => import('pg'), { name: 'pg', since: '8.0.3', purpose: 'PostgreSQL' })

const TIMESTAMPTZ = 1184

/** How to connect. */
export interface ConnectionOptions {
  readonly hosts: PostgresHosts
  /** Milliseconds for connecting, and for each statement. */
  readonly deadlineMs: number
  /** True if a pooler lends a connection of the server for one transaction only. */
  readonly isShared?: boolean | undefined
}

/** Options of a pool of connections. */
export interface PoolOptions extends ConnectionOptions {
  /** Maximum number of connections. */
  readonly size: number
}

/** How to prepare a connection. */
export interface PrepareOptions extends Omit<ConnectionOptions, 'hosts'> {
  /** Property that the server must have. Default: it is not a standby. */
  readonly attribute?: SessionAttribute | undefined
  /** Milliseconds after which the call gives up. */
  readonly timeLeftMs: number
}

/** Returns the configuration of the driver for the current host: times come as milliseconds since 1970 UTC. */
export async function connectionConfig({ hosts, deadlineMs }: ConnectionOptions): Promise<ClientConfig> {
  const { types } = (await loadPg()).default
  return {
    connectionString: hosts.current(),
    application_name: 'latchkey',
    keepAlive: true,
    connectionTimeoutMillis: Math.ceil(deadlineMs / hosts.count), // so that one host leaves time for the next
    types: {
      getTypeParser: ((oid: number, format?: 'text') => {
        const parse = types.getTypeParser(oid, format)
        return oid === TIMESTAMPTZ ? (text: string) => parseTime(text, parse) : parse
      }) as ClientConfig['types'] extends { getTypeParser: infer Get } | undefined ? Get : never,
    },
  }
}

/** The text of a server in UTC is close to ISO 8601, which parses fast; the driver parses any other text. */
function parseTime(text: string, parse: (text: string) => unknown): number {
  if (text.endsWith('+00')) return Date.parse(`${text.slice(0, 10)}T${text.slice(11, -3)}Z`)
  return (parse(text) as Date).getTime()
}

/** Creates a pool. It connects on first use. */
export async function createPool({ size, ...options }: PoolOptions): Promise<Pool> {
  const { default: pg } = await loadPg()
  const pool = new pg.Pool({
    ...(await connectionConfig(options)),
    connectionTimeoutMillis: options.deadlineMs, // for a place in the pool, too
    max: size,
    Client: chooseHosts(pg.Client, options),
  })
  // A connection that breaks while idle leaves the pool; one that breaks in use fails its query. Both emit an error,
  // which needs a listener.
  pool.on('error', () => undefined)
  pool.on('connect', (client) => client.on('error', () => undefined))
  return pool
}

/** The URL that a connection of a pool leads to. */
const urlsOf = new WeakMap<ClientBase, string>()

/** Returns the class of the clients of a pool. Each leads to the host that is current when it is created. */
function chooseHosts(Base: typeof Client, { hosts, deadlineMs }: ConnectionOptions): typeof Client {
  return class extends Base {
    constructor(config: ClientConfig) {
      const connectionTimeoutMillis = Math.ceil(deadlineMs / hosts.count)
      super({ ...config, connectionString: hosts.current(), connectionTimeoutMillis })
      urlsOf.set(this, hosts.current())
    }

    override connect(callback?: unknown): Promise<never> {
      const url = urlsOf.get(this) ?? ''
      return super.connect(((error: unknown, ...more: unknown[]) => {
        if (error) hosts.fail(url)
        ;(callback as (...values: unknown[]) => void)(error, ...more) // the pool always has one
      }) as never) as never
    }
  }
}

/** Closes a connection of a pool whose server does not fit, and makes the next connection go to the next host. */
export function leaveHost(hosts: PostgresHosts, client: ClientBase): void {
  hosts.fail(urlsOf.get(client) ?? '')
}

const prepared = new WeakSet<ClientBase>()

/**
 * Sets the session settings of a connection if it is new.
 * @throws Error if the server is a standby.
 */
export async function prepareConnection(client: ClientBase, how: PrepareOptions): Promise<void> {
  if (prepared.has(client)) return
  const settings = how.isShared ? SHARED_SETTINGS : { ...SHARED_SETTINGS, ...ownSettings(how.deadlineMs) }
  const assignments = [
    ...Object.entries(settings).map(([name, value]) => `set_config('${name}', '${value}', false)`),
    ...(how.isShared ? [] : [DURABLE, UNLIMITED]),
  ]
  const about = [
    'pg_catalog.pg_is_in_recovery() AS "isStandby"',
    `pg_catalog.current_setting('transaction_read_only') AS "readOnly"`, // of this transaction, so before the assignments
  ]
  const text = `SELECT ${[...about, ...assignments].join(', ')}`
  // `query_timeout` also works for a single query, but the types declare it for connections only.
  const config = { text, query_timeout: Math.max(1, Math.ceil(how.timeLeftMs)) }
  const { rows } = await client.query(config)
  if (rows[0].isStandby) throw new Error('this server is a standby, which only accepts reads')
  if (how.attribute === 'read-write' && rows[0].readOnly === 'on') {
    throw new Error('this server only accepts reads by default, and target_session_attrs is read-write')
  }
  prepared.add(client)
}

/** A pooler that shares connections keeps this setting for each of its clients (PgBouncer does), and no other. */
const SHARED_SETTINGS = { DateStyle: 'ISO, MDY' } as const

/** An answered request is in the database after a crash of the server. Stronger values than `on` stay. */
const DURABLE = `set_config('synchronous_commit', replace(current_setting('synchronous_commit'), 'off', 'on'), false)`

/** A connection may wait for its next work. Versions before 17 do not have the second setting. */
const UNLIMITED = `(SELECT count(set_config(name, '0', false)) FROM pg_catalog.pg_settings
  WHERE name IN ('idle_session_timeout', 'transaction_timeout'))`

/** Every transaction states most of these again, so that it does not depend on them behind such a pooler. */
function ownSettings(deadlineMs: number): Record<string, string> {
  return {
    TimeZone: 'UTC',
    default_transaction_isolation: 'read committed',
    default_transaction_read_only: 'off',
    default_transaction_deferrable: 'off',
    standard_conforming_strings: 'on',
    search_path: 'pg_catalog',
    statement_timeout: `${deadlineMs}ms`,
    lock_timeout: '0',
  }
}
