/*
 * Sees to what the tests need and npm does not bring: Chromium for the pages, PostgreSQL and Redis for the storages, proxies
 * and what stands behind them.
 * What is missing is installed where that is possible; the servers run for the time of the tests.
 */
import type { TestProject } from 'vitest/node'
import { postgres } from '../../src/postgres.ts'
import { installWhatIsMissing, NEEDED_CHROMIUM, type Needed, neededCommand, succeeds } from './needed.ts'
import { startPgBouncer } from './pgbouncer.ts'
import { createDatabase, dropDatabase, findPostgres, startPostgres } from './postgres-server.ts'
import { startRedis } from './redis-server.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** A server where databases may be made. */
    readonly databaseServer: string
    /** The same server through a pooler that keeps connections open: PostgreSQL starts a process for each new one. */
    readonly pooledDatabaseServer: string
    /** A database with our schema and no rows, to make others from. */
    readonly databaseTemplate: string
    readonly redisServer: string
  }
}

const NEEDED: readonly Needed[] = [
  NEEDED_CHROMIUM,
  {
    debianPackage: 'postgresql',
    isThere: () => process.env.TEST_DATABASE_URL !== undefined || findPostgres() !== null,
    otherwise: 'name a server in TEST_DATABASE_URL',
  },
  neededCommand('pgbouncer'),
  neededCommand('nginx', { versionFlag: '-v' }),
  neededCommand('caddy', { versionFlag: 'version' }),
  neededCommand('python3'),
  {
    debianPackage: 'redis-server',
    isThere: () => process.env.TEST_REDIS_URL !== undefined || succeeds('redis-server', ['--version']),
    otherwise: 'name a server in TEST_REDIS_URL',
  },
]

export default async function setUp({ provide }: TestProject): Promise<() => Promise<void>> {
  installWhatIsMissing(NEEDED)
  const postgresServer = process.env.TEST_DATABASE_URL === undefined ? await startFastPostgres() : null
  const databaseServer = process.env.TEST_DATABASE_URL ?? postgresServer?.url() ?? ''
  const template = await createDatabase(databaseServer)
  await postgres(template).migrate()
  const pooler = await startPgBouncer(databaseServer, 'session')
  const redisServer = process.env.TEST_REDIS_URL === undefined ? await startRedis() : null
  provide('databaseServer', databaseServer)
  provide('pooledDatabaseServer', pooler.through(databaseServer))
  provide('databaseTemplate', new URL(template).pathname.slice(1))
  provide('redisServer', process.env.TEST_REDIS_URL ?? redisServer?.url ?? '')
  return async () => {
    await pooler.stop()
    await dropDatabase(template)
    await postgresServer?.remove()
    await redisServer?.remove()
  }
}

/** Tests that cut the power start servers of their own; for the others, speed counts. */
function startFastPostgres(): ReturnType<typeof startPostgres> {
  return startPostgres({ fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '400' })
}
