/* Where pages lead: `next` and `remember` survive every detour, emailed links continue in the browser that asked, deleting asks. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { google, oidc } from '../../src/providers.ts'
import { createMemoryProvider, type MemoryProvider } from '../../src/testing/memory-provider.ts'
import type { Client, Reply } from '../support/client.ts'
import { runRound } from '../support/provider-round.ts'
import { type Instance, PASSWORD, SMALL_COST, startInstance } from '../support/rings.ts'
import { totpCode } from '../support/totp.ts'

const CREDENTIALS = { clientId: 'client', clientSecret: 'secret' }
const WAY = { next: '/app?a=1', remember: 'on' }
const QUERY = 'next=%2Fapp%3Fa%3D1&remember=on'
const NEW_PASSWORD = 'another long password'
const REMEMBERED_SECONDS = 13 * 86_400
const HTML = { accept: 'text/html' }

/** Returns the paths and queries of the links on a page. */
function linksOf({ text }: Reply): string[] {
  const main = /<main[\s\S]*<\/main>/.exec(text)?.[0] ?? ''
  return [...main.matchAll(/<a [^>]*href="([^"]*)"/g)].map(([, href = '']) => href.replaceAll('&amp;', '&'))
}

/** Returns the hidden fields of the form with an action. */
function hiddenOf({ text }: Reply, action: string): Record<string, string> {
  const [, body = ''] = new RegExp(`<form method="post" action="${action}"[^>]*>([\\s\\S]*?)</form>`).exec(text) ?? []
  const fields = [...body.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)]
  return Object.fromEntries(fields.map(([, name = '', value = '']) => [name, value]))
}

const locationOf = (reply: Reply): string => reply.headers.get('location') ?? ''
const isRemembered = (reply: Reply): boolean =>
  reply.headers.getSetCookie().some((line) => {
    const [, seconds = '0'] = /^latchkey=lks_.*Max-Age=(\d+)/.exec(line) ?? []
    return Number(seconds) > REMEMBERED_SECONDS
  })

