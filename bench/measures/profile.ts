import { isInFramework } from '../catalogue.ts'
import type { ProfiledRequest, ProfileResults } from '../results.ts'
import { type Bench, stopAll } from '../support/bench.ts'
import { runClosedLoop } from '../support/load.ts'
import { getMe, logIn, postLogin } from '../support/requests.ts'
import { sampleSessions } from '../support/stored-tokens.ts'
import type { SubjectProcess } from '../support/subject-process.ts'
import { prepare } from './cold.ts'
import { toTarget } from './warm.ts'

type Profiles = Record<string, ProfiledRequest>

const STORED = 100_000
const SAMPLED = 50_000

/** Profiles where the CPU time of a request goes: GET /me of sessions in memory, of sessions in the store, and logins. */
export async function measureProfile(bench: Bench): Promise<ProfileResults> {
  const { seconds } = bench.pace({ rounds: 1, seconds: 5 }, { rounds: 1, seconds: 1 })
  const warm: Profiles = {}
  const served = bench.entries.filter(({ login, role }) => login !== null || role === 'limit')
  for (const subject of await bench.shared(served)) {
    const { next } = await toTarget(subject, bench.sharedUsers)
    warm[subject.entry.id] = await profileOf(subject, 32, seconds, next)
  }
  const login: Profiles = {}
  for (const subject of await bench.shared(bench.withLogin.filter((entry) => !isInFramework(entry)))) {
    const path = subject.entry.login ?? ''
    let user = 0
    await logIn(subject.port, path)
    login[subject.entry.id] = await profileOf(subject, 8, seconds, () => postLogin(path, user++ % bench.sharedUsers))
  }
  return { seconds, kinds: { 'GET /me, warm': warm, 'GET /me, cold': await profileCold(bench, seconds), Login: login } }
}

async function profileCold(bench: Bench, seconds: number): Promise<Profiles> {
  await bench.stopShared()
  const stored = bench.entries.filter(({ storeOf }) => storeOf !== undefined)
  const trials = await prepare(bench, stored, bench.isQuick ? 5_000 : STORED)
  const cold: Profiles = {}
  for (const { subject, cookieOf, size, entry } of trials) {
    const requests = sampleSessions(size, SAMPLED, 0).map((session) => getMe(cookieOf(session)))
    let sent = 0
    cold[entry.id] = await profileOf(subject, 32, seconds, () => requests[sent++ % requests.length] ?? '')
  }
  await stopAll(trials.map(({ subject }) => subject))
  return cold
}

/** Profiles a server under load, after as much load to warm up. */
async function profileOf(
  { port, profile }: SubjectProcess,
  connections: number,
  seconds: number,
  next: () => string,
): Promise<ProfiledRequest> {
  await runClosedLoop({ port, connections, seconds, next })
  const stop = await profile()
  const { requests } = await runClosedLoop({ port, connections, seconds, next })
  const { main, others, areas } = await stop()
  const each = Object.entries(areas).map(([area, time]) => [area, time / requests])
  return { main: main / requests, others: others / requests, areas: Object.fromEntries(each) }
}
