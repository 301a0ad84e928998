import { hash } from 'node:crypto'
import { type Kysely, sql } from 'kysely'
import { z } from 'zod'
import { acceptConfiguration, booleanSchema, delaySchema, strictMembers, wholeNumber } from '../../kernel/arguments.ts'
import { Refusal } from '../../kernel/refusal.ts'
import { functionSchema } from '../../kernel/setting-schemas.ts'
import type { Touch } from '../../sessions/store.ts'
import { createChangeInbox } from '../change-inbox.ts'
import { callBoth, type OnStatement, type Storage } from '../storage.ts'
import { sweepChanges } from './changes.ts'
import { retryConflicts } from './conflicts.ts'
import { sqlState } from './errors.ts'
import { migrate, planMigrations, reportNotes } from './migrate.ts'
import { MIGRATIONS } from './migrations/index.ts'
import { createPool } from './postgres-connections.ts'
import { createPostgresKysely, prepareRead } from './postgres-database.ts'
import { createPostgresHosts } from './postgres-hosts.ts'
import { notifyChange, startListener } from './postgres-listener.ts'
import { requirePrivileges } from './postgres-privileges.ts'
import { postgresUrlSchema } from './postgres-url.ts'
import type { Database, SqlDatabase } from './schema.ts'
import { openSqlStores } from './stores.ts'

/** Options of `postgres`. */
export interface PostgresOptions {
  /**
   * URL of the server itself, for the work that a pooler in transaction mode (PgBouncer) cannot do: listening to other
   * nodes, and migrations. Default: `url`.
   */
  readonly directUrl?: string
  /** Maximum number of connections per process. One additional connection listens. Default 10. */
  readonly poolSize?: number
  /** Milliseconds before work on the database is abandoned and answered with 503. Default 2,000. */
  readonly deadlineMs?: number
  /** File for a development secret. Default: the secret is in memory, and each node has a different one. */
  readonly secretsFile?: string
  /** If false, `open` refuses a schema that is not up to date instead of migrating it. Default true. */
  readonly migrate?: boolean
  /**
   * Receives the text of each SQL statement, never its parameters, and its duration in milliseconds. For metrics and
   * tracing.
   */
  readonly onStatement?: OnStatement
}

const MAX_POOL_SIZE = 10_000

const argumentsSchema = strictMembers({
  url: postgresUrlSchema,
  options: strictMembers(
    {
      directUrl: postgresUrlSchema.optional(),
      poolSize: wholeNumber(1, MAX_POOL_SIZE, 'a number of connections').optional(),
      deadlineMs: delaySchema.optional(),
      secretsFile: z.string('must be the path of a file').min(1, 'must be the path of a file').optional(),
      migrate: booleanSchema.optional(),
      onStatement: functionSchema<OnStatement>().optional(),
    },
    'option',
  ).optional(),
})

const DEFAULT_POOL_SIZE = 10
const DEFAULT_DEADLINE_MS = 2_000
const INSUFFICIENT_PRIVILEGE = '42501'
/** Deadline for migrations, which wait for locks. */
const MIGRATION_DEADLINE_MS = 120_000

/**
 * Keeps all data in the schema `latchkey` of a PostgreSQL database (14 or newer), for any number of nodes. Requires the
 * package `pg`.
 * @param url `postgres://user:password@host:5432/database`, with parameters such as `?sslmode=verify-full`. It may have several hosts:
 *   `postgres://user:password@one:5432,two:5432/database?target_session_attrs=read-write`.
 * @throws ConfigurationError if the URL or an option is wrong.
 */
