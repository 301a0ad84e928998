import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Instance, PASSWORD, RINGS, startInstance } from '../support/rings.ts'

const EVIL_NEXT = [
  'https://evil.example/',
  '//evil.example',
  '/\\evil.example',
  '\\\\evil.example',
  'javascript:alert(1)',
  'data:text/html,x',
  'http:evil.example',
  '/\t/evil.example',
  'https://localhost:3000@evil.example/',
  'http://user:pw@localhost:3000/',
  'relative',
  '/.//evil.example',
  '/x/..//evil.example',
  '/%2e//evil.example',
  '\u0000//evil.example',
]

describe.each(RINGS)('forms of our pages (%s)', (ring) => {
  let instance: Instance
  beforeAll(async () => {
    instance = await startInstance(ring, { trustedOrigins: ['https://app.example.com'], scopes: ['read', 'write'] })
    await instance.auth.users.create({ email: 'ada@example.com', password: PASSWORD })
  })
  afterAll(() => instance.close())

  const credentials = { email: 'ada@example.com', password: PASSWORD }

  test('JSON sent without its media type, as curl -d does: the redirect says which header was forgotten', async () => {
    const body = JSON.stringify(credentials)
    for (const [path, outcome] of [
      ['login', 'refused (validation_failed)'],
      ['register', 'refused (validation_failed)'],
      ['logout', 'accepted'],
    ]) {
      const reply = await instance.client().form(`/auth/${path}`, { [body]: '' })
      expect(reply.status).toBe(303)
      const { text } = reply
      expect(text).toContain(outcome)
      expect(text).toContain('Content-Type: application/json')
      expect(text).not.toContain('ada@example.com')
    }
  })

  test('login: 303 with a cookie to the account, or to next', async () => {
    const client = instance.client()
    const reply = await client.form('/auth/login', { ...credentials, remember: 'on', next: '' })
    expect([reply.status, reply.headers.get('location')]).toEqual([303, '/auth/account'])
    expect(client.cookies.has('latchkey')).toBe(true)
    expect(reply.headers.getSetCookie()[0]).toContain('Max-Age=1209600')
    const next = await instance.client().form('/auth/login', { ...credentials, next: '/app?tab=1#x' })
    expect(next.headers.get('location')).toBe('/app?tab=1#x')
    const trusted = await instance.client().form('/auth/login', { ...credentials, next: 'https://app.example.com/in' })
    expect(trusted.headers.get('location')).toBe('https://app.example.com/in')
  })

  test.each(EVIL_NEXT)('next=%j does not redirect to another site', async (next) => {
    const reply = await instance.client().form('/auth/login', { ...credentials, next })
    expect(reply.headers.get('location')).toBe('/auth/account')
    const client = instance.client()
    await client.form('/auth/login', credentials)
    expect((await client.get(`/auth/login?next=${encodeURIComponent(next)}`)).headers.get('location')).toBe(
      '/auth/account',
    )
  })

  test('a refusal is 303 back to the form, which shows the reason once and keeps all input except the password', async () => {
    const client = instance.client()
    const reply = await client.form('/auth/login', {
      email: 'ada@example.com',
      password: 'wrong-password-typed',
      next: '/app',
    })
    expect([reply.status, reply.headers.get('location')]).toEqual([303, '/auth/login?next=%2Fapp#password'])
    const page = await client.get('/auth/login?next=%2Fapp')
    expect(page.text).toContain('That email and password do not match')
    expect(page.text).toContain('value="ada@example.com"')
    expect(page.text).toContain('name="next" value="/app"')
    expect(page.text).not.toContain('wrong-password-typed')
    expect((await client.get('/auth/login')).text).not.toContain('do not match')
  })

  test('the message cookie is accepted only with our signature', async () => {
    const client = instance.client()
    await client.form('/auth/login', { email: 'ada@example.com', password: 'wrong' })
    const [payload = '', signature = ''] = (client.cookies.get('latchkey-flash') ?? '').split('.')
    const forged = Buffer.from('{"problem":{"code":"x","detail":"call 555","errors":[]}}').toString('base64url')
    for (const value of [`${forged}.${signature}`, forged, `${payload}.`, `${payload}.${signature}.x`, 'x']) {
      const page = await instance.client().get('/auth/login', { cookie: `latchkey-flash=${value}` })
      expect(page.status).toBe(200)
      expect(page.text).not.toContain('role="alert"')
    }
  })

  test('register: errors appear beside their fields; success shows a greeting', async () => {
    const client = instance.client()
    await client.form('/auth/register', { email: 'new@example.com', password: 'short', name: 'N' })
    const page = await client.get('/auth/register')
    expect(page.text).toMatch(/id="password-error">.*Use at least 15 characters/)
    const done = await client.form('/auth/register', { email: 'new@example.com', password: PASSWORD, name: '' })
    expect(done.headers.get('location')).toBe('/auth/account')
    expect((await client.get('/auth/account')).text).toContain('Welcome!')
  })

  test.each([
    ['a field twice', 'email=a@example.com&password=x&password=y'],
    ['a malformed escape', 'email=%zz&password=x'],
    ['invalid UTF-8', 'email=%ff&password=x'],
    ['an unknown field', `email=ada@example.com&password=${encodeURIComponent(PASSWORD)}&role=admin`],
  ])('%s starts no session', async (_, body) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' }
    const client = instance.client()
    const reply = await client.request('/auth/login', { method: 'POST', headers, body })
    expect([reply.status, reply.headers.get('location')]).toEqual([303, '/auth/login'])
    expect(client.cookies.has('latchkey')).toBe(false)
  })

  test('a form of another site is 403, not a redirect', async () => {
    const reply = await instance.client().form('/auth/login', credentials, { 'sec-fetch-site': 'cross-site' })
    expect([reply.status, reply.body.code]).toEqual([403, 'cross_origin'])
  })

  test('the account page logs out one session, logs out all others, changes the password, and logs out (ASVS 7.4.4)', async () => {
    const email = `page-${ring.replaceAll(/\W+/g, '-')}@example.com`
    const client = instance.client()
    await client.form('/auth/register', { email, password: PASSWORD })
    const others = [instance.client(), instance.client(), instance.client()]
    for (const other of others) await other.form('/auth/login', { email, password: PASSWORD })
    const ids = [...(await client.get('/auth/account/devices')).text.matchAll(/name="id" value="([^"]+)"/g)].map(
      ([, id]) => id ?? '',
    )
    expect(ids).toHaveLength(3)
    const one = await client.form('/auth/account/end-session', { id: ids[0] ?? '' })
    expect(one.headers.get('location')).toBe('/auth/account/devices')
    expect((await client.get('/auth/account/devices')).text).toMatch(/(?:Unknown device|Node\.js) is logged out\./)
    expect((await client.get('/auth/account/devices/log-out-others')).text).toContain('2 other devices are logged in')
    await client.form('/auth/account/end-other-sessions', {})
    expect((await client.get('/auth/account/devices')).text).toContain('2 other devices are logged out.')
    for (const other of others) expect((await other.get('/auth/session')).status).toBe(401)
    const wrong = await client.form('/auth/password/change', {
      currentPassword: 'x',
      newPassword: 'another long password',
    })
    expect(wrong.headers.get('location')).toBe('/auth/account/security/password#currentPassword')
    expect((await client.get('/auth/account/security/password')).text).toMatch(
      /name="currentPassword"[^>]*aria-describedby="currentPassword-error" aria-invalid="true">/,
    )
    await client.form('/auth/password/change', { currentPassword: PASSWORD, newPassword: 'another long password' })
    expect((await client.get('/auth/account/security')).text).toContain('Your password is changed.')
    expect((await client.form('/auth/logout', {})).headers.get('location')).toBe('/auth/login')
    expect((await client.get('/auth/login')).text).toContain('You are logged out.')
    expect((await client.get('/auth/account/devices')).headers.get('location')).toBe(
      '/auth/login?next=%2Fauth%2Faccount%2Fdevices',
    )
  })

  test('the account page shows access tokens without their secrets, and revokes one', async () => {
    const email = `token-${ring.replaceAll(/\W+/g, '-')}@example.com`
    const client = instance.client()
    await client.form('/auth/register', { email, password: PASSWORD })
    expect((await client.get('/auth/account/tokens')).text).toContain('You have no access tokens.')
    const { body } = await client.post('/auth/tokens', { name: 'nightly <backup>', scopes: [] })
    const page = (await client.get('/auth/account/tokens')).text
    expect(page).toContain('nightly &lt;backup&gt;')
    expect(page).toContain(`…${body.accessToken.lastFour}`)
    expect(page).not.toContain(body.token)
    const { id } = body.accessToken
    expect(page).toContain(`href="/auth/account/tokens/revoke?id=${id}"`)
    const question = (await client.get(`/auth/account/tokens/revoke?id=${id}`)).text
    expect(question).toContain(`action="/auth/account/revoke-token"><input type="hidden" name="id" value="${id}">`)
    const other = instance.client()
    await other.form('/auth/login', credentials)
    expect((await other.get(`/auth/account/tokens/revoke?id=${id}`)).text).not.toContain('nightly')
    await other.form('/auth/account/revoke-token', { id })
    expect((await other.get('/auth/account/tokens')).text).toContain('We cannot find what you are looking for.')
    await client.form('/auth/account/revoke-token', { id })
    expect((await client.get('/auth/account/tokens')).text).toContain('The token “nightly &lt;backup&gt;” is revoked.')
    expect((await client.get('/auth/tokens')).body.tokens).toEqual([])
  })

  test('the account page creates an access token and shows its secret once', async () => {
    const email = `create-${ring.replaceAll(/\W+/g, '-')}@example.com`
    const client = instance.client()
    await client.form('/auth/register', { email, password: PASSWORD })
    const unknown = await client.form('/auth/account/create-token', { name: 'n', expires: '30', 'scope:root': 'on' })
    expect(unknown.headers.get('location')).toBe('/auth/account/tokens/new')
    const done = await client.form('/auth/account/create-token', { name: 'night', expires: '30', 'scope:read': 'on' })
    expect(done.headers.get('location')).toBe('/auth/account/tokens')
    expect(done.text).not.toContain('lkp_')
    expect(client.cookies.get('latchkey-flash')).not.toContain('lkp_')
    const [secret = ''] = /lkp_[\w-]+/.exec((await client.get('/auth/account/tokens')).text) ?? []
    const [token] = (await client.get('/auth/tokens')).body.tokens
    expect([token.name, token.scopes, token.lastFour]).toEqual(['night', ['read'], secret.slice(-4)])
    expect((await client.get('/auth/account/tokens')).text).not.toContain(secret)
    const verified = await instance.client().get('/auth/verify?scope=read', { authorization: `Bearer ${secret}` })
    expect(verified.status).toBe(204)
  })

  test('form-only routes do not accept JSON; a form without a session redirects to the login page (ASVS 3.5.2)', async () => {
    const client = instance.client()
    await client.post('/auth/login', credentials)
    expect((await client.post('/auth/account/end-session', { id: 'x' })).status).toBe(415)
    const reply = await instance.client().form('/auth/account/end-session', { id: 'x' })
    expect([reply.status, reply.headers.get('location')]).toEqual([303, '/auth/login?next=%2Fauth%2Faccount%2Fdevices'])
  })

  test('CWE-598: a page with a token in its URL sends no referrer, not even to its own origin (ASVS 3.4.5)', async () => {
    const policyOf = async (path: string): Promise<string | null> =>
      (await instance.client().get(path)).headers.get('referrer-policy')
    for (const path of ['password/reset', 'email/verify', 'email/change/confirm', 'email/change/undo']) {
      expect([path, await policyOf(`/auth/${path}?token=lkr_x`)]).toEqual([path, 'no-referrer'])
      expect([path, await policyOf(`/auth/${path}`)]).toEqual([path, 'same-origin'])
    }
    expect(await policyOf('/auth/register?invitation=lkv_x')).toBe('no-referrer')
    expect(await policyOf('/auth/register')).toBe('same-origin')
  })

  test('pages: strict CSP with a new nonce per page; values stay text (ASVS 1.1.2, 1.2.1, 1.3.7, 3.2.2, 3.4.3, 3.4.6, 3.4.8, 3.6.1)', async () => {
    const client = instance.client()
    const email = `xss-${ring.replaceAll(/\W+/g, '-')}@example.com`
    await client.post(
      '/auth/register',
      { email, password: PASSWORD, name: '<script>alert(1)</script>"\'{{7*7}}' },
      { 'user-agent': '<img src=x onerror=alert(2)>' },
    )
    expect((await client.get('/auth/account/devices')).text).not.toContain('<img')
    const [first, second] = [await client.get('/auth/account'), await client.get('/auth/account')]
    expect(first.text).not.toContain('<script>alert')
    expect(first.text).not.toContain('<img')
    expect(first.text).toContain('&lt;script&gt;')
    const policy = first.headers.get('content-security-policy') ?? ''
    expect(policy).toMatch(
      /^default-src 'none'; style-src 'nonce-[\w-]{22}'; script-src 'nonce-[\w-]{22}'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'$/,
    )
    expect(policy).not.toBe(second.headers.get('content-security-policy'))
    expect(first.headers.get('referrer-policy')).toBe('same-origin')
    expect(first.headers.get('cross-origin-opener-policy')).toBe('same-origin')
  })
})
