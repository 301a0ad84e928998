/*
 * The owner comes back: what a stranger or an intruder set up in an account does not survive the reset, the verification or the undo
 * that gives it back. And what a second factor protects, the password alone does not reach.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { github, google, oidc } from '../../src/providers.ts'
import { createMemoryProvider, type MemoryProvider, type TestAccount } from '../../src/testing/memory-provider.ts'
import { createAuthenticator, type SoftwareAuthenticator } from '../../src/testing.ts'
import { mailTo, tokenIn } from '../support/caught-mails.ts'
import type { Client, Reply } from '../support/client.ts'
import { callbackPath, runRound } from '../support/provider-round.ts'
import { type Instance, PASSWORD, RINGS, SMALL_COST, startInstance, wholeMinute } from '../support/rings.ts'
import { totpCode } from '../support/totp.ts'

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS
const NEW_PASSWORD = 'another horse battery'
const CREDENTIALS = { clientId: 'client', clientSecret: 'secret' }
const PROVIDERS = [
  github(CREDENTIALS),
  google(CREDENTIALS),
  oidc({ ...CREDENTIALS, id: 'company', issuer: 'https://id.company.example' }),
]

describe.each(RINGS)('the owner comes back (%s)', (ring) => {
  let instance: Instance
  let memory: MemoryProvider
  let now = wholeMinute()
  let people = 0
  beforeAll(async () => {
    memory = createMemoryProvider(() => now)
    instance = await startInstance(
      ring,
      { clock: () => now, providers: PROVIDERS, emailLogin: 'on' },
      { ...SMALL_COST, fetchProvider: memory.fetch },
    )
  })
  afterAll(() => instance.close())

  const newEmail = (): string => `owner${people++}@example.com`
  const logIn = (client: Client, email: string, password = PASSWORD): Promise<Reply> =>
    client.post('/auth/login', { email, password })
  const round = (client: Client, account: TestAccount, provider: string): Promise<Reply> =>
    runRound(memory, client, { provider, account })
  const isLoggedIn = async (client: Client): Promise<boolean> => (await client.get('/auth/session')).status === 200

  async function addTotp(client: Client): Promise<string> {
    const { secret } = (await client.post('/auth/totp')).body
    expect((await client.post('/auth/totp/confirm', { code: totpCode(secret, now) })).status).toBe(200)
    now += 30_000
    return secret
  }

  async function addPasskey(client: Client): Promise<SoftwareAuthenticator> {
    const authenticator = createAuthenticator()
    const { options } = (await client.post('/auth/passkeys/options')).body
    const { status } = await client.post('/auth/passkeys', { credential: authenticator.create(options) })
    expect(status).toBe(201)
    return authenticator
  }

  async function logInWithPasskey(client: Client, authenticator: SoftwareAuthenticator): Promise<Reply> {
    const { options } = (await client.post('/auth/login/passkey/options', {})).body
    return client.post('/auth/login/passkey', { credential: authenticator.get(options) })
  }

  async function reset(email: string): Promise<Reply> {
    await instance.client().post('/auth/password/forgot', { email })
    const token = tokenIn(await instance.waitForMail(mailTo(email, '/password/reset?')))
    return instance.client().post('/auth/password/reset', { token, password: NEW_PASSWORD })
  }

  test.each(['github', 'company'])(
    'a stranger who registered the address at %s is out after the reset of its owner',
    async (provider) => {
      const account = { subject: String(7_000 + people), email: newEmail(), emailVerified: true }
      const stranger = instance.client()
      await round(stranger, account, provider)
      expect(await isLoggedIn(stranger)).toBe(true)
      expect((await reset(account.email)).status).toBe(204)
      const owner = instance.client()
      expect((await logIn(owner, account.email, NEW_PASSWORD)).body.status).toBe('complete')
      const again = instance.client()
      await round(again, account, provider)
      expect([await isLoggedIn(stranger), await isLoggedIn(again)]).toEqual([false, false])
      expect((await owner.get('/auth/identities')).body.identities).toEqual([])
    },
  )

  test.each(['reset', 'verification'])(
    'a stranger who registered the address with factors leaves none after the %s',
    async (way) => {
      const email = newEmail()
      const stranger = instance.client()
      expect((await stranger.post('/auth/register', { email, password: PASSWORD })).status).toBe(201)
      const authenticator = await addPasskey(stranger)
      await addTotp(stranger)
      if (way === 'reset') expect((await reset(email)).status).toBe(204)
      else {
        await stranger.post('/auth/email/verify/request')
        const token = tokenIn(await instance.waitForMail(mailTo(email, '/email/verify?')))
        const verified = await instance.client().post('/auth/email/verify', { token, newPassword: NEW_PASSWORD })
        expect(verified.status).toBe(204)
      }
      const owner = instance.client()
      expect((await logIn(owner, email, NEW_PASSWORD)).body.status).toBe('complete')
      expect((await owner.get('/auth/factors')).body).toMatchObject({ totp: null, passkeys: [], recoveryCodes: null })
      expect((await logInWithPasskey(instance.client(), authenticator)).status).toBe(403)
    },
  )

  test('a reset of a verified account removes no factor, and the login asks for it (ASVS 6.4.3)', async () => {
    const email = newEmail()
    await instance.auth.users.create({ email, password: PASSWORD, emailVerified: true })
    const client = instance.client()
    await logIn(client, email)
    const authenticator = await addPasskey(client)
    await addTotp(client)
    expect((await reset(email)).status).toBe(204)
    expect((await logIn(instance.client(), email, NEW_PASSWORD)).body.status).toBe('step_required')
    expect((await logInWithPasskey(instance.client(), authenticator)).body.status).toBe('complete')
  })

  test('an undone change of the address removes what was set up since the session of the change began, and nothing older', async () => {
    const email = newEmail()
    await instance.auth.users.create({ email, password: PASSWORD, emailVerified: true })
    const owner = instance.client()
    await logIn(owner, email)
    const own = await addPasskey(owner)
    now += DAY_MS
    const intruder = instance.client()
    expect((await logInWithPasskey(intruder, own)).body.status).toBe('complete') // stands for a stolen session
    const theirs = await addPasskey(intruder)
    const account = { subject: `intruder-${people}`, email: newEmail(), emailVerified: true }
    const { location } = (await intruder.post('/auth/identities/google')).body
    await intruder.get(callbackPath('google', memory.approve(location, account)))
    expect((await intruder.get('/auth/identities')).body.identities).toHaveLength(1)
    await addTotp(intruder)
    const elsewhere = newEmail()
    expect((await intruder.post('/auth/email/change', { email: elsewhere })).status).toBe(202)
    const token = tokenIn(await instance.waitForMail(mailTo(elsewhere, '/email/change/confirm?')))
    expect((await intruder.post('/auth/email/change/confirm', { token })).status).toBe(204)
    now += DAY_MS
    const undo = tokenIn(await instance.waitForMail(mailTo(email, '/email/change/undo?')))
    expect((await instance.client().post('/auth/email/change/undo', { token: undo })).status).toBe(204)
    const again = instance.client()
    expect((await logInWithPasskey(again, theirs)).status).toBe(403)
    await round(again, account, 'google')
    expect((await again.get('/auth/session')).body.user.email).toBe(account.email) // a new account
    expect(await isLoggedIn(intruder)).toBe(false)
    const back = instance.client()
    expect((await logInWithPasskey(back, own)).body).toMatchObject({ status: 'complete', user: { email } })
    expect((await back.get('/auth/factors')).body).toMatchObject({ totp: null, passkeys: [{}], recoveryCodes: null })
  })

  test('a change of the password makes no session fresh that a second factor protects', async () => {
    const email = newEmail()
    await instance.auth.users.create({ email, password: PASSWORD, emailVerified: true })
    const client = instance.client()
    await logIn(client, email)
    await addTotp(client)
    now += 60 * MINUTE_MS
    expect((await client.post('/auth/reauthenticate', { password: PASSWORD })).body.code).toBe('second_factor_required')
    const { authenticatedAt } = (await client.get('/auth/session')).body.session
    const changed = await client.post('/auth/password/change', {
      currentPassword: PASSWORD,
      newPassword: NEW_PASSWORD,
    })
    expect([changed.status, changed.body.session.authenticatedAt]).toEqual([200, authenticatedAt])
    expect((await client.delete('/auth/totp')).body.code).toBe('reauthentication_required')
    expect((await client.get('/auth/factors')).body.totp).not.toBeNull()
  })

  test('an enrolment that an intruder began does not survive the reset', async () => {
    const email = newEmail()
    await instance.auth.users.create({ email, password: PASSWORD, emailVerified: true })
    const intruder = instance.client()
    await logIn(intruder, email)
    const { secret } = (await intruder.post('/auth/totp')).body
    expect((await reset(email)).status).toBe(204)
    const owner = instance.client()
    await logIn(owner, email, NEW_PASSWORD)
    const confirmed = await owner.post('/auth/totp/confirm', { code: totpCode(secret, now) })
    expect([confirmed.status, (await owner.get('/auth/factors')).body.totp]).toEqual([expect.any(Number), null])
    expect(confirmed.status).toBeGreaterThanOrEqual(400)
  })

  test('a factor set up while the user is at a provider: the way back makes no session fresh', async () => {
    const account = { subject: `person-${people}`, email: `person${people++}@gmail.com`, emailVerified: true }
    const client = instance.client()
    await round(client, account, 'google')
    const { location } = (await client.post('/auth/reauthenticate/with/google')).body
    await addTotp(client)
    now += 9 * MINUTE_MS
    const before = (await client.get('/auth/session')).body.session.authenticatedAt
    await client.get(callbackPath('google', memory.approve(location, account)))
    expect((await client.get('/auth/session')).body.session.authenticatedAt).toBe(before)
  })

  test('emails that confirm an identity have a budget for each user (CWE-770, ASVS 2.4.1)', async () => {
    const strict = await startInstance('handler', {
      emailLogin: 'on',
      clock: () => now,
      throttle: { changesPerAccount: 5 },
    })
    const email = newEmail()
    await strict.auth.users.create({ email, password: PASSWORD, emailVerified: true })
    const client = strict.client()
    await logIn(client, email)
    const statuses = []
    for (let time = 0; time < 7; time++) statuses.push((await client.post('/auth/reauthenticate/email')).status)
    await strict.close()
    expect(statuses).toEqual([202, 202, 202, 202, 202, 429, 429])
  })
})

describe.each(['closed', 'invite', 'open'] as const)(
  'registration is %s, and addresses must be verified',
  (registration) => {
    /** Returns what five people read who log in at a provider with addresses that it did not verify. */
    async function readAnswers(isTaken: boolean): Promise<(string | undefined)[]> {
      const memory = createMemoryProvider(() => Date.now())
      const instance = await startInstance(
        'handler',
        { providers: PROVIDERS, registration, verifyEmail: 'required', throttle: { registrationsPerNetwork: 3 } },
        { ...SMALL_COST, fetchProvider: memory.fetch },
      )
      const shown = []
      for (const subject of ['1', '2', '3', '4', '5']) {
        const account = { subject, email: `ada${subject}@example.com`, emailVerified: false }
        if (isTaken) await instance.auth.users.create({ email: account.email, password: PASSWORD, emailVerified: true })
        const client = instance.client()
        const { headers } = await runRound(memory, client, { provider: 'company', account })
        const page = await client.get(headers.get('location') ?? '', { accept: 'text/html' })
        shown.push(/class="note[^>]*>.*?<\/div>/s.exec(page.text)?.[0].replace(/<time.*?<\/time>/, ''))
      }
      await instance.close()
      return shown
    }

    test('a login at a provider with an address that proves nothing reveals no account (DESIGN promise 7, ASVS 6.3.8)', async () => {
      const [taken, free] = [await readAnswers(true), await readAnswers(false)]
      expect(taken).toEqual(free)
      expect(new Set(free)).not.toContain(undefined)
      expect(new Set(free).size).toBe(registration === 'closed' ? 1 : registration === 'invite' ? 2 : 2)
    })
  },
)
