/* The forward-auth example as its readers start it: Latchkey, the API in Python, and a real proxy in front. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createLatchkey, type Latchkey } from '../../src/index.ts'
import { createHttpServer } from '../../src/server/http-server.ts'
import { sqlite } from '../../src/sqlite.ts'
import { ROOMY_LIMITS } from '../../src/testing/roomy-limits.ts'
import { Client } from './client.ts'
import { freePort } from './free-port.ts'
import { until } from './until.ts'

export type ProxyName = 'nginx' | 'Caddy'

/** A proxy with Latchkey and the API behind it. */
export interface ForwardAuth {
  /** The origin of the proxy, as browsers see it. */
  readonly origin: string
  readonly auth: Latchkey
  /** Moves Latchkey's clock forward. */
  advance(ms: number): void
  /** Creates a client of the proxy, with a separate cookie jar. */
  client(): Client
  close(): Promise<void>
}

const EXAMPLE = resolve(import.meta.dirname, '../../examples/forward-auth')

/** Starts the example with this proxy, on free ports. */
export async function startForwardAuth(proxy: ProxyName, { signsIdentity = false } = {}): Promise<ForwardAuth> {
  const directory = mkdtempSync(join(tmpdir(), 'latchkey-forward-auth-'))
  const [port, apiPort] = [await freePort(), await freePort()]
  const origin = `http://localhost:${port}`
  let now = Date.now()
  const auth = await createLatchkey({
    baseUrl: origin,
    storage: sqlite(join(directory, 'test.db')),
    scopes: ['read', 'write'],
    trustProxy: 1,
    throttle: ROOMY_LIMITS,
    clock: () => now,
    verifyEmail: 'off',
    deliverMails: false,
    forwardAuth: { jwt: signsIdentity },
  })
  const server = createHttpServer(auth, origin).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port: latchkeyPort } = server.address() as AddressInfo
  const withPorts = (text: string): string =>
    text.replaceAll(':8080', `:${port}`).replaceAll(':3000', `:${latchkeyPort}`).replaceAll(':5000', `:${apiPort}`)
  const processes = [
    start('python3', [join(EXAMPLE, 'api.py'), String(apiPort)], directory),
    startProxy(proxy, directory, withPorts),
  ]
  const client = (): Client => new Client((path, init) => fetch(`${origin}${path}`, { redirect: 'manual', ...init }))
  await Promise.race([
    until(async () => (await answers(`http://127.0.0.1:${apiPort}/headers`)) && (await answers(`${origin}/auth`))),
    ...processes.map(({ died }) => died),
  ])
  return {
    origin,
    auth,
    advance: (ms) => {
      now += ms
    },
    client,
    async close() {
      await Promise.all(processes.map(({ end }) => end()))
      await stop(server)
      await auth.close()
      rmSync(directory, { recursive: true })
    },
  }
}

function startProxy(proxy: ProxyName, directory: string, withPorts: (text: string) => string): Running {
  const file = proxy === 'nginx' ? 'nginx.conf' : 'Caddyfile'
  const configuration = withPorts(readFileSync(join(EXAMPLE, file), 'utf8'))
  const path = join(directory, file)
  if (proxy === 'Caddy') {
    writeFileSync(path, configuration)
    return start('caddy', ['run', '--config', path, '--adapter', 'caddyfile'], directory)
  }
  const log = join(directory, 'error.log')
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${directory}/${name};`,
  )
  const quiet = `http {\n  access_log off; ${temporary.join(' ')}`
  writeFileSync(path, `pid ${directory}/nginx.pid;\nerror_log ${log};\n${configuration.replace('http {', quiet)}`)
  return start('nginx', ['-c', path, '-e', log, '-g', 'daemon off;'], directory)
}

interface Running {
  /** Rejects with the output of the process if it ends by itself. */
  readonly died: Promise<never>
  end(): Promise<void>
}

function start(command: string, args: readonly string[], directory: string): Running {
  // Caddy stores files there.
  const env = { ...process.env, XDG_CONFIG_HOME: directory, XDG_DATA_HOME: directory }
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'], cwd: directory, env })
  const said: Buffer[] = []
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk))
  const ended = once(child, 'exit')
  const died = ended.then(([code]): never => {
    throw new Error(`${command} ended with ${code}: ${Buffer.concat(said)}`)
  })
  died.catch(() => {}) // after the start, nothing waits for this promise
  return {
    died,
    async end() {
      child.kill('SIGTERM')
      await ended
    },
  }
}

async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    ({ ok }) => ok,
    () => false,
  )
}

async function stop(server: Server): Promise<void> {
  server.closeAllConnections()
  server.close()
  await once(server, 'close')
}
