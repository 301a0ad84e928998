/* A server with several processes (`LATCHKEY_WORKERS`) is one server to everybody outside. */
import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test, vi } from 'vitest'
import { readEnvironment } from '../src/options/environment.ts'
import { CHILD_ENVIRONMENT } from './support/child-environment.ts'
import type { Client } from './support/client.ts'
import { createDatabase, dropDatabase } from './support/postgres-server.ts'
import { startRedis } from './support/redis-server.ts'
import { PASSWORD } from './support/rings.ts'
import { rounds } from './support/rounds.ts'
import { MAIN, type ServerProcess, startServerProcess } from './support/server-process.ts'

const REVOCATIONS = rounds(1_000, 8)
const AT_ONCE = 8

interface LogLine {
  readonly pid: number
  readonly msg: string
  readonly route?: string
  readonly status?: number
}

function readLog({ lines }: ServerProcess): LogLine[] {
  return lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line))
}

/** Returns the processes that answered requests for a path. */
function answering(server: ServerProcess, route: string): number[] {
  const lines = readLog(server).filter((line) => line.msg === 'request' && line.route === route)
  return [...new Set(lines.map(({ pid }) => pid))]
}

async function startWithWorkers(env: Record<string, string> = {}): Promise<ServerProcess> {
  const directory = mkdtempSync(join(tmpdir(), 'latchkey-workers-'))
  const server = await startServerProcess({ LATCHKEY_WORKERS: '2', ...env }, directory)
  onTestFinished(async () => {
    if (server.child.exitCode === null) await server.end('SIGTERM')
    rmSync(directory, { recursive: true })
  })
  return server
}

/** Asks on several new connections, which the workers share. */
function askAll(client: Client): Promise<number[]> {
  const headers = { connection: 'close' }
  return Promise.all(Array.from({ length: AT_ONCE }, async () => (await client.get('/auth/session', headers)).status))
}

/** Returns a client with the same cookies. */
function copyOf(server: ServerProcess, { cookies }: Client): Client {
  const copy = server.client()
  for (const [name, value] of cookies) copy.cookies.set(name, value)
  return copy
}

async function register(server: ServerProcess, email: string): Promise<Client> {
  const client = server.client()
  expect((await client.post('/auth/register', { email, password: PASSWORD })).status).toBe(201)
  return client
}

describe('a session that one worker revokes is refused by the other on the very next request', () => {
  const storages = {
    SQLite: async () => ({}),
    PostgreSQL: async () => ({ DATABASE_URL: await lendDatabase() }),
    'PostgreSQL and Redis': async () => ({ DATABASE_URL: await lendDatabase(), REDIS_URL: await lendRedis() }),
  }

  async function lendDatabase(): Promise<string> {
    const url = await createDatabase(inject('databaseServer'))
    onTestFinished(() => dropDatabase(url))
    return url
  }

  async function lendRedis(): Promise<string> {
    const redis = await startRedis()
    onTestFinished(() => redis.remove())
    return redis.url
  }

  test.each(Object.entries(storages))('%s', async (_name, settings) => {
    const server = await startWithWorkers(await settings())
    const client = await register(server, 'ada@example.com')
    for (let round = 0; round < REVOCATIONS; round++) {
      if (round > 0) await client.post('/auth/login', { email: 'ada@example.com', password: PASSWORD })
      const stolen = copyOf(server, client)
      expect(await askAll(stolen)).toEqual(Array(AT_ONCE).fill(200)) // both workers have it in memory
      expect((await client.post('/auth/logout')).status).toBe(204)
      expect(await askAll(stolen)).toEqual(Array(AT_ONCE).fill(401))
    }
    expect(answering(server, '/auth/session')).toHaveLength(2)
    await server.end('SIGTERM') // before the database goes
  })
})

