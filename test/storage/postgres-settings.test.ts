/* The settings that a server, a database or a role gives to new sessions do not decide whether Latchkey works. */
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test, vi } from 'vitest'
import { assembleLatchkey } from '../../src/latchkey.ts'
import { postgres } from '../../src/postgres.ts'
import { prepareConnection } from '../../src/storage/sql/postgres-connections.ts'
import type { Storage } from '../../src/storage/storage.ts'
import { ROOMY_LIMITS } from '../../src/testing/roomy-limits.ts'
import { Client } from '../support/client.ts'
import { type PgBouncer, startPgBouncer } from '../support/pgbouncer.ts'
import { createDatabase, dropDatabase, runSql } from '../support/postgres-server.ts'
import { ORIGIN, PASSWORD, SMALL_COST, sendTo } from '../support/rings.ts'
import { until } from '../support/until.ts'

const ODD_TIMES = { DateStyle: 'German, DMY', TimeZone: 'Asia/Kathmandu' }
const ODD_TRANSACTIONS = { default_transaction_read_only: 'on', default_transaction_deferrable: 'on' }
/** PgBouncer in transaction mode leaves these to each single statement, which then fails by chance. */
const SHORT_LIMITS = { statement_timeout: '200ms', lock_timeout: '1ms', idle_in_transaction_session_timeout: '1ms' }
const ODD_SQL = { search_path: 'nowhere', standard_conforming_strings: 'off', transform_null_equals: 'on' }
const ALL_ODD = { ...ODD_TIMES, ...ODD_TRANSACTIONS, ...ODD_SQL, default_transaction_isolation: 'serializable' }
const REPEATABLE = { DateStyle: 'Postgres, MDY', default_transaction_isolation: 'repeatable read' }
const VISITORS = 8

let bouncer: PgBouncer
beforeAll(async () => {
  bouncer = await startPgBouncer(inject('databaseServer'))
})
afterAll(() => bouncer.stop())

describe.each(['directly', 'through PgBouncer in transaction mode'])('PostgreSQL with other defaults, %s', (way) => {
  const isPooled = way !== 'directly'

  test.each([
    ['every setting', isPooled ? ALL_ODD : { ...ALL_ODD, ...SHORT_LIMITS }],
    ['repeatable read', REPEATABLE],
  ])('%s: people register, log in and are found at the same time', async (_, settings) => {
    const url = await makeDatabase(settings)
    const { auth, errors } = await openOn(isPooled ? postgres(bouncer.through(url), { directUrl: url }) : postgres(url))
    const visit = async (_: unknown, number: number): Promise<unknown[]> => {
      const email = `user${number}@example.com`
      const client = new Client(sendTo(auth))
      const replies = [
        await client.post('/auth/register', { email, password: PASSWORD }),
        await client.post('/auth/login', { email: 'user0@example.com', password: 'not this one at all' }),
        await client.post('/auth/login', { email, password: PASSWORD }),
        await client.get('/auth/sessions'),
        await client.patch('/auth/user', { name: "O'Neill \\ ñ" }),
      ]
      const { createdAt } = replies.at(-1)?.body.user ?? {}
      return [...replies.map(({ status }) => status), Math.abs(Date.parse(createdAt) - Date.now()) < 60_000]
    }
    const seen = await Promise.all(Array.from({ length: VISITORS }, visit))
    expect(new Set(seen.map(String))).toEqual(new Set(['201,401,200,200,200,true']))
    await auth.ping()
    await auth.sweep()
    expect(errors).toEqual([])
  })
})

