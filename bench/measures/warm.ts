import type { WarmResults, WarmSubject } from '../results.ts'
import { type Bench, shuffle } from '../support/bench.ts'
import { runClosedLoop } from '../support/load.ts'
import { makeProofs } from '../support/proofs.ts'
import { getMe } from '../support/requests.ts'
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

/** A server, and the requests to send to it. */
export interface Target {
  readonly subject: SubjectProcess
  readonly next: () => string
}

/**
 * The results of one subject: its periods alone, and ratios of CPU time per request of its bare server, and of the lookup by
 * hand, to its own, measured side by side.
 */
interface Measured {
  readonly alone: Slice[]
  readonly toLimit: number[]
  readonly toHand: number[]
}

const CONNECTIONS = 32
const SECONDS_ALONE = 1
const ROUNDS_IN_A_ROW = 4
/** Each session is asked for once before the measure, which reads it from the store. */
const MAX_SECONDS_FIRST = 60
const BARE = 'bare'
const HAND = 'hand-memory'

/**
 * Measures GET /me of 10,000 sessions in turn: requests per second and p99 alone; then side by side with the bare server or
 * framework that it runs on, and with the lookup by hand, on the same core at the same time. The speed of a core that other
 * machines share changes from moment to moment; side by side, a disturbance affects both. A server that was idle for seconds
 * loses some of its compiled code, so each warms up first.
 */
export async function measureWarm(bench: Bench): Promise<WarmResults> {
  const { rounds, seconds } = bench.pace({ rounds: 12, seconds: 0.5 }, { rounds: 3, seconds: 0.2 })
  const entries = bench.entries.filter(({ login, role }) => login !== null || role === 'limit')
  const subjects = await bench.shared(entries)
  const targets = new Map<string, Target>()
  for (const subject of subjects) targets.set(subject.entry.id, await toTarget(subject, bench.sharedUsers))
  const measured = new Map<string, Measured>(
    subjects.map(({ entry }) => [entry.id, { alone: [], toLimit: [], toHand: [] }]),
  )
  for (let done = 0; done < rounds; done += ROUNDS_IN_A_ROW) {
    for (const { entry } of shuffle(subjects, done)) {
      const own = targets.get(entry.id) as Target // each subject has one
      const { alone, toLimit, toHand } = measured.get(entry.id) as Measured
      await runAlone(own, seconds * 2)
      alone.push(await runAlone(own, bench.isQuick ? seconds : SECONDS_ALONE))
      const inARow = Math.min(ROUNDS_IN_A_ROW, rounds - done)
      const compare = async (id: string, ratios: number[]): Promise<void> => {
        const other = targets.get(id)
        if (other === undefined || id === entry.id) return
        await runAlone(other, seconds)
        for (let round = 0; round < inARow; round++) ratios.push(await runSideBySide(own, other, seconds))
      }
      await compare(entry.limit, toLimit)
      if (entry.role === 'latchkey' && entry.limit === BARE) await compare(HAND, toHand)
    }
  }
  const summaries = [...measured].map(([id, each]) => [id, summarise(each)] as const)
  return { rounds, seconds, connections: CONNECTIONS, subjects: Object.fromEntries(summaries) }
}

/** Opens the sessions that a server is asked for, and asks for each once. */
export async function toTarget(subject: SubjectProcess, users: number): Promise<Target> {
  const requests = (await makeProofs(subject, users)).map(getMe)
  let sent = 0
  const target: Target = { subject, next: () => requests[sent++ % requests.length] ?? '' }
  await runClosedLoop({
    port: subject.port,
    connections: CONNECTIONS,
    seconds: MAX_SECONDS_FIRST,
    next: target.next,
    isDone: () => sent >= requests.length,
  })
  return target
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

async function measureSlice({ subject, next }: Target, connections: number, seconds: number): Promise<Slice> {
  const { port, cpuMicroseconds } = subject
  let startedAt = 0
  let cpuBefore = 0
  const { perSecond, p50Ms, p99Ms, requests } = await runClosedLoop({
    port,
    connections,
    seconds,
    next,
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

function summarise({ alone, toLimit, toHand }: Measured): WarmSubject {
  return {
    perSecond: spreadBy(alone, (slice) => slice.perSecond),
    p50Ms: spreadBy(alone, (slice) => slice.p50Ms),
    p99Ms: spreadBy(alone, (slice) => slice.p99Ms),
    cpuMicroseconds: spreadBy(alone, (slice) => slice.cpuMicroseconds),
    serverUse: spreadBy(alone, (slice) => slice.serverUse),
    toLimit: spreadOf(toLimit.length === 0 ? [1] : toLimit),
    toHand: toHand.length === 0 ? null : spreadOf(toHand),
  }
}
