/* Logging in with a code or a link from an email: a first proof, never a second one (DESIGN section 3). */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Latchkey } from '../../src/index.ts'
import { altered } from '../support/altered.ts'
import { tokenIn } from '../support/caught-mails.ts'
import { Client, type Reply } from '../support/client.ts'
import { type Instance, PASSWORD, RINGS, sendTo, startInstance, wholeMinute } from '../support/rings.ts'
import { rounds } from '../support/rounds.ts'
import { totpCode } from '../support/totp.ts'
import { until } from '../support/until.ts'

const MINUTE_MS = 60_000
const HTML = { accept: 'text/html' }
const NEWCOMER_PATH = '/auth/login/email'

interface Letter {
  readonly code: string
  readonly token: string
  readonly text: string
}

/** Waits for the email with a code to an address. */
async function letterTo(instance: Instance, address: string): Promise<Letter> {
  const mail = await instance.waitForMail(({ to, subject }) => to === address && /^\d{8} /.test(subject))
  return { code: mail.subject.slice(0, 8), token: tokenIn(mail), text: mail.text }
}

/** Returns a code that is not the given one. */
const other = (code: string): string => String((Number(code) + 1) % 10 ** 8).padStart(8, '0')

describe.each(RINGS)('login by email (%s)', (ring) => {
  let instance: Instance
  let users = 0
  let now = wholeMinute()
  beforeAll(async () => {
    instance = await startInstance(ring, { emailLogin: 'on', clock: () => now })
  })
  afterAll(() => instance.close())

  /** Moves the clock, when no email is on its way: a lease that expires in between would delay it. */
  async function advance(ms: number): Promise<void> {
    const outbox = `${ring.includes('Postgre') ? 'latchkey.' : ''}mails`
    await until(async () => (await instance.runSql(`SELECT id FROM ${outbox}`)).length === 0)
    now += ms
  }

  async function newUser(emailVerified = true): Promise<{ email: string; id: string }> {
    const email = `user${users++}@example.com`
    const { id } = await instance.auth.users.create({ email, password: PASSWORD, emailVerified })
    return { email, id }
  }

  /** Asks for a code in a new browser. */
  async function ask(
    email: string,
    client: Client = instance.client(),
    more: { readonly remember?: boolean } = {},
  ): Promise<{ client: Client; letter: Letter; reply: Reply }> {
    const reply = await client.post('/auth/login/email', { email, ...more })
    expect(reply.status).toBe(202)
    return { client, letter: await letterTo(instance, email), reply }
  }

  const confirm = (client: Client, body: object): Promise<Reply> => client.post('/auth/login/email/confirm', body)

  test('the code of the email, typed in the browser that asked, logs in once', async () => {
    const { email, id } = await newUser()
    const { client, letter, reply } = await ask(email)
    expect(reply.text).toBe('')
    const cookie = reply.headers.getSetCookie().find((line) => line.startsWith('latchkey-attempt='))
    expect(cookie).toMatch(/Max-Age=600;.*HttpOnly|HttpOnly.*Max-Age=600/)
    expect(letter.text).toContain(letter.code)
    expect(letter.token).toMatch(/^lke_[\w-]{49}$/)
    expect((await client.get('/auth/login/attempt')).body).toEqual({
      steps: [{ method: 'email_code' }],
      expiresAt: new Date(now + 10 * MINUTE_MS).toISOString(),
    })
    expect((await client.get('/auth/session')).status).toBe(401)
    const done = await confirm(client, { code: letter.code })
    expect([done.status, done.body]).toMatchObject([
      200,
      { status: 'complete', user: { id }, session: { methods: ['email_code'] } },
    ])
    expect(client.cookies.has('latchkey-attempt')).toBe(false)
    expect((await client.get('/auth/session')).status).toBe(200)
    expect((await client.post('/auth/tokens', { name: 'x', scopes: [] })).status).toBe(201) // fresh
  })

  test('the token of the link logs in the browser that asked; opening the link uses nothing up', async () => {
    const { email } = await newUser()
    const { client, letter } = await ask(email, instance.client(), { remember: true })
    const path = `${NEWCOMER_PATH}?token=${letter.token}`
    const scanner = instance.client()
    for (let visit = 0; visit < 3; visit++) {
      const seen = await scanner.get(path, HTML)
      expect(seen.text).toContain(letter.code) // another device shows the code
      expect(seen.text).not.toContain(`value="${letter.token}"`)
      expect(seen.headers.get('referrer-policy')).toBe('no-referrer')
    }
    const page = await client.get(path, HTML)
    expect(page.text).toContain('action="/auth/login/email/confirm"')
    expect(page.text).not.toContain(letter.code)
    const done = await confirm(client, { token: letter.token })
    expect(done.status).toBe(200)
    expect(done.headers.getSetCookie().find((line) => line.startsWith('latchkey='))).toContain('Max-Age')
  })

  test('neither the code nor the link logs in another browser, not even one with an attempt of its own (login CSRF; ASVS 6.6.2)', async () => {
    const [victim, mallory] = [await newUser(), await newUser()]
    const asked = await ask(victim.email)
    const attacker = await ask(mallory.email)
    for (const body of [{ code: asked.letter.code }, { token: asked.letter.token }]) {
      expect((await confirm(instance.client(), body)).body.code).toBe('attempt_ended')
      expect((await confirm(attacker.client, body)).body.code).toBe('wrong_code')
    }
    // The victim opens the link of the attacker: the browser asks nothing of the attacker's attempt.
    expect((await confirm(asked.client, { token: attacker.letter.token })).body.code).toBe('wrong_code')
    expect((await confirm(asked.client, { code: asked.letter.code })).body.user.id).toBe(victim.id)
  })

  test('a known, an unknown, a disabled and a malformed address look alike (ASVS 6.3.8)', async () => {
    const known = await newUser()
    const disabled = await newUser()
    await instance.auth.users.disable(disabled.id)
    const seen: unknown[] = []
    for (const email of [known.email, 'nobody@example.com', disabled.email, 'no address']) {
      const client = instance.client()
      const begun = await client.post('/auth/login/email', { email })
      const open = await client.get('/auth/login/attempt')
      const wrong: Reply[] = []
      for (let count = 0; count < 6; count++) wrong.push(await confirm(client, { code: '00000000' }))
      const headers = [...begun.headers.keys()].filter((name) => name !== 'date').toSorted()
      seen.push([begun.status, begun.text, headers, open.body, wrong.map(({ status, body }) => [status, body])])
    }
    expect(new Set(seen.map((each) => JSON.stringify(each).replaceAll(/\d{8}T[^"]*/g, '')))).toHaveLength(1)
    expect(instance.mails.filter(({ to }) => [disabled.email, 'nobody@example.com'].includes(to))).toEqual([])
  })

  test('the work for an unknown address is the work for a known one: the same statements', async () => {
    // Nothing else runs statements: another process sends the emails.
    const quiet = await startInstance(ring, { emailLogin: 'on', deliverMails: false })
    const email = 'ada@example.com'
    await quiet.auth.users.create({ email, password: PASSWORD, emailVerified: true })
    const statementsOf = async (work: () => Promise<unknown>): Promise<readonly string[]> => {
      const before = quiet.statements.length
      await work()
      return quiet.statements.slice(before)
    }
    const runs: (readonly string[])[] = []
    for (const address of [email, 'nobody@example.com']) {
      const client = quiet.client()
      runs.push(await statementsOf(() => client.post('/auth/login/email', { email: address })))
      runs.push(await statementsOf(() => confirm(client, { code: '12345678' })))
    }
    expect(runs[0]?.length).toBeGreaterThan(3)
    expect([runs[2], runs[3]]).toEqual([runs[0], runs[1]])
    await quiet.close()
  })

  test('after 5 wrong codes the attempt has ended, also for the right one', async () => {
    const { email } = await newUser()
    const { client, letter } = await ask(email)
    for (let count = 0; count < 5; count++) {
      const wrong = await confirm(client, { code: other(letter.code) })
      expect([wrong.status, wrong.body.code]).toEqual([403, 'wrong_code'])
    }
    expect((await confirm(client, { code: letter.code })).body.code).toBe('attempt_ended')
    expect((await confirm(client, { token: letter.token })).status).toBe(401)
  })

  test('codes of several attempts, of both nodes, share the budget of the user with the password', async () => {
    const strict = await startInstance(ring, {
      emailLogin: 'on',
      throttle: { freeFailures: 4, mailsPerAccount: 100, firstWaitMs: MINUTE_MS },
    })
    const sibling = await strict.sibling()
    const email = 'ada@example.com'
    await strict.auth.users.create({ email, password: PASSWORD, emailVerified: true })
    const nodes: readonly Latchkey[] = [strict.auth, sibling]
    const statuses: number[] = []
    for (let count = 0; count < 4; count++) {
      const client = new Client(sendTo(nodes[count % 2] ?? strict.auth))
      await client.post('/auth/login/email', { email })
      const { code } = await letterTo(strict, email)
      statuses.push((await confirm(client, { code: other(code) })).status)
    }
    expect(statuses).toEqual([403, 403, 403, 403])
    const client = new Client(sendTo(sibling))
    await client.post('/auth/login/email', { email })
    expect((await confirm(client, { code: (await letterTo(strict, email)).code })).status).toBe(429)
    expect((await strict.client().post('/auth/login', { email, password: PASSWORD })).status).toBe(429)
    await sibling.close()
    await strict.close()
  })

  test('an attempt ends after 10 minutes, when it was used, and with its device', async () => {
    const { email } = await newUser()
    const late = await ask(email)
    await advance(10 * MINUTE_MS)
    expect((await confirm(late.client, { code: late.letter.code })).body.code).toBe('attempt_ended')
    const used = await ask(email)
    const stolen = used.client.cookies.get('latchkey-attempt') ?? ''
    expect((await confirm(used.client, { code: used.letter.code })).status).toBe(200)
    const thief = instance.client()
    thief.cookies.set('latchkey-attempt', stolen)
    expect((await confirm(thief, { code: used.letter.code })).body.code).toBe('attempt_ended')
    // This browser has a device cookie by now. Its attempt is worth nothing without it.
    const bound = await ask(email, used.client)
    thief.cookies.set('latchkey-attempt', used.client.cookies.get('latchkey-attempt') ?? '')
    expect((await confirm(thief, { code: bound.letter.code })).body.code).toBe('attempt_ended')
    expect((await confirm(bound.client, { code: bound.letter.code })).status).toBe(200)
  })

  test.each([
    ['the user is disabled', (id: string) => instance.auth.users.disable(id)],
    ['the user is deleted', (id: string) => instance.auth.users.delete(id)],
    ['the password must be reset', (id: string) => instance.auth.users.forcePasswordReset(id)],
  ])('an attempt does not outlive it if %s', async (_, end) => {
    const { email, id } = await newUser()
    const { client, letter } = await ask(email)
    await end(id)
    expect((await confirm(client, { code: letter.code })).body.code).toBe('attempt_ended')
    expect((await client.get('/auth/session')).status).toBe(401)
  })

  test('an attempt does not open a session, and a session token does not open an attempt', async () => {
    const { email } = await newUser()
    const { client, letter } = await ask(email)
    const attempt = client.cookies.get('latchkey-attempt') ?? ''
    const thief = instance.client()
    thief.cookies.set('latchkey', attempt)
    expect((await thief.get('/auth/session')).status).toBe(401)
    expect((await thief.get('/auth/session', { authorization: `Bearer ${attempt}` })).status).not.toBe(200)
    await confirm(client, { code: letter.code })
    thief.cookies.set('latchkey-attempt', client.cookies.get('latchkey') ?? '')
    expect((await confirm(thief, { code: letter.code })).body.code).toBe('attempt_ended')
  })

  test(
    'of many simultaneous uses of one code, on two nodes, one logs in (ASVS 6.5.1)',
    async () => {
      const sibling = await instance.sibling()
      for (let round = 0; round < rounds(1_000, 3); round++) {
        const { email, id } = await newUser(round % 2 === 0)
        const { client, letter } = await ask(email)
        const cookie = `latchkey-attempt=${client.cookies.get('latchkey-attempt')}`
        const replies = await Promise.all(
          Array.from({ length: 4 }, (_, index) =>
            new Client(sendTo(index % 2 === 0 ? instance.auth : sibling)).post(
              '/auth/login/email/confirm',
              index < 2 ? { code: letter.code } : { token: letter.token },
              { cookie },
            ),
          ),
        )
        expect(replies.map(({ status }) => status).toSorted()).toEqual([200, 401, 401, 401])
        const page = await instance.auth.sessions.list(id)
        expect(page).toHaveLength(1)
      }
      await sibling.close()
    },
    rounds(1_800_000, 60_000),
  )

  test('an email is never a second factor: with one enrolled, the login asks for it (downgrade)', async () => {
    const { email } = await newUser()
    const owner = instance.client()
    await owner.post('/auth/login', { email, password: PASSWORD })
    const { secret } = (await owner.post('/auth/totp')).body
    await owner.post('/auth/totp/confirm', { code: totpCode(secret, now) })
    await advance(MINUTE_MS)
    const { client, letter } = await ask(email)
    const half = await confirm(client, { code: letter.code })
    expect(half.body).toMatchObject({
      status: 'step_required',
      steps: [{ method: 'totp' }, { method: 'recovery_code' }],
    })
    expect((await client.get('/auth/session')).status).toBe(401)
    expect((await confirm(client, { code: letter.code })).body.code).toBe('attempt_ended')
    expect((await confirm(client, { token: letter.token })).body.code).toBe('attempt_ended')
    const done = await client.post('/auth/login/totp', { code: totpCode(secret, now) })
    expect(done.body.session.methods).toEqual(['email_code', 'totp'])
    // After the password, a code from an email does not skip the factor.
    const skipping = instance.client()
    await skipping.post('/auth/login', { email, password: PASSWORD })
    expect((await confirm(skipping, { code: letter.code })).body.code).toBe('attempt_ended')
    for (const path of ['/auth/reauthenticate/email', '/auth/reauthenticate/email/confirm'])
      expect((await client.post(path, path.endsWith('confirm') ? { code: '12345678' } : undefined)).body.code).toBe(
        'second_factor_required',
      )
  })

  test('a pre-registered address: its reader gets the account, and everything from before is gone', async () => {
    const email = `victim${users++}@example.com`
    const attacker = instance.client()
    const registered = await attacker.post('/auth/register', { email, password: PASSWORD })
    const { id } = registered.body.user
    const { accessToken } = { accessToken: (await attacker.post('/auth/tokens', { name: 'spy', scopes: [] })).body }
    const { secret } = (await attacker.post('/auth/totp')).body
    await attacker.post('/auth/totp/confirm', { code: totpCode(secret, now) })
    await advance(MINUTE_MS)
    const waiting = await ask(email) // the attacker asks, too
    const { client, letter } = await ask(email)
    const done = await confirm(client, { code: letter.code })
    expect(done.body).toMatchObject({ status: 'complete', user: { id, emailVerified: true } })
    expect((await attacker.get('/auth/session')).status).toBe(401)
    expect((await instance.client().get('/auth/user', { authorization: `Bearer ${accessToken.token}` })).status).toBe(
      401,
    )
    expect((await instance.client().post('/auth/login', { email, password: PASSWORD })).status).toBe(401)
    expect((await confirm(waiting.client, { code: waiting.letter.code })).body.code).toBe('attempt_ended')
    expect((await client.get('/auth/factors')).body).toMatchObject({ password: false, totp: null, recoveryCodes: null })
    const types = instance.events.filter(({ userId }) => userId === id).map(({ type }) => type)
    expect(types).toEqual(expect.arrayContaining(['email_code.requested', 'account.claimed', 'email.verified']))
  })

  test('the code proves the address that it was sent to, not the one that the account has now', async () => {
    const { email } = await newUser()
    const { client, letter } = await ask(email)
    await instance.runSql(
      `${ring.includes('Postgre') ? 'UPDATE latchkey.users' : 'UPDATE users'} SET email = 'moved${users}@example.com' WHERE email = '${email}'`,
    )
    expect((await confirm(client, { code: letter.code })).body.code).toBe('wrong_code')
    expect((await client.get('/auth/session')).status).toBe(401)
  })

  test('an app without cookies gets the attempt in a header, and sends it back in one', async () => {
    const { email } = await newUser()
    const app = { 'latchkey-session': 'header' }
    const begun = await instance.client().post('/auth/login/email', { email }, app)
    const attempt = begun.headers.get('latchkey-attempt') ?? ''
    expect(attempt).toMatch(/^lka_/)
    expect(begun.headers.getSetCookie()).toEqual([])
    const { code } = await letterTo(instance, email)
    const headers = { ...app, 'latchkey-attempt': attempt }
    const done = await instance.client().post('/auth/login/email/confirm', { code }, headers)
    expect([done.status, done.headers.get('latchkey-session')]).toEqual([200, expect.stringMatching(/^lks_/)])
  })

  test('a stored attempt holds neither the code, nor the token, nor its own token (ASVS 14.2.4)', async () => {
    const { email } = await newUser()
    const { client, letter } = await ask(email)
    const stored = await instance.stored()
    for (const secret of [letter.code, letter.token, client.cookies.get('latchkey-attempt') ?? ''])
      expect(stored).not.toContain(secret)
    const told = JSON.stringify([instance.events, instance.errors, instance.statements])
    expect(told).not.toContain(letter.token)
    expect(told).not.toContain(letter.code)
  })

  test('the body takes either the code or the token, and nothing else', async () => {
    const { email } = await newUser()
    const { client, letter } = await ask(email)
    for (const body of [{}, letter, { code: 1 }, { code: 'x'.repeat(65) }, { code: letter.code, x: 1 }])
      expect([body, (await confirm(client, body)).status]).toEqual([body, 422])
    expect((await confirm(client, { code: ` ${letter.code.slice(0, 4)} ${letter.code.slice(4)}` })).status).toBe(200)
  })

  test('a cross-origin page can begin and confirm nothing (CSRF)', async () => {
    const evil = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }
    for (const path of ['/auth/login/email', '/auth/login/email/confirm', '/auth/reauthenticate/email'])
      expect((await instance.client().post(path, { email: 'x@example.com' }, evil)).body.code).toBe('cross_origin')
  })

  test('an email confirms the identity of a user who is logged in; the session keeps its id and gets a new token', async () => {
    const { email } = await newUser()
    const client = instance.client()
    const first = (await client.post('/auth/login', { email, password: PASSWORD })).body.session
    await advance(11 * MINUTE_MS)
    expect((await client.delete('/auth/user')).body.code).toBe('reauthentication_required')
    const before = client.cookies.get('latchkey')
    expect((await client.post('/auth/reauthenticate/email')).status).toBe(202)
    const { code } = await letterTo(instance, email)
    expect((await client.post('/auth/reauthenticate/email/confirm', { code: other(code) })).body.code).toBe(
      'wrong_code',
    )
    const proven = await client.post('/auth/reauthenticate/email/confirm', { code })
    expect(proven.body.session).toMatchObject({ id: first.id, methods: ['password', 'email_code'] })
    expect(client.cookies.get('latchkey')).not.toBe(before)
    expect((await client.post('/auth/reauthenticate/email/confirm', { code })).body.code).toBe('attempt_ended')
    // A code that was sent to another user proves nothing.
    const mallory = await newUser()
    await ask(mallory.email, client)
    const wrong = await client.post('/auth/reauthenticate/email/confirm', { code: '12345678' })
    expect(wrong.body.code).toBe('attempt_ended')
    expect((await client.delete('/auth/user')).status).toBe(204)
  })

  test('without JavaScript: the login page offers the email, and the pages lead to the account', async () => {
    const { email } = await newUser()
    const browser = instance.client()
    expect((await browser.get('/auth/login?next=/auth/account/security', HTML)).text).toContain(
      'href="/auth/login/email?next=%2Fauth%2Faccount%2Fsecurity"',
    )
    expect((await browser.get('/auth/login/email', HTML)).text).toContain('action="/auth/login/email"')
    const next = '/auth/account/security'
    const begun = await browser.form('/auth/login/email', { email, next })
    expect([begun.status, begun.headers.get('location')]).toEqual([
      303,
      `/auth/login/attempt?next=${encodeURIComponent(next)}`,
    ])
    const page = (await browser.get(begun.headers.get('location') ?? '', HTML)).text
    expect(page).toContain('Check your email')
    expect(page).toContain(email)
    expect(page).toContain('action="/auth/login/email/confirm"')
    const { code, token } = await letterTo(instance, email)
    const wrong = await browser.form('/auth/login/email/confirm', { code: other(code), next })
    expect(wrong.headers.get('location')).toContain('/auth/login/attempt?method=email_code')
    expect((await browser.get(wrong.headers.get('location')?.split('#')[0] ?? '', HTML)).text).toContain(
      'This code is not right',
    )
    expect((await browser.get(`/auth/login/email?token=${altered(token)}`, HTML)).text).toContain('no longer works')
    const done = await browser.form('/auth/login/email/confirm', { code, next })
    expect(done.headers.get('location')).toBe(next)
    await advance(11 * MINUTE_MS)
    expect((await browser.get('/auth/reauthenticate?next=/auth/account', HTML)).text).toContain(
      'action="/auth/reauthenticate/email"',
    )
    const asked = await browser.form('/auth/reauthenticate/email', { next: '/auth/account' })
    expect(asked.headers.get('location')).toBe('/auth/reauthenticate?method=email_code&next=%2Fauth%2Faccount')
    expect((await browser.get(asked.headers.get('location') ?? '', HTML)).text).toContain(
      'action="/auth/reauthenticate/email/confirm"',
    )
    const again = await letterTo(instance, email)
    const linked = await browser.get(`/auth/login/email?token=${again.token}`, HTML)
    expect(linked.text).toContain('action="/auth/reauthenticate/email/confirm"')
    const proven = await browser.form('/auth/reauthenticate/email/confirm', { token: again.token })
    expect(proven.headers.get('location')).toBe('/auth/account/security')
  })
})

describe.each(RINGS)('login by email that creates accounts (%s)', (ring) => {
  let instance: Instance
  beforeAll(async () => {
    instance = await startInstance(ring, { emailLogin: 'register' })
  })
  afterAll(() => instance.close())

  test('a new address gets an account without a password; the next login is the same account', async () => {
    const email = 'new@example.com'
    const client = instance.client()
    expect((await client.post('/auth/login/email', { email: ' New@Example.com ' })).status).toBe(202)
    expect(await instance.auth.users.find(email)).toBeNull()
    const first = await client.post('/auth/login/email/confirm', { code: (await letterTo(instance, email)).code })
    expect(first.body).toMatchObject({ status: 'complete', user: { email, emailVerified: true, name: null } })
    expect((await client.get('/auth/factors')).body.password).toBe(false)
    const again = instance.client()
    await again.post('/auth/login/email', { email })
    const second = await again.post('/auth/login/email/confirm', { token: (await letterTo(instance, email)).token })
    expect(second.body.user.id).toBe(first.body.user.id)
    const events = instance.events.filter(({ userId }) => userId === first.body.user.id).map(({ type }) => type)
    expect(events).toEqual(expect.arrayContaining(['user.created', 'login.succeeded']))
  })

  test(
    'two browsers that ask at once create one account; so does one code that is sent twice',
    async () => {
      for (let round = 0; round < rounds(1_000, 3); round++) {
        const email = `race${round}@example.com`
        const sibling = await instance.sibling()
        const clients = [instance.client(), new Client(sendTo(sibling))]
        const codes: string[] = []
        for (const client of clients) {
          await client.post('/auth/login/email', { email })
          codes.push((await letterTo(instance, email)).code)
        }
        const replies = await Promise.all(
          clients.flatMap((client, index) => {
            const cookie = `latchkey-attempt=${client.cookies.get('latchkey-attempt')}`
            const send = (): Promise<Reply> =>
              client.post('/auth/login/email/confirm', { code: codes[index] }, { cookie })
            return [send(), send()]
          }),
        )
        expect(replies.filter(({ status }) => status === 200)).toHaveLength(1)
        expect(replies.filter(({ status }) => status === 401)).toHaveLength(3)
        await sibling.close()
      }
    },
    rounds(1_800_000, 60_000),
  )

  test('an address that its former owner can still take back gets no account', async () => {
    const owner = instance.client()
    const email = 'old@example.com'
    await instance.auth.users.create({ email, password: PASSWORD, emailVerified: true })
    await owner.post('/auth/login', { email, password: PASSWORD })
    await owner.post('/auth/email/change', { email: 'next@example.com' })
    const mail = await instance.waitForMail(({ to }) => to === 'next@example.com')
    expect((await owner.post('/auth/email/change/confirm', { token: tokenIn(mail) })).status).toBe(204)
    const client = instance.client()
    expect((await client.post('/auth/login/email', { email })).status).toBe(202)
    const flood = instance.client()
    await flood.post('/auth/login/email', { email: 'after@example.com' })
    await letterTo(instance, 'after@example.com')
    expect(instance.mails.filter(({ to, subject }) => to === email && /^\d{8} /.test(subject))).toEqual([])
  })
})

describe('the limits and settings of the login by email', () => {
  test('an attacker who floods an address neither floods its owner nor keeps a known browser out (email flooding)', async () => {
    const instance = await startInstance('handler', {
      emailLogin: 'on',
      throttle: { mailsPerAccount: 3, emailLoginsPerNetwork: 20 },
    })
    const email = 'ada@example.com'
    await instance.auth.users.create({ email, password: PASSWORD, emailVerified: true })
    const owner = instance.client()
    await owner.post('/auth/login', { email, password: PASSWORD })
    const sent = (): number => instance.mails.filter(({ subject }) => /^\d{8} /.test(subject)).length
    for (let count = 0; count < 10; count++)
      expect((await instance.client().post('/auth/login/email', { email })).status).toBe(202)
    const client = instance.client()
    client.cookies.set('latchkey-device', owner.cookies.get('latchkey-device') ?? '')
    await client.post('/auth/login/email', { email })
    await expect.poll(sent).toBe(4)
    const last = instance.mails.findLast(({ subject }) => /^\d{8} /.test(subject))
    const done = await client.post('/auth/login/email/confirm', { code: last?.subject.slice(0, 8) })
    expect(done.status).toBe(200)
    const statuses: number[] = []
    for (let count = 0; count < 12; count++)
      statuses.push((await instance.client().post('/auth/login/email', { email: `x${count}@example.com` })).status)
    expect(statuses).toContain(429)
    expect(sent()).toBe(4)
    await instance.close()
  })

  test('off: no routes, no word, no way on the login page', async () => {
    const instance = await startInstance('handler')
    const client = instance.client()
    expect((await client.post('/auth/login/email', { email: 'a@example.com' })).status).toBe(404)
    expect((await client.get('/auth')).body.features).not.toContain('email-login')
    expect((await client.get('/auth/login', HTML)).text).not.toContain('/login/email')
    await instance.close()
    const on = await startInstance('handler', { emailLogin: 'on' })
    expect((await on.client().get('/auth')).body.features).toContain('email-login')
    await on.close()
  })

  test('a wrong value, and a service that cannot send email, are refused at start', async () => {
    await expect(startInstance('handler', { emailLogin: 'yes' as 'on' })).rejects.toThrow('emailLogin')
    await expect(
      startInstance('handler', { emailLogin: 'on', mailer: undefined, baseUrl: 'https://acme.example' }),
    ).rejects.toThrow('emailLogin "on" needs a mailer')
  })
})
