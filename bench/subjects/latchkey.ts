/* Latchkey on node:http, on every store. */
import { hash } from 'node:crypto'
import type { Latchkey, LatchkeyOptions, Storage } from '../../src/index.ts'
import { sqliteFile } from '../support/files.ts'
import { emailOf, PASSWORD } from '../support/requests.ts'
import { answerMe, onNodeHttp, type Subject, type SubjectMakers, type SubjectOptions } from './subject.ts'

type Stores = Partial<LatchkeyOptions> & Pick<LatchkeyOptions, 'storage'>

/**
 * A long touch interval: a last use is written once a minute per session, and a benchmark that asks all sessions again after a pause would
 * measure these writes only.
 */
const HOUR_MS = 60 * 60 * 1_000
/** The secret of every subject: the benchmark seals sessions itself. */
export const SECRET: string = hash('sha256', 'latchkey bench', 'base64url')

export const subjects: SubjectMakers = {
  'latchkey-sqlite': async (options) => onNode(options, await onSqlite(options)),
  'latchkey-sealed': async (options) => onNode(options, { ...(await onSqlite(options)), session: { token: 'sealed' } }),
  'latchkey-sealed-cold': async (options) =>
    onNode(options, { ...(await onSqlite(options)), session: { token: 'sealed', cacheSize: 0 } }),
  'latchkey-token': async (options) => onNode(options, await onSqlite(options)),
  'latchkey-postgres': async (options) => onNode(options, await onPostgres(options)),
  'latchkey-redis': async (options) => onNode(options, await onRedis(options)),
}

/** Creates Latchkey on SQLite with its users, for the subjects inside frameworks. */
export async function createOnSqlite(options: SubjectOptions): Promise<Latchkey> {
  return create(options, await onSqlite(options))
}

async function onNode(options: SubjectOptions, stores: Stores): Promise<Subject> {
  const auth = await create(options, stores)
  const { toNodeHandler } = await importEntry<typeof import('../../src/node.ts')>(options, 'node')
  return onNodeHttp(
    toNodeHandler(auth, async (request, response) => {
      const principal = await auth.authenticate(request)
      answerMe(response, principal?.user.email ?? null)
    }),
  )
}

async function create(options: SubjectOptions, stores: Stores): Promise<Latchkey> {
  const { createLatchkey } = await importEntry<typeof import('../../src/index.ts')>(options, 'index')
  const auth = await createLatchkey({
    baseUrl: 'http://localhost:3000',
    secrets: [SECRET],
    // The benchmark logs in few users from one machine, more often than any person would.
    throttle: {
      freeFailures: 99,
      failuresPerNetwork: 1_000_000,
      hashesPerNetwork: 1_000_000,
      hashesPerAccount: 1_000_000,
    },
    ...stores,
    session: { ...stores.session, touchWindowMs: HOUR_MS, ...(options.isCold ? { cacheSize: 0 } : {}) },
  })
  for (let user = 0; user < options.users; user++) {
    if ((await auth.users.find(emailOf(user))) !== null) continue
    await auth.users.create({ email: emailOf(user), password: PASSWORD })
  }
  return auth
}

async function onSqlite(options: SubjectOptions): Promise<Stores> {
  const { sqlite } = await importEntry<typeof import('../../src/sqlite.ts')>(options, 'sqlite')
  return { storage: sqlite(sqliteFile(options.directory)) }
}

async function onPostgres(options: SubjectOptions): Promise<Stores> {
  const { postgres } = await importEntry<{ postgres(url: string): Storage }>(options, 'postgres')
  return { storage: postgres(options.postgresUrl ?? '') }
}

async function onRedis(options: SubjectOptions): Promise<Stores> {
  const { redis } = await importEntry<{ redis(url: string): unknown }>(options, 'redis')
  const stores = { ...(await onPostgres(options)), sessionStorage: redis(options.redisUrl ?? '') }
  return stores as Stores
}

/** Imports an entry of the package: from the sources, or from a built package. */
export async function importEntry<Entry>({ latchkeyFolder }: SubjectOptions, name: string): Promise<Entry> {
  const sources = new URL('../../src/', import.meta.url).href
  const url = latchkeyFolder === null ? `${sources}${name}.ts` : `${latchkeyFolder}${name}.js`
  return (await import(url)) as Entry
}
