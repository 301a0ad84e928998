import { hash } from 'node:crypto'
import { type Kysely, sql, type Transaction } from 'kysely'
import type { OpenOptions, PendingMigration } from '../storage.ts'
import { noteChange } from './changes.ts'
import type { Migration, SqlKind } from './migration.ts'
import { notifyChange } from './postgres-listener.ts'
import type { Database, SqlDatabase } from './schema.ts'
import { at } from './time.ts'

/** Statements that each kind of database needs around its migrations. */
interface MigrationGround {
  /**
   * What the table of migrations needs, each with the query that finds it. A statement runs only if the query finds
   * nothing, because PostgreSQL checks the privilege to create before it looks at IF NOT EXISTS.
   */
  readonly create: readonly { readonly unless: string; readonly statement: string }[]
  /** Statements that make concurrent migrations wait for each other. SQLite's transactions do so without statements. */
  readonly takeTurns: readonly string[]
  /** Announces a user that a migration changed to running processes. */
  readonly announce: SqlDatabase['announce']
}

/** Key of the advisory lock: "latchkey" in ASCII. */
const ADVISORY_LOCK = '7809644627825419641'

const HAS_SQLITE_TABLE = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'migrations'"
const HAS_SCHEMA = "SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = 'latchkey'"
const HAS_TABLE = "SELECT 1 FROM pg_catalog.pg_tables WHERE schemaname = 'latchkey' AND tablename = 'migrations'"

const GROUND: Record<SqlKind, MigrationGround> = {
  sqlite: {
    create: [
      {
        unless: HAS_SQLITE_TABLE,
        statement: `CREATE TABLE migrations (
          number INTEGER PRIMARY KEY NOT NULL,
          name TEXT NOT NULL,
          checksum TEXT NOT NULL,
          works_with INTEGER NOT NULL,
          ran_at INTEGER NOT NULL
        ) STRICT`,
      },
    ],
    takeTurns: [],
    announce: noteChange,
  },
  postgres: {
    create: [
      { unless: HAS_SCHEMA, statement: 'CREATE SCHEMA latchkey' },
      {
        unless: HAS_TABLE,
        statement: `CREATE TABLE latchkey.migrations (
          number integer PRIMARY KEY,
          name text NOT NULL,
          checksum text NOT NULL,
          works_with integer NOT NULL,
          ran_at timestamptz NOT NULL
        )`,
      },
    ],
    // Another process may need time to migrate. The wait for a table that the application keeps locked is shorter.
    takeTurns: [
      "SET LOCAL lock_timeout = '60s'",
      `SELECT pg_advisory_xact_lock(${ADVISORY_LOCK})`,
      "SET LOCAL lock_timeout = '5s'",
    ],
    announce: notifyChange,
  },
}

/** A database to migrate, and the migrations that it should have. */
export interface MigrationTarget {
  readonly db: Kysely<Database>
  readonly kind: SqlKind
  readonly known: readonly Migration[]
}

/**
 * Returns the migrations that the database lacks. Accepts a migration of a newer release if that migration allows this
 * release.
 * @throws Error if the database has a migration that this version cannot work with, or whose text differs.
 */
export async function planMigrations({ db, kind, known }: MigrationTarget): Promise<readonly PendingMigration[]> {
  const hasTable = await finds(db, kind === 'sqlite' ? HAS_SQLITE_TABLE : HAS_TABLE)
  const ran = hasTable
    ? await db.selectFrom('migrations').select(['number', 'checksum', 'works_with']).orderBy('number').execute()
    : []
  for (const { number, checksum, works_with } of ran) {
    const migration = known.find((each) => each.number === number)
    if (migration === undefined && works_with > known.length) {
      throw new Error(
        `The database has migration ${number}, which this version of Latchkey does not know (it knows up to ${known.length}, ` +
          `and versions from ${works_with} on may use this database). It was used by a newer version: upgrade Latchkey, or ` +
          'restore the backup from before.',
      )
    }
    if (migration !== undefined && checksum !== checksumOf(migration[kind])) {
      throw new Error(
        `Migration ${number} (${migration.name}) ran on this database with a different text than in this version. ` +
          'Released migrations never change: use the version of Latchkey that created this database.',
      )
    }
  }
  const done = new Set(ran.map(({ number }) => number))
  return known
    .filter(({ number }) => !done.has(number))
    .map((migration) => ({
      number: migration.number,
      name: migration.name,
      statements: migration[kind],
      locks: kind === 'postgres' ? migration[kind].map(lockOf) : [],
      notes: migration.rewrite === undefined ? [] : [migration.rewrite.purpose],
    }))
}

