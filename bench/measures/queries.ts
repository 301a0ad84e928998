import { setTimeout as sleep } from 'node:timers/promises'
import { type Entry, isInFramework } from '../catalogue.ts'
import type { QueryCount, QueryResults, QuerySubject } from '../results.ts'
import { type Bench, startAll } from '../support/bench.ts'
import { fetchOnce } from '../support/http-connection.ts'
import { createQueryCounter, type QueryCounter } from '../support/query-counter.ts'
import { getMe, logIn, postLogin } from '../support/requests.ts'
import type { SubjectProcess } from '../support/subject-process.ts'

const REQUESTS = 100
const LOGINS = 10
/** Milliseconds for background work of a server after its response. */
const SETTLE_MS = 150

/** Measures queries per request where they arrive: in PostgreSQL's log, in Redis, under the driver of SQLite. */
export async function measureQueries(bench: Bench): Promise<QueryResults> {
  const counter = await createQueryCounter(bench.databases)
  const subjects: Record<string, QuerySubject> = {}
  try {
    for (const entry of bench.withLogin.filter((each) => !isInFramework(each))) {
      const measured = await measureSubject(bench, entry, counter)
      if (measured !== null) subjects[entry.id] = measured
    }
  } finally {
    await counter.close()
  }
  return { subjects }
}

async function measureSubject(bench: Bench, entry: Entry, counter: QueryCounter): Promise<QuerySubject | null> {
  const data = `queries-${entry.id}`
  const start = (isCold: boolean): Promise<SubjectProcess[]> =>
    startAll([entry], () => bench.start(entry, { data, users: 1, isCold, countsStatements: true }))
  const [subject] = await start(false)
  if (subject === undefined) return null
  const path = entry.login ?? ''
  await logIn(subject.port, path)
  const login = await countPer(LOGINS, counter, subject, () => fetchOnce(subject.port, postLogin(path, 0)))
  const warm = await countMe(counter, subject, path)
  await subject.stop()
  if (entry.role !== 'latchkey') return { warm, cold: null, login }
  const [cacheless] = await start(true)
  const cold = cacheless === undefined ? null : await countMe(counter, cacheless, path)
  await cacheless?.stop()
  return { warm, cold, login }
}

async function countMe(counter: QueryCounter, subject: SubjectProcess, path: string): Promise<QueryCount> {
  const request = getMe(await logIn(subject.port, path))
  return countPer(REQUESTS, counter, subject, () => fetchOnce(subject.port, request))
}

async function countPer(
  times: number,
  counter: QueryCounter,
  subject: SubjectProcess,
  act: () => Promise<unknown>,
): Promise<QueryCount> {
  await sleep(SETTLE_MS)
  const before = await counter.read(subject)
  for (let index = 0; index < times; index++) await act()
  await sleep(SETTLE_MS)
  const after = await counter.read(subject)
  return {
    sqlite: (after.sqlite - before.sqlite) / times,
    pragmas: (after.pragmas - before.pragmas) / times,
    postgres: (after.postgres - before.postgres) / times,
    redis: (after.redis - before.redis) / times,
  }
}