describe.each(['optional', 'required'] as const)('the way to next (verifyEmail: %s)', (verifyEmail) => {
  let instance: Instance
  let memory: MemoryProvider
  let count = 0
  let now = Date.now()
  beforeAll(async () => {
    memory = createMemoryProvider(() => now)
    const options = {
      verifyEmail,
      emailLogin: 'register',
      clock: () => now,
      providers: [
        google(CREDENTIALS),
        oidc({ ...CREDENTIALS, id: 'company', name: 'Company', issuer: 'https://id.company.example' }),
      ],
    } as const
    instance = await startInstance('handler', options, { ...SMALL_COST, fetchProvider: memory.fetch })
  })
  afterAll(() => instance.close())

  const newEmail = (): string => `person${count++}@example.com`
  async function newUser(): Promise<string> {
    const email = newEmail()
    await instance.auth.users.create({ email, password: PASSWORD, emailVerified: true })
    return email
  }
  const show = (client: Client, path: string): Promise<Reply> => client.get(path.split('#')[0] ?? path, HTML)

  /** Returns the link in the next email to an address. */
  async function linkTo(email: string, path: string): Promise<string> {
    const { text } = await instance.waitForMail((mail) => mail.to === email && mail.text.includes(`${path}?`))
    return new RegExp(`${path}\\?token=\\S+`).exec(text)?.[0] ?? ''
  }

  test('a refused login keeps both, in its form and in every link', async () => {
    const client = instance.client()
    const refused = await client.form('/auth/login', { email: await newUser(), password: 'wrong', ...WAY })
    expect(locationOf(refused)).toBe(`/auth/login?${QUERY}#password`)
    const page = await show(client, locationOf(refused))
    expect(hiddenOf(page, '/auth/login')).toEqual({ next: WAY.next })
    expect(page.text).toMatch(/name="remember" value="on" checked/)
    const links = linksOf(page)
    expect(links.length).toBeGreaterThanOrEqual(5)
    for (const link of links) expect(link).toContain(QUERY)
    const without = await client.form('/auth/login', { email: 'x@example.com', password: 'wrong', next: '/app' })
    const plain = await show(client, locationOf(without))
    expect(plain.text).not.toMatch(/value="on" checked/)
    expect(plain.text).not.toContain('remember=on')
  })

  test.each(['/auth/register', '/auth/password/forgot', '/auth/login/email', '/auth/password/reset?token=lkr_x'])(
    'every link of %s keeps both',
    async (path) => {
      const page = await show(instance.client(), `${path}${path.includes('?') ? '&' : '?'}${QUERY}`)
      const links = linksOf(page)
      expect(links.length).toBeGreaterThan(0)
      for (const link of links) expect(link).toContain(QUERY)
    },
  )

  test('a forgotten password: the emailed link leads back to the login, and then to next', async () => {
    const client = instance.client()
    const email = await newUser()
    const forgot = await show(client, `/auth/password/forgot?${QUERY}`)
    expect(hiddenOf(forgot, '/auth/password/forgot')).toEqual(WAY)
    const sent = await client.form('/auth/password/forgot', { email, ...WAY })
    expect(locationOf(sent)).toBe(`/auth/password/forgot?${QUERY}`)
    const waiting = await show(client, locationOf(sent))
    expect(hiddenOf(waiting, '/auth/password/forgot')).toEqual({ email, ...WAY })
    for (const link of linksOf(waiting)) expect(link).toContain(QUERY)

    const link = await linkTo(email, '/auth/password/reset')
    expect(link).not.toContain('next')
    expect(hiddenOf(await show(instance.client(), link), '/auth/password/reset')).not.toHaveProperty('next')
    const page = await show(client, link)
    const hidden = hiddenOf(page, '/auth/password/reset')
    expect(hidden).toMatchObject(WAY)
    const weak = await client.form('/auth/password/reset', { ...hidden, password: 'short' })
    expect(locationOf(weak)).toMatch(new RegExp(`^/auth/password/reset\\?token=.*${QUERY.slice(0, 10)}.*#password$`))
    const done = await client.form('/auth/password/reset', { ...hidden, password: NEW_PASSWORD })
    expect(locationOf(done)).toBe(`/auth/login?${QUERY}`)
    expect((await show(client, locationOf(done))).text).toMatch(/value="on" checked/)
    const login = await client.form('/auth/login', { email, password: NEW_PASSWORD, ...WAY })
    expect([locationOf(login), isRemembered(login)]).toEqual([WAY.next, true])
    expect([...client.cookies.keys()]).not.toContain('latchkey-return') // the way has ended
  })

  test('login by email: the link continues to next, and the code too', async () => {
    const email = await newUser()
    for (const way of ['link', 'code']) {
      const client = instance.client()
      const asked = await client.form('/auth/login/email', { email, ...WAY })
      expect(locationOf(asked)).toBe(`/auth/login/attempt?${QUERY}`)
      const step = await show(client, locationOf(asked))
      expect(hiddenOf(step, '/auth/login/email/confirm')).toEqual(WAY)
      for (const link of linksOf(step)) expect(link).toContain(QUERY)
      const { text } = await instance.waitForMail((mail) => mail.to === email && mail.text.includes('/login/email?'))
      const fields =
        way === 'link'
          ? hiddenOf(
              await show(client, /\/auth\/login\/email\?token=\S+/.exec(text)?.[0] ?? ''),
              '/auth/login/email/confirm',
            )
          : { code: /\b\d{8}\b/.exec(text)?.[0] ?? '', ...WAY }
      const done = await client.form('/auth/login/email/confirm', fields)
      expect([way, locationOf(done), isRemembered(done)]).toEqual([way, WAY.next, true])
    }
  })

  test('a second step keeps both, also when its code is wrong', async () => {
    const email = await newUser()
    const member = instance.client()
    await member.form('/auth/login', { email, password: PASSWORD })
    const { secret } = (await member.post('/auth/totp')).body
    await member.post('/auth/totp/confirm', { code: totpCode(secret, now) })
    now += 60_000
    const client = instance.client()
    const asked = await client.form('/auth/login', { email, password: PASSWORD, ...WAY })
    expect(locationOf(asked)).toBe(`/auth/login/attempt?${QUERY}`)
    const wrong = await client.form('/auth/login/totp', { code: '000000', ...WAY })
    expect(locationOf(wrong)).toBe(`/auth/login/attempt?method=totp&${QUERY}#code`)
    const page = await show(client, locationOf(wrong))
    expect(hiddenOf(page, '/auth/login/totp')).toEqual(WAY)
    for (const link of linksOf(page)) expect(link).toContain(QUERY)
    const done = await client.form('/auth/login/totp', { code: totpCode(secret, now), ...WAY })
    expect([locationOf(done), isRemembered(done)]).toEqual([WAY.next, true])
  })

  test('a provider keeps both: to it, back from it, and when it is refused', async () => {
    const client = instance.client()
    const account = { subject: 'way', email: 'way@gmail.com', emailVerified: true }
    const done = await runRound(memory, client, { provider: 'google', account, query: WAY })
    expect([locationOf(done), isRemembered(done)]).toEqual([WAY.next, true])
    const email = await newUser()
    const taken = { subject: 'taken', email, emailVerified: true }
    const refused = await runRound(memory, instance.client(), { provider: 'company', account: taken, query: WAY })
    expect(locationOf(refused)).toBe(`/auth/login?${QUERY}`)
    const pages = [
      await show(instance.client(), `/auth/login?${QUERY}`),
      await show(instance.client(), `/auth/register?${QUERY}`),
    ]
    for (const page of pages) expect(linksOf(page)).toContain(`/auth/login/with/google?${QUERY}`)
  })

  test('a passkey button knows next, also for another step', async () => {
    const { text } = await show(instance.client(), `/auth/login?${QUERY}`)
    expect(text).toContain('data-next="/app?a=1"')
    expect(text).toContain(`data-step="/auth/login/attempt?${QUERY.replace('&', '&amp;')}"`)
  })

  test('an invitation and its page keep both, and lead to a provider with the invitation', async () => {
    const email = newEmail()
    await instance.auth.invitations.create({ email })
    const { text } = await instance.waitForMail((mail) => mail.to === email)
    const [, invitation = ''] = /\/auth\/register\?invitation=([\w-]+)/.exec(text) ?? []
    const client = instance.client()
    const page = await show(client, `/auth/register?invitation=${invitation}&${QUERY}`)
    expect(hiddenOf(page, '/auth/register')).toEqual({ ...WAY, invitation })
    expect(linksOf(page)).toContain(`/auth/login/with/google?${QUERY}&invitation=${invitation}`)
    expect(linksOf(page).some((href) => href.startsWith('/auth/login/email'))).toBe(false) // an email code takes no invitation
    const refused = await client.form('/auth/register', { email, password: 'short', invitation, ...WAY })
    expect(locationOf(refused)).toBe(`/auth/register?invitation=${invitation}&${QUERY}#password`)
  })

  test('the way of an emailed link is sealed, and leads to our own origin only', async () => {
    const client = instance.client()
    const email = await newUser()
    await client.form('/auth/password/forgot', { email, next: 'https://evil.example/' })
    expect(client.cookies.has('latchkey-return')).toBe(false)
    const forged = Buffer.from(JSON.stringify({ next: 'https://evil.example/', remember: null })).toString('base64url')
    client.cookies.set('latchkey-return', forged)
    const page = await show(client, await linkTo(email, '/auth/password/reset'))
    expect(page.text).not.toContain('evil.example')
    // Another email without a way forgets the one from before.
    await client.form('/auth/password/forgot', { email, next: '/app' })
    expect(client.cookies.get('latchkey-return')).not.toBe(forged)
    await client.form('/auth/password/forgot', { email })
    expect(client.cookies.has('latchkey-return')).toBe(false)
  })
})

