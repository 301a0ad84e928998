import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Instance, ORIGIN, PASSWORD, RINGS, startInstance } from '../support/rings.ts'

const TRUSTED = 'https://app.example.com'

describe.each(RINGS)('requests of other origins (%s) (ASVS 3.7.5)', (ring) => {
  let instance: Instance
  beforeAll(async () => {
    instance = await startInstance(ring, { trustedOrigins: [TRUSTED] })
    await instance.auth.users.create({ email: 'ada@example.com', password: PASSWORD })
  })
  afterAll(() => instance.close())

  const login = (headers: Record<string, string>) =>
    instance.client().post('/auth/login', { email: 'ada@example.com', password: PASSWORD }, headers)

  test.each([
    [{ 'sec-fetch-site': 'same-origin' }, 200],
    [{ 'sec-fetch-site': 'none' }, 200],
    [{ 'sec-fetch-site': 'cross-site', origin: TRUSTED }, 200],
    [{ 'sec-fetch-site': 'same-site', origin: TRUSTED }, 200],
    [{ origin: ORIGIN }, 200],
    [{ origin: TRUSTED }, 200],
    [{}, 200],
    [{ 'sec-fetch-site': 'cross-site' }, 403],
    [{ 'sec-fetch-site': 'same-site' }, 403],
    [{ 'sec-fetch-site': 'cross-site', origin: ORIGIN }, 403],
    [{ 'sec-fetch-site': 'nonsense' }, 403],
    [{ origin: 'null' }, 403],
    [{ origin: 'http://localhost:3001' }, 403],
    [{ origin: 'https://localhost:3000' }, 403],
    [{ origin: 'http://localhost' }, 403],
    [{ origin: 'https://app.example.com.evil.example' }, 403],
    [{ origin: 'https://evil-app.example.com' }, 403],
    [{ origin: 'https://app.example.com:8443' }, 403],
  ] as const)('%j: %i', async (headers, status) => {
    const reply = await login(headers)
    expect(reply.status).toBe(status)
    if (status === 403) {
      expect(reply.body.code).toBe('cross_origin')
      expect(reply.body.detail).toContain('sec-fetch-site' in headers ? 'Sec-Fetch-Site' : 'Origin')
      expect(reply.headers.getSetCookie()).toEqual([])
    }
  })

  test('every unsafe method of every route is protected, and nothing happens (ASVS 3.5.1, 7.6.2)', async () => {
    const client = instance.client()
    await client.post('/auth/login', { email: 'ada@example.com', password: PASSWORD })
    const { paths } = (await client.get('/auth/openapi.json')).body as {
      paths: Record<string, Record<string, unknown>>
    }
    const unsafe = Object.entries(paths).flatMap(([path, operations]) =>
      Object.keys(operations)
        .filter((method) => method !== 'get')
        .map((method) => [method, path] as const),
    )
    expect(unsafe.length).toBeGreaterThan(8)
    for (const [method, path] of unsafe) {
      for (const type of ['application/json', 'application/x-www-form-urlencoded', 'text/plain']) {
        const reply = await client.request(`${path.replace('{id}', '00000000-0000-7000-8000-000000000000')}`, {
          method: method.toUpperCase(),
          headers: { 'sec-fetch-site': 'cross-site', 'content-type': type },
          body: '{}',
        })
        expect([method, path, type, reply.status]).toEqual([method, path, type, 403])
      }
    }
    expect((await client.get('/auth/session')).status).toBe(200)
  })

  test('CORS with credentials is allowed for a trusted origin, exact match only (ASVS 3.4.2)', async () => {
    const allowed = await instance.client().get('/auth/session', { origin: TRUSTED })
    expect(allowed.headers.get('access-control-allow-origin')).toBe(TRUSTED)
    expect(allowed.headers.get('access-control-allow-credentials')).toBe('true')
    expect(allowed.headers.get('vary')).toContain('Origin')
    for (const origin of [
      'null',
      'https://evil.example',
      `${TRUSTED}.evil.example`,
      `${TRUSTED}:444`,
      'http://app.example.com',
      TRUSTED.toUpperCase(),
    ]) {
      const refused = await instance.client().get('/auth/session', { origin })
      expect([origin, refused.headers.get('access-control-allow-origin')]).toEqual([origin, null])
    }
  })

  test.each([
    ['sentry-trace,baggage', ['sentry-trace', 'baggage']],
    ['content-type, traceparent, tracestate', ['content-type', 'traceparent', 'tracestate']],
    ['X-Requested-With', ['x-requested-with']],
    ['b3,x-b3-traceid,x-datadog-origin,newrelic,x-amzn-trace-id', ['b3', 'x-datadog-origin', 'newrelic']],
    ['cache-control,pragma,x-csrf-token,if-none-match', ['pragma', 'x-csrf-token']],
  ])('a preflight of a trusted origin that asks for %s passes', async (names, expected) => {
    const preflight = async (origin: string) => {
      const headers = { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': names }
      const { headers: answer } = await instance.client().request('/auth/session', { method: 'OPTIONS', headers })
      return answer.get('access-control-allow-headers')
    }
    expect((await preflight(TRUSTED))?.toLowerCase().split(', ')).toEqual(expect.arrayContaining(expected))
    expect(await preflight('https://evil.example')).toBeNull()
  })

  test('a preflight allows no header that carries another credential or speaks for a proxy, and no nonsense', async () => {
    const names = [
      'authorization',
      'Proxy-Authorization',
      'cookie',
      'host',
      'DPoP',
      'latchkey-session',
      'Latchkey-Attempt',
      'x-forwarded-for',
      'X-Real-IP',
      'forwarded',
      'x-http-method-override',
      '*',
      'a b',
      '',
      'x'.repeat(65),
      ...Array.from({ length: 100 }, (_, index) => `x-many-${index}`),
    ]
    const { headers } = await instance.client().request('/auth/login', {
      method: 'OPTIONS',
      headers: { origin: TRUSTED, 'access-control-request-headers': names.join(',') },
    })
    const allowed = headers.get('access-control-allow-headers')?.split(', ') ?? []
    expect(allowed).toHaveLength(33)
    expect(allowed.slice(0, 3)).toEqual(['Content-Type', 'x-many-0', 'x-many-1'])
  })

  test('a preflight is answered for a trusted origin only (ASVS 3.5.2)', async () => {
    const preflight = (origin: string) =>
      instance
        .client()
        .request('/auth/login', { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST' } })
    const allowed = await preflight(TRUSTED)
    expect(allowed.status).toBe(204)
    expect(allowed.headers.get('access-control-allow-methods')).toContain('POST')
    expect(allowed.headers.get('access-control-allow-headers')).toBe('Content-Type')
    const refused = await preflight('https://evil.example')
    expect(refused.headers.get('access-control-allow-origin')).toBeNull()
    expect(refused.headers.get('access-control-allow-methods')).toBeNull()
  })
})

describe('apps whose pages have a scheme of their own', () => {
  const APPS = [
    'capacitor://localhost',
    'ionic://localhost',
    'tauri://localhost',
    'chrome-extension://abcdefghijklmnopabcdefghijklmnop',
    'moz-extension://6f0c4b1e-3c1f-4d7a-9d3e-0f6e0d1c2b3a',
    'app://com.example.notes',
    'safari-web-extension://3B0C1B5B-1E3E-4B6D-9C7A-0F6E0D1C2B3A',
    'app://-',
    'vscode-webview://0abc',
  ]

  test.each(APPS)('%s can be a trusted origin, and no other app is', async (origin) => {
    const instance = await startInstance('handler', { trustedOrigins: [origin] })
    const get = async (from: string) =>
      (await instance.client().get('/auth', { origin: from })).headers.get('access-control-allow-origin')
    expect(await get(origin)).toBe(origin)
    expect([await get('null'), await get(`${origin}x`), await get(origin.replace('://', '2://'))]).toEqual([
      null,
      null,
      null,
    ])
    const logout = (from: string) => instance.client().post('/auth/logout', undefined, { origin: from })
    expect([(await logout(origin)).status, (await logout('null')).status]).toEqual([204, 403])
    await instance.close()
  })

  test.each([
    'null',
    'file://',
    'file://localhost',
    'capacitor://',
    'capacitor:localhost',
    'capacitor://localhost/',
    'Capacitor://localhost',
    'chrome-extension://*',
    'javascript://localhost',
    'data://x',
    'wss://app.example.com',
    'capacitor://user@localhost',
    'tauri://localhost?x',
  ])('%s is refused as a trusted origin', async (origin) => {
    await expect(startInstance('handler', { trustedOrigins: [origin] })).rejects.toThrow('trustedOrigins.0')
  })
})
