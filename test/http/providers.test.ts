/* Login with a provider (DESIGN section 3, providers): the flow, identities, linking, and the attacks on them. */
import { createHash, createHmac, randomBytes } from 'node:crypto'
import { inspect } from 'node:util'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import type { ImportLine } from '../../src/index.ts'
import { createGuardedFetch, type GuardedFetch, type GuardedRequest } from '../../src/kernel/guarded-fetch.ts'
import { github, google, microsoft, oidc } from '../../src/providers.ts'
import { createMemoryProvider, type MemoryProvider, type TestAccount } from '../../src/testing/memory-provider.ts'
import { Client, type Reply } from '../support/client.ts'
import { beginRound, callbackPath, runRound } from '../support/provider-round.ts'
import { type Instance, PASSWORD, RINGS, SMALL_COST, sendTo, startInstance } from '../support/rings.ts'
import { rounds } from '../support/rounds.ts'
import { totpCode } from '../support/totp.ts'

const CREDENTIALS = { clientId: 'client', clientSecret: 'secret' }
const PROVIDERS = [
  google({ ...CREDENTIALS, audiences: ['android'] }),
  microsoft({ ...CREDENTIALS, tenant: 'organizations' }),
  github(CREDENTIALS),
  oidc({ ...CREDENTIALS, id: 'company', name: 'Company', issuer: 'https://id.company.example/realm' }),
  oidc({ ...CREDENTIALS, id: 'down', issuer: 'https://down.example' }),
  oidc({ ...CREDENTIALS, id: 'rotating', issuer: 'https://rotating.example' }),
  oidc({ ...CREDENTIALS, id: 'info', issuer: 'https://info.example' }),
]
const GOOGLE = 'https://accounts.google.com'
const MINUTE_MS = 60_000

