/* latchkey/testing works as docs/testing.md describes. */
import { expect, test, vi } from 'vitest'
import { MINUTE_MS } from '../src/kernel/clock.ts'
import { github } from '../src/providers.ts'
import { createTestKit } from '../src/testing.ts'
import { mailTo, tokenIn } from './support/caught-mails.ts'

const ORIGIN = 'http://localhost:3000'
const requestWith = (cookie: string): Request => new Request(`${ORIGIN}/me`, { headers: { cookie } })

test('one line logs a new user in, each time a different one', async () => {
  await using kit = await createTestKit()
  const [ada, adaElsewhere] = [await kit.logIn(), await kit.logIn()]
  const bob = await kit.logIn('bob@example.com', { name: 'Bob', password: 'another good password' })
  expect(await kit.auth.authenticate(requestWith(ada.cookie))).toMatchObject({ user: { email: 'ada@example.com' } })
  expect(await kit.auth.authenticate(requestWith(bob.cookie))).toMatchObject({ user: { id: bob.user.id, name: 'Bob' } })
  expect(adaElsewhere.user.id).toBe(ada.user.id)
  expect(await kit.auth.sessions.list(ada.user.id)).toHaveLength(2)
  expect(ada.browserCookies.find(({ name }) => name === 'latchkey')).toMatchObject({ url: ORIGIN, secure: false })
  expect(kit.errors).toEqual([])
})

test('the clock stands still until it is moved', async () => {
  await using kit = await createTestKit()
  const { cookie } = await kit.logIn()
  await kit.auth.require(requestWith(cookie), { fresh: true })
  kit.advance(11 * MINUTE_MS)
  await expect(kit.auth.require(requestWith(cookie), { fresh: true })).rejects.toThrow('reauthentication_required')
  kit.advance(24 * 60 * MINUTE_MS)
  expect(await kit.auth.authenticate(requestWith(cookie))).toBe(null)
})

test('emails, events and statements are recorded', async () => {
  await using kit = await createTestKit()
  const { cookie, user } = await kit.logIn()
  expect(await kit.countStatements(() => kit.auth.authenticate(requestWith(cookie)))).toBe(1)
  expect(await kit.countStatements(() => kit.auth.authenticate(requestWith(cookie)))).toBe(0)
  await kit.auth.handler(
    new Request(`${ORIGIN}/auth/password/forgot`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: user.email }),
    }),
  )
  expect(tokenIn(await kit.waitForMail(mailTo(user.email, '/password/reset')))).toMatch(/^lkr_/)
  expect(kit.mails.map(({ to }) => to)).toContain(user.email)
  expect(kit.events.map(({ type }) => type)).toContain('user.created')
})

test('codes of an authenticator app and of a login email are one line each', async () => {
  await using kit = await createTestKit({ emailLogin: 'on' })
  const { cookie, user } = await kit.logIn()
  const post = (path: string, body: object, cookies = ''): Promise<Response> =>
    kit.auth.handler(
      new Request(`${ORIGIN}/auth${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', cookie: cookies },
        body: JSON.stringify(body),
      }),
      { remoteAddress: '127.0.0.1' },
    )
  const { secret } = (await (await post('/totp', {}, cookie)).json()) as { readonly secret: string }
  expect((await post('/totp/confirm', { code: await kit.totpCode(secret) }, cookie)).status).toBe(200)
  const begun = await post('/login/email', { email: user.email })
  const attempt = begun.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ')
  const half = await post('/login/email/confirm', { code: await kit.emailCode(user.email) }, attempt)
  expect([half.status, await half.json()]).toMatchObject([200, { status: 'step_required' }])
  kit.advance(30_000)
  expect((await post('/login/totp', { code: await kit.totpCode(secret) }, attempt)).status).toBe(200)
  await expect(kit.totpCode(undefined as never)).rejects.toThrow('must be a string')
})

test('is refused in production, because with its clock nothing would expire', async () => {
  vi.stubEnv('NODE_ENV', 'production')
  await expect(createTestKit({ baseUrl: 'https://example.com' })).rejects.toThrow(
    'latchkey/testing is not for production',
  )
  vi.unstubAllEnvs()
})

test('works with the settings of the application, and names the setting that prevents a login', async () => {
  await using kit = await createTestKit({
    baseUrl: 'https://app.example.com',
    basePath: '/api/auth',
    registration: 'closed',
    verifyEmail: 'required',
  })
  const { browserCookies, user } = await kit.logIn()
  expect(browserCookies[0]).toMatchObject({ name: '__Host-latchkey', secure: true, url: 'https://app.example.com' })
  await kit.auth.users.disable(user.id)
  await expect(kit.logIn()).rejects.toThrow('ada@example.com could not be logged in: 401')
})

test('all providers of the options are in memory: an account there logs in', async () => {
  await using kit = await createTestKit({ providers: [github({ clientId: 'id', clientSecret: 'secret' })] })
  const first = await kit.logInWith('github', { subject: '1', email: 'ada@example.com', emailVerified: true })
  expect(first).toMatchObject({ location: '/auth/account', user: { email: 'ada@example.com', emailVerified: false } })
  const again = await kit.logInWith('github', { subject: '1' })
  expect(again.user?.id).toBe(first.user?.id)
  const without = await kit.logInWith('github', { subject: '2' })
  expect([without.user, without.location]).toEqual([null, '/auth/login'])
  await expect(kit.logInWith('google', { subject: '1' })).rejects.toThrow('google does not begin a login: 404')
  expect(kit.errors).toEqual([])
})
