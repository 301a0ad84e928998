import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mailTo, tokenIn } from '../support/caught-mails.ts'
import type { Reply } from '../support/client.ts'
import { type Instance, ORIGIN, PASSWORD, REAL_COST, RINGS, startInstance } from '../support/rings.ts'

const DAY = 86_400_000

function refusalOf({ status, body }: Reply): [number, string] {
  return [status, body?.code]
}

describe.each(RINGS)('registration by invitation (%s)', (ring) => {
  let instance: Instance
  let count = 0
  beforeAll(async () => {
    instance = await startInstance(ring, { registration: 'invite' }, REAL_COST) // the races need hashes that take a while
  })
  afterAll(() => instance.close())

  const newEmail = (): string => `guest${count++}@example.com`
  const register = (email: string, invitation?: string): Promise<Reply> =>
    instance.client().post('/auth/register', { email, password: PASSWORD, ...(invitation && { invitation }) })

  test('registration needs an invitation, and each invitation registers one user (ASVS 6.4.1)', async () => {
    expect(refusalOf(await register(newEmail()))).toEqual([403, 'registration_closed'])
    const { token, link, expiresAt } = await instance.auth.invitations.create()
    expect(link).toBe(`${ORIGIN}/auth/register?invitation=${token}`)
    expect(expiresAt % 1).toBe(0)
    const reply = await register(newEmail(), token)
    expect([reply.status, reply.body.user.emailVerified]).toEqual([201, false])
    const again = await register(newEmail(), token)
    expect(refusalOf(again)).toEqual([410, 'token_invalid'])
    const garbage = await register(newEmail(), 'nonsense')
    expect(garbage.text).toBe(again.text)
  })

  test('of many simultaneous registrations with one invitation, one succeeds (ASVS 2.3.4)', async () => {
    const { token } = await instance.auth.invitations.create()
    const replies = await Promise.all(Array.from({ length: 20 }, () => register(newEmail(), token)))
    expect(replies.filter(({ status }) => status === 201)).toHaveLength(1)
    expect(replies.filter(({ status }) => status === 410)).toHaveLength(19)
  })

  test('an invitation for an address is emailed there and works for no other address; it does not verify the address, because its creator has it too', async () => {
    const email = newEmail()
    const { token, link } = await instance.auth.invitations.create({ email })
    const mail = await instance.waitForMail(mailTo(email, '/register?'))
    expect([tokenIn(mail), mail.text.includes(link)]).toEqual([token, true])
    const other = await register(newEmail(), token)
    expect([other.status, other.body.errors[0].pointer]).toEqual([422, '#/email'])
    expect(other.text).not.toContain(email)
    const reply = await register(email.toUpperCase().replace('EXAMPLE', 'example'), token)
    expect([reply.status, reply.body.user]).toMatchObject([201, { email, emailVerified: false }])
    await instance.waitForMail(mailTo(email, '/email/verify?'))
  })

  test('a refused registration does not use the invitation up', async () => {
    const { token } = await instance.auth.invitations.create()
    const taken = newEmail()
    await instance.auth.users.create({ email: taken, password: PASSWORD })
    expect(refusalOf(await register(taken, token))).toEqual([409, 'email_taken'])
    const short = { email: newEmail(), password: 'short', invitation: token }
    expect((await instance.client().post('/auth/register', short)).status).toBe(422)
    expect((await register(newEmail(), token)).status).toBe(201)
  })

  test('an invitation is valid for seven days, or for the lifetime given (ASVS 6.4.1)', async () => {
    const week = await instance.auth.invitations.create()
    const hour = await instance.auth.invitations.create({ lifeMs: 3_600_000 })
    instance.advance(3_600_000)
    expect(refusalOf(await register(newEmail(), hour.token))).toEqual([410, 'token_invalid'])
    instance.advance(7 * DAY - 3_600_000)
    expect(refusalOf(await register(newEmail(), week.token))).toEqual([410, 'token_invalid'])
  })

  test('no other token works as an invitation, and an invitation does not work as another token', async () => {
    const email = newEmail()
    await register(email, (await instance.auth.invitations.create()).token)
    const verification = tokenIn(await instance.waitForMail(mailTo(email, '/email/verify?')))
    expect(refusalOf(await register(newEmail(), verification))).toEqual([410, 'token_invalid'])
    const { token } = await instance.auth.invitations.create()
    for (const path of ['/auth/email/verify', '/auth/email/change/confirm', '/auth/email/change/undo']) {
      expect(refusalOf(await instance.client().post(path, { token }))).toEqual([410, 'token_invalid'])
    }
    expect(await instance.stored()).not.toContain(token.slice(4, 30))
  })

  test('the application gets a refusal for a malformed address or lifetime', async () => {
    for (const wrong of [{ email: 'nobody' }, { lifeMs: 0 }, { lifeMs: Number.NaN }]) {
      await expect(instance.auth.invitations.create(wrong)).rejects.toMatchObject({ code: 'validation_failed' })
    }
  })

  test('if addresses must be verified, an invitation does not replace the email', async () => {
    const strict = await startInstance(ring, { registration: 'invite', verifyEmail: 'required' })
    const bound = await strict.auth.invitations.create({ email: 'ada@example.com' })
    const open = await strict.auth.invitations.create()
    const post = (email: string, invitation: string): Promise<Reply> =>
      strict.client().post('/auth/register', { email, password: PASSWORD, invitation })
    expect((await post('ada@example.com', bound.token)).status).toBe(202)
    await strict.waitForMail(mailTo('ada@example.com', '/email/verify?'))
    expect((await post('bob@example.com', open.token)).status).toBe(202)
    expect(refusalOf(await post('eve@example.com', open.token))).toEqual([410, 'token_invalid'])
    await strict.waitForMail(mailTo('bob@example.com', '/email/verify?'))
    await strict.close()
  })

  test('if addresses must be verified, an invitation does not reveal whether an address is taken: it is used up either way', async () => {
    const strict = await startInstance(ring, { registration: 'invite', verifyEmail: 'required' })
    const { email: taken } = await strict.auth.users.create({ email: 'ada@example.com', password: PASSWORD })
    const post = (email: string, invitation: string): Promise<Reply> =>
      strict.client().post('/auth/register', { email, password: PASSWORD, invitation })
    for (const email of ['bob@example.com', taken]) {
      for (const bound of [{}, { email }]) {
        const { token } = await strict.auth.invitations.create(bound)
        expect((await post(email, token)).status).toBe(202)
        expect(refusalOf(await post(email, token))).toEqual([410, 'token_invalid'])
      }
    }
    const { token } = await strict.auth.invitations.create()
    const replies = await Promise.all(Array.from({ length: 10 }, () => post(taken, token)))
    expect(replies.filter(({ status }) => status === 202)).toHaveLength(1)
    await strict.close()
  })

  test('an invitation does not open a closed registration', async () => {
    const closed = await startInstance(ring, { registration: 'closed' })
    const { token } = await closed.auth.invitations.create()
    for (const invitation of [undefined, token]) {
      const body = { email: 'a@example.com', password: PASSWORD, invitation }
      expect(refusalOf(await closed.client().post('/auth/register', body))).toEqual([403, 'registration_closed'])
    }
    await closed.close()
  })
})