/**
 * Runs the missing migrations in one transaction; of several concurrent processes, one runs them and the others find
 * them done.
 */
export async function migrate(target: MigrationTarget): Promise<readonly PendingMigration[]> {
  const { db, kind, known } = target
  return db.transaction().execute(async (trx) => {
    for (const statement of GROUND[kind].takeTurns) await run(trx, statement)
    for (const { unless, statement } of GROUND[kind].create) {
      if (!(await finds(trx, unless))) await run(trx, statement)
    }
    const pending = await planMigrations({ ...target, db: trx })
    const ran: PendingMigration[] = []
    for (const planned of pending) {
      const { number, name, statements } = planned
      const migration = known.find((each) => each.number === number)
      for (const statement of statements) await run(trx, statement)
      const notes = (await migration?.rewrite?.run(trx, (change) => GROUND[kind].announce(trx, change))) ?? []
      const works_with = migration?.worksWith ?? number - 1
      const checksum = checksumOf(statements)
      await trx
        .insertInto('migrations')
        .values({ number, name, checksum, works_with, ran_at: at(Date.now()) })
        .execute()
      ran.push({ ...planned, notes })
    }
    return ran
  })
}

/** Reports what a migration at start-up leaves to the operator. `latchkey migrate` prints it. */
export function reportNotes(ran: readonly PendingMigration[], onError: OpenOptions['onError']): void {
  for (const note of ran.flatMap(({ notes }) => notes)) onError?.(new Error(note))
}

/** Returns the lock that a statement takes on existing tables, in the terms of PostgreSQL's manual (section 13.3). */
export function lockOf(statement: string): string {
  const references = [...statement.matchAll(/REFERENCES (\S+)/g)].map((match) => match[1])
  const [, created] = /^CREATE TABLE (\S+)/.exec(statement) ?? []
  if (created !== undefined) {
    return references.length === 0
      ? 'none: the table is new'
      : `SHARE ROW EXCLUSIVE on ${[...new Set(references)].sort().join(', ')}`
  }
  const [, concurrently, indexed] = /^CREATE (?:UNIQUE )?INDEX (CONCURRENTLY )?\S+ ON (\S+)/.exec(statement) ?? []
  if (indexed !== undefined) return `${concurrently === undefined ? 'SHARE' : 'SHARE UPDATE EXCLUSIVE'} on ${indexed}`
  // The names of our indexes begin with their table.
  const [, unindexed] = /^DROP INDEX (\S+)_by_/.exec(statement) ?? []
  if (unindexed !== undefined) return `ACCESS EXCLUSIVE on ${unindexed}`
  const [, altered] = /^(?:ALTER|DROP) TABLE (?:IF EXISTS )?(\S+)/.exec(statement) ?? []
  return altered === undefined ? 'ROW EXCLUSIVE on the tables it writes' : `ACCESS EXCLUSIVE on ${altered}`
}

async function finds(db: Kysely<Database>, query: string): Promise<boolean> {
  return (await sql.raw(query).execute(db)).rows.length > 0
}

async function run(trx: Transaction<Database>, statement: string): Promise<void> {
  await sql.raw(statement).execute(trx)
}

function checksumOf(statements: readonly string[]): string {
  return hash('sha256', statements.join(';\n'))
}
