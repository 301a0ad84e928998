import type { WarmResults, WarmSubject } from '../results.ts'
import { type Bench, rotate } from '../support/bench.ts'
import { runClosedLoop } from '../support/load.ts'
import { getMe, logIn } from '../support/requests.ts'
import { ratioOf, spreadBy } from '../support/statistics.ts'
import type { SubjectProcess } from '../support/subject-process.ts'

interface Round {
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly cpuMicroseconds: number
  readonly serverUse: number
}

const CONNECTIONS = 32

/** GET /me of one session: requests per second and p99, each beside the bare server or framework it runs on. */
export async function measureWarm(bench: Bench): Promise<WarmResults> {
  const { rounds, seconds } = bench.pace({ rounds: 7, seconds: 3 }, { rounds: 2, seconds: 0.4 })
  const entries = bench.entries.filter(({ login, role }) => login !== null || role === 'limit')
  const subjects = await bench.shared(entries)
  const measured = new Map<string, Round[]>(subjects.map(({ entry }) => [entry.id, []]))
  for (const subject of subjects) await measureRound(subject, bench.isQuick ? 0.6 : 3) // compiles the hot path
  for (let round = 0; round < rounds; round++) {
    for (const subject of rotate(subjects, round)) {
      measured.get(subject.entry.id)?.push(await measureRound(subject, seconds))
    }
  }
  const summaries = subjects.map(({ entry }) => {
    const own = measured.get(entry.id) ?? []
    return [entry.id, summarise(own, measured.get(entry.limit) ?? [])] as const
  })
  return { rounds, seconds, connections: CONNECTIONS, subjects: Object.fromEntries(summaries) }
}

async function measureRound({ entry, port, cpuMicroseconds }: SubjectProcess, seconds: number): Promise<Round> {
  // A new session for each round: none grows old enough to be renewed or to leave a cache while it is measured.
  const request = getMe(entry.login === null ? 'session=none' : await logIn(port, entry.login))
  const cpuBefore = await cpuMicroseconds()
  const startedAt = performance.now()
  const { perSecond, p50Ms, p99Ms, requests } = await runClosedLoop({
    port,
    connections: CONNECTIONS,
    seconds,
    next: () => request,
  })
  const elapsedMicroseconds = (performance.now() - startedAt) * 1_000
  const cpu = (await cpuMicroseconds()) - cpuBefore
  return { perSecond, p50Ms, p99Ms, cpuMicroseconds: cpu / requests, serverUse: cpu / elapsedMicroseconds }
}

function summarise(own: readonly Round[], limit: readonly Round[]): WarmSubject {
  return {
    perSecond: spreadBy(own, (round) => round.perSecond),
    p50Ms: spreadBy(own, (round) => round.p50Ms),
    p99Ms: spreadBy(own, (round) => round.p99Ms),
    cpuMicroseconds: spreadBy(own, (round) => round.cpuMicroseconds),
    serverUse: spreadBy(own, (round) => round.serverUse),
    rateToLimit: ratioOf(own, limit, (one, other) => one.perSecond / other.perSecond),
    cpuToLimit: ratioOf(own, limit, (one, other) => other.cpuMicroseconds / one.cpuMicroseconds),
  }
}
