/* Second factors: the authenticator app, recovery codes, remembered devices (DESIGN section 3, login steps and factors). */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Client, type Reply } from '../support/client.ts'
import { type Instance, PASSWORD, RINGS, sendTo, startInstance, wholeMinute } from '../support/rings.ts'
import { rounds } from '../support/rounds.ts'
import { totpCode } from '../support/totp.ts'

const SECOND_MS = 1_000
const STEP_MS = 30 * SECOND_MS
const MINUTE_MS = 60 * SECOND_MS
const DAY_MS = 24 * 60 * MINUTE_MS

interface Enrolled {
  readonly client: Client
  readonly id: string
  readonly email: string
  readonly secret: string
  readonly recoveryCodes: readonly string[]
}

describe.each(RINGS)('second factors (%s)', (ring) => {
  let instance: Instance
  let now = wholeMinute()
  let users = 0
  beforeAll(async () => {
    instance = await startInstance(ring, { clock: () => now })
  })
  afterAll(() => instance.close())

  /** Moves the clock to the next time step, so that the next code is a new one. */
  const nextStep = (): void => {
    now += STEP_MS
  }

  async function newUser(): Promise<{ client: Client; id: string; email: string }> {
    const email = `user${users++}@example.com`
    const { id } = await instance.auth.users.create({ email, password: PASSWORD, emailVerified: true })
    const client = instance.client()
    expect((await logIn(client, email)).body.status).toBe('complete')
    return { client, id, email }
  }

  /** Returns a user who set up an authenticator app, and the browser in which they did. */
  async function enrol(): Promise<Enrolled> {
    const { client, id, email } = await newUser()
    const { secret } = (await client.post('/auth/totp')).body
    const confirmed = await client.post('/auth/totp/confirm', { code: totpCode(secret, now) })
    expect(confirmed.status).toBe(200)
    nextStep()
    return { client, id, email, secret, recoveryCodes: confirmed.body.recoveryCodes }
  }

  const logIn = (client: Client, email: string): Promise<Reply> =>
    client.post('/auth/login', { email, password: PASSWORD })

  /** Logs in with the password, so that the second factor is open. */
  async function begin(email: string, client: Client = instance.client()): Promise<Client> {
    expect((await logIn(client, email)).body.status).toBe('step_required')
    return client
  }

  test('setting up: not in force until a code confirms it; then the login asks for it', async () => {
    const { client, email } = await newUser()
    const before = client.cookies.get('latchkey')
    const setUp = await client.post('/auth/totp')
    expect(setUp.status).toBe(201)
    expect(Object.keys(setUp.body).toSorted()).toEqual(['qr', 'secret', 'uri'])
    const { secret, uri, qr } = setUp.body
    expect(secret).toMatch(/^[A-Z2-7]{32}$/)
    const parsed = new URL(uri)
    expect([parsed.protocol, parsed.host, parsed.searchParams.get('secret')]).toEqual(['otpauth:', 'totp', secret])
    expect(decodeURIComponent(parsed.pathname)).toContain(email)
    expect(qr).toMatch(/^<svg /)
    expect((await logIn(instance.client(), email)).body.status).toBe('complete')

    expect((await client.post('/auth/totp/confirm', { code: '000000' })).body.code).toBe('wrong_code')
    const confirmed = await client.post('/auth/totp/confirm', { code: totpCode(secret, now) })
    expect(confirmed.status).toBe(200)
    expect(new Set(confirmed.body.recoveryCodes).size).toBe(10)
    expect(client.cookies.get('latchkey')).not.toBe(before)
    expect((await client.get('/auth/session')).body.session.methods).toEqual(['password', 'totp'])
    expect((await client.get('/auth/factors')).body).toEqual({
      password: true,
      passkeys: [],
      totp: { createdAt: new Date(now).toISOString(), lastUsedAt: new Date(now).toISOString() },
      recoveryCodes: { left: 10, createdAt: new Date(now).toISOString() },
      rememberedDevices: [],
    })

    nextStep()
    const half = instance.client()
    const reply = await logIn(half, email)
    expect(reply.body).toMatchObject({
      status: 'step_required',
      steps: [{ method: 'totp' }, { method: 'recovery_code' }],
    })
    expect((await half.get('/auth/session')).status).toBe(401)
    const done = await half.post('/auth/login/totp', { code: totpCode(secret, now) })
    expect(done.body).toMatchObject({ status: 'complete', session: { methods: ['password', 'totp'] } })
    expect((await half.get('/auth/session')).status).toBe(200)
  })

  test('a stale session cannot set up, confirm or remove a factor, or make recovery codes (ASVS 7.5.1)', async () => {
    const { client } = await newUser()
    now += 11 * MINUTE_MS
    for (const path of ['/auth/totp', '/auth/recovery-codes']) {
      expect([path, (await client.post(path)).body.code]).toEqual([path, 'reauthentication_required'])
    }
    expect((await client.post('/auth/totp/confirm', { code: '123456' })).body.code).toBe('reauthentication_required')
    expect((await client.delete('/auth/totp')).body.code).toBe('reauthentication_required')
  })

  test('a code works once, the one before the current step works, older and later ones do not (ASVS 6.5.1)', async () => {
    const { email, secret } = await enrol()
    const tryCode = async (code: string): Promise<number> =>
      (await (await begin(email)).post('/auth/login/totp', { code })).status
    expect(await tryCode(totpCode(secret, now + STEP_MS))).toBe(403)
    nextStep()
    expect(await tryCode(totpCode(secret, now - 2 * STEP_MS))).toBe(403)
    expect(await tryCode(totpCode(secret, now - STEP_MS))).toBe(200)
    expect(await tryCode(totpCode(secret, now - STEP_MS))).toBe(403)
    expect(await tryCode(totpCode(secret, now))).toBe(200)
    expect(await tryCode(totpCode(secret, now))).toBe(403)
  })

  test(
    `of many simultaneous uses of one code, on two nodes, one logs in (ASVS 6.5.1); ${rounds(1_000, 8)} rounds`,
    async () => {
      const { client: owner, email, secret, recoveryCodes } = await enrol()
      const unused = [...recoveryCodes]
      const other = await instance.sibling()
      const node = (index: number): Client => (index % 2 === 0 ? instance.client() : new Client(sendTo(other)))
      const race = async (path: string, code: string): Promise<number> => {
        const clients = await Promise.all([0, 1, 2, 3].map((index) => begin(email, node(index))))
        const replies = await Promise.all(clients.map((client) => client.post(path, { code })))
        return replies.filter(({ status }) => status === 200).length
      }
      for (let round = 0; round < rounds(1_000, 8); round++) {
        expect(await race('/auth/login/totp', totpCode(secret, now))).toBe(1)
        nextStep()
        if (unused.length === 0) {
          await owner.post('/auth/reauthenticate/totp', { code: totpCode(secret, now) })
          await owner.delete('/auth/sessions') // a user has at most 100
          unused.push(...(await owner.post('/auth/recovery-codes')).body.recoveryCodes)
          nextStep()
        }
        expect(await race('/auth/login/recovery-code', unused.pop() ?? '')).toBe(1)
      }
      await other.close()
    },
    rounds(1_800_000, 60_000),
  )

  test('attack: an attempt planted in the browser of a victim (fixation) opens neither account', async () => {
    const [mallory, victim] = [await enrol(), await enrol()]
    const planted = (await begin(mallory.email)).cookies.get('latchkey-attempt') ?? ''
    const browser = instance.client()
    browser.cookies.set('latchkey-attempt', planted)
    expect((await browser.post('/auth/login/totp', { code: totpCode(victim.secret, now) })).status).toBe(403)
    await begin(victim.email, browser)
    expect(browser.cookies.get('latchkey-attempt')).not.toBe(planted)
    const done = await browser.post('/auth/login/totp', { code: totpCode(victim.secret, now) })
    expect([done.status, done.body.user.email]).toEqual([200, victim.email])
    const thief = instance.client()
    thief.cookies.set('latchkey-attempt', planted)
    expect((await thief.post('/auth/login/totp', { code: totpCode(victim.secret, now) })).status).toBe(403)
  })

  test('attack: the answer to a wrong password does not tell who has a second factor', async () => {
    const [{ email }, without] = [await enrol(), await newUser()]
    const shapes = await Promise.all(
      [email, without.email, 'nobody@example.com'].map(async (each) => {
        const reply = await instance.client().post('/auth/login', { email: each, password: 'a wrong password' })
        const headers = [...reply.headers.keys()].filter((name) => !/^(?:date|keep-alive|connection)$/.test(name))
        const cookies = reply.headers.getSetCookie().map((line) => line.replace(/=[^;]*/, ''))
        return [reply.status, Object.entries(reply.body), headers, cookies]
      }),
    )
    expect(shapes[1]).toEqual(shapes[0])
    expect(shapes[2]).toEqual(shapes[0])
    expect(JSON.stringify(shapes)).not.toMatch(/step|attempt/)
  })

  test('attack: codes are in no URL, event, statement or error (CWE-598, CWE-532; ASVS 16.2.5)', async () => {
    const { email, secret, recoveryCodes } = await enrol()
    const [code, wrong, [recoveryCode = '']] = [totpCode(secret, now), '918273', recoveryCodes]
    const browser = instance.client()
    await browser.form('/auth/login', { email, password: PASSWORD })
    const refused = await browser.form('/auth/login/totp', { code: wrong })
    const page = (await browser.get('/auth/login/attempt?method=totp', { accept: 'text/html' })).text
    await (await begin(email)).form('/auth/login/recovery-code', { code: recoveryCode })
    const done = await browser.form('/auth/login/totp', { code })
    const locations = [refused, done].map(({ headers }) => headers.get('location') ?? '')
    const audit = await instance.auth.audit.list({ newestFirst: true, limit: 100 })
    const everything = JSON.stringify([
      locations,
      page,
      instance.events,
      audit,
      instance.statements,
      instance.errors.map(String),
    ])
    // The digits of a code may be in an id by chance.
    for (const each of [wrong, recoveryCode, secret])
      expect(everything).not.toMatch(RegExp(`(?<![\\w-])${each}(?![\\w-])`))
    expect(locations.join()).not.toContain(code)
  })

  test('a recovery code works once, however it is typed, and its use is mailed and recorded', async () => {
    const { email, id, recoveryCodes } = await enrol()
    const [code = ''] = recoveryCodes
    expect(code).toMatch(/^[0-9a-f]{4}(-[0-9a-f]{4}){3}$/)
    const client = await begin(email)
    expect((await client.post('/auth/login/recovery-code', { code: 'ffff-ffff-ffff-ffff' })).body.code).toBe(
      'wrong_code',
    )
    const done = await client.post('/auth/login/recovery-code', {
      code: ` ${code.toUpperCase().replaceAll('-', ' ')} `,
    })
    expect(done.body.session.methods).toEqual(['password', 'recovery_code'])
    expect((await client.get('/auth/factors')).body.recoveryCodes.left).toBe(9)
    expect((await (await begin(email)).post('/auth/login/recovery-code', { code })).status).toBe(403)
    expect(instance.events.filter((event) => event.userId === id && event.type === 'recovery_code.used')).toHaveLength(
      1,
    )
    await expect
      .poll(() => instance.mails.filter(({ to }) => to === email).map(({ text }) => text))
      .toContainEqual(expect.stringContaining('A recovery code was used'))
  })

  test('new recovery codes replace the old ones', async () => {
    const { client, email, recoveryCodes } = await enrol()
    const renewed = await client.post('/auth/recovery-codes')
    expect([renewed.status, renewed.body.recoveryCodes.length]).toEqual([201, 10])
    const old = await (await begin(email)).post('/auth/login/recovery-code', { code: recoveryCodes[0] })
    expect(old.body.code).toBe('wrong_code')
    const fresh = await (await begin(email)).post('/auth/login/recovery-code', { code: renewed.body.recoveryCodes[0] })
    expect(fresh.status).toBe(200)
  })

  test('without a second factor there are no recovery codes, and nothing to remove', async () => {
    const { client } = await newUser()
    const refused = await client.post('/auth/recovery-codes')
    expect([refused.status, refused.body.code]).toEqual([409, 'no_factor'])
    expect((await client.delete('/auth/totp')).status).toBe(404)
    expect((await client.get('/auth/factors')).body).toEqual({
      password: true,
      passkeys: [],
      totp: null,
      recoveryCodes: null,
      rememberedDevices: [],
    })
  })

  test('removing ends the step, the recovery codes and the remembered devices (ASVS 6.5.6)', async () => {
    const { client, email } = await enrol()
    expect((await client.post('/auth/totp')).body.code).toBe('factor_exists')
    expect((await client.delete('/auth/totp')).status).toBe(204)
    expect((await client.get('/auth/factors')).body).toMatchObject({ totp: null, recoveryCodes: null })
    expect((await logIn(instance.client(), email)).body.status).toBe('complete')
  })

  test('with a second factor, the password alone makes no session fresh (ASVS 7.5.3)', async () => {
    const { client, email, secret } = await enrol()
    now += 11 * MINUTE_MS
    expect((await client.delete('/auth/totp')).body.code).toBe('reauthentication_required')
    const refused = await client.post('/auth/reauthenticate', { password: PASSWORD })
    expect([refused.status, refused.body.code]).toEqual([403, 'second_factor_required'])
    expect((await client.post('/auth/reauthenticate/totp', { code: '000000' })).body.code).toBe('wrong_code')
    const before = client.cookies.get('latchkey')
    const proven = await client.post('/auth/reauthenticate/totp', { code: totpCode(secret, now) })
    expect(proven.body.session.methods).toEqual(['password', 'totp'])
    expect(client.cookies.get('latchkey')).not.toBe(before)
    expect((await client.get('/auth/session')).status).toBe(200)
    expect((await client.post('/auth/recovery-codes')).status).toBe(201)
    expect((await logIn(instance.client(), email)).body.status).toBe('step_required')
  })

  test('without JavaScript: the login page asks for a code, and so does the page that confirms an identity', async () => {
    const { email, secret } = await enrol()
    const html = { accept: 'text/html' }
    const browser = instance.client()
    const half = await browser.form('/auth/login', { email, password: PASSWORD, next: '/auth/account/security' })
    expect(half.headers.get('location')).toContain('/auth/login/attempt')
    const asked = (await browser.get('/auth/login/attempt', html)).text
    expect(asked).toContain('Use your authenticator app')
    expect(asked).toContain('action="/auth/login/totp"')
    expect(asked).toContain('name="rememberDevice"')
    expect(asked).toContain('Use a recovery code')
    const done = await browser.form('/auth/login/totp', { code: totpCode(secret, now), next: '/auth/account/security' })
    expect(done.headers.get('location')).toBe('/auth/account/security')

    now += 11 * MINUTE_MS
    const page = (await browser.get('/auth/reauthenticate?next=/auth/account', html)).text
    expect(page).toContain('action="/auth/reauthenticate/totp"')
    expect(page).not.toContain('type="password"')
    expect(page).not.toContain('name="rememberDevice"')
    const proven = await browser.form('/auth/reauthenticate/totp', {
      code: totpCode(secret, now),
      next: '/auth/account',
    })
    expect(proven.headers.get('location')).toBe('/auth/account')
    expect((await browser.post('/auth/recovery-codes')).status).toBe(201)
  })

  test('without JavaScript: set up with the QR code, codes shown once, new codes, forget a device, remove', async () => {
    const { client, email } = await newUser()
    const security = '/auth/account/security'
    expect((await client.get(security)).text).toContain('action="/auth/account/start-totp"')
    const scan = (await client.form('/auth/account/start-totp', {})).headers.get('location') ?? ''
    expect(scan).toMatch(/^\/auth\/account\/security\/totp\?setup=[\w-]{43}$/)
    const page = await client.get(scan)
    const secret = /value="([A-Z2-7]{32})"/.exec(page.text)?.[1] ?? expect.unreachable()
    expect(page.text).toContain('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ')
    const [picture = ''] = /<svg xmlns.*?<\/svg>/s.exec(page.text) ?? []
    expect(page.text.length - picture.length).toBeLessThan(15_000)
    expect(picture.length).toBeLessThan(5_000)
    expect((await client.get(scan)).text).toContain(secret) // a reload shows the same secret
    const setup = /name="setup" value="([^"]+)"/.exec(page.text)?.[1] ?? expect.unreachable()
    const refused = await client.form('/auth/account/confirm-totp', { code: '000000', setup })
    expect(refused.headers.get('location')).toBe(`${scan}#code`)
    expect((await client.get(scan)).text).toContain(secret)
    const confirmed = await client.form('/auth/account/confirm-totp', { code: totpCode(secret, now) })
    expect(confirmed.headers.get('location')).toBe(`${security}/recovery-codes`)
    const shown = (await client.get(`${security}/recovery-codes`)).text
    const codes = [...shown.matchAll(/<li><code>([^<]+)<\/code>/g)].map(([, code = '']) => code)
    expect(codes.length).toBeGreaterThan(7)
    expect((await client.get(`${security}/recovery-codes`)).text).not.toContain(codes[0])
    nextStep()

    const phone = await begin(email)
    await phone.form('/auth/login/totp', { code: totpCode(secret, now), rememberDevice: 'on' })
    const id = /forget-device"><input type="hidden" name="id" value="([^"]+)"/.exec((await phone.get(security)).text)
    expect((await phone.form('/auth/account/forget-device', { id: id?.[1] ?? '' })).headers.get('location')).toBe(
      security,
    )
    expect((await phone.get(security)).text).not.toContain('forget-device')

    await client.form('/auth/account/create-recovery-codes', {})
    expect((await client.get(`${security}/recovery-codes`)).text).not.toContain(codes[0])
    expect((await client.form('/auth/account/remove-totp', {})).headers.get('location')).toBe(security)
    expect((await client.get(security)).text).toContain('The authenticator app is removed.')
    expect((await logIn(instance.client(), email)).body.status).toBe('complete')
  })

  test('attack: an intruder who creates a secret in another session does not see it shown to the owner', async () => {
    const { client, email } = await newUser()
    const intruder = instance.client()
    await logIn(intruder, email)
    const planted = (await intruder.post('/auth/totp')).body.secret
    const page = '/auth/account/security/totp'
    expect((await client.get(page)).text).not.toContain(planted)
    const scan = (await client.form('/auth/account/start-totp', {})).headers.get('location') ?? ''
    expect((await client.get(scan)).text).toMatch(/value="[A-Z2-7]{32}"/)
    await intruder.post('/auth/totp')
    for (const path of [scan, page]) expect((await client.get(path)).text).not.toMatch(/value="[A-Z2-7]{32}"/)
  })

  test('a stale session proves the factor before the pages that change it, and returns', async () => {
    const { client } = await enrol()
    now += 11 * MINUTE_MS
    for (const page of ['totp', 'totp/remove', 'recovery-codes']) {
      const { status, headers } = await client.get(`/auth/account/security/${page}`)
      const next = encodeURIComponent(`/auth/account/security/${page}`)
      expect([status, headers.get('location')]).toEqual([303, `/auth/reauthenticate?next=${next}`])
    }
    const { headers } = await client.form('/auth/account/remove-totp', {})
    expect(headers.get('location')).toContain('/auth/reauthenticate?next=')
  })

  test('a session from before the factor was set up is not fresh until it proves the factor', async () => {
    const { client, email } = await newUser()
    const other = instance.client()
    await logIn(other, email)
    const { secret } = (await client.post('/auth/totp')).body
    expect((await client.post('/auth/totp/confirm', { code: totpCode(secret, now) })).status).toBe(200)
    expect((await other.delete('/auth/totp')).body.code).toBe('reauthentication_required')
    nextStep()
    expect((await other.post('/auth/reauthenticate/totp', { code: totpCode(secret, now) })).status).toBe(200)
    expect((await other.delete('/auth/totp')).status).toBe(204)
  })

  test('a remembered device is not asked, until it is removed, the password changes or 30 days pass', async () => {
    const { client, email, secret } = await enrol()
    const browser = await begin(email)
    const done = await browser.post('/auth/login/totp', { code: totpCode(secret, now), rememberDevice: true })
    const cookie = done.headers.getSetCookie().find((line) => line.startsWith('latchkey-trusted='))
    expect(cookie).toContain('Max-Age=2592000')
    expect(cookie).toContain('HttpOnly')
    expect((await logIn(browser, email)).body.status).toBe('complete')
    await begin(email) // another browser is asked
    const { rememberedDevices } = (await client.get('/auth/factors')).body
    expect(rememberedDevices).toHaveLength(1)
    const path = `/auth/factors/remembered-devices/${rememberedDevices[0].id}`
    const stranger = await enrol()
    expect((await stranger.client.delete(path)).status).toBe(404)
    expect((await client.delete(path)).status).toBe(204)
    await begin(email, browser)

    nextStep()
    await browser.post('/auth/login/totp', { code: totpCode(secret, now), rememberDevice: true })
    expect((await logIn(browser, email)).body.status).toBe('complete')
    now += 30 * DAY_MS
    await begin(email, browser)
    nextStep()
    await browser.post('/auth/login/totp', { code: totpCode(secret, now), rememberDevice: true })
    const changed = { currentPassword: PASSWORD, newPassword: `${PASSWORD} 2` }
    expect((await browser.post('/auth/password/change', changed)).status).toBe(200)
    const again = await browser.post('/auth/login', { email, password: changed.newPassword })
    expect(again.body.status).toBe('step_required')
  })

  test('of more than 20 remembered devices, the oldest are forgotten', async () => {
    const { client, email, secret } = await enrol()
    const browsers: Client[] = []
    for (let count = 0; count < 21; count++) {
      const browser = await begin(email)
      await browser.post('/auth/login/totp', { code: totpCode(secret, now), rememberDevice: true })
      browsers.push(browser)
      nextStep()
    }
    expect((await client.get('/auth/factors')).body.rememberedDevices).toHaveLength(20)
    const statuses = [browsers[0], browsers[1], browsers[20]].map(
      async (browser) => browser && (await logIn(browser, email)).body.status,
    )
    expect(await Promise.all(statuses)).toEqual(['step_required', 'complete', 'complete'])
  })

  test('a remembered device of one user is nothing for another', async () => {
    const [mallory, victim] = [await enrol(), await enrol()]
    const browser = await begin(mallory.email)
    await browser.post('/auth/login/totp', { code: totpCode(mallory.secret, now), rememberDevice: true })
    expect((await logIn(browser, victim.email)).body.status).toBe('step_required')
  })

  test('attack: guesses of codes, recovery codes and passwords of one account are counted together (ASVS 6.3.1)', async () => {
    const { email } = await enrol()
    const strict = await instance.sibling({ throttle: { freeFailures: 3 } })
    const guess = async (path: string, body: object): Promise<number> => {
      const client = new Client(sendTo(strict))
      if (path !== '/auth/login') await begin(email, client)
      return (await client.post(path, body)).status
    }
    expect(await guess('/auth/login/totp', { code: '000000' })).toBe(403)
    expect(await guess('/auth/login/recovery-code', { code: 'ffff-ffff-ffff-ffff' })).toBe(403)
    expect(await guess('/auth/login', { email, password: 'a wrong password' })).toBe(401)
    expect((await logIn(new Client(sendTo(strict)), email)).status).toBe(429)
    await strict.close()
  })

  test('the code of another user is wrong', async () => {
    const [mallory, victim] = [await enrol(), await enrol()]
    const half = await begin(victim.email)
    expect((await half.post('/auth/login/totp', { code: totpCode(mallory.secret, now) })).status).toBe(403)
    expect((await half.post('/auth/login/recovery-code', { code: mallory.recoveryCodes[0] })).status).toBe(403)
  })

  test('everything that opens the account is one list, and one call revokes it all but the current session', async () => {
    const { client, email, id, secret } = await enrol()
    const browser = await begin(email)
    await browser.post('/auth/login/totp', { code: totpCode(secret, now), rememberDevice: true })
    const { token } = await instance.auth.tokens.create(id, { name: 'nightly backup', scopes: [] })
    const stranger = await enrol()
    const { access } = (await client.get('/auth/access')).body
    const brief = access.map((each: { kind: string; current: boolean }) => [each.kind, each.current])
    expect(brief.toSorted()).toEqual([
      ['access_token', false],
      ['remembered_device', false],
      ['session', false],
      ['session', true],
    ])
    expect(access.map(({ name }: { name: string }) => name)).toContain('nightly backup')
    expect((await client.delete('/auth/access')).body).toEqual({ revoked: 3 })
    expect((await client.get('/auth/access')).body.access).toMatchObject([{ kind: 'session', current: true }])
    expect((await browser.get('/auth/session')).status).toBe(401)
    expect((await instance.client().get('/auth/user', { authorization: `Bearer ${token}` })).status).toBe(401)
    expect((await logIn(browser, email)).body.status).toBe('step_required')
    expect((await stranger.client.get('/auth/session')).status).toBe(200)
    expect((await client.delete('/auth/access')).body).toEqual({ revoked: 0 })
  })

  test('no secret is stored in the clear (ASVS 14.2.4)', async () => {
    const { secret, recoveryCodes } = await enrol()
    const stored = await instance.stored()
    expect(stored).not.toContain(secret)
    for (const code of recoveryCodes) {
      expect(stored).not.toContain(code)
      expect(stored).not.toContain(code.replaceAll('-', ''))
    }
  })

  test('enrolling and removing are recorded and mailed; the export lists the factors (ASVS 6.3.7)', async () => {
    const { client, id, email } = await enrol()
    expect((await client.get('/auth/user/export')).body.factors.totp).not.toBeNull()
    await client.delete('/auth/totp')
    const types = instance.events.filter(({ userId }) => userId === id).map(({ type }) => type)
    expect(types).toContain('factor.enrolled')
    expect(types).toContain('factor.removed')
    const texts = (): string[] => instance.mails.filter(({ to }) => to === email).map(({ text }) => text)
    await expect.poll(texts).toContainEqual(expect.stringContaining('was set up'))
    await expect.poll(texts).toContainEqual(expect.stringContaining('was removed'))
  })
})

describe('the policy', () => {
  test.each([{ secondFactor: 'off' }, { factors: { totp: false } }] as const)(
    '%j offers no authenticator app',
    async (options) => {
      const instance = await startInstance('handler', options)
      const client = instance.client()
      await client.post('/auth/register', { email: 'ada@example.com', password: PASSWORD })
      expect((await client.post('/auth/totp')).status).toBe(404)
      expect((await client.get('/auth')).body.features).not.toContain('totp')
      await instance.close()
    },
  )
})