describe('required verification', () => {
  let instance: Instance
  beforeAll(async () => {
    instance = await startInstance('handler', { verifyEmail: 'required' })
  })
  afterAll(() => instance.close())

  async function register(client: Client, email: string): Promise<Reply> {
    const sent = await client.form('/auth/register', { email, password: PASSWORD, ...WAY })
    expect(locationOf(sent)).toBe(`/auth/register?${QUERY}`)
    return sent
  }

  async function verifyPage(client: Client, email: string): Promise<Reply> {
    const { text } = await instance.waitForMail((mail) => mail.to === email && mail.text.includes('/email/verify?'))
    return client.get(/\/auth\/email\/verify\?token=\S+/.exec(text)?.[0] ?? '', HTML)
  }

  test('the form of the link asks for the password once: it verifies, logs in, and continues to next', async () => {
    const client = instance.client()
    await register(client, 'once@example.com')
    const page = await verifyPage(client, 'once@example.com')
    const fields = hiddenOf(page, '/auth/email/verify')
    expect(fields).toMatchObject(WAY)
    const wrong = await client.form('/auth/email/verify', { ...fields, password: 'a wrong password' })
    expect(locationOf(wrong)).toContain('#password')
    const done = await client.form('/auth/email/verify', { ...fields, password: PASSWORD })
    expect([locationOf(done), isRemembered(done)]).toEqual([WAY.next, true])
    const { user } = (await client.get('/auth/session')).body
    expect(user).toMatchObject({ email: 'once@example.com', emailVerified: true })
  })

  test('a new password in place of an unknown one logs in, too; JSON stays 204 without a session', async () => {
    const owner = instance.client()
    await register(instance.client(), 'owner@example.com')
    const fields = hiddenOf(await verifyPage(owner, 'owner@example.com'), '/auth/email/verify')
    const done = await owner.form('/auth/email/verify', { ...fields, newPassword: NEW_PASSWORD })
    expect(locationOf(done)).toBe('/auth/account')
    expect((await owner.get('/auth/session')).body.user.email).toBe('owner@example.com')

    await register(instance.client(), 'json@example.com')
    const client = instance.client()
    const { token } = hiddenOf(await verifyPage(client, 'json@example.com'), '/auth/email/verify')
    expect((await client.post('/auth/email/verify', { token, password: PASSWORD })).status).toBe(204)
    expect((await client.get('/auth/session')).status).toBe(401)
  })

  test('a login before the verification keeps the way of the link that it sends', async () => {
    const client = instance.client()
    await instance.client().form('/auth/register', { email: 'late@example.com', password: PASSWORD })
    await verifyPage(instance.client(), 'late@example.com')
    const refused = await client.form('/auth/login', { email: 'late@example.com', password: PASSWORD, ...WAY })
    expect(locationOf(refused)).toBe(`/auth/login?${QUERY}`)
    expect(hiddenOf(await verifyPage(client, 'late@example.com'), '/auth/email/verify')).toMatchObject(WAY)
  })
})

