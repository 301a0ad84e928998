/* PgBouncer: a pooler between a node and PostgreSQL. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { freePort } from './free-port.ts'
import { serverUser } from './postgres-server.ts'

/** A pooler in front of a server. */
export interface PgBouncer {
  /** Returns the URL of the same database, through the pooler. */
  through(url: string): string
  stop(): Promise<void>
}

/**
 * Starts a pooler for all databases of the server of `url`.
 * @param mode `transaction` lends a connection for one transaction, `session` until its client disconnects. Default
 *   `transaction`.
 */
export async function startPgBouncer(url: string, mode: 'transaction' | 'session' = 'transaction'): Promise<PgBouncer> {
  const server = new URL(url)
  const directory = mkdtempSync(join(tmpdir(), 'latchkey-pgbouncer-'))
  const user = serverUser()
  if (user.uid !== undefined) chownSync(directory, user.uid, user.gid)
  const port = await freePort()
  const settings = join(directory, 'pgbouncer.ini')
  const users = join(directory, 'users.txt')
  writeFileSync(users, `"${server.username}" "${decodeURIComponent(server.password)}"\n`)
  const lines = [
    '[databases]',
    `* = host=${server.hostname} port=${server.port || '5432'}`,
    '[pgbouncer]',
    'listen_addr = 127.0.0.1',
    `listen_port = ${port}`,
    'unix_socket_dir =',
    'auth_type = any',
    `auth_file = ${users}`,
    `pool_mode = ${mode}`,
    `default_pool_size = ${mode === 'session' ? 100 : 5}`,
    'max_client_conn = 1000',
  ]
  const named = lines.map((line) => (line.startsWith('* =') ? `${line} user=${server.username}` : line))
  writeFileSync(settings, `${named.join('\n')}\n`)
  const child: ChildProcess = spawn('pgbouncer', [settings], { ...user, stdio: ['ignore', 'ignore', 'pipe'] })
  const exited = once(child, 'exit')
  await new Promise<void>((resolve, reject) => {
    const log: string[] = []
    createInterface(child.stderr as NonNullable<ChildProcess['stderr']>).on('line', (line) => {
      log.push(line)
      if (line.includes('process up')) resolve()
    })
    child.once('error', reject)
    child.once('exit', () => reject(new Error(`PgBouncer ended: ${log.join('\n')}`)))
  })
  return {
    through(address) {
      const pooled = new URL(address)
      pooled.host = `127.0.0.1:${port}`
      return pooled.href
    },
    async stop() {
      child.kill('SIGKILL')
      await exited
      rmSync(directory, { recursive: true })
    },
  }
}
