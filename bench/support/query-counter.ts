import { readFileSync } from 'node:fs'
import { Client } from 'pg'
import { createClient } from 'redis'
import type { QueryCount } from '../results.ts'
import type { Databases } from './databases.ts'
import type { SubjectProcess } from './subject-process.ts'

/** Counts the queries that reach the databases, for every library. */
export interface QueryCounter {
  /** Returns the number of queries of the subject so far. */
  read(subject: SubjectProcess): Promise<QueryCount>
  close(): Promise<void>
}

/** Makes PostgreSQL log every statement until the counter is closed. */
export async function createQueryCounter(databases: Databases): Promise<QueryCounter> {
  await logStatements(databases, 'all')
  return {
    async read({ options, sqliteStatements }) {
      const { queries, pragmas } = await sqliteStatements()
      return {
        sqlite: queries,
        pragmas,
        postgres: countInLog(databases.postgresLog, options.postgresUrl),
        redis: options.redisUrl === null ? 0 : await countCommands(options.redisUrl),
      }
    },
    close: () => logStatements(databases, 'none'),
  }
}

async function logStatements(databases: Databases, which: 'all' | 'none'): Promise<void> {
  const url = await databases.postgresUrl('query-counter')
  if (url === null) return
  const client = new Client({ connectionString: url })
  await client.connect()
  await client.query(`ALTER SYSTEM SET log_statement = '${which}'`)
  await client.query('SELECT pg_reload_conf()')
  await client.end()
}

/** Counts the lines of a database: each line begins with its name. */
function countInLog(log: string | null, url: string | null): number {
  if (log === null || url === null) return 0
  const database = new URL(url).pathname.slice(1)
  const lines = new RegExp(`^${database} LOG:  (?:statement|execute [^:]*): `, 'gm')
  return readFileSync(log, 'utf8').match(lines)?.length ?? 0
}

/** Returns the commands that the whole server has run, without those of this function. */
async function countCommands(url: string): Promise<number> {
  const client = createClient({ url })
  await client.connect()
  const stats = await client.info('commandstats')
  await client.close()
  const calls = [...stats.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm)]
  return calls.filter(([, name = '']) => !OWN_COMMANDS.has(name)).reduce((sum, [, , count]) => sum + Number(count), 0)
}

const OWN_COMMANDS = new Set(['info', 'hello', 'select', 'client|setinfo', 'client|setname', 'client', 'quit', 'ping'])
