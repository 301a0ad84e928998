import type { Configuration } from '../server/configuration.ts'

/**
 * Refuses a database that does not exist or whose schema is out of date. Only `serve` and `migrate` create databases: an
 * empty one in place of the one that was meant would look like lost data.
 */
export async function requireDatabase({ storage, environment }: Configuration): Promise<void> {
  const pending = await storage.planMigrations()
  if (pending.length === 0) return
  if (pending[0]?.number !== 1) {
    throw new Error(`The database lacks ${pending.length} migration(s). Run: latchkey migrate`)
  }
  const { databaseUrl } = environment
  const place = databaseUrl.startsWith('sqlite:') ? `at ${databaseUrl}` : 'in this PostgreSQL database'
  throw new Error(
    `There is no Latchkey database ${place}. Check DATABASE_URL and the working directory, or create one with latchkey ` +
      'migrate or latchkey serve. A SQLite file that was copied while a server used it lacks its data: see docs/backup.md.',
  )
}
