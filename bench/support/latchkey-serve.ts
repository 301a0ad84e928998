import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { endWithUs } from './cleanup.ts'
import { onCore, SERVER_CORE } from './cores.ts'
import { findFreePort } from './free-port.ts'
import { fetchOnce } from './http-connection.ts'
import type { InstalledPackage } from './installed-package.ts'

/** A running `latchkey serve`. */
export interface ServeProcess {
  /** Milliseconds from its start to its first response. */
  readonly startMs: number
  readonly port: number
  rssBytes(): number
  /** Returns the CPU time that the process and its workers have used, in microseconds. */
  cpuMicroseconds(): number
  stop(): Promise<void>
}

const POLL_MS = 2
const TIMEOUT_MS = 20_000
const SECRET = randomBytes(32).toString('base64url')
const REQUEST = 'GET /auth/session HTTP/1.1\r\nHost: localhost\r\n\r\n'

/**
 * Starts the command of the installed package, as in production, with the SQLite file in its folder.
 * @param options.workers number of processes. Default: one.
 * @param options.cores default: the core of servers.
 */
export async function startServe(
  { folder, main }: InstalledPackage,
  { workers = 1, cores = SERVER_CORE }: { readonly workers?: number; readonly cores?: string } = {},
): Promise<ServeProcess> {
  const port = await findFreePort()
  const startedAt = performance.now()
  const [file, args] = onCore(cores, [process.execPath, main, 'serve'])
  const child = endWithUs(
    spawn(file, args, {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {
        PATH: process.env.PATH,
        NODE_ENV: 'production',
        PORT: String(port),
        LATCHKEY_BASE_URL: `http://localhost:${port}`,
        LATCHKEY_SECRETS: SECRET,
        LATCHKEY_WORKERS: String(workers),
      },
    }),
  )
  await waitForAnswer(port, () => child.exitCode)
  return {
    startMs: performance.now() - startedAt,
    port,
    cpuMicroseconds: () => [String(child.pid), ...childrenOf(child.pid)].reduce((sum, pid) => sum + cpuOf(pid), 0),
    rssBytes: () => {
      const kilobytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]
      return Number(kilobytes) * 1_024
    },
    async stop() {
      if (child.exitCode !== null) return
      const gone = once(child, 'exit')
      child.kill('SIGTERM')
      await gone
    },
  }
}

function childrenOf(pid: number | undefined): string[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean)
}

/** Returns the CPU time of all threads of a process. Linux reports it in nanoseconds. */
function cpuOf(pid: string): number {
  const threads = readdirSync(`/proc/${pid}/task`)
  const nanoseconds = threads.map((id) =>
    Number(readFileSync(`/proc/${pid}/task/${id}/schedstat`, 'utf8').split(' ')[0]),
  )
  return nanoseconds.reduce((sum, each) => sum + each, 0) / 1_000
}

async function waitForAnswer(port: number, exitCode: () => number | null): Promise<void> {
  const deadline = performance.now() + TIMEOUT_MS
  while (performance.now() < deadline && exitCode() === null) {
    try {
      await fetchOnce(port, REQUEST)
      return
    } catch {
      await sleep(POLL_MS) // it does not listen yet
    }
  }
  throw new Error(`latchkey serve does not answer (exit code ${exitCode()})`)
}