describe('accounts without a password, and questions before something goes', () => {
  let instance: Instance
  let memory: MemoryProvider
  beforeAll(async () => {
    let now = Date.now()
    memory = createMemoryProvider(() => now)
    instance = await startInstance(
      'handler',
      { providers: [google(CREDENTIALS)], scopes: ['read', 'write'], clock: () => now },
      { ...SMALL_COST, fetchProvider: memory.fetch },
    )
    advance = (ms) => {
      now += ms
    }
  })
  afterAll(() => instance.close())
  let advance: (ms: number) => void

  test('a first password: the page asks for no current one, and for a recent proof', async () => {
    const client = instance.client()
    const account = { subject: 'first', email: 'first@gmail.com', emailVerified: true }
    await runRound(memory, client, { provider: 'google', account })
    expect((await client.get('/auth/account/security')).text).toContain('You have no password.')
    advance(11 * 60_000)
    expect(locationOf(await client.get('/auth/account/security/password'))).toMatch(/^\/auth\/reauthenticate\?next=/)
    await client.get('/auth/logout')
    const fresh = instance.client()
    await runRound(memory, fresh, { provider: 'google', account })
    const page = await fresh.get('/auth/account/security/password')
    expect(page.text).toContain('Set a password')
    expect(page.text).not.toContain('currentPassword')
    const done = await fresh.form('/auth/password/change', { newPassword: PASSWORD })
    expect(locationOf(done)).toBe('/auth/account/security')
    expect((await fresh.get('/auth/account/security/password')).text).toContain('currentPassword')
  })

  test('unlinking asks first', async () => {
    const client = instance.client()
    await runRound(memory, client, {
      provider: 'google',
      account: { subject: 'u', email: 'u@gmail.com', emailVerified: true },
    })
    const { identities } = (await client.get('/auth/identities')).body
    const security = (await client.get('/auth/account/security')).text
    expect(security).not.toContain('action="/auth/account/unlink-identity"')
    const [, page = ''] = /href="(\/auth\/account\/security\/unlink\?id=[^"]+)"/.exec(security) ?? []
    expect((await client.get(page)).text).toContain('Unlink Google?')
    expect(hiddenOf(await client.get(page), '/auth/account/unlink-identity')).toEqual({ id: identities[0].id })
    expect((await client.get('/auth/account/security/unlink?id=x')).text).not.toContain(
      '<form method="post" action="/auth/account/unlink',
    )
  })

  test('a refused form for an access token keeps the expiry and the scopes', async () => {
    const client = instance.client()
    await client.form('/auth/register', { email: 'token@example.com', password: PASSWORD })
    const refused = await client.form('/auth/account/create-token', { name: '', expires: '90', 'scope:write': 'on' })
    expect(locationOf(refused)).toBe('/auth/account/tokens/new#name')
    const { text } = await client.get('/auth/account/tokens/new')
    expect(text).toMatch(/<option value="90" selected>/)
    expect(text).toMatch(/name="scope:write" value="on" checked/)
    expect(text).not.toMatch(/name="scope:read" value="on" checked/)
  })
})
