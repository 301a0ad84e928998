import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from 'redis'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import type { PasswordHash } from '../../src/crypto/password-hasher.ts'
import { hashToken, newToken } from '../../src/crypto/token.ts'
import type { EmailAddress } from '../../src/kernel/email-address.ts'
import { newUserId, type UserId } from '../../src/kernel/ids.ts'
import type { User } from '../../src/kernel/principal.ts'
import type { PasswordChange } from '../../src/passwords/store.ts'
import { postgres } from '../../src/postgres.ts'
import { redis } from '../../src/redis.ts'
import type { Change, SessionRecord } from '../../src/sessions/store.ts'
import { sqlite } from '../../src/sqlite.ts'
import type { Stores } from '../../src/storage/storage.ts'
import { createDatabase, dropDatabase, runSql } from '../support/postgres-server.ts'
import { type RedisServer, startRedis, startSentinel } from '../support/redis-server.ts'
import { makeSessionRecord } from '../support/session-record.ts'
import { until } from '../support/until.ts'
import { untold } from '../support/untold.ts'
import { describeStorageContract } from './contract.ts'
import { listSessionsOf } from './contract-samples.ts'

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
describeStorageContract('PostgreSQL with sessions in Redis', (options) =>
  postgres(url).open({ sessions: redis(inject('redisServer'), { prefix: `${prefixes[0]}:` }), ...options }),
)
describeStorageContract('SQLite with sessions in Redis', (options) =>
  sqlite(join(directory, 'users.db')).open({
    sessions: redis(inject('redisServer'), { prefix: `${prefixes[1]}:` }),
    ...options,
  }),
)

describe('the permissions of the Redis user', () => {
  const RULES = /~latchkey:\* &latchkey:\* [^\n]*\+info/.exec(
    readFileSync(new URL('../../docs/scaling.md', import.meta.url), 'utf8'),
  )?.[0]
  let server: RedisServer
  let admin: ReturnType<typeof createClient>
  beforeAll(async () => {
    server = await startRedis()
    admin = createClient({ url: server.url })
    await admin.connect()
  })
  afterAll(async () => {
    await admin.close()
    await server.remove()
  })

  async function openAs(rules: string): Promise<Stores> {
    await admin.aclSetUser('latchkey', ['reset', 'on', '>secret', ...rules.split(' ')])
    const sessions = redis(server.url.replace('redis://', 'redis://latchkey:secret@'))
    return sqlite(join(directory, 'acl.db')).open({ sessions })
  }

  test('the rules in docs/scaling.md are enough for all that sessions and counters do', async () => {
    const stores = await openAs(RULES ?? '')
    const user = await addUser(stores)
    const { tokenHash } = await addSession(stores, user.id)
    await stores.ping()
    expect(await stores.sessions.findByTokenHash(tokenHash)).not.toBeNull()
    expect(await listSessionsOf(stores, user.id, Date.now())).toHaveLength(1)
    expect(await stores.users.rename(user.id, 'Ada', untold)).not.toBeNull()
    expect(await stores.users.disable(user.id, Date.now(), untold)).toBe(true)
    expect(await stores.sessions.findByTokenHash(tokenHash)).toBeNull()
    expect(await admin.sendCommand(['ACL', 'LOG'])).toEqual([])
    await stores.close()
  })

  test.each([
    ['without scripts', '~latchkey:* &latchkey:* +@all -@scripting +info', /refuses|NOPERM/],
    ['without channels', '~latchkey:* resetchannels +@all', /Redis refuses: NOPERM/],
    [
      'with the channel of changes only',
      '~latchkey:* resetchannels &latchkey:changes +@all',
      /may not run PUBLISH, SUBSCRIBE/,
    ],
    ['with other keys', '~other:* &latchkey:* +@all', /NOPERM|may not run GET, SET/],
    ['that may only read', '~latchkey:* &latchkey:* +@all -@write', /may not run SET, DEL, HSET/],
    ['without INFO', '~latchkey:* &latchkey:* +@all -@dangerous', /NOPERM.*'info'|may not run INFO/],
  ])('a user %s is refused at start, and the error names the reason', async (_, rules, message) => {
    await admin.sendCommand(['ACL', 'LOG', 'RESET'])
    await expect(openAs(rules)).rejects.toThrow(message)
  })

  test('a permission taken away later is told as a refusal of Redis, not as silence', async () => {
    const stores = await openAs(RULES ?? '')
    await admin.aclSetUser('latchkey', ['-@scripting', '-hmget'])
    await expect(stores.sessions.findByTokenHash(hashToken(newToken('lks')))).rejects.toMatchObject({
      code: 'unavailable',
      reason: expect.stringContaining('NOPERM'),
      detail: expect.not.stringContaining('does not answer'),
    })
    await stores.close()
  })

  test('a permission taken away later makes the node not ready, and the reason names the command', async () => {
    const stores = await openAs(RULES ?? '')
    for (const command of ['HSET', 'EVALSHA', 'PUBLISH']) {
      await stores.ping()
      await admin.aclSetUser('latchkey', [`-${command.toLowerCase()}`])
      const reason = expect.stringMatching(new RegExp(`may not run ${command}|NOPERM .*'${command}'`, 'i'))
      await expect(stores.ping()).rejects.toMatchObject({ code: 'unavailable', reason })
      await admin.aclSetUser('latchkey', [`+${command.toLowerCase()}`])
    }
    await stores.ping()
    await stores.close()
  })
})

