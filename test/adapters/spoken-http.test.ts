/* HTTP as clients and proxies speak it: HTTP/2, absolute-form request targets, transfer codings. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect as connectHttp2, createServer as createHttp2Server } from 'node:http2'
import { type AddressInfo, connect } from 'node:net'
import { text } from 'node:stream/consumers'
import fastify from 'fastify'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import * as forFastify from '../../src/fastify.ts'
import { toNodeHandler } from '../../src/node.ts'
import { createHttpServer } from '../../src/server/http-server.ts'
import { type Instance, ORIGIN, PASSWORD, startInstance } from '../support/rings.ts'
import { FRAMEWORKS, listen } from './frameworks.ts'

const ADA = { email: 'ada@example.com', password: PASSWORD }
let instance: Instance

beforeAll(async () => {
  instance = await startInstance('handler', { scopes: ['notes'], oauth: {} })
  await instance.auth.users.create(ADA)
})
afterAll(async () => {
  expect(instance.errors).toEqual([]) // what clients send at will does not fill the log
  await instance.close()
})

/** Sends the bytes of a request, and returns the answer as text. */
async function sendRaw(url: string, lines: readonly string[], body = ''): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.write([...lines, 'Connection: close', '', body].join('\r\n'))
  return text(socket)
}

const SERVERS = {
  ...FRAMEWORKS,
  server: (auth: Instance['auth']) => listen(createHttpServer(auth, ORIGIN)),
  node: (auth: Instance['auth']) => listen(createServer(toNodeHandler(auth))),
}

describe.each(Object.keys(SERVERS))('%s', (name) => {
  test('accepts request targets in absolute-form, whose host counts (RFC 9112 section 3.2.2)', async () => {
    const { url, stop } = await SERVERS[name as 'server'](instance.auth)
    onTestFinished(stop)
    for (const target of ['http://id.example.com/auth', 'http://x:8080/auth/?a=http://b/c', 'https://x/auth']) {
      const answer = await sendRaw(url, [`GET ${target} HTTP/1.1`, 'Host: other.example'])
      expect([target, answer]).toEqual([target, expect.stringMatching(/^HTTP\/1.1 200 [\s\S]*"cookieName"/)])
    }
    const missing = await sendRaw(url, ['GET http://x/auth/none HTTP/1.1', 'Host: x'])
    expect(missing).toMatch(/^HTTP\/1.1 404 [\s\S]*not_found/)
    const body = JSON.stringify(ADA)
    const head = ['Host: x', 'Content-Type: application/json', `Content-Length: ${body.length}`]
    const login = await sendRaw(url, ['POST http://x/auth/login HTTP/1.1', ...head], body)
    expect(login).toMatch(/^HTTP\/1.1 200 [\s\S]*"complete"/)
  })

  test('answers the paths at the root of the server, in every form', async () => {
    const { url, stop } = await SERVERS[name as 'server'](instance.auth)
    onTestFinished(stop)
    const path = '/.well-known/oauth-authorization-server/auth'
    for (const target of [path, `${path}/`, `${path}/?a=1`, `http://x${path}/`]) {
      const answer = await sendRaw(url, [`GET ${target} HTTP/1.1`, 'Host: x'])
      expect([target, answer]).toEqual([target, expect.stringMatching(/^HTTP\/1.1 200 [\s\S]*"issuer"/)])
    }
    expect(await sendRaw(url, [`GET ${path}/x HTTP/1.1`, 'Host: x'])).toMatch(/^HTTP\/1.1 404 /)
  })

  test('refuses transfer codings other than chunked with 501 (RFC 9112 section 6.1)', async () => {
    const { url, stop } = await SERVERS[name as 'server'](instance.auth)
    onTestFinished(stop)
    const body = JSON.stringify(ADA)
    const chunks = `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`
    const post = (...coding: string[]): Promise<string> =>
      sendRaw(
        url,
        [
          'POST /auth/login HTTP/1.1',
          'Host: x',
          'Content-Type: application/json',
          ...coding.map((c) => `Transfer-Encoding: ${c}`),
        ],
        chunks,
      )
    expect(await post('Chunked')).toMatch(/^HTTP\/1.1 200 /)
    for (const coding of [['gzip, chunked'], ['gzip', 'chunked'], ['x-other,chunked'], ['chunked, chunked']]) {
      expect([coding, await post(...coding)]).toEqual([coding, expect.stringMatching(/^HTTP\/1.1 (?:501|400) /)])
    }
    expect(await post('deflate, chunked')).toMatch(/^HTTP\/1.1 501 [\s\S]*unsupported_transfer_coding/)
  })
})

