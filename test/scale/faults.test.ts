/*
 * Two nodes while a dependency is dead, frozen or full: they answer 503 with Retry-After within the deadline, accept no
 * revoked session, and work again within 5 s without help.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Client, Reply } from '../support/client.ts'
import { type PostgresServer, runSql, startPostgres } from '../support/postgres-server.ts'
import { type RedisServer, startRedis } from '../support/redis-server.ts'
import { PASSWORD } from '../support/rings.ts'
import { type ServerProcess, startServerProcess } from '../support/server-process.ts'
import { until } from '../support/until.ts'

/** The deadline of two seconds, plus time for a busy machine. */
const ANSWER_MS = 3_500
const RECOVERY_MS = 5_000
/** Maximum time after a revocation in which a session may still be accepted, under any fault. */
const REVOCATION_MS = 1_000

const SECRET = Buffer.alloc(32, 7).toString('base64url')

describe.each(['PostgreSQL', 'PostgreSQL and Redis'])('faults: %s', (kind) => {
  function onlyWithRedis(name: string, work: () => Promise<void>): void {
    if (kind.endsWith('Redis')) test(name, work)
  }

  const cwd = mkdtempSync(join(tmpdir(), 'latchkey-faults-'))
  let postgresServer: PostgresServer
  let redisServer: RedisServer | null
  let first: ServerProcess
  let second: ServerProcess
  let userCount = 0

  beforeAll(async () => {
    postgresServer = await startPostgres()
    await runSql(postgresServer.url(), 'CREATE ROLE app LOGIN')
    await runSql(postgresServer.url(), 'GRANT CREATE ON DATABASE postgres TO app')
    redisServer = kind.endsWith('Redis') ? await startRedis() : null
    const env = {
      DATABASE_URL: postgresServer.url().replace('postgres@', 'app@'),
      LATCHKEY_SECRETS: SECRET,
      ...(redisServer === null ? {} : { REDIS_URL: redisServer.url }),
    }
    first = await startServerProcess(env, cwd)
    second = await startServerProcess(env, cwd)
  })
  afterAll(async () => {
    const nodes = [first, second]
    const exitCodes = nodes.map(({ child }) => child.exitCode)
    for (const node of nodes) if (node.child.exitCode === null) await node.end('SIGTERM')
    await redisServer?.remove()
    await postgresServer.remove()
    rmSync(cwd, { recursive: true })
    expect(exitCodes).toEqual([null, null]) // both nodes are still running
    const lines = nodes.flatMap((node) => node.lines).filter((line) => line.includes('"level":50'))
    const errors = lines.map((line) => JSON.parse(line).err)
    // Every logged error is an expected refusal, or a job that failed by one; no other error was logged.
    expect(errors.filter((err) => ![err, err.cause].some((each) => each?.code === 'unavailable'))).toEqual([])
  })

  /** A client with a session, and the same client on the other node. */
  async function logIn(): Promise<{ here: Client; there: Client; sessionId: string; userId: string }> {
    const here = first.client()
    userCount++
    const email = `user${userCount}@example.com`
    const reply = await here.post('/auth/register', { email, password: PASSWORD })
    expect(reply.status).toBe(201)
    const there = second.client()
    for (const [name, value] of here.cookies) there.cookies.set(name, value)
    return { here, there, sessionId: reply.body.session.id, userId: reply.body.user.id }
  }

  async function timed(work: () => Promise<Reply>): Promise<Reply & { readonly ms: number }> {
    const startedAt = performance.now()
    return { ...(await work()), ms: performance.now() - startedAt }
  }

  const isServed = async ({ here, there }: { here: Client; there: Client }): Promise<boolean> => {
    const replies = await Promise.all([here.get('/auth/session'), there.get('/auth/session')])
    return replies.every(({ status }) => status === 200)
  }

  /** While the dependency is down, logins, registrations and uncached sessions get 503; afterwards everything works again. */
  async function expectRefusalsThenRecovery(fault: { begin(): unknown; end(): unknown }): Promise<void> {
    const warm = await logIn()
    expect(await isServed(warm)).toBe(true)
    const cold = await logIn() // not in the cache of the second node
    await fault.begin()
    try {
      const replies = await Promise.all([
        timed(() => second.client().post('/auth/login', { email: 'user1@example.com', password: PASSWORD })),
        timed(() => first.client().post('/auth/register', { email: 'other@example.com', password: PASSWORD })),
        timed(() => cold.there.get('/auth/session')),
        timed(() => first.client().get('/health/ready')),
      ])
      for (const { status, body, headers, ms } of replies) {
        expect([status, body.code]).toEqual([503, 'unavailable'])
        expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
        expect(body.detail).toMatch(/^(?:The database|Redis) does not answer\.$/)
        expect(ms).toBeLessThan(ANSWER_MS)
      }
      expect((await first.client().get('/health/live')).status).toBe(200)
      // The node now refuses sessions that are only in its cache.
      await until(async () => (await warm.there.get('/auth/session')).status === 503)
    } finally {
      await fault.end()
    }
    const endedAt = performance.now()
    await until(async () => (await isServed(warm)) && (await first.client().get('/health/ready')).status === 200)
    expect(performance.now() - endedAt).toBeLessThan(RECOVERY_MS)
    expect((await cold.there.get('/auth/session')).status).toBe(200)
    await expectPromptRevocation()
  }

  /** Waits until the nodes receive each other's messages again. */
  async function expectPromptRevocation(): Promise<void> {
    const { here, there } = await logIn()
    await until(async () => (await second.client().get('/health/ready')).body.cache === undefined)
    expect((await there.get('/auth/session')).status).toBe(200)
    const cookies = [...there.cookies]
    expect((await here.post('/auth/logout')).status).toBe(204)
    expect(await acceptedForMs(there, cookies)).toBeLessThan(REVOCATION_MS)
  }

  test('PostgreSQL frozen and thawed (ASVS 13.1.3, 16.5.2)', () => {
    if (redisServer !== null) return expectDatabaseOnlyFault('SIGSTOP')
    return expectRefusalsThenRecovery({
      begin: () => postgresServer.signal('SIGSTOP'),
      end: () => postgresServer.signal('SIGCONT'),
    })
  })

  test('PostgreSQL killed and started again', () => {
    if (redisServer !== null) return expectDatabaseOnlyFault('SIGKILL')
    return expectRefusalsThenRecovery({ begin: () => postgresServer.kill(), end: () => postgresServer.start() })
  })

  /** With sessions in Redis, logged-in users continue; new logins must wait. */
  async function expectDatabaseOnlyFault(signal: 'SIGSTOP' | 'SIGKILL'): Promise<void> {
    const user = await logIn()
    if (signal === 'SIGSTOP') postgresServer.signal(signal)
    else await postgresServer.kill()
    expect(await isServed(user)).toBe(true)
    const login = await timed(() => second.client().post('/auth/login', { email: 'x@example.com', password: PASSWORD }))
    expect([login.status, login.body.detail]).toEqual([503, 'The database does not answer.'])
    expect(login.ms).toBeLessThan(ANSWER_MS)
    if (signal === 'SIGSTOP') postgresServer.signal('SIGCONT')
    else await postgresServer.start()
    const endedAt = performance.now()
    await until(async () => (await first.client().get('/health/ready')).status === 200)
    await until(async () => (await second.client().get('/health/ready')).status === 200)
    expect(performance.now() - endedAt).toBeLessThan(RECOVERY_MS)
    await expectPromptRevocation()
  }

  onlyWithRedis('Redis frozen and thawed', () =>
    expectRefusalsThenRecovery({
      begin: () => redisServer?.signal('SIGSTOP'),
      end: () => redisServer?.signal('SIGCONT'),
    }),
  )

  onlyWithRedis('Redis killed: its memory is lost, and people log in again', async () => {
    const { here } = await logIn()
    await redisServer?.kill()
    await until(async () => (await here.get('/auth/session')).status === 503)
    await redisServer?.start()
    const startedAt = performance.now()
    await until(async () => (await here.get('/auth/session')).status === 401)
    expect(performance.now() - startedAt).toBeLessThan(RECOVERY_MS)
    await until(async () => (await second.client().get('/health/ready')).status === 200)
    await expectPromptRevocation()
  })

  test('PostgreSQL shut down fast while all connections are in use', async () => {
    const { here } = await logIn()
    let isOver = false
    const statuses = new Set<number>()
    const busy = Array.from({ length: 15 }, async () => {
      for (let count = 0; !isOver; count++) {
        const reply = count % 2 ? await here.get('/auth/sessions') : await here.delete('/auth/sessions')
        statuses.add(reply.status)
      }
    })
    for (let round = 0; round < 3; round++) {
      await postgresServer.shutDown()
      await postgresServer.start()
      await until(async () => (await first.client().get('/health/ready')).status === 200)
    }
    isOver = true
    await Promise.all(busy)
    expect([...statuses].sort()).toEqual([200, 503])
    await expectPromptRevocation()
  })

  test('PostgreSQL out of connections (ASVS 13.1.2, 13.2.6)', async () => {
    const warm = await logIn()
    const url = postgresServer.url()
    await runSql(url, 'ALTER ROLE app CONNECTION LIMIT 0')
    await runSql(url, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'app'")
    const login = await timed(() => first.client().post('/auth/login', { email: 'a@example.com', password: PASSWORD }))
    expect(login.ms).toBeLessThan(ANSWER_MS)
    expect(login.status).toBe(503)
    await runSql(url, 'ALTER ROLE app CONNECTION LIMIT -1')
    const endedAt = performance.now()
    await until(async () => (await isServed(warm)) && (await first.client().get('/health/ready')).status === 200)
    expect(performance.now() - endedAt).toBeLessThan(RECOVERY_MS)
    await expectPromptRevocation()
  })

  test('PostgreSQL slow: another process locks a table', async () => {
    const { here } = await logIn()
    const locker = new pg.Client({ connectionString: postgresServer.url() })
    await locker.connect()
    await locker.query('BEGIN')
    await locker.query('LOCK TABLE latchkey.users IN ACCESS EXCLUSIVE MODE')
    const replies = await Promise.all(
      // More requests than the pool has connections: requests that wait for one are answered in time too.
      Array.from({ length: 25 }, () =>
        timed(() => first.client().post('/auth/login', { email: 'user1@example.com', password: PASSWORD })),
      ),
    )
    for (const { status, ms } of replies) {
      expect(status).toBe(503)
      expect(ms).toBeLessThan(ANSWER_MS)
    }
    await locker.query('ROLLBACK')
    await locker.end()
    await until(async () => (await here.get('/auth/session')).status === 200)
    await expectPromptRevocation()
  })

  test('a node that was paused for 5 s accepts no session that was revoked during the pause', async () => {
    const { here, there } = await logIn()
    for (let count = 0; count < 3; count++) expect((await there.get('/auth/session')).status).toBe(200)
    const cookies = [...there.cookies]
    second.child.kill('SIGSTOP')
    expect((await here.post('/auth/logout')).status).toBe(204)
    const asked = [there.get('/auth/session')] // waits in the socket of the paused node
    await new Promise((resolve) => setTimeout(resolve, 5_000)) // the test needs the real time to pass
    second.child.kill('SIGCONT')
    for (let count = 0; count < 20; count++) {
      for (const [name, value] of cookies) there.cookies.set(name, value)
      asked.push(there.get('/auth/session'))
    }
    for (const { status } of await Promise.all(asked)) expect(status).toBe(401)
    await expectPromptRevocation()
  })

  test('only the channel is cut: a revocation takes effect within a second, and no request is refused', async () => {
    for (let round = 0; round < 3; round++) {
      const { here, there } = await logIn()
      expect((await there.get('/auth/session')).status).toBe(200)
      const cookies = [...there.cookies]
      if (redisServer === null) {
        await runSql(
          postgresServer.url(),
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_listening_channels%' AND pid <> pg_backend_pid()",
        )
      } else {
        await killSubscribers(redisServer)
      }
      expect((await here.post('/auth/logout')).status).toBe(204)
      // Only the channel is cut, so the node asks the store and refuses no request.
      expect(await acceptedForMs(there, cookies)).toBeLessThan(REVOCATION_MS)
    }
    await expectPromptRevocation()
  })
})

/**
 * Asks with the cookies of a revoked session until they are refused with 401.
 * @returns how long after now the last request was sent that was accepted, in milliseconds.
 */
async function acceptedForMs(client: Client, cookies: readonly [string, string][]): Promise<number> {
  const revokedAt = performance.now()
  let acceptedAt = revokedAt
  for (;;) {
    const askedAt = performance.now()
    for (const [name, value] of cookies) client.cookies.set(name, value)
    const { status } = await client.get('/auth/session')
    if (status === 401) return acceptedAt - revokedAt
    expect(status).toBe(200)
    acceptedAt = askedAt
  }
}

async function killSubscribers(server: RedisServer): Promise<void> {
  const { createClient } = await import('redis')
  const client = await createClient({ url: server.url }).connect()
  await client.sendCommand(['CLIENT', 'KILL', 'TYPE', 'pubsub'])
  await client.close()
}
