import { hash } from 'node:crypto'
import { type Kysely, sql, type Transaction } from 'kysely'
import type { PendingMigration } from '../storage.ts'
import type { Migration, SqlKind } from './migration.ts'
import type { Database } from './schema.ts'
import { at } from './time.ts'

/** What each database needs around its migrations. */
interface MigrationGround {
  /** The table of migrations, made when absent; what is here is checked for. */
  readonly create: readonly string[]
  /** Statements that make processes which migrate at the same time take turns. SQLite's transactions do so anyway. */
  readonly takeTurns: readonly string[]
  readonly hasTable: string
}

/** The key of the advisory lock: "latchkey" in ASCII. */
const ADVISORY_LOCK = '7809644627825419641'

const GROUND: Record<SqlKind, MigrationGround> = {
  sqlite: {
    create: [
      `CREATE TABLE IF NOT EXISTS migrations (
        number INTEGER PRIMARY KEY NOT NULL,
        name TEXT NOT NULL,
        checksum TEXT NOT NULL,
        works_with INTEGER NOT NULL,
        ran_at INTEGER NOT NULL
      ) STRICT`,
    ],
    takeTurns: [],
    hasTable: "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'migrations'",
  },
  postgres: {
    create: [
      'CREATE SCHEMA IF NOT EXISTS latchkey',
      `CREATE TABLE IF NOT EXISTS latchkey.migrations (
        number integer PRIMARY KEY,
        name text NOT NULL,
        checksum text NOT NULL,
        works_with integer NOT NULL,
        ran_at timestamptz NOT NULL
      )`,
    ],
    // The others may be at it for a while; a table that the application keeps locked is not waited for so long.
    takeTurns: [
      "SET LOCAL lock_timeout = '60s'",
      `SELECT pg_advisory_xact_lock(${ADVISORY_LOCK})`,
      "SET LOCAL lock_timeout = '5s'",
    ],
    hasTable: "SELECT 1 FROM pg_catalog.pg_tables WHERE schemaname = 'latchkey' AND tablename = 'migrations'",
  },
}

/** A database to migrate, and what it should have. */
export interface MigrationTarget {
  readonly db: Kysely<Database>
  readonly kind: SqlKind
  readonly known: readonly Migration[]
}

/**
 * The migrations that the database lacks. One of a newer release is accepted when it says that this one may go on.
 * @throws Error when the database has one that this version cannot work with, or has one with another text.
 */
export async function planMigrations({ db, kind, known }: MigrationTarget): Promise<readonly PendingMigration[]> {
  const { rows: found } = await sql.raw(GROUND[kind].hasTable).execute(db)
  const ran =
    found.length > 0
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
        `Migration ${number} (${migration.name}) ran on this database with another text than this version has. ` +
          'Released migrations never change: use the version of Latchkey that made this database.',
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
    }))
}

/** Runs what is missing, all in one transaction; of several processes at once, one does it and the others find it done. */
export async function migrate(target: MigrationTarget): Promise<readonly PendingMigration[]> {
  const { db, kind, known } = target
  return db.transaction().execute(async (trx) => {
    for (const statement of [...GROUND[kind].takeTurns, ...GROUND[kind].create]) await run(trx, statement)
    const pending = await planMigrations({ ...target, db: trx })
    for (const { number, name, statements } of pending) {
      for (const statement of statements) await run(trx, statement)
      const works_with = known.find((each) => each.number === number)?.worksWith ?? number - 1
      const checksum = checksumOf(statements)
      await trx
        .insertInto('migrations')
        .values({ number, name, checksum, works_with, ran_at: at(Date.now()) })
        .execute()
    }
    return pending
  })
}

/** The lock that a statement takes on tables that others use, in the words of PostgreSQL's manual (section 13.3). */
export function lockOf(statement: string): string {
  const references = [...statement.matchAll(/REFERENCES (\S+)/g)].map((match) => match[1])
  const [, created] = /^CREATE TABLE (\S+)/.exec(statement) ?? []
  if (created !== undefined) {
    return references.length === 0
      ? 'none: the table is new'
      : `SHARE ROW EXCLUSIVE on ${[...new Set(references)].join(', ')}`
  }
  const [, concurrently, indexed] = /^CREATE (?:UNIQUE )?INDEX (CONCURRENTLY )?\S+ ON (\S+)/.exec(statement) ?? []
  if (indexed !== undefined) return `${concurrently === undefined ? 'SHARE' : 'SHARE UPDATE EXCLUSIVE'} on ${indexed}`
  const [, altered] = /^(?:ALTER|DROP) TABLE (?:IF EXISTS )?(\S+)/.exec(statement) ?? []
  return altered === undefined ? 'ROW EXCLUSIVE on the tables it writes' : `ACCESS EXCLUSIVE on ${altered}`
}

async function run(trx: Transaction<Database>, statement: string): Promise<void> {
  await sql.raw(statement).execute(trx)
}

function checksumOf(statements: readonly string[]): string {
  return hash('sha256', statements.join(';\n'))
}
