import type { WarmResults, WarmSubject } from '../results.ts'
import { type Bench, shuffle } from '../support/bench.ts'
import { runClosedLoop } from '../support/load.ts'
import { getMe, logIn, makeAccessToken } from '../support/requests.ts'
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

/** A new session so often: none grows old enough to be renewed or to leave a cache while it is measured. */
const ROUNDS_PER_SESSION = 5

/**
 * GET /me of one session: requests per second and p99, each beside the bare server or framework it runs on. Rounds are
 * many and short, since a core that is shared with others is fast in one second and slow in the next.
 */
export async function measureWarm(bench: Bench): Promise<WarmResults> {
  const { rounds, seconds } = bench.pace({ rounds: 40, seconds: 0.3 }, { rounds: 6, seconds: 0.1 })
  const entries = bench.entries.filter(({ login, role }) => login !== null || role === 'limit')
  const subjects = await bench.shared(entries)
  const measured = new Map<string, Round[]>(subjects.map(({ entry }) => [entry.id, []]))
  const requests = new Map<string, string>()
  const measure = (subject: SubjectProcess, length: number): Promise<Round> =>
    measureRound(subject, requests.get(subject.entry.id) ?? '', length)
  for (let round = 0; round < rounds; round++) {
    if (round % ROUNDS_PER_SESSION === 0) await logInAll(subjects, requests)
    // The first time compiles the hot path.
    if (round === 0) for (const subject of subjects) await measure(subject, bench.isQuick ? 0.5 : 3)
    for (const subject of shuffle(subjects, round))
      measured.get(subject.entry.id)?.push(await measure(subject, seconds))
  }
  const summaries = subjects.map(({ entry }) => {
    const own = measured.get(entry.id) ?? []
    return [entry.id, summarise(own, measured.get(entry.limit) ?? [])] as const
  })
  return { rounds, seconds, connections: CONNECTIONS, subjects: Object.fromEntries(summaries) }
}

async function logInAll(subjects: readonly SubjectProcess[], requests: Map<string, string>): Promise<void> {
  for (const { entry, port } of subjects) {
    const cookie = entry.login === null ? 'session=none' : await logIn(port, entry.login)
    requests.set(entry.id, getMe(entry.proof === 'access_token' ? await makeAccessToken(port, cookie) : cookie))
  }
}

async function measureRound(
  { port, cpuMicroseconds }: SubjectProcess,
  request: string,
  seconds: number,
): Promise<Round> {
  let startedAt = 0
  let cpuBefore = 0
  const { perSecond, p50Ms, p99Ms, requests } = await runClosedLoop({
    port,
    connections: CONNECTIONS,
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
