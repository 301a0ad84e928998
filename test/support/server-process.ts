/* The server in a separate process, as a user starts it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { CHILD_ENVIRONMENT } from './child-environment.ts'
import { Client } from './client.ts'

/** The command line, bundled as it is published by the global setup: it starts twice as fast as the sources. */
export const MAIN: string = fileURLToPath(
  new URL('../../node_modules/.cache/latchkey-tests/cli/main.js', import.meta.url),
)

/** A running `latchkey serve`. */
export interface ServerProcess {
  readonly url: string
  readonly port: number
  readonly child: ChildProcess
  /** All lines of standard output so far. */
  readonly lines: string[]
  client(): Client
  /** Sends a signal to the process and waits until it is gone. */
  end(signal: NodeJS.Signals): Promise<void>
}

/** Starts the server on a free port and waits until it listens. */
export async function startServerProcess(env: Record<string, string>, cwd: string): Promise<ServerProcess> {
  const child = spawn(process.execPath, [MAIN, 'serve'], {
    cwd,
    env: { ...CHILD_ENVIRONMENT, PORT: '0', LATCHKEY_BASE_URL: 'http://localhost:3000', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exited = once(child, 'exit')
  const errors: Buffer[] = []
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk))
  const lines: string[] = []
  const port = await new Promise<number>((resolve, reject) => {
    createInterface(child.stdout).on('line', (line) => {
      lines.push(line)
      if (line.includes('"msg":"listening"')) resolve(JSON.parse(line).port)
    })
    child.once('exit', (code) => reject(new Error(`The server ended with ${code}: ${Buffer.concat(errors)}`)))
  })
  const url = `http://127.0.0.1:${port}`
  return {
    url,
    port,
    child,
    lines,
    client: () => new Client((path, init) => fetch(`${url}${path}`, { redirect: 'manual', ...init })),
    async end(signal) {
      child.kill(signal)
      await exited
    },
  }
}
