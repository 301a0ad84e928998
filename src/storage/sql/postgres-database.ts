/*
 * PostgreSQL behind Kysely, using `pg`. Each unit of work on a connection has a deadline: a server that is frozen, full
 * or slow becomes the refusal `unavailable`, and the connection is closed. A connection is also closed after an error
 * that another connection may not have, for example if the server became read-only: the next connection may lead to its
 * successor. test/storage/postgres-settings.test.ts and test/scale/failover.test.ts prove it.
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
import type { Pool, PoolClient } from 'pg'
import type { OnStatement } from '../storage.ts'
import { retryConflicts } from './conflicts.ts'
import { leaveHost, prepareConnection } from './postgres-connections.ts'
import { isConnectionKept, isStatementLost, toUnavailable } from './postgres-errors.ts'
import type { PostgresHosts } from './postgres-hosts.ts'
import type { Database } from './schema.ts'

/** Work with less time left is not started: it would be cut off in the middle. */
const LEAST_WORK_MS = 100
/** States the properties that the code depends on. The server, the database or the role may have other defaults. */
const BEGIN = 'BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE NOT DEFERRABLE'

/** How a database uses its pool. */
export interface PoolUse {
  /** The hosts that the pool connects to. */
  readonly hosts: PostgresHosts
  /** Milliseconds for one unit of work in total: a transaction or a single query. */
  readonly deadlineMs: number
  /** True if a pooler lends a connection of the server for one transaction only. */
  readonly isShared?: boolean | undefined
  readonly onStatement?: OnStatement | undefined
}

/** Returns the pool as a Kysely database of the schema `latchkey`. Closing it closes the pool. */
export function createPostgresKysely(pool: Pool, use: PoolUse): Kysely<Database> {
  const db = new Kysely<Database>({
    dialect: {
      createDriver: () => new PoolDriver(pool, use),
      createAdapter: () => new PostgresAdapter(),
      createIntrospector: (kysely) => new PostgresIntrospector(kysely),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  })
  return db.withSchema('latchkey')
}

/**
 * Prepares a query with one value and one row, whose columns come as an array.
 * @param name under which connections keep the prepared statement; null if a pooler may share connections.
 */
export function prepareRead<Row extends readonly unknown[]>(
  pool: Pool,
  { text, name, ...use }: PreparedReadOptions,
): (value: string) => Promise<Row | undefined> {
  const options = { rowMode: 'array', ...(name === null ? {} : { name }) } as const
  async function read(value: string): Promise<Row | undefined> {
    const connection = await lease(pool, use)
    try {
      const { rows } = await connection.run<Row>(text, [value], options).catch((error: unknown) => {
        if (!isStatementLost(error)) throw error
        return connection.run<Row>(text, [value], { rowMode: 'array' })
      })
      return rows[0]
    } finally {
      connection.release()
    }
  }
  return (value) => retryConflicts(() => read(value))
}

/** A query to prepare. */
export interface PreparedReadOptions extends PoolUse {
  readonly text: string
  readonly name: string | null
}

async function lease(pool: Pool, use: PoolUse): Promise<LeasedConnection> {
  const deadline = performance.now() + use.deadlineMs
  for (let tried = 1; ; tried++) {
    try {
      return await leaseFrom(pool, use, deadline)
    } catch (error) {
      const mayBeAnother = tried < use.hosts.count && deadline - performance.now() > LEAST_WORK_MS
      if (!mayBeAnother) throw toUnavailable(error)
    }
  }
}

async function leaseFrom(pool: Pool, use: PoolUse, deadline: number): Promise<LeasedConnection> {
  const client = await pool.connect()
  let isUsable = false
  try {
    await prepareConnection(client, {
      ...use,
      attribute: use.hosts.attribute,
      timeLeftMs: deadline - performance.now(),
    })
    isUsable = true
    if (deadline - performance.now() < LEAST_WORK_MS) throw new Error('no connection was free in time')
    return new LeasedConnection(client, deadline, use)
  } catch (error) {
    client.release(!isUsable)
    if (!isUsable) leaveHost(use.hosts, client)
    throw error
  }
}

class PoolDriver implements Driver {
  readonly #pool: Pool
  readonly #use: PoolUse

  constructor(pool: Pool, use: PoolUse) {
    this.#pool = pool
    this.#use = use
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<LeasedConnection> {
    return lease(this.#pool, this.#use)
  }

  async beginTransaction(connection: LeasedConnection): Promise<void> {
    await connection.begin()
  }

  async commitTransaction(connection: LeasedConnection): Promise<void> {
    await connection.commit()
  }

  async rollbackTransaction(connection: LeasedConnection): Promise<void> {
    await connection.rollBack()
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
  #isBroken = false
  #isInTransaction = false
  readonly #client: PoolClient
  readonly #deadline: number
  readonly #use: PoolUse

  constructor(client: PoolClient, deadline: number, use: PoolUse) {
    this.#client = client
    this.#deadline = deadline
    this.#use = use
  }

  async executeQuery<Row>({ sql, parameters, query }: CompiledQuery): Promise<QueryResult<Row>> {
    if (this.#isInTransaction) return this.run(sql, parameters)
    // The session settings of a shared connection are not ours, so a single write there states its own.
    const isAlone = this.#use.isShared === true && query.kind !== 'SelectQueryNode'
    return retryConflicts(() => (isAlone ? this.#runInTransaction(sql, parameters) : this.run(sql, parameters)))
  }

  async #runInTransaction<Row>(text: string, values: readonly unknown[]): Promise<QueryResult<Row>> {
    await this.begin()
    try {
      const result = await this.run<Row>(text, values)
      await this.commit()
      return result
    } catch (error) {
      await this.rollBack()
      throw error
    }
  }

  async begin(): Promise<void> {
    // The server also cancels work that this process abandons, so that it does not keep locks or wait for them.
    const limit = `${this.#use.deadlineMs}ms`
    const statements = [
      BEGIN,
      `SET LOCAL statement_timeout = '${limit}'`,
      `SET LOCAL idle_in_transaction_session_timeout = '${limit}'`,
      'SET LOCAL lock_timeout = 0',
    ]
    await this.run(statements.join('; '), []) // one round trip
    this.#isInTransaction = true
  }

  async commit(): Promise<void> {
    await this.run('COMMIT', [])
    this.#isInTransaction = false
  }

  async rollBack(): Promise<void> {
    this.#isInTransaction = false
    if (this.#isBroken) return
    try {
      await this.run('ROLLBACK', [])
    } catch {
      this.#isBroken = true // which also ends the transaction
    }
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
      if (!isConnectionKept(error)) this.#isBroken = true
      throw toUnavailable(error)
    } finally {
      this.#use.onStatement?.(text, performance.now() - startedAt)
    }
  }

  /**
   * Returns the connection to the pool. A query that timed out may still reply later, so its connection is closed
   * instead.
   */
  release(): void {
    this.#client.release(this.#isBroken)
  }

  // biome-ignore lint/correctness/useYield: the interface asks for a generator, and nothing here streams
  async *streamQuery<Row>(): AsyncIterableIterator<QueryResult<Row>> {
    throw new Error('Latchkey streams no query')
  }
}