describe('two workers', () => {
  let server: ServerProcess
  let client: Client

  beforeAll(async () => {
    server = await startServerProcess(
      { LATCHKEY_WORKERS: '2', LATCHKEY_METRICS_PORT: '0' },
      mkdtempSync(join(tmpdir(), 'latchkey-workers-')),
    )
    client = await register(server, 'ada@example.com')
  })

  afterAll(() => server.end('SIGTERM'))

  test('one sends the emails, and each shows those of a development setup', async () => {
    const count = 6
    const others = Array.from({ length: count - 1 }, (_, index) => register(server, `user${index}@example.com`))
    const clients = [client, ...(await Promise.all(others))]
    expect(answering(server, '/auth/register')).toHaveLength(2)
    await vi.waitFor(
      async () => {
        const boxes = await Promise.all(clients.map(async (each) => (await each.get('/auth/dev/mail')).body.mails))
        for (const mails of boxes) expect(mails).toHaveLength(count)
      },
      { timeout: 20_000 },
    )
    expect(answering(server, '/auth/dev/mail')).toHaveLength(2)
    expect(server.lines.filter((line) => line.startsWith('Email to '))).toHaveLength(count)
  })

  test('their metrics are summed', async () => {
    const { metricsPort } = JSON.parse(server.lines.find((line) => line.includes('"listening"')) ?? '{}')
    const loginsSoFar = async (): Promise<number> => {
      const metrics = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text()
      expect(metrics).toMatch(/^latchkey_invalidation_lag_seconds 0$/m)
      return Number(/^latchkey_logins_total\{outcome="succeeded"\} (\d+)$/m.exec(metrics)?.[1])
    }
    const before = await loginsSoFar()
    const logIn = () => server.client().post('/auth/login', { email: 'ada@example.com', password: PASSWORD })
    await Promise.all(Array.from({ length: 4 }, logIn))
    expect(answering(server, '/auth/login')).toHaveLength(2)
    expect(await loginsSoFar()).toBe(before + 4)
  })

  test.each([
    ['dies', 'SIGKILL', { signal: 'SIGKILL' }],
    ['is stopped', 'SIGTERM', { code: 0 }],
  ] as const)('one that %s is replaced, and the sessions live on', async (_what, signal, end) => {
    await askAll(client)
    const [worker = 0] = answering(server, '/auth/session').slice(-2)
    process.kill(worker, signal)
    await vi.waitFor(
      () =>
        expect(readLog(server)).toContainEqual(
          expect.objectContaining({ msg: 'a worker ended and is replaced', worker, ...end }),
        ),
      { timeout: 20_000 },
    )
    const before = answering(server, '/auth/session').length
    await vi.waitFor(
      async () => {
        expect(await askAll(client)).toEqual(Array(AT_ONCE).fill(200))
        expect(answering(server, '/auth/session')).toHaveLength(before + 1)
      },
      { timeout: 30_000 },
    )
  })
})

test('SIGTERM drains all workers: every request is answered, also on connections that were not accepted yet', async () => {
  const server = await startWithWorkers({ LATCHKEY_DRAIN_MS: '300' })
  await register(server, 'ada@example.com')
  const body = JSON.stringify({ email: 'ada@example.com', password: PASSWORD })
  const head = ['POST /auth/login HTTP/1.1', 'Host: localhost', 'Content-Type: application/json']
  const request = [...head, `Content-Length: ${body.length}`, '', body].join('\r\n')
  server.child.kill('SIGSTOP') // this process accepts the connections
  const sockets = Array.from({ length: 12 }, () => connect(server.port, '127.0.0.1'))
  const answers = sockets.map((socket) => text(socket))
  await Promise.all(sockets.map((socket) => new Promise((sent) => socket.write(request, sent))))
  const ended = server.end('SIGTERM')
  server.child.kill('SIGCONT')
  await vi.waitFor(() => expect(readLog(server).filter(({ msg }) => msg === 'stopping')).toHaveLength(2), {
    timeout: 20_000,
  })
  server.child.kill('SIGTERM') // a second signal changes nothing
  for (const answer of await Promise.all(answers)) expect(answer).toMatch(/^HTTP\/1.1 200 /)
  await ended
  expect([server.child.exitCode, readLog(server).at(-1)?.msg]).toEqual([0, 'stopped'])
})

describe('a start that fails', () => {
  const run = promisify(execFile)
  const serve = (env: Record<string, string>): Promise<unknown> =>
    run(process.execPath, [MAIN, 'serve'], { cwd: tmpdir(), env: { ...CHILD_ENVIRONMENT, ...env }, timeout: 30_000 })

  test('tells the reason once, and leaves no process', async () => {
    const first = await startWithWorkers()
    const file = join(mkdtempSync(join(tmpdir(), 'latchkey-workers-')), 'other.db')
    const env = { LATCHKEY_WORKERS: '3', PORT: String(first.port), DATABASE_URL: `sqlite:${file}` }
    const failed = await serve(env).catch((error: unknown) => error)
    expect(failed).toMatchObject({ code: 1, stderr: expect.stringContaining('EADDRINUSE') })
    expect(String((failed as { stderr: string }).stderr).match(/EADDRINUSE/g)).toHaveLength(1)
    expect(execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })).not.toContain(file)
  })

  test('a database in memory has one process', async () => {
    await expect(serve({ LATCHKEY_WORKERS: '2', DATABASE_URL: 'sqlite::memory:' })).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining('LATCHKEY_WORKERS'),
    })
  })

  test.each(['0', '-1', '1.5', 'all', '257', '0x2', '1e1', 'AUTO'])('LATCHKEY_WORKERS=%j is refused', (text) => {
    expect(() => readEnvironment({ LATCHKEY_WORKERS: text })).toThrow('LATCHKEY_WORKERS')
  })
})

test('LATCHKEY_WORKERS is a number, or auto for one per core', () => {
  expect(readEnvironment({}).workers).toBe(1)
  expect(readEnvironment({ LATCHKEY_WORKERS: '4' }).workers).toBe(4)
  expect(readEnvironment({ LATCHKEY_WORKERS: 'auto' }).workers).toBe('auto')
})
