/* ASVS 2.2.1: input that does not match the schema gets 4xx; no input gets 500. */
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Instance, ORIGIN, PASSWORD, startInstance } from '../support/rings.ts'

let instance: Instance
let cookie: string
beforeAll(async () => {
  instance = await startInstance('handler')
  const client = instance.client()
  await client.post('/auth/register', { email: 'ada@example.com', password: PASSWORD })
  cookie = `latchkey=${client.cookies.get('latchkey')}`
})
afterAll(() => instance.close())

const ROUTES = ['/auth/login', '/auth/register', '/auth/reauthenticate', '/auth/password/change', '/auth/user'] as const
const MEMBERS = ['email', 'password', 'name', 'remember', 'currentPassword', 'newPassword', '__proto__', 'x'] as const

/** Objects with known members and random values, and random JSON. Passwords stay wrong or too short. */
const bodies = fc.oneof(
  fc.dictionary(fc.constantFrom(...MEMBERS), fc.oneof(fc.jsonValue(), fc.string({ unit: 'binary', maxLength: 14 }))),
  fc.jsonValue(),
)

test('any JSON at any route gets 4xx, changes nothing, and reports no error (ASVS 2.2.1, 15.3.5)', async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...ROUTES), bodies, async (path, body) => {
      const isNaming = path === '/auth/user'
      if (isNaming && typeof body === 'object' && body !== null && Object.keys(body).join() === 'name') return
      const init = { method: isNaming ? 'PATCH' : 'POST', headers: { cookie, 'content-type': 'application/json' } }
      const reply = await instance.client().request(path, { ...init, body: JSON.stringify(body) })
      expect(reply.status).toBeGreaterThanOrEqual(400)
      expect(reply.status).toBeLessThan(500)
      expect(reply.headers.get('content-type')).toBe('application/problem+json')
    }),
    { numRuns: 400 },
  )
  expect(instance.errors).toEqual([])
  expect(await instance.auth.users.list()).toHaveLength(1)
  expect((await instance.client().get('/auth/session', { cookie })).status).toBe(200)
})

test('any path, method and header gets a status below 500', async () => {
  const path = fc
    .array(fc.constantFrom('/', 'auth', 'login', 'session', 'sessions', '%', '%00', '%2e', '..', ';', '?', 'x', 'é'))
    .map((parts) => `/auth/${parts.join('')}`)
  const header = fc.stringMatching(/^[\x20-\x7e]{0,80}$/)
  await fc.assert(
    fc.asyncProperty(
      path,
      fc.constantFrom('GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'FOO'),
      header,
      header,
      async (url, method, a, b) => {
        const headers = { cookie: a, authorization: b, origin: a, accept: b, 'user-agent': a, 'x-forwarded-for': b }
        expect((await instance.client().request(url, { method, headers })).status).toBeLessThan(500)
      },
    ),
    { numRuns: 500 },
  )
  expect(instance.errors).toEqual([])
})

test('for any headers of a proxy, forward-auth answers and never redirects to another site', async () => {
  const value = fc.oneof(
    fc.string({ maxLength: 40 }).map((text) => text.trim()),
    fc.constantFrom(
      'GET',
      'POST',
      'localhost:3000',
      'evil.example',
      '/a?b=c',
      '//evil.example',
      '/\\evil.example',
      '/.//evil.example',
    ),
  )
  await fc.assert(
    fc.asyncProperty(value, value, value, fc.boolean(), async (method, host, uri, isLoggedIn) => {
      const told = { 'x-forwarded-method': method, 'x-forwarded-host': host, 'x-forwarded-uri': uri }
      const headers = { ...told, accept: 'text/html', ...(isLoggedIn ? { cookie } : {}) }
      const reply = await instance.client().get('/auth/verify?redirect=login', headers)
      const isSafe = ['GET', 'HEAD', 'OPTIONS'].includes(method)
      expect(reply.status).toBe(isLoggedIn ? 204 : isSafe ? 303 : 401)
      const location = reply.headers.get('location')
      if (location === null) return
      const next = new URL(location).searchParams.get('next') ?? '/'
      expect([new URL(location).origin, new URL(next, location).origin]).toEqual([ORIGIN, ORIGIN])
    }),
    { numRuns: 400 },
  )
  expect(instance.errors).toEqual([])
})
