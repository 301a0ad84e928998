/*
 * The promises about sessions in Redis with the older versions of the package `redis`, which vitest.config.ts puts in its
 * place. test/storage/redis.test.ts has all promises, with the newest version.
 */
import { execFileSync } from 'node:child_process'
import { expect, inject, onTestFinished, test } from 'vitest'
import { redis } from '../../src/redis.ts'
import { sqlite } from '../../src/sqlite.ts'
import { type RedisServer, startRedis, startSentinel } from '../support/redis-server.ts'
import { type Instance, PASSWORD, startInstance } from '../support/rings.ts'
import { until } from '../support/until.ts'

const ADA = { email: 'ada@example.com', password: PASSWORD }

async function start(...settings: string[]): Promise<RedisServer> {
  const server = await startRedis(settings)
  onTestFinished(() => server.remove())
  return server
}

async function startOn(url: string): Promise<Instance> {
  const instance = await startInstance('handler', { sessionStorage: redis(url) })
  onTestFinished(() => instance.close())
  return instance
}

/** Logs in on one node and revokes the session on another. */
async function expectSessionsOn(url: string): Promise<void> {
  const instance = await startOn(url)
  const client = instance.client()
  expect((await client.post('/auth/register', ADA)).status).toBe(201)
  expect((await client.get('/auth/session')).status).toBe(200)
  const other = await instance.sibling({ sessionStorage: redis(url) })
  const user = await other.users.find(ADA.email)
  expect(await other.sessions.revokeAll(user?.id ?? '')).toBe(1)
  await until(async () => (await client.get('/auth/session')).status === 401)
  await other.close()
  expect(instance.errors).toEqual([])
}

test('sessions on a single server: started, seen and revoked by every node', async () => {
  await expectSessionsOn((await start()).url)
})

test('a server that is gone is 503, and service returns by itself', async () => {
  const server = await start()
  const client = (await startOn(server.url)).client()
  await client.post('/auth/register', ADA)
  await server.kill()
  await until(async () => (await client.post('/auth/login', ADA)).status === 503)
  await server.start()
  await until(async () => (await client.post('/auth/login', ADA)).status === 200)
})

test('a wrong password and a server that cannot be reached are told at the start', async () => {
  const server = await start('--requirepass', 'secret')
  const open = (url: string) => sqlite(':memory:').open({ sessions: redis(url) })
  await expect(open(server.url.replace('//', '//:wrong@'))).rejects.toThrow(
    /Redis (?:refuses|cannot be reached): WRONGPASS/,
  )
  await server.kill()
  await expect(open(server.url)).rejects.toThrow('ECONNREFUSED')
})

test('sessions in a cluster', async () => {
  const servers: RedisServer[] = []
  for (let count = 0; count < 3; count++) servers.push(await start('--cluster-enabled', 'yes'))
  const hosts = servers.map(({ port }) => `127.0.0.1:${port}`)
  execFileSync('redis-cli', ['--cluster', 'create', ...hosts, '--cluster-yes'], { stdio: 'ignore' })
  const stateOf = ({ port }: RedisServer): string =>
    execFileSync('redis-cli', ['-p', String(port), 'cluster', 'info'], { encoding: 'utf8' })
  await until(() => servers.every((server) => stateOf(server).includes('cluster_state:ok')))
  await expectSessionsOn(`redis+cluster://${hosts.join(',')}`)
})

test('Sentinel works since redis 5, and redis 4 is refused with the version that is needed', async () => {
  const server = await start()
  const sentinel = await startSentinel(server.port)
  onTestFinished(() => sentinel.remove())
  const url = `redis+sentinel://127.0.0.1:${sentinel.port}/main`
  if (inject('redisVersion') !== 4) return expectSessionsOn(url)
  await expect(startOn(url)).rejects.toThrow(
    /redis\+sentinel:\/\/ needs the package redis in version 5\.0\.0 or newer; .* Run: npm install redis/,
  )
})
