/*
 * PostgreSQL databases that instances under test use one after the other. Creating and dropping a database takes a
 * tenth of a second; emptying its tables takes a millisecond. A database that is still in use when it is returned is
 * dropped.
 */
import pg from 'pg'
import { inject } from 'vitest'
import { createDatabase, dropDatabase } from './postgres-server.ts'

/** A database with our schema and no rows. */
export interface LentDatabase {
  readonly url: string
  /** Runs SQL on the database; tables have the same names as in SQLite. Returns the rows. */
  runSql(sql: string): Promise<Record<string, unknown>[]>
  /** Returns all rows of our schema as text. */
  readRows(): Promise<string>
  /** Empties the database for the next test. */
  giveBack(): Promise<void>
}

interface OwnedDatabase {
  /** The URL without the pooler. */
  readonly url: string
  readonly client: pg.Client
  readonly tables: readonly string[]
}

const CLOSING_MS = 1_000
/** The pooler runs `DISCARD ALL` on a connection after its client left. */
const COUNT_OTHERS = `SELECT count(*)::int AS others FROM pg_stat_activity
  WHERE datname = current_database() AND pid <> pg_backend_pid() AND query <> 'DISCARD ALL'`

const free: OwnedDatabase[] = []
const owned = new Set<OwnedDatabase>()

/** Lends a database to one instance at a time. */
export async function lendDatabase(): Promise<LentDatabase> {
  const database = free.pop() ?? (await create())
  const runSql: LentDatabase['runSql'] = async (sql) => (await database.client.query(sql)).rows
  return {
    url: throughPooler(database.url),
    runSql,
    async readRows() {
      const rows = []
      for (const table of database.tables) rows.push(await runSql(`SELECT * FROM ${table}`))
      return JSON.stringify(rows)
    },
    async giveBack() {
      if (!(await isUnused(database.client))) return drop(database)
      const emptied = database.tables.filter((table) => table !== 'migrations')
      await runSql(emptied.map((table) => `DELETE FROM ${table}`).join('; '))
      free.push(database)
    },
  }
}

/** Drops the databases that this worker has created. */
export async function dropLentDatabases(): Promise<void> {
  free.length = 0
  for (const database of owned) await drop(database)
}

async function create(): Promise<OwnedDatabase> {
  const url = await createDatabase(inject('databaseServer'), inject('databaseTemplate'))
  const client = new pg.Client({ connectionString: url, options: '-c search_path=latchkey' })
  await client.connect()
  const { rows } = await client.query("SELECT tablename AS name FROM pg_tables WHERE schemaname = 'latchkey'")
  const database = { url, client, tables: rows.map(({ name }) => String(name)) }
  owned.add(database)
  return database
}

async function drop(database: OwnedDatabase): Promise<void> {
  owned.delete(database)
  await database.client.end()
  await dropDatabase(database.url)
}

function throughPooler(url: string): string {
  const pooled = new URL(inject('pooledDatabaseServer'))
  pooled.pathname = new URL(url).pathname
  return pooled.href
}

/** Returns true if no other client is connected; waits for those that are leaving. */
async function isUnused(client: pg.Client): Promise<boolean> {
  const until = performance.now() + CLOSING_MS
  while (performance.now() < until) {
    const { rows } = await client.query(COUNT_OTHERS)
    if (rows[0].others === 0) return true
  }
  return false
}
