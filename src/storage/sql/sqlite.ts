import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { type Kysely, sql } from 'kysely'
import { z } from 'zod'
import { acceptConfiguration, booleanSchema, strictMembers } from '../../kernel/arguments.ts'
import { functionSchema } from '../../kernel/setting-schemas.ts'
import type { Touch } from '../../sessions/store.ts'
import { callBoth, type OnStatement, type PendingMigration, type Storage } from '../storage.ts'
import { noteChange, sweepChanges } from './changes.ts'
import { type MigrationTarget, migrate, planMigrations, reportNotes } from './migrate.ts'
import { MIGRATIONS } from './migrations/index.ts'
import type { Database, SqlDatabase } from './schema.ts'
import { backUpSqlite } from './sqlite-backup.ts'
import { createChangeReader } from './sqlite-changes.ts'
import { createKysely, openSqliteFile, openSqliteReader, openSqliteUnchanged, prepareRead } from './sqlite-database.ts'
import { createFlush, type Flush } from './sqlite-flush.ts'
import { checkIntegrity } from './sqlite-integrity.ts'
import { openSqlStores } from './stores.ts'

/** Options of `sqlite`. */
export interface SqliteOptions {
  /** If false, `open` refuses a schema that is not up to date instead of migrating it. Default true. */
  readonly migrate?: boolean
  /**
   * Receives the text of each SQL statement, never its parameters, and its duration in milliseconds. For metrics and
   * tracing.
   */
  readonly onStatement?: OnStatement
}

const NO_PATH = 'must be the path of a file, such as app.db, or :memory:'

const argumentsSchema = strictMembers({
  path: z.string(NO_PATH).regex(/^(?!(?:sqlite|file):)(?!.*[?;][\w-]+=)[^\0]*[^\0/]$/, NO_PATH),
  options: strictMembers(
    { migrate: booleanSchema.optional(), onStatement: functionSchema<OnStatement>().optional() },
    'option',
  ).optional(),
})

/**
 * Keeps all data in one SQLite file; several processes may use it at once.
 * @param path of the file, which is created if absent; `:memory:` for a database in memory.
 * @throws ConfigurationError if the path or an option is wrong.
 */
export function sqlite(path: string, options: SqliteOptions = {}): Storage {
  acceptConfiguration('sqlite', argumentsSchema, { path, options })
  const isInMemory = path === ':memory:'
  const location = isInMemory ? path : resolve(path)
  return {
    secretsFile: isInMemory ? null : `${location}.secrets`,

    async open(how = {}) {
      const file = openSqliteFile(location)
      const listener = callBoth(options.onStatement, how.onStatement)
      const db = createKysely(file, listener)
      let close = (): Promise<void> => db.destroy()
      try {
        reportNotes(await bringUpToDate(db, options.migrate ?? true), how.onError)
        // Data in memory belongs to its connection.
        const readerFile = isInMemory ? file : openSqliteReader(location)
        const reader = isInMemory ? db : createKysely(readerFile, listener)
        // Without a write-ahead log, as in memory and on some network disks, each commit does all that it can.
        const hasLog = file.prepare('PRAGMA journal_mode').get()?.journal_mode === 'wal'
        const writeLightly: SqlDatabase['writeLightly'] = (work) => (hasLog ? withoutSync(file, db, work) : work(db))
        const flushing = hasLog ? createFlush(location) : NO_DISK
        const database: SqlDatabase = {
          db,
          reader,
          prepareRead: (text) => prepareRead(readerFile, { text, db: reader, onStatement: listener }),
          retry: (work) => work(), // writers take turns, so none is in the way of another
          announce: noteChange,
          changesElsewhere: createChangeReader(readerFile, isInMemory ? null : location),
          lagMs: () => 0,
          writeLightly,
          flush: flushing.flush,
          writeTouches: (touches) => writeLightly((light) => writeTouches(light, touches)),
          async sweep() {
            await sweepChanges(db)
            // Moves the write-ahead log into the file, which otherwise may stay empty for long. It waits until no transaction runs.
            await sql`PRAGMA wal_checkpoint(PASSIVE)`.execute(db)
          },
          requirePrivileges: async () => undefined, // a file that may be written may be written everywhere
          checkIntegrity: () => checkIntegrity(isInMemory ? null : location, reader),
          async close() {
            await flushing.close()
            await reader.destroy()
            await db.destroy()
            // Kysely closes only the connections that it used
            for (const each of [readerFile, file]) if (each.isOpen) each.close()
          },
        }
        close = database.close
        return await openSqlStores(database, how)
      } catch (error) {
        await close()
        throw error
      }
    },

    planMigrations: async () =>
      withDatabase(existsSync(location) ? openSqliteUnchanged(location) : openSqliteFile(':memory:'), (db) =>
        planMigrations(targetOf(db)),
      ),

    backUp: (file) => backUpSqlite(location, resolve(file)),

    migrate: async () => withDatabase(openSqliteFile(location), (db) => migrate(targetOf(db))),
  }
}

const NO_DISK: Flush = { flush: async () => undefined, close: async () => undefined }

function targetOf(db: Kysely<Database>): MigrationTarget {
  return { db, kind: 'sqlite', known: MIGRATIONS }
}

/**
 * Commits without waiting for the disk. The commits are in the log, which the next process that opens the file after a crash
 * reads.
 */
function withoutSync<Result>(
  file: DatabaseSync,
  db: Kysely<Database>,
  work: (db: Kysely<Database>) => Promise<Result>,
): Promise<Result> {
  return db.connection().execute(async (connection) => {
    file.exec('PRAGMA synchronous = NORMAL')
    try {
      return await work(connection)
    } finally {
      file.exec('PRAGMA synchronous = FULL')
    }
  })
}

async function writeTouches(db: Kysely<Database>, touches: readonly Touch[]): Promise<void> {
  const uses = JSON.stringify(touches.map(({ id, lastSeenAt, idleExpiresAt }) => [id, lastSeenAt, idleExpiresAt]))
  await sql`
    UPDATE sessions SET last_seen_at = value ->> 1, idle_expires_at = value ->> 2
    FROM json_each(${uses})
    WHERE sessions.id = value ->> 0 AND last_seen_at < value ->> 1`.execute(db)
}

async function bringUpToDate(db: Kysely<Database>, mayMigrate: boolean): Promise<readonly PendingMigration[]> {
  const pending = await planMigrations(targetOf(db))
  if (pending.length === 0) return []
  if (!mayMigrate) {
    throw new Error(`The database lacks ${pending.length} migration(s). Run: latchkey migrate`)
  }
  return migrate(targetOf(db))
}

async function withDatabase<T>(file: DatabaseSync, work: (db: Kysely<Database>) => Promise<T>): Promise<T> {
  const db = createKysely(file)
  try {
    return await work(db)
  } finally {
    await db.destroy()
  }
}
