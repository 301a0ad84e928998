/*
 * PostgreSQL behind Kysely, using `pg`. Each unit of work on a connection has a deadline: a server that is frozen, full
 * or slow becomes the refusal `unavailable`, and the connection is closed.
 */
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from 'kysely'
import type { ClientConfig, Pool, PoolClient } from 'pg'
import { createOptionalImport } from '../../kernel/optional-import.ts'
import { Refusal } from '../../kernel/refusal.ts'
import type { OnStatement } from '../storage.ts'
import { sqlState } from './errors.ts'
import type { Database } from './schema.ts'

/** Loads the driver, which only users of PostgreSQL install. */
export const loadPg = createOptionalImport(() => import('pg'), 'pg', 'PostgreSQL')

const TIMESTAMPTZ = 1184
/** Work with less time left is not started: it would be cut off in the middle. */
const LEAST_WORK_MS = 100
/**
 * States that mean "not now" and not "wrong SQL": connection, resources, operator, system; locks, deadlocks, read-only.
 */
const UNAVAILABLE = /^(?:08|53|57|58|25006|40001|40P01|55P03)/

/** States after which a connection is unusable. */
const LOST = /^(?:08|57P|25P03)/

/** Options of a pool of connections. */
export interface PoolOptions {
  readonly url: string
  /** Maximum number of connections. */
  readonly size: number
  /** Milliseconds for one unit of work in total: a transaction or a single query. */
  readonly deadlineMs: number
}

