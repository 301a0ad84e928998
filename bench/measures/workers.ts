import type { WorkersResults } from '../results.ts'
import type { Bench } from '../support/bench.ts'
import { ALL_CORES } from '../support/cores.ts'
import { fetchOnce } from '../support/http-connection.ts'
import { type InstalledPackage, installPackage } from '../support/installed-package.ts'
import { startServe } from '../support/latchkey-serve.ts'
import { runClosedLoop } from '../support/load.ts'
import { PASSWORD, readCookies } from '../support/requests.ts'
import { spreadBy } from '../support/statistics.ts'

/** CPU time of one session check, in microseconds, of all processes together. */
interface Round {
  readonly one: number
  readonly two: number
}

/** So many that a worker always has a request to answer. */
const CONNECTIONS_PER_WORKER = 32

/**
 * Measures how many times as many session checks two workers of `latchkey serve` answer as one, if both have a core of
 * their own: twice, if a check costs no more CPU time than with one worker. On a machine with two cores the rate itself
 * says nothing, because the load needs a core, too.
 */
export async function measureWorkers(bench: Bench): Promise<WorkersResults> {
  const { rounds, seconds } = bench.pace({ rounds: 7, seconds: 2 }, { rounds: 1, seconds: 0.5 })
  const built = await installPackage()
  if (built === null) throw new Error('latchkey serve is not installed')
  const measured: Round[] = []
  for (let round = 0; round < rounds; round++) {
    measured.push({ one: await measureCheck(built, 1, seconds), two: await measureCheck(built, 2, seconds) })
  }
  return {
    rounds,
    seconds,
    one: spreadBy(measured, ({ one }) => one),
    two: spreadBy(measured, ({ two }) => two),
    timesAsMany: spreadBy(measured, ({ one, two }) => (2 * one) / two),
  }
}

async function measureCheck(built: InstalledPackage, workers: number, seconds: number): Promise<number> {
  const serve = await startServe(built, { workers, cores: ALL_CORES })
  const { port } = serve
  const cookie = await register(port)
  const request = `GET /auth/session HTTP/1.1\r\nHost: localhost:${port}\r\nCookie: ${cookie}\r\n\r\n`
  const load = { port, connections: CONNECTIONS_PER_WORKER * workers, seconds, next: () => request }
  await runClosedLoop(load)
  const before = serve.cpuMicroseconds()
  const { requests } = await runClosedLoop(load)
  const cpu = serve.cpuMicroseconds() - before
  await serve.stop()
  return cpu / requests
}

async function register(port: number): Promise<string> {
  const body = JSON.stringify({ email: `user-${Date.now()}@example.com`, password: PASSWORD })
  const head = `POST /auth/register HTTP/1.1\r\nHost: localhost:${port}\r\nContent-Type: application/json`
  const answer = await fetchOnce(port, `${head}\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
  if (answer.status !== 201) throw new Error(`POST /auth/register gives ${answer.status}: ${answer.body}`)
  return readCookies(answer)
}
