/* A CPU profile of this process, summed by area of the code. */
import type { Profiler } from 'node:inspector'
import { Session } from 'node:inspector/promises'

/** CPU time between two questions, in microseconds. */
export interface ProfiledTime {
  /** Of the main thread. */
  readonly main: number
  /** Of all other threads: hashes, the disk, the compiler, garbage collection. */
  readonly others: number
  /** The time of the main thread by area of the code. */
  readonly areas: Readonly<Record<string, number>>
}

const SAMPLE_EVERY_MICROSECONDS = 200
const OUTSIDE: Readonly<Record<string, string>> = {
  '(program)': 'system calls and the engine',
  '(garbage collector)': 'garbage collection',
}

/** Profiles from the first call to the second. */
export function createProfiler(): { start(): Promise<null>; stop(): Promise<ProfiledTime> } {
  const session = new Session()
  let mainBefore = process.threadCpuUsage()
  let allBefore = process.cpuUsage()
  return {
    async start() {
      session.connect()
      await session.post('Profiler.enable')
      await session.post('Profiler.setSamplingInterval', { interval: SAMPLE_EVERY_MICROSECONDS })
      await session.post('Profiler.start')
      mainBefore = process.threadCpuUsage()
      allBefore = process.cpuUsage()
      return null
    },
    async stop() {
      const main = sum(process.threadCpuUsage(mainBefore))
      const all = sum(process.cpuUsage(allBefore))
      const { profile } = await session.post('Profiler.stop')
      session.disconnect()
      return { main, others: all - main, areas: areasOf(profile, main) }
    },
  }
}

function sum({ user, system }: NodeJS.CpuUsage): number {
  return user + system
}

/** Divides a time of the main thread by the share of the samples that fell into each area. Samples without work do not count. */
export function areasOf(
  { nodes, samples = [], timeDeltas = [] }: Profiler.Profile,
  total: number,
): Record<string, number> {
  const areaById = new Map<number, string | null>()
  const toVisit = nodes.slice(0, 1).map((node) => ({ node, caller: null as string | null }))
  const nodeById = new Map(nodes.map((node) => [node.id, node]))
  for (let next = toVisit.pop(); next !== undefined; next = toVisit.pop()) {
    const area = areaOf(next.node.callFrame, next.caller)
    areaById.set(next.node.id, area)
    for (const id of next.node.children ?? []) {
      const node = nodeById.get(id)
      if (node !== undefined) toVisit.push({ node, caller: area })
    }
  }
  const sampled = new Map<string, number>()
  for (const [index, id] of samples.entries()) {
    const area = areaById.get(id)
    if (area == null) continue
    sampled.set(area, (sampled.get(area) ?? 0) + (timeDeltas[index] ?? 0))
  }
  const all = [...sampled.values()].reduce((left, right) => left + right, 0)
  return Object.fromEntries([...sampled].map(([area, time]) => [area, (time / all) * total]))
}

/** Returns the area of a function, or null if no work is done there. A built-in function belongs to its caller. */
function areaOf({ functionName, url }: { functionName: string; url: string }, caller: string | null): string | null {
  if (Object.hasOwn(OUTSIDE, functionName)) return OUTSIDE[functionName] ?? null
  if (functionName === '(idle)' || functionName === '(root)') return null
  if (url === '') return caller === SQLITE_DRIVER ? 'SQLite' : caller
  if (url.startsWith('node:')) return areaOfNode(url)
  const packaged = /^.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1]
  if (packaged !== undefined) return packaged
  if (url.includes('/storage/sql/sqlite-database')) return SQLITE_DRIVER
  const room = /\/(?:src|dist)\/([^/]+)\//.exec(url)?.[1]
  if (room !== undefined) return `Latchkey: ${room}`
  return url.includes('/bench/') ? 'the route, by hand' : 'Latchkey: composition'
}

/** Returns the area of a module of Node.js, or null for the one that profiles. */
function areaOfNode(url: string): string | null {
  if (url === 'node:inspector') return null
  if (/undici|webstreams/.test(url)) return 'Node.js: Request and Response'
  if (url.includes('crypto')) return 'Node.js: crypto'
  if (url.includes('/fs')) return 'Node.js: files'
  return 'Node.js: HTTP and sockets'
}

const SQLITE_DRIVER = 'Latchkey: storage (SQLite driver)'
