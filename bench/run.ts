/*
 * `npm run bench`: Latchkey and its peers, measured in one run. Servers run on one core; load and databases on the
 * other. Rounds are interleaved; medians count. Machines are noisy and absolute numbers mean little: compare ratios.
 *
 *   --quick               under two minutes: short rounds, without the profile and the measures that need a build and an
 *                         installation (memory, startup, size, workers), unless --measures names them; results go to a
 *                         temporary folder
 *   --measures=warm,cold  some of: warm logins storm profile cold queries hits memory startup size workers
 *   --only=bare,latchkey-sqlite   some of the subjects of catalogue.ts
 *   --rounds=3 --seconds=1   number and duration of rounds, for all measures
 *   --out=folder          where results go; results of measures that do not run are kept
 */
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { CATALOGUE, type Entry, entryOf, OMITTED_WHEN_QUICK } from './catalogue.ts'
import { measureCold } from './measures/cold.ts'
import { measureHits } from './measures/hits.ts'
import { measureLogins } from './measures/logins.ts'
import { measureMemory } from './measures/memory.ts'
import { measureProfile } from './measures/profile.ts'
import { measureQueries } from './measures/queries.ts'
import { measureSize } from './measures/size.ts'
import { measureStartup } from './measures/startup.ts'
import { measureStorm } from './measures/storm.ts'
import { measureWarm } from './measures/warm.ts'
import { measureWorkers } from './measures/workers.ts'
import { writeReport } from './report.ts'
import type { MeasureName } from './results.ts'
import { type Bench, createBench, missing } from './support/bench.ts'
import { canPin, LOAD_CORE, moveTo } from './support/cores.ts'
import { startDatabases } from './support/databases.ts'
import { withRunInfo } from './support/machine.ts'
import { installPeers } from './support/peers.ts'

/** The measures, in the order in which they run. The first four share their servers. */
const MEASURES: Readonly<Record<MeasureName, (bench: Bench) => Promise<unknown>>> = {
  warm: measureWarm,
  logins: measureLogins,
  storm: measureStorm,
  profile: measureProfile,
  cold: measureCold,
  queries: measureQueries,
  hits: measureHits,
  memory: measureMemory,
  startup: measureStartup,
  size: measureSize,
  workers: measureWorkers,
}

/** Measures on servers that are started once for all of them. */
const SHARING: ReadonlySet<MeasureName> = new Set(['warm', 'logins', 'storm', 'profile'])

/** Measures that `--quick` leaves out: the profile, and those on the built and installed package. */
const LONG: ReadonlySet<MeasureName> = new Set(['profile', 'memory', 'startup', 'size', 'workers'])

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    measures: { type: 'string' },
    only: { type: 'string' },
    out: { type: 'string' },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
  },
})
const isQuick = values.quick
const docs = fileURLToPath(new URL('../docs/benchmarks', import.meta.url))
const folder = values.out ?? (isQuick || values.only !== undefined ? join(tmpdir(), 'latchkey-benchmarks') : docs)
const command = ['npm run bench', ...process.argv.slice(2)].join(' ').replace('bench ', 'bench -- ')

if (!canPin)
  console.error('taskset is missing or not permitted: server and load share their cores, so expect wider spreads')
installPeers()
moveTo(LOAD_CORE)
const startedAt = performance.now()
const selected = selectEntries()
const databases = await startDatabases(new Set(selected.flatMap(({ needs }) => needs)))
try {
  const pace = {
    ...(values.rounds === undefined ? {} : { rounds: Number(values.rounds) }),
    ...(values.seconds === undefined ? {} : { seconds: Number(values.seconds) }),
  }
  const bench = createBench({ isQuick, isSelection: values.only !== undefined, pace }, selected, databases)
  let report = ''
  for (const name of selectMeasures()) {
    console.log(`[${secondsSince(startedAt)} s] ${name}`)
    if (!SHARING.has(name)) await bench.stopShared()
    // Each measure is written at once: a later one that fails loses nothing.
    report = writeReport(folder, { [name]: await withRunInfo({ command, isQuick }, () => MEASURES[name](bench)) })
  }
  console.log(`\n${report}`)
  console.log(`[${secondsSince(startedAt)} s] written to ${folder}`)
} finally {
  await databases.stop()
}
if (missing.size > 0) console.error(`Not measured, or only in part: ${[...missing].join(', ')}`)
process.exit(missing.size > 0 ? 1 : 0)

function selectEntries(): readonly Entry[] {
  if (values.only !== undefined) return values.only.split(',').map(entryOf)
  return CATALOGUE.filter(({ id }) => !(isQuick && OMITTED_WHEN_QUICK.has(id)))
}

function selectMeasures(): MeasureName[] {
  const known = Object.keys(MEASURES) as MeasureName[]
  const names = values.measures?.split(',') ?? known.filter((name) => !(isQuick && LONG.has(name)))
  const unknown = names.find((name) => !(name in MEASURES))
  if (unknown !== undefined) throw new Error(`There is no measure "${unknown}". There are: ${known.join(', ')}`)
  return known.filter((name) => names.includes(name))
}

function secondsSince(start: number): number {
  return Math.round((performance.now() - start) / 1_000)
}
