import { hash } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type DatabaseKind, type Entry, EVERYWHERE_WHEN_QUICK } from '../catalogue.ts'
import type { SubjectOptions } from '../subjects/subject.ts'
import { makeFolder } from './cleanup.ts'
import type { Databases } from './databases.ts'
import { type SubjectProcess, startSubject } from './subject-process.ts'

/** Shared context of all measures. */
export interface Bench {
  readonly isQuick: boolean
  /** Returns the number and duration of rounds: one of the two arguments, unless the command line sets them. */
  pace(full: Pace, quick: Pace): Pace
  /** The subjects of this run: selected, with available databases. */
  readonly entries: readonly Entry[]
  readonly databases: Databases
  /** Returns true if the subject takes part in every measure: all do, except for many in `--quick`. */
  isEverywhere(entry: Entry): boolean
  /** The subjects with a login that take part in every measure, without those written by hand. */
  readonly withLogin: readonly Entry[]
  /** Returns servers with users 0 to `sharedUsers`, which start on first use and keep running. */
  shared(entries: readonly Entry[]): Promise<SubjectProcess[]>
  readonly sharedUsers: number
  stopShared(): Promise<void>
  /** Starts a subject. Its data is named by the request; without users it uses existing data. */
  start(entry: Entry, request: StartRequest): Promise<SubjectProcess>
}

/** Number and duration of rounds. */
export interface Pace {
  readonly rounds: number
  readonly seconds: number
}

/** Options of a run from the command line. */
export interface BenchOptions {
  readonly isQuick: boolean
  /** True if the command line names subjects, which then take part in every measure. */
  readonly isSelection: boolean
  readonly pace: Partial<Pace>
}

/** Options for starting a subject. */
export interface StartRequest {
  /** Name of its folder and databases: the same name selects the same data. */
  readonly data: string
  readonly users: number
  readonly isCold?: boolean
  readonly countsStatements?: boolean
  readonly latchkeyFolder?: string
  /** Node flags for this process. */
  readonly nodeFlags?: readonly string[]
}

/** Enough users that none reaches Latchkey's limit of sessions. */
const USERS = 64

/** Creates the context from the selected subjects and the available databases. */
export function createBench(
  { isQuick, isSelection, pace }: BenchOptions,
  selected: readonly Entry[],
  databases: Databases,
): Bench {
  const root = makeFolder('data')
  const entries = selected.filter(({ needs }) => needs.every((kind) => databases.has(kind)))
  const isEverywhere = ({ id }: Entry): boolean => !isQuick || isSelection || EVERYWHERE_WHEN_QUICK.has(id)
  const sharedUsers = isQuick ? 4 : USERS
  const shared = new Map<string, SubjectProcess | null>()

  async function optionsOf(entry: Entry, request: StartRequest): Promise<SubjectOptions> {
    const directory = join(root, request.data)
    mkdirSync(directory, { recursive: true })
    const uses = (kind: DatabaseKind): boolean => entry.needs.includes(kind)
    return {
      directory,
      postgresUrl: uses('postgres') ? await databases.postgresUrl(request.data) : null,
      redisUrl: uses('redis') ? databases.redisUrl(request.data) : null,
      users: request.users,
      isCold: request.isCold ?? false,
      latchkeyFolder: request.latchkeyFolder ?? null,
    }
  }

  async function start(entry: Entry, request: StartRequest): Promise<SubjectProcess> {
    const subject = await optionsOf(entry, request)
    const { countsStatements = false, nodeFlags = [] } = request
    return startSubject(entry, { subject, countsStatements, nodeFlags })
  }

  async function startShared(entry: Entry): Promise<void> {
    if (shared.has(entry.id)) return
    const [subject] = await startAll([entry], () => start(entry, { data: `shared-${entry.id}`, users: sharedUsers }))
    shared.set(entry.id, subject ?? null)
  }

  return {
    isQuick,
    pace: (full, quick) => ({ ...(isQuick ? quick : full), ...pace }),
    entries,
    withLogin: entries.filter(
      (entry) => entry.login !== null && entry.isOnlyWarm !== true && entry.role !== 'hand' && isEverywhere(entry),
    ),
    isEverywhere,
    databases,
    start,
    sharedUsers,
    async shared(wanted) {
      for (const entry of wanted) await startShared(entry)
      return wanted.flatMap(({ id }) => shared.get(id) ?? [])
    },
    async stopShared() {
      await stopAll([...shared.values()].filter((subject) => subject !== null))
      shared.clear()
    },
  }
}

/** Titles of subjects that could not be started. */
export const missing = new Set<string>()

/** Starts subjects one after the other, because they share a core. Reports and leaves out those that fail. */
export async function startAll(
  entries: readonly Entry[],
  start: (entry: Entry) => Promise<SubjectProcess>,
): Promise<SubjectProcess[]> {
  const running: SubjectProcess[] = []
  for (const entry of entries) {
    try {
      running.push(await start(entry))
    } catch (error) {
      missing.add(entry.title)
      console.error(`${entry.title} does not take part: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  return running
}

/** Stops all given subjects. */
export async function stopAll(subjects: readonly SubjectProcess[]): Promise<void> {
  await Promise.all(subjects.map((subject) => subject.stop()))
}

/** Returns the items in a pseudo-random order, different for each round, so that none always follows the same other. */
export function shuffle<Item>(items: readonly Item[], round: number): Item[] {
  return items
    .map((item, index) => ({ item, place: hash('sha256', `${round} ${index}`) }))
    .sort((left, right) => (left.place < right.place ? -1 : 1))
    .map(({ item }) => item)
}
