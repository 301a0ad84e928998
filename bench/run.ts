/*
 * `npm run bench`: authenticated GET /me per second, as a ratio to bare node:http in the same run.
 * Server and load generator sit on different cores; rounds are interleaved; medians count. Machines are noisy and their
 * absolute numbers mean little: compare ratios. `--quick` takes a tenth of the time.
 */
import { execFileSync, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import autocannon from 'autocannon'
import { SUBJECTS } from './servers.ts'

const isQuick = process.argv.includes('--quick')
const ROUNDS = isQuick ? 3 : 9
const SECONDS = isQuick ? 1 : 3
const CONNECTIONS = 32
const SERVER_CORE = '0'
const LOAD_CORE = '1'

interface Round {
  readonly requestsPerSecond: number
  readonly p99: number
  /** CPU time that the server spent on one request, in microseconds. */
  readonly cpuPerRequest: number
}

type Subject = Awaited<ReturnType<typeof start>>

async function start(name: string) {
  const child = fork(fileURLToPath(new URL('servers.ts', import.meta.url)), [name], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
  })
  const [{ port, cookie }] = (await once(child, 'message')) as [{ port: number; cookie: string }]
  pin(child.pid, SERVER_CORE)
  const cpu = async (): Promise<number> => {
    child.send('cpu')
    const [usage] = (await once(child, 'message')) as [NodeJS.CpuUsage]
    return usage.user + usage.system
  }
  return { name, url: `http://127.0.0.1:${port}/me`, cookie, cpu, stop: () => child.send('stop') }
}

function pin(pid: number | undefined, core: string): void {
  try {
    execFileSync('taskset', ['-a', '-p', '-c', core, String(pid)], { stdio: 'ignore' })
  } catch {
    console.error('taskset is missing or refused: server and load share their cores, so expect wider spreads')
  }
}

async function measure({ url, cookie, cpu, name }: Subject, duration: number): Promise<Round> {
  const before = await cpu()
  const result = await autocannon({ url, connections: CONNECTIONS, duration, headers: { cookie } })
  const spent = (await cpu()) - before
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${name}: ${result.non2xx} refusals, ${result.errors} errors`)
  const { total } = result.requests
  return { requestsPerSecond: total / result.duration, p99: result.latency.p99, cpuPerRequest: spent / total }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

/** The ratio of each round to bare node:http in the same round: their median, least and most. */
function ratios(own: readonly Round[], bare: readonly Round[], of: (own: Round, bare: Round) => number): string {
  const values = own.map((round, index) => of(round, bare[index]!))
  return `${median(values).toFixed(2)} (${Math.min(...values).toFixed(2)} to ${Math.max(...values).toFixed(2)})`
}

pin(process.pid, LOAD_CORE)
const subjects = await Promise.all(SUBJECTS.map(start))
const rounds = new Map<string, Round[]>(subjects.map(({ name }) => [name, []]))
for (const subject of subjects) await measure(subject, 1) // warm-up
for (let round = 0; round < ROUNDS; round++) {
  for (const subject of subjects) rounds.get(subject.name)?.push(await measure(subject, SECONDS))
}
for (const { stop } of subjects) stop()

const bare = rounds.get('bare') ?? []
console.log(
  `\nGET /me, ${ROUNDS} interleaved rounds of ${SECONDS} s, ${CONNECTIONS} connections, Node ${process.version}\n`,
)
console.log('| server | requests/s, median | p99 ms | rate : bare | CPU per request, bare : own |')
console.log('|---|---|---|---|---|')
for (const [name, own] of rounds) {
  const rate = ratios(own, bare, (one, limit) => one.requestsPerSecond / limit.requestsPerSecond)
  const cpu = ratios(own, bare, (one, limit) => limit.cpuPerRequest / one.cpuPerRequest)
  console.log(
    `| ${name} | ${Math.round(median(own.map((round) => round.requestsPerSecond)))} | ${median(own.map(({ p99 }) => p99))} | ${rate} | ${cpu} |`,
  )
}
