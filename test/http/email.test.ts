import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { LatchkeyOptions } from '../../src/index.ts'
import { altered } from '../support/altered.ts'
import { mailTo, outboxEmpty, tokenIn } from '../support/caught-mails.ts'
import type { Client, Reply } from '../support/client.ts'
import { type Instance, ORIGIN, PASSWORD, RINGS, startInstance } from '../support/rings.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
const NEW_PASSWORD = 'another long password'
const ATTACKERS_PASSWORD = 'a password of an attacker'

/** Shared steps of the tests below, on one instance. */
function people(instance: () => Instance) {
  let count = 0
  const newEmail = (name = 'user'): string => `${name}${count++}@example.com`
  const mailedToken = async (address: string, path: string): Promise<string> =>
    tokenIn(await instance().waitForMail(mailTo(address, `${path}?`)))
  return {
    newEmail,
    async register(): Promise<{ client: Client; email: string; id: string }> {
      const client = instance().client()
      const email = newEmail()
      const { body } = await client.post('/auth/register', { email, password: PASSWORD })
      return { client, email, id: body.user.id }
    },
    logIn: (email: string, password: string, client = instance().client()): Promise<Reply> =>
      client.post('/auth/login', { email, password }),
    /** Sends the token of an email, without a session or from one. */
    verify: (body: Record<string, string>, client = instance().client()): Promise<Reply> =>
      client.post('/auth/email/verify', body),
    /** Confirms a change with the password of the account, from another browser. */
    confirm: (token: string, password = PASSWORD): Promise<Reply> =>
      instance().client().post('/auth/email/change/confirm', { token, password }),
    undo: (token: string): Promise<Reply> => instance().client().post('/auth/email/change/undo', { token }),
    verification: (address: string): Promise<string> => mailedToken(address, '/email/verify'),
    confirmation: (address: string): Promise<string> => mailedToken(address, '/email/change/confirm'),
    wayBack: (address: string): Promise<string> => mailedToken(address, '/email/change/undo'),
    resetOf: (address: string): Promise<string> => mailedToken(address, '/password/reset'),
  }
}

function refusalOf({ status, body }: Reply): [number, string] {
  return [status, body?.code]
}

/** Headers that differ between any two answers left out. */
function comparable(headers: Headers): [string, string][] {
  return [...headers].filter(([name]) => !['x-request-id', 'date', 'ratelimit'].includes(name)) // the remaining budget differs by network
}

