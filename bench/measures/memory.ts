import { setTimeout as sleep } from 'node:timers/promises'
import { entryOf } from '../catalogue.ts'
import type { MemoryResults } from '../results.ts'
import { STORES } from '../stored/stores.ts'
import { type Bench, startAll } from '../support/bench.ts'
import { installPackage } from '../support/installed-package.ts'
import { startServe } from '../support/latchkey-serve.ts'
import { runClosedLoop } from '../support/load.ts'
import { getMe, logIn } from '../support/requests.ts'
import { type Spread, spreadOf } from '../support/statistics.ts'
import type { SubjectProcess } from '../support/subject-process.ts'

const CONNECTIONS = 32
const BATCH = 10_000
/** V8 gives pages back eight seconds after they are free. */
const IDLE_MS = 12_000
/** Limits V8's young generation. It otherwise grows by tens of megabytes that are unrelated to the cache. */
const SMALL_YOUNG_GENERATION = ['--max-semi-space-size=2']

/** Measures the memory of sessions in Latchkey's cache, of an idle `latchkey serve`, and of each server. */
export async function measureMemory(bench: Bench): Promise<MemoryResults> {
  const { rounds } = bench.pace({ rounds: 3, seconds: 0 }, { rounds: 1, seconds: 0 })
  const cachedSessions = bench.isQuick ? 20_000 : 100_000
  const cache: number[] = []
  for (let round = 0; round < rounds; round++) cache.push(await measureCache(bench, cachedSessions, round))
  return {
    cachedSessions,
    cacheBytes: spreadOf(cache),
    idleServeBytes: await measureIdleServe(rounds),
    subjects: await measureServers(bench),
  }
}

/** Sends the same requests to two servers that differ only in their cache: the difference in memory is the cache. */
async function measureCache(bench: Bench, sessions: number, round: number): Promise<number> {
  const entry = entryOf('latchkey-sqlite')
  const data = `cache-${round}`
  const maker = await bench.start(entry, { data, users: 1 })
  const seed = { options: maker.options, cookie: await logIn(maker.port, entry.login ?? '') }
  await maker.stop()
  const store = await STORES[entry.id]?.(seed)
  if (store === undefined) throw new Error(`${entry.id} has no store`)
  for (let start = 0; start < sessions; start += BATCH) await store.add(start, start + BATCH)
  await store.settle()
  await store.close()

  async function measureRss(isCold: boolean): Promise<number> {
    const subject = await bench.start(entry, { data, users: 0, isCold, nodeFlags: SMALL_YOUNG_GENERATION })
    await askTimes(subject, sessions, store?.cookie ?? String)
    const bytes = await subject.rssBytes()
    await subject.stop()
    return bytes
  }
  const without = await measureRss(true)
  return (await measureRss(false)) - without
}

async function askTimes({ port }: SubjectProcess, times: number, cookieOf: (request: number) => string): Promise<void> {
  let sent = 0
  // The time is unlimited; the number of requests ends the load.
  const isDone = (): boolean => sent >= times
  await runClosedLoop({
    port,
    connections: CONNECTIONS,
    seconds: 600,
    isDone,
    next: () => getMe(cookieOf(sent++ % times)),
  })
}

async function measureIdleServe(rounds: number): Promise<Spread | null> {
  const built = await installPackage()
  if (built === null) return null
  const values: number[] = []
  for (let round = 0; round < rounds; round++) {
    const serve = await startServe(built)
    await sleep(IDLE_MS)
    values.push(serve.rssBytes())
    await serve.stop()
  }
  return spreadOf(values)
}

async function measureServers(bench: Bench): Promise<MemoryResults['subjects']> {
  const results: Record<string, { idleBytes: number; loadedBytes: number }> = {}
  const entries = bench.isQuick
    ? bench.withLogin.filter(({ needs }) => needs.length === 0)
    : [...bench.entries.filter(({ role, isOnlyWarm }) => role === 'limit' && isOnlyWarm !== true), ...bench.withLogin]
  for (const entry of entries) {
    const [subject] = await startAll([entry], () => bench.start(entry, { data: `memory-${entry.id}`, users: 1 }))
    if (subject === undefined) continue
    const idleBytes = await subject.rssBytes()
    const request = getMe(entry.login === null ? 'none=none' : await logIn(subject.port, entry.login))
    const seconds = bench.isQuick ? 0.3 : 3
    await runClosedLoop({ port: subject.port, connections: CONNECTIONS, seconds, next: () => request })
    results[entry.id] = { idleBytes, loadedBytes: await subject.rssBytes() }
    await subject.stop()
  }
  return results
}