describe.each(RINGS)('providers (%s)', (ring) => {
  let instance: Instance
  let memory: MemoryProvider
  let answers: GuardedFetch
  let now = Date.now()
  let count = 0
  beforeAll(async () => {
    memory = createMemoryProvider(() => now)
    instance = await startInstance(
      ring,
      { providers: PROVIDERS, clock: () => now },
      { ...SMALL_COST, fetchProvider: (...args) => answers(...args) },
    )
  })
  beforeEach(() => {
    answers = memory.fetch
    instance.errors.length = 0
  })
  afterAll(() => instance.close())

  /** A new account at Google, with a Gmail address. */
  function newAccount(more: Partial<TestAccount> = {}): TestAccount & { readonly email: string } {
    const id = count++
    return { subject: String(1_000 + id), email: `ada${id}@gmail.com`, emailVerified: true, ...more }
  }

  /** A user with a password, and a browser that is logged in. */
  async function newUser(email: string, emailVerified = true): Promise<{ client: Client; id: string }> {
    const { id } = await instance.auth.users.create({ email, password: PASSWORD, emailVerified })
    const client = instance.client()
    expect((await logIn(client, email)).body.status).toBe('complete')
    return { client, id }
  }

  const logIn = (client: Client, email: string): Promise<Reply> =>
    client.post('/auth/login', { email, password: PASSWORD })
  const round = (client: Client, account: TestAccount, provider = 'google', query = {}): Promise<Reply> =>
    runRound(memory, client, { provider, account, query })
  const who = async (client: Client): Promise<string | null> =>
    (await client.get('/auth/session')).body.user?.id ?? null

  /** Expects that a callback led to a page with this sentence and started no session. */
  async function expectRefused(client: Client, reply: Reply, sentence: string, page = '/auth/login'): Promise<void> {
    expect([reply.status, reply.headers.get('location')?.split('?')[0]]).toEqual([303, page])
    const shown = (await client.get(reply.headers.get('location') ?? '', { accept: 'text/html' })).text
    expect(shown).toContain(sentence)
  }
  const NOT_COMPLETED = 'That login could not be completed.'
  const LOG_IN_FIRST = 'Log in the way you did before, then link'

  /** Links an account to the user of a client. */
  async function link(client: Client, account: TestAccount, provider = 'google'): Promise<Reply> {
    const begun = await client.post(`/auth/identities/${provider}`)
    expect(begun.status).toBe(200)
    return client.get(callbackPath(provider, memory.approve(begun.body.location, account)))
  }

  test('an unknown identity registers, a known one logs in: the same user, whatever its address is by then (ASVS 10.5.2)', async () => {
    const account = newAccount({ name: 'Ada Lovelace' })
    const first = instance.client()
    const reply = await round(first, account, 'google', { next: '/app?x=1' })
    expect([reply.status, reply.headers.get('location')]).toEqual([303, '/app?x=1'])
    const { user, session } = (await first.get('/auth/session')).body
    expect(user).toMatchObject({ email: account.email, emailVerified: true, name: 'Ada Lovelace' })
    expect(session.methods).toEqual(['provider:google'])
    expect(first.cookies.has('latchkey-provider')).toBe(false)

    const second = instance.client()
    await round(second, { ...account, email: 'changed@gmail.com' }, 'google', { remember: 'on' })
    expect(await who(second)).toBe(user.id)
    const listed = (await second.get('/auth/identities')).body.identities
    expect(listed).toMatchObject([{ provider: 'google', name: 'Google', email: account.email }])
    expect(instance.errors).toEqual([])
  })

  test('the request to the provider has PKCE S256, state and nonce, and nothing of it is stored or shown (ASVS 10.2.1, 10.2.3)', async () => {
    const client = instance.client()
    const url = new URL(await beginRound(client, 'google', { next: '/app' }))
    expect(url.origin + url.pathname).toBe(`${GOOGLE}/authorize`)
    const asked = Object.fromEntries(url.searchParams)
    expect(asked).toMatchObject({
      client_id: 'client',
      response_type: 'code',
      scope: 'openid email profile',
      code_challenge_method: 'S256',
      redirect_uri: 'http://localhost:3000/auth/login/with/google/callback',
    })
    for (const name of ['state', 'nonce', 'code_challenge']) expect(asked[name]).toMatch(/^[\w-]{43}$/)
    expect(client.cookies.get('latchkey-provider')).not.toContain(asked.state)
    expect(await instance.stored()).not.toContain(asked.state)
  })

  test('a second factor still asks', async () => {
    const account = newAccount()
    const { client } = await newUser(account.email)
    const { secret } = (await client.post('/auth/totp')).body
    await client.post('/auth/totp/confirm', { code: totpCode(secret, now) })
    await link(client, account)
    now += MINUTE_MS
    const other = instance.client()
    const reply = await round(other, account, 'google', { next: '/app' })
    expect([reply.status, reply.headers.get('location')]).toEqual([303, '/auth/login/attempt?next=%2Fapp'])
    expect(await who(other)).toBe(null)
    const done = await other.post('/auth/login/totp', { code: totpCode(secret, now) })
    expect(done.body).toMatchObject({ status: 'complete', session: { methods: ['provider:google', 'totp'] } })
  })

  test('nOAuth: an email address of Microsoft that its tenant does not own opens no account and verifies nothing (ASVS 6.8.1)', async () => {
    const { email } = newAccount()
    const { id } = await newUser(email)
    const attacker = instance.client()
    const account = {
      subject: 'm-1',
      email,
      emailVerified: true,
      claims: { tid: '22222222-2222-4333-8444-555555555555' },
    }
    await expectRefused(attacker, await round(attacker, account, 'microsoft'), LOG_IN_FIRST)
    const { email: free } = newAccount()
    await round(attacker, { ...account, subject: 'm-2', email: free }, 'microsoft')
    expect((await attacker.get('/auth/user')).body.user).toMatchObject({ email: free, emailVerified: false })
    // The domain of the address belongs to the tenant.
    const owner = instance.client()
    await round(owner, { ...account, subject: 'm-3', claims: { ...account.claims, xms_edov: true } }, 'microsoft')
    expect(await who(owner)).toBe(id)
  })

  test('pre-hijacking by an unverified local row: the owner of the address claims it, and everything of the stranger ends', async () => {
    const account = newAccount()
    const { client: stranger, id } = await newUser(account.email, false)
    const { secret } = (await stranger.post('/auth/totp')).body
    await stranger.post('/auth/totp/confirm', { code: totpCode(secret, now) })
    const token = (await stranger.post('/auth/tokens', { name: 'script', scopes: [] })).body.token
    await link(stranger, newAccount(), 'company')

    const owner = instance.client()
    expect((await round(owner, account)).headers.get('location')).toBe('/auth/account')
    expect(await who(owner)).toBe(id)
    expect((await owner.get('/auth/user')).body.user.emailVerified).toBe(true)
    expect(await who(stranger)).toBe(null)
    expect((await logIn(instance.client(), account.email)).status).toBe(401)
    const withToken = await instance.client().get('/auth/user', { authorization: `Bearer ${token}` })
    expect(withToken.status).toBe(401)
    expect((await owner.get('/auth/identities')).body.identities).toHaveLength(1)
    expect((await owner.get('/auth/factors')).body).toMatchObject({ password: false, totp: null, recoveryCodes: null })
    const types = instance.events.filter(({ userId }) => userId === id).map(({ type }) => type)
    expect(types).toEqual(expect.arrayContaining(['account.claimed', 'identity.linked']))
  })

  test('a verified address of a provider that is authoritative for it links by itself, and the user gets an email', async () => {
    const account = newAccount()
    const { id } = await newUser(account.email)
    const client = instance.client()
    await round(client, account)
    expect(await who(client)).toBe(id)
    const mail = await instance.waitForMail(({ subject, to }) => to === account.email && /was linked/.test(subject))
    expect(mail.subject).toContain('Google was linked')
    expect((await logIn(instance.client(), account.email)).status).toBe(200)
  })

  test('any other address that exists: log in first, then link; also for an unverified account', async () => {
    for (const isVerified of [true, false]) {
      const account = newAccount()
      const { client, id } = await newUser(account.email, isVerified)
      const other = instance.client()
      await expectRefused(other, await round(other, account, 'company'), LOG_IN_FIRST)
      expect(await who(other)).toBe(null)
      const linked = await link(client, account, 'company')
      expect(linked.headers.get('location')).toBe('/auth/account/security')
      expect((await client.get('/auth/account/security')).text).toContain('Company is linked.')
      await round(other, account, 'company')
      expect(await who(other)).toBe(id)
    }
  })

  test('pre-hijacking by an identity with the address of another person: the link in the email ends it', async () => {
    const { email } = newAccount()
    const stranger = { subject: `stranger-${count++}`, email, emailVerified: false }
    const first = instance.client()
    await round(first, stranger, 'company')
    const id = await who(first)
    expect(id).not.toBe(null)
    await instance.client().post('/auth/password/forgot', { email })
    const { text } = await instance.waitForMail(({ to, subject }) => to === email && /password/i.test(subject))
    const token = /token=(\w[\w-]+)/.exec(text)?.[1]
    const reset = await instance.client().post('/auth/password/reset', { token, password: PASSWORD })
    expect(reset.status).toBe(204)
    expect(await who(first)).toBe(null)
    const again = instance.client()
    await expectRefused(again, await round(again, stranger, 'company'), LOG_IN_FIRST)
    const owner = instance.client()
    await logIn(owner, email)
    expect(await who(owner)).toBe(id)
    expect((await owner.get('/auth/identities')).body.identities).toEqual([])
  })

  test('an identity belongs to one user, and a stale session cannot link', async () => {
    const account = newAccount()
    await round(instance.client(), account)
    const { client } = await newUser(`other${count++}@example.com`)
    await expectRefused(client, await link(client, account), 'already linked', '/auth/account/security')
    now += 11 * MINUTE_MS
    expect((await client.post('/auth/identities/google')).body.code).toBe('reauthentication_required')
  })

  test('provider confusion: the state of one provider is refused at another', async () => {
    const client = instance.client()
    const answer = memory.approve(await beginRound(client, 'google'), newAccount())
    await expectRefused(client, await client.get(callbackPath('company', answer)), NOT_COMPLETED)
    // The round at the right provider is still open.
    expect((await client.get(callbackPath('google', answer))).headers.get('location')).toBe('/auth/account')
  })

  test('login CSRF: an answer for another browser is refused, with and without a round of the victim (ASVS 10.1.2)', async () => {
    const attacker = instance.client()
    const answer = memory.approve(await beginRound(attacker, 'google'), newAccount())
    const victim = instance.client()
    await expectRefused(victim, await victim.get(callbackPath('google', answer)), NOT_COMPLETED)
    await beginRound(victim, 'google')
    await expectRefused(victim, await victim.get(callbackPath('google', answer)), NOT_COMPLETED)
    expect(await who(victim)).toBe(null)
  })

  test('code injection: the code of another round is refused, although the state is right', async () => {
    const attacker = instance.client()
    const stolen = memory.approve(await beginRound(instance.client(), 'google'), newAccount())
    const own = memory.approve(await beginRound(attacker, 'google'), newAccount())
    const reply = await attacker.get(callbackPath('google', { ...own, code: stolen.code ?? '' }))
    await expectRefused(attacker, reply, NOT_COMPLETED)
  })

  test('forced linking: another session of the browser cannot end the round that links', async () => {
    const attacker = await newUser(`attacker${count++}@example.com`)
    const begun = await attacker.client.post('/auth/identities/google')
    const answer = memory.approve(begun.body.location, newAccount())
    const victim = await newUser(`victim${count++}@example.com`)
    victim.client.cookies.set('latchkey-provider', attacker.client.cookies.get('latchkey-provider') ?? '')
    const reply = await victim.client.get(callbackPath('google', answer))
    await expectRefused(victim.client, reply, NOT_COMPLETED, '/auth/account/security')
    expect((await victim.client.get('/auth/identities')).body.identities).toEqual([])
  })

  test('mix-up: an answer that names another issuer is refused (RFC 9207) (ASVS 10.2.2)', async () => {
    const client = instance.client()
    const answer = memory.approve(await beginRound(client, 'google'), newAccount())
    const reply = await client.get(callbackPath('google', { ...answer, iss: 'https://evil.example' }))
    await expectRefused(client, reply, NOT_COMPLETED)
  })

  test('a callback that is replayed or raced on two nodes starts one session', async () => {
    // A provider that accepts its codes again and again.
    const kept = new Map<string, { readonly text: string; readonly status: number }>()
    answers = async (url, request) => {
      const key = `${url} ${String(request.body)}`
      if (!kept.has(key)) {
        const response = await memory.fetch(url, request)
        kept.set(key, { text: await response.text(), status: response.status })
      }
      const { text, status } = kept.get(key) ?? { text: '', status: 500 }
      return new Response(text, { status, headers: { 'content-type': 'application/json' } })
    }
    const account = newAccount()
    await round(instance.client(), account)
    const client = instance.client()
    const path = callbackPath('google', memory.approve(await beginRound(client, 'google'), account))
    const cookie = `latchkey-provider=${client.cookies.get('latchkey-provider')}`
    const other = await instance.sibling()
    const nodes = [instance.client(), new Client(sendTo(other)), instance.client(), new Client(sendTo(other))]
    const replies = await Promise.all(nodes.map((node) => node.get(path, { cookie })))
    await other.close()
    const locations = replies.map(({ headers }) => headers.get('location')).toSorted()
    expect(locations).toEqual(['/auth/account', '/auth/login', '/auth/login', '/auth/login'])
    expect((await instance.client().get(path, { cookie })).headers.get('location')).toBe('/auth/login')
  })

  test('first logins of one account at the same moment, in tabs and on two nodes, all log in to one user', async () => {
    const other = await instance.sibling()
    const nodes = [instance.client(), new Client(sendTo(other)), instance.client(), new Client(sendTo(other))]
    const verified = newAccount()
    await newUser(verified.email)
    const claimed = newAccount()
    await newUser(claimed.email, false)
    const kinds = { registered: newAccount(), unverified: newAccount({ emailVerified: false }), verified, claimed }
    for (const [kind, account] of Object.entries(kinds)) {
      for (const node of nodes) node.cookies.clear()
      const answers = await Promise.all(
        nodes.map(async (node) => callbackPath('google', memory.approve(await beginRound(node, 'google'), account))),
      )
      await Promise.all(nodes.map((node, index) => node.get(answers[index] ?? '')))
      const ids = await Promise.all(nodes.map(who))
      expect([kind, new Set(ids).size, ids[0]]).toEqual([kind, 1, expect.any(String)])
    }
    await other.close()
  })

  test('pre-hijacking: of two accounts with one new address at the same moment, the owner gets it, whatever the order', async () => {
    const other = await instance.sibling()
    for (let time = rounds(100, 6); time > 0; time--) {
      const owner = instance.client()
      const stranger = new Client(sendTo(other))
      const account = newAccount()
      const twin = { subject: `twin-${count++}`, email: account.email, emailVerified: true }
      const own = callbackPath('google', memory.approve(await beginRound(owner, 'google'), account))
      const strange = callbackPath('company', memory.approve(await beginRound(stranger, 'company'), twin))
      await Promise.all([owner.get(own), stranger.get(strange)])
      if ((await who(owner)) === null) await round(owner, account) // the stranger was faster
      expect((await owner.get('/auth/identities')).body.identities).toMatchObject([{ provider: 'google' }])
      expect(await who(stranger)).toBe(null)
    }
    await other.close()
  })

  test('an answer with a parameter that comes twice is refused (CWE-235)', async () => {
    const twice = { state: 'x', code: 'x', iss: GOOGLE }
    for (const [name, value] of Object.entries(twice)) {
      const client = instance.client()
      const answer = { ...memory.approve(await beginRound(client, 'google'), newAccount()), iss: GOOGLE }
      const path = callbackPath('google', answer)
      await expectRefused(client, await client.get(`${path}&${new URLSearchParams({ [name]: value })}`), NOT_COMPLETED)
      expect(await who(client)).toBe(null)
    }
  })

  test('a round ends after 10 minutes', async () => {
    const client = instance.client()
    const answer = memory.approve(await beginRound(client, 'google'), newAccount())
    now += 10 * MINUTE_MS
    await expectRefused(client, await client.get(callbackPath('google', answer)), NOT_COMPLETED)
  })

  test('next leads to our origin only', async () => {
    for (const next of ['https://evil.example/', '//evil.example', '/\\evil.example', 'javascript:alert(1)']) {
      const reply = await round(instance.client(), newAccount(), 'google', { next })
      expect([next, reply.headers.get('location')]).toEqual([next, '/auth/account'])
    }
  })

  test('email_verified as the string "false", or absent, is unverified; twins of an address are one or refused', async () => {
    const { email } = newAccount()
    await newUser(email)
    for (const emailVerified of ['false', 0, 'TRUE', 'yes']) {
      const client = instance.client()
      const account = { subject: `s-${count++}`, email, claims: { email_verified: emailVerified } }
      await expectRefused(client, await round(client, account), LOG_IN_FIRST)
    }
    const upper = instance.client()
    await round(upper, { subject: `s-${count++}`, email: email.toUpperCase(), emailVerified: 'true' })
    expect((await upper.get('/auth/user')).body.user.email).toBe(email)
    // A Kelvin sign is not a k.
    const kelvin = instance.client()
    const reply = await round(kelvin, { subject: `s-${count++}`, email: '\u212aate@gmail.com', emailVerified: true })
    await expectRefused(kelvin, reply, 'did not share an email address')
  })

  test('GitHub: the number is the user, and only the primary verified address counts', async () => {
    const account = newAccount({ subject: '583231', name: 'Octo Cat' })
    const client = instance.client()
    await round(client, account, 'github')
    const { user, session } = (await client.get('/auth/session')).body
    expect(user).toMatchObject({ email: account.email, emailVerified: false, name: 'Octo Cat' })
    expect(session.methods).toEqual(['provider:github'])
    const unverified = instance.client()
    const reply = await round(unverified, newAccount({ subject: '99', emailVerified: false }), 'github')
    await expectRefused(unverified, reply, 'did not share an email address')
    // The public address of the profile is free text.
    answers = async (url, request) =>
      url.endsWith('/user') ? Response.json({ id: 100, email: account.email }) : memory.fetch(url, request)
    const forged = instance.client()
    await expectRefused(forged, await round(forged, { subject: '100' }, 'github'), 'did not share an email address')
  })

  test('a subject that is used again after the deletion of the account opens a new account', async () => {
    const account = newAccount()
    const client = instance.client()
    await round(client, account)
    const id = await who(client)
    expect((await client.delete('/auth/user')).status).toBe(204)
    const again = instance.client()
    await round(again, account)
    expect(await who(again)).not.toBe(null)
    expect(await who(again)).not.toBe(id)
  })

  test('the texts of the provider are never shown', async () => {
    const client = instance.client()
    const { state = '' } = memory.approve(await beginRound(client, 'google'), newAccount())
    const error = { error: 'access_denied', error_description: '<img src=x onerror=alert(1)>', state }
    const reply = await client.get(callbackPath('google', error))
    const shown = (await client.get(reply.headers.get('location') ?? '')).text
    expect(shown).toContain('You cancelled the login')
    expect(shown).not.toContain('onerror')
  })

  test('a provider that is down, or answers nonsense, touches neither the others nor the password', async () => {
    answers = async (url, request) => {
      if (url.startsWith('https://down.example')) throw new Error('connect ECONNREFUSED')
      return memory.fetch(url, request)
    }
    const client = instance.client()
    const reply = await client.get('/auth/login/with/down?next=/app')
    await expectRefused(client, reply, 'The other service does not answer')
    expect(reply.headers.get('location')).toBe('/auth/login?next=%2Fapp')
    await round(client, newAccount())
    expect(await who(client)).not.toBe(null)
    for (const answer of [new Response('<html>', { status: 200 }), new Response(null, { status: 302 })]) {
      answers = async (url, request) => (url.endsWith('/token') ? answer.clone() : memory.fetch(url, request))
      const other = instance.client()
      await expectRefused(other, await round(other, newAccount()), 'The other service does not answer')
    }
    expect(instance.errors.length).toBeGreaterThan(0)
  })

  test('the operator is told what is wrong with a provider, without tokens, and hears nothing about junk of browsers', async () => {
    const told = async (provider: string): Promise<string> => {
      instance.errors.length = 0
      const account = newAccount()
      const reply = await round(instance.client(), account, provider)
      expect(reply.headers.get('location')).toBe('/auth/login')
      const text = inspect(instance.errors, { depth: null })
      for (const secret of ['id_token', 'access_token', account.email]) expect(text).not.toContain(secret)
      return text
    }
    const withToken = (change: (parts: string[]) => string[]) => async (url: string, request: GuardedRequest) => {
      const answer = await memory.fetch(url, request)
      if (!url.endsWith('/token')) return answer
      const { id_token = '', ...more } = (await answer.json()) as { id_token?: string }
      return Response.json({ ...more, id_token: change(id_token.split('.')).join('.') })
    }
    const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
    answers = withToken(([, payload = '']) => [encode({ alg: 'HS256' }), payload, 'AA'])
    expect(await told('company')).toMatch(/login with the provider "company" failed: .*"alg"/)
    answers = withToken(([header = '', , signature = '']) => [
      header,
      encode({ iss: 'https://old.example' }),
      signature,
    ])
    expect(await told('company')).toContain('claim')
    const refuse = (body: object, status: number) => async (url: string, request: GuardedRequest) =>
      /token$/.test(url) ? Response.json(body, { status }) : memory.fetch(url, request)
    answers = refuse({ error: 'invalid_client', error_description: 'The secret expired.\n' }, 401)
    expect(await told('company')).toContain('invalid_client: The secret expired. ')
    answers = refuse({ error: 'incorrect_client_credentials', error_description: 'The client_id is wrong.' }, 200)
    expect(await told('github')).toMatch(/"github" failed: .*incorrect_client_credentials: The client_id is wrong/)
    answers = refuse({ error: 'bad_verification_code' }, 200)
    expect(await told('github')).toBe('[]')
    answers = memory.fetch
    for (const junk of [{ code: 'junk' }, { error: 'access_denied' }]) {
      const client = instance.client()
      const { state = '' } = memory.approve(await beginRound(client, 'company'), newAccount())
      await client.get(callbackPath('company', { state, ...junk }))
      expect(instance.errors).toEqual([])
    }
  })

  test('a discovery document that is nonsense is not kept, and does not replace one that works', async () => {
    const nonsense = ['<html>maintenance', 'null', '{"issuer":"https://other.example"}']
    for (const text of nonsense) {
      answers = async () => new Response(text, { status: 200 })
      const client = instance.client()
      await expectRefused(client, await client.get('/auth/login/with/down'), 'The other service does not answer')
    }
    answers = memory.fetch
    expect(await beginRound(instance.client(), 'down')).toMatch(/^https:\/\/down\.example\/authorize/)
    now += 60 * MINUTE_MS
    for (const text of nonsense.slice(0, 2)) {
      answers = async () => new Response(text, { status: 200 })
      expect(await beginRound(instance.client(), 'down')).toMatch(/^https:\/\/down\.example\/authorize/)
    }
  })

  describe('ID tokens of apps', () => {
    const withToken = (idToken: string, nonce: string, headers = {}): Promise<Reply> =>
      instance.client().post('/auth/login/with/google', { idToken, nonce }, headers)
    const refusal = async (idToken: string, nonce = 'n'): Promise<string> => (await withToken(idToken, nonce)).body.code

    test('log in: the nonce is raw, or its SHA-256; the audience is the service or an app; once (ASVS 10.5.1)', async () => {
      const account = newAccount()
      const raw = memory.idToken(GOOGLE, 'client', account, `raw ${account.subject}`)
      const first = await withToken(raw, `raw ${account.subject}`)
      expect(first.body).toMatchObject({ status: 'complete', session: { methods: ['provider:google'] } })
      expect((await withToken(raw, `raw ${account.subject}`)).body.code).toBe('provider_refused')
      const hashed = createHash('sha256').update(`hashed ${account.subject}`).digest('hex')
      const fromApp = memory.idToken(GOOGLE, 'android', account, hashed)
      const second = await withToken(fromApp, `hashed ${account.subject}`, { 'latchkey-session': 'header' })
      expect(second.body).toMatchObject({ status: 'complete', user: { id: first.body.user.id } })
      expect(second.headers.get('latchkey-session')).toMatch(/^lks_/)
      expect(second.headers.getSetCookie()).toEqual([])
      // The other spelling of the same nonce does not make it a new one.
      expect((await withToken(fromApp, hashed)).body.code).toBe('provider_refused')
    })

    test(
      'of many simultaneous uses of one token on two nodes, one logs in',
      async () => {
        const other = await instance.sibling()
        const nodes = [instance.client(), new Client(sendTo(other)), instance.client(), new Client(sendTo(other))]
        const account = newAccount()
        for (let time = rounds(1_000, 5); time > 0; time--) {
          const nonce = `${account.subject} ${time}` // the first token registers the account
          const body = { idToken: memory.idToken(GOOGLE, 'client', account, nonce), nonce }
          const replies = await Promise.all(nodes.map((node) => node.post('/auth/login/with/google', body)))
          expect(replies.map(({ status }) => status).toSorted()).toEqual([200, 401, 401, 401])
        }
        await other.close()
      },
      rounds(1_800_000, 20_000),
    )

    test('a token for another client, of another issuer, stale, with another nonce, or from the future is refused (ASVS 10.5.4)', async () => {
      const account = newAccount()
      expect(await refusal(memory.idToken(GOOGLE, 'other', account, 'n'))).toBe('provider_refused')
      expect(await refusal(memory.idToken('https://evil.example', 'client', account, 'n'))).toBe('provider_refused')
      expect(await refusal(memory.idToken(GOOGLE, 'client', account, 'n'), 'm')).toBe('provider_refused')
      expect(await refusal(memory.idToken(GOOGLE, 'client', account, ''), '')).toBe('provider_refused')
      const old = memory.idToken(GOOGLE, 'client', account, 'n')
      now += 11 * MINUTE_MS
      expect(await refusal(old)).toBe('provider_refused')
      const future = { ...account, claims: { iat: Math.floor(now / 1_000) + 600 } }
      expect(await refusal(memory.idToken(GOOGLE, 'client', future, 'n'))).toBe('provider_refused')
    })

    test('both names of the issuer that Google documents lead to one identity; the name of another provider is refused', async () => {
      const account = newAccount()
      const first = await withToken(
        memory.idToken(GOOGLE, 'client', account, `1 ${account.subject}`),
        `1 ${account.subject}`,
      )
      const other = memory.idToken('accounts.google.com', 'android', account, `2 ${account.subject}`)
      const second = await withToken(other, `2 ${account.subject}`)
      expect(second.body).toMatchObject({ status: 'complete', user: { id: first.body.user.id } })
      const twin = memory.idToken(GOOGLE, 'client', account, `2 ${account.subject}`)
      expect(await refusal(twin, `2 ${account.subject}`)).toBe('provider_refused') // one nonce, whichever name
      for (const issuer of [
        'http://accounts.google.com',
        'accounts.google.com.',
        'accounts.google.com/',
        'google.com',
      ]) {
        expect([issuer, await refusal(memory.idToken(issuer, 'client', account, 'n'))]).toEqual([
          issuer,
          'provider_refused',
        ])
      }
      for (const issuer of ['id.company.example/realm', 'accounts.google.com', GOOGLE]) {
        const idToken = memory.idToken(issuer, 'client', account, 'n')
        const reply = await instance.client().post('/auth/login/with/company', { idToken, nonce: 'n' })
        expect([issuer, reply.body.code]).toEqual([issuer, 'provider_refused'])
      }
    })

    test('of several audiences, each must be ours, and azp one of them (OpenID Connect Core section 3.1.3.7)', async () => {
      const login = async (aud: unknown, azp?: unknown): Promise<string> => {
        const nonce = `audiences ${count++}`
        const idToken = memory.idToken(GOOGLE, 'client', newAccount({ claims: { aud, azp } }), nonce)
        const { body } = await withToken(idToken, nonce)
        return body.code ?? body.status
      }
      // One audience: Android asks for tokens of the web client, and `azp` is the app (Google's documentation).
      for (const one of ['client', ['client'], ['android']])
        expect([one, await login(one, 'any')]).toEqual([one, 'complete'])
      const both = ['client', 'android']
      for (const azp of both) expect([azp, await login(both, azp)]).toEqual([azp, 'complete'])
      for (const azp of [undefined, null, '', 'other', both, ['client'], { client: true }]) {
        expect([azp, await login(both, azp)]).toEqual([azp, 'provider_refused'])
      }
      for (const more of ['other', 5, null, ['android']]) {
        expect([more, await login(['client', more], 'client')]).toEqual([more, 'provider_refused'])
      }
      for (const none of [undefined, null, 5, {}, [], ['']])
        expect(await login(none, 'client')).toBe('provider_refused')
    })

    test.each([GOOGLE, 'accounts.google.com'])(
      'alg tricks with the issuer %s: none, a symmetric algorithm, and a changed payload are refused (ASVS 6.8.2)',
      async (issuer) => {
        const [, payload = '', signature = ''] = memory.idToken(issuer, 'client', newAccount(), 'n').split('.')
        const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
        const none = encode({ alg: 'none' })
        const symmetric = `${encode({ alg: 'HS256', kid: 'test' })}.${payload}`
        const mac = createHmac('sha256', 'secret').update(symmetric).digest('base64url')
        const claims = JSON.parse(Buffer.from(payload, 'base64url').toString())
        const changed = encode({ ...claims, sub: 'other' })
        const header = encode({ alg: 'ES256', kid: 'test' })
        for (const token of [
          `${none}.${payload}.`,
          `${none}.${payload}.${signature}`,
          `${symmetric}.${mac}`,
          `${header}.${changed}.${signature}`,
          `${encode({ alg: 'ES256', kid: 'other' })}.${payload}.${signature}`,
          'nonsense',
          '..',
        ]) {
          expect(await refusal(token)).toBe('provider_refused')
        }
      },
    )

    test('claims of strange sizes and types are refused or ignored, never an error', async () => {
      const seconds = now / 1_000
      const login = async (claims: object, nonce = `strange ${count++}`): Promise<string> => {
        const idToken = memory.idToken(GOOGLE, 'client', newAccount({ claims: { nonce, ...claims } }), nonce)
        const { status, body } = await withToken(idToken, nonce)
        if (status === 200) expect((await withToken(idToken, nonce)).body.code).toBe('provider_refused')
        return body.code ?? body.status
      }
      expect(await login({ exp: 1e300 })).toBe('complete')
      expect(await login({ iat: seconds - 0.1234567, exp: seconds + 60.5 })).toBe('complete')
      expect(await login({ auth_time: 1e300 })).toBe('complete')
      expect(await login({ email: ['a@gmail.com'], name: {} })).toBe('provider_without_email')
      const refused = [
        { sub: 5 },
        { sub: '' },
        { nonce: ['n'] },
        { aud: ['client', 'other'], azp: 'other' },
        { aud: [] },
      ]
      for (const claims of refused) expect([claims, await login(claims)]).toEqual([claims, 'provider_refused'])
      expect(await login({ nonce: undefined }, 'undefined')).toBe('provider_refused')
      expect(await login({ nonce: null }, 'null')).toBe('provider_refused')
    })

    test('Microsoft for organizations: a valid token of a personal account is refused', async () => {
      const send = async (tid: string): Promise<unknown> => {
        const nonce = `at ${tid} ${count++}`
        const account = newAccount({ claims: { tid } })
        const issuer = `https://login.microsoftonline.com/${tid}/v2.0`
        const idToken = memory.idToken(issuer, 'client', account, nonce)
        return (await instance.client().post('/auth/login/with/microsoft', { idToken, nonce })).status
      }
      expect(await send('9188040d-6c67-4c5b-b112-36a304b66dad')).toBe(401)
      expect(await send('22222222-2222-4333-8444-555555555555')).toBe(200)
    })

    test('GitHub has no ID tokens', async () => {
      const reply = await instance.client().post('/auth/login/with/github', { idToken: 'x', nonce: 'n' })
      expect([reply.status, reply.body.code]).toEqual([404, 'not_found'])
    })
  })

  test('unlink-to-lock-out: the last proof stays, also if two are unlinked at the same moment', async () => {
    const account = newAccount()
    const client = instance.client()
    await round(client, account)
    const [only] = (await client.get('/auth/identities')).body.identities
    const refused = await client.delete(`/auth/identities/${only.id}`)
    expect([refused.status, refused.body.code]).toEqual([409, 'last_credential'])
    await link(client, newAccount(), 'company')
    const both = (await client.get('/auth/identities')).body.identities
    const replies = await Promise.all(both.map(({ id }: { id: string }) => client.delete(`/auth/identities/${id}`)))
    expect(replies.map(({ status }) => status).toSorted()).toEqual([204, 409])
    expect((await client.get('/auth/identities')).body.identities).toHaveLength(1)
    expect((await client.delete('/auth/identities/nonsense')).status).toBe(404)
  })

  test(
    'unlink-to-lock-out: revoking everything at the moment of an unlinking keeps the last proof',
    async () => {
      const client = instance.client()
      await round(client, newAccount())
      const linked = async (): Promise<{ id: string; provider: string }[]> =>
        (await client.get('/auth/identities')).body.identities
      for (let time = rounds(200, 5); time > 0; time--) {
        const [{ id, provider } = { id: '', provider: '' }] = await linked()
        await link(client, newAccount(), provider === 'google' ? 'company' : 'google')
        await Promise.all([client.delete(`/auth/identities/${id}`), client.delete('/auth/access')])
        expect(await linked()).toHaveLength(1)
      }
    },
    rounds(600_000, 20_000),
  )

  test('attack: a login in progress that outlives the unlinking of its provider is not completed', async () => {
    for (const end of ['unlink', 'revoke'] as const) {
      const account = newAccount()
      const { client } = await newUser(account.email)
      await link(client, account)
      const { secret } = (await client.post('/auth/totp')).body
      await client.post('/auth/totp/confirm', { code: totpCode(secret, now) })
      now += MINUTE_MS
      const thief = instance.client()
      expect((await round(thief, account)).headers.get('location')).toBe('/auth/login/attempt')
      const [{ id }] = (await client.get('/auth/identities')).body.identities
      const ended = await client.delete(end === 'unlink' ? `/auth/identities/${id}` : '/auth/access')
      expect(ended.status).toBe(end === 'unlink' ? 204 : 200)
      const late = await thief.post('/auth/login/totp', { code: totpCode(secret, now) })
      expect([end, late.body.code]).toEqual([end, 'attempt_ended'])
    }
  })

  test('an identity of another user cannot be unlinked, and an unlinked one cannot log in', async () => {
    const account = newAccount()
    const { client, id } = await newUser(account.email)
    await link(client, account)
    const [identity] = (await client.get('/auth/identities')).body.identities
    const other = await newUser(`other${count++}@example.com`)
    expect((await other.client.delete(`/auth/identities/${identity.id}`)).status).toBe(404)
    expect((await client.delete(`/auth/identities/${identity.id}`)).status).toBe(204)
    expect(
      await instance.waitForMail(({ subject, to }) => to === account.email && /unlinked/.test(subject)),
    ).toBeTruthy()
    const again = instance.client()
    await round(again, { ...account, email: 'else@example.com', emailVerified: false })
    expect(await who(again)).not.toBe(id)
  })

  test('a new login at the provider makes a session fresh, an old one does not, and GitHub never does', async () => {
    const account = newAccount()
    const client = instance.client()
    await round(client, account)
    now += 11 * MINUTE_MS
    expect((await client.delete('/auth/user')).body.code).toBe('reauthentication_required')
    const prove = async (more: object = {}, other: TestAccount = account): Promise<Reply> => {
      const begun = await client.post('/auth/reauthenticate/with/google?next=/app')
      expect(begun.status).toBe(200)
      expect(new URL(begun.body.location).searchParams.get('max_age')).toBe('0')
      return client.get(callbackPath('google', memory.approve(begun.body.location, { ...other, ...more })))
    }
    const CANNOT = 'cannot confirm that it is you'
    const seconds = Math.floor(now / 1_000)
    await expectRefused(client, await prove({ claims: { auth_time: seconds - 600 } }), CANNOT, '/auth/reauthenticate')
    for (const time of [undefined, seconds + 600]) {
      await expectRefused(client, await prove({ claims: { auth_time: time } }), CANNOT, '/auth/reauthenticate')
    }
    await expectRefused(client, await prove({}, newAccount()), CANNOT, '/auth/reauthenticate')
    expect((await client.delete('/auth/user')).body.code).toBe('reauthentication_required')
    const before = client.cookies.get('latchkey')
    expect((await prove()).headers.get('location')).toBe('/app')
    expect(client.cookies.get('latchkey')).not.toBe(before)
    const atGithub = await client.post('/auth/reauthenticate/with/github')
    expect([atGithub.status, atGithub.body.code]).toEqual([409, 'provider_cannot_confirm'])
    expect((await client.delete('/auth/user')).status).toBe(204)
  })

  test('a login is as fresh as the login at the provider, also with the ID token of an app (OpenID Connect Core, auth_time)', async () => {
    const account = newAccount()
    const client = instance.client()
    await round(client, account)
    const seconds = Math.floor(now / 1_000)
    const provenAt = async (): Promise<number> =>
      Date.parse((await client.get('/auth/session')).body.session.authenticatedAt) / 1_000
    const withTime = (time: unknown): TestAccount => ({ ...account, claims: { auth_time: time } })

    await round(client, withTime(seconds - 3_600))
    expect(await provenAt()).toBe(seconds - 3_600)
    expect((await client.delete('/auth/user')).body.code).toBe('reauthentication_required')
    const begun = await client.post('/auth/reauthenticate/with/google')
    await client.get(callbackPath('google', memory.approve(begun.body.location, account)))
    expect(await provenAt()).toBe(now / 1_000)

    await round(client, withTime(seconds - 3_600.25)) // a number of seconds (RFC 7519 section 2)
    expect(await provenAt()).toBe(seconds - 3_600.25)
    await round(client, withTime(0))
    expect(await provenAt()).toBe(0)
    for (const time of [seconds + 3_600, undefined]) {
      await round(client, withTime(time))
      expect([time, await provenAt()]).toEqual([time, now / 1_000])
    }
    const idToken = memory.idToken(GOOGLE, 'android', withTime(seconds - 1_800), 'fresh-nonce')
    expect((await client.post('/auth/login/with/google', { idToken, nonce: 'fresh-nonce' })).status).toBe(200)
    expect(await provenAt()).toBe(seconds - 1_800)

    now += 20 * MINUTE_MS
    const begunAgain = await client.post('/auth/reauthenticate/with/google')
    await client.get(callbackPath('google', memory.approve(begunAgain.body.location, account)))
    const { secret } = (await client.post('/auth/totp')).body
    expect((await client.post('/auth/totp/confirm', { code: totpCode(secret, now) })).status).toBe(200)
    now += MINUTE_MS
    const other = instance.client()
    await round(other, withTime(seconds - 3_600))
    expect((await other.post('/auth/login/totp', { code: totpCode(secret, now) })).status).toBe(200)
    expect((await other.delete('/auth/user')).status).toBe(204) // the second factor is the latest proof
  })

  test('identities are in the list of access, in the export and in the events; revoking all keeps the last proof', async () => {
    const account = newAccount()
    const client = instance.client()
    await round(client, account)
    await link(client, newAccount(), 'company')
    const { access } = (await client.get('/auth/access')).body
    const names = access.flatMap(({ kind, name }: Record<string, string>) => (kind === 'identity' ? [name] : []))
    expect(names.toSorted()).toEqual([expect.stringMatching(/^Company · /), `Google · ${account.email}`])
    const exported = (await client.get('/auth/user/export')).body
    expect(exported.identities).toContainEqual(expect.objectContaining({ issuer: GOOGLE, subject: account.subject }))
    expect((await client.delete('/auth/access')).body.revoked).toBe(1)
    expect((await client.get('/auth/identities')).body.identities).toMatchObject([{ provider: 'google' }])
    const again = instance.client()
    await round(again, account)
    expect(await who(again)).not.toBe(null)
  })

  test('identities move with their user to another database', async () => {
    const account = newAccount()
    const client = instance.client()
    await round(client, account)
    const id = await who(client)
    const lines: ImportLine[] = []
    for await (const line of instance.auth.users.export()) if ('id' in line && line.id === id) lines.push(line)
    expect(lines).toMatchObject([{ identities: [{ provider: 'google', issuer: GOOGLE, subject: account.subject }] }])
    await client.delete('/auth/user')
    expect(await instance.auth.users.import(lines)).toMatchObject({ created: 1 })
    const again = instance.client()
    await round(again, account)
    expect(await who(again)).toBe(id)
  })

  test('a disabled user is refused, and the audit log says so', async () => {
    const account = newAccount()
    const client = instance.client()
    await round(client, account)
    const id = (await who(client)) ?? ''
    await instance.auth.users.disable(id)
    const again = instance.client()
    await expectRefused(again, await round(again, account), NOT_COMPLETED)
    expect(instance.events.at(-1)).toMatchObject({ type: 'login.refused', userId: id, reason: 'disabled' })
  })

  test('a user who is disabled or deleted at the moment of the login gets no session, and no error', async () => {
    const disable = (id: string): Promise<unknown> => instance.auth.users.disable(id)
    const remove = (id: string): Promise<unknown> => instance.auth.users.delete(id)
    for (const end of Array.from({ length: rounds(100, 5) }).flatMap(() => [disable, remove])) {
      const account = newAccount()
      const client = instance.client()
      await round(client, account)
      const id = (await who(client)) ?? ''
      const other = instance.client()
      const path = callbackPath('google', memory.approve(await beginRound(other, 'google'), account))
      const [reply] = await Promise.all([other.get(path), end(id)])
      expect(reply.status).toBe(303)
      // After the deletion, the account at the provider is new here.
      expect(await who(other)).not.toBe(id)
    }
    expect(instance.errors).toEqual([])
  })

  test('a provider that changes its key: the new one is fetched, and the old one no longer counts', async () => {
    let rotated = createMemoryProvider(() => now, 'first')
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() })
    const passMinutes = (): void => {
      now += 2 * MINUTE_MS
      vi.setSystemTime(Date.now() + 2 * MINUTE_MS) // the library has a clock of its own
    }
    answers = (url, request) => rotated.fetch(url, request)
    const log = (account: TestAccount, at = rotated): Promise<Reply> => {
      const client = instance.client()
      return beginRound(client, 'rotating').then((location) =>
        client.get(callbackPath('rotating', at.approve(location, account))),
      )
    }
    expect((await log(newAccount())).headers.get('location')).toBe('/auth/account')
    const old = rotated
    rotated = createMemoryProvider(() => now, 'second')
    passMinutes() // the library asks for keys again at most once a minute
    expect((await log(newAccount())).headers.get('location')).toBe('/auth/account')
    // The thief of the old key signs with it.
    answers = (url, request) => (url.endsWith('/token') ? old.fetch(url, request) : rotated.fetch(url, request))
    passMinutes()
    expect((await log(newAccount(), old)).headers.get('location')).toBe('/auth/login')
    vi.useRealTimers()
  })

  test('an address that is only in the UserInfo response counts, if it is about the same subject', async () => {
    const userInfo = (more: object): void => {
      answers = async (url, request) => {
        if (url.endsWith('/userinfo')) return Response.json(more)
        const answer = await memory.fetch(url, request)
        if (!url.endsWith('openid-configuration')) return answer
        return Response.json({
          ...((await answer.json()) as object),
          userinfo_endpoint: 'https://info.example/userinfo',
        })
      }
    }
    userInfo({ sub: 'info-1', email: 'info1@info.example', email_verified: true, name: 'Info' })
    const client = instance.client()
    await round(client, { subject: 'info-1' }, 'info')
    expect((await client.get('/auth/session')).body.user).toMatchObject({ email: 'info1@info.example', name: 'Info' })
    userInfo({ sub: 'another', email: 'info2@info.example', email_verified: true })
    const other = instance.client()
    await expectRefused(other, await round(other, { subject: 'info-2' }, 'info'), NOT_COMPLETED)
    expect(await instance.auth.users.find('info2@info.example')).toBeNull()
  })

  test('an unknown provider is not found', async () => {
    const client = instance.client()
    for (const path of ['/auth/login/with/nobody', '/auth/login/with/nobody/callback?state=x']) {
      expect((await client.get(path)).body.code).toBe('not_found')
    }
  })

  test('beginning reads nothing, a callback runs at most 6 statements: of a known browser, of a new one, of a new user', async () => {
    // Last uses are written, and emails are sent, in the background.
    const background =
      /^(?:BEGIN|COMMIT)|pg_notify|^\s*UPDATE\b[\s\S]*last_(?:seen|used)_at|^(?:select|update|delete)\b[\s\S]*\bmails\b/i
    const foreground = (): string[] => instance.statements.filter((text) => !background.test(text))
    const account = newAccount()
    const callbackOf = async (client: Client): Promise<string[]> => {
      instance.statements.length = 0
      const location = await beginRound(client, 'google')
      expect(foreground()).toEqual([])
      const reply = await client.get(callbackPath('google', memory.approve(location, account)))
      expect(reply.headers.get('location')).toBe('/auth/account')
      return foreground().map((text) => text.replaceAll('"latchkey".', ''))
    }
    const known = instance.client()
    const first = await callbackOf(known)
    await known.post('/auth/logout')
    const ran = { first, again: await callbackOf(known), newBrowser: await callbackOf(instance.client()) }
    if (ring.endsWith('Redis')) return // sessions and counters are there
    const tables = (texts: readonly string[]): unknown[] =>
      texts.map((text) => /^insert into "(\w+)"/.exec(text)?.[1] ?? text)
    expect(tables(ran.first)).toEqual(['spent_proofs', 'throttle', 'users', 'identities', 'sessions', 'audit_events'])
    const factors = expect.stringMatching(/^select exists/)
    expect(tables(ran.again)).toEqual(['spent_proofs', factors, 'sessions', 'audit_events'])
    const inNewBrowser = ['spent_proofs', factors, 'throttle', 'sessions', 'audit_events', 'mails']
    expect(tables(ran.newBrowser)).toEqual(inNewBrowser)
  })
})

