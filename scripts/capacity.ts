/* The capacity table of docs/scaling.md, computed from the results of the benchmark. */
import type { Results } from '../bench/results.ts'

/** Bytes of one stored session with its indexes, measured among a million: relation sizes, and MEMORY USAGE. */
const STORED_BYTES = { postgres: 390, redis: 1_300 } as const

const SESSIONS_PER_USER = 2
const SECONDS_BETWEEN_REQUESTS = 10
const DAYS_BETWEEN_LOGINS = 14
const LOGIN_PEAK = 3
const CORE_USE = 0.6
const CORES_PER_NODE = 8
const TOUCH_WINDOW_SECONDS = 60
const SECONDS_PER_DAY = 86_400

const SCALES = [
  { users: 10_000, requests: 100 },
  { users: 1_000_000, requests: 10_000 },
  { users: 10_000_000, requests: 100_000 },
  { users: 100_000_000, requests: 1_000_000 },
]

/** Returns the table in Markdown. */
export function capacityTable(results: Results): string {
  const { warm, cold, logins, memory } = results
  if (warm === undefined || cold === undefined || logins === undefined || memory === undefined) {
    throw new Error('The benchmark has not measured warm, cold, logins and memory yet: npm run bench')
  }
  const verificationMicroseconds = warm.measured.subjects['latchkey-postgres']?.cpuMicroseconds.median ?? Number.NaN
  const most = Object.keys(cold.measured.stored).sort((left, right) => Number(right) - Number(left))[0] ?? ''
  const coldMicroseconds = cold.measured.stored[most]?.['latchkey-postgres']?.cpuMicroseconds.median ?? Number.NaN
  const hashesPerSecond = logins.measured.hashesPerSecond.median
  const cachedBytes = memory.measured.cacheBytes.median / memory.measured.cachedSessions

  const rows = SCALES.map(({ users, requests }) => {
    const inUse = requests * SECONDS_BETWEEN_REQUESTS
    const readsPerSecond = inUse / TOUCH_WINDOW_SECONDS
    const loginsPerSecond = (users / (DAYS_BETWEEN_LOGINS * SECONDS_PER_DAY)) * LOGIN_PEAK
    const requestCores = (requests * verificationMicroseconds + readsPerSecond * coldMicroseconds) / 1e6
    const cores = (requestCores + loginsPerSecond / hashesPerSecond) / CORE_USE
    const nodes = Math.max(2, Math.ceil(cores / CORES_PER_NODE))
    const stored = users * SESSIONS_PER_USER
    return [
      count(users),
      count(requests),
      count(inUse),
      loginsPerSecond < 1 ? '< 1' : count(loginsPerSecond),
      cores < 1 ? '< 1' : count(cores),
      count(nodes),
      bytes((inUse / nodes) * cachedBytes),
      count(readsPerSecond),
      count(readsPerSecond),
      `${bytes(stored * STORED_BYTES.postgres)} / ${bytes(stored * STORED_BYTES.redis)}`,
    ]
  })
  const header = [
    'users',
    'requests/s',
    'sessions in use',
    'logins/s',
    'cores',
    'nodes',
    'memory per node for sessions',
    'reads/s of the database',
    'last uses/s',
    'stored sessions in PostgreSQL / Redis',
  ]
  const inputs =
    `From: ${Math.round(verificationMicroseconds)} µs of a core for a whole warm \`GET /me\`, ${Math.round(coldMicroseconds)} µs for one that is ` +
    `read from PostgreSQL with ${count(Number(most))} stored, ${hashesPerSecond.toFixed(1)} hashes a second and core, ` +
    `${Math.round(cachedBytes)} bytes of memory per cached session, ${STORED_BYTES.postgres} and ${STORED_BYTES.redis} bytes per stored session.`
  return [line(header), line(header.map(() => '--:')), ...rows.map(line), '', inputs].join('\n')
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}

/** Returns a number with two significant digits and a unit. */
function count(value: number): string {
  if (value >= 1e6) return `${Number((value / 1e6).toPrecision(2))} M`
  if (value >= 1e3) return `${Number((value / 1e3).toPrecision(2))} k`
  return String(Math.ceil(value))
}

function bytes(value: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, value)) / 3))
  return `${Number((value / 10 ** (power * 3)).toPrecision(2))} ${units[power]}`
}
