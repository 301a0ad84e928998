/*
 * Failovers behind one address. A node never works with a server that only accepts reads: it says so in its readiness,
 * and works again as soon as the address leads to a primary, without a restart.
 */
import { createClient } from 'redis'
import { expect, inject, onTestFinished, test } from 'vitest'
import type { LatchkeyOptions } from '../../src/index.ts'
import { assembleLatchkey } from '../../src/latchkey.ts'
import { postgres } from '../../src/postgres.ts'
import { redis } from '../../src/redis.ts'
import { sqlite } from '../../src/sqlite.ts'
import { ROOMY_LIMITS } from '../../src/testing/roomy-limits.ts'
import { Client } from '../support/client.ts'
import { createDatabase, dropDatabase, type PostgresServer, runSql, startPostgres } from '../support/postgres-server.ts'
import { startRedis } from '../support/redis-server.ts'
import { ORIGIN, PASSWORD, SMALL_COST, sendTo } from '../support/rings.ts'
import { startSwitch } from '../support/switch.ts'
import { until } from '../support/until.ts'

const ADA = { email: 'ada@example.com', password: PASSWORD }

async function openOn(
  storages: Pick<LatchkeyOptions, 'storage' | 'sessionStorage'>,
  more: Partial<LatchkeyOptions> = {},
) {
  const auth = await assembleLatchkey(
    {
      baseUrl: ORIGIN,
      ...storages,
      secrets: [Buffer.alloc(32, 7).toString('base64url')],
      throttle: ROOMY_LIMITS,
      onError: () => undefined,
      mailer: async () => undefined,
      ...more,
    },
    SMALL_COST,
  )
  onTestFinished(() => auth.close())
  const isReady = (): Promise<boolean> =>
    auth.ping().then(
      () => true,
      () => false,
    )
  const client = new Client(sendTo(auth))
  return { auth, client, isReady, logIn: async () => (await client.post('/auth/login', ADA)).status }
}

test('PostgreSQL: the address leads to a standby for a while', async () => {
  const primary = await startPostgres({ fsync: 'off' })
  onTestFinished(() => primary.remove())
  const address = await startSwitch(primary.port)
  onTestFinished(() => address.close())
  const url = primary.url().replace(String(primary.port), String(address.port))
  const { client, isReady, logIn } = await openOn({ storage: postgres(url) })
  expect((await client.post('/auth/register', ADA)).status).toBe(201)
  const standby = await primary.startStandby()
  address.leadTo(standby.port, { cut: true })
  await until(async () => !(await isReady()))
  const refused = await client.post('/auth/login', ADA)
  expect([refused.status, refused.body.code]).toEqual([503, 'unavailable'])
  // What a standby returns may be old, so the node does not read there either.
  await until(async () => (await client.get('/auth/session')).status === 503)
  address.leadTo(primary.port)
  await until(isReady)
  await until(async () => (await logIn()) === 200)
  expect((await client.get('/auth/session')).status).toBe(200)
})

/** Returns the URL of a list of servers. */
function urlOf(servers: readonly PostgresServer[], parameters = '?target_session_attrs=read-write'): string {
  return `postgres://postgres@${servers.map(({ port }) => `127.0.0.1:${port}`).join(',')}/postgres${parameters}`
}

test('PostgreSQL: of several hosts the one that accepts writes is used, also for LISTEN, and its successor after a failover', async () => {
  const primary = await startPostgres({ fsync: 'off' })
  onTestFinished(() => primary.remove())
  const standby = await primary.startStandby()
  const url = urlOf([standby, primary])
  const { client, logIn, isReady, auth } = await openOn({ storage: postgres(url) })
  const other = await openOn({ storage: postgres(urlOf([primary, standby])) })
  expect((await client.post('/auth/register', ADA)).status).toBe(201)
  await until(async () => (await runSql(standby.url(), 'SELECT FROM latchkey.users')).length === 1)
  await primary.kill()
  await runSql(standby.url(), 'SELECT pg_promote()')
  await until(async () => (await isReady()) && (await other.isReady()))
  await until(async () => (await logIn()) === 200)
  expect(await logIn()).toBe(200)
  // Both nodes hear each other on the new primary.
  await until(() => Math.max(auth.stats().invalidationLagMs, other.auth.stats().invalidationLagMs) < 1_000)
  const user = await other.auth.users.find(ADA.email)
  expect(await other.auth.sessions.revokeAll(user?.id ?? '')).toBeGreaterThan(0)
  await until(async () => (await client.get('/auth/session')).status === 401)
})

test('PostgreSQL: read-write skips a server that is read-only by default, primary takes it; a list of standbys is refused', async () => {
  const [careful, primary] = await Promise.all([
    startPostgres({ fsync: 'off', default_transaction_read_only: 'on' }),
    startPostgres({ fsync: 'off' }),
  ])
  onTestFinished(async () => void (await Promise.all([careful.remove(), primary.remove()])))
  const tablesOn = ({ url }: PostgresServer) =>
    runSql(url(), "SELECT FROM pg_tables WHERE schemaname = 'latchkey' AND tablename = 'users'")
  await openOn({ storage: postgres(urlOf([careful, primary])) })
  expect([(await tablesOn(careful)).length, (await tablesOn(primary)).length]).toEqual([0, 1])
  await openOn({ storage: postgres(urlOf([careful, primary], '?target_session_attrs=primary')) })
  expect((await tablesOn(careful)).length).toBe(1)
  const standby = await primary.startStandby()
  await expect(postgres(urlOf([standby, standby])).open()).rejects.toThrow('standby')
  await expect(postgres(urlOf([careful])).open()).rejects.toThrow('target_session_attrs is read-write')
})

