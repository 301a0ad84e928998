/* A Redis server for the tests, or the one that TEST_REDIS_URL names. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { createClient } from 'redis'
import { freePort } from './free-port.ts'

/** A server that a test may kill, freeze and start again. */
export interface RedisServer {
  readonly port: number
  readonly url: string
  signal(signal: NodeJS.Signals): void
  /** Kills the server and waits until it is gone; its memory is lost. */
  kill(): Promise<void>
  /** Starts the server again after `kill`. */
  start(): Promise<void>
  /** Stops the server and deletes its data. */
  remove(): Promise<void>
}

/** Returns all keys under a prefix with their values, as text. */
export async function readKeys(url: string, prefix: string): Promise<string> {
  const client = await createClient({ url }).connect()
  const keys = await client.keys(`${prefix}*`)
  const values = await Promise.all(
    keys.map(async (key) => {
      const type = await client.type(key)
      if (type === 'zset') return client.zRange(key, 0, -1)
      return type === 'hash' ? client.hGetAll(key) : client.get(key)
    }),
  )
  await client.close()
  return JSON.stringify(keys.map((key, index) => [key, values[index]]))
}

/** Starts a server without persistence. `settings` are additional arguments. */
export function startRedis(settings: readonly string[] = []): Promise<RedisServer> {
  return startServer((port, directory) => [
    ...['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', directory],
    ...settings,
  ])
}

/** Starts a Sentinel that watches the server on this port under the name `main`. */
export function startSentinel(watchedPort: number): Promise<RedisServer> {
  return startServer((port, directory) => {
    const settings = join(directory, 'sentinel.conf')
    const lines = [
      `port ${port}`,
      'bind 127.0.0.1',
      `dir ${directory}`,
      `sentinel monitor main 127.0.0.1 ${watchedPort} 1`,
    ]
    writeFileSync(settings, `${lines.join('\n')}\n`)
    return [settings, '--sentinel']
  })
}

async function startServer(argsFor: (port: number, directory: string) => string[]): Promise<RedisServer> {
  const directory = mkdtempSync(join(tmpdir(), 'latchkey-redis-'))
  const port = await freePort()
  const args = argsFor(port, directory)
  let child: ChildProcess

  async function start(): Promise<void> {
    child = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'inherit'] })
    const lines = createInterface(child.stdout as NonNullable<ChildProcess['stdout']>)
    await new Promise<void>((resolve, reject) => {
      lines.on('line', (line) => {
        if (/Ready to accept connections|\+monitor master/.test(line)) resolve()
      })
      child.once('exit', (code) => reject(new Error(`redis-server ended with ${code}`)))
    })
  }

  async function kill(): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill('SIGKILL')
    await exited
  }

  await start()
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    signal: (name) => child.kill(name),
    kill,
    start,
    async remove() {
      await kill()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}
