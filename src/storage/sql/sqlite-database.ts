/*
 * node:sqlite behind Kysely. Each process has one connection for writes and one for reads, so that reads never wait
 * behind a waiting write. Writers of several processes take turns: a transaction starts with BEGIN IMMEDIATE. If the
 * database is busy, the process retries without blocking the event loop, for up to two seconds. A long row of queries lets
 * the event loop continue every 5 ms, between two units of work.
 */
import { closeSync, openSync } from 'node:fs'
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  Kysely,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import { createBoundedMap } from '../../kernel/bounded-map.ts'
import type { Found } from '../../kernel/found.ts'
import { Refusal } from '../../kernel/refusal.ts'
import { requireDirectory } from '../../kernel/require-directory.ts'
import type { OnStatement } from '../storage.ts'
import { sqliteCode } from './errors.ts'
import { takeTurn } from './loop-turns.ts'
import { noteCommit } from './poll-watch.ts'
import type { Database } from './schema.ts'

// An import would fail in an old Node.js before the entry can say which version it needs.
const { DatabaseSync: Sqlite } = process.getBuiltinModule('node:sqlite')

/** How long SQLite waits for another process's write. This wait blocks the process, so it is short. */
const BUSY_TIMEOUT_MS = 5
/** How long the database may be busy before writes are answered with 503. */
const BUSY_DEADLINE_MS = 2_000
const BUSY_RETRY_MS = 10
/** After this long without a busy reply, the next one starts a new deadline. */
const BUSY_PAUSE_MS = 100
const MAX_PREPARED_STATEMENTS = 200

/** SQLite reads data beyond this size into its own cache of 2 MB. */
const MAX_MAPPED_BYTES = 2 ** 30

const OWNER_ONLY = 0o600

const SQLITE_BUSY = 5
/**
 * Primary result codes that mean "not now" and not "wrong SQL": busy, locked, read-only, I/O, corrupt, full, cannot
 * open.
 */
const UNAVAILABLE = new Set([SQLITE_BUSY, 6, 8, 10, 11, 13, 14, 26])

/**
 * Opens the file, and creates it readable for its owner only: WAL, every commit on disk before its answer, foreign keys
 * on.
 */