describe.each(RINGS)('verifying an address is required (%s)', (ring) => {
  let instance: Instance
  beforeAll(async () => {
    instance = await startInstance(ring, { verifyEmail: 'required' })
  })
  afterAll(() => instance.close())
  const { newEmail, logIn, verify, verification, resetOf } = people(() => instance)

  const register = (email: string, password = PASSWORD): Promise<Reply> =>
    instance.client().post('/auth/register', { email, password })

  test('registering a new, a verified, an unverified and a disabled address gets the same answer; the emails differ (ASVS 6.3.8)', async () => {
    const [fresh, unverified, verified, disabled] = [newEmail(), newEmail(), newEmail(), newEmail()]
    await register(unverified)
    await verification(unverified)
    await instance.auth.users.create({ email: verified, password: PASSWORD, emailVerified: true })
    const { id } = await instance.auth.users.create({ email: disabled, password: PASSWORD, emailVerified: true })
    await instance.auth.users.disable(id)
    const replies = []
    for (const email of [fresh, unverified, verified, disabled]) replies.push(await register(email, NEW_PASSWORD))
    const seen = replies.map(({ status, text, headers }) => ({ status, text, headers: comparable(headers) }))
    expect(seen[0]).toMatchObject({ status: 202, text: '{"status":"verification_required"}' })
    expect(replies[0]?.headers.getSetCookie()).toEqual([])
    for (const each of seen) expect(each).toEqual(seen[0])
    await verification(fresh)
    await verification(unverified)
    const told = await instance.waitForMail(mailTo(verified, '/login'))
    expect(told.subject).toBe('You already have an account at localhost:3000')
    expect(told.text).not.toContain('token=')
    // Emails are sent in the order in which they are due.
    instance.advance(1)
    const last = newEmail()
    await register(last)
    await verification(last)
    expect(instance.mails.filter(({ to }) => to === disabled)).toEqual([])
    // No password was changed.
    for (const email of [unverified, verified]) expect((await logIn(email, NEW_PASSWORD)).status).toBe(401)
  })

  test('an unverified user cannot log in; the right password sends the link again, a wrong one does not', async () => {
    const email = newEmail()
    await register(email)
    await verification(email)
    expect(refusalOf(await logIn(email, 'a wrong password'))).toEqual([401, 'invalid_credentials'])
    const reply = await logIn(email, PASSWORD)
    expect(refusalOf(reply)).toEqual([403, 'email_not_verified'])
    expect(reply.headers.getSetCookie()).toEqual([])
    const token = await verification(email)
    expect(instance.mails.filter(({ to }) => to === email)).toHaveLength(2)
    expect((await verify({ token, password: PASSWORD })).status).toBe(204)
    expect((await logIn(email, PASSWORD)).body).toMatchObject({ status: 'complete', user: { emailVerified: true } })
  })

  test("a person who registered another person's address gains nothing when its owner verifies it", async () => {
    const victim = newEmail('victim')
    await register(victim, ATTACKERS_PASSWORD)
    const token = await verification(victim)
    expect((await register(victim, PASSWORD)).status).toBe(202) // the response reveals nothing about the attacker
    expect(refusalOf(await verify({ token, password: PASSWORD }))).toEqual([403, 'wrong_password'])
    expect((await verify({ token, newPassword: NEW_PASSWORD })).status).toBe(204)
    expect((await logIn(victim, ATTACKERS_PASSWORD)).status).toBe(401)
    expect((await logIn(victim, NEW_PASSWORD)).status).toBe(200)
    expect(refusalOf(await verify({ token: await verification(victim), newPassword: ATTACKERS_PASSWORD }))).toEqual([
      410,
      'token_invalid',
    ])
  })

  test('the email of a registration counts like later ones: beyond five an hour none is sent, and no request is refused', async () => {
    const limited = await startInstance(ring, { verifyEmail: 'required', throttle: { mailsPerAccount: 2 } })
    const email = 'ada@example.com'
    const post = (path: string): Promise<Reply> => limited.client().post(path, { email, password: PASSWORD })
    const verifications = (): number => limited.mails.filter(({ text }) => text.includes('/email/verify?')).length
    const fresh = await post('/auth/register')
    await post('/auth/register') // the second email
    expect(refusalOf(await post('/auth/login'))).toEqual([403, 'email_not_verified'])
    await outboxEmpty(limited) // emails that are not sent end with their user
    await limited.auth.users.delete((await limited.auth.users.find(email))?.id ?? '')
    const spent = await post('/auth/register')
    expect([spent.status, spent.text]).toEqual([fresh.status, fresh.text])
    expect(comparable(spent.headers)).toEqual(comparable(fresh.headers))
    // Emails are sent in the order in which they are due.
    limited.advance(1)
    await limited.client().post('/auth/password/forgot', { email })
    await limited.waitForMail(mailTo(email, '/password/reset?'))
    await outboxEmpty(limited)
    expect(verifications()).toBe(2)
    limited.advance(60 * MINUTE)
    await post('/auth/login')
    await limited.waitForMail(mailTo(email, '/email/verify?'))
    await limited.waitForMail(mailTo(email, '/email/verify?'))
    await limited.waitForMail(mailTo(email, '/email/verify?')) // the third email
    await limited.close()
  })

  test('a password reset by email also verifies the address', async () => {
    const email = newEmail()
    await register(email)
    await instance.client().post('/auth/password/forgot', { email })
    const token = await resetOf(email)
    expect((await instance.client().post('/auth/password/reset', { token, password: NEW_PASSWORD })).status).toBe(204)
    expect((await logIn(email, NEW_PASSWORD)).status).toBe(200)
  })

  test('an address that the application marks as verified needs no email', async () => {
    const email = newEmail()
    await instance.auth.users.create({ email, password: PASSWORD, emailVerified: true })
    expect((await logIn(email, PASSWORD)).status).toBe(200)
  })
})

