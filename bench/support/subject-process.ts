import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Entry } from '../catalogue.ts'
import type { Question } from '../server.ts'
import type { SubjectOptions } from '../subjects/subject.ts'
import { endCompanionWithUs, endWithUs } from './cleanup.ts'
import { onCore, SERVER_CORE } from './cores.ts'
import type { ProfiledTime } from './profiler.ts'
import type { StatementCount } from './sqlite-counter.ts'

/** A running server under test. */
export interface SubjectProcess {
  readonly entry: Entry
  readonly port: number
  readonly options: SubjectOptions
  /** Returns the CPU time that the process has used, in microseconds. */
  cpuMicroseconds(): Promise<number>
  /** Returns the resident memory in bytes, after a garbage collection. */
  rssBytes(): Promise<number>
  /** Returns the number of SQLite statements so far, if they are counted. */
  sqliteStatements(): Promise<StatementCount>
  /** Starts a CPU profile. The function that it returns ends it. */
  profile(): Promise<() => Promise<ProfiledTime>>
  stop(): Promise<void>
}

/** Options for starting the process. */
export interface StartOptions {
  readonly subject: SubjectOptions
  readonly countsStatements: boolean
  readonly nodeFlags: readonly string[]
}

const SERVER = fileURLToPath(new URL('../server.ts', import.meta.url))
const START_TIMEOUT_MS = 60_000

/** Starts a server on the core of servers, with NODE_ENV=production. */
export async function startSubject(
  entry: Entry,
  { subject, countsStatements, nodeFlags }: StartOptions,
): Promise<SubjectProcess> {
  mkdirSync(subject.directory, { recursive: true })
  const flags = ['--disable-warning=ExperimentalWarning', '--expose-gc', ...nodeFlags]
  const [execPath, execArgv] = onCore(SERVER_CORE, [process.execPath, ...flags])
  const child = endWithUs(
    fork(SERVER, [entry.id, JSON.stringify(subject)], {
      execPath,
      execArgv,
      cwd: subject.directory,
      env: { ...process.env, NODE_ENV: 'production', BENCH_COUNT_STATEMENTS: countsStatements ? '1' : '0' },
    }),
  )
  const exited = once(child, 'exit').then(([code]) => {
    throw new Error(`${entry.title}: the server ended with code ${code}`)
  })
  exited.catch(() => undefined) // callers that wait for an answer receive this error

  async function next(): Promise<unknown> {
    const [message] = await Promise.race([
      once(child, 'message', { signal: AbortSignal.timeout(START_TIMEOUT_MS) }),
      exited,
    ])
    return message
  }

  function ask(question: Question): Promise<unknown> {
    const answer = next()
    child.send(question)
    return answer
  }

  const { port, companion } = (await next()) as { port: number; companion?: number }
  if (companion !== undefined) endCompanionWithUs(companion, child)
  return {
    entry,
    port,
    options: subject,
    cpuMicroseconds: async () => (await ask('cpu')) as number,
    rssBytes: async () => (await ask('rss')) as number,
    sqliteStatements: async () => (await ask('statements')) as StatementCount,
    async profile() {
      await ask('profile')
      return async () => (await ask('profiled')) as ProfiledTime
    },
    async stop() {
      if (child.exitCode !== null) return
      const gone = once(child, 'exit')
      child.send('stop')
      await gone
    },
  }
}