describe('sessions in Redis', () => {
  test('the next process carries out the orders of a process that died after its commit', async () => {
    const prefix = `${randomUUID()}:`
    const sessions = redis(inject('redisServer'), { prefix })
    const stores = await postgres(url).open({ sessions })
    const user = await addUser(stores)
    const { tokenHash } = await addSession(stores, user.id)
    expect(await stores.sessions.findByTokenHash(tokenHash)).not.toBeNull()
    // Runs the transaction only, as if the process died right after it.
    const dying = await postgres(url).open({
      sessions: { open: async ({ stores }) => ({ stores, carryOut: async () => undefined }) },
    })
    await dying.users.disable(user.id, Date.now(), untold)
    await dying.close()
    await until(async () => (await stores.sessions.findByTokenHash(tokenHash)) === null)
    expect(await runSql(url, 'SELECT 1 FROM latchkey.session_orders')).toEqual([])
    await stores.close()
  })

  test('a session revoked during a password change does not survive under the new token', async () => {
    const sessions = redis(inject('redisServer'), { prefix: `${randomUUID()}:` })
    let meanwhile = async (): Promise<unknown> => undefined
    // `meanwhile` runs between the writing of the new token and the commit.
    const stores = await postgres(url).open({
      sessions: {
        open: (host) => {
          const passwords = {
            ...host.stores.passwords,
            async change(change: PasswordChange) {
              await meanwhile()
              return host.stores.passwords.change(change, untold)
            },
          }
          return sessions.open({ ...host, stores: { ...host.stores, passwords } })
        },
      },
    })
    const elsewhere = await postgres(url).open({ sessions })
    const user = await addUser(stores)
    const { session, tokenHash } = await addSession(stores, user.id)
    const newTokenHash = hashToken(newToken('lks'))
    meanwhile = () => elsewhere.sessions.revoke(user.id, session.id, untold)
    const keep = {
      id: session.id,
      userId: user.id,
      oldTokenHash: tokenHash,
      newTokenHash,
      authenticatedAt: Date.now(),
      methods: ['password'],
    }
    await stores.passwords.change(
      { oldHash: '$' as PasswordHash, newHash: '$2' as PasswordHash, securityEpoch: 0, keep },
      untold,
    )
    expect(await stores.sessions.findByTokenHash(newTokenHash)).toBeNull()
    await stores.close()
    await elsewhere.close()
  })

  test('the index of a user lists a session before it is stored, so that a revocation of all misses none', async () => {
    const commands: string[] = []
    const options = { prefix: `${randomUUID()}:`, onStatement: (command: string) => commands.push(command) }
    const stores = await postgres(url).open({ sessions: redis(inject('redisServer'), options) })
    const user = await addUser(stores)
    const { session, tokenHash } = await addSession(stores, user.id)
    const newTokenHash = hashToken(newToken('lks'))
    const swap = {
      id: session.id,
      userId: user.id,
      oldTokenHash: tokenHash,
      newTokenHash,
      authenticatedAt: Date.now(),
      methods: ['password'],
    }
    expect(await stores.sessions.rotate(swap, 0, untold)).toBe(true)
    const order = commands.filter((command) => ['add to index', 'put session', 'end session'].includes(command))
    const put = ['add to index', 'put session', 'add to index'] // as pending, then as stored
    expect(order).toEqual([...put, ...put, 'end session'])
    await stores.close()
  })

  test('listing during a login does not hide its session from a revocation of all', async () => {
    const prefix = `${randomUUID()}:`
    const stores = await postgres(url).open({ sessions: redis(inject('redisServer'), { prefix }) })
    for (let round = 0; round < 50; round++) {
      const user = await addUser(stores)
      const lists = Array.from({ length: 4 }, () => listSessionsOf(stores, user.id, Date.now()))
      const [{ tokenHash }] = await Promise.all([addSession(stores, user.id), ...lists])
      await stores.sessions.revokeAll(user.id, null, untold)
      expect(await stores.sessions.findByTokenHash(tokenHash)).toBeNull()
    }
    await stores.close()
  })

  test('the index of a user is cleaned when it is read, and every key expires', async () => {
    const prefix = `${randomUUID()}:`
    const stores = await postgres(url).open({ sessions: redis(inject('redisServer'), { prefix }) })
    const user = await addUser(stores)
    const records = [await addSession(stores, user.id), await addSession(stores, user.id)]
    const client = await createClient({ url: inject('redisServer') }).connect()
    // One key stays forever: it tells a database that was emptied.
    const listKeys = async (): Promise<string[]> =>
      (await client.keys(`${prefix}*`)).filter((key) => key !== `${prefix}changes:since`)
    const keys = await listKeys()
    expect(keys).toHaveLength(3)
    for (const key of keys) expect(await client.pTTL(key)).toBeGreaterThan(0)
    await client.del(`${prefix}session:${records[0]?.tokenHash}`) // as if it expired
    expect(await client.hLen(`${prefix}user:${user.id}`)).toBe(2)
    expect(await listSessionsOf(stores, user.id, Date.now())).toHaveLength(1)
    expect(await client.hLen(`${prefix}user:${user.id}`)).toBe(1)
    await stores.sessions.revokeAll(user.id, null, untold)
    expect(await listKeys()).toEqual([`${prefix}changes`])
    expect(await client.pTTL(`${prefix}changes`)).toBeGreaterThan(0)
    await client.close()
    await stores.close()
  })

  test('a committed change is reported even if Redis is down; the outage is reported once', async () => {
    const server = await startRedis()
    const [reported, errors]: [Change[], unknown[]] = [[], []]
    const stores = await postgres(url).open({
      sessions: redis(server.url, { deadlineMs: 200 }),
      onChanges: (changes) => reported.push(...changes),
      onError: (error) => errors.push(error),
    })
    const user = await addUser(stores)
    await addSession(stores, user.id)
    await server.remove()
    await expect(stores.users.disable(user.id, Date.now(), untold)).rejects.toMatchObject({ code: 'unavailable' })
    expect(reported).toEqual([{ kind: 'user', id: user.id }])
    expect((await stores.users.findById(user.id))?.disabledAt).not.toBeNull()
    await until(() => errors.length > 0)
    expect(errors).toEqual([expect.objectContaining({ code: 'unavailable' })])
    await stores.close()
    await runSql(url, 'DELETE FROM latchkey.session_orders') // their Redis is gone
  })

  test('a pushed change that this release does not know clears the cache', async () => {
    const prefix = `${randomUUID()}:`
    const stores = await postgres(url).open({ sessions: redis(inject('redisServer'), { prefix }) })
    await until(() => stores.sessions.changesElsewhere().length === 0)
    const client = createClient({ url: inject('redisServer') })
    await client.connect()
    await client.publish(`${prefix}changes`, `grant ${newUserId(Date.now)}`)
    await until(() => stores.sessions.changesElsewhere() === 'unknown')
    await client.close()
    await stores.close()
  })

  test('a Redis that drops keys when it is full is refused', async () => {
    const small = await startRedis(['--maxmemory', '50mb', '--maxmemory-policy', 'allkeys-lru'])
    await expect(postgres(url).open({ sessions: redis(small.url) })).rejects.toThrow('noeviction')
    await small.remove()
  })

  test('a URL without a Redis is refused at the start', async () => {
    await expect(postgres(url).open({ sessions: redis('redis://127.0.0.1:1') })).rejects.toThrow('ECONNREFUSED')
  })
})

