import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Instance, PASSWORD, REAL_COST, RINGS, startInstance } from '../support/rings.ts'

describe.each(RINGS)('login (%s)', (ring) => {
  let instance: Instance
  beforeAll(async () => {
    instance = await startInstance(ring, { trustProxy: 1 }, REAL_COST) // the races need hashes that take a while
  })
  afterAll(() => instance.close())

  test('a new user registers, sees the session, logs in elsewhere, revokes that session, and logs out', async () => {
    const laptop = instance.client()
    const registered = await laptop.post('/auth/register', {
      email: ' Ada@Example.COM ',
      password: PASSWORD,
      name: 'Ada',
    })
    expect(registered.status).toBe(201)
    expect(registered.body).toMatchObject({
      status: 'complete',
      user: { email: 'ada@example.com', emailVerified: false, name: 'Ada' },
      session: { current: true, methods: ['password'] },
    })
    expect((await laptop.get('/auth/session')).body.user.email).toBe('ada@example.com')

    const phone = instance.client()
    const loggedIn = await phone.post(
      '/auth/login',
      { email: 'ada@example.com', password: PASSWORD },
      { 'user-agent': 'curl/8.0' },
    )
    expect(loggedIn.status).toBe(200)
    expect(loggedIn.body.session.device.label).toBe('curl')

    const { sessions } = (await laptop.get('/auth/sessions')).body
    expect(sessions).toHaveLength(2)
    expect(sessions.filter((each: { current: boolean }) => each.current)).toHaveLength(1)

    expect((await laptop.delete(`/auth/sessions/${loggedIn.body.session.id}`)).status).toBe(204)
    const refused = await phone.get('/auth/session')
    expect(refused.status).toBe(401)
    expect(refused.body.code).toBe('unauthenticated')
    expect(refused.headers.get('www-authenticate')).toContain('cookie-name="latchkey"')
    expect([...phone.cookies.keys()]).toEqual(['latchkey-device']) // the dead cookie was cleared

    expect((await laptop.post('/auth/logout')).status).toBe(204)
    expect([...laptop.cookies.keys()]).toEqual(['latchkey-device'])
    expect((await laptop.get('/auth/session')).status).toBe(401)
    expect((await laptop.post('/auth/logout')).status).toBe(204)
  })

  test('a wrong password, an unknown email, a malformed email and a disabled user get the same answer (promise 7) (ASVS 6.3.8)', async () => {
    const user = await instance.auth.users.create({ email: 'grace@example.com', password: PASSWORD })
    const disabled = await instance.auth.users.create({ email: 'disabled@example.com', password: PASSWORD })
    await instance.auth.users.disable(disabled.id)
    const tries = [
      { email: user.email, password: 'wrong' },
      { email: 'nobody@example.com', password: 'wrong' },
      { email: 'no email at all', password: 'wrong' },
      { email: '\ud800@example.com', password: 'wrong' },
      { email: disabled.email, password: PASSWORD },
      { email: '', password: PASSWORD },
      { email: 'x'.repeat(3_000), password: PASSWORD },
    ]
    // Each attempt comes from its own network, because the headers contain the budget of the network.
    const replies = await Promise.all(
      tries.map((body, index) =>
        instance.client().post('/auth/login', body, { 'x-forwarded-for': `192.0.2.${index}` }),
      ),
    )
    const outlines = replies.map(({ status, text, headers }) => ({
      status,
      text,
      headers: [...headers].filter(([name]) => !['x-request-id', 'date'].includes(name)),
    }))
    for (const outline of outlines) expect(outline).toEqual(outlines[0])
    expect(outlines[0]?.status).toBe(401)
    const reasons = instance.events.flatMap((event) => (event.type === 'login.refused' ? [event.reason] : []))
    expect(new Set(reasons)).toEqual(new Set(['wrong_password', 'unknown_user', 'disabled']))
  })

  test('a login creates a new token and revokes the session that it replaces (promise 6) (ASVS 7.2.4)', async () => {
    await instance.auth.users.create({ email: 'eve@example.com', password: PASSWORD })
    const client = instance.client()
    await client.post('/auth/login', { email: 'eve@example.com', password: PASSWORD })
    const before = client.cookies.get('latchkey')
    await client.post('/auth/login', { email: 'eve@example.com', password: PASSWORD })
    const after = client.cookies.get('latchkey')
    expect(after).not.toBe(before)
    expect((await instance.client().get('/auth/session', { cookie: `latchkey=${before}` })).status).toBe(401)
    expect((await client.get('/auth/sessions')).body.sessions).toHaveLength(1)
  })

  test('a cookie planted before login is never adopted (session fixation) (ASVS 7.2.4)', async () => {
    const client = instance.client()
    const planted = 'lks_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA000000'
    client.cookies.set('latchkey', planted)
    await client.post('/auth/login', { email: 'eve@example.com', password: PASSWORD })
    expect(client.cookies.get('latchkey')).not.toBe(planted)
  })

  test('passwords match completely: bytes after 72, case and spaces count; NFC and NFD are equal (ASVS 6.2.8)', async () => {
    const long = `${'a'.repeat(72)}b`
    const passwords = [long, 'Caf\u00e9 au lait et sucre', '  blanks at the start', '\u{1f511}'.repeat(1_024)]
    for (const [index, password] of passwords.entries()) {
      await instance.auth.users.create({ email: `p${index}@example.com`, password })
    }
    const login = async (index: number, password: string): Promise<number> =>
      (await instance.client().post('/auth/login', { email: `p${index}@example.com`, password })).status
    expect(await login(0, long)).toBe(200)
    expect(await login(0, `${'a'.repeat(72)}c`)).toBe(401)
    expect(await login(0, 'a'.repeat(72))).toBe(401)
    expect(await login(0, long.toUpperCase())).toBe(401)
    expect(await login(1, 'Cafe\u0301 au lait et sucre')).toBe(200)
    expect(await login(1, 'Cafe au lait et sucre')).toBe(401)
    expect(await login(2, '  blanks at the start')).toBe(200)
    expect(await login(2, 'blanks at the start')).toBe(401)
    expect(await login(2, '  blanks at the start ')).toBe(401)
    expect(await login(3, '\u{1f511}'.repeat(1_024))).toBe(200)
  })

  test('a lone surrogate in a password never matches the replacement character', async () => {
    await instance.auth.users.create({
      email: 'fffd@example.com',
      password: 'replacement \ufffd\ufffd\ufffd character',
    })
    const body = '{"email":"fffd@example.com","password":"replacement \\ud800\\ud800\\ud800 character"}'
    expect((await instance.client().post('/auth/login', body)).status).toBe(401)
  })

  test('a disabled, deleted or password-changed user is refused on the next request (promise 2) (ASVS 7.4.2)', async () => {
    for (const end of ['disable', 'delete'] as const) {
      const client = instance.client()
      const { body } = await client.post('/auth/register', { email: `${end}@example.org`, password: PASSWORD })
      expect((await client.get('/auth/session')).status).toBe(200)
      await instance.auth.users[end](body.user.id)
      expect((await client.get('/auth/session')).status).toBe(401)
      expect((await client.post('/auth/login', { email: `${end}@example.org`, password: PASSWORD })).status).toBe(401)
    }
  })

  test('sessions beyond the limit are revoked, least recently used first (ASVS 2.3.2, 7.1.2)', async () => {
    const few = await startInstance(ring, { session: { maxPerUser: 3 } })
    await few.auth.users.create({ email: 'many@example.com', password: PASSWORD })
    const clients = []
    for (let count = 0; count < 5; count++) {
      const client = few.client()
      await client.post('/auth/login', { email: 'many@example.com', password: PASSWORD })
      expect((await client.get('/auth/session')).status).toBe(200) // now in the cache
      few.advance(1_000)
      clients.push(client)
    }
    const statuses = []
    for (const client of clients) statuses.push((await client.get('/auth/session')).status)
    expect(statuses).toEqual([401, 401, 200, 200, 200])
    expect(few.events.filter(({ type }) => type === 'session.revoked')).toHaveLength(2)
    await few.close()
  })

  test('two simultaneous registrations of one email create one account', async () => {
    const body = { email: 'race@example.com', password: PASSWORD }
    const replies = await Promise.all(Array.from({ length: 8 }, () => instance.client().post('/auth/register', body)))
    expect(replies.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409, 409, 409, 409])
  })

  test('nothing is half done: a login that overlaps a password change starts no session', async () => {
    const client = instance.client()
    await client.post('/auth/register', { email: 'overlap@example.com', password: PASSWORD })
    const [change, ...logins] = await Promise.all([
      client.post('/auth/password/change', { currentPassword: PASSWORD, newPassword: 'another long password' }),
      ...Array.from({ length: 6 }, () =>
        instance.client().post('/auth/login', { email: 'overlap@example.com', password: PASSWORD }),
      ),
    ])
    expect(change?.status).toBe(200)
    const { sessions } = (await client.get('/auth/sessions')).body
    // Sessions started with the old password before the change were revoked; none started after it.
    expect(sessions).toHaveLength(1)
    expect(logins.every(({ status }) => status === 200 || status === 401)).toBe(true)
  })
})
