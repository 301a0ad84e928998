/*
 * Provides the programs that the tests need and npm does not install: Chromium for the pages, PostgreSQL and Redis for
 * the storages, and proxies with the programs behind them. Installs missing programs where possible. The servers run
 * during the tests. Bundles the command line.
 */
import { dirname } from 'node:path'
import type { TestProject } from 'vitest/node'
import { bundleCli } from '../../scripts/bundle-cli.ts'
import { postgres } from '../../src/postgres.ts'
import { keepTemporaryFilesInMemory } from './memory-directory.ts'
import { installWhatIsMissing, NEEDED_CHROMIUM, type Needed, neededCommand, succeeds } from './needed.ts'
import { startPgBouncer } from './pgbouncer.ts'
import { createDatabase, dropDatabase, findPostgres, startPostgres } from './postgres-server.ts'
import { startRedis } from './redis-server.ts'
import { MAIN } from './server-process.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** A server on which tests may create databases. */
    readonly databaseServer: string
    /**
     * The same server through a pooler that keeps connections open: PostgreSQL starts a process for each new
     * connection.
     */
    readonly pooledDatabaseServer: string
    /** A database with our schema and no rows, used as a template. */
    readonly databaseTemplate: string
    readonly redisServer: string
    /** The major version of the package `redis`, in the projects with older packages. */
    readonly redisVersion: number
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
  neededCommand('oathtool'),
  {
    debianPackage: 'redis-server',
    isThere: () => process.env.TEST_REDIS_URL !== undefined || succeeds('redis-server', ['--version']),
    otherwise: 'name a server in TEST_REDIS_URL',
  },
]

export default async function setUp({ provide }: TestProject): Promise<() => Promise<void>> {
  installWhatIsMissing(NEEDED)
  const deleteTemporaryFiles = keepTemporaryFilesInMemory()
  await bundleCli(dirname(MAIN))
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
    deleteTemporaryFiles()
  }
}

/** Starts a server tuned for speed. Tests that simulate a power failure start servers of their own. */
function startFastPostgres(): ReturnType<typeof startPostgres> {
  return startPostgres({ fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '400' })
}
