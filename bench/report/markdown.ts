import type { MeasureName, Results, RunInfo, Section } from '../results.ts'
import { readPeerVersions } from '../support/peers.ts'
import { decimals, megabytes, spread, table, whole } from './format.ts'
import { findLosses } from './losses.ts'
import {
  coldTable,
  hitTable,
  loginTable,
  memoryTable,
  profileTable,
  queryTable,
  sizeTable,
  startupTable,
  stormTable,
  warmTable,
} from './tables.ts'
import { judge } from './targets.ts'

/** Returns the whole report. */
export function writeMarkdown(results: Results): string {
  const parts = [
    introduction(results),
    targets(results),
    losses(results),
    noise(results),
    section(results.warm, 'GET /me, warm', (warm) => [
      `Requests are of 10,000 sessions in turn, on ${warm.connections} connections; subjects that store none are asked for those of their users. For rates, the server is alone on the core. "To by hand" compares with a SHA-256 and a Map, on node:http. "To the bare server" is the CPU time per request of the bare server or framework divided by that of the subject, with both under load side by side on one core, ${warm.rounds} times ${warm.seconds} s: 0.8 means that the subject sends four answers where the bare server sends five. CPU time of databases does not count. Last uses, which are written once a minute per session, are left out. If a core is not fully used, the server waited for others.`,
      '![GET /me, warm](get-me.svg)',
      warmTable(warm),
    ]),
    section(results.cold, 'GET /me, cold', (cold) => [
      `Each request is of another session, in random order, and nothing is cached; ${cold.connections} connections, ${cold.rounds} interleaved rounds of ${cold.seconds} s. "By hand" is the minimal lookup of a session: one prepared statement or one GET, and a comparison of the deadlines, on node:http. Last uses are left out: Latchkey writes them once a minute per session, the lookup by hand does not. Databases share a core with the load.`,
      coldTable(cold),
    ]),
    section(results.logins, 'Logins', (logins) => [
      `argon2id, 19 MiB, two passes, one lane, for all subjects. "The hash alone" verifies passwords on the same core and does nothing else, measured just before each subject; ${logins.rounds} interleaved rounds of ${logins.seconds} s.`,
      loginTable(logins),
    ]),
    section(results.storm, 'GET /me during a storm of logins', (storm) => [
      `${storm.perSecond} GET /me per second, first at rest, then while ${storm.loginsAtOnce} clients log in as fast as they can. The server has one core for both; ${storm.rounds} interleaved rounds of ${storm.seconds} s each.`,
      stormTable(storm),
    ]),
    section(results.queries, 'Queries per request', (queries) => [
      'Queries are counted where they arrive: under the SQLite driver, in the log of PostgreSQL (with BEGIN and COMMIT), in Redis. A PRAGMA reads no data.',
      queryTable(queries),
    ]),
    section(results.profile, 'Where the time of a request goes', (profile) => [
      `A CPU profile of each server under load, ${profile.seconds} s: the CPU time of the main thread per request, divided by the samples in each area of the code. A built-in function counts for its caller. The profiler itself makes everything slower, so compare the areas, not the sums. A sample also counts when another thread has the core: during logins, a function that wakes a hash or the disk ("Node.js: files") waits there for it. "Other threads" are hashes, the disk, the compiler and the garbage collector.`,
      ...Object.entries(profile.kinds).flatMap(([kind, subjects]) => [`### ${kind}`, profileTable(subjects)]),
    ]),
    section(results.hits, 'Hits of a full session cache', (hits) => [
      `${whole(hits.sessions)} sessions are requested, and the cache holds ${whole(hits.capacity)}: session n is requested in proportion to 1/n^skew. LRU evicts the session that was used longest ago, and gets the same requests.`,
      hitTable(hits),
    ]),
    section(results.memory, 'Memory', (memory) => [
      `${whole(memory.cachedSessions)} sessions in the cache of Latchkey add ${spread(memory.cacheBytes, megabytes)} of resident memory: two servers, one with and one without cache, answer the same requests, each of another session, and are compared after a garbage collection; both limit the young generation of their heap to 2 MB, because it otherwise grows by tens of megabytes that are unrelated to the cache.${memory.idleServeBytes === null ? '' : ` An idle \`latchkey serve\` takes ${spread(memory.idleServeBytes, megabytes)}.`} Resident memory of each server under test:`,
      memoryTable(memory),
    ]),
    section(results.startup, 'Start', (startup) => [
      `Time from the start of the process to its first answer, with an existing schema; ${startup.rounds} rounds. Latchkey is the built package.`,
      startupTable(startup),
    ]),
    section(results.size, 'Size of an installation', (size) => [
      '`npm install --omit=dev --omit=peer` in an empty folder, without framework and database driver, with `@node-rs/argon2` if the peer has no password hash. "Required dependencies" leaves out optional dependencies as well, which include the binary of a platform.',
      sizeTable(size),
    ]),
    section(results.workers, 'Workers', (workers) => [
      `\`latchkey serve\` with one worker and with two, one after the other, ${workers.rounds} rounds of ${workers.seconds} s of \`GET /auth/session\`. A check costs ${spread(workers.one, whole)} µs of CPU time with one and ${spread(workers.two, whole)} with two, so on two cores two workers answer ${spread(workers.timesAsMany)} times as many. The rate itself is not compared: the load needs a core, and the machine has two.`,
    ]),
    arrangement(),
  ]
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`
}

function introduction(results: Results): string {
  const runs = runsOf(results)
  const rows = runs.map(([name, run]) => [
    name,
    run.startedAt.slice(0, 16).replace('T', ' '),
    `\`${run.command}\``,
    run.node,
    `${run.cores} × ${run.cpu}`,
  ])
  const quick = runs.some(([, run]) => run.isQuick)
    ? '\n\n**Some measures ran with `--quick`: their few and short rounds show that the benchmark works, but are not fit for comparison.**'
    : ''
  return `# Benchmark against the field

Written by \`npm run bench\`; do not edit. Raw medians and spreads: [results.json](results.json). Numbers in brackets are the least and
the most of all rounds. Absolute numbers are those of one machine: compare ratios.${quick}

${table(['measure', 'begun (UTC)', 'command', 'Node', 'machine'], rows)}`
}

