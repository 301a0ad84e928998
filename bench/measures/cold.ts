import { spawnSync } from 'node:child_process'
import { type Entry, entryOf } from '../catalogue.ts'
import type { ColdResults, ColdSubject } from '../results.ts'
import { type FilledStore, STORES } from '../stored/stores.ts'
import { type Bench, shuffle, startAll, stopAll } from '../support/bench.ts'
import { runClosedLoop } from '../support/load.ts'
import { checkMe, getMe, logIn } from '../support/requests.ts'
import { ratioOf, type Spread, spreadBy } from '../support/statistics.ts'
import { sampleSessions, userOfSession } from '../support/stored-tokens.ts'
import type { SubjectProcess } from '../support/subject-process.ts'

/** A subject with a store of one size. */
export interface Trial {
  readonly entry: Entry
  readonly size: number
  readonly subject: SubjectProcess
  readonly cookieOf: FilledStore['cookie']
  readonly rounds: Round[]
}

interface Round {
  readonly perSecond: number
  readonly p99Ms: number
  readonly cpuMicroseconds: number
}

const CONNECTIONS = 32
const BATCH = 10_000
/** More distinct sessions than any subject here can answer in a second. */
const SAMPLES_PER_SECOND = 30_000

/**
 * Measures GET /me with another session on each request and no cache, on stores of several sizes. Each size has a
 * separate store and server. The sizes are measured in turn, so that a disturbance of a round affects all of them.
 */
export async function measureCold(bench: Bench): Promise<ColdResults> {
  const sizes = bench.isQuick ? [5_000] : [1_000, 100_000, 1_000_000]
  const { rounds, seconds } = bench.pace({ rounds: 20, seconds: 0.5 }, { rounds: 4, seconds: 0.2 })
  const entries = bench.entries.filter(
    (entry) => entry.storeOf !== undefined && (entry.role === 'hand' || bench.isEverywhere(entry)),
  )
  const trials: Trial[] = []
  for (const size of sizes) trials.push(...(await prepare(bench, entries, size)))
  spawnSync('sync') // otherwise the disk would still be writing the stores while they are read
  for (const trial of trials) await measureRound(trial, bench.isQuick ? 0.4 : 2, -1) // warms up the code
  for (let round = 0; round < rounds; round++) {
    for (const trial of shuffle(trials, round)) trial.rounds.push(await measureRound(trial, seconds, round))
  }
  await stopAll(trials.map(({ subject }) => subject))
  const stored = sizes.map((size) => [size, summarise(trials.filter((trial) => trial.size === size))] as const)
  return {
    rounds,
    seconds,
    connections: CONNECTIONS,
    stored: Object.fromEntries(stored),
    rateOfMostToLeast: compareSizes(trials, Math.min(...sizes), Math.max(...sizes)),
  }
}

/** Fills stores with the given number of sessions and starts their servers, with the cache off. */
export async function prepare(bench: Bench, entries: readonly Entry[], size: number): Promise<Trial[]> {
  const cookies = new Map<string, FilledStore['cookie']>()
  for (const id of new Set(entries.map(storeOf))) {
    const cookieOf = await fillStore(bench, entryOf(id), size)
    if (cookieOf !== null) cookies.set(id, cookieOf)
  }
  const filled = entries.filter((entry) => cookies.has(storeOf(entry)))
  const subjects = await startAll(filled, (entry) =>
    bench.start(entry, { data: `stored-${storeOf(entry)}-${size}`, users: 0, isCold: true }),
  )
  const trials = subjects.map((subject): Trial => {
    const { entry } = subject
    return { entry, size, subject, cookieOf: cookies.get(storeOf(entry)) ?? String, rounds: [] }
  })
  for (const trial of trials) await checkStored(trial)
  return trials
}

/** Fills a store. The subject itself creates the schema and the first session; the other sessions are copies. */
async function fillStore(bench: Bench, entry: Entry, size: number): Promise<FilledStore['cookie'] | null> {
  const startedAt = performance.now()
  const data = `stored-${entry.id}-${size}`
  const [subject] = await startAll([entry], () => bench.start(entry, { data, users: 1 }))
  if (subject === undefined) return null
  const cookie = entry.login === null ? '' : await logIn(subject.port, entry.login)
  await subject.stop()
  const store = await STORES[entry.id]?.({ options: subject.options, cookie })
  if (store === undefined) throw new Error(`bench/stored/stores.ts has no store for ${entry.id}`)
  for (let start = 0; start < size; start += BATCH) await store.add(start, Math.min(size, start + BATCH))
  await store.settle()
  await store.close()
  const seconds = Math.round((performance.now() - startedAt) / 1_000)
  console.log(`  ${size} sessions in the store of ${entry.title}, filled in ${seconds} s`)
  return store.cookie
}

/** Throws unless the subject accepts sessions that the benchmark wrote. */
async function checkStored({ subject, cookieOf, size }: Trial): Promise<void> {
  for (const session of [0, Math.floor(size / 2), size - 1]) {
    await checkMe(subject.port, cookieOf(session), userOfSession(session))
  }
}

async function measureRound({ subject, cookieOf, size }: Trial, seconds: number, round: number): Promise<Round> {
  const { port, cpuMicroseconds } = subject
  const requests = sampleSessions(size, seconds * SAMPLES_PER_SECOND, round).map((session) => getMe(cookieOf(session)))
  let sent = 0
  let cpuBefore = 0
  const result = await runClosedLoop({
    port,
    connections: CONNECTIONS,
    seconds,
    next: () => requests[sent++ % requests.length] ?? '',
    async onConnected() {
      cpuBefore = await cpuMicroseconds()
    },
  })
  const cpu = (await cpuMicroseconds()) - cpuBefore
  return { perSecond: result.perSecond, p99Ms: result.p99Ms, cpuMicroseconds: cpu / result.requests }
}

function summarise(trials: readonly Trial[]): Record<string, ColdSubject> {
  const summaries = trials.map(({ entry, rounds: own }) => {
    const byHand = trials.find((other) => other.entry.id === handOf(entry))?.rounds
    const subject: ColdSubject = {
      perSecond: spreadBy(own, (round) => round.perSecond),
      p99Ms: spreadBy(own, (round) => round.p99Ms),
      cpuMicroseconds: spreadBy(own, (round) => round.cpuMicroseconds),
      rateToHand: byHand === undefined ? null : ratioOf(own, byHand, compareRates),
    }
    return [entry.id, subject] as const
  })
  return Object.fromEntries(summaries)
}

function compareSizes(trials: readonly Trial[], least: number, most: number): Record<string, Spread> {
  if (least === most) return {}
  const ratios = trials.flatMap(({ entry, size, rounds }) => {
    const fewest = trials.find((other) => other.entry === entry && other.size === least)
    return size === most && fewest !== undefined ? [[entry.id, ratioOf(rounds, fewest.rounds, compareRates)]] : []
  })
  return Object.fromEntries(ratios)
}

function compareRates(own: Round, other: Round): number {
  return own.perSecond / other.perSecond
}

/** Returns the id of the lookup by hand on the same kind of store, which is the last part of the subject's id. */
function handOf({ id }: Entry): string {
  return `hand-${id.slice(id.lastIndexOf('-') + 1)}`
}

function storeOf({ id, storeOf: other = id }: Entry): string {
  return other
}
