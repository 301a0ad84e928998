import { hash } from 'node:crypto'
import { type Kysely, sql } from 'kysely'
import type { PendingMigration } from '../storage.ts'
import type { Migration } from './migration.ts'
import type { Database } from './schema.ts'

const MIGRATIONS_TABLE = `CREATE TABLE IF NOT EXISTS migrations (
  number INTEGER PRIMARY KEY NOT NULL,
  name TEXT NOT NULL,
  checksum TEXT NOT NULL,
  ran_at INTEGER NOT NULL
) STRICT`

/**
 * The migrations that the database lacks.
 * @throws Error when the database has one that this version does not know, or has it with another text.
 */
export async function planMigrations(
  db: Kysely<Database>,
  known: readonly Migration[],
): Promise<readonly PendingMigration[]> {
  const ran = (await hasMigrationsTable(db))
    ? await db.selectFrom('migrations').select(['number', 'checksum']).orderBy('number').execute()
    : []
  for (const { number, checksum } of ran) {
    const migration = known.find((each) => each.number === number)
    if (migration === undefined) {
      throw new Error(
        `The database has migration ${number}, which this version of Latchkey does not know (it knows up to ${known.length}). ` +
          'It was used by a newer version: upgrade Latchkey, or restore the backup from before.',
      )
    }
    if (checksum !== checksumOf(migration)) {
      throw new Error(
        `Migration ${number} (${migration.name}) ran on this database with another text than this version has. ` +
          'Released migrations never change: use the version of Latchkey that made this database.',
      )
    }
  }
  const done = new Set(ran.map(({ number }) => number))
  return known
    .filter(({ number }) => !done.has(number))
    .map(({ number, name, sqlite }) => ({ number, name, statements: sqlite }))
}

/** Runs what is missing, all in one transaction; of several processes at once, one does it and the others find it done. */
export async function migrate(db: Kysely<Database>, known: readonly Migration[]): Promise<readonly PendingMigration[]> {
  return db.transaction().execute(async (trx) => {
    await sql.raw(MIGRATIONS_TABLE).execute(trx)
    const pending = await planMigrations(trx, known)
    for (const { number, name, statements } of pending) {
      for (const statement of statements) await sql.raw(statement).execute(trx)
      const checksum = hash('sha256', statements.join(';\n'))
      await trx.insertInto('migrations').values({ number, name, checksum, ran_at: Date.now() }).execute()
    }
    return pending
  })
}

async function hasMigrationsTable(db: Kysely<Database>): Promise<boolean> {
  const { rows } = await sql`SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'migrations'`.execute(db)
  return rows.length > 0
}

function checksumOf(migration: Migration): string {
  return hash('sha256', migration.sqlite.join(';\n'))
}