function targets(results: Results): string {
  const verdicts = judge(results)
  if (verdicts.length === 0) return ''
  const missed = verdicts.filter(({ isMet }) => !isMet).length
  const rows = verdicts.map(({ what, target, measured, isMet }) => [
    what,
    target,
    measured,
    isMet ? 'met' : '**missed**',
  ])
  return `## Targets\n\n${verdicts.length - missed} met, ${missed} missed: [why](missed-targets.md).\n\n${table(['', 'target', 'measured', ''], rows)}`
}

function losses(results: Results): string {
  const sentences = findLosses(results)
  if (sentences.length === 0) return ''
  return `## Where Latchkey loses

Numbers in which a peer, or the lookup by hand, is better than Latchkey in the same place. Sessions in the cookie need no store, and cannot be
revoked before they expire.

${sentences.map((sentence) => `- ${sentence}`).join('\n')}`
}

function noise(results: Results): string {
  const again = results.warm?.measured.subjects['bare-again']
  const runs = runsOf(results).map(([, run]) => run)
  const stolen = Math.max(...runs.map((run) => run.stolen))
  const load = Math.max(...runs.map((run) => run.loadBefore))
  const twice =
    again === undefined
      ? ''
      : `The same bare server, measured a second time, differs from itself by ${spread(again.toLimit)}: smaller differences mean nothing. `
  return `## Noise of the machine

${twice}Up to ${decimals(load)} processes waited for a core before a measure began; the hypervisor gave up to ${decimals(stolen * 100, 1)} % of the time to others.`
}

function section<Measured>(
  part: Section<Measured> | undefined,
  title: string,
  write: (measured: Measured) => readonly string[],
): string {
  return part === undefined ? '' : [`## ${title}`, ...write(part.measured)].join('\n\n')
}

function arrangement(): string {
  const versions = Object.entries(readPeerVersions()).map(([name, version]) => `${name} ${version}`)
  return `## How it is measured

Each server is a process of its own on core 0, with NODE_ENV=production; the load generator, PostgreSQL and Redis are on core 1; all of it on 127.0.0.1.
Every subject answers the same JSON at GET /me, is asked by the same load generator (raw sockets, keep-alive, no pipelining), and is proved to refuse
a request without session. PostgreSQL has its defaults but for \`shared_buffers\` of 1 GB; Redis keeps nothing on disk; SQLite has WAL and
\`synchronous = FULL\` for all. Peers are set up as their documentation shows for production ([bench/peers](../../bench/peers)); users of those
without database are in memory and passport keeps the user in the session, both in their favour. Rate limits are off.

Peers: ${versions.join(', ')}.`
}

function runsOf(results: Results): [MeasureName, RunInfo][] {
  return Object.entries(results).map(([name, part]) => [name as MeasureName, (part as Section<unknown>).run])
}
