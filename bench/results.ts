/* The results of a benchmark run: docs/benchmarks/results.json, one section per measure. */
import type { Spread } from './support/statistics.ts'

/** The results of all measures that ran. Keys of records are ids of the catalogue. */
export interface Results {
  readonly warm?: Section<WarmResults>
  readonly cold?: Section<ColdResults>
  readonly logins?: Section<LoginResults>
  readonly storm?: Section<StormResults>
  readonly queries?: Section<QueryResults>
  readonly profile?: Section<ProfileResults>
  readonly hits?: Section<HitResults>
  readonly memory?: Section<MemoryResults>
  readonly startup?: Section<StartupResults>
  readonly size?: Section<SizeResults>
  readonly workers?: Section<WorkersResults>
}

/** Names of the measures. */
export type MeasureName = keyof Results

/** The results of a measure, with data about their reliability. */
export interface Section<Measured> {
  readonly measured: Measured
  readonly run: RunInfo
}

/** When, where and how a measure ran. */
export interface RunInfo {
  readonly startedAt: string
  readonly command: string
  readonly isQuick: boolean
  readonly node: string
  readonly cpu: string
  readonly cores: number
  /** Processes that waited for a core before the measure began: work of other users. */
  readonly loadBefore: number
  /** Share of the time that the hypervisor gave to other machines during the measure. */
  readonly stolen: number
}

/** GET /me of 10,000 sessions in turn, at full speed. */
export interface WarmResults {
  readonly rounds: number
  readonly seconds: number
  readonly connections: number
  readonly subjects: Readonly<Record<string, WarmSubject>>
}

/** Warm results of one subject. */
export interface WarmSubject {
  readonly perSecond: Spread
  readonly p50Ms: Spread
  readonly p99Ms: Spread
  /** CPU time of the server per request. */
  readonly cpuMicroseconds: Spread
  /** Share of its core that the server used; near 1, the server limits the rate. */
  readonly serverUse: Spread
  /** CPU time per request of the bare server or framework, divided by that of the subject, side by side on one core. */
  readonly toLimit: Spread
  /** The same for the lookup by hand, SHA-256 and a Map; null for subjects that are not Latchkey on node:http. */
  readonly toHand: Spread | null
}

/** GET /me with another session on each request, and no cache. */
export interface ColdResults {
  readonly rounds: number
  readonly seconds: number
  readonly connections: number
  /** By number of stored sessions, then subject. */
  readonly stored: Readonly<Record<string, Readonly<Record<string, ColdSubject>>>>
  /** Rate at the largest number of sessions divided by the rate at the smallest, in the same round. */
  readonly rateOfMostToLeast: Readonly<Record<string, Spread>>
}

/** Cold results of one subject. */
export interface ColdSubject {
  readonly perSecond: Spread
  readonly p99Ms: Spread
  readonly cpuMicroseconds: Spread
  /** Rate divided by that of the lookup by hand on the same store in the same round; null if there is none. */
  readonly rateToHand: Spread | null
}

/** Concurrent logins, and the hash alone on the same core. */
export interface LoginResults {
  readonly rounds: number
  readonly seconds: number
  readonly hashesPerSecond: Spread
  /** By number of concurrent logins, then subject. */
  readonly atOnce: Readonly<Record<string, Readonly<Record<string, LoginSubject>>>>
}

/** Login results of one subject. */
export interface LoginSubject {
  readonly perSecond: Spread
  readonly p99Ms: Spread
  readonly rateToHash: Spread
}

/** GET /me at a steady rate, at rest and during logins of other clients. */
export interface StormResults {
  readonly rounds: number
  readonly seconds: number
  readonly perSecond: number
  readonly loginsAtOnce: number
  readonly subjects: Readonly<Record<string, StormSubject>>
}

/** Storm results of one subject. */
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

/** Queries of one subject per request. */
export interface QuerySubject {
  readonly warm: QueryCount
  /** Without a cache; null if the subject has none. */
  readonly cold: QueryCount | null
  readonly login: QueryCount
}

/** Queries, counted where they arrive. */
export interface QueryCount {
  readonly sqlite: number
  /** `PRAGMA`s; one of them asks whether other processes wrote. */
  readonly pragmas: number
  readonly postgres: number
  readonly redis: number
}

/** Where the CPU time of a request goes, by kind of request and subject. */
export interface ProfileResults {
  readonly seconds: number
  readonly kinds: Readonly<Record<string, Readonly<Record<string, ProfiledRequest>>>>
}

/** CPU time of one request, in microseconds. */
export interface ProfiledRequest {
  readonly main: number
  /** Of all threads but the main one. */
  readonly others: number
  /** Of the main thread, by area of the code. */
  readonly areas: Readonly<Record<string, number>>
}

/** Hits of the table of verified sessions for more sessions than it can hold. */
export interface HitResults {
  readonly capacity: number
  readonly sessions: number
  /** Share of hits while other sessions come, all new: five times as many as the table holds, skew 0.9. */
  readonly afterChange: number
  /** By the skew of the requests. */
  readonly skews: Readonly<Record<string, HitSubject>>
}

/** Shares of requests that were hits. */
export interface HitSubject {
  readonly hitRate: number
  readonly lruHitRate: number
}

/** Resident memory. */
export interface MemoryResults {
  readonly cachedSessions: number
  /** Memory that the given number of sessions in Latchkey's cache adds. */
  readonly cacheBytes: Spread
  readonly idleServeBytes: Spread | null
  /** Memory of each server after its start, and after load with one session. */
  readonly subjects: Readonly<Record<string, { readonly idleBytes: number; readonly loadedBytes: number }>>
}

/** Time from the start of the process to its first response. */
export interface StartupResults {
  readonly rounds: number
  readonly serveMs: Spread | null
  readonly subjects: Readonly<Record<string, Spread>>
}

/** Sizes of installations. */
export interface SizeResults {
  readonly installs: readonly InstallSize[]
}

/** The size of one installation. */
export interface InstallSize {
  readonly title: string
  readonly packages: number
  readonly bytes: number
}

/** CPU time of a session check with one worker of `latchkey serve` and with two, in microseconds. */
export interface WorkersResults {
  readonly rounds: number
  readonly seconds: number
  readonly one: Spread
  readonly two: Spread
  /** Checks that two workers answer on two cores, to those of one worker on one. */
  readonly timesAsMany: Spread
}
