import { isInFramework } from '../catalogue.ts'
import type { LoginResults, LoginSubject } from '../results.ts'
import { type Bench, shuffle } from '../support/bench.ts'
import { startHashing } from '../support/hash-rate.ts'
import { type LoadResult, runClosedLoop } from '../support/load.ts'
import { logIn, postLogin } from '../support/requests.ts'
import { spreadBy } from '../support/statistics.ts'
import type { SubjectProcess } from '../support/subject-process.ts'

/** Logins, and the rate of the hash alone measured just before. */
interface Round {
  readonly logins: LoadResult
  readonly hashesPerSecond: number
}

/** Measures logins per second, and the hash alone on the same core. */
export async function measureLogins(bench: Bench): Promise<LoginResults> {
  const { rounds, seconds } = bench.pace({ rounds: 5, seconds: 4 }, { rounds: 1, seconds: 0.8 })
  const atOnce = bench.isQuick ? [8] : [8, 32]
  const subjects = await bench.shared(bench.withLogin.filter((entry) => !isInFramework(entry)))
  const hashing = await startHashing()
  const measured = new Map<string, Round[]>()
  for (const { port, entry } of subjects) await logIn(port, entry.login ?? '')
  for (let round = 0; round < rounds; round++) {
    for (const connections of atOnce) {
      for (const subject of shuffle(subjects, round)) {
        const key = `${connections} ${subject.entry.id}`
        const hashesPerSecond = await hashing.perSecond(seconds / 2)
        const logins = await measureRound(subject, { connections, seconds, users: bench.sharedUsers })
        measured.set(key, [...(measured.get(key) ?? []), { logins, hashesPerSecond }])
      }
    }
  }
  hashing.stop()
  const summaries = atOnce.map((count) => {
    const ofCount = subjects.map(({ entry: { id } }) => [id, summarise(measured.get(`${count} ${id}`) ?? [])])
    return [count, Object.fromEntries(ofCount) as Record<string, LoginSubject>] as const
  })
  const hashesPerSecond = spreadBy([...measured.values()].flat(), (round) => round.hashesPerSecond)
  return { rounds, seconds, hashesPerSecond, atOnce: Object.fromEntries(summaries) }
}

function measureRound(
  { entry, port }: SubjectProcess,
  { connections, seconds, users }: { readonly connections: number; readonly seconds: number; readonly users: number },
): Promise<LoadResult> {
  let next = 0
  return runClosedLoop({ port, connections, seconds, next: () => postLogin(entry.login ?? '', next++ % users) })
}

function summarise(own: readonly Round[]): LoginSubject {
  return {
    perSecond: spreadBy(own, ({ logins }) => logins.perSecond),
    p99Ms: spreadBy(own, ({ logins }) => logins.p99Ms),
    rateToHash: spreadBy(own, ({ logins, hashesPerSecond }) => logins.perSecond / hashesPerSecond),
  }
}
