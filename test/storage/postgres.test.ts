import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import type { TokenHash } from '../../src/crypto/token.ts'
import { newUserId } from '../../src/kernel/ids.ts'
import { postgres } from '../../src/postgres.ts'
import { lockOf, migrate, planMigrations } from '../../src/storage/sql/migrate.ts'
import type { Migration } from '../../src/storage/sql/migration.ts'
import { MIGRATIONS } from '../../src/storage/sql/migrations/index.ts'
import { createPool } from '../../src/storage/sql/postgres-connections.ts'
import { createPostgresKysely } from '../../src/storage/sql/postgres-database.ts'
import { createPostgresHosts } from '../../src/storage/sql/postgres-hosts.ts'
import { type PgBouncer, startPgBouncer } from '../support/pgbouncer.ts'
import { createDatabase, dropDatabase, runSql } from '../support/postgres-server.ts'
import { until } from '../support/until.ts'
import { describeStorageContract } from './contract.ts'

let url: string
beforeAll(async () => {
  url = await createDatabase(inject('databaseServer'))
})
afterAll(() => dropDatabase(url))

describeStorageContract('PostgreSQL', (options) => postgres(url).open(options))

describe('PostgreSQL', () => {
  test('ten nodes may start at once on an empty database: one migrates, all work', async () => {
    const empty = await createDatabase(inject('databaseServer'))
    const opened = await Promise.all(Array.from({ length: 10 }, () => postgres(empty, { poolSize: 2 }).open()))
    await Promise.all(opened.map((stores) => stores.ping()))
    await Promise.all(opened.map((stores) => stores.close()))
    const numbers = MIGRATIONS.map(({ number }) => ({ number }))
    expect(await runSql(empty, 'SELECT number FROM latchkey.migrations')).toEqual(numbers)
    await dropDatabase(empty)
  })

  test('open with migrate: false refuses an old schema and says what to run; the plan runs nothing', async () => {
    const empty = await createDatabase(inject('databaseServer'))
    await expect(postgres(empty, { migrate: false }).open()).rejects.toThrow('latchkey migrate')
    const planned = (await postgres(empty).planMigrations()).map(({ number }) => number)
    expect(planned).toEqual(MIGRATIONS.map(({ number }) => number))
    expect(await runSql(empty, "SELECT 1 FROM pg_namespace WHERE nspname = 'latchkey'")).toEqual([])
    await dropDatabase(empty)
  })

  test('a migration gives up when a table stays locked, and leaves nothing behind', async () => {
    const own = await createDatabase(inject('databaseServer'))
    const { db, destroy } = await openKysely(own)
    const known = [migration(1, ['CREATE TABLE latchkey.a (n integer)'])]
    await migrate({ db, kind: 'postgres', known })
    const locker = new pg.Client({ connectionString: own })
    await locker.connect()
    await locker.query('BEGIN; LOCK TABLE latchkey.a')
    const next = [
      ...known,
      migration(2, ['CREATE TABLE latchkey.b (n integer)', 'ALTER TABLE latchkey.a ADD m integer']),
    ]
    await expect(migrate({ db, kind: 'postgres', known: next })).rejects.toMatchObject({
      reason: expect.stringContaining('lock timeout'),
    })
    await locker.query('ROLLBACK')
    expect(await planMigrations({ db, kind: 'postgres', known: next })).toHaveLength(1)
    await migrate({ db, kind: 'postgres', known: next })
    // The previous release, which knows only the first migration, still starts.
    expect(await planMigrations({ db, kind: 'postgres', known })).toEqual([])
    await locker.end()
    await destroy()
    await dropDatabase(own)
  })

  test('the locks that the plan names are those that PostgreSQL takes', async () => {
    const own = await createDatabase(inject('databaseServer'))
    const plan = await postgres(own).planMigrations()
    const client = new pg.Client({ connectionString: own })
    await client.connect()
    await client.query('CREATE SCHEMA latchkey')
    const statements = [
      ...plan.flatMap((each) => each.statements),
      'CREATE INDEX i ON latchkey.users (name)',
      'ALTER TABLE latchkey.users ADD x integer',
    ]
    for (const statement of statements) {
      const tables = await client.query(
        "SELECT oid FROM pg_class WHERE relkind = 'r' AND relnamespace = 'latchkey'::regnamespace",
      )
      await client.query('BEGIN')
      await client.query(statement)
      const { rows } = await client.query(
        `SELECT mode, relation::regclass::text AS name FROM pg_locks
         WHERE pid = pg_backend_pid() AND relation = ANY($1) AND mode NOT IN ('AccessShareLock', 'RowShareLock')`,
        [tables.rows.map(({ oid }) => oid)],
      )
      await client.query('COMMIT')
      const taken = Map.groupBy(rows, ({ mode }) => words(mode))
      const [mode = ''] = [...taken.keys()].sort((left, right) => rank(right) - rank(left))
      const names =
        taken
          .get(mode)
          ?.map(({ name }) => name)
          .sort() ?? []
      const strongest = names.length === 0 ? 'none: the table is new' : `${mode} on ${names.join(', ')}`
      expect([statement, lockOf(statement)]).toEqual([statement, strongest])
    }
    await client.end()
    await dropDatabase(own)
  })

  test('a verification reads through one index; a touch changes no index', async () => {
    const statements: string[] = []
    const stores = await postgres(url, { onStatement: (text) => statements.push(text) }).open()
    await stores.sessions.findByTokenHash('x' as TokenHash)
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    await client.query('SET enable_seqscan = off') // test tables are too small for the planner to choose an index
    const { rows: explained } = await client.query(`EXPLAIN ${statements.at(-1)?.replace('$1', "'x'")}`)
    await client.end()
    const plan = JSON.stringify(explained)
    expect(plan).toContain('sessions_token_hash_key')
    expect(plan).not.toContain('Seq Scan')
    const indexed = await runSql<{ column: string }>(
      url,
      `SELECT attname AS column FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY(indkey)
       WHERE indrelid = 'latchkey.sessions'::regclass`,
    )
    expect(indexed.map(({ column }) => column).sort()).toEqual(['id', 'id', 'sweep_at', 'token_hash', 'user_id'])
    await stores.close()
  })

  test('a pushed change that this release does not know clears the cache; the hello of a new node does not', async () => {
    const own = await createDatabase(inject('databaseServer'))
    const stores = await postgres(own).open()
    await until(() => stores.sessions.changesElsewhere() !== 'unreachable')
    const told: unknown[] = []
    const hear = async (last: string): Promise<void> =>
      until(() => {
        const changes = stores.sessions.changesElsewhere()
        if (changes.length > 0) told.push(changes)
        return JSON.stringify(told.at(-1) ?? null).includes(last)
      })
    const user = newUserId(Date.now)
    await (await postgres(own).open()).close() // another node says hello
    await runSql(own, `SELECT pg_notify('latchkey', 'user ${user}')`)
    await hear(user)
    await runSql(own, `SELECT pg_notify('latchkey', 'grant ${user}')`)
    await hear('unknown')
    expect(told).toEqual([[{ kind: 'user', id: user }], 'unknown'])
    await runSql(
      own,
      `INSERT INTO latchkey.changes (kind, subject_id, user_id, changed_at) VALUES ('grant', '${user}', '${user}', now())`,
    )
    expect((await stores.sessions.recentChanges()).completeSince).toBeGreaterThan(0)
    await stores.close()
    await dropDatabase(own)
  })

  test('a wrong address is refused at the start, with the reason', async () => {
    await expect(postgres('postgres://127.0.0.1:1/x').open()).rejects.toThrow(/cannot be used.*ECONNREFUSED/s)
    const wrong = new URL(url)
    wrong.pathname = '/no_such_database'
    await expect(postgres(wrong.href).open()).rejects.toThrow(/no_such_database/)
  })

  test('a direct URL of another database is refused, because no notification would arrive', async () => {
    const other = await createDatabase(inject('databaseServer'), inject('databaseTemplate'))
    await expect(postgres(url, { directUrl: other }).open()).rejects.toThrow('DATABASE_DIRECT_URL')
    await dropDatabase(other)
  })
})

