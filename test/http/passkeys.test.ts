/* Passkeys: register, log in, second step, confirm an identity, manage, and every attack on a ceremony (DESIGN section 3). */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type AuthenticatorOptions,
  type CeremonyOverrides,
  createAuthenticator,
  type SoftwareAuthenticator,
} from '../../src/testing.ts'
import { Client, type Reply } from '../support/client.ts'
import { type Instance, ORIGIN, PASSWORD, RINGS, sendTo, startInstance, wholeMinute } from '../support/rings.ts'
import { rounds } from '../support/rounds.ts'
import { totpCode } from '../support/totp.ts'

const MINUTE_MS = 60_000

interface Person {
  readonly client: Client
  readonly email: string
  readonly id: string
  readonly authenticator: SoftwareAuthenticator
}

describe.each(RINGS)('passkeys (%s)', (ring) => {
  let instance: Instance
  let now = wholeMinute()
  let people = 0
  beforeAll(async () => {
    instance = await startInstance(ring, { clock: () => now })
  })
  afterAll(() => instance.close())

  const newEmail = (): string => `person${people++}@example.com`

  /** Registers with a passkey and without a password. */
  async function register(options: AuthenticatorOptions = {}): Promise<Person> {
    const [client, email, authenticator] = [instance.client(), newEmail(), createAuthenticator(options)]
    const begun = await client.post('/auth/register/passkey/options', { email, name: 'Ada' })
    expect(begun.status).toBe(200)
    const credential = authenticator.create(begun.body.options)
    const done = await client.post('/auth/register/passkey', { email, name: 'Ada', credential })
    expect([done.status, done.body.status]).toEqual([201, 'complete'])
    return { client, email, id: done.body.user.id, authenticator }
  }

  /** Logs in with a password, and adds a passkey to the account. */
  async function withPassword(options: AuthenticatorOptions = {}): Promise<Person> {
    const [client, email, authenticator] = [instance.client(), newEmail(), createAuthenticator(options)]
    const { id } = await instance.auth.users.create({ email, password: PASSWORD, emailVerified: true })
    expect((await client.post('/auth/login', { email, password: PASSWORD })).body.status).toBe('complete')
    expect((await add(client, authenticator)).status).toBe(201)
    return { client, email, id, authenticator }
  }

  async function add(client: Client, authenticator: SoftwareAuthenticator, more: object = {}): Promise<Reply> {
    const { options } = (await client.post('/auth/passkeys/options')).body
    return client.post('/auth/passkeys', { credential: authenticator.create(options), ...more })
  }

  async function logIn(
    client: Client,
    authenticator: SoftwareAuthenticator,
    overrides: CeremonyOverrides = {},
    more: object = {},
  ): Promise<Reply> {
    const { options } = (await client.post('/auth/login/passkey/options', {})).body
    return client.post('/auth/login/passkey', { credential: authenticator.get(options, overrides), ...more })
  }

  test('register without a password, log in, and nothing else is asked for', async () => {
    const { client, email, authenticator } = await register()
    const { body } = await client.get('/auth/factors')
    expect(body).toMatchObject({ password: false, totp: null, passkeys: [{ syncs: true, lastUsedAt: null }] })
    expect(Object.keys(body.passkeys[0]).toSorted()).toEqual(['createdAt', 'id', 'lastUsedAt', 'name', 'syncs'])
    expect((await client.get('/auth')).body.features).toContain('passkeys')

    const browser = instance.client()
    const done = await logIn(browser, authenticator, {}, { remember: true })
    expect([done.status, done.body.status, done.body.user.email]).toEqual([200, 'complete', email])
    expect(done.body.session.methods).toEqual(['passkey'])
    expect(done.headers.getSetCookie().find((line) => line.startsWith('latchkey='))).toContain('Max-Age=')
    expect((await browser.get('/auth/session')).status).toBe(200)
    expect((await client.get('/auth/factors')).body.passkeys[0].lastUsedAt).not.toBeNull()
  })

  test('options: 32 bytes of challenge, three algorithms, user verification, discoverable, no attestation (ASVS 6.7.2)', async () => {
    const client = instance.client()
    const { options } = (await client.post('/auth/register/passkey/options', { email: newEmail() })).body
    expect(Buffer.from(options.challenge, 'base64url')).toHaveLength(32)
    expect(options.pubKeyCredParams.map(({ alg }: { alg: number }) => alg)).toEqual([-8, -7, -257])
    expect(options).toMatchObject({
      rp: { id: 'localhost' },
      attestation: 'none',
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    })
    const login = (await client.post('/auth/login/passkey/options', {})).body.options
    expect(login).toMatchObject({ rpId: 'localhost', userVerification: 'required', allowCredentials: [] })
    expect(login.challenge).not.toBe(options.challenge)
    expect(await instance.stored()).not.toContain(login.challenge)
  })

  test.each([-8, -7, -257] as const)(
    'the algorithm %d works, from the registration to the login',
    async (algorithm) => {
      const { authenticator } = await register({ algorithm, syncs: false })
      for (let times = 0; times < 2; times++) expect((await logIn(instance.client(), authenticator)).status).toBe(200)
    },
  )

  const attacks: readonly (readonly [string, CeremonyOverrides])[] = [
    ['of another origin', { origin: 'https://evil.example' }],
    ['of a look-alike origin', { origin: 'http://localhost:3000.evil.example' }],
    ['of another RP ID', { rpId: 'evil.example' }],
    ['of another type', { type: 'webauthn.other' }],
    ['with a challenge of its own', { challenge: 'A'.repeat(43) }],
    ['with an empty challenge', { challenge: '' }],
    ['without user verification', { userVerified: false }],
    ['from a frame of another origin', { crossOrigin: true }],
    ['from a frame that names its outer page', { crossOrigin: true, topOrigin: 'https://evil.example' }],
    ['that names an outer page only', { topOrigin: 'https://evil.example' }],
  ]

  test.each([...attacks, ['of a registration', { type: 'webauthn.create' }] as const])(
    'a login %s is refused',
    async (_, overrides) => {
      const { authenticator } = await register()
      const refused = await logIn(instance.client(), authenticator, overrides)
      expect([refused.status, refused.body.code]).toEqual([403, 'passkey_refused'])
    },
  )

  test.each([...attacks, ['of a login', { type: 'webauthn.get' }] as const])(
    'a registration %s is refused, and so is adding it',
    async (_, overrides) => {
      const [client, email] = [instance.client(), newEmail()]
      const { options } = (await client.post('/auth/register/passkey/options', { email })).body
      const credential = createAuthenticator().create(options, overrides)
      const refused = await client.post('/auth/register/passkey', { email, credential })
      expect([refused.status, refused.body.code]).toEqual([403, 'passkey_refused'])
      expect(await instance.auth.users.find(email)).toBeNull()

      const person = await register()
      const begun = (await person.client.post('/auth/passkeys/options')).body.options
      const added = { credential: createAuthenticator().create(begun, overrides) }
      expect((await person.client.post('/auth/passkeys', added)).body.code).toBe('passkey_refused')
    },
  )

  test('a replayed answer is refused, also after it failed once: the challenge goes before anything is verified', async () => {
    const { authenticator } = await register()
    const client = instance.client()
    const { options } = (await client.post('/auth/login/passkey/options', {})).body
    const credential = authenticator.get(options)
    const token = client.cookies.get('latchkey-passkey') ?? ''
    expect((await client.post('/auth/login/passkey', { credential })).status).toBe(200)
    client.cookies.set('latchkey-passkey', token)
    expect((await client.post('/auth/login/passkey', { credential })).body.code).toBe('passkey_refused')

    for (const overrides of [{ userVerified: false }, { crossOrigin: true }, { topOrigin: 'https://evil.example' }]) {
      const other = instance.client()
      const again = (await other.post('/auth/login/passkey/options', {})).body.options
      const wrong = authenticator.get(again, overrides)
      expect((await other.post('/auth/login/passkey', { credential: wrong })).body.code).toBe('passkey_refused')
      const right = { credential: authenticator.get(again) }
      expect((await other.post('/auth/login/passkey', right)).body.code).toBe('passkey_refused')
    }
  })

  test('the options of a login need no body', async () => {
    const reply = await instance.client().post('/auth/login/passkey/options')
    expect([reply.status, reply.body.options.allowCredentials]).toEqual([200, []])
  })

  test('an answer without the cookie of its challenge, or with that of another browser, is refused', async () => {
    const { authenticator } = await register()
    const [victim, thief] = [instance.client(), instance.client()]
    const { options } = (await victim.post('/auth/login/passkey/options', {})).body
    const credential = authenticator.get(options)
    expect((await thief.post('/auth/login/passkey', { credential })).body.code).toBe('passkey_refused')
    await thief.post('/auth/login/passkey/options', {})
    expect((await thief.post('/auth/login/passkey', { credential })).body.code).toBe('passkey_refused')
    expect((await victim.post('/auth/login/passkey', { credential })).status).toBe(200)
  })

  test('a challenge lives for ten minutes', async () => {
    const { authenticator, client } = await register()
    const browser = instance.client()
    const { options } = (await browser.post('/auth/login/passkey/options', {})).body
    const adding = (await client.post('/auth/passkeys/options')).body.options
    now += 10 * MINUTE_MS
    const login = await browser.post('/auth/login/passkey', { credential: authenticator.get(options) })
    expect(login.body.code).toBe('passkey_refused')
    await client.post('/auth/reauthenticate/passkey', {
      credential: authenticator.get((await client.post('/auth/reauthenticate/passkey/options')).body.options),
    })
    const added = await client.post('/auth/passkeys', { credential: createAuthenticator().create(adding) })
    expect(added.body.code).toBe('passkey_refused')
  })

  test('the user handle must be that of the passkey, and a login needs one', async () => {
    const [ada, bob] = [await register(), await register()]
    const handleOf = ({ id }: Person): string => Buffer.from(id.replaceAll('-', ''), 'hex').toString('base64url')
    for (const userHandle of [handleOf(bob), '', 'AAAA', null]) {
      const refused = await logIn(instance.client(), ada.authenticator, { userHandle })
      expect([refused.status, refused.body.code]).toEqual([403, 'passkey_refused'])
    }
    expect((await logIn(instance.client(), ada.authenticator, { userHandle: handleOf(ada) })).status).toBe(200)
  })

  test('unknown, disabled and deleted accounts get the same refusal', async () => {
    const stranger = createAuthenticator()
    stranger.create(
      (await instance.client().post('/auth/register/passkey/options', { email: newEmail() })).body.options,
    )
    const [disabled, deleted] = [await register(), await register()]
    await instance.auth.users.disable(disabled.id)
    expect((await deleted.client.delete('/auth/user')).status).toBe(204)
    const replies = []
    for (const each of [stranger, disabled.authenticator, deleted.authenticator]) {
      const { status, body } = await logIn(instance.client(), each)
      replies.push({ status, body })
    }
    expect(replies[0]).toMatchObject({ status: 403, body: { code: 'passkey_refused' } })
    expect(new Set(replies.map((reply) => JSON.stringify(reply))).size).toBe(1)
  })

  test('a credential id exists once: a second registration with it is refused, for every account', async () => {
    const credentialId = Buffer.from(`one credential of ${ring}`)
    const adding = async (client: Client): Promise<Reply> => {
      const { options } = (await client.post('/auth/passkeys/options')).body
      const credential = createAuthenticator().create({ ...options, excludeCredentials: [] }, { credentialId })
      return client.post('/auth/passkeys', { credential })
    }
    const [ada, eve] = [await register(), await register()]
    expect((await adding(ada.client)).status).toBe(201)
    expect((await adding(ada.client)).body.code).toBe('passkey_refused')
    expect((await adding(eve.client)).body.code).toBe('passkey_refused')
    const [client, email] = [instance.client(), newEmail()]
    const { options } = (await client.post('/auth/register/passkey/options', { email })).body
    const credential = createAuthenticator().create(options, { credentialId })
    expect((await client.post('/auth/register/passkey', { email, credential })).body.code).toBe('passkey_refused')
  })

  test('a counter that does not increase is refused and reported; one that stays 0 is that of a synced passkey', async () => {
    const { authenticator, client } = await register({ syncs: false })
    expect((await logIn(instance.client(), authenticator)).status).toBe(200)
    expect((await logIn(instance.client(), authenticator)).status).toBe(200)
    const before = instance.events.length
    expect((await logIn(instance.client(), authenticator, { counter: 2 })).body.code).toBe('passkey_refused')
    expect(instance.events.slice(before).map(({ type }) => type)).toContain('passkey.counter_regressed')
    expect((await logIn(instance.client(), authenticator, { counter: 2 ** 32 - 1 })).status).toBe(200)
    expect((await client.get('/auth/factors')).body.passkeys[0].syncs).toBe(false)
    const synced = await register()
    for (let times = 0; times < 2; times++) {
      expect((await logIn(instance.client(), synced.authenticator)).status).toBe(200)
    }
  })

  test('oversized and deep CBOR, keys of other algorithms and garbage are refused; a body over 64 KiB is 413', async () => {
    const { client } = await register()
    const attestationOf = async (change: (object: Buffer) => Buffer): Promise<Reply> => {
      const { options } = (await client.post('/auth/passkeys/options')).body
      const credential = createAuthenticator().create(options)
      const object = change(Buffer.from(credential.response.attestationObject, 'base64url'))
      const response = { ...credential.response, attestationObject: object.toString('base64url') }
      return client.post('/auth/passkeys', { credential: { ...credential, response } })
    }
    const deep = Buffer.concat([Buffer.alloc(40_000, 0x81), Buffer.of(0)])
    const changes: readonly ((object: Buffer) => Buffer)[] = [
      () => deep,
      () => Buffer.concat([Buffer.of(0xa1, 0x01), deep]),
      () => Buffer.from('9b7fffffffffffffff', 'hex'),
      () => Buffer.alloc(0),
      (object) => Buffer.concat([object, Buffer.of(0)]),
      (object) => object.subarray(0, -1),
      (object) => Buffer.from(object.toString('latin1').replace('\x03\x26', '\x03\x38\x22'), 'latin1'), // ES384
      (object) => Buffer.from(object.toString('latin1').replace('\x20\x01', '\x20\x02'), 'latin1'), // P-384
    ]
    for (const change of changes) {
      const refused = await attestationOf(change)
      expect([refused.status, refused.body.code]).toEqual([403, 'passkey_refused'])
    }
    expect((await attestationOf((object) => object)).status).toBe(201)
    expect((await attestationOf(() => Buffer.alloc(64 * 1024))).status).toBe(413)
    const malformed = await client.post('/auth/login/passkey', { credential: { id: '=', response: {} } })
    expect(malformed.status).toBe(422)
  })

  test('second step: the password asks for a passkey, or for another factor, and for one of this user only', async () => {
    const [ada, eve] = [await withPassword(), await withPassword()]
    const browser = instance.client()
    const half = await browser.post('/auth/login', { email: ada.email, password: PASSWORD, remember: true })
    expect(half.body).toMatchObject({ status: 'step_required', steps: [{ method: 'passkey' }] })
    const refused = await logIn(browser, {
      ...eve.authenticator,
      get: (options) => eve.authenticator.get({ ...options, allowCredentials: [] }),
    })
    expect([refused.status, refused.body.code]).toEqual([403, 'passkey_refused'])
    const { options } = (await browser.post('/auth/login/passkey/options', {})).body
    expect(options.allowCredentials).toHaveLength(1)
    const done = await browser.post('/auth/login/passkey', { credential: ada.authenticator.get(options) })
    expect([done.status, done.body.session.methods]).toEqual([200, ['password', 'passkey']])
    expect((await browser.get('/auth/login/attempt')).status).toBe(401)
  })

  test('second step: of several factors any one completes the login; the other is not asked for', async () => {
    const { client, email, authenticator } = await withPassword()
    const { secret } = (await client.post('/auth/totp')).body
    expect((await client.post('/auth/totp/confirm', { code: totpCode(secret, now) })).status).toBe(200)
    now += 30_000
    const browser = instance.client()
    const half = await browser.post('/auth/login', { email, password: PASSWORD })
    expect(half.body.steps).toEqual([{ method: 'passkey' }, { method: 'totp' }, { method: 'recovery_code' }])
    expect((await logIn(browser, authenticator)).body.status).toBe('complete')
    const alone = await logIn(instance.client(), authenticator)
    expect(alone.body.session.methods).toEqual(['passkey'])
  })

  test('a login in progress that outlives a password change or a disabling is not completed with a passkey', async () => {
    for (const change of ['password', 'disable'] as const) {
      const { client, email, id, authenticator } = await withPassword()
      const browser = instance.client()
      await browser.post('/auth/login', { email, password: PASSWORD })
      const { options } = (await browser.post('/auth/login/passkey/options', {})).body
      if (change === 'disable') await instance.auth.users.disable(id)
      else {
        const changed = { currentPassword: PASSWORD, newPassword: `${PASSWORD} 2` }
        expect((await client.post('/auth/password/change', changed)).status).toBe(200)
      }
      const refused = await browser.post('/auth/login/passkey', { credential: authenticator.get(options) })
      expect([401, 403]).toContain(refused.status)
      expect((await browser.get('/auth/session')).status).toBe(401)
    }
  })

  test('a login that waits for its step and a new login with a passkey do not disturb each other', async () => {
    const [ada, bob] = [await withPassword(), await register()]
    const browser = instance.client()
    await browser.post('/auth/login', { email: ada.email, password: PASSWORD })
    const { options } = (await browser.post('/auth/login/passkey/options', { discoverable: true })).body
    expect(options.allowCredentials).toEqual([])
    expect((await browser.get('/auth/login/attempt')).status).toBe(200)
    const done = await browser.post('/auth/login/passkey', { credential: bob.authenticator.get(options) })
    expect(done.body.user.email).toBe(bob.email)
  })

  test('an app without cookies logs in with the header Latchkey-Attempt', async () => {
    const { authenticator } = await register()
    const app = instance.client()
    const asked = await app.post('/auth/login/passkey/options', {}, { 'Latchkey-Session': 'header' })
    const attempt = asked.headers.get('latchkey-attempt') ?? ''
    expect(attempt).toMatch(/^lka_/)
    const credential = authenticator.get(asked.body.options)
    const done = await app.post(
      '/auth/login/passkey',
      { credential },
      { 'Latchkey-Session': 'header', 'Latchkey-Attempt': attempt },
    )
    expect([done.status, done.headers.get('latchkey-session')?.slice(0, 4)]).toEqual([200, 'lks_'])
  })

  test('confirming an identity: for this session only, and the session gets a new token', async () => {
    const [ada, eve] = [await register(), await register()]
    now += 11 * MINUTE_MS
    expect((await ada.client.post('/auth/passkeys/options')).body.code).toBe('reauthentication_required')
    const { options } = (await ada.client.post('/auth/reauthenticate/passkey/options')).body
    expect(options.allowCredentials).toHaveLength(1)
    const stolen = { credential: ada.authenticator.get(options) }
    expect((await eve.client.post('/auth/reauthenticate/passkey', stolen)).body.code).toBe('passkey_refused')
    const before = ada.client.cookies.get('latchkey')
    const proven = await ada.client.post('/auth/reauthenticate/passkey', stolen)
    expect([proven.status, proven.body.session.methods]).toEqual([200, ['passkey']])
    expect(ada.client.cookies.get('latchkey')).not.toBe(before)
    expect((await ada.client.post('/auth/reauthenticate/passkey', stolen)).body.code).toBe('passkey_refused')
    expect((await ada.client.post('/auth/passkeys/options')).status).toBe(200)
    const mine = (await eve.client.post('/auth/reauthenticate/passkey/options')).body.options
    const foreign = ada.authenticator.get({ ...mine, allowCredentials: [] })
    const refused = await eve.client.post('/auth/reauthenticate/passkey', { credential: foreign })
    expect(refused.body.code).toBe('passkey_refused')
  })

  test('manage: names, no second passkey on one authenticator, and only your own', async () => {
    const [ada, eve] = [await register(), await register()]
    const { options } = (await ada.client.post('/auth/passkeys/options')).body
    expect(() => ada.authenticator.create(options)).toThrow('InvalidStateError')
    const added = await add(ada.client, createAuthenticator({ syncs: false }), { name: '  Key at work ' })
    expect([added.status, added.body.passkey]).toMatchObject([201, { name: 'Key at work', syncs: false }])
    const path = `/auth/passkeys/${added.body.passkey.id}`
    expect((await eve.client.patch(path, { name: 'mine' })).status).toBe(404)
    expect((await eve.client.delete(path)).status).toBe(404)
    expect((await ada.client.patch(path, { name: '' })).status).toBe(422)
    const renamed = await ada.client.patch(path, { name: 'Blue key' })
    expect([renamed.status, renamed.body.passkey.name]).toEqual([200, 'Blue key'])
    expect((await ada.client.delete(path)).status).toBe(204)
    expect((await ada.client.delete(path)).status).toBe(404)
    expect((await ada.client.delete('/auth/passkeys/not-an-id')).status).toBe(404)
  })

  test('the last credential stays; with a password the last passkey may go, and a removed passkey is dead', async () => {
    const { client, authenticator } = await register()
    const idOf = async (): Promise<string> => (await client.get('/auth/factors')).body.passkeys[0].id
    const refused = await client.delete(`/auth/passkeys/${await idOf()}`)
    expect([refused.status, refused.body.code]).toEqual([409, 'last_credential'])
    expect((await client.post('/auth/password/change', { newPassword: PASSWORD })).status).toBe(200)
    expect((await client.get('/auth/factors')).body.password).toBe(true)
    expect((await client.delete(`/auth/passkeys/${await idOf()}`)).status).toBe(204)
    expect((await logIn(instance.client(), authenticator)).body.code).toBe('passkey_refused')
  })

  test('of two removals at the same moment, on two nodes, one keeps the last passkey; 20 rounds', async () => {
    const other = await instance.sibling()
    for (let round = 0; round < 20; round++) {
      const { client } = await register()
      await add(client, createAuthenticator())
      const [first, second] = (await client.get('/auth/factors')).body.passkeys
      const replies = await Promise.all([
        client.delete(`/auth/passkeys/${first.id}`),
        client.delete(`/auth/passkeys/${second.id}`),
      ])
      expect(replies.map(({ status }) => status).toSorted()).toEqual([204, 409])
    }
    await other.close()
  })

  test('a first password: fresh, once, and every other session ends (ASVS 7.4.3)', async () => {
    const { client, email, authenticator } = await register()
    const other = instance.client()
    await logIn(other, authenticator)
    const before = client.cookies.get('latchkey')
    const weak = await client.post('/auth/password/change', { newPassword: 'short' })
    expect(weak.status).toBe(422)
    now += 11 * MINUTE_MS
    const stale = await client.post('/auth/password/change', { newPassword: PASSWORD })
    expect(stale.body.code).toBe('reauthentication_required')
    const { options } = (await client.post('/auth/reauthenticate/passkey/options')).body
    await client.post('/auth/reauthenticate/passkey', { credential: authenticator.get(options) })
    const set = await client.post('/auth/password/change', { newPassword: PASSWORD })
    expect([set.status, Object.keys(set.body)]).toEqual([200, ['session']])
    expect(client.cookies.get('latchkey')).not.toBe(before)
    expect((await other.get('/auth/session')).status).toBe(401)
    const again = await client.post('/auth/password/change', { newPassword: `${PASSWORD} 2` })
    expect([again.status, again.body.errors]).toMatchObject([422, [{ pointer: '#/currentPassword' }]])
    const login = await instance.client().post('/auth/login', { email, password: PASSWORD })
    expect(login.body.status).toBe('step_required')
  })

  test('an account without a password deletes itself and changes its address', async () => {
    const { client, email } = await register()
    const wanted = newEmail()
    expect((await client.post('/auth/email/change', { email: wanted })).status).toBe(202)
    const mail = await instance.waitForMail(({ to, text }) => to === wanted && /token=/.test(text))
    const token = /token=([\w-]+)/.exec(mail.text)?.[1] ?? ''
    expect((await client.post('/auth/email/change/confirm', { token })).status).toBe(204)
    expect((await client.get('/auth/user')).body.user.email).toBe(wanted)
    expect((await client.delete('/auth/user')).status).toBe(204)
    expect(await instance.auth.users.find(email)).toBeNull()
  })

  test('pre-hijacking: a passkey from before the owner of the address proved it does not log in', async () => {
    for (const way of ['reset', 'verify'] as const) {
      const { client, email, authenticator } = await register()
      if (way === 'reset') await instance.client().post('/auth/password/forgot', { email })
      else await client.post('/auth/email/verify/request')
      const mail = await instance.waitForMail(({ to, text }) => to === email && text.includes(`${way}?token=`))
      const token = /token=([\w-]+)/.exec(mail.text)?.[1] ?? ''
      const body = way === 'reset' ? { token, password: PASSWORD } : { token, newPassword: PASSWORD }
      const path = way === 'reset' ? '/auth/password/reset' : '/auth/email/verify'
      expect((await instance.client().post(path, body)).status).toBe(204)
      expect((await logIn(instance.client(), authenticator)).body.code).toBe('passkey_refused')
      const owner = await instance.client().post('/auth/login', { email, password: PASSWORD })
      expect(owner.body.status).toBe('complete')
    }
  })

  test('recovery codes stand in for a passkey, and go with the last one', async () => {
    const { client, email } = await withPassword()
    const { recoveryCodes } = (await client.post('/auth/recovery-codes')).body
    expect(recoveryCodes).toHaveLength(10)
    const browser = instance.client()
    const half = await browser.post('/auth/login', { email, password: PASSWORD })
    expect(half.body.steps).toEqual([{ method: 'passkey' }, { method: 'recovery_code' }])
    expect((await browser.post('/auth/login/recovery-code', { code: recoveryCodes[0] })).body.status).toBe('complete')
    const [{ id }] = (await client.get('/auth/factors')).body.passkeys
    expect((await client.delete(`/auth/passkeys/${id}`)).status).toBe(204)
    expect((await client.get('/auth/factors')).body.recoveryCodes).toBeNull()
    expect((await instance.client().post('/auth/login', { email, password: PASSWORD })).body.status).toBe('complete')
  })

  test('adding and removing are emailed, audited and exported (ASVS 6.3.7)', async () => {
    const { client, email } = await withPassword()
    const [{ id }] = (await client.get('/auth/factors')).body.passkeys
    expect((await client.get('/auth/user/export')).body.factors.passkeys).toHaveLength(1)
    await client.delete(`/auth/passkeys/${id}`)
    for (const words of ['A passkey was added', 'A passkey was removed']) {
      await instance.waitForMail(({ to, text }) => to === email && text.includes(words))
    }
    const { events } = (await client.get('/auth/user/events')).body
    const types = events.map(({ type }: { type: string }) => type)
    expect(types).toEqual(expect.arrayContaining(['factor.enrolled', 'factor.removed']))
  })

  test('enrolment by a stale session or by another site is refused', async () => {
    const { client } = await register()
    const crossSite = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }
    expect((await client.post('/auth/passkeys/options', undefined, crossSite)).body.code).toBe('cross_origin')
    expect((await instance.client().post('/auth/passkeys/options')).status).toBe(401)
    now += 11 * MINUTE_MS
    expect((await client.post('/auth/passkeys/options')).body.code).toBe('reauthentication_required')
  })

  test(
    `of many answers to one challenge, on two nodes, one logs in; ${rounds(1_000, 4)} rounds`,
    async () => {
      const { authenticator, id } = await register()
      const other = await instance.sibling()
      for (let round = 0; round < rounds(1_000, 4); round++) {
        const client = instance.client()
        const { options } = (await client.post('/auth/login/passkey/options', {})).body
        const credential = authenticator.get(options)
        const cookie = [...client.cookies].map((pair) => pair.join('=')).join('; ')
        const replies = await Promise.all(
          [instance.client(), new Client(sendTo(other)), instance.client(), new Client(sendTo(other))].map((node) =>
            node.post('/auth/login/passkey', { credential }, { cookie }),
          ),
        )
        expect(replies.map(({ status }) => status).toSorted()).toEqual([200, 403, 403, 403])
        await instance.auth.sessions.revokeAll(id)
      }
      await other.close()
    },
    rounds(1_800_000, 60_000),
  )
})

