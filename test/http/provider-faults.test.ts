/* Whole logins with providers that misbehave over real HTTP: the round begins, the browser comes back, the login ends. */
import { once } from 'node:events'
import { createServer, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { inspect } from 'node:util'
import { afterEach, expect, test } from 'vitest'
import { oidc } from '../../src/providers.ts'
import { createMemoryProvider } from '../../src/testing/memory-provider.ts'
import type { Client, Reply } from '../support/client.ts'
import { beginRound, callbackPath } from '../support/provider-round.ts'
import { type Instance, PASSWORD, startInstance } from '../support/rings.ts'

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing.push(async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Answers a request wrongly, or not at all. */
type Fault = (response: ServerResponse) => void

/** The requests of a login, in their order. The ID token has no address, so the last one asks for it. */
const ENDPOINTS = ['/.well-known/openid-configuration', '/token', '/jwks', '/userinfo'] as const
const MAIN = 'main'

/** Providers on a real server: each has one endpoint with the fault, besides one that works. */
async function startProviders(fault: Fault) {
  const memory = createMemoryProvider(Date.now)
  const account = { subject: 'ada-1' }
  const ids = ENDPOINTS.map((_, index) => `broken-${index}`)
  const mended = new Set<string>()
  const asked: string[] = []
  const base = await serve(async (request, response) => {
    const { pathname } = new URL(request.url ?? '', base)
    const [, id = ''] = pathname.split('/')
    const endpoint = pathname.slice(id.length + 1)
    asked.push(pathname)
    if (!mended.has(id) && ENDPOINTS[ids.indexOf(id)] === endpoint) return fault(response)
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const info = { sub: account.subject, email: `${id}@example.com` }
    const answer =
      endpoint === '/userinfo'
        ? Response.json(info)
        : await memory.fetch(`${base}${pathname}`, { body: Buffer.concat(chunks) })
    const more = endpoint === ENDPOINTS[0] ? { userinfo_endpoint: `${base}/${id}/userinfo` } : {}
    response.writeHead(answer.status, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ ...((await answer.json()) as object), ...more }))
  })
  const providers = [MAIN, ...ids].map((id) =>
    oidc({ id, issuer: `${base}/${id}`, clientId: 'client', clientSecret: 'the-client-secret', allowPrivate: true }),
  )
  const instance = await startInstance('handler', { providers })
  closing.unshift(() => instance.close())
  /** Logs in; without a location the round could not begin. */
  async function logIn(client: Client, id: string): Promise<Reply> {
    const begun = await client.get(`/auth/login/with/${id}`)
    const location = begun.headers.get('location') ?? ''
    if (!location.startsWith(base)) return begun
    return client.get(callbackPath(id, memory.approve(location, account)))
  }
  return { instance, ids, asked, mended, logIn }
}

/** Expects that a login ended on the login page, which says that the provider does not answer, and left nothing. */
async function expectUnavailable(instance: Instance, client: Client, reply: Reply): Promise<void> {
  expect([reply.status, reply.headers.get('location')]).toEqual([303, '/auth/login'])
  expect((await client.get('/auth/login', { accept: 'text/html' })).text).toContain('The other service does not answer')
  expect((await client.get('/auth/session')).status).toBe(401)
  expect(await instance.auth.users.list()).toEqual([])
}

/** Tries each endpoint with the fault, and then without it. */
async function tryEachEndpoint(fault: Fault): Promise<void> {
  const { instance, ids, asked, mended, logIn } = await startProviders(fault)
  for (const [index, id] of ids.entries()) {
    const client = instance.client()
    await expectUnavailable(instance, client, await logIn(client, id))
    expect(asked.at(-1)).toBe(`/${id}${ENDPOINTS[index]}`) // this one ended it
    const told = inspect(instance.errors.splice(0), { depth: null })
    expect([ENDPOINTS[index], told]).toEqual([ENDPOINTS[index], expect.stringContaining(`"${id}" failed`)])
    expect(told).not.toContain('the-client-secret')
  }
  for (const id of [MAIN, ...ids]) {
    mended.add(id)
    const client = instance.client()
    expect([id, (await logIn(client, id)).headers.get('location')]).toEqual([id, '/auth/account'])
    expect((await client.get('/auth/user')).body.user.email).toBe(`${id}@example.com`)
  }
  expect(instance.errors).toEqual([])
}

test('a provider that redirects to an internal address: nothing there is asked, and the login ends (CWE-918)', async () => {
  const inside: string[] = []
  const secret = await serve((request, response) => {
    inside.push(request.url ?? '')
    response.end('{"issuer":"secret"}')
  })
  for (const status of [301, 302, 303, 307, 308]) {
    await tryEachEndpoint((response) => response.writeHead(status, { location: `${secret}/latest/meta-data` }).end())
  }
  expect(inside).toEqual([])
})

test('a provider that answers 10 MB is cut off, and the login ends (CWE-770)', async () => {
  const chunk = Buffer.alloc(64 * 1024, ' ')
  const sizes: number[] = []
  await tryEachEndpoint((response) => {
    const index = sizes.push(0) - 1
    const more = (): void => {
      while ((sizes[index] ?? 0) < 10_000_000 && !response.destroyed) {
        sizes[index] = (sizes[index] ?? 0) + chunk.byteLength
        if (!response.write(chunk)) return
      }
      response.end()
    }
    response.writeHead(200, { 'content-type': 'application/json' }).on('drain', more)
    more()
  })
  expect(sizes).toHaveLength(ENDPOINTS.length)
  for (const size of sizes) expect(size).toBeLessThan(10_000_000)
})

test('a provider that is down, or breaks off its answer: the login ends', async () => {
  await tryEachEndpoint((response) => response.destroy())
  await tryEachEndpoint((response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' })
    response.write('{', () => response.destroy())
  })
  for (const status of [404, 500, 503]) await tryEachEndpoint((response) => response.writeHead(status).end('<html>'))
})

test('a provider that is slow, also with an answer that never ends: its login ends, and no other one is touched', async () => {
  const timers: NodeJS.Timeout[] = []
  closing.push(async () => timers.forEach(clearInterval))
  const drip: Fault = (response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    timers.push(setInterval(() => response.write(' '), 200))
  }
  await Promise.all(
    [() => undefined, drip].map(async (fault) => {
      const { instance, ids, asked, logIn } = await startProviders(fault)
      const slow = ids.map(async (id) => {
        const client = instance.client()
        return { client, reply: await logIn(client, id) }
      })
      await expect
        .poll(() => ids.every((id, index) => asked.includes(`/${id}${ENDPOINTS[index]}`)), { timeout: 20_000 })
        .toBe(true)
      const email = 'grace@example.com'
      const { id: userId } = await instance.auth.users.create({ email, password: PASSWORD })
      expect((await instance.client().post('/auth/login', { email, password: PASSWORD })).status).toBe(200)
      expect(await beginRound(instance.client(), MAIN)).toContain(`/${MAIN}/authorize`)
      await instance.auth.users.delete(userId)
      for (const each of slow) {
        const { client, reply } = await each
        await expectUnavailable(instance, client, reply)
      }
    }),
  )
})