// With Hono, the listener of the application refuses such requests.
test.each(['express', 'fastify', 'koa', 'node', 'server'])(
  '%s answers HTTP/1.0 without a Host header, which only HTTP/1.1 needs (RFC 9112 section 3.2)',
  async (name) => {
    const { url, stop } = await SERVERS[name as 'server'](instance.auth)
    onTestFinished(stop)
    const ask = (version: string): Promise<string> => sendRaw(url, [`GET /auth/session HTTP/${version}`, 'Accept: */*'])
    expect(await ask('1.0')).toMatch(/^HTTP\/1.1 401 [\s\S]*unauthenticated/)
    expect(await ask('1.1')).toMatch(/^HTTP\/1.1 400 /)
  },
)

test('the server answers health and forward-auth to targets in absolute-form', async () => {
  const { url, stop } = await SERVERS.server(instance.auth)
  onTestFinished(stop)
  for (const path of ['/health/live', '/health/ready', '/health/ready/']) {
    expect(await sendRaw(url, [`GET http://x${path} HTTP/1.1`, 'Host: y'])).toMatch(/^HTTP\/1.1 200 [\s\S]*"ok"/)
  }
  expect(await sendRaw(url, ['GET http://x HTTP/1.1', 'Host: y'])).toMatch(/^HTTP\/1.1 303 /)
  // The host of the target replaces the header.
  const verify = [
    'GET http://localhost:3000/auth/verify?redirect=login HTTP/1.1',
    'Host: evil.example',
    'Accept: text/html',
  ]
  const answer = await sendRaw(url, [...verify, 'X-Forwarded-Method: GET', 'X-Forwarded-Uri: /notes'])
  expect(answer).toContain('/auth/login?next=%2Fnotes')
})

describe('HTTP/2, which has :authority and no Host', () => {
  async function ask(url: string, headers: Record<string, string>, body?: string): Promise<[number, string]> {
    const session = connectHttp2(url)
    const stream = session.request({ ...(body === undefined ? {} : { ':method': 'POST' }), ...headers })
    stream.end(body)
    const [answer] = (await once(stream, 'response')) as [Record<string, string | number>]
    const content = await text(stream)
    session.close()
    return [Number(answer[':status']), content]
  }

  async function check(url: string): Promise<void> {
    expect((await ask(url, { ':path': '/auth' }))[0]).toBe(200)
    const json = { 'content-type': 'application/json' }
    const [status, content] = await ask(url, { ':path': '/auth/login', ...json }, JSON.stringify(ADA))
    expect([status, JSON.parse(content).status]).toEqual([200, 'complete'])
    expect((await ask(url, { ':path': '/auth/session' }))[0]).toBe(401)
    expect((await ask(url, { ':path': '/auth', ':authority': 'one.example', host: 'other.example' }))[0]).toBe(400)
  }

  test('node:http2', async () => {
    const server = createHttp2Server(toNodeHandler(instance.auth)).listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => void server.close())
    await check(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  })

  test('Fastify with http2: true, its own routes too', async () => {
    const app = fastify({ http2: true })
    await app.register(forFastify.latchkey, { auth: instance.auth })
    app.get('/me', { onRequest: forFastify.requireAuth(instance.auth) as never }, async () => 'done')
    onTestFinished(() => app.close())
    const url = await app.listen({ host: '127.0.0.1', port: 0 })
    await check(url)
    expect((await ask(url, { ':path': '/me' }))[0]).toBe(401)
  })
})
