/* The server as a process of its own, over raw sockets and real signals. */

import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import { connect } from 'node:net'
import { networkInterfaces, setPriority, tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { PASSWORD } from './support/rings.ts'
import { type ServerProcess, startServerProcess } from './support/server-process.ts'

const directory = mkdtempSync(join(tmpdir(), 'latchkey-server-'))
afterAll(() => rmSync(directory, { recursive: true }))

/** Sends raw bytes; returns everything received until the server closes the connection. */
async function raw(port: number, request: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.write(request)
  return text(socket)
}

const get = (headers: string, line = 'GET /auth/session HTTP/1.1'): string =>
  `${line}\r\n${headers}Connection: close\r\n\r\n`

describe('latchkey serve', () => {
  let server: ServerProcess
  beforeAll(async () => {
    server = await startServerProcess({}, directory)
  })
  afterAll(() => server.end('SIGKILL'))

  test('prints the URL and three curl commands at the start', async () => {
    await vi.waitFor(() => expect(server.lines.join('\n')).toContain('Reference: '), { timeout: 20_000 })
    const greeting = server.lines.join('\n')
    expect(greeting).toContain('http://localhost:3000')
    expect(greeting.match(/^ {2}curl /gm)).toHaveLength(3)
  })

  test('threads that hash run at a lower priority than the thread that answers', async () => {
    setPriority(server.child.pid ?? 0, 3) // the thread that answers; the threads of the pool have a lower priority
    await server.client().post('/auth/login', { email: 'nobody@example.com', password: PASSWORD })
    const tasks = `/proc/${server.child.pid}/task`
    const niceness = new Map<string, Set<number>>()
    for (const id of readdirSync(tasks)) {
      const [, name = '', rest = ''] = /\((.*)\) (.*)/s.exec(readFileSync(`${tasks}/${id}/stat`, 'utf8')) ?? []
      const role = id === String(server.child.pid) ? 'main' : name
      niceness.set(role, (niceness.get(role) ?? new Set()).add(Number(rest.split(' ')[16]))) // proc(5): field 19
    }
    expect([...(niceness.get('main') ?? [])]).toEqual([3])
    expect([...(niceness.get('libuv-worker') ?? [])]).toEqual([13])
  })

  test('/ redirects to the login page, and the health routes report the state of the process', async () => {
    const client = server.client()
    expect((await client.get('/')).headers.get('location')).toBe('/auth/account')
    expect((await client.get('/auth/account')).headers.get('location')).toBe('/auth/login?next=%2Fauth%2Faccount')
    expect((await client.get('/health/live')).status).toBe(200)
    expect((await client.get('/health/ready')).body).toEqual({ status: 'ok' })
    expect((await client.post('/health/ready')).status).toBe(405)
    expect((await client.get('/elsewhere')).status).toBe(404)
  })

  test.each([
    ['two Host lines', get('Host: a\r\nHost: b\r\n'), 400],
    ['two Authorization lines', get('Host: a\r\nAuthorization: Basic x\r\nAuthorization: Basic y\r\n'), 400],
    ['no Host', get(''), 400],
    ['TRACE', get('Host: a\r\n', 'TRACE /auth/session HTTP/1.1'), 405],
    ['another Expect than 100-continue', get('Host: a\r\nExpect: x\r\n'), 417],
    ['CONNECT', get('Host: a\r\n', 'CONNECT example.com:443 HTTP/1.1'), 405],
    ['an unknown method', get('Host: a\r\n', 'FOO /auth/session HTTP/1.1'), 400],
    ['a malformed escape', get('Host: a\r\n', 'GET /auth/%zz HTTP/1.1'), 400],
    ['a malformed escape outside of /auth', get('Host: a\r\n', 'GET /%zz HTTP/1.1'), 400],
    ['a bad Host', get('Host: a b/c\r\n'), 400],
    ['headers over 16 KiB', get(`Host: a\r\nX-Big: ${'x'.repeat(17_000)}\r\n`), 431],
    [
      'Content-Length and Transfer-Encoding',
      'POST /auth/login HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
    ],
    [
      'two Content-Length',
      'POST /auth/login HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello',
      400,
    ],
    [
      'a bad chunk',
      'POST /auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n',
      400,
    ],
    ['no HTTP at all', 'hello\r\n\r\n', 400],
  ])(
    '%s is refused by the HTTP parser, with our headers (ASVS 3.4.4, 4.1.4, 4.2.1, 13.4.4)',
    async (_, request, status) => {
      const answer = await raw(server.port, request)
      expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
      if (status === 405 && request.startsWith('TRACE')) expect(answer).toMatch(/^allow: /im)
      expect(answer).toMatch(/x-content-type-options: nosniff/i)
      expect(answer).toMatch(/"type":"http:\/\/localhost:3000\/auth\/problems\/[a-z_]+"/)
    },
  )

  test('X-Forwarded-For is ignored without a trusted proxy (ASVS 4.1.3, 15.3.4)', async () => {
    const client = server.client()
    const { body } = await client.post(
      '/auth/register',
      { email: 'xff@example.com', password: PASSWORD },
      { 'x-forwarded-for': '203.0.113.9' },
    )
    expect(body.session.device.ip).toBe('127.0.0.1')
  })

  test('1 MB as a password is refused in under 50 ms', async () => {
    const client = server.client()
    const body = JSON.stringify({ email: 'a@example.com', password: 'x'.repeat(1_000_000) })
    await client.post('/auth/login', body)
    const durations = []
    for (let count = 0; count < 20; count++) {
      const startedAt = performance.now()
      expect((await client.post('/auth/login', body)).status).toBe(413)
      durations.push(performance.now() - startedAt)
    }
    expect(Math.min(...durations)).toBeLessThan(50)
  })

  test('the log is JSON lines with request ids, and contains no secret (ASVS 16.2.2, 16.2.4, 16.2.5)', async () => {
    const client = server.client()
    const { headers } = await client.post(
      '/auth/register',
      { email: 'log@example.com', password: 'canary in the coal mine' },
      { 'user-agent': 'x\u2028\u001b[31m'.replace('\u2028', ' ').replace('\u001b', ' ') },
    )
    const cookie = client.cookies.get('latchkey') ?? ''
    await client.get(`/auth/session?token=${cookie}`)
    await client.get('/auth/nowhere-canary')
    const log = server.lines.filter((line) => line.startsWith('{'))
    const entries = log.map((line) => JSON.parse(line))
    expect(entries.some(({ requestId, status }) => requestId === headers.get('x-request-id') && status === 201)).toBe(
      true,
    )
    expect(
      entries.some(({ event, requestId }) => event === 'user.created' && requestId === headers.get('x-request-id')),
    ).toBe(true)
    expect(log.join('\n')).not.toContain('canary')
    expect(log.join('\n')).not.toContain(cookie)
    for (const { time } of entries) expect(time).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
  })

  test('a client that disconnects while it sends a body does not cause an error', async () => {
    const head = 'POST /auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n'
    const socket = connect(server.port, '127.0.0.1')
    socket.write(`${head}Expect: 100-continue\r\n\r\n`)
    await once(socket, 'data')
    socket.write('{"email":')
    const before = server.lines.length
    socket.destroy()
    await vi.waitFor(() => expect(server.lines.slice(before).join('\n')).toContain('"status":400'), { timeout: 20_000 })
    expect(server.lines.filter((line) => line.includes('"level":50'))).toEqual([])
    expect((await server.client().get('/health/live')).status).toBe(200)
  })

  test('the development secret is created once, and only its owner can read it', () => {
    const file = join(directory, 'latchkey.db.secrets')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(Buffer.from(readFileSync(file, 'utf8').trim(), 'base64url')).toHaveLength(32)
  })
})

test('SIGTERM: a request in progress is completed, new ones are not accepted, exit code 0', async () => {
  const server = await startServerProcess({}, mkdtempSync(join(tmpdir(), 'latchkey-stop-')))
  const client = server.client()
  await client.post('/auth/register', { email: 'a@example.com', password: PASSWORD })
  const body = JSON.stringify({ email: 'a@example.com', password: PASSWORD })
  const socket = connect(server.port, '127.0.0.1')
  const head = [
    'POST /auth/login HTTP/1.1',
    'Host: localhost',
    'Content-Type: application/json',
    `Content-Length: ${body.length}`,
  ]
  socket.write(`${[...head, 'Expect: 100-continue'].join('\r\n')}\r\n\r\n`)
  const [interim] = await once(socket, 'data')
  expect(String(interim)).toContain('100 Continue') // the server has received the request
  const ended = server.end('SIGTERM')
  await vi.waitFor(() => expect(server.lines.at(-1)).toContain('"msg":"stopping"'), { timeout: 20_000 })
  await vi.waitFor(() => expect(client.get('/health/live')).rejects.toThrow(), { timeout: 20_000 })
  socket.write(body)
  expect(await text(socket)).toMatch(/^HTTP\/1.1 200 /)
  await ended
  expect(server.child.exitCode).toBe(0)
  expect(server.lines.at(-1)).toContain('"msg":"stopped"')
})

test('two processes on one file: a session revoked by one is refused by the other on its next request', async () => {
  const shared = mkdtempSync(join(tmpdir(), 'latchkey-two-'))
  const [one, two] = [await startServerProcess({}, shared), await startServerProcess({}, shared)]
  for (let round = 0; round < 50; round++) {
    const client = one.client()
    const email = 'ada@example.com'
    const { body } =
      round === 0
        ? await client.post('/auth/register', { email, password: PASSWORD })
        : await client.post('/auth/login', { email, password: PASSWORD })
    const cookie = `latchkey=${client.cookies.get('latchkey')}`
    const onTwo = two.client()
    expect((await onTwo.get('/auth/session', { cookie })).status).toBe(200)
    expect((await onTwo.get('/auth/session', { cookie })).status).toBe(200) // now in the cache
    await client.delete(`/auth/sessions/${body.session.id}`)
    expect((await onTwo.get('/auth/session', { cookie })).status).toBe(401)
  }
  await Promise.all([one.end('SIGTERM'), two.end('SIGTERM')])
})

describe('wrong settings of the server are refused at the start, with a reason (ASVS 11.2.3, 12.2.1)', () => {
  const cwd = mkdtempSync(join(tmpdir(), 'latchkey-config-'))
  const secret = randomBytes(32).toString('base64url')
  const patterns = [Buffer.alloc(32, 1), Buffer.alloc(48, 'changeme'), Buffer.alloc(32, '0123456789abcdef')]

  test.each([
    [{ LATCHKEY_BASEURL: 'http://localhost' }, 'LATCHKEY_BASEURL: there is no such setting'],
    [{ LATCHKEY_BASE_URL: 'http://example.com' }, 'use https'],
    [{ LATCHKEY_BASE_URL: 'nonsense' }, 'LATCHKEY_BASE_URL'],
    [{ NODE_ENV: 'production', LATCHKEY_BASE_URL: 'https://example.com' }, 'LATCHKEY_SECRETS'],
    ...['Production', 'prod', 'staging', 'dev', ' production'].map((name): [object, string] => [
      { NODE_ENV: name },
      'NODE_ENV: must be production, development or test',
    ]),
    ...['0.0.0.0', '::', '192.0.2.7', 'acme.example', '127.0.0.1.nip.io'].map((host): [object, string] => [
      { HOST: host },
      `HOST: other machines can reach ${host}, and NODE_ENV is not production`,
    ]),
    [{ HOST: '0.0.0.0', NODE_ENV: 'test' }, 'LATCHKEY_ALLOW_PUBLIC_DEVELOPMENT=1'],
    [{ LATCHKEY_ALLOW_PUBLIC_DEVELOPMENT: 'yes' }, 'LATCHKEY_ALLOW_PUBLIC_DEVELOPMENT: must be 1'],
    [{ LATCHKEY_SECRETS: 'short' }, 'LATCHKEY_SECRETS'],
    ...patterns.map((bytes): [object, string] => [
      {
        NODE_ENV: 'production',
        LATCHKEY_BASE_URL: 'https://example.com',
        LATCHKEY_SECRETS: `${secret},${bytes.toString('base64url')}`,
      },
      'is not random, but a short pattern',
    ]),
    [{ PORT: 'eighty' }, 'PORT'],
    [{ PORT: '0', LATCHKEY_BASE_URL: '' }, 'LATCHKEY_BASE_URL must say'],
    [{ DATABASE_URL: 'mysql://x' }, 'DATABASE_URL'],
    [{ LATCHKEY_TRUSTED_ORIGINS: 'https://a.example.com/path' }, 'LATCHKEY_TRUSTED_ORIGINS'],
    [{ LATCHKEY_TRUST_PROXY: '10.0.0.0/99' }, 'LATCHKEY_TRUST_PROXY: must be a number of proxies'],
    [{ LATCHKEY_REGISTRATION: 'maybe' }, 'LATCHKEY_REGISTRATION'],
    [{ REDIS_URL: 'localhost:6379' }, 'REDIS_URL: must be redis://'],
    [{ LATCHKEY_METRICS_PORT: 'x' }, 'LATCHKEY_METRICS_PORT'],
    [{ DATABASE_DIRECT_URL: 'sqlite:x' }, 'DATABASE_DIRECT_URL: must be postgres://'],
    [{ LATCHKEY_SESSION_TOKEN: 'jwt' }, 'must be opaque or sealed'],
    [{ LATCHKEY_SCOPES: 'read,a b' }, 'LATCHKEY_SCOPES'],
    [{ LATCHKEY_VERIFY_EMAIL: 'yes' }, 'must be required, optional or off'],
    [{ SMTP_URL: 'http://localhost' }, 'must be smtp://'],
    [{ DATABASE_URL: 'sqlite:app.db?mode=rwc' }, 'DATABASE_URL must not have a query'],
    [{ DATABASE_URL: 'sqlite:///app.db' }, 'DATABASE_URL is ambiguous'],
    [{ SMTP_URL: 'smtp://localhost', LATCHKEY_MAIL_FROM: 'nobody' }, 'LATCHKEY_MAIL_FROM'],
    [{ NODE_ENV: 'production', LATCHKEY_SECRETS: secret, LATCHKEY_VERIFY_EMAIL: 'required' }, 'needs a mailer'],
  ] as Record<string, string>[][] as [Record<string, string>, string][])('%j', async (env, reason) => {
    const error = await startServerProcess(env, cwd).catch((thrown: unknown) => String(thrown))
    expect(error).toContain('ended with 2')
    expect(error).toContain(reason)
  })

  test('CWE-489, CWE-1188: the development mailbox answers this machine only, also when the server is public (ASVS 13.4.2)', async () => {
    const env = { HOST: '0.0.0.0', LATCHKEY_ALLOW_PUBLIC_DEVELOPMENT: '1', NODE_ENV: 'development' }
    const server = await startServerProcess(env, cwd)
    const read = async (
      headers: Record<string, string>,
      host = '127.0.0.1',
      path = '/auth/dev/mail',
    ): Promise<number> => {
      const request = http.get({ host, port: server.port, path, headers })
      const [response] = (await once(request, 'response')) as [http.IncomingMessage]
      response.resume()
      return response.statusCode ?? 0
    }
    expect(await read({})).toBe(200)
    expect(await read({ host: 'localhost:3000' })).toBe(200)
    expect(await read({ accept: 'text/html' })).toBe(200)
    await server.client().post('/auth/register', { email: 'mailbox@example.com', password: PASSWORD })
    const { body } = await vi.waitFor(
      async () => {
        const answer = await server.client().get('/auth/dev/mail')
        expect(answer.body.mails).not.toEqual([])
        return answer
      },
      { timeout: 20_000 },
    )
    const [{ id, html }] = body.mails
    const shown = await server.client().get(`/auth/dev/mail/${id}`)
    expect([shown.status, shown.text]).toEqual([200, html])
    expect(shown.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'unsafe-inline';/)
    expect(await read({ host: 'id.acme.example' }, '127.0.0.1', `/auth/dev/mail/${id}`)).toBe(404)
    const proxied = { 'x-forwarded-for': '203.0.113.9', accept: 'text/html' }
    const statuses = [{ host: 'id.acme.example' }, proxied, { forwarded: 'for=203.0.113.9' }, { via: '1.1 acme' }].map(
      (each) => read(each),
    )
    const outer = Object.values(networkInterfaces())
      .flat()
      .find((each) => each?.internal === false && each.family === 'IPv4')
    if (outer !== undefined) statuses.push(read({ host: 'localhost' }, outer.address))
    expect(new Set(await Promise.all(statuses))).toEqual(new Set([404]))
    await server.end('SIGTERM')
  })

  test('production starts with secrets, uses https cookies and prints no greeting (ASVS 3.4.1)', async () => {
    const env = {
      NODE_ENV: 'production',
      LATCHKEY_BASE_URL: 'https://id.example.com/',
      LATCHKEY_SECRETS: `${secret},${secret}`,
      LATCHKEY_TRUSTED_ORIGINS: 'https://app.example.com,https://app.example.org',
      LATCHKEY_TRUST_PROXY: '0.0.0.0/0',
    }
    const server = await startServerProcess(env, cwd)
    const { headers } = await server.client().post('/auth/register', { email: 'a@example.com', password: PASSWORD })
    expect(headers.getSetCookie()[0]).toMatch(/^__Host-latchkey=lks_.*; Secure; SameSite=Lax$/)
    expect(headers.get('strict-transport-security')).toMatch(/max-age=31536000/)
    expect((await server.client().get('/')).headers.get('strict-transport-security')).toMatch(/max-age=31536000/)
    expect(server.lines.every((line) => line.startsWith('{'))).toBe(true)
    const warnings = server.lines.filter((line) => line.includes('"level":40')).join('\n')
    expect(warnings).toContain('SMTP_URL is not set')
    expect(warnings).toContain('The trusted origins https://app.example.org are on another site')
    expect(warnings).toContain('LATCHKEY_TRUST_PROXY) contains 0.0.0.0/0, so any client counts as a proxy')
    await server.end('SIGTERM')
  })

  test('SMTP_URL alone on localhost, and a URL of SQLite with two slashes: the server starts, its file in this directory', async () => {
    const own = mkdtempSync(join(tmpdir(), 'latchkey-forms-'))
    const env = { SMTP_URL: 'smtp://localhost:1025', DATABASE_URL: 'sqlite://own.db' }
    const server = await startServerProcess(env, own)
    expect(readdirSync(own)).toEqual(expect.arrayContaining(['own.db', 'own.db.secrets']))
    await server.end('SIGTERM')
  })

  test('latchkey.config.ts has the settings by name; the environment overrides it; a wrong key is named', async () => {
    const configured = mkdtempSync(join(tmpdir(), 'latchkey-file-'))
    writeFileSync(
      join(configured, 'latchkey.config.ts'),
      "export default { basePath: '/id', registration: 'closed' as const, siteName: 'Acme' }\n",
    )
    const closed = await startServerProcess({}, configured)
    expect((await closed.client().post('/id/register', { email: 'a@example.com', password: PASSWORD })).status).toBe(
      403,
    )
    expect((await closed.client().get('/id/login')).text).toContain('Acme')
    await closed.end('SIGTERM')
    const open = await startServerProcess({ LATCHKEY_REGISTRATION: 'open' }, configured)
    expect((await open.client().post('/id/register', { email: 'a@example.com', password: PASSWORD })).status).toBe(201)
    await open.end('SIGTERM')
    writeFileSync(join(configured, 'latchkey.config.ts'), 'export default {')
    await expect(startServerProcess({}, configured)).rejects.toThrow('cannot be loaded')
    for (const name of ['latchkey.config.mjs', 'latchkey.config.json', 'latchkey.config.cjs']) {
      writeFileSync(join(configured, name), 'export default {}')
      await expect(startServerProcess({}, configured)).rejects.toThrow(name) // one of them would be ignored
      rmSync(join(configured, name))
    }
    writeFileSync(join(configured, 'latchkey.config.ts'), "export default { basepath: '/id' }\n")
    await expect(startServerProcess({}, configured)).rejects.toThrow('basepath: there is no such setting')
  })
})
