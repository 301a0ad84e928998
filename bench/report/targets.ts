/* The targets of the project, and the measured values. */
import type {
  ColdResults,
  HitResults,
  LoginResults,
  MemoryResults,
  Results,
  StormResults,
  WarmResults,
  WorkersResults,
} from '../results.ts'
import { decimals, megabytes, milliseconds } from './format.ts'

/** A target and its measured value. */
export interface Verdict {
  readonly what: string
  readonly target: string
  readonly measured: string
  readonly isMet: boolean
}

const ON_NODE = ['latchkey-sqlite', 'latchkey-postgres', 'latchkey-redis']
const HANDS = ['sqlite', 'postgres', 'redis']
const NAMES: Readonly<Record<string, string>> = { sqlite: 'SQLite', postgres: 'PostgreSQL', redis: 'Redis' }
const MB = 1_000_000

/** Returns all targets of the measures that ran. */
export function judge(results: Results): Verdict[] {
  return [
    ...(results.warm === undefined ? [] : judgeWarm(results.warm.measured)),
    ...(results.cold === undefined ? [] : judgeCold(results.cold.measured)),
    ...(results.logins === undefined ? [] : judgeLogins(results.logins.measured)),
    ...(results.storm === undefined ? [] : judgeStorm(results.storm.measured)),
    ...(results.hits === undefined ? [] : judgeHits(results.hits.measured)),
    ...judgeFootprint(results),
    ...(results.workers === undefined ? [] : judgeWorkers(results.workers.measured)),
  ]
}

function judgeWarm({ subjects }: WarmResults): Verdict[] {
  const toHand = [...ON_NODE, 'latchkey-sealed', 'latchkey-token'].map((id) => {
    const ratio = subjects[id]?.toHand?.median
    return ratio === undefined ? [] : atLeast(`GET /me, warm: ${id} to by hand`, ratio, 0.92)
  })
  const bounds = [
    ['latchkey-sqlite', 'bare node:http', 0.72],
    ['latchkey-fastify', 'bare Fastify', 0.73],
    ['latchkey-express', 'bare Express', 0.87],
  ] as const
  const toLimit = bounds.map(([id, limit, bound]) => {
    const ratio = subjects[id]?.toLimit.median
    return ratio === undefined ? [] : atLeast(`GET /me, warm: ${id} to ${limit}`, ratio, bound)
  })
  const [hono, empty] = [subjects['latchkey-hono']?.toLimit.median, subjects['hono-middleware']?.toLimit.median]
  const inHono =
    hono === undefined || empty === undefined
      ? []
      : atLeast('GET /me, warm: latchkey-hono to Hono with an empty middleware', hono / empty, 0.8)
  return [...toHand, ...toLimit, inHono].flat()
}

function atLeast(what: string, ratio: number, bound: number): Verdict[] {
  return [{ what, target: `>= ${bound}`, measured: decimals(ratio), isMet: ratio >= bound }]
}

function judgeCold({ stored, rateOfMostToLeast }: ColdResults): Verdict[] {
  const sizes = Object.keys(stored).map(Number)
  const [least, most] = [Math.min(...sizes), Math.max(...sizes)]
  const againstHand = HANDS.flatMap((store) => {
    const ratio = stored[most]?.[`latchkey-${store}`]?.rateToHand?.median
    if (ratio === undefined) return []
    const what = `GET /me, cold, ${NAMES[store]}, ${count(most)} stored: to a lookup by hand`
    return atLeast(what, ratio, 0.85)
  })
  const growth = HANDS.flatMap((store) => {
    const kept = rateOfMostToLeast[`latchkey-${store}`]?.median
    if (kept === undefined) return []
    const what = `GET /me, cold, ${NAMES[store]}, ${count(least)} to ${count(most)} stored: rate falls`
    return [{ what, target: '< 15 %', measured: `${decimals((1 - kept) * 100, 0)} %`, isMet: kept > 0.85 }]
  })
  return [...againstHand, ...growth]
}

/** Returns a number such as 1k, 100k or 1M. */
export function count(number: number): string {
  return number >= 1_000_000 ? `${number / 1_000_000}M` : `${number / 1_000}k`
}

function judgeLogins({ atOnce }: LoginResults): Verdict[] {
  return Object.entries(atOnce).flatMap(([number, subjects]) =>
    ON_NODE.flatMap((id) => {
      const ratio = subjects[id]?.rateToHash.median
      if (ratio === undefined) return []
      const what = `Logins per second, ${number} at once: ${id} to the hash alone`
      return atLeast(what, ratio, id === 'latchkey-sqlite' ? 0.83 : 0.78)
    }),
  )
}

function judgeStorm({ subjects, loginsAtOnce, perSecond }: StormResults): Verdict[] {
  return [...ON_NODE, 'latchkey-sealed-cold'].flatMap((id) => {
    const own = subjects[id]
    if (own === undefined) return []
    const what = `GET /me at ${perSecond}/s, ${loginsAtOnce} logging in, one core: ${id}`
    const p50 = own.stormP50Ms.median
    const middle = {
      what: `${what}, p50`,
      target: '<= 0.9 ms',
      measured: `${milliseconds(p50)} ms`,
      isMet: p50 <= 0.9,
    }
    const toRest = own.p99ToRest.median
    const rest = {
      what: `${what}, p99 to its p99 at rest`,
      target: '<= 2',
      measured: decimals(toRest),
      isMet: toRest <= 2,
    }
    return [middle, rest]
  })
}

function judgeHits({ skews, sessions, capacity, afterChange }: HitResults): Verdict[] {
  const changed = atLeast(
    'Hits of the session cache after everybody changed, capacity a fifth, skew 0.9',
    afterChange,
    0.66,
  )
  const toLru = Object.entries(skews).map(([skew, { hitRate, lruHitRate }]) => ({
    what: `Hits of a full session cache, ${sessions / capacity} times as many sessions, skew ${skew}: less than LRU`,
    target: '<= 1 %',
    measured: `${decimals((lruHitRate - hitRate) * 100, 1)} %`,
    isMet: hitRate >= lruHitRate - 0.01,
  }))
  return [...changed, ...toLru]
}

function judgeFootprint({ memory, startup, size }: Results): Verdict[] {
  const required = size?.measured.installs.find(({ title }) => title === 'Latchkey, required dependencies')
  return [
    below('Memory of 100k cached sessions', memory && bytesPer100k(memory.measured), 40 * MB, megabytes),
    below('Memory of an idle `latchkey serve`', memory?.measured.idleServeBytes?.median, 92 * MB, megabytes),
    below('Start of `latchkey serve` to its first answer, SQLite', startup?.measured.serveMs?.median, 300, inMs),
    below('Installed size with required dependencies', required?.bytes, 4 * MB, megabytes),
  ].flat()
}

function judgeWorkers({ timesAsMany }: WorkersResults): Verdict[] {
  return atLeast('Session checks of two workers on two cores to those of one', timesAsMany.median, 1.8)
}

function bytesPer100k({ cacheBytes, cachedSessions }: MemoryResults): number {
  return (cacheBytes.median * 100_000) / cachedSessions
}

function below(what: string, value: number | undefined, bound: number, format: (value: number) => string): Verdict[] {
  if (value === undefined) return []
  return [{ what, target: `<= ${format(bound)}`, measured: format(value), isMet: value <= bound }]
}

function inMs(value: number): string {
  return `${Math.round(value)} ms`
}
