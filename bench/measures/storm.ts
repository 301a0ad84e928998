import { isInFramework } from '../catalogue.ts'
import type { StormResults, StormSubject } from '../results.ts'
import { type Bench, shuffle } from '../support/bench.ts'
import { type LoadResult, runClosedLoop, runOpenLoop } from '../support/load.ts'
import { getMe, logIn, postLogin } from '../support/requests.ts'
import { spreadBy } from '../support/statistics.ts'
import type { SubjectProcess } from '../support/subject-process.ts'

interface Round {
  readonly rest: LoadResult
  readonly storm: LoadResult
  readonly logins: LoadResult
}

const PER_SECOND = 200
const LOGINS_AT_ONCE = 16

/**
 * Measures GET /me at a steady rate: at rest, and while sixteen clients log in as fast as they can, all on one core.
 */
export async function measureStorm(bench: Bench): Promise<StormResults> {
  const { rounds, seconds } = bench.pace({ rounds: 5, seconds: 4 }, { rounds: 1, seconds: 1 })
  const subjects = await bench.shared(bench.withLogin.filter((entry) => !isInFramework(entry)))
  const measured = new Map<string, Round[]>(subjects.map(({ entry }) => [entry.id, []]))
  for (const subject of subjects) await warmUp(subject, bench.isQuick ? 0.3 : 2)
  for (let round = 0; round < rounds; round++) {
    for (const subject of shuffle(subjects, round)) {
      measured.get(subject.entry.id)?.push(await measureRound(subject, { seconds, users: bench.sharedUsers }))
    }
  }
  const summaries = [...measured].map(([id, own]) => [id, summarise(own)] as const)
  return {
    rounds,
    seconds,
    perSecond: PER_SECOND,
    loginsAtOnce: LOGINS_AT_ONCE,
    subjects: Object.fromEntries(summaries),
  }
}

async function warmUp({ entry, port }: SubjectProcess, seconds: number): Promise<void> {
  const request = getMe(await logIn(port, entry.login ?? ''))
  await runClosedLoop({ port, connections: 8, seconds, next: () => request })
}

async function measureRound(
  { entry, port }: SubjectProcess,
  { seconds, users }: { readonly seconds: number; readonly users: number },
): Promise<Round> {
  const login = entry.login ?? ''
  const request = getMe(await logIn(port, login))
  const pace = { port, perSecond: PER_SECOND, seconds, next: () => request }
  const rest = await runOpenLoop(pace)
  let next = 0
  const logins = runClosedLoop({
    port,
    connections: LOGINS_AT_ONCE,
    seconds,
    next: () => postLogin(login, next++ % users),
  })
  const [storm, loggedIn] = await Promise.all([runOpenLoop(pace), logins])
  return { rest, storm, logins: loggedIn }
}

function summarise(own: readonly Round[]): StormSubject {
  return {
    restP50Ms: spreadBy(own, ({ rest }) => rest.p50Ms),
    restP99Ms: spreadBy(own, ({ rest }) => rest.p99Ms),
    stormP50Ms: spreadBy(own, ({ storm }) => storm.p50Ms),
    stormP99Ms: spreadBy(own, ({ storm }) => storm.p99Ms),
    p99ToRest: spreadBy(own, ({ rest, storm }) => storm.p99Ms / rest.p99Ms),
    loginsPerSecond: spreadBy(own, ({ logins }) => logins.perSecond),
  }
}