export function openSqliteFile(path: string): DatabaseSync {
  if (path !== ':memory:') createForOwner(path)
  return naming(path, () => {
    const file = new Sqlite(path, { timeout: BUSY_DEADLINE_MS, enableForeignKeyConstraints: true })
    file.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
    file.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`)
    return file
  })
}

/**
 * Opens an existing file without changing it: it may belong to another program, and the write-ahead log would be turned on in it.
 * @throws Error if it is not a database.
 */
export function openSqliteUnchanged(path: string): DatabaseSync {
  return naming(path, () => {
    const file = new Sqlite(path, { timeout: BUSY_DEADLINE_MS })
    file.exec('PRAGMA schema_version') // reads the file
    return file
  })
}

/** Adds the path to the message of an error of SQLite, which names no file. */
function naming<Result>(path: string, open: () => Result): Result {
  try {
    return open()
  } catch (error) {
    if (error instanceof Error) error.message = `The SQLite database ${path} cannot be opened: ${error.message}`
    throw error
  }
}

/** Opens the file a second time, for reading: uses the system's page cache, without a copy of each page. */
export function openSqliteReader(path: string): DatabaseSync {
  const file = openSqliteFile(path)
  file.exec(`PRAGMA mmap_size = ${MAX_MAPPED_BYTES}`)
  return file
}

/**
 * Creates the file if it is absent. Does not open an existing file: closing any descriptor of a file drops all locks
 * that this process holds on it (sqlite.org/howtocorrupt.html, section 2.2), including SQLite's.
 */
function createForOwner(path: string): void {
  requireDirectory(path)
  try {
    closeSync(openSync(path, 'wx', OWNER_ONLY))
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
}

/** Returns the file as a Kysely database. Closing it closes the file. */
export function createKysely(file: DatabaseSync, onStatement?: OnStatement): Kysely<Database> {
  return new Kysely<Database>({
    dialect: {
      createDriver: () => new SqliteFileDriver(file, onStatement),
      createAdapter: () => new SqliteAdapter(),
      createIntrospector: (db) => new SqliteIntrospector(db),
      createQueryCompiler: () => new LocklessQueryCompiler(),
    },
  })
}

/**
 * Prepares a query with one value and one row, which is there at once. If the prepared query fails, the slower path runs, which
 * waits and retries. Columns come as an array: an object with a name for each would take twice as long.
 */
export function prepareRead<Row extends readonly unknown[]>(
  file: DatabaseSync,
  { text, db, onStatement }: { text: string; db: Kysely<Database>; onStatement: OnStatement | undefined },
): (value: string) => Found<Row | undefined> {
  const statement = file.prepare(text)
  statement.setReturnArrays(true)
  async function readSlowly(value: string): Promise<Row | undefined> {
    const [row] = (await db.executeQuery<object>(CompiledQuery.raw(text, [value]))).rows
    return row && (Object.values(row) as unknown as Row)
  }
  return (value) => {
    const startedAt = performance.now()
    try {
      const row = statement.get(value) as unknown as Row | undefined // the type follows from the query
      onStatement?.(text, performance.now() - startedAt)
      return row
    } catch {
      return readSlowly(value)
    }
  }
}

/**
 * Returns the refusal `unavailable` for an error of a database that cannot respond now; returns any other error
 * unchanged.
 */
export function toUnavailable(error: unknown): unknown {
  const code = sqliteCode(error)
  if (code === null || !UNAVAILABLE.has(code & 0xff)) return error
  const reason = `SQLite answers with code ${code}`
  return new Refusal('unavailable', {
    detail: 'The database does not answer.',
    retryAfterSeconds: 1,
    reason,
    cause: error,
  })
}

/** Converts a value for SQLite: times become milliseconds, flags become 0 and 1. */
function toSqliteValue(value: unknown): string | number | null {
  if (value instanceof Date) return value.getTime()
  if (typeof value === 'boolean') return value ? 1 : 0
  return value as string | number | null // all other types in our tables
}

/** SQLite has no row locks and does not need them: its transactions write one at a time. */
class LocklessQueryCompiler extends SqliteQueryCompiler {
  protected override visitSelectModifier(): void {}
}

class SqliteFileDriver implements Driver {
  readonly #file: DatabaseSync
  readonly #connection: SqliteFileConnection

  constructor(file: DatabaseSync, onStatement: OnStatement | undefined) {
    this.#file = file
    this.#connection = new SqliteFileConnection(file, onStatement)
  }

  async init(): Promise<void> {}

  /** Each unit of work, a query or a transaction, begins here. */
  async acquireConnection(): Promise<DatabaseConnection> {
    await takeTurn()
    return this.#connection
  }

  async beginTransaction(): Promise<void> {
    await this.#connection.executeQuery(CompiledQuery.raw('BEGIN IMMEDIATE'))
  }

  async commitTransaction(): Promise<void> {
    await this.#connection.executeQuery(CompiledQuery.raw('COMMIT'))
    noteCommit()
  }

  async rollbackTransaction(): Promise<void> {
    if (this.#file.isTransaction) await this.#connection.executeQuery(CompiledQuery.raw('ROLLBACK'))
  }

  async releaseConnection(): Promise<void> {}

  async destroy(): Promise<void> {
    this.#file.close()
  }
}

interface PreparedStatement {
  readonly statement: StatementSync
  readonly returnsRows: boolean
}

class SqliteFileConnection implements DatabaseConnection {
  readonly #file: DatabaseSync
  readonly #onStatement: OnStatement | undefined
  /** When the current busy period began and when the database was last busy, by the monotonic clock. */
  #busySince = 0
  #lastBusyAt = Number.NEGATIVE_INFINITY
  readonly #statements = createBoundedMap<string, PreparedStatement>(MAX_PREPARED_STATEMENTS)

  constructor(file: DatabaseSync, onStatement: OnStatement | undefined) {
    this.#file = file
    this.#onStatement = onStatement
  }

  async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    const startedAt = performance.now()
    for (;;) {
      try {
        const result = this.#run<Row>(sql, parameters)
        this.#onStatement?.(sql, performance.now() - startedAt)
        this.#lastBusyAt = Number.NEGATIVE_INFINITY
        return result
      } catch (error) {
        if (!this.#mayRetry(error)) throw toUnavailable(error)
        await sleep(BUSY_RETRY_MS)
      }
    }
  }

  /** The deadline counts for all waiting writes: after a long busy period, a new write is refused at once. */
  #mayRetry(error: unknown): boolean {
    if (sqliteCode(error) !== SQLITE_BUSY || this.#file.isTransaction) return false
    const now = performance.now()
    if (now - this.#lastBusyAt > BUSY_PAUSE_MS) this.#busySince = now
    this.#lastBusyAt = now
    return now - this.#busySince < BUSY_DEADLINE_MS
  }

  // biome-ignore lint/correctness/useYield: the interface asks for a generator, and nothing here streams
  async *streamQuery<Row>(): AsyncIterableIterator<QueryResult<Row>> {
    throw new Error('Latchkey streams no query')
  }

  #run<Row>(text: string, parameters: readonly unknown[]): QueryResult<Row> {
    const { statement, returnsRows } = this.#prepare(text)
    const values = parameters.map(toSqliteValue)
    // The types of the rows are those in schema.ts.
    if (returnsRows) return { rows: statement.all(...values) as Row[] }
    const { changes, lastInsertRowid } = statement.run(...values)
    return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) }
  }

  #prepare(text: string): PreparedStatement {
    const known = this.#statements.get(text)
    if (known !== undefined) return known
    const statement = this.#file.prepare(text)
    const prepared = { statement, returnsRows: statement.columns().length > 0 }
    this.#statements.set(text, prepared)
    return prepared
  }
}
