import type { WarmResults, WarmSubject } from '../results.ts'
import { type Bench, shuffle } from '../support/bench.ts'
import { runClosedLoop } from '../support/load.ts'
import { getMe, logIn, makeAccessToken } from '../support/requests.ts'
import { spreadBy, spreadOf } from '../support/statistics.ts'
import type { SubjectProcess } from '../support/subject-process.ts'

/** The results of a server in one period. */
interface Slice {
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly cpuMicroseconds: number
  readonly serverUse: number
}

/** A server, and the request to send to it. */
interface Target {
  readonly subject: SubjectProcess
  readonly request: string
}

/**
 * The results of one subject: its periods alone, and ratios of CPU time per request of its bare server to its own,
 * measured side by side.
 */
interface Measured {
  readonly alone: Slice[]
  readonly ratios: number[]
}

const CONNECTIONS = 32
const SECONDS_ALONE = 1
const ROUNDS_IN_A_ROW = 4

/**
 * Measures GET /me of one session: requests per second and p99 alone; then side by side with the bare server or
 * framework that it runs on, on the same core at the same time. The speed of a core that other machines share changes
 * from moment to moment; side by side, a disturbance affects both. A server that was idle for seconds loses some of its
 * compiled code, so each warms up first.
 */
export async function measureWarm(bench: Bench): Promise<WarmResults> {
  const { rounds, seconds } = bench.pace({ rounds: 12, seconds: 0.5 }, { rounds: 3, seconds: 0.2 })
  const entries = bench.entries.filter(({ login, role }) => login !== null || role === 'limit')
  const subjects = await bench.shared(entries)
  const measured = new Map<string, Measured>(subjects.map(({ entry }) => [entry.id, { alone: [], ratios: [] }]))
  for (let done = 0; done < rounds; done += ROUNDS_IN_A_ROW) {
    for (const subject of shuffle(subjects, done)) {
      const limit = subjects.find(({ entry }) => entry.id === subject.entry.limit) ?? subject
      const [own, beneath] = [await toTarget(subject), await toTarget(limit)]
      const { alone, ratios } = measured.get(subject.entry.id) as Measured // each of them was created above
      await runAlone(own, seconds * 2)
      alone.push(await runAlone(own, bench.isQuick ? seconds : SECONDS_ALONE))
      if (limit === subject) continue
      await runAlone(beneath, seconds)
      for (let round = done; round < Math.min(done + ROUNDS_IN_A_ROW, rounds); round++)
        ratios.push(await runSideBySide(own, beneath, seconds))
    }
  }
  const summaries = [...measured].map(([id, each]) => [id, summarise(each)] as const)
  return { rounds, seconds, connections: CONNECTIONS, subjects: Object.fromEntries(summaries) }
}

async function toTarget(subject: SubjectProcess): Promise<Target> {
  const { entry, port } = subject
  const cookie = entry.login === null ? 'session=none' : await logIn(port, entry.login)
  const proof = entry.proof === 'access_token' ? await makeAccessToken(port, cookie) : cookie
  return { subject, request: getMe(proof) }
}

async function runSideBySide(own: Target, beneath: Target, seconds: number): Promise<number> {
  const [one, other] = await Promise.all([
    measureSlice(own, CONNECTIONS / 2, seconds),
    measureSlice(beneath, CONNECTIONS / 2, seconds),
  ])
  return other.cpuMicroseconds / one.cpuMicroseconds
}

function runAlone(target: Target, seconds: number): Promise<Slice> {
  return measureSlice(target, CONNECTIONS, seconds)
}

async function measureSlice({ subject, request }: Target, connections: number, seconds: number): Promise<Slice> {
  const { port, cpuMicroseconds } = subject
  let startedAt = 0
  let cpuBefore = 0
  const { perSecond, p50Ms, p99Ms, requests } = await runClosedLoop({
    port,
    connections,
    seconds,
    next: () => request,
    staysAwake: true,
    async onConnected() {
      cpuBefore = await cpuMicroseconds()
      startedAt = performance.now()
    },
  })
  const elapsedMicroseconds = (performance.now() - startedAt) * 1_000
  const cpu = (await cpuMicroseconds()) - cpuBefore
  return { perSecond, p50Ms, p99Ms, cpuMicroseconds: cpu / requests, serverUse: cpu / elapsedMicroseconds }
}

function summarise({ alone, ratios }: Measured): WarmSubject {
  return {
    perSecond: spreadBy(alone, (slice) => slice.perSecond),
    p50Ms: spreadBy(alone, (slice) => slice.p50Ms),
    p99Ms: spreadBy(alone, (slice) => slice.p99Ms),
    cpuMicroseconds: spreadBy(alone, (slice) => slice.cpuMicroseconds),
    serverUse: spreadBy(alone, (slice) => slice.serverUse),
    toLimit: spreadOf(ratios.length === 0 ? [1] : ratios),
  }
}