describe.each(RINGS)('the export of an account (%s)', (ring) => {
  let instance: Instance
  beforeAll(async () => {
    instance = await startInstance(ring, { deliverMails: false })
  })
  afterAll(() => instance.close())

  test('the export contains everything about its user, nothing about others, and no credential (ASVS 15.3.1)', async () => {
    const client = instance.client()
    const email = 'ada@example.com'
    const registered = await client.post('/auth/register', { email, password: PASSWORD, name: 'Ada' })
    await instance.client().post('/auth/register', { email: 'bob@example.com', password: PASSWORD })
    const phone = await instance.client().post('/auth/login', { email, password: PASSWORD }, { 'user-agent': 'Phone' })
    const { accessToken, token } = (await client.post('/auth/tokens', { name: 'backup', scopes: [] })).body
    await client.post('/auth/email/change', { email: 'next@example.com' })
    await client.post('/auth/password/forgot', { email })
    const reply = await client.get('/auth/user/export')
    expect(reply.status).toBe(200)
    expect(reply.headers.get('content-disposition')).toBe('attachment; filename="account.json"')
    const { createdAt } = registered.body.user
    expect(reply.body).toEqual({
      exportedAt: createdAt,
      user: registered.body.user,
      password: { changedAt: createdAt },
      sessions: expect.any(Array),
      accessTokens: [accessToken],
      factors: { password: true, passkeys: [], totp: null, recoveryCodes: null, rememberedDevices: [] },
      identities: [],
      recovery: null,
      pendingLinks: expect.any(Array),
      mailsWaiting: 5,
      events: expect.any(Array),
    })
    const { sessions, pendingLinks, events } = reply.body
    expect(reply.text).not.toContain(token)
    expect(events.map(({ type }: { type: string }) => type)).toEqual([
      'user.exported', // recorded before anything leaves
      'password.reset_requested',
      'email.change_requested',
      'access_token.created',
      'login.succeeded',
      'login.succeeded',
      'user.created',
    ])
    const ids = [registered.body.session.id, phone.body.session.id]
    expect(sessions.map(({ id }: { id: string }) => id).sort()).toEqual(ids.sort())
    expect(sessions.map((session: { device: { userAgent: string } }) => session.device.userAgent)).toContain('Phone')
    const links = pendingLinks.map(({ purpose, email: to }: Record<string, string>) => `${purpose} ${to}`)
    expect(links.sort()).toEqual([
      'email_change next@example.com',
      `email_stop ${email}`,
      `email_verify ${email}`,
      `password_reset ${email}`,
    ])
    for (const secret of ['argon2', 'bob@', 'lkr_', 'lkv_', 'lks_', 'hash', client.cookies.get('latchkey')?.slice(4)]) {
      expect(reply.text).not.toContain(secret)
    }
    expect(instance.events.map(({ type }) => type)).toContain('user.exported')
  })

  test('the export needs a session', async () => {
    expect((await instance.client().get('/auth/user/export')).status).toBe(401)
  })
})
