/* The adapters, each behind a real server of its framework. */
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { getRequestListener } from '@hono/node-server'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import Koa from 'koa'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import * as forExpress from '../../src/express.ts'
import * as forFastify from '../../src/fastify.ts'
import * as forHono from '../../src/hono.ts'
import { DAY_MS } from '../../src/kernel/clock.ts'
import * as forKoa from '../../src/koa.ts'
import { Client } from '../support/client.ts'
import { type Instance, ORIGIN, PASSWORD, startInstance } from '../support/rings.ts'
import { FRAMEWORKS, listen, type RunningApp } from './frameworks.ts'

const EMAIL = 'ada@example.com'
const PROBLEM = 'application/problem+json'
const clientOf = (url: string): Client => new Client((path, init) => fetch(`${url}${path}`, init))

describe.each(Object.keys(FRAMEWORKS))('latchkey/%s', (name) => {
  let instance: Instance
  let app: RunningApp
  let client: Client

  beforeAll(async () => {
    instance = await startInstance('handler', { scopes: ['notes', 'other'] })
    await instance.auth.users.create({ email: EMAIL, password: PASSWORD })
    app = await (FRAMEWORKS[name]?.(instance.auth) as Promise<RunningApp>)
  })
  beforeEach(async () => {
    client = clientOf(app.url)
    expect((await client.post('/auth/login', { email: EMAIL, password: PASSWORD, remember: true })).status).toBe(200)
  })
  afterEach(() => expect(instance.errors).toEqual([]))
  afterAll(async () => {
    await app.stop()
    await instance.close()
  })

  test('every route under /auth answers with the headers and the status of Latchkey', async () => {
    const session = await client.get('/auth/session')
    expect([session.status, session.body.user.email]).toEqual([200, EMAIL])
    expect(session.headers.get('cache-control')).toBe('no-store')
    expect((await client.get('/auth')).body.cookieName).toBe('latchkey')
    expect((await client.get('/auth?x=1')).status).toBe(200)
    expect((await client.get('/auth/nothing')).body.code).toBe('not_found')
    const wrongMethod = await client.request('/auth/login', { method: 'PUT', body: '{}' })
    expect([wrongMethod.status, wrongMethod.headers.get('allow')]).toEqual([405, 'POST, GET, HEAD, OPTIONS'])
    expect((await client.request('/auth/session', { method: 'HEAD' })).status).toBe(200)
    expect((await client.request('/auth/session', { method: 'OPTIONS' })).status).toBe(204)
    expect((await client.get('/authentic')).status).toBe(404)
    expect((await client.get('/authentic')).body?.code).toBeUndefined()
    const [address] = await instance.auth.sessions.list(session.body.user.id)
    expect(address?.client.ip).toBe('127.0.0.1')
  })

  test('only Latchkey reads the bodies', async () => {
    const twice = await client.post('/auth/login', `{"email":"${EMAIL}","email":"${EMAIL}","password":"${PASSWORD}"}`)
    expect([twice.status, twice.body.code]).toEqual([400, 'malformed_body'])
    expect((await client.post('/auth/login', '{')).body.code).toBe('malformed_body')
    expect((await client.post('/auth/login', '', { 'content-type': 'text/x' })).body.code).toBe(
      'unsupported_media_type',
    )
    expect((await client.post('/auth/login', `"${'x'.repeat(20_000)}"`)).body.code).toBe('body_too_large')
    expect((await client.post('/auth/logout')).status).toBe(204)
  })

  test('a request that two readers could understand differently is refused (ASVS 1.5.3, 4.2.1)', async () => {
    const { port } = new URL(app.url)
    const socket = connect(Number(port), '127.0.0.1')
    socket.end('GET /auth/session HTTP/1.1\r\nHost: a\r\nAuthorization: Basic a\r\nAuthorization: Bearer b\r\n\r\n')
    expect(await text(socket)).toContain('The header authorization came twice.')
  })

  test('the application gets the principal, or null', async () => {
    expect((await client.get('/')).text).toBe(`Hello ${EMAIL}`)
    expect((await clientOf(app.url).get('/')).text).toBe('Please log in')
    expect((await client.get('/me')).text).toBe(EMAIL)
    expect((await client.post('/notes', { text: 'x' })).body).toEqual({ text: 'x' })
    const before = instance.statements.length
    await client.get('/')
    await client.get('/me')
    expect(instance.statements.slice(before)).toEqual([])
  })

  test('requireAuth refuses anonymous requests, and the next request of a revoked session', async () => {
    const refused = await clientOf(app.url).get('/me')
    expect([refused.status, refused.body.code]).toEqual([401, 'unauthenticated'])
    expect(refused.headers.get('content-type')).toBe(PROBLEM)
    expect(refused.headers.get('www-authenticate')).toMatch(/^\w/)
    await instance.auth.sessions.revokeAll((await client.get('/auth/session')).body.user.id)
    expect((await client.get('/me')).status).toBe(401)
    expect((await client.get('/')).text).toBe('Please log in')
  })

  test('requireAuth can require scopes, sessions and fresh sessions', async () => {
    const tokenFor = async (...scopes: string[]): Promise<Record<string, string>> => {
      const made = await client.post('/auth/tokens', { name: scopes.join(), scopes })
      return { authorization: `Bearer ${made.body.token}` }
    }
    const [good, bad] = [await tokenFor('notes'), await tokenFor('other')]
    const script = clientOf(app.url)
    expect((await script.post('/notes', { a: 1 }, good)).status).toBe(200)
    expect((await script.post('/notes', { a: 1 }, bad)).body.code).toBe('insufficient_scope')
    expect((await script.get('/', bad)).text).toBe(`Hello ${EMAIL}`)
    expect((await script.get('/session', good)).status).toBe(403)
    const { session } = (await client.get('/auth/session')).body
    expect((await client.get('/session')).text).toBe(session.id)
    expect((await client.post('/fresh', {})).text).toBe('done')
    instance.advance(11 * 60_000)
    const stale = await client.post('/fresh', {})
    expect([stale.status, stale.body.code]).toEqual([403, 'reauthentication_required'])
  })

  test('a refusal thrown by a handler is answered with its status', async () => {
    expect((await client.get('/deep')).text).toBe(EMAIL)
    expect((await clientOf(app.url).get('/deep')).status).toBe(401)
  })

  test('pages of other origins cannot change anything', async () => {
    const evil = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }
    const refused = await client.post('/notes', { text: 'x' }, evil)
    expect([refused.status, refused.body.code]).toEqual([403, 'cross_origin'])
    const webSocket = { ...evil, 'sec-websocket-version': '13' }
    expect((await client.get('/notes', webSocket)).body.code).toBe('cross_origin')
    expect((await client.post('/notes', { text: 'x' }, { origin: 'https://evil.example' })).status).toBe(403)
    expect((await client.post('/notes', { text: 'x' }, { origin: ORIGIN })).status).toBe(200)
    expect((await client.get('/me', evil)).status).toBe(200)
  })

  test('a remembered cookie is renewed beside the cookies of the application', async () => {
    instance.advance(DAY_MS + 1)
    const lines = (await client.get('/')).headers.getSetCookie()
    expect(lines.map((line) => line.split('=')[0]).sort()).toEqual(['latchkey', 'own'])
    expect((await client.get('/')).headers.getSetCookie()).toHaveLength(1)
  })
})