describe.each(RINGS)('verifying an address is optional (%s)', (ring) => {
  let instance: Instance
  beforeAll(async () => {
    instance = await startInstance(ring)
  })
  afterAll(() => instance.close())
  const { newEmail, register, logIn, verify, verification, resetOf } = people(() => instance)

  test('registering logs in at once, emails the link, and reports a taken address', async () => {
    const { client, email } = await register()
    expect((await client.get('/auth/user')).body.user).toMatchObject({ email, emailVerified: false })
    await verification(email)
    const again = await instance.client().post('/auth/register', { email, password: PASSWORD })
    expect(refusalOf(again)).toEqual([409, 'email_taken'])
  })

  test('the link works once, and needs no further proof in a session of its account', async () => {
    const { client, email } = await register()
    const token = await verification(email)
    expect(await verify({ token }, client)).toMatchObject({ status: 204, text: '' })
    expect((await client.get('/auth/user')).body.user.emailVerified).toBe(true)
    expect(refusalOf(await verify({ token }, client))).toEqual([410, 'token_invalid'])
  })

  test('without a session, or in a session of another user, the link needs the password', async () => {
    const { email, id } = await register()
    const { client: stranger } = await register()
    const token = await verification(email)
    expect(refusalOf(await verify({ token }))).toEqual([403, 'proof_required'])
    expect(refusalOf(await verify({ token }, stranger))).toEqual([403, 'proof_required'])
    expect(refusalOf(await verify({ token, password: 'wrong' }))).toEqual([403, 'wrong_password'])
    expect((await instance.auth.users.find(id))?.emailVerified).toBe(false)
    const reply = await verify({ token, password: PASSWORD })
    expect([reply.status, reply.headers.getSetCookie()]).toEqual([204, []])
    expect((await instance.auth.users.find(id))?.emailVerified).toBe(true)
  })

  test('sending both passwords is refused, and a new one must follow the policy; the link stays valid (ASVS 2.1.2, 2.2.3)', async () => {
    const { email } = await register()
    const token = await verification(email)
    const both = await verify({ token, password: PASSWORD, newPassword: NEW_PASSWORD })
    expect([both.status, both.body.errors]).toEqual([
      422,
      [{ pointer: '#/newPassword', detail: 'Must not come together with password.' }],
    ])
    const short = await verify({ token, newPassword: 'short' })
    expect([short.status, short.body.errors[0].pointer]).toEqual([422, '#/newPassword'])
    expect((await verify({ token, newPassword: NEW_PASSWORD })).status).toBe(204)
  })

  test('a new password locks out the person who registered the address: session, password, links and undo links', async () => {
    const attacker = await register()
    const victim = attacker.email
    const token = await verification(victim)
    await instance.client().post('/auth/password/forgot', { email: victim })
    const reset = await resetOf(victim)
    const evil = newEmail('evil')
    await attacker.client.post('/auth/email/change', { email: evil })
    const change = tokenIn(await instance.waitForMail(mailTo(evil, '/email/change/confirm?')))
    expect((await verify({ token, newPassword: NEW_PASSWORD })).status).toBe(204)
    expect((await attacker.client.get('/auth/session')).status).toBe(401)
    expect((await logIn(victim, PASSWORD)).status).toBe(401)
    for (const [path, body] of [
      ['/auth/email/change/confirm', { token: change }],
      ['/auth/password/reset', { token: reset, password: ATTACKERS_PASSWORD }],
      ['/auth/email/verify', { token, newPassword: ATTACKERS_PASSWORD }],
    ] as const) {
      expect(refusalOf(await instance.client().post(path, body))).toEqual([410, 'token_invalid'])
    }
    expect((await logIn(victim, NEW_PASSWORD)).body.user).toMatchObject({ email: victim, emailVerified: true })
    await instance.waitForMail(({ to, subject }) => to === victim && subject.includes('password was changed'))
  })

  test('the email of a registration is one of the five per hour for its address', async () => {
    const limited = await startInstance(ring, { throttle: { mailsPerAccount: 2 } })
    const client = limited.client()
    const email = 'ada@example.com'
    expect((await client.post('/auth/register', { email, password: PASSWORD })).status).toBe(201)
    for (let count = 0; count < 2; count++) expect((await client.post('/auth/email/verify/request')).status).toBe(202)
    limited.advance(1)
    await client.post('/auth/password/forgot', { email })
    await limited.waitForMail(mailTo(email, '/password/reset?'))
    await outboxEmpty(limited)
    expect(limited.mails.filter(({ text }) => text.includes('/email/verify?'))).toHaveLength(2)
    await limited.auth.users.delete((await limited.auth.users.find(email))?.id ?? '')
    // The request is not refused: no email is sent, and the user can request one later.
    expect((await limited.client().post('/auth/register', { email, password: PASSWORD })).status).toBe(201)
    await limited.close()
  })

  test('the link can be requested again; using one link invalidates all of them', async () => {
    const { client, email } = await register()
    const first = await verification(email)
    expect((await client.post('/auth/email/verify/request')).status).toBe(202)
    const second = await verification(email)
    expect((await verify({ token: second }, client)).status).toBe(204)
    expect((await verify({ token: first }, client)).status).toBe(410)
    const before = instance.events.length
    expect((await client.post('/auth/email/verify/request')).status).toBe(202)
    expect(instance.events.slice(before)).toEqual([]) // the address is already verified
  })

  test('of many simultaneous uses, one verifies', async () => {
    const { client, email } = await register()
    const token = await verification(email)
    const cookie = `latchkey=${client.cookies.get('latchkey')}`
    const replies = await Promise.all(
      Array.from({ length: 50 }, () => instance.client().post('/auth/email/verify', { token }, { cookie })),
    )
    expect(replies.filter(({ status }) => status === 204)).toHaveLength(1)
    expect(replies.filter(({ status }) => status === 410)).toHaveLength(49)
  })

  test('an expired or altered token, one of another purpose, or one for a replaced address gets the same 410', async () => {
    const { client, email } = await register()
    const expired = await verification(email)
    instance.advance(2 * DAY)
    const login = await logIn(email, PASSWORD, client)
    expect(login.status).toBe(200)
    await client.post('/auth/email/verify/request')
    const outdated = await verification(email)
    const elsewhere = newEmail()
    await client.post('/auth/email/change', { email: elsewhere })
    const change = tokenIn(await instance.waitForMail(mailTo(elsewhere, '/email/change/confirm?')))
    const other = await verify({ token: change }, client)
    await client.post('/auth/email/change/confirm', { token: change })
    const replies = [other]
    for (const token of [expired, altered(outdated, 9), outdated, '', 'nonsense'])
      replies.push(await verify({ token }, client))
    for (const reply of replies) {
      expect(refusalOf(reply)).toEqual([410, 'token_invalid'])
      expect(reply.text).toBe(other.text)
    }
  })
})