test('PostgreSQL: a role that lost a privilege is not ready, and works again when it has it back', async () => {
  const url = await createDatabase(inject('databaseServer'), inject('databaseTemplate'))
  onTestFinished(() => dropDatabase(url))
  const role = `r${new URL(url).pathname.slice(1)}`
  await runSql(url, `CREATE ROLE ${role} LOGIN IN ROLE pg_read_all_data, pg_write_all_data`)
  onTestFinished(() => runSql(url, `DROP ROLE ${role}`).then(() => undefined))
  const own = new URL(url)
  own.username = role
  const { client, isReady, logIn } = await openOn({ storage: postgres(own.href) })
  expect((await client.post('/auth/register', ADA)).status).toBe(201)
  await runSql(url, `REVOKE pg_write_all_data FROM ${role}`)
  expect(await isReady()).toBe(false)
  expect(await logIn()).toBe(503)
  await runSql(url, `GRANT pg_write_all_data TO ${role}`)
  expect(await isReady()).toBe(true)
  expect(await logIn()).toBe(200)
})

test.each([
  ['INSERT', 'sessions'],
  ['INSERT', 'audit_events'],
  ['UPDATE', 'throttle'],
  ['SELECT', 'users'],
])('PostgreSQL: a role that lost only %s on %s is not ready, and the reason names it', async (privilege, table) => {
  const url = await createDatabase(inject('databaseServer'), inject('databaseTemplate'))
  onTestFinished(() => dropDatabase(url))
  const role = `r${new URL(url).pathname.slice(1)}`
  await runSql(
    url,
    `CREATE ROLE ${role} LOGIN; GRANT USAGE ON SCHEMA latchkey TO ${role};
     GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA latchkey TO ${role}`,
  )
  onTestFinished(() => runSql(url, `DROP OWNED BY ${role}; DROP ROLE ${role}`).then(() => undefined))
  const own = new URL(url)
  own.username = role
  const { auth, client, logIn, isReady } = await openOn({ storage: postgres(own.href) })
  expect((await client.post('/auth/register', ADA)).status).toBe(201)
  expect([await isReady(), await logIn()]).toEqual([true, 200])
  await runSql(url, `REVOKE ${privilege} ON latchkey.${table} FROM ${role}`)
  expect(await logIn()).toBe(503)
  await expect(auth.ping()).rejects.toMatchObject({
    code: 'unavailable',
    reason: expect.stringContaining(`${privilege} on latchkey.${table}`),
  })
  await runSql(url, `GRANT ${privilege} ON latchkey.${table} TO ${role}`)
  expect([await isReady(), await logIn()]).toEqual([true, 200])
})

test('Redis: the server behind the address becomes a replica, and the address leads to the new primary', async () => {
  const [old, next] = await Promise.all([startRedis(), startRedis()])
  onTestFinished(async () => void (await Promise.all([old.remove(), next.remove()])))
  const address = await startSwitch(old.port)
  onTestFinished(() => address.close())
  const { client, isReady, logIn } = await openOn({
    storage: sqlite(':memory:'),
    sessionStorage: redis(`redis://127.0.0.1:${address.port}`),
  })
  expect((await client.post('/auth/register', ADA)).status).toBe(201)
  const admin = await createClient({ url: old.url }).connect()
  await admin.sendCommand(['REPLICAOF', '127.0.0.1', String(next.port)])
  await admin.close()
  expect(await isReady()).toBe(false)
  await until(async () => (await logIn()) === 503)
  address.leadTo(next.port)
  await until(isReady)
  await until(async () => (await logIn()) === 200)
  expect((await client.get('/auth/session')).status).toBe(200)
})

test.each(['opaque', 'sealed'] as const)(
  'CWE-613: after FLUSHALL of Redis, no %s session is accepted for longer than a second (ASVS 7.4.1)',
  async (token) => {
    const server = await startRedis()
    onTestFinished(() => server.remove())
    const { client } = await openOn(
      { storage: sqlite(':memory:'), sessionStorage: redis(server.url) },
      { session: { token } },
    )
    expect((await client.post('/auth/register', ADA)).status).toBe(201)
    const status = async (): Promise<number> => (await client.get('/auth/session')).status
    expect([await status(), await status()]).toEqual([200, 200])
    const admin = await createClient({ url: server.url }).connect()
    await admin.flushAll()
    admin.destroy()
    const emptiedAt = performance.now()
    await until(async () => (await status()) === 401)
    expect(performance.now() - emptiedAt).toBeLessThan(5_000) // 0.25 s on a machine with nothing else to do
    expect((await client.post('/auth/login', ADA)).status).toBe(200)
    expect(await status()).toBe(200)
  },
)
