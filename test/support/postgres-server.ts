/* A PostgreSQL server for the tests, or the one that TEST_DATABASE_URL names. */
import { type ChildProcess, type ExecFileSyncOptions, execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import pg from 'pg'
import { freePort } from './free-port.ts'

/** A server that a test may kill, freeze and start again. */
export interface PostgresServer {
  readonly port: number
  /** Returns the URL of a database. Default: the first database. */
  url(database?: string): string
  /** Sends a signal to the server and all its processes. */
  signal(signal: NodeJS.Signals): void
  /** Kills the server as a power failure does, and waits until it is gone. */
  kill(): Promise<void>
  /** Shuts the server down fast: clients in progress are disconnected with the state 57P01. */
  shutDown(): Promise<void>
  /** Starts the server again after `kill` or `shutDown`. */
  start(): Promise<void>
  /** Starts a standby: a copy of the server that follows it. Removed together with it. */
  startStandby(): Promise<PostgresServer>
  /** Stops the server and deletes its data. */
  remove(): Promise<void>
}

const ROOT = '/usr/lib/postgresql'

/** Returns the directory of the newest installed version's binaries, or null if there is none. */
export function findPostgres(): string | null {
  const versions = existsSync(ROOT) ? readdirSync(ROOT).map(Number).filter(Number.isInteger) : []
  const newest = versions.sort((left, right) => right - left).at(0)
  const directory = join(ROOT, String(newest), 'bin')
  return newest !== undefined && existsSync(join(directory, 'initdb')) ? directory : null
}

/** Starts a server in a temporary directory. `settings` are those of postgresql.conf. */
export async function startPostgres(settings: Record<string, string> = {}): Promise<PostgresServer> {
  return startOn(settings, (binaries, data, how) => {
    const init = ['-D', data, '-U', 'postgres', '-A', 'trust', '--no-sync', '-E', 'UTF8', '--locale=C']
    execFileSync(join(binaries, 'initdb'), init, how)
  })
}

type Fill = (binaries: string, data: string, how: ExecFileSyncOptions) => void

async function startOn(settings: Record<string, string>, fill: Fill): Promise<PostgresServer> {
  const binaries = findPostgres()
  if (binaries === null)
    throw new Error('The tests need PostgreSQL: apt-get install postgresql, or set TEST_DATABASE_URL')
  const directory = mkdtempSync(join(tmpdir(), 'latchkey-postgres-'))
  const data = join(directory, 'data')
  const user = serverUser()
  if (user.uid !== undefined) chownSync(directory, user.uid, user.gid)
  const how: ExecFileSyncOptions = { ...user, cwd: directory, stdio: 'ignore' }
  fill(binaries, data, how)
  const port = await freePort()
  const all = { max_connections: '200', listen_addresses: '127.0.0.1', unix_socket_directories: directory, ...settings }
  const flags = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const standbys: PostgresServer[] = []
  let child: ChildProcess

  async function start(): Promise<void> {
    child = spawn(join(binaries as string, 'postgres'), ['-D', data, '-p', String(port), ...flags], {
      ...user,
      cwd: directory,
      detached: true, // a separate process group, so that a signal reaches all processes
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    const lines = createInterface(child.stderr as NonNullable<ChildProcess['stderr']>)
    const log: string[] = []
    await new Promise<void>((resolve, reject) => {
      lines.on('line', (line) => {
        log.push(line)
        if (/database system is ready to accept (?:read-only )?connections/.test(line)) resolve()
      })
      child.once('exit', (code) => reject(new Error(`PostgreSQL ended with ${code}: ${log.join('\n')}`)))
    })
  }

  function signal(name: NodeJS.Signals): void {
    for (const pid of [...childrenOf(child.pid as number), child.pid as number]) {
      try {
        process.kill(pid, name)
      } catch {
        // The process has ended in the meantime.
      }
    }
  }

  async function end(name: NodeJS.Signals): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    if (name === 'SIGKILL') signal(name)
    else child.kill(name)
    await exited
  }

  await start()
  return {
    port,
    url: (database = 'postgres') => `postgres://postgres@127.0.0.1:${port}/${database}`,
    signal,
    kill: () => end('SIGKILL'),
    shutDown: () => end('SIGINT'),
    start,
    async startStandby() {
      const from = ['-h', '127.0.0.1', '-p', String(port), '-U', 'postgres']
      const standby = await startOn(settings, (binaries, copy, how) => {
        execFileSync(join(binaries, 'pg_basebackup'), [...from, '-D', copy, '-R', '-c', 'fast', '--no-sync'], how)
      })
      standbys.push(standby)
      return standby
    },
    async remove() {
      await Promise.all(standbys.map((standby) => standby.remove()))
      await end('SIGQUIT')
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

/** Runs SQL on a database. */
export async function runSql<Row = unknown>(url: string, sql: string, values: unknown[] = []): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(sql, values)).rows as Row[]
  } finally {
    await client.end()
  }
}

/** Creates a database with a random name on the server of `url`; returns its URL. */
export async function createDatabase(url: string, template = 'template1'): Promise<string> {
  const name = `t${randomBytes(8).toString('hex')}`
  await runSql(url, `CREATE DATABASE ${name} TEMPLATE ${template}`)
  const own = new URL(url)
  own.pathname = `/${name}`
  return own.href
}

/** Drops a database that `createDatabase` created. */
export async function dropDatabase(url: string): Promise<void> {
  const server = new URL(url)
  const name = server.pathname.slice(1)
  server.pathname = '/postgres'
  await runSql(server.href, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
}

/** Returns the user for servers that refuse to run as root. */
export function serverUser(): { readonly uid: number; readonly gid: number } | Record<string, never> {
  if (process.getuid?.() !== 0) return {}
  const id = (flag: string): number => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
  return { uid: id('-u'), gid: id('-g') }
}

function childrenOf(pid: number): number[] {
  const output = execFileSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' })
  return output.trim().split(/\s+/).filter(Boolean).map(Number)
}