describe('providers and who may register', () => {
  const memory = createMemoryProvider(Date.now)
  const start = (options: Parameters<typeof startInstance>[1]): Promise<Instance> =>
    startInstance('handler', { providers: PROVIDERS, ...options }, { ...SMALL_COST, fetchProvider: memory.fetch })
  const round = (client: Client, account: TestAccount, provider = 'google', query = {}): Promise<Reply> =>
    runRound(memory, client, { provider, account, query })
  const show = async (client: Client, reply: Reply): Promise<string> =>
    (await client.get(reply.headers.get('location') ?? '', { accept: 'text/html' })).text

  test('closed: an unknown identity gets no account, a linked one logs in, and the page offers nothing', async () => {
    const instance = await start({ registration: 'closed' })
    const client = instance.client()
    const stranger = { subject: 's1', email: 's1@gmail.com', emailVerified: true }
    expect(await show(client, await round(client, stranger))).toContain('You need an invitation')
    expect(await instance.auth.users.find('s1@gmail.com')).toBeNull()
    await instance.auth.users.create({ email: 's2@gmail.com', password: PASSWORD, emailVerified: true })
    const known = await round(client, { subject: 's2', email: 's2@gmail.com', emailVerified: true })
    expect(known.headers.get('location')).toBe('/auth/account')
    expect((await client.get('/auth/register')).text).not.toContain('/auth/login/with/')
    await instance.close()
  })

  test('by invitation: needed, bound to its address, used once', async () => {
    const instance = await start({ registration: 'invite' })
    const without = instance.client()
    const ada = { subject: 'i1', email: 'ada@gmail.com', emailVerified: true }
    await round(without, ada)
    expect((await without.get('/auth/session')).status).toBe(401)
    await instance.auth.invitations.create({ email: 'ada@gmail.com' })
    const { text } = await instance.waitForMail(({ to }) => to === 'ada@gmail.com')
    const [, invitation = ''] = /invitation=([\w-]+)/.exec(text) ?? []
    const thief = instance.client()
    await round(thief, { subject: 'i2', email: 'eve@gmail.com', emailVerified: true }, 'google', { invitation })
    expect((await thief.get('/auth/session')).status).toBe(401)
    const client = instance.client()
    await round(client, ada, 'google', { invitation })
    expect((await client.get('/auth/session')).body.user.email).toBe('ada@gmail.com')
    const again = instance.client()
    await round(again, { subject: 'i3', email: 'ada@gmail.com' }, 'company', { invitation })
    expect((await again.get('/auth/session')).status).toBe(401)
    await instance.close()
  })

  test('verifyEmail required: an address that the provider does not decide about must be verified; the link then logs in', async () => {
    const instance = await start({ verifyEmail: 'required' })
    const client = instance.client()
    await round(client, { subject: 'v1', email: 'v1@gmail.com', emailVerified: true })
    expect((await client.get('/auth/session')).body.user).toMatchObject({ emailVerified: true })
    const other = instance.client()
    const account = { subject: 'v2', email: 'v2@elsewhere.example', emailVerified: true }
    const waiting = await round(other, account, 'company', { next: '/app' })
    expect([waiting.status, waiting.headers.get('location')]).toEqual([303, '/auth/login?next=%2Fapp'])
    expect((await other.get('/auth/session')).status).toBe(401)
    expect(await show(other, waiting)).toContain('link')
    const { text } = await instance.waitForMail(({ to }) => to === 'v2@elsewhere.example')
    const [link = ''] = /\/auth\/email\/verify\?token=\S+/.exec(text) ?? []
    const token = link.split('token=')[1] ?? ''
    const done = await other.form('/auth/email/verify', { token, newPassword: PASSWORD, next: '/app' })
    expect(done.headers.get('location')).toBe('/app')
    await instance.close()
  })

  test('many tokens with unknown keys at the same moment ask the provider for its keys once (CWE-406)', async () => {
    const asked: string[] = []
    const { promise: isAsked, resolve: release } = Promise.withResolvers<void>()
    const instance = await startInstance(
      'handler',
      { providers: PROVIDERS },
      {
        ...SMALL_COST,
        async fetchProvider(url, request) {
          asked.push(url)
          if (url.endsWith('/jwks')) await isAsked
          return memory.fetch(url, request)
        },
      },
    )
    await beginRound(instance.client(), 'company') // loads the library and the discovery document
    const [, ...token] = memory.idToken('https://id.company.example/realm', 'client', { subject: '1' }, 'n').split('.')
    const replies = Array.from({ length: 20 }, (_, id) => {
      const header = Buffer.from(JSON.stringify({ alg: 'ES256', kid: String(id) })).toString('base64url')
      return instance.client().post('/auth/login/with/company', { idToken: [header, ...token].join('.'), nonce: 'n' })
    })
    await instance.client().get('/auth') // by its answer, all of them wait for the keys
    release()
    expect(new Set((await Promise.all(replies)).map(({ body }) => body.code))).toEqual(new Set(['provider_refused']))
    expect(asked.filter((url) => url.endsWith('/jwks'))).toHaveLength(1)
    await instance.close()
  })

  test('verifyEmail required: in the browser that registered, the link needs no password, and the identity stays', async () => {
    let now = Date.now()
    const instance = await start({ verifyEmail: 'required', clock: () => now })
    const linkTo = async (address: string, known: readonly object[] = []): Promise<string> => {
      const isNew = (mail: object): boolean => !known.includes(mail)
      const { text } = await instance.waitForMail((mail) => mail.to === address && isNew(mail))
      return /token=([\w-]+)/.exec(text)?.[1] ?? ''
    }
    const ada = { subject: '41', email: 'ada@elsewhere.example', emailVerified: true }
    const eve = { subject: '42', email: 'eve@elsewhere.example', emailVerified: true }
    const client = instance.client()
    await round(client, ada, 'github', { next: '/app' })
    const token = await linkTo(ada.email)
    expect((await client.get(`/auth/email/verify?token=${token}`)).text).not.toContain('type="password"')
    // Another browser proves nothing, not even one that registered another address, or an address that is taken.
    const others = [instance.client(), instance.client(), instance.client()]
    await round(others[1] ?? client, eve, 'github')
    await round(others[2] ?? client, { subject: '43', email: ada.email, emailVerified: false }, 'company')
    for (const other of others) {
      expect((await other.post('/auth/email/verify', { token })).body.code).toBe('proof_required')
      const asked = (await other.get(`/auth/email/verify?token=${token}`)).text
      expect(asked).toContain('type="password"')
      expect(asked).toContain('No password?')
    }
    const done = await client.form('/auth/email/verify', { token, next: '/app' })
    expect(done.headers.get('location')).toBe('/auth/login?next=%2Fapp')
    expect(client.cookies.has('latchkey-registrant')).toBe(false)
    expect((await round(client, ada, 'github', { next: '/app' })).headers.get('location')).toBe('/app')
    expect((await client.get('/auth/identities')).body.identities).toHaveLength(1)

    // A login before the address is verified proves it in its browser as well. A proof is worth two days.
    now += 48 * 60 * MINUTE_MS
    const known = [...instance.mails]
    const again = instance.client()
    await round(again, eve, 'github')
    const second = await linkTo(eve.email, known)
    expect((await others[1]?.post('/auth/email/verify', { token: second }))?.body.code).toBe('proof_required')
    expect((await again.post('/auth/email/verify', { token: second })).status).toBe(204)
    await instance.close()
  })

  test('a hostile discovery document in production leads nowhere inside, whichever endpoint it names (SSRF, CWE-918)', async () => {
    vi.stubEnv('NODE_ENV', 'production')
    const inside = [
      'https://127.0.0.1/',
      'https://localhost/',
      'https://169.254.169.254/latest',
      'https://[::ffff:7f00:1]/',
    ]
    const urls = [
      ...inside,
      'http://127.0.0.1/',
      'http://public.example/',
      'file:///etc/passwd',
      'data:application/json,{}',
    ]
    const endpoints = ['jwks_uri', 'token_endpoint', 'userinfo_endpoint', 'authorization_endpoint']
    const documents: object[] = endpoints.flatMap((name) => urls.map((url) => ({ [name]: url })))
    documents.push({ issuer: 'https://other.example' }, { jwks_uri: null }, { token_endpoint: {} })
    documents.push(
      { id_token_signing_alg_values_supported: ['none', 'HS256'] },
      { token_endpoint_auth_methods_supported: 5 },
    )
    const guarded = createGuardedFetch({ allowPrivate: true })
    const reached: string[] = []
    const providers = documents.map((_, index) =>
      oidc({ ...CREDENTIALS, id: `h${index}`, issuer: `https://h${index}.example`, allowPrivate: true }),
    )
    const instance = await startInstance(
      'handler',
      { providers, baseUrl: 'https://app.example.com', secrets: [randomBytes(32).toString('base64url')] },
      {
        ...SMALL_COST,
        async fetchProvider(url, request) {
          const [, index] = /^https:\/\/h(\d+)\.example/.exec(url) ?? []
          const answer = await (index === undefined ? guarded : memory.fetch)(url, request)
          if (index === undefined) reached.push(url)
          if (!url.endsWith('/openid-configuration')) return answer
          return Response.json({ ...((await answer.json()) as object), ...documents[Number(index)] })
        },
      },
    )
    for (const [index, document] of documents.entries()) {
      const client = instance.client()
      const location = (await client.get(`/auth/login/with/h${index}`)).headers.get('location') ?? ''
      expect([document, location]).toEqual([document, expect.stringMatching(/^(?:https:\/\/|\/auth\/login$)/)])
      if (location === '/auth/login') continue
      // The ID token has no email address, so the UserInfo endpoint is asked.
      const answer = memory.approve(`https://h${index}.example/authorize${new URL(location).search}`, { subject: '1' })
      const ended = await client.get(callbackPath(`h${index}`, answer))
      expect([document, ended.headers.get('location')]).toEqual([document, '/auth/login'])
    }
    expect(reached).toEqual([])
    expect(await instance.auth.users.list()).toEqual([])
    await instance.close()
  })

  test('a network that ends too many rounds waits, and the provider is not asked', async () => {
    const asked: string[] = []
    const instance = await startInstance(
      'handler',
      { providers: PROVIDERS, throttle: { challengesPerNetwork: 3 } },
      {
        ...SMALL_COST,
        fetchProvider(url, request) {
          asked.push(url)
          return memory.fetch(url, request)
        },
      },
    )
    const tryCode = async (): Promise<string> => {
      const client = instance.client()
      const { searchParams } = new URL(await beginRound(client, 'google'))
      const answer = { code: 'junk', state: searchParams.get('state') ?? '' }
      return show(client, await client.get(callbackPath('google', answer)))
    }
    for (let round = 0; round < 3; round++) expect(await tryCode()).toContain('could not be completed')
    const before = asked.filter((url) => url.endsWith('/token')).length
    expect(await tryCode()).toContain('Too many attempts')
    expect(asked.filter((url) => url.endsWith('/token'))).toHaveLength(before)
    await instance.close()
  })
})
