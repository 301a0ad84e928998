import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { type Kysely, sql } from 'kysely'
import type { OnStatement, Storage, Stores } from '../storage.ts'
import { createChangeReader } from './changes.ts'
import { migrate, planMigrations } from './migrate.ts'
import { MIGRATIONS } from './migrations/index.ts'
import { createPasswordStore } from './passwords.ts'
import type { Connections, Database } from './schema.ts'
import { createSessionStore } from './sessions.ts'
import { createKysely, openSqliteFile } from './sqlite-database.ts'
import { createUserStore } from './users.ts'

/** How the SQLite file is used. */
export interface SqliteOptions {
  /** False: `open` refuses a schema that is not up to date instead of migrating it. Default true. */
  readonly migrate?: boolean
  /** Told the text of each SQL statement, never its parameters. For counting and tracing. */
  readonly onStatement?: OnStatement
}

/**
 * Keeps everything in one SQLite file; several processes may use it at once.
 * @param path the file, made when absent; `:memory:` for none.
 */
export function sqlite(path: string, options: SqliteOptions = {}): Storage {
  const isInMemory = path === ':memory:'
  const location = isInMemory ? path : resolve(path)
  return {
    secretsFile: isInMemory ? null : `${location}.secrets`,

    async open() {
      const file = openSqliteFile(location)
      const db = createKysely(file, options.onStatement)
      try {
        await bringUpToDate(db, options.migrate ?? true)
        // Data in memory belongs to its connection.
        const reader = isInMemory ? db : createKysely(openSqliteFile(location), options.onStatement)
        return createStores({ db, reader }, createChangeReader(file))
      } catch (error) {
        await db.destroy()
        throw error
      }
    },

    planMigrations: () =>
      withDatabase(existsSync(location) ? location : ':memory:', (db) => planMigrations(db, MIGRATIONS)),

    migrate: () => withDatabase(location, (db) => migrate(db, MIGRATIONS)),
  }
}

function createStores(connections: Connections, changesElsewhere: ReturnType<typeof createChangeReader>): Stores {
  const { db, reader } = connections
  return {
    users: createUserStore(connections),
    passwords: createPasswordStore(connections),
    sessions: createSessionStore(connections, changesElsewhere),
    async ping() {
      await sql`SELECT 1`.execute(reader)
    },
    async checkIntegrity() {
      const { rows } = await sql<{ integrity_check: string }>`PRAGMA integrity_check`.execute(reader)
      const { rows: orphans } = await sql<{ table: string }>`PRAGMA foreign_key_check`.execute(reader)
      return [
        ...rows.map((row) => row.integrity_check).filter((line) => line !== 'ok'),
        ...orphans.map(({ table }) => `A row of ${table} belongs to a row that is not there`),
      ]
    },
    async close() {
      if (reader !== db) await reader.destroy()
      await db.destroy()
    },
  }
}

async function bringUpToDate(db: Kysely<Database>, mayMigrate: boolean): Promise<void> {
  const pending = await planMigrations(db, MIGRATIONS)
  if (pending.length === 0) return
  if (!mayMigrate) {
    throw new Error(`The database lacks ${pending.length} migration(s). Run: latchkey migrate`)
  }
  await migrate(db, MIGRATIONS)
}

async function withDatabase<T>(location: string, work: (db: Kysely<Database>) => Promise<T>): Promise<T> {
  const db = createKysely(openSqliteFile(location))
  try {
    return await work(db)
  } finally {
    await db.destroy()
  }
}