test('verifyEmail required: in the browser that registered, the link needs no password, and the passkey stays', async () => {
  const instance = await startInstance('handler', { verifyEmail: 'required' })
  const taken = 'taken@example.com'
  await instance.auth.users.create({ email: taken, password: PASSWORD, emailVerified: true })
  const [client, authenticator] = [instance.client(), createAuthenticator()]
  const register = async (browser: Client, email: string, device: SoftwareAuthenticator): Promise<Reply> => {
    const { options } = (await browser.post('/auth/register/passkey/options', { email })).body
    return browser.post('/auth/register/passkey', { email, credential: device.create(options) })
  }
  const email = 'new@example.com'
  const other = instance.client()
  const replies = [await register(client, email, authenticator), await register(other, taken, createAuthenticator())]
  const shapes = replies.map(({ status, text, headers }) => [
    ...[status, text],
    headers.getSetCookie().map((line) => line.replace(/=[\w-]+;/, ({ length }) => `=${length};`)),
  ])
  expect(shapes[0]).toEqual(shapes[1])
  const { text } = await instance.waitForMail(({ to }) => to === email)
  const token = /token=([\w-]+)/.exec(text)?.[1] ?? ''
  expect((await other.post('/auth/email/verify', { token })).body.code).toBe('proof_required')
  expect((await client.post('/auth/email/verify', { token })).status).toBe(204)
  const { options } = (await other.post('/auth/login/passkey/options', {})).body
  const login = await other.post('/auth/login/passkey', { credential: authenticator.get(options) })
  expect(login.body).toMatchObject({ status: 'complete', user: { email, emailVerified: true } })
  await instance.close()
})

