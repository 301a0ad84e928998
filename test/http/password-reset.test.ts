import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { altered } from '../support/altered.ts'
import { mailTo, tokenIn } from '../support/caught-mails.ts'
import { Client, type Reply } from '../support/client.ts'
import { type Instance, PASSWORD, REAL_COST, RINGS, sendTo, startInstance } from '../support/rings.ts'

const MINUTE = 60_000
const NEW_PASSWORD = 'another long password'

describe.each(RINGS)('a forgotten password (%s)', (ring) => {
  let instance: Instance
  let count = 0
  beforeAll(async () => {
    instance = await startInstance(ring, {}, REAL_COST) // the races need hashes that take a while
  })
  afterAll(() => instance.close())

  async function register(): Promise<{ client: Client; email: string; id: string }> {
    const client = instance.client()
    const email = `user${count++}@example.com`
    const { body } = await client.post('/auth/register', { email, password: PASSWORD })
    return { client, email, id: body.user.id }
  }

  const forgot = (email: string): Promise<Reply> => instance.client().post('/auth/password/forgot', { email })

  const reset = (token: string, password = NEW_PASSWORD): Promise<Reply> =>
    instance.client().post('/auth/password/reset', { token, password })

  const logIn = async (email: string, password: string): Promise<number> =>
    (await instance.client().post('/auth/login', { email, password })).status

  async function mailedToken(email: string): Promise<string> {
    expect((await forgot(email)).status).toBe(202)
    return tokenIn(await instance.waitForMail(mailTo(email, '/password/reset?')))
  }

  test("a password is built from the user's own name at no place that sets one: registration, change, reset, users.create (ASVS 6.2.11)", async () => {
    const user = { email: `user${count++}@example.com`, name: 'Brünhild Ötzmann' }
    const wrong = 'brunhild OTZMANN brunhild'
    const client = instance.client()
    expect((await client.post('/auth/register', { ...user, password: wrong })).status).toBe(422)
    expect((await client.post('/auth/register', { ...user, password: PASSWORD })).status).toBe(201)
    const change = { currentPassword: PASSWORD, newPassword: wrong }
    const refused = await client.post('/auth/password/change', change)
    expect([refused.status, refused.body.errors]).toEqual([
      422,
      [{ pointer: '#/newPassword', detail: expect.stringContaining('your name') }],
    ])
    expect((await reset(await mailedToken(user.email), wrong)).status).toBe(422)
    const email = `user${count++}@example.com`
    await expect(instance.auth.users.create({ ...user, email, password: wrong })).rejects.toThrow('your name')
    expect(await logIn(user.email, PASSWORD)).toBe(200)
  })

  test('a known, an unknown, a malformed and a disabled address get the same answer; only the known one gets an email (ASVS 6.3.8)', async () => {
    const { email } = await register()
    const disabled = await register()
    await instance.auth.users.disable(disabled.id)
    const before = instance.mails.length
    const replies = []
    for (const each of [email, 'nobody@example.com', 'no address', '', disabled.email]) replies.push(await forgot(each))
    const seen = replies.map(({ status, text, headers }) => ({ status, text, headers: comparable(headers) }))
    expect(seen[0]).toMatchObject({ status: 202, text: '' })
    for (const each of seen) expect(each).toEqual(seen[0])
    // Emails are sent in the order in which they are due: when this one arrives, all earlier ones are finished.
    instance.advance(1)
    const last = await register()
    await mailedToken(last.email)
    const resets = instance.mails.slice(before).filter(({ text }) => text.includes('/password/reset?'))
    expect(resets.map(({ to }) => to)).toEqual([email, last.email])
  })

  test('the link sets a new password, revokes all sessions and other links, and works once', async () => {
    const { client, email, id } = await register()
    const other = instance.client()
    await other.post('/auth/login', { email, password: PASSWORD })
    expect((await client.get('/auth/session')).body.user.emailVerified).toBe(false)
    const [first, second] = [await mailedToken(email), await mailedToken(email)]
    expect(await reset(first)).toMatchObject({ status: 204, text: '' })
    for (const each of [client, other]) expect((await each.get('/auth/session')).status).toBe(401)
    expect(await instance.auth.sessions.list(id)).toEqual([])
    expect([await logIn(email, PASSWORD), await logIn(email, NEW_PASSWORD)]).toEqual([401, 200])
    for (const each of [first, second]) expect((await reset(each, 'yet another long one')).status).toBe(410)
    expect(await logIn(email, NEW_PASSWORD)).toBe(200)
    await instance.waitForMail(
      ({ to, subject }) => to === email && subject === 'Your localhost:3000 password was changed',
    )
  })

  test('a password reset by email also verifies the address', async () => {
    const { email, id } = await register()
    await reset(await mailedToken(email))
    expect((await instance.auth.users.find(id))?.emailVerified).toBe(true)
  })

  test('a reset invalidates the links that an intruder requested: change of address and verification', async () => {
    const { client, email, id } = await register()
    const verification = tokenIn(await instance.waitForMail(mailTo(email, '/email/verify?')))
    const intruder = `intruder${count++}@example.com`
    await client.post('/auth/email/change', { email: intruder })
    const change = tokenIn(await instance.waitForMail(mailTo(intruder, '/email/change/confirm?')))
    await reset(await mailedToken(email))
    const confirm = await instance.client().post('/auth/email/change/confirm', { token: change })
    expect([confirm.status, confirm.body.code]).toEqual([410, 'token_invalid'])
    const body = { token: verification, newPassword: 'a password of an intruder' }
    expect((await instance.client().post('/auth/email/verify', body)).status).toBe(410)
    expect((await instance.auth.users.find(id))?.email).toBe(email)
    expect(await logIn(email, NEW_PASSWORD)).toBe(200)
  })

  test('an intruder who knows the password cannot prevent its owner from resetting it', async () => {
    const { client: intruder, email } = await register()
    const token = await mailedToken(email)
    const [first, second] = ['a password of an intruder', 'another one of an intruder']
    for (const [currentPassword, newPassword] of [
      [PASSWORD, first],
      [first, second],
    ]) {
      expect((await intruder.post('/auth/password/change', { currentPassword, newPassword })).status).toBe(200)
    }
    expect((await reset(token)).status).toBe(204)
    expect((await intruder.get('/auth/session')).status).toBe(401)
    expect([await logIn(email, second), await logIn(email, NEW_PASSWORD)]).toEqual([401, 200])
  })

  test('changing the password invalidates the links that change the email address', async () => {
    const { client } = await register()
    const intruder = `intruder${count++}@example.com`
    await client.post('/auth/email/change', { email: intruder })
    const change = tokenIn(await instance.waitForMail(mailTo(intruder, '/email/change/confirm?')))
    const body = { currentPassword: PASSWORD, newPassword: NEW_PASSWORD }
    expect((await client.post('/auth/password/change', body)).status).toBe(200)
    expect((await instance.client().post('/auth/email/change/confirm', { token: change })).status).toBe(410)
  })

  test('an expired, altered or used token, one of another purpose or of a disabled user, and no token get the same 410', async () => {
    const { email } = await register()
    const verification = tokenIn(await instance.waitForMail(mailTo(email, '/email/verify?')))
    const used = await mailedToken(email)
    await reset(used)
    const disabled = await register()
    const ofDisabled = await mailedToken(disabled.email)
    await instance.auth.users.disable(disabled.id)
    const deleted = await register()
    const ofDeleted = await mailedToken(deleted.email)
    await instance.auth.users.delete(deleted.id)
    const expired = await mailedToken(email)
    instance.advance(60 * MINUTE)
    const unused = await mailedToken(email)
    const replies = []
    for (const token of [expired, altered(unused, 9), used, verification, ofDisabled, ofDeleted, '', 'nonsense']) {
      replies.push(await reset(token))
    }
    const seen = replies.map(({ status, text, headers }) => ({ status, text, headers: comparable(headers) }))
    expect(seen[0]).toMatchObject({ status: 410 })
    expect(replies[0]?.body).toMatchObject({ code: 'token_invalid', status: 410 })
    for (const each of seen) expect(each).toEqual(seen[0])
    expect(await logIn(email, NEW_PASSWORD)).toBe(200)
  })

  test('the token is valid for 60 minutes, and not one millisecond longer', async () => {
    const { email } = await register()
    const token = await mailedToken(email)
    instance.advance(60 * MINUTE - 1)
    expect((await reset(token, 'short')).status).toBe(422) // it is good
    instance.advance(1)
    expect((await reset(token, 'short')).status).toBe(410)
  })

  test('a token of one user cannot change another user (ASVS 8.2.2)', async () => {
    const [ada, bob] = [await register(), await register()]
    const token = await mailedToken(ada.email)
    expect((await reset(token)).status).toBe(204)
    expect([await logIn(bob.email, PASSWORD), await logIn(bob.email, NEW_PASSWORD)]).toEqual([200, 401])
    expect((await bob.client.get('/auth/session')).status).toBe(200)
  })

  test('a password that the policy refuses does not use the token up', async () => {
    const { email } = await register()
    const token = await mailedToken(email)
    for (const password of ['too short', email, 'passwordpassword']) {
      const refused = await reset(token, password)
      expect([refused.status, refused.body.errors[0].pointer]).toEqual([422, '#/password'])
    }
    expect((await reset(token)).status).toBe(204)
  })

  test('a reset rejected by the full hash queue does not use the token up', async () => {
    const busy = await startInstance(ring, { passwordHashing: { maxWaiting: 1 } }, REAL_COST)
    const { email } = await busy.auth.users.create({ email: 'ada@example.com', password: PASSWORD })
    const use = (token: string): Promise<Reply> =>
      busy.client().post('/auth/password/reset', { token, password: PASSWORD })
    let token = ''
    let reply: Reply | undefined
    // A reset goes before the logins of strangers, so the storm comes from a browser that logged in before.
    const known = busy.client()
    await known.post('/auth/login', { email, password: PASSWORD })
    const storm = Array.from({ length: 12 }, async () => {
      while (reply?.status !== 503) await known.post('/auth/login', { email, password: PASSWORD })
    })
    while (reply?.status !== 503) {
      await busy.client().post('/auth/password/forgot', { email })
      token = tokenIn(await busy.waitForMail(mailTo(email, '/password/reset?')))
      reply = await use(token)
    }
    await Promise.all(storm)
    expect(reply.body.code).toBe('overloaded')
    expect((await use(token)).status).toBe(204)
    await busy.close()
  })

  test('of 1,000 simultaneous uses of one token on two nodes, one succeeds (ASVS 2.3.4, 6.5.1, 15.4.2)', async () => {
    const { email } = await register()
    const token = await mailedToken(email)
    const before = instance.events.length
    const sibling = await instance.sibling({ onEvent: (event) => instance.events.push(event) })
    const nodes = [() => instance.client(), () => new Client(sendTo(sibling))]
    const replies = await Promise.all(
      Array.from({ length: 1_000 }, async (_, index) => {
        const password = `password number ${index}`
        const reply = await nodes[index % 2]?.().post('/auth/password/reset', { token, password })
        return { ...reply, password }
      }),
    )
    await sibling.close()
    const winners = replies.filter(({ status }) => status === 204)
    expect(winners).toHaveLength(1)
    for (const { status, headers } of replies) {
      expect([204, 410, 503]).toContain(status)
      if (status === 503) expect(headers?.get('retry-after')).toMatch(/^[1-9]/)
    }
    expect(replies.map(({ status }) => status)).toContain(410)
    expect(await logIn(email, winners[0]?.password ?? '')).toBe(200)
    expect(instance.events.slice(before).filter(({ type }) => type === 'password.reset')).toHaveLength(1)
  })

  test('the database contains neither the token nor the email in readable form (ASVS 14.2.4)', async () => {
    const sleepy = await startInstance(ring, { deliverMails: false })
    const email = 'ada@example.com'
    await sleepy.auth.users.create({ email, password: PASSWORD })
    await sleepy.client().post('/auth/password/forgot', { email })
    const waiting = await sleepy.stored()
    expect(waiting).toContain('password.reset_requested')
    for (const clear of ['lkr_', 'password_reset?', '/password/reset', 'http://localhost:3000']) {
      expect(waiting).not.toContain(clear)
    }
    const worker = await sleepy.sibling({ deliverMails: true })
    const token = tokenIn(await sleepy.waitForMail())
    expect(token).toMatch(/^lkr_/)
    expect(await sleepy.stored()).not.toContain(token.slice(4, 30))
    expect((await sleepy.client().post('/auth/password/reset', { token, password: NEW_PASSWORD })).status).toBe(204)
    await worker.close()
    await sleepy.close()
  })
})

/** Headers that differ between any two answers left out. */
function comparable(headers: Headers): [string, string][] {
  return [...headers].filter(([name]) => !['x-request-id', 'date', 'ratelimit'].includes(name)) // the remaining budget differs by network
}
