import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Instance, PASSWORD, RINGS, startInstance } from '../support/rings.ts'

const EMAIL = 'ada@example.com'

describe.each(RINGS)('bad input (%s)', (ring) => {
  let instance: Instance
  beforeAll(async () => {
    instance = await startInstance(ring)
    await instance.auth.users.create({ email: EMAIL, password: PASSWORD })
  })
  afterAll(async () => {
    expect(instance.errors).toEqual([]) // no answer was 500
    await instance.close()
  })

  const login = (body: RequestInit['body'], headers: Record<string, string> = {}) =>
    instance.client().request('/auth/login', {
      method: 'POST',
      body: body ?? null,
      headers: { 'content-type': 'application/json', ...headers },
    })

  test.each([
    ['not JSON', '{"email":'],
    ['nothing', ''],
    ['a trailing comma', '{"email":"a@b.example",}'],
    ['a member twice', `{"email":"${EMAIL}","password":"x","password":"${PASSWORD}"}`],
    ['a member twice, escaped', `{"email":"${EMAIL}","password":"x","pass\\u0077ord":"${PASSWORD}"}`],
    ['a member twice, deep down', '{"email":{"a":1,"a":2},"password":"x"}'],
    ['a byte-order mark', `\ufeff{"email":"${EMAIL}","password":"x"}`],
    ['invalid UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d])],
    ['UTF-16', Buffer.from('{"email":"a","password":"b"}', 'utf16le')],
    ['an overlong encoding', Buffer.from([0x22, 0xc0, 0xaf, 0x22])],
    ['a surrogate in UTF-8', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])],
  ])('%s is 400 malformed_body', async (_, body) => {
    const reply = await login(body)
    expect(reply.status).toBe(400)
    expect(reply.body.code).toBe('malformed_body')
  })

  test.each([
    ['text/plain'],
    ['application/json; charset=utf-16'],
    ['application/json; charset=iso-8859-1'],
    ['application/xml'],
    ['multipart/form-data; boundary=x'],
    ['application/jsonp'],
    ['text/json'],
  ])('%s is 415', async (type) => {
    const reply = await login(`{"email":"${EMAIL}","password":"${PASSWORD}"}`, { 'content-type': type })
    expect(reply.status).toBe(415)
    expect(reply.body.code).toBe('unsupported_media_type')
  })

  test('no content type and a compressed body are 415 (ASVS 1.5.3, 3.5.2)', async () => {
    const blob = new Blob([`{"email":"${EMAIL}","password":"${PASSWORD}"}`])
    expect((await instance.client().request('/auth/login', { method: 'POST', body: blob })).status).toBe(415)
    expect((await login('x', { 'content-encoding': 'gzip' })).status).toBe(415)
  })

  test.each(['Charset="UTF-8"', 'charset=utf8', 'charset=unicode-1-1-utf-8'])('%s is accepted', async (charset) => {
    const body = `{"email":"${EMAIL}","password":"${PASSWORD}"}`
    expect((await login(body, { 'content-type': `Application/JSON; ${charset}` })).status).toBe(200)
  })

  test('a slash at the end of a path changes nothing', async () => {
    const client = instance.client()
    expect((await client.post('/auth/login/', { email: EMAIL, password: PASSWORD })).status).toBe(200)
    const [{ id }] = (await client.get('/auth/sessions/')).body.sessions
    for (const path of [
      '/auth/',
      '/auth/session/?x=1',
      '/auth/session/',
      '/auth/problems/not_found/',
      '/auth/account/',
    ])
      expect([path, (await client.get(path)).status]).toEqual([path, 200])
    expect((await client.get('/auth/session//')).status).toBe(404)
    const wrong = await client.request('/auth/login/', { method: 'PUT' })
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'POST, GET, HEAD, OPTIONS'])
    expect((await client.delete(`/auth/sessions/${id}/`)).status).toBe(204)
  })

  test('all problems of a body are told at once, those of its schema and those of its rules', async () => {
    const client = instance.client()
    const problems = async (path: string, body: object): Promise<string[]> => {
      const reply = await client.post(path, body)
      expect([path, reply.status]).toEqual([path, 422])
      return reply.body.errors.map(({ pointer }: { pointer: string }) => pointer).sort()
    }
    const user = { email: 'x@', password: 'too short', name: '' }
    expect(await problems('/auth/register', user)).toEqual(['#/email', '#/name', '#/password'])
    expect(await problems('/auth/register', { ...user, name: 5, extra: 1, more: 2 })).toEqual(
      ['#/email', '#/extra', '#/more', '#/name', '#/password'].sort(),
    )
    expect(await problems('/auth/register', { password: 'passwordpassword', x: 1 })).toEqual(
      ['#/email', '#/password', '#/x'].sort(),
    )
    const reset = { password: 'short', token: 5, x: 1 }
    expect(await problems('/auth/password/reset', reset)).toEqual(['#/password', '#/token', '#/x'])
    expect(await problems('/auth/email/verify', { newPassword: 'short', x: 1 })).toEqual(
      ['#/newPassword', '#/token', '#/x'].sort(),
    )
    await client.post('/auth/login', { email: EMAIL, password: PASSWORD })
    const change = { newPassword: `${EMAIL}${EMAIL}`, x: 1 }
    expect(await problems('/auth/password/change', change)).toEqual(['#/currentPassword', '#/newPassword', '#/x'])
    expect(await problems('/auth/email/change', { email: 'a b', x: 1 })).toEqual(['#/email', '#/x'])
    expect(await problems('/auth/email/change', { email: EMAIL, x: 1 })).toEqual(['#/email', '#/x'])
    const passkey = { email: 'x@', name: '', x: 1 }
    expect(await problems('/auth/register/passkey/options', passkey)).toEqual(['#/email', '#/name', '#/x'])
    expect(await problems('/auth/register/passkey', passkey)).toEqual(['#/credential', '#/email', '#/name', '#/x'])
    const token = { name: 'a', scopes: ['no such scope'], expiresAt: '2020-01-01T00:00:00Z' }
    expect(await problems('/auth/tokens', token)).toEqual(['#/expiresAt', '#/scopes'])
    expect(await problems('/auth/tokens', { ...token, name: '', scopes: ['x', 5], x: 1 })).toEqual(
      ['#/expiresAt', '#/name', '#/scopes/1', '#/x'].sort(),
    )
    const form = await client.form('/auth/register', { email: 'x@', password: 'short', name: '\n' })
    expect([form.status, form.headers.get('location')]).toEqual([303, expect.stringContaining('/auth/register')])
  })

  test('a password of 1 MB is 413 without hashing, and so is a body of 16 KiB plus one byte', async () => {
    const big = JSON.stringify({ email: EMAIL, password: 'x'.repeat(1_000_000) })
    const reply = await login(big)
    expect(reply.status).toBe(413)
    expect(reply.body.code).toBe('body_too_large')
    expect((await login('x'.repeat(16 * 1024 + 1))).status).toBe(413)
    expect((await login('x'.repeat(16 * 1024))).status).toBe(400)
  })

  test('a body without a length is counted while it is read', async () => {
    const stream = new ReadableStream({
      pull(controller) {
        controller.enqueue(new Uint8Array(8 * 1024))
      },
    })
    const init = { method: 'POST', body: stream, duplex: 'half', headers: { 'content-type': 'application/json' } }
    expect((await instance.client().request('/auth/login', init as RequestInit)).status).toBe(413)
  })

  test.each([
    ['an array', []],
    ['null', null],
    ['a string', 'x'],
    ['a number', 1],
  ])('%s as a body is 422', async (_, body) => {
    const reply = await login(JSON.stringify(body))
    expect(reply.status).toBe(422)
    expect(reply.body.errors).toEqual([{ pointer: '#', detail: 'Must be of type object.' }])
  })

  test.each([[['x']], [1], [{ a: 1 }], [true], [null]])('a password that is %j is 422', async (password) => {
    const reply = await login(JSON.stringify({ email: EMAIL, password }))
    expect(reply.status).toBe(422)
    expect(reply.body.errors).toEqual([{ pointer: '#/password', detail: 'Must be of type string.' }])
  })

  test('a missing, empty or over-long password is 422 (ASVS 2.2.2)', async () => {
    expect((await login(JSON.stringify({ email: EMAIL }))).body.errors).toEqual([
      { pointer: '#/password', detail: 'Required.' },
    ])
    expect((await login(JSON.stringify({ email: EMAIL, password: '' }))).status).toBe(422)
    expect((await login(JSON.stringify({ email: EMAIL, password: 'x'.repeat(1_025) }))).status).toBe(422)
    expect((await login(JSON.stringify({ email: EMAIL, password: 'x'.repeat(1_024) }))).status).toBe(401)
  })

  test.each([
    '__proto__',
    'constructor',
    'role',
    'id',
    'emailVerified',
    'isAdmin',
    'createdAt',
    'a/b~c',
    'x'.repeat(500),
  ])('an unknown member %s at register is 422 and changes nothing (ASVS 15.3.3, 15.3.6)', async (name) => {
    const body = `{"email":"new@example.com","password":"${PASSWORD}",${JSON.stringify(name)}:{"polluted":true}}`
    const reply = await instance.client().post('/auth/register', body)
    expect(reply.status).toBe(422)
    expect(reply.body.errors).toHaveLength(1)
    expect(reply.body.errors[0].pointer.length).toBeLessThan(80)
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
    expect(await instance.auth.users.find('new@example.com')).toBeNull()
  })

  test('a pointer escapes the characters that JSON pointers and URIs require', async () => {
    const reply = await instance.client().post('/auth/login', { email: EMAIL, password: 'x', 'a/b~c d': 1 })
    expect(reply.body.errors[0].pointer).toBe('#/a~1b~0c%20d')
  })

  test('PATCH /user accepts a name and nothing else (ASVS 8.2.3, 15.3.3)', async () => {
    const client = instance.client()
    await client.post('/auth/login', { email: EMAIL, password: PASSWORD })
    expect((await client.patch('/auth/user', { name: '  Ada Lovelace ' })).body.user.name).toBe('Ada Lovelace')
    expect((await client.get('/auth/session')).body.user.name).toBe('Ada Lovelace')
    expect((await client.patch('/auth/user', { name: null })).body.user.name).toBeNull()
    for (const body of [
      { emailVerified: true },
      { id: 'x' },
      { name: 'x', role: 'admin' },
      {},
      { name: 'a\nb' },
      { name: '' },
      { name: 'x'.repeat(101) },
      { name: '\ud800' },
      // CWE-1007
      { name: '\u200b' },
      { name: 'Ada\u200b' },
      { name: '\u200d\u200d' },
      { name: '\u3164' },
      { name: 'Ada\u{e0041}\u{e0042}' },
      { name: '\u0301' },
      { name: 7 },
    ]) {
      expect((await client.patch('/auth/user', body)).status).toBe(422)
    }
  })

  test.each([
    ['too short', 'fourteen chars'],
    ['the email', 'ada-lovelace@example.com'],
    ['the site', 'localhost localhost 1'],
    ['a lone surrogate', 'correct horse battery \ud800'],
  ])('register refuses a password that is %s', async (_, password) => {
    const reply = await instance.client().post('/auth/register', { email: 'ada-lovelace@example.com', password })
    expect(reply.status).toBe(422)
    expect(reply.body.errors[0].pointer).toBe('#/password')
  })

  test.each([
    '',
    'x',
    'a@b',
    '@example.com',
    'a@',
    'a b@example.com',
    'a@@example.com',
    'a\u0000@example.com',
    'a@exam\u212Aple.com',
    '\u212A@example.com',
    'a@1.2.3.4',
    '"a b"@example.com',
    'a@-x.com',
    `${'x'.repeat(250)}@example.com`,
    'a@example.com,b@example.com',
    'a@x\r\nBcc: b@example.com',
  ])('register refuses the email %j', async (email) => {
    const reply = await instance.client().post('/auth/register', { email, password: PASSWORD })
    expect(reply.status).toBe(422)
    expect(reply.body.errors).toEqual([{ pointer: '#/email', detail: expect.any(String) }])
  })

  test('values that were sent are never echoed (ASVS 16.5.1)', async () => {
    const canary = 'canary-9f8e7d<script>'
    const replies = await Promise.all([
      instance.client().post('/auth/login', { email: canary, password: canary }),
      instance.client().post('/auth/register', { email: canary, password: canary }),
      instance.client().post('/auth/login', { email: [canary], password: { canary } }),
      instance.client().get(`/auth/${encodeURIComponent(canary)}`),
      instance.client().get(`/auth/problems/${encodeURIComponent(canary)}`),
      instance.client().get('/auth/session', { cookie: `latchkey=${canary}` }),
      instance.client().get(`/auth/login?next=${encodeURIComponent(canary)}`),
    ])
    for (const reply of replies)
      expect(`${reply.text}${JSON.stringify([...reply.headers])}`).not.toContain('canary-9f8e7d')
  })

  test('paths: a malformed escape is 400, an unknown one 404, another method 405 with Allow (ASVS 3.5.3, 4.1.4, 14.2.5)', async () => {
    const client = instance.client()
    for (const path of ['/auth/%zz', '/auth/sessions/%', '/auth/%C0%AF', '/auth/login%E0%A4']) {
      const reply = await client.get(path)
      expect([path, reply.status, reply.body.code]).toEqual([path, 400, 'bad_request'])
    }
    for (const path of ['/auth/nothing', '/auth/session;.js', '/auth/session.css', '/auth//session', '/auth/SESSION']) {
      expect([path, (await client.get(path)).status]).toEqual([path, 404])
    }
    const reply = await client.request('/auth/session', { method: 'PUT' })
    expect([reply.status, reply.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS'])
    for (const path of ['/auth/logout', '/auth/password/change', '/auth/reauthenticate']) {
      for (const method of ['GET', 'HEAD', 'DELETE']) expect((await client.request(path, { method })).status).toBe(405)
    }
    expect((await client.request('/auth/login', { method: 'DELETE' })).headers.get('allow')).toBe(
      'POST, GET, HEAD, OPTIONS',
    )
  })

  test('every answer has the headers of the contract, refusals too (ASVS 3.2.1, 3.4.4, 3.5.8, 14.2.2, 14.3.2)', async () => {
    const client = instance.client()
    const replies = await Promise.all([
      client.get('/auth'),
      client.get('/auth/session'),
      client.get('/auth/nothing'),
      client.get('/auth/%zz'),
      client.post('/auth/login', '{'),
      client.request('/auth/session', { method: 'PUT' }),
      client.get('/auth/login'),
      client.request('/auth/session', { method: 'OPTIONS' }),
    ])
    for (const { headers, status } of replies) {
      expect(headers.get('cache-control')).toBe('no-store')
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('cross-origin-resource-policy')).toBe('same-origin')
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
      expect(headers.get('server') ?? headers.get('x-powered-by')).toBeNull()
      if (status >= 400) expect(headers.get('content-type')).toBe('application/problem+json')
    }
  })

  test('each problem type answers with its documentation', async () => {
    const { body } = await instance.client().get('/auth/session')
    const documentation = await instance.client().get(new URL(body.type).pathname)
    expect(documentation.body).toMatchObject({
      code: 'unauthenticated',
      status: 401,
      when: expect.any(String),
      next: expect.any(String),
    })
    const page = await instance.client().get(new URL(body.type).pathname, { accept: 'text/html' })
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
  })
})
