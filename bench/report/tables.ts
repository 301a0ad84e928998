/* The tables of the report, one per measure. */
import { CATALOGUE, entryOf } from '../catalogue.ts'
import type {
  ColdResults,
  HitResults,
  LoginResults,
  MemoryResults,
  ProfiledRequest,
  QueryCount,
  QueryResults,
  SizeResults,
  StartupResults,
  StormResults,
  WarmResults,
} from '../results.ts'
import { decimals, megabytes, milliseconds, spread, table, whole } from './format.ts'
import { count } from './targets.ts'

export function warmTable({ subjects }: WarmResults): string {
  const head = ['', 'per second', 'p99 ms', 'CPU µs', 'to by hand', 'to the bare server', 'core used']
  return table(
    head,
    inOrder(subjects).map(([title, own]) => [
      title,
      spread(own.perSecond, whole),
      spread(own.p99Ms, milliseconds),
      decimals(own.cpuMicroseconds.median, 0),
      own.toHand === null ? '–' : spread(own.toHand),
      spread(own.toLimit),
      `${whole(own.serverUse.median * 100)} %`,
    ]),
  )
}

export function coldTable({ stored, rateOfMostToLeast }: ColdResults): string {
  const sizes = Object.keys(stored)
  const last = sizes.at(-1) ?? ''
  const head = [
    '',
    ...sizes.map((size) => `per second, ${count(Number(size))} stored`),
    `p99 ms, ${count(Number(last))}`,
    `CPU µs, ${count(Number(last))}`,
    `rate to by hand, ${count(Number(last))}`,
    'most to least stored',
  ]
  return table(
    head,
    inOrder(stored[last] ?? {}).map(([title, own, id]) => [
      title,
      ...sizes.map((size) => {
        const rate = stored[size]?.[id]?.perSecond
        return rate === undefined ? '–' : spread(rate, whole)
      }),
      spread(own.p99Ms, milliseconds),
      decimals(own.cpuMicroseconds.median, 0),
      own.rateToHand === null ? '–' : spread(own.rateToHand),
      rateOfMostToLeast[id] === undefined ? '–' : spread(rateOfMostToLeast[id]),
    ]),
  )
}

export function hitTable({ skews }: HitResults): string {
  const head = ['skew of the requests (Zipf)', 'hits', 'hits of LRU']
  const share = (value: number): string => `${decimals(value * 100, 1)} %`
  return table(
    head,
    Object.entries(skews).map(([skew, own]) => [skew, share(own.hitRate), share(own.lruHitRate)]),
  )
}

export function loginTable({ atOnce, hashesPerSecond }: LoginResults): string {
  const counts = Object.keys(atOnce)
  const head = ['', ...counts.flatMap((number) => [`per second, ${number} at once`, 'to the hash alone', 'p99 ms'])]
  const alone = ['the hash alone', ...counts.flatMap(() => [spread(hashesPerSecond, oneDecimal), '1', '–'])]
  const rows = inOrder(atOnce[counts[0] ?? ''] ?? {}).map(([title, , id]) => [
    title,
    ...counts.flatMap((number) => {
      const own = atOnce[number]?.[id]
      if (own === undefined) return ['–', '–', '–']
      return [spread(own.perSecond, oneDecimal), spread(own.rateToHash), milliseconds(own.p99Ms.median)]
    }),
  ])
  return table(head, [alone, ...rows])
}

export function stormTable({ subjects }: StormResults): string {
  const head = [
    '',
    'p50 ms at rest',
    'p99 ms at rest',
    'p50 ms in the storm',
    'p99 ms in the storm',
    'p99, storm to rest',
  ]
  return table(
    [...head, 'logins per second'],
    inOrder(subjects).map(([title, own]) => [
      title,
      milliseconds(own.restP50Ms.median),
      spread(own.restP99Ms, milliseconds),
      milliseconds(own.stormP50Ms.median),
      spread(own.stormP99Ms, milliseconds),
      spread(own.p99ToRest, oneDecimal),
      decimals(own.loginsPerSecond.median, 1),
    ]),
  )
}

export function queryTable({ subjects }: QueryResults): string {
  return table(
    ['', 'GET /me, warm', 'GET /me, no cache', 'login'],
    inOrder(subjects).map(([title, { warm, cold, login }]) => [
      title,
      queries(warm),
      cold === null ? '–' : queries(cold),
      queries(login),
    ]),
  )
}

/** Areas that take less than this share of every subject are one row. */
const SMALL_SHARE = 0.02
const REST = 'all other areas'

export function profileTable(subjects: Readonly<Record<string, ProfiledRequest>>): string {
  const columns = inOrder(subjects)
  const shareOf = (area: string): number => Math.max(...columns.map(([, { areas, main }]) => (areas[area] ?? 0) / main))
  const areas = [...new Set(columns.flatMap(([, own]) => Object.keys(own.areas)))].toSorted(
    (left, right) => shareOf(right) - shareOf(left),
  )
  const shown = areas.filter((area) => shareOf(area) >= SMALL_SHARE)
  const rest = areas.filter((area) => shareOf(area) < SMALL_SHARE)
  const row = (title: string, time: (own: ProfiledRequest) => number): string[] => [
    title,
    ...columns.map(([, own]) => decimals(time(own), time(own) < 100 ? 1 : 0)),
  ]
  return table(
    ['CPU µs per request', ...columns.map(([title]) => title)],
    [
      row('**main thread**', ({ main }) => main),
      ...shown.map((area) => row(area, (own) => own.areas[area] ?? 0)),
      row(REST, (own) => rest.reduce((sum, area) => sum + (own.areas[area] ?? 0), 0)),
      row('**other threads**', ({ others }) => others),
    ],
  )
}

export function memoryTable({ subjects }: MemoryResults): string {
  return table(
    ['', 'after the start', 'after load'],
    inOrder(subjects).map(([title, { idleBytes, loadedBytes }]) => [
      title,
      megabytes(idleBytes),
      megabytes(loadedBytes),
    ]),
  )
}

export function startupTable({ subjects, serveMs }: StartupResults): string {
  const serve = serveMs === null ? [] : [['`latchkey serve`, SQLite', spread(serveMs, whole)]]
  const others = inOrder(subjects).map(([title, times]) => [title, spread(times, whole)])
  return table(['', 'ms'], [...serve, ...others])
}

export function sizeTable({ installs }: SizeResults): string {
  return table(
    ['', 'packages', 'size'],
    installs.map(({ title, packages, bytes }) => [title, String(packages), megabytes(bytes)]),
  )
}

function queries({ sqlite, pragmas, postgres, redis }: QueryCount): string {
  const parts = [
    [sqlite, 'SQLite'],
    [pragmas, 'PRAGMA'],
    [postgres, 'PostgreSQL'],
    [redis, 'Redis'],
  ] as const
  const asked = parts.filter(([number]) => number >= 0.05).map(([number, name]) => `${trim(number)} ${name}`)
  return asked.length === 0 ? '0' : asked.join(' + ')
}

function trim(value: number): string {
  return decimals(value, 1).replace(/\.0$/, '')
}

function oneDecimal(value: number): string {
  return decimals(value, 1)
}

/** Returns the measured values in the order of the catalogue, with titles and ids. */
function inOrder<Measured>(measured: Readonly<Record<string, Measured>>): [string, Measured, string][] {
  return CATALOGUE.flatMap(({ id }) => {
    const own = measured[id]
    const title = entryOf(id).title
    return own === undefined ? [] : [[id.startsWith('latchkey') ? `**${title}**` : title, own, id]]
  })
}
