/* Two nodes of `latchkey serve` with PostgreSQL and Redis, behind one origin. */
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, request as sendRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from './client.ts'
import type { Deployment } from './foreign-apps.ts'
import { freePort } from './free-port.ts'
import { startPostgres } from './postgres-server.ts'
import { startRedis } from './redis-server.ts'
import { startServerProcess } from './server-process.ts'

/** Paths of browsers. One node issues codes, and the other one redeems them. */
const FOR_BROWSERS = /^\/auth\/(?:oauth\/(?:authorize|consent)|login|register|device)/

/** Starts two nodes. Browsers reach the first one, and programs the second one. */
export async function startTwoNodes(): Promise<Deployment> {
  const directory = mkdtempSync(join(tmpdir(), 'latchkey-nodes-'))
  const [database, redis, port] = await Promise.all([startPostgres(), startRedis(), freePort()])
  const origin = `http://127.0.0.1:${port}`
  const settings = {
    DATABASE_URL: database.url(),
    REDIS_URL: redis.url,
    LATCHKEY_SECRETS: Buffer.alloc(32, 7).toString('base64url'),
    LATCHKEY_BASE_URL: origin,
    LATCHKEY_OAUTH: 'on',
    LATCHKEY_SCOPES: 'read,write',
  }
  const first = await startServerProcess(settings, directory)
  const second = await startServerProcess(settings, directory)
  const front = createServer((incoming, answer) => {
    const node = FOR_BROWSERS.test(incoming.url ?? '') ? first : second
    const { method = 'GET', url = '/', headers } = incoming
    const passed = sendRequest({ host: '127.0.0.1', port: node.port, method, path: url, headers }, (reply) => {
      answer.writeHead(reply.statusCode ?? 502, reply.headers)
      reply.pipe(answer)
    })
    incoming.pipe(passed)
  }).listen(port, '127.0.0.1')
  await once(front, 'listening')
  return {
    origin,
    browser: new Client((path, init) => fetch(`${origin}${path}`, { redirect: 'manual', ...init })),
    directory,
    settings,
    async end() {
      front.closeAllConnections()
      front.close()
      await Promise.all([first.end('SIGTERM'), second.end('SIGTERM')])
      await Promise.all([database.remove(), redis.remove()])
      rmSync(directory, { recursive: true })
    },
  }
}