describe('bodies that another reader consumed before Latchkey', () => {
  let instance: Instance
  let app: RunningApp | undefined
  beforeEach(async () => {
    instance = await startInstance('handler')
  })
  afterEach(async () => {
    await app?.stop()
    await instance.close()
  })

  const register = (url: string) => clientOf(url).post('/auth/register', { email: EMAIL, password: PASSWORD })

  async function expectLoud(running: RunningApp): Promise<void> {
    app = running
    const reply = await register(running.url)
    expect([reply.status, reply.body.code]).toEqual([500, 'internal_error'])
    expect(String(instance.errors[0])).toMatch(/The body .* read before/)
  }

  test('express.json() before Latchkey fails with an instruction', async () => {
    await expectLoud(await listen(createServer(express().use(express.json(), forExpress.latchkey(instance.auth)))))
  })

  test('express.json() that keeps the bytes works', async () => {
    const parser = express.json({
      verify: (request, _response, bytes) => Object.assign(request, { rawBody: bytes }),
    })
    app = await listen(createServer(express().use(parser, forExpress.latchkey(instance.auth))))
    expect((await register(app.url)).status).toBe(201)
    const twice = await clientOf(app.url).post('/auth/login', '{"email":"a","email":"b","password":"c"}')
    expect(twice.body.code).toBe('malformed_body')
  })

  test('a Koa parser before Latchkey fails with an instruction', async () => {
    const koa = new Koa()
    koa.use(async (ctx, next) => {
      await ctx.req.toArray()
      await next()
    })
    await expectLoud(await listen(createServer(koa.use(forKoa.latchkey(instance.auth)).callback())))
  })

  test('a reader before Hono fails with an instruction', async () => {
    const hono = new Hono()
    hono.use(async (c, next) => {
      await c.req.json()
      await next()
    })
    hono.use(forHono.latchkey(instance.auth))
    await expectLoud(await listen(createServer(getRequestListener(hono.fetch))))
  })

  test('a Fastify hook before Latchkey fails with an instruction', async () => {
    const server = fastify()
    server.addHook('onRequest', async ({ raw }) => void (await raw.toArray()))
    await server.register(forFastify.latchkey, { auth: instance.auth })
    const url = await server.listen({ host: '127.0.0.1', port: 0 })
    await expectLoud({ url, stop: () => server.close() })
  })
})

