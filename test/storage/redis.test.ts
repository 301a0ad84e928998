import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, inject } from 'vitest'
import { postgres } from '../../src/postgres.ts'
import { redis } from '../../src/redis.ts'
import { sqlite } from '../../src/sqlite.ts'
import { createDatabase, dropDatabase } from '../support/postgres-server.ts'
import { describeStorageContract } from './contract.ts'

const directory = mkdtempSync(join(tmpdir(), 'latchkey-redis-'))
let url: string
beforeAll(async () => {
  url = await createDatabase(inject('databaseServer'))
})
afterAll(async () => {
  await dropDatabase(url)
  rmSync(directory, { recursive: true })
})

const prefixes = [randomUUID(), randomUUID()]
describeStorageContract('PostgreSQL with sessions in Redis', () =>
  postgres(url).open({ sessions: redis(inject('redisServer'), { prefix: `${prefixes[0]}:` }) }),
)
describeStorageContract('SQLite with sessions in Redis', () =>
  sqlite(join(directory, 'users.db')).open({ sessions: redis(inject('redisServer'), { prefix: `${prefixes[1]}:` }) }),
)
