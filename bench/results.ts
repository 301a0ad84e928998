/* What a run of the benchmark gives: docs/benchmarks/results.json, one section per measure. */
import type { Spread } from './support/statistics.ts'

/** The results, as far as they were measured. Keys of records are ids of the catalogue. */
export interface Results {
  readonly warm?: Section<WarmResults>
  readonly cold?: Section<ColdResults>
  readonly logins?: Section<LoginResults>
  readonly storm?: Section<StormResults>
  readonly queries?: Section<QueryResults>
  readonly memory?: Section<MemoryResults>
  readonly startup?: Section<StartupResults>
  readonly size?: Section<SizeResults>
}

/** Names of the measures. */
export type MeasureName = keyof Results

/** A measure, with what tells how far it can be believed. */
export interface Section<Measured> {
  readonly measured: Measured
  readonly run: RunInfo
}

/** When, where and how something was measured. */
export interface RunInfo {
  readonly startedAt: string
  readonly command: string
  readonly isQuick: boolean
  readonly node: string
  readonly cpu: string
  readonly cores: number
  /** Processes that waited for a core before it began: other people's work. */
  readonly loadBefore: number
  /** Part of the time that the hypervisor gave to others while it ran. */
  readonly stolen: number
}

/** GET /me of one session, as fast as it goes. */
export interface WarmResults {
  readonly rounds: number
  readonly seconds: number
  readonly connections: number
  readonly subjects: Readonly<Record<string, WarmSubject>>
}

/** One subject of it. */
export interface WarmSubject {
  readonly perSecond: Spread
  readonly p50Ms: Spread
  readonly p99Ms: Spread
  /** CPU time of the server per request. */
  readonly cpuMicroseconds: Spread
  /** Part of its core that the server used: near 1, the server is what limits the rate. */
  readonly serverUse: Spread
  /** CPU time per request of the bare server or framework beneath, as a ratio to the own, side by side on one core. */
  readonly toLimit: Spread
}

/** GET /me with another session each time, and no cache. */
export interface ColdResults {
  readonly rounds: number
  readonly seconds: number
  readonly connections: number
  /** By number of stored sessions, then subject. */
  readonly stored: Readonly<Record<string, Readonly<Record<string, ColdSubject>>>>
  /** Rate at the greatest number of sessions, as a ratio to that at the least, in the same round. */
  readonly rateOfMostToLeast: Readonly<Record<string, Spread>>
}

/** One subject of it. */
export interface ColdSubject {
  readonly perSecond: Spread
  readonly p99Ms: Spread
  readonly cpuMicroseconds: Spread
  /** Rate, as a ratio to the lookup by hand on the same store in the same round; null when there is none. */
  readonly rateToHand: Spread | null
}

/** Logins, so many at once, beside the hash alone on the same core. */
export interface LoginResults {
  readonly rounds: number
  readonly seconds: number
  readonly hashesPerSecond: Spread
  /** By number at once, then subject. */
  readonly atOnce: Readonly<Record<string, Readonly<Record<string, LoginSubject>>>>
}

/** One subject of it. */
export interface LoginSubject {
  readonly perSecond: Spread
  readonly p99Ms: Spread
  readonly rateToHash: Spread
}

/** GET /me at a steady pace, at rest and while others log in. */
export interface StormResults {
  readonly rounds: number
  readonly seconds: number
  readonly perSecond: number
  readonly loginsAtOnce: number
  readonly subjects: Readonly<Record<string, StormSubject>>
}

/** One subject of it. */
export interface StormSubject {
  readonly restP50Ms: Spread
  readonly restP99Ms: Spread
  readonly stormP50Ms: Spread
  readonly stormP99Ms: Spread
  readonly p99ToRest: Spread
  readonly loginsPerSecond: Spread
}

/** Queries and commands that reach the store. */
export interface QueryResults {
  readonly subjects: Readonly<Record<string, QuerySubject>>
}

/** One subject of it, per request. */
export interface QuerySubject {
  readonly warm: QueryCount
  /** With no cache; null when the subject has none. */
  readonly cold: QueryCount | null
  readonly login: QueryCount
}

/** Counted where they arrive. */
export interface QueryCount {
  readonly sqlite: number
  /** `PRAGMA`s, of which one asks whether other processes wrote. */
  readonly pragmas: number
  readonly postgres: number
  readonly redis: number
}

/** Resident memory. */
export interface MemoryResults {
  readonly cachedSessions: number
  /** Of Latchkey, what so many sessions in its cache add. */
  readonly cacheBytes: Spread
  readonly idleServeBytes: Spread | null
  /** Of each server after it started, and after load with one session. */
  readonly subjects: Readonly<Record<string, { readonly idleBytes: number; readonly loadedBytes: number }>>
}

/** From the start of the process to the first answer. */
export interface StartupResults {
  readonly rounds: number
  readonly serveMs: Spread | null
  readonly subjects: Readonly<Record<string, Spread>>
}

/** What an installation brings. */
export interface SizeResults {
  readonly installs: readonly InstallSize[]
}

/** One installation. */
export interface InstallSize {
  readonly title: string
  readonly packages: number
  readonly bytes: number
}