describe('where it is mounted', () => {
  let instance: Instance
  beforeAll(async () => {
    instance = await startInstance('handler', { basePath: '/api/auth' })
  })
  afterAll(() => instance.close())

  test('a router of Express under a path', async () => {
    const app = await listen(
      createServer(express().use('/api', express.Router().use(forExpress.latchkey(instance.auth)))),
    )
    expect((await clientOf(app.url).get('/api/auth/session')).body.code).toBe('unauthenticated')
    await app.stop()
  })

  test('Fastify under a prefix; with a wrong prefix it does not start', async () => {
    const app = fastify()
    app.register((api) => api.register(forFastify.latchkey, { auth: instance.auth }), { prefix: '/api' })
    const answer = await app.inject('/api/auth/session')
    expect([answer.statusCode, answer.json().code]).toEqual([401, 'unauthenticated'])
    await app.close()
    const wrong = fastify()
    wrong.register((api) => api.register(forFastify.latchkey, { auth: instance.auth }), { prefix: '/v1' })
    await expect(wrong.ready()).rejects.toThrow('The basePath /api/auth is not under /v1')
  })

  test('Fastify, registered without waiting for it', async () => {
    const app = fastify().register(forFastify.latchkey, { auth: instance.auth })
    app.get('/', async (request) => String(request.auth))
    expect((await app.inject('/')).body).toBe('null')
    expect((await app.inject({ method: 'POST', url: '/api/auth/login', body: {} })).json().code).toBe(
      'validation_failed',
    )
    await app.close()
  })

  test('Hono without a server', async () => {
    const app = new Hono().use(forHono.latchkey(instance.auth)).get('/', (c) => c.text(String(c.var.auth)))
    expect((await app.request('/api/auth/session')).status).toBe(401)
    expect(await (await app.request('/')).text()).toBe('null')
  })
})

test('a handler without its guard throws an error that says so', () => {
  expect(() => forExpress.principalOf({ auth: null })).toThrow('requireAuth(auth)')
  expect(() => forFastify.principalOf({})).toThrow('requireAuth(auth)')
})

test('a session that is asked for is never an access token', () => {
  const token = { auth: { kind: 'access_token', user: {} } }
  expect(() => forExpress.principalOf(token, { session: true })).toThrow('requireAuth(auth, { session: true })')
  expect(() => forFastify.principalOf(token, { session: true })).toThrow('requireAuth(auth, { session: true })')
  expect(forExpress.principalOf(token)).toBe(token.auth)
})

test('another middleware that writes req.auth later does not change the principal of Latchkey', async () => {
  const instance = await startInstance('handler')
  const app = express().use(forExpress.latchkey(instance.auth), forExpress.requireAuth(instance.auth))
  app.use((request, _response, next) => {
    Object.assign(request, { auth: { payload: { sub: 'mallory' } } })
    next()
  })
  app.get('/me', (request, response) => void response.send(forExpress.principalOf(request).user.email))
  const running = await listen(createServer(app))
  const client = clientOf(running.url)
  await client.post('/auth/register', { email: EMAIL, password: PASSWORD })
  expect((await client.get('/me')).text).toBe(EMAIL)
  await running.stop()
  await instance.close()
})

test.each(Object.keys(FRAMEWORKS))(
  'latchkey/%s fails closed, and still answers, if the database is gone',
  async (name) => {
    const instance = await startInstance('handler', { scopes: ['notes'] })
    const app = await (FRAMEWORKS[name]?.(instance.auth) as Promise<RunningApp>)
    const client = clientOf(app.url)
    await client.post('/auth/register', { email: EMAIL, password: PASSWORD })
    await instance.auth.close()
    instance.advance(2 * 60_000) // the cache must be read again
    for (const path of ['/', '/me', '/auth/session']) {
      const reply = await client.get(path)
      expect([path, reply.status >= 500, reply.headers.get('content-type')]).toEqual([path, true, PROBLEM])
    }
    expect((await clientOf(app.url).get('/')).text).toBe('Please log in')
    await app.stop()
  },
)