describe('through PgBouncer in transaction mode', () => {
  let bouncer: PgBouncer
  beforeAll(async () => {
    bouncer = await startPgBouncer(inject('databaseServer'))
  })
  afterAll(() => bouncer.stop())

  describeStorageContract('PgBouncer', (options) => postgres(bouncer.through(url), { directUrl: url }).open(options))

  test('listening through the pooler is refused with a reason', async () => {
    await expect(postgres(bouncer.through(url)).open()).rejects.toThrow('DATABASE_DIRECT_URL')
  })
})

function migration(number: number, statements: string[]): Migration {
  return { number, name: `migration ${number}`, sqlite: [], postgres: statements }
}

async function openKysely(address: string) {
  const hosts = createPostgresHosts(address)
  const pool = await createPool({ hosts, size: 1, deadlineMs: 20_000 })
  const db = createPostgresKysely(pool, { hosts, deadlineMs: 20_000 })
  return { db, destroy: () => db.destroy() }
}

/** Returns `AccessExclusiveLock` in the words of the manual. */
function words(mode: string): string {
  return mode
    .replace(/Lock$/, '')
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .toUpperCase()
}

function rank(lock: string): number {
  const order = [
    'ROW EXCLUSIVE',
    'SHARE UPDATE EXCLUSIVE',
    'SHARE',
    'SHARE ROW EXCLUSIVE',
    'EXCLUSIVE',
    'ACCESS EXCLUSIVE',
  ]
  return order.indexOf(lock)
}
