/* A Redis server of the tests' own, or the one that TEST_REDIS_URL names. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
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
  /** Kills it and waits until it is gone; its memory is lost. */
  kill(): Promise<void>
  /** Starts it again after `kill`. */
  start(): Promise<void>
  /** Ends it for good. */
  remove(): Promise<void>
}

/** All keys under a prefix with what they hold, as text. */
export async function readKeys(url: string, prefix: string): Promise<string> {
  const client = await createClient({ url }).connect()
  const keys = await client.keys(`${prefix}*`)
  const values = await Promise.all(keys.map((key) => client.hGetAll(key)))
  await client.close()
  return JSON.stringify(keys.map((key, index) => [key, values[index]]))
}

/** True when there is a `redis-server`. */
export function hasRedis(): boolean {
  try {
    execFileSync('redis-server', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** Starts a server without persistence. `settings` are further arguments. */
export async function startRedis(settings: readonly string[] = []): Promise<RedisServer> {
  const directory = mkdtempSync(join(tmpdir(), 'latchkey-redis-'))
  const port = await freePort()
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', directory]
  let child: ChildProcess

  async function start(): Promise<void> {
    child = spawn('redis-server', [...args, ...settings], { stdio: ['ignore', 'pipe', 'inherit'] })
    const lines = createInterface(child.stdout as NonNullable<ChildProcess['stdout']>)
    await new Promise<void>((resolve, reject) => {
      lines.on('line', (line) => {
        if (/Ready to accept connections/.test(line)) resolve()
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
