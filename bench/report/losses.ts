/* Finds the numbers in which a peer is better than the comparable Latchkey subject. */
import { CATALOGUE, type Entry, entryOf } from '../catalogue.ts'
import type { Results } from '../results.ts'
import { decimals, megabytes, milliseconds, whole } from './format.ts'
import { count } from './targets.ts'

/** For each bare server or framework, the Latchkey subject on it. */
const COUNTERPARTS: Readonly<Record<string, string>> = {
  bare: 'latchkey-sqlite',
  hono: 'latchkey-hono',
  fastify: 'latchkey-fastify',
  express: 'latchkey-express',
  koa: 'latchkey-koa',
}

const PEERS = CATALOGUE.filter(({ role }) => role === 'peer')

/** Returns one sentence per number in which a peer is better. */
export function findLosses(results: Results): string[] {
  return [
    ...warmLosses(results),
    ...coldLosses(results),
    ...loginLosses(results),
    ...stormLosses(results),
    ...startupLosses(results),
    ...memoryLosses(results),
    ...sizeLosses(results),
  ]
}

function warmLosses({ warm }: Results): string[] {
  return PEERS.flatMap((peer) => {
    const own = warm?.measured.subjects[counterpart(peer)]?.perSecond.median
    const other = warm?.measured.subjects[peer.id]?.perSecond.median
    if (own === undefined || other === undefined || other <= own) return []
    return [`GET /me, warm: ${peer.title} answers ${whole(other)} a second, ${titleOf(peer)} ${whole(own)}.`]
  })
}

function coldLosses({ cold }: Results): string[] {
  return Object.entries(cold?.measured.stored ?? {}).flatMap(([size, subjects]) =>
    CATALOGUE.filter(({ role }) => role === 'peer' || role === 'hand').flatMap((peer) => {
      const ownId = `latchkey-${peer.id.slice(peer.id.lastIndexOf('-') + 1)}`
      const own = subjects[ownId]?.perSecond.median
      const other = subjects[peer.id]?.perSecond.median
      if (own === undefined || other === undefined || other <= own) return []
      const where = `GET /me, cold, ${count(Number(size))} stored`
      return [`${where}: ${peer.title} answers ${whole(other)} a second, ${entryOf(ownId).title} ${whole(own)}.`]
    }),
  )
}

function loginLosses({ logins }: Results): string[] {
  return Object.entries(logins?.measured.atOnce ?? {}).flatMap(([atOnce, subjects]) =>
    PEERS.flatMap((peer) => {
      const own = subjects['latchkey-sqlite']?.perSecond.median
      const other = subjects[peer.id]?.perSecond.median
      if (own === undefined || other === undefined || other <= own) return []
      return [
        `Logins, ${atOnce} at once: ${peer.title} does ${decimals(other, 1)} a second, Latchkey, SQLite ${decimals(own, 1)}.`,
      ]
    }),
  )
}

function stormLosses({ storm }: Results): string[] {
  const own = storm?.measured.subjects['latchkey-sqlite']?.stormP99Ms.median
  return PEERS.flatMap((peer) => {
    const other = storm?.measured.subjects[peer.id]?.stormP99Ms.median
    if (own === undefined || other === undefined || other >= own) return []
    return [
      `GET /me during logins: the p99 of ${peer.title} is ${milliseconds(other)} ms, that of Latchkey, SQLite ${milliseconds(own)} ms.`,
    ]
  })
}

function startupLosses({ startup }: Results): string[] {
  return PEERS.flatMap((peer) => {
    const own = startup?.measured.subjects[counterpart(peer)]?.median
    const other = startup?.measured.subjects[peer.id]?.median
    if (own === undefined || other === undefined || other >= own) return []
    return [`Start: ${peer.title} answers after ${whole(other)} ms, ${titleOf(peer)} after ${whole(own)} ms.`]
  })
}

function memoryLosses({ memory }: Results): string[] {
  return PEERS.flatMap((peer) => {
    const own = memory?.measured.subjects[counterpart(peer)]?.loadedBytes
    const other = memory?.measured.subjects[peer.id]?.loadedBytes
    if (own === undefined || other === undefined || other >= own) return []
    return [`Memory after load: ${peer.title} takes ${megabytes(other)}, ${titleOf(peer)} ${megabytes(own)}.`]
  })
}

function sizeLosses({ size }: Results): string[] {
  const installs = size?.measured.installs ?? []
  const own = installs.find(({ title }) => title === 'Latchkey')
  return installs.flatMap(({ title, bytes, packages }) => {
    if (own === undefined || title.startsWith('Latchkey')) return []
    const smaller =
      bytes < own.bytes ? [`${title} installs ${megabytes(bytes)}, Latchkey ${megabytes(own.bytes)}.`] : []
    const fewer = packages < own.packages ? [`${title} installs ${packages} packages, Latchkey ${own.packages}.`] : []
    return [...smaller, ...fewer]
  })
}

function counterpart({ limit }: Entry): string {
  return COUNTERPARTS[limit] ?? 'latchkey-sqlite'
}

function titleOf(peer: Entry): string {
  return entryOf(counterpart(peer)).title
}