describe('PostgreSQL', () => {
  test('settings of a role or of the URL apply to migrations as little as to requests', async () => {
    const url = await createDatabase(inject('databaseServer'))
    onTestFinished(() => dropDatabase(url))
    const odd = new URL(url)
    odd.searchParams.set('options', '-c DateStyle=SQL,DMY -c default_transaction_read_only=on -c search_path=nowhere')
    expect(await postgres(odd.href).migrate()).not.toHaveLength(0)
    const { auth } = await openOn(postgres(odd.href))
    const client = new Client(sendTo(auth))
    const { status } = await client.post('/auth/register', { email: 'ada@example.com', password: PASSWORD })
    expect(status).toBe(201)
  })

  test.each([
    ['off', 'on'],
    ['remote_apply', 'remote_apply'],
  ])('an answered request survives a crash of the server: synchronous_commit %s becomes %s', async (given, stated) => {
    const options = `-c synchronous_commit=${given}`
    const client = new pg.Client({ connectionString: inject('databaseServer'), options })
    await client.connect()
    onTestFinished(() => client.end())
    await prepareConnection(client, { deadlineMs: 2_000, timeLeftMs: 20_000 })
    expect((await client.query('SHOW synchronous_commit')).rows).toEqual([{ synchronous_commit: stated }])
  })

  test('a connection may wait for its next work: the server does not close it', async () => {
    const options = '-c idle_session_timeout=100ms'
    const client = new pg.Client({ connectionString: inject('databaseServer'), options })
    await client.connect()
    onTestFinished(() => client.end())
    await prepareConnection(client, { deadlineMs: 2_000, timeLeftMs: 20_000 })
    expect((await client.query('SHOW idle_session_timeout')).rows).toEqual([{ idle_session_timeout: '0' }])
  })

  test('a deadlock with another client of the database costs no answer: the work runs again', async () => {
    const url = await makeDatabase({ deadlock_timeout: '50ms' })
    const { auth } = await openOn(postgres(url))
    const client = new Client(sendTo(auth))
    const { body } = await client.post('/auth/register', { email: 'ada@example.com', password: PASSWORD })
    const [gate, other] = [new pg.Client({ connectionString: url }), new pg.Client({ connectionString: url })]
    await Promise.all([gate.connect(), other.connect()])
    // Latchkey's transaction stops at the gate after it locked the user, until the other client waits for this lock.
    await gate.query(`
      CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_advisory_xact_lock(1); RETURN NEW; END';
      CREATE TRIGGER stop AFTER UPDATE ON latchkey.users FOR EACH ROW EXECUTE FUNCTION public.stop();
      SELECT pg_advisory_lock(1)`)
    // Only the transaction of Latchkey looks for deadlocks, so it is the one that PostgreSQL undoes.
    await other.query("SET deadlock_timeout = '1min'")
    await other.query('BEGIN')
    await other.query('SELECT FROM latchkey.sessions FOR UPDATE')
    const disabling = auth.users.disable(body.user.id)
    await untilWaiting(gate, 1)
    const locking = other.query('SELECT FROM latchkey.users FOR UPDATE')
    await untilWaiting(gate, 2)
    await gate.query('SELECT pg_advisory_unlock(1)')
    await locking
    await other.query('COMMIT')
    await Promise.all([gate.end(), other.end()])
    await disabling
    expect((await client.get('/auth/session')).status).toBe(401)
  })

  test('a prepared statement that a migration of another node made unusable is prepared again', async () => {
    const url = await makeDatabase({})
    const { auth, errors } = await openOn(postgres(url, { poolSize: 3 }))
    const client = new Client(sendTo(auth))
    const { body } = await client.post('/auth/register', { email: 'ada@example.com', password: PASSWORD })
    const readAgain = async (): Promise<number> => {
      await auth.invalidateUser(body.user.id)
      return (await client.get('/auth/session')).status
    }
    expect(await Promise.all([readAgain(), readAgain(), readAgain()])).toEqual([200, 200, 200])
    await runSql(url, 'ALTER TABLE latchkey.users ALTER name TYPE varchar(200)')
    for (let count = 0; count < 4; count++) expect(await readAgain()).toBe(200)
    expect(errors).toEqual([])
  })

  test('an error of our own code is a 500 with its cause, and not an outage', async () => {
    const url = await makeDatabase({})
    const { auth, errors } = await openOn(postgres(url))
    const bug = new TypeError('null has no getTime')
    vi.spyOn(pg.types, 'getTypeParser').mockReturnValue(() => {
      throw bug
    })
    const client = new Client(sendTo(auth))
    const reply = await client.post('/auth/login', { email: 'ada@example.com', password: PASSWORD })
    expect(reply.status).toBe(500)
    expect(reply.text).not.toContain('does not answer')
    expect(errors.flatMap((error) => [error, (error as Error).cause])).toContain(bug)
  })
})

async function makeDatabase(settings: Readonly<Record<string, string>>): Promise<string> {
  const url = await createDatabase(inject('databaseServer'), inject('databaseTemplate'))
  onTestFinished(() => dropDatabase(url))
  const database = new URL(url).pathname.slice(1)
  const changes = Object.entries(settings).map(
    ([name, value]) => `ALTER DATABASE ${database} SET ${name} = ${value.includes(',') ? value : `'${value}'`}`,
  )
  if (changes.length > 0) await runSql(url, changes.join('; '))
  return url
}

async function openOn(storage: Storage) {
  const errors: unknown[] = []
  const auth = await assembleLatchkey(
    {
      baseUrl: ORIGIN,
      storage,
      secrets: [Buffer.alloc(32, 7).toString('base64url')],
      throttle: ROOMY_LIMITS,
      onError: (error) => errors.push(error),
      mailer: async () => undefined,
    },
    SMALL_COST,
  )
  onTestFinished(() => auth.close())
  return { auth, errors }
}

async function untilWaiting(client: pg.Client, count: number): Promise<void> {
  const waiting = 'SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = $1'
  await until(async () => (await client.query(waiting, ['Lock'])).rowCount === count)
}
