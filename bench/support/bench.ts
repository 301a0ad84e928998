import { hash } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type DatabaseKind, type Entry, EVERYWHERE_WHEN_QUICK } from '../catalogue.ts'
import type { SubjectOptions } from '../subjects/subject.ts'
import { makeFolder } from './cleanup.ts'
import type { Databases } from './databases.ts'
import { type SubjectProcess, startSubject } from './subject-process.ts'

/** What all measures work with. */
export interface Bench {
  readonly isQuick: boolean
  /** How often and how long: one of the two, unless the command line says otherwise. */
  pace(full: Pace, quick: Pace): Pace
  /** Those who take part: selected, and with their databases at hand. */
  readonly entries: readonly Entry[]
  readonly databases: Databases
  /** True for those who take part in every measure: all but, in `--quick`, many. */
  isEverywhere(entry: Entry): boolean
  /** Those who take part in every measure and have a login, without handwork. */
  readonly withLogin: readonly Entry[]
  /** Servers with users 0 to `sharedUsers`, started on first use and left to run. */
  shared(entries: readonly Entry[]): Promise<SubjectProcess[]>
  readonly sharedUsers: number
  stopShared(): Promise<void>
  /** Starts a subject, with data of its own unless told whose. Without users it finds what is there. */
  start(entry: Entry, request: StartRequest): Promise<SubjectProcess>
}

/** How often something is measured, and how long each time. */
export interface Pace {
  readonly rounds: number
  readonly seconds: number
}

/** What the command line says of a run. */
export interface BenchOptions {
  readonly isQuick: boolean
  /** True when subjects were named, which then take part in everything. */
  readonly isSelection: boolean
  readonly pace: Partial<Pace>
}

/** How a subject is started. */
export interface StartRequest {
  /** Names its folder and databases: the same name, the same data. */
  readonly data: string
  readonly users: number
  readonly isCold?: boolean
  readonly countsStatements?: boolean
  readonly latchkeyFolder?: string
  /** Settings of Node for this process. */
  readonly nodeFlags?: readonly string[]
}

/** Enough that no user reaches the limit of sessions that Latchkey sets. */
const USERS = 64

/** Makes it, from what was selected and what is at hand. */
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

/** Starts many, one after the other: they share a core. One that fails is told of and left out. */
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

/** Stops many. */
export async function stopAll(subjects: readonly SubjectProcess[]): Promise<void> {
  await Promise.all(subjects.map((subject) => subject.stop()))
}

/** The subjects in an order without pattern, another one each round: none always follows the same other. */
export function shuffle<Item>(items: readonly Item[], round: number): Item[] {
  return items
    .map((item, index) => ({ item, place: hash('sha256', `${round} ${index}`) }))
    .sort((left, right) => (left.place < right.place ? -1 : 1))
    .map(({ item }) => item)
}
