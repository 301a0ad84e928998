/* PostgreSQL and Redis for the benchmark: in a temporary folder, on a free port, on the core of the load generator. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, closeSync, existsSync, globSync, openSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { createClient } from 'redis'
import type { DatabaseKind } from '../catalogue.ts'
import { endWithUs, makeFolder } from './cleanup.ts'
import { LOAD_CORE, onCore } from './cores.ts'
import { findFreePort } from './free-port.ts'

/** The running databases. */
export interface Databases {
  /**
   * Returns the URL of the PostgreSQL database with this name, which is created on first use; null without PostgreSQL.
   */
  postgresUrl(name: string): Promise<string | null>
  /** Returns the URL of the Redis database with this name, which no other name shares; null without Redis. */
  redisUrl(name: string): string | null
  /** Returns true if this kind of database is running. */
  has(kind: DatabaseKind): boolean
  /** Path of PostgreSQL's log. */
  readonly postgresLog: string | null
  /** Stops all databases. */
  stop(): Promise<void>
}

interface Server {
  readonly url: string
  readonly process: ChildProcess
}

interface Postgres extends Server {
  readonly log: string
}

const READY_TIMEOUT_MS = 20_000
const MAX_REDIS_DATABASES = 256

/** Starts the requested databases that are installed. */
export async function startDatabases(kinds: ReadonlySet<DatabaseKind>): Promise<Databases> {
  const postgres = kinds.has('postgres') ? await startPostgres() : null
  const redis = kinds.has('redis') ? await startRedis() : null
  const postgresNames = new Set<string>()
  const redisNames: string[] = []
  return {
    postgresLog: postgres?.log ?? null,

    has: (kind) => (kind === 'postgres' ? postgres : redis) !== null,

    async postgresUrl(name) {
      if (postgres === null) return null
      const database = name.replaceAll('-', '_')
      if (!postgresNames.has(database)) await createDatabase(postgres.url, database)
      postgresNames.add(database)
      return `${postgres.url}/${database}`
    },

    redisUrl(name) {
      if (redis === null) return null
      if (!redisNames.includes(name)) redisNames.push(name)
      return `${redis.url}/${redisNames.indexOf(name)}`
    },

    async stop() {
      // SIGINT makes PostgreSQL disconnect its clients, write its data and stop.
      for (const server of [postgres, redis]) await stopServer(server?.process)
    },
  }
}

async function stopServer(server: ChildProcess | undefined): Promise<void> {
  if (server === undefined || server.exitCode !== null) return
  const gone = once(server, 'exit')
  server.kill('SIGINT')
  await gone
}

async function startPostgres(): Promise<Postgres | null> {
  const [binaries] = globSync('/usr/lib/postgresql/*/bin').sort().reverse()
  if (binaries === undefined) return null
  const folder = makeFolder('postgres')
  const data = join(folder, 'data')
  const log = join(folder, 'log')
  const owner = process.getuid?.() === 0 ? lookUpPostgresUser() : null
  if (owner !== null) chownSync(folder, owner.uid, owner.gid)
  execFileSync(
    join(binaries, 'initdb'),
    ['-D', data, '--username=bench', '--auth=trust', '--no-sync', '--encoding=UTF8', '--locale=C'],
    { ...owner, cwd: folder, stdio: 'ignore' },
  )
  const port = await findFreePort()
  const settings = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: folder,
    max_connections: 300,
    shared_buffers: '1GB',
    log_line_prefix: '%d ',
  }
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const [file, args] = onCore(LOAD_CORE, [join(binaries, 'postgres'), '-D', data, ...flags])
  const output = openSync(log, 'a')
  const server = endWithUs(spawn(file, args, { ...owner, cwd: folder, stdio: ['ignore', output, output] }))
  closeSync(output)
  const url = `postgres://bench@127.0.0.1:${port}`
  await waitFor('PostgreSQL', log, async () => {
    const client = new Client({ connectionString: `${url}/postgres` })
    await client.connect()
    await client.end()
  })
  return { url, log, process: server }
}

function lookUpPostgresUser(): { uid: number; gid: number } {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((each) => each.startsWith('postgres:'))
  if (line === undefined) throw new Error('PostgreSQL refuses to run as root, and there is no user "postgres"')
  const [, , uid, gid] = line.split(':')
  return { uid: Number(uid), gid: Number(gid) }
}

async function createDatabase(url: string, name: string): Promise<void> {
  const client = new Client({ connectionString: `${url}/postgres` })
  await client.connect()
  await client.query(`CREATE DATABASE "${name}"`)
  await client.end()
}

async function startRedis(): Promise<Server | null> {
  const binary = (process.env.PATH ?? '')
    .split(':')
    .map((folder) => join(folder, 'redis-server'))
    .find((path) => existsSync(path))
  if (binary === undefined) return null
  const folder = makeFolder('redis')
  const port = await findFreePort()
  const settings = [
    '--port',
    `${port}`,
    '--bind',
    '127.0.0.1',
    '--databases',
    `${MAX_REDIS_DATABASES}`,
    '--dir',
    folder,
  ]
  const [file, args] = onCore(LOAD_CORE, [binary, ...settings, '--save', '', '--appendonly', 'no'])
  const server = endWithUs(spawn(file, args, { cwd: folder, stdio: 'ignore' }))
  const url = `redis://127.0.0.1:${port}`
  await waitFor('Redis', null, async () => {
    const client = createClient({ url, socket: { reconnectStrategy: false } })
    client.on('error', () => undefined) // the loop below retries
    await client.connect()
    client.destroy()
  })
  return { url, process: server }
}

async function waitFor(name: string, log: string | null, tryOnce: () => Promise<void>): Promise<void> {
  const deadline = performance.now() + READY_TIMEOUT_MS
  for (;;) {
    try {
      await tryOnce()
      return
    } catch (error) {
      if (performance.now() < deadline) {
        await sleep(50)
        continue
      }
      const told = log !== null && statSync(log).size > 0 ? `\n${readFileSync(log, 'utf8')}` : ''
      throw new Error(`${name} does not start${told}`, { cause: error })
    }
  }
}