export function postgres(url: string, options: PostgresOptions = {}): Storage {
  acceptConfiguration('postgres', argumentsSchema, { url, options })
  const { directUrl = url, poolSize = DEFAULT_POOL_SIZE, deadlineMs = DEFAULT_DEADLINE_MS } = options
  return {
    secretsFile: options.secretsFile ?? null,

    async open(how = {}) {
      await withMigrationTarget(directUrl, async (db) => {
        const pending = await planMigrations({ db, kind: 'postgres', known: MIGRATIONS })
        if (pending.length === 0) return
        if (options.migrate === false) {
          throw new Error(`The database lacks ${pending.length} migration(s). Run: latchkey migrate`)
        }
        reportNotes(await migrate({ db, kind: 'postgres', known: MIGRATIONS }), how.onError)
      })
      const isShared = directUrl !== url
      const hosts = createPostgresHosts(url)
      const pool = await createPool({ hosts, size: poolSize, deadlineMs, isShared })
      const use = { hosts, deadlineMs, isShared, onStatement: callBoth(options.onStatement, how.onStatement) }
      const db = createPostgresKysely(pool, use)
      try {
        const inbox = createChangeInbox()
        // If sessions are in another storage, that storage reports the changes.
        const hearing =
          how.sessions === undefined ? await startListener({ hosts: createPostgresHosts(directUrl), db, inbox }) : null
        const database: SqlDatabase = {
          db,
          reader: db,
          prepareRead: (text) =>
            prepareRead(pool, {
              ...use,
              text,
              name: isShared ? null : `latchkey ${hash('sha256', text).slice(0, 16)}`,
            }),
          retry: retryConflicts,
          announce: notifyChange,
          changesElsewhere: inbox.take,
          lagMs: () => inbox.lagMs,
          // Waiting for a commit does not block this process, so these writes are like all others.
          writeLightly: (work) => work(db),
          flush: async () => undefined, // every commit waits for the disk of the server
          writeTouches: (touches) => writeTouches(db, touches),
          sweep: () => sweepChanges(db),
          requirePrivileges: () => requirePrivileges(db),
          checkIntegrity: async () => [],
          async close() {
            await hearing?.stop()
            await db.destroy()
          },
        }
        return await openSqlStores(database, how)
      } catch (error) {
        await db.destroy()
        throw error
      }
    },

    planMigrations: () =>
      withMigrationTarget(directUrl, (db) => planMigrations({ db, kind: 'postgres', known: MIGRATIONS })),

    backUp: null,

    migrate: () => withMigrationTarget(directUrl, (db) => migrate({ db, kind: 'postgres', known: MIGRATIONS })),
  }
}

/** Skips rows that another node is writing at this moment: that node writes a last use as well. */
async function writeTouches(db: Kysely<Database>, touches: readonly Touch[]): Promise<void> {
  const ids = touches.map(({ id }) => id)
  const seen = touches.map(({ lastSeenAt }) => new Date(lastSeenAt))
  const idle = touches.map(({ idleExpiresAt }) => new Date(idleExpiresAt))
  await sql`
    UPDATE latchkey.sessions SET last_seen_at = touched.seen, idle_expires_at = touched.idle
    FROM (
      SELECT sessions.id, uses.seen, uses.idle
      FROM unnest(${ids}::uuid[], ${seen}::timestamptz[], ${idle}::timestamptz[]) AS uses (id, seen, idle)
      JOIN latchkey.sessions ON sessions.id = uses.id AND sessions.last_seen_at < uses.seen
      FOR UPDATE OF sessions SKIP LOCKED
    ) AS touched
    WHERE sessions.id = touched.id`.execute(db)
}

async function withMigrationTarget<T>(url: string, work: (db: Kysely<Database>) => Promise<T>): Promise<T> {
  const hosts = createPostgresHosts(url)
  const pool = await createPool({ hosts, size: 1, deadlineMs: MIGRATION_DEADLINE_MS })
  const db = createPostgresKysely(pool, { hosts, deadlineMs: MIGRATION_DEADLINE_MS })
  try {
    return await work(db)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const isForbidden = sqlState(error.cause) === INSUFFICIENT_PRIVILEGE
    const advice = isForbidden ? '. docs/scaling.md lists the privileges that migrations and servers need.' : ''
    throw new Error(`The database cannot be used. ${error.reason}${advice}`, { cause: error })
  } finally {
    await db.destroy()
  }
}