test('related origins: browsers read them at the root of the host, and a ceremony of such a page is accepted', async () => {
  const others = ['https://app.example.com', 'https://example.de']
  const instance = await startInstance('server', { trustedOrigins: others })
  const crossSite = { origin: 'https://example.de', 'sec-fetch-site': 'cross-site' }
  const client = instance.client()
  const list = await client.get('/.well-known/webauthn', crossSite)
  expect([list.status, list.body]).toEqual([200, { origins: [ORIGIN, ...others] }])
  expect(list.headers.get('content-type')).toMatch(/^application\/json/)
  expect(list.headers.getSetCookie()).toEqual([])
  expect((await client.get('/auth/.well-known/webauthn')).status).toBe(404)
  expect((await client.post('/.well-known/webauthn')).status).toBe(405)

  const register = async (origin: string): Promise<Reply> => {
    const email = `${origin.length}@example.com`
    const { options } = (await client.post('/auth/register/passkey/options', { email }, crossSite)).body
    const credential = createAuthenticator().create(options, { origin })
    return client.post('/auth/register/passkey', { email, credential }, crossSite)
  }
  expect((await register('https://example.de')).status).toBe(201)
  expect((await register('https://example.com')).body.code).toBe('passkey_refused')
  await instance.close()

  const alone = await startInstance('server')
  expect((await alone.client().get('/.well-known/webauthn')).status).toBe(404)
  await alone.close()
})