describe('a cluster of three', () => {
  const servers: RedisServer[] = []
  beforeAll(async () => {
    for (let count = 0; count < 3; count++) servers.push(await startRedis(['--cluster-enabled', 'yes']))
    const addresses = servers.map(({ port }) => `127.0.0.1:${port}`)
    execFileSync('redis-cli', ['--cluster', 'create', ...addresses, '--cluster-yes'], { stdio: 'ignore' })
    await until(() =>
      servers.every(({ port }) =>
        execFileSync('redis-cli', ['-p', String(port), 'cluster', 'info'], { encoding: 'utf8' }).includes(
          'cluster_state:ok',
        ),
      ),
    )
  })
  afterAll(async () => {
    for (const server of servers) await server.remove()
  })

  describeStorageContract('PostgreSQL with sessions in a Redis cluster', (options) =>
    postgres(url).open({
      sessions: redis(`redis+cluster://${servers.map(({ port }) => `127.0.0.1:${port}`).join(',')}`),
      ...options,
    }),
  )
})

describe('a server that Sentinel watches', () => {
  let server: RedisServer
  let sentinel: RedisServer
  beforeAll(async () => {
    server = await startRedis()
    sentinel = await startSentinel(server.port)
  })
  afterAll(async () => {
    await sentinel.remove()
    await server.remove()
  })

  describeStorageContract('PostgreSQL with sessions in Redis under Sentinel', (options) =>
    postgres(url).open({ sessions: redis(`redis+sentinel://127.0.0.1:${sentinel.port}/main`), ...options }),
  )
})

async function addUser(stores: Stores): Promise<User> {
  const email = `${randomUUID()}@example.com` as EmailAddress
  const user = { id: newUserId(Date.now), email, emailVerified: false, name: null, createdAt: Date.now() }
  await stores.users.create({ user, passwordHash: '$' as PasswordHash, firstSession: null, replaces: null }, untold)
  return user
}

async function addSession(stores: Stores, userId: UserId): Promise<SessionRecord> {
  const record = makeSessionRecord(userId)
  expect(
    await stores.sessions.start({ record, securityEpoch: 0, replaces: null, maxPerUser: 100, attempt: null }, untold),
  ).toEqual([])
  return record
}