describe.each(RINGS)('changing the address (%s)', (ring) => {
  let instance: Instance
  beforeAll(async () => {
    instance = await startInstance(ring)
  })
  afterAll(() => instance.close())
  const { newEmail, logIn, verify, confirm, undo, verification, confirmation, wayBack, resetOf, ...others } = people(
    () => instance,
  )

  /** Registers and verifies. */
  async function register(): ReturnType<typeof others.register> {
    const user = await others.register()
    expect((await verify({ token: await verification(user.email) }, user.client)).status).toBe(204)
    return user
  }

  /** Requests another email address; returns both links. */
  async function order(client: Client, from: string, to: string): Promise<{ token: string; back: string }> {
    instance.advance(1)
    expect(await client.post('/auth/email/change', { email: to })).toMatchObject({ status: 202, text: '' })
    return { token: await confirmation(to), back: await wayBack(from) }
  }

  test('the request needs a fresh session and an address that differs from the current one (ASVS 7.5.1)', async () => {
    const { client, email } = await register()
    expect(refusalOf(await instance.client().post('/auth/email/change', { email: newEmail() }))[0]).toBe(401)
    for (const bad of [
      email,
      email.toUpperCase(),
      'no address',
      `a@${'x'.repeat(300)}.com`,
      'a@example.com\r\nBcc: b@c.d',
    ]) {
      const reply = await client.post('/auth/email/change', { email: bad })
      expect([reply.status, reply.body.errors[0].pointer]).toEqual([422, '#/email'])
    }
    instance.advance(11 * MINUTE)
    const stale = await client.post('/auth/email/change', { email: newEmail() })
    expect(refusalOf(stale)).toEqual([403, 'reauthentication_required'])
  })

  test('both addresses get an email, nothing changes until the new one is confirmed, and sessions stay valid (ASVS 6.3.7)', async () => {
    const { client, email } = await register()
    const next = newEmail()
    const { token } = await order(client, email, next)
    expect((await client.get('/auth/user')).body.user.email).toBe(email)
    expect((await logIn(next, PASSWORD)).status).toBe(401)
    const reply = await confirm(token)
    expect([reply.status, reply.headers.getSetCookie()]).toEqual([204, []])
    expect((await client.get('/auth/user')).body.user).toMatchObject({ email: next, emailVerified: true })
    expect((await logIn(next, PASSWORD)).status).toBe(200)
    expect((await logIn(email, PASSWORD)).status).toBe(401)
    expect(refusalOf(await confirm(token))).toEqual([410, 'token_invalid'])
    for (const mail of instance.mails.filter(({ to }) => to === email)) expect(mail.text).not.toContain(next)
  })

  test('links sent to the old address are invalid after the change', async () => {
    const { client, email } = await register()
    await instance.client().post('/auth/password/forgot', { email })
    const reset = await resetOf(email)
    const { token } = await order(client, email, newEmail())
    await confirm(token)
    const body = { token: reset, password: NEW_PASSWORD }
    expect((await instance.client().post('/auth/password/reset', body)).status).toBe(410)
  })

  test('the link for the new address expires after a day', async () => {
    const { client, email } = await register()
    const { token } = await order(client, email, newEmail())
    instance.advance(DAY)
    expect(refusalOf(await confirm(token))).toEqual([410, 'token_invalid'])
  })

  test('a taken address gets the same answer as a free one; its owner receives an email', async () => {
    const { client } = await register()
    const { email: taken } = await register()
    const before = await client.post('/auth/email/change', { email: newEmail() })
    const reply = await client.post('/auth/email/change', { email: taken })
    expect(reply).toMatchObject({ status: 202, text: before.text })
    expect(comparable(reply.headers)).toEqual(comparable(before.headers))
    const told = await instance.waitForMail(mailTo(taken, '/login'))
    expect(told.text).not.toContain('token=')
  })

  test('while emails wait, the export shows the same number for a taken address as for a free one', async () => {
    const sleepy = await startInstance(ring, { deliverMails: false })
    const client = sleepy.client()
    await client.post('/auth/register', { email: 'ada@example.com', password: PASSWORD })
    await sleepy.client().post('/auth/register', { email: 'bob@example.com', password: PASSWORD })
    const waiting: number[] = []
    for (const email of ['free@example.com', 'bob@example.com']) {
      await client.post('/auth/email/change', { email })
      waiting.push((await client.get('/auth/user/export')).body.mailsWaiting)
    }
    expect(waiting).toEqual([3, 5])
    await sleepy.close()
  })

  test('if another user registers the address in the meantime, confirming is 409 and nothing changes', async () => {
    const { client, email } = await register()
    const next = newEmail()
    const { token } = await order(client, email, next)
    await instance.client().post('/auth/register', { email: next, password: NEW_PASSWORD })
    expect(refusalOf(await confirm(token))).toEqual([409, 'email_taken'])
    expect((await client.get('/auth/user')).body.user.email).toBe(email)
    expect((await logIn(next, NEW_PASSWORD)).status).toBe(200)
  })

  test('if two accounts confirm the same address at the same moment, one gets it', async () => {
    const [ada, bob] = [await register(), await register()]
    const next = newEmail()
    const tokens = [(await order(ada.client, ada.email, next)).token, (await order(bob.client, bob.email, next)).token]
    const replies = await Promise.all(tokens.map((token) => confirm(token)))
    expect(replies.map(({ status }) => status).sort()).toEqual([204, 409])
  })

  test('undone before confirmation: nothing of the change is left, sessions are revoked, the password must be reset', async () => {
    const { client, email, id } = await register()
    const { token, back } = await order(client, email, newEmail())
    expect((await undo(back)).status).toBe(204)
    expect(refusalOf(await confirm(token))).toEqual([410, 'token_invalid'])
    expect((await client.get('/auth/session')).status).toBe(401)
    expect(await instance.auth.sessions.list(id)).toEqual([])
    expect(refusalOf(await logIn(email, PASSWORD))).toEqual([401, 'invalid_credentials'])
    const body = { token: await resetOf(email), password: NEW_PASSWORD }
    expect((await instance.client().post('/auth/password/reset', body)).status).toBe(204)
    expect((await logIn(email, NEW_PASSWORD)).status).toBe(200)
  })

  test('undone after confirmation: the same, and the old address is restored', async () => {
    const { client, email } = await register()
    const evil = newEmail('evil')
    const { token, back } = await order(client, email, evil)
    await confirm(token)
    await instance.client().post('/auth/password/forgot', { email: evil })
    const evilReset = await resetOf(evil)
    expect((await undo(back)).status).toBe(204)
    expect((await client.get('/auth/session')).status).toBe(401)
    for (const address of [evil, email]) expect((await logIn(address, PASSWORD)).status).toBe(401)
    const withEvil = { token: evilReset, password: ATTACKERS_PASSWORD }
    expect((await instance.client().post('/auth/password/reset', withEvil)).status).toBe(410)
    const body = { token: await resetOf(email), password: NEW_PASSWORD }
    expect((await instance.client().post('/auth/password/reset', body)).status).toBe(204)
    expect((await logIn(email, NEW_PASSWORD)).body.user).toMatchObject({ email, emailVerified: true })
    expect(refusalOf(await undo(back))).toEqual([410, 'token_invalid'])
  })

  test("an attacker changes the address twice and undoes the second change: the victim's undo link still works", async () => {
    const { client, email, id } = await register()
    const [second, third] = [newEmail('evil'), newEmail('evil')]
    const first = await order(client, email, second)
    await confirm(first.token)
    const next = await order(client, second, third)
    await confirm(next.token)
    expect((await undo(next.back)).status).toBe(204)
    const evilReset = { token: await resetOf(second), password: ATTACKERS_PASSWORD }
    expect((await instance.client().post('/auth/password/reset', evilReset)).status).toBe(204)
    expect((await logIn(second, ATTACKERS_PASSWORD)).status).toBe(200)
    expect((await undo(first.back)).status).toBe(204)
    expect((await instance.auth.users.find(id))?.email).toBe(email)
    for (const address of [email, second, third]) expect((await logIn(address, ATTACKERS_PASSWORD)).status).toBe(401)
    const body = { token: await resetOf(email), password: NEW_PASSWORD }
    expect((await instance.client().post('/auth/password/reset', body)).status).toBe(204)
    expect((await logIn(email, NEW_PASSWORD)).status).toBe(200)
  })

  test('after the victim undoes the first change, the attacker cannot undo a later one', async () => {
    const { client, email, id } = await register()
    const [second, third] = [newEmail('evil'), newEmail('evil')]
    const first = await order(client, email, second)
    await confirm(first.token)
    const next = await order(client, second, third)
    await confirm(next.token)
    expect((await undo(first.back)).status).toBe(204)
    expect(refusalOf(await undo(next.back))).toEqual([410, 'token_invalid'])
    expect((await instance.auth.users.find(id))?.email).toBe(email)
  })

  test('the notice to an unverified address has a link that stops the change, reserves nothing and dies with the confirmation', async () => {
    const { client, email, id } = await others.register()
    const next = newEmail()
    const { token, back } = await order(client, email, next)
    const notice = instance.mails.find(({ to, subject }) => to === email && subject.includes('is being changed'))
    expect(notice?.text).toContain('/auth/password/forgot')
    expect((await client.get('/auth/user/export')).body.pendingLinks).not.toContainEqual(
      expect.objectContaining({ purpose: 'email_undo' }),
    )
    expect((await confirm(token)).status).toBe(204)
    expect(refusalOf(await undo(back))).toEqual([410, 'token_invalid'])
    expect((await instance.auth.users.find(id))?.email).toBe(next)
    const stranger = await instance.client().post('/auth/register', { email, password: NEW_PASSWORD })
    expect(stranger.status).toBe(201)
  })

  test('ASVS 6.3.7: the reader of an unverified address stops a change that a thief requested; password and address stay', async () => {
    const { client: thief, email, id } = await others.register()
    const orders = [await order(thief, email, newEmail('evil')), await order(thief, email, newEmail('evil'))]
    expect((await undo(orders[0]?.back ?? '')).status).toBe(204)
    for (const { token, back } of orders) {
      expect(refusalOf(await confirm(token))).toEqual([410, 'token_invalid'])
      expect(refusalOf(await undo(back))).toEqual([410, 'token_invalid'])
    }
    expect((await thief.get('/auth/session')).status).toBe(401)
    expect(instance.events).toContainEqual(expect.objectContaining({ type: 'email.change_stopped', userId: id }))
    expect((await logIn(email, PASSWORD)).body.user).toMatchObject({ email, emailVerified: false })
  })

  test('of a confirmation and a stop at the same moment, one happens', async () => {
    const { client, email, id } = await others.register()
    const next = newEmail()
    const { token, back } = await order(client, email, next)
    const statuses = await Promise.all([confirm(token), undo(back)]).then((all) => all.map(({ status }) => status))
    expect(statuses.toSorted()).toEqual([204, 410])
    expect((await instance.auth.users.find(id))?.email).toBe(statuses[0] === 204 ? next : email)
  })

  test('CWE-613: a change of address ends with the session that requested it, however that session ends', async () => {
    const limit = 3
    const small = await startInstance(ring, { session: { maxPerUser: limit, idleMs: 60 * MINUTE } })
    const own = people(() => small)
    const endings: readonly [string, (owner: Client, thief: Client, email: string) => Promise<unknown>][] = [
      ['logout', (_, thief) => thief.post('/auth/logout')],
      [
        'revoked by id',
        async (owner) => {
          const { body } = await owner.get('/auth/sessions')
          const other = body.sessions.find(({ current }: { current: boolean }) => !current)
          await owner.delete(`/auth/sessions/${other.id}`)
        },
      ],
      ['revoked with all others', (owner) => owner.delete('/auth/sessions')],
      [
        'revoked on the server',
        async (_, __, email) => {
          const user = await small.auth.users.find(email)
          await small.auth.sessions.revokeAll(user?.id ?? '')
        },
      ],
      ['replaced by another login', (_, thief, email) => own.logIn(email, PASSWORD, thief)],
      [
        'one session too many',
        async (_, __, email) => {
          for (let count = 0; count < limit; count++) {
            small.advance(1)
            await own.logIn(email, PASSWORD)
          }
        },
      ],
      ['expired', async () => small.advance(61 * MINUTE)],
    ]
    for (const [name, end] of endings) {
      const { client: owner, email } = await own.register()
      const thief = small.client()
      await own.logIn(email, PASSWORD, thief)
      const evil = own.newEmail('evil')
      expect((await thief.post('/auth/email/change', { email: evil })).status).toBe(202)
      const token = await own.confirmation(evil)
      small.advance(1)
      await end(owner, thief, email)
      expect([name, ...refusalOf(await own.confirm(token))]).toEqual([name, 410, 'token_invalid'])
      expect(await small.auth.users.find(evil)).toBeNull()
    }
    await small.close()
  })

  test('a change of address survives a new proof of identity in its session, which keeps its id', async () => {
    const { client, email } = await register()
    const next = newEmail()
    const { token } = await order(client, email, next)
    expect((await client.post('/auth/reauthenticate', { password: PASSWORD })).status).toBe(200)
    expect((await confirm(token)).status).toBe(204)
  })

  test('CWE-613: ending all other sessions also ends the request of the current one, whose cookie may be stolen', async () => {
    const { client, email } = await register()
    const next = newEmail('evil')
    const { token } = await order(client, email, next)
    expect((await client.delete('/auth/sessions')).body).toEqual({ revoked: 0 })
    expect(refusalOf(await confirm(token))).toEqual([410, 'token_invalid'])
    expect((await client.get('/auth/user')).body.user.email).toBe(email)
    const again = await order(client, email, next)
    expect((await confirm(again.token)).status).toBe(204)
  })

  test('CWE-640: confirming needs a session of the account or its password, so that nobody gives their address to an attacker', async () => {
    const { client: attacker, email } = await register()
    const victim = await register()
    const address = newEmail('victim')
    const { token } = await order(attacker, email, address)
    const confirmWith = (body: Record<string, string>, client: Client): Promise<Reply> =>
      client.post('/auth/email/change/confirm', { token, ...body })
    for (const client of [instance.client(), victim.client]) {
      expect(refusalOf(await confirmWith({}, client))).toEqual([403, 'proof_required'])
      expect(refusalOf(await confirmWith({ password: NEW_PASSWORD }, client))).toEqual([403, 'wrong_password'])
    }
    expect(await instance.auth.users.find(address)).toBeNull()
    expect((await confirmWith({}, attacker)).status).toBe(204)
  })

  test('CWE-307: passwords tried at the confirmation count as attempts at the account', async () => {
    const strict = await startInstance(ring, { throttle: { freeFailures: 2 } })
    const own = people(() => strict)
    const { client } = await own.register()
    const next = own.newEmail()
    await client.post('/auth/email/change', { email: next })
    const token = await own.confirmation(next)
    const statuses: number[] = []
    for (let count = 0; count < 4; count++) statuses.push((await own.confirm(token, `wrong password ${count}`)).status)
    expect(statuses).toEqual([403, 403, 429, 429])
    await strict.close()
  })

  test('the notice is right: a password reset stops a change requested by an intruder', async () => {
    const { client, email } = await others.register()
    const evil = newEmail('evil')
    await client.post('/auth/email/change', { email: evil })
    const token = await confirmation(evil)
    await instance.client().post('/auth/password/forgot', { email })
    const body = { token: await resetOf(email), password: NEW_PASSWORD }
    expect((await instance.client().post('/auth/password/reset', body)).status).toBe(204)
    expect(refusalOf(await confirm(token))).toEqual([410, 'token_invalid'])
  })

  test('the undo link expires after seven days', async () => {
    const [ada, bob] = [await register(), await register()]
    const early = await order(ada.client, ada.email, newEmail())
    const late = await order(bob.client, bob.email, newEmail()) // a millisecond later
    instance.advance(7 * DAY - 1)
    expect(refusalOf(await undo(early.back))).toEqual([410, 'token_invalid'])
    expect((await undo(late.back)).status).toBe(204)
  })

  test('a password reset does not block the undo link, and of many uses of it one succeeds', async () => {
    const { client, email } = await register()
    const evil = newEmail('evil')
    const { token, back } = await order(client, email, evil)
    await confirm(token)
    await instance.client().post('/auth/password/forgot', { email: evil })
    const body = { token: await resetOf(evil), password: ATTACKERS_PASSWORD }
    expect((await instance.client().post('/auth/password/reset', body)).status).toBe(204)
    const replies = await Promise.all(Array.from({ length: 20 }, () => undo(back)))
    expect(replies.filter(({ status }) => status === 204)).toHaveLength(1)
    expect(replies.filter(({ status }) => status === 410)).toHaveLength(19)
  })

  test('a change requested by an intruder is cancelled when an administrator forces a reset or disables the account', async () => {
    for (const shutOut of ['forcePasswordReset', 'disable'] as const) {
      const { client, email } = await register()
      const { token } = await order(client, email, newEmail())
      const id = (await instance.auth.users.find(email))?.id ?? ''
      await instance.auth.users[shutOut](id)
      await instance.auth.users.enable(id)
      expect(refusalOf(await confirm(token))).toEqual([410, 'token_invalid'])
    }
  })

  test('a session that is revoked while it requests a change leaves no link behind', async () => {
    const other = await instance.sibling()
    const { client, email, id } = await register()
    const cookie = [...client.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const order = (): Promise<Response> =>
      other.handler(
        new Request(`${ORIGIN}/auth/email/change`, {
          method: 'POST',
          headers: { cookie, 'content-type': 'application/json' },
          body: JSON.stringify({ email: newEmail('intruder') }),
        }),
      )
    const before = Array.from({ length: 3 }, order)
    const reset = instance.auth.users.forcePasswordReset(id)
    await Promise.all([...before, ...Array.from({ length: 2 }, order), reset])
    const left = await instance.runSql(
      `SELECT purpose FROM one_time_tokens WHERE user_id = '${id}' AND purpose = 'email_change'`,
    )
    expect([email, left]).toEqual([email, []])
    await other.close()
  })

  test('while an undo link for an address is valid, no other user can take the address', async () => {
    const { client, email } = await register()
    const { token, back } = await order(client, email, newEmail())
    await confirm(token)
    const squatter = await instance.client().post('/auth/register', { email, password: PASSWORD })
    expect(refusalOf(squatter)).toEqual([409, 'email_taken'])
    const other = await register()
    const change = await order(other.client, other.email, email)
    expect(refusalOf(await confirm(change.token))).toEqual([409, 'email_taken'])
    for (const dryRun of [true, false]) {
      const imported = await instance.auth.users.import([{ email }, { email: newEmail() }], { dryRun })
      expect(imported).toMatchObject({ created: 1, existing: 1 })
    }
    expect((await undo(back)).status).toBe(204)
    expect((await instance.auth.users.find(email))?.email).toBe(email)
  })
})

describe.each(RINGS)('links and settings (%s)', (ring) => {
  async function withInstance(options: Partial<LatchkeyOptions>, run: (instance: Instance) => Promise<void>) {
    const instance = await startInstance(ring, options)
    await run(instance)
    await instance.close()
  }

  test('no header of a request reaches a link, a subject or a message id', () =>
    withInstance({ verifyEmail: 'required', trustProxy: 1 }, async (instance) => {
      const headers = {
        host: 'evil.example',
        'x-forwarded-host': 'evil.example',
        'x-forwarded-proto': 'gopher',
        'x-forwarded-port': '6666',
        forwarded: 'host=evil.example;proto=gopher',
        referer: `${ORIGIN}/evil.example`,
      }
      const { newEmail } = people(() => instance)
      const [known, fresh] = [newEmail(), newEmail()]
      await instance.auth.users.create({ email: known, password: PASSWORD, emailVerified: true })
      const client = instance.client()
      await client.post('/auth/login', { email: known, password: PASSWORD }, headers)
      await client.post('/auth/register', { email: fresh, password: PASSWORD }, headers)
      await client.post('/auth/password/forgot', { email: known }, headers)
      await client.post('/auth/email/change', { email: newEmail() }, headers)
      for (const path of ['/email/verify?', '/password/reset?', '/email/change/confirm?', '/email/change/undo?']) {
        await instance.waitForMail(({ text }) => text.includes(path))
      }
      for (const { id, subject, text, html } of instance.mails) {
        expect(`${id} ${subject} ${text} ${html}`).not.toMatch(/evil|gopher|6666/)
        for (const [link] of text.matchAll(/\S+:\/\/\S+/g)) expect(new URL(link).origin).toBe(ORIGIN)
      }
    }))

  test('with verification off there is no email, no claim, and every user can log in', () =>
    withInstance({ verifyEmail: 'off' }, async (instance) => {
      const { register, logIn } = people(() => instance)
      const { email } = await register()
      expect((await logIn(email, PASSWORD)).status).toBe(200)
      expect((await instance.client().get('/auth')).body.features).not.toContain('email_verification')
      await instance.client().post('/auth/password/forgot', { email })
      await instance.waitForMail(mailTo(email, '/password/reset?'))
      expect(instance.mails.filter(({ text }) => text.includes('/email/verify'))).toEqual([])
    }))
})
