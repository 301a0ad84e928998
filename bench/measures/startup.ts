import type { Entry } from '../catalogue.ts'
import type { StartupResults } from '../results.ts'
import { type Bench, startAll } from '../support/bench.ts'
import { type InstalledPackage, installPackage } from '../support/installed-package.ts'
import { startServe } from '../support/latchkey-serve.ts'
import { checkRefusal } from '../support/requests.ts'
import { type Spread, spreadOf } from '../support/statistics.ts'

/** Measures the time from the start of the process to its first response, with an existing schema. */
export async function measureStartup(bench: Bench): Promise<StartupResults> {
  const { rounds } = bench.pace({ rounds: 7, seconds: 0 }, { rounds: 1, seconds: 0 })
  const built = await installPackage()
  const subjects: Record<string, Spread> = {}
  const entries = bench.isQuick ? bench.withLogin.filter(({ needs }) => needs.length === 0) : bench.withLogin
  for (const entry of entries) {
    const times = await measureSubject(bench, entry, { rounds, built })
    if (times.length > 0) subjects[entry.id] = spreadOf(times)
  }
  return { rounds, subjects, serveMs: built === null ? null : await measureServe(built, rounds) }
}

async function measureSubject(
  bench: Bench,
  entry: Entry,
  { rounds, built }: { readonly rounds: number; readonly built: InstalledPackage | null },
): Promise<number[]> {
  const request = { data: `startup-${entry.id}`, users: 0, ...(built === null ? {} : { latchkeyFolder: built.dist }) }
  const times: number[] = []
  // The first start creates the schema, and is not counted.
  for (let round = 0; round <= rounds; round++) {
    const startedAt = performance.now()
    const [subject] = await startAll([entry], () => bench.start(entry, request))
    if (subject === undefined) return []
    await checkRefusal(subject.port, 'none=none')
    if (round > 0) times.push(performance.now() - startedAt)
    await subject.stop()
  }
  return times
}

async function measureServe(built: InstalledPackage, rounds: number): Promise<Spread> {
  const times: number[] = []
  for (let round = 0; round <= rounds; round++) {
    const serve = await startServe(built)
    if (round > 0) times.push(serve.startMs)
    await serve.stop()
  }
  return spreadOf(times)
}
