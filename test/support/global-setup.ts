/*
 * Sees to what the tests need and npm does not bring: Chromium for the pages, PostgreSQL and Redis for the storages, proxies
 * and what stands behind them.
 * What is missing is installed where that is possible; the servers run for the time of the tests.
 */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import type { TestProject } from 'vitest/node'
import { postgres } from '../../src/postgres.ts'
import { CHROMIUM } from './chromium.ts'
import { createDatabase, dropDatabase, findPostgres, startPostgres } from './postgres-server.ts'
import { startRedis } from './redis-server.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** A server where databases may be made. */
    readonly databaseServer: string
    /** A database with our schema and no rows, to make others from. */
    readonly databaseTemplate: string
    readonly redisServer: string
  }
}

const NEEDED = [
  {
    debianPackage: 'chromium',
    isThere: () => existsSync(CHROMIUM),
    otherwise: `have Chromium at ${CHROMIUM}, or say where in CHROMIUM`,
  },
  {
    debianPackage: 'postgresql',
    isThere: () => process.env.TEST_DATABASE_URL !== undefined || findPostgres() !== null,
    otherwise: 'name a server in TEST_DATABASE_URL',
  },
  {
    debianPackage: 'pgbouncer',
    isThere: () => isOnPath('pgbouncer'),
    otherwise: 'have pgbouncer on the path',
  },
  {
    debianPackage: 'nginx',
    isThere: () => isOnPath('nginx', '-v'),
    otherwise: 'have nginx on the path',
  },
  {
    debianPackage: 'caddy',
    isThere: () => isOnPath('caddy', 'version'),
    otherwise: 'have caddy on the path',
  },
  {
    debianPackage: 'python3',
    isThere: () => isOnPath('python3'),
    otherwise: 'have python3 on the path',
  },
  {
    debianPackage: 'redis-server',
    isThere: () => process.env.TEST_REDIS_URL !== undefined || isOnPath('redis-server'),
    otherwise: 'name a server in TEST_REDIS_URL',
  },
]

export default async function setUp({ provide }: TestProject): Promise<() => Promise<void>> {
  installWhatIsMissing()
  const postgresServer = process.env.TEST_DATABASE_URL === undefined ? await startFastPostgres() : null
  const databaseServer = process.env.TEST_DATABASE_URL ?? postgresServer?.url() ?? ''
  const template = await createDatabase(databaseServer)
  await postgres(template).migrate()
  const redisServer = process.env.TEST_REDIS_URL === undefined ? await startRedis() : null
  provide('databaseServer', databaseServer)
  provide('databaseTemplate', new URL(template).pathname.slice(1))
  provide('redisServer', process.env.TEST_REDIS_URL ?? redisServer?.url ?? '')
  return async () => {
    await dropDatabase(template)
    await postgresServer?.remove()
    await redisServer?.remove()
  }
}

function isOnPath(command: string, versionFlag = '--version'): boolean {
  try {
    execFileSync(command, [versionFlag], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** Tests that cut the power start servers of their own; for the others, speed counts. */
function startFastPostgres(): ReturnType<typeof startPostgres> {
  return startPostgres({ fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' })
}

function installWhatIsMissing(): void {
  const missing = NEEDED.filter(({ isThere }) => !isThere())
  if (missing.length === 0) return
  const packages = missing.map(({ debianPackage }) => debianPackage)
  const isDebianRoot = existsSync('/usr/bin/apt-get') && process.getuid?.() === 0
  if (!isDebianRoot) {
    const advice = missing.map(({ debianPackage, otherwise }) => `apt-get install ${debianPackage}, or ${otherwise}`)
    throw new Error(`The tests need more than there is:\n  ${advice.join('\n  ')}`)
  }
  console.log(`Installing ${packages.join(', ')} ...`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  execFileSync('apt-get', ['update', '-q'], { env, stdio: 'ignore' })
  execFileSync('apt-get', ['install', '-qy', '--no-install-recommends', ...packages], { env, stdio: 'inherit' })
}