/** Settings of every connection: times come as milliseconds since 1970 UTC. */
export async function connectionConfig(url: string, deadlineMs: number): Promise<ClientConfig> {
  const { types } = (await loadPg()).default
  return {
    connectionString: url,
    application_name: 'latchkey',
    keepAlive: true,
    connectionTimeoutMillis: deadlineMs,
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
export async function createPool({ url, size, deadlineMs }: PoolOptions): Promise<Pool> {
  const { default: pg } = await loadPg()
  const pool = new pg.Pool({ ...(await connectionConfig(url, deadlineMs)), max: size })
  // A connection that breaks while idle leaves the pool; one that breaks in use fails its query. Both emit an error,
  // which needs a listener.
  pool.on('error', () => undefined)
  pool.on('connect', (client) => client.on('error', () => undefined))
  return pool
}

/** Returns the pool as a Kysely database of the schema `latchkey`. Closing it closes the pool. */
export function createPostgresKysely(
  pool: Pool,
  { deadlineMs, onStatement }: { readonly deadlineMs: number; readonly onStatement?: OnStatement | undefined },
): Kysely<Database> {
  const db = new Kysely<Database>({
    dialect: {
      createDriver: () => new PoolDriver(pool, deadlineMs, onStatement),
      createAdapter: () => new PostgresAdapter(),
      createIntrospector: (kysely) => new PostgresIntrospector(kysely),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  })
  return db.withSchema('latchkey')
}

/**
 * Returns the refusal `unavailable` for an error of a database that cannot respond now; returns any other error
 * unchanged.
 */
export function toUnavailable(error: unknown): unknown {
  const state = sqlState(error)
  // An error without a state does not come from the server: the connection failed or the deadline passed.
  if (error instanceof Refusal || (state !== null && !UNAVAILABLE.test(state))) return error
  const reason = `PostgreSQL: ${state ?? ''} ${error instanceof Error ? error.message : String(error)}`
  return new Refusal('unavailable', {
    detail: 'The database does not answer.',
    retryAfterSeconds: 1,
    reason,
    cause: error,
  })
}

/**
 * Prepares a query with one value and one row, whose columns come as an array.
 * @param name under which connections keep the prepared statement; null if a pooler may share connections.
 */
export function prepareRead<Row extends readonly unknown[]>(
  pool: Pool,
  { text, name, deadlineMs, onStatement }: PreparedReadOptions,
): (value: string) => Promise<Row | undefined> {
  const options = { rowMode: 'array', ...(name === null ? {} : { name }) } as const
  return async (value) => {
    const connection = await lease(pool, performance.now() + deadlineMs, onStatement)
    try {
      const { rows } = await connection.run<Row>(text, [value], options)
      return rows[0]
    } finally {
      connection.release()
    }
  }
}

/** A query to prepare, and its deadline. */
export interface PreparedReadOptions {
  readonly text: string
  readonly name: string | null
  readonly deadlineMs: number
  readonly onStatement: OnStatement | undefined
}

async function lease(pool: Pool, deadline: number, onStatement: OnStatement | undefined): Promise<LeasedConnection> {
  try {
    const client = await pool.connect()
    if (deadline - performance.now() >= LEAST_WORK_MS) return new LeasedConnection(client, deadline, onStatement)
    client.release()
    throw new Error('no connection was free in time')
  } catch (error) {
    throw toUnavailable(error)
  }
}

class PoolDriver implements Driver {
  readonly #pool: Pool
  readonly #deadlineMs: number
  readonly #onStatement: OnStatement | undefined

  constructor(pool: Pool, deadlineMs: number, onStatement: OnStatement | undefined) {
    this.#pool = pool
    this.#deadlineMs = deadlineMs
    this.#onStatement = onStatement
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<LeasedConnection> {
    const deadline = performance.now() + this.#deadlineMs
    return lease(this.#pool, deadline, this.#onStatement)
  }

  async beginTransaction(connection: LeasedConnection): Promise<void> {
    // The server also cancels work that this process abandons, so that it does not keep locks or wait for them.
    const limit = `${this.#deadlineMs}ms`
    await connection.runAll([
      'BEGIN',
      `SET LOCAL statement_timeout = '${limit}'`,
      `SET LOCAL idle_in_transaction_session_timeout = '${limit}'`,
    ])
  }

  async commitTransaction(connection: LeasedConnection): Promise<void> {
    await connection.run('COMMIT', [])
  }

  async rollbackTransaction(connection: LeasedConnection): Promise<void> {
    if (connection.isBroken) return
    try {
      await connection.run('ROLLBACK', [])
    } catch {
      connection.isBroken = true // which also ends the transaction
    }
  }

  async releaseConnection(connection: LeasedConnection): Promise<void> {
    connection.release()
  }

  async destroy(): Promise<void> {
    await this.#pool.end()
  }
}

/** A connection of the pool for one unit of work, with its deadline. */
class LeasedConnection implements DatabaseConnection {
  isBroken = false
  readonly #client: PoolClient
  readonly #deadline: number
  readonly #onStatement: OnStatement | undefined

  constructor(client: PoolClient, deadline: number, onStatement: OnStatement | undefined) {
    this.#client = client
    this.#deadline = deadline
    this.#onStatement = onStatement
  }

  executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    return this.run(sql, parameters)
  }

  async run<Row>(
    text: string,
    values: readonly unknown[],
    options: { readonly name?: string; readonly rowMode?: 'array' } = {},
  ): Promise<QueryResult<Row>> {
    const startedAt = performance.now()
    try {
      const timeLeft = Math.max(1, Math.ceil(this.#deadline - startedAt))
      // `query_timeout` also works for a single query, but the types declare it for connections only.
      const config = { text, values: values as unknown[], query_timeout: timeLeft, ...options }
      const { rows, rowCount } = await this.#client.query(config)
      return { rows: rows as Row[], numAffectedRows: BigInt(rowCount ?? 0) }
    } catch (error) {
      const state = sqlState(error)
      if (state === null || LOST.test(state)) this.isBroken = true
      throw toUnavailable(error)
    } finally {
      this.#onStatement?.(text, performance.now() - startedAt)
    }
  }

  /** Runs statements without values in one round trip. */
  async runAll(statements: readonly string[]): Promise<void> {
    await this.run(statements.join('; '), [])
  }

  /**
   * Returns the connection to the pool. A query that timed out may still reply later, so its connection is closed
   * instead.
   */
  release(): void {
    this.#client.release(this.isBroken)
  }

  // biome-ignore lint/correctness/useYield: the interface asks for a generator, and nothing here streams
  async *streamQuery<Row>(): AsyncIterableIterator<QueryResult<Row>> {
    throw new Error('Latchkey streams no query')
  }
}
