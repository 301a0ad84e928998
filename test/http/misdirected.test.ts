import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Instance, ORIGIN, PASSWORD, RINGS, startInstance } from '../support/rings.ts'

const SAME = { 'sec-fetch-site': 'same-origin' }

describe.each(RINGS.slice(0, 2))('a base URL that is not the origin of browsers (%s)', (ring) => {
  let instance: Instance
  beforeAll(async () => {
    instance = await startInstance(ring)
    await instance.auth.users.create({ email: 'ada@example.com', password: PASSWORD })
  })
  afterAll(() => instance.close())

  const login = (headers: Record<string, string>) =>
    instance.client().post('/auth/login', { email: 'ada@example.com', password: PASSWORD }, { ...SAME, ...headers })

  test.each([
    { origin: 'https://login.acme.example' },
    { origin: 'https://localhost:3000' },
    { origin: 'http://localhost:3001' },
    { 'x-forwarded-host': 'login.acme.example' },
    { 'x-forwarded-host': 'login.acme.example, localhost:3000' },
    { 'x-forwarded-host': 'localhost:3001' },
    { 'x-forwarded-proto': 'https' },
    { 'x-forwarded-proto': 'https, http' },
    { forwarded: 'for=192.0.2.60;proto=https;host=login.acme.example' },
    { forwarded: 'Host="login.acme.example:443"' },
    { origin: ORIGIN, 'x-forwarded-host': 'localhost:3000', 'x-forwarded-proto': 'HTTPS' },
  ])('CWE-1188: %j contradicts it: 421, on every method', async (headers: Record<string, string>) => {
    const { status, body, text, headers: answered } = await login(headers)
    expect([status, body.code, answered.getSetCookie()]).toEqual([421, 'misdirected', []])
    const name = Object.keys(headers).at(-1) ?? ''
    expect(body.detail.toLowerCase()).toContain(`the header ${name} names another origin`)
    expect(body.detail).toContain(ORIGIN)
    expect(text).not.toMatch(/acme|3001/)
    expect((await instance.client().get('/auth/session', { ...SAME, ...headers })).status).toBe(421)
  })

  test.each([
    { origin: ORIGIN },
    { origin: 'null' },
    { 'x-forwarded-host': 'localhost:3000', 'x-forwarded-proto': 'http' },
    { 'x-forwarded-host': 'localhost', 'x-forwarded-proto': 'ws' },
    { 'x-forwarded-host': '', forwarded: 'for=192.0.2.60' },
    { forwarded: 'for="[2001:db8::7]:443";host="localhost:3000";proto=http, for=10.0.0.1;host=inner' },
  ])('%j agrees with it: 200', async (headers: Record<string, string>) => {
    expect((await login(headers)).status).toBe(200)
  })

  test('without "same-origin" nothing changes: another origin is cross_origin, and a proxy may say what it wants', async () => {
    for (const site of ['cross-site', 'same-site']) {
      const { status, body } = await login({ 'sec-fetch-site': site, origin: 'https://evil.example' })
      expect([status, body.code]).toEqual([403, 'cross_origin'])
    }
    const forwarded = { 'sec-fetch-site': 'none', 'x-forwarded-host': 'login.acme.example' }
    expect((await login(forwarded)).status).toBe(200)
  })

  test('forward-auth takes the forwarded host of the application', async () => {
    const headers = { ...SAME, 'x-forwarded-host': 'app.acme.example', 'x-forwarded-proto': 'https' }
    expect((await instance.client().get('/auth/verify', headers)).status).toBe(401)
  })

  test('the log says it once, with the value', async () => {
    const own = await startInstance(ring)
    for (let count = 0; count < 3; count++)
      await own.client().get('/auth', { ...SAME, 'x-forwarded-host': `a${count}.example` })
    expect(own.errors.map(String)).toEqual([
      expect.stringMatching(/LATCHKEY_BASE_URL.*\(X-Forwarded-Host: a0\.example\)/),
    ])
    own.errors.length = 0
    await own.close()
  })
})
