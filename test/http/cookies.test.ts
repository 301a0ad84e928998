import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newToken } from '../../src/crypto/token.ts'
import type { Client } from '../support/client.ts'
import { type Instance, PASSWORD, RINGS, startInstance } from '../support/rings.ts'

const DAY = 24 * 60 * 60 * 1_000

describe.each(RINGS)('the cookie (%s)', (ring) => {
  let instance: Instance
  beforeAll(async () => {
    instance = await startInstance(ring)
    await instance.auth.users.create({ email: 'ada@example.com', password: PASSWORD })
  })
  afterAll(() => instance.close())

  async function logIn(remember = false): Promise<Client> {
    const client = instance.client()
    await client.post('/auth/login', { email: 'ada@example.com', password: PASSWORD, remember })
    return client
  }

  async function loginCookie(options: Parameters<typeof startInstance>[1], remember: boolean): Promise<string> {
    const other = await startInstance(ring, options)
    await other.auth.users.create({ email: 'ada@example.com', password: PASSWORD })
    const reply = await other.client().post('/auth/login', { email: 'ada@example.com', password: PASSWORD, remember })
    const logout = await other.client().post('/auth/logout')
    await other.close()
    const [cookie = ''] = reply.headers.getSetCookie()
    const [cleared = ''] = logout.headers.getSetCookie()
    const attributes = (line: string): string[] =>
      line
        .split('; ')
        .slice(1)
        .filter((part) => !/^(?:Max-Age|Expires)=/.test(part))
        .sort()
    expect(attributes(cleared)).toEqual(attributes(cookie)) // logout clears with the same attributes
    return cookie.replace(/lks_[\w-]{49}/, '<token>')
  }

  test('on local http: latchkey; HttpOnly; SameSite=Lax; Path=/', async () => {
    expect(await loginCookie({}, false)).toBe('latchkey=<token>; Path=/; HttpOnly; SameSite=Lax')
  })

  test('on https: __Host-latchkey and Secure (ASVS 3.3.1, 3.3.2, 3.3.3)', async () => {
    const cookie = await loginCookie({ baseUrl: 'https://id.example.com' }, false)
    expect(cookie).toBe('__Host-latchkey=<token>; Path=/; HttpOnly; Secure; SameSite=Lax')
  })

  test('on https with a domain: __Secure-latchkey and Domain (ASVS 3.3.1, 3.3.3)', async () => {
    const cookie = await loginCookie({ baseUrl: 'https://id.example.com', cookie: { domain: 'example.com' } }, false)
    expect(cookie).toBe('__Secure-latchkey=<token>; Domain=example.com; Path=/; HttpOnly; Secure; SameSite=Lax')
  })

  test('remembered: Max-Age and Expires at the idle limit', async () => {
    const now = Date.UTC(2026, 0, 1)
    const cookie = await loginCookie({ clock: () => now }, true)
    expect(cookie).toBe(
      'latchkey=<token>; Max-Age=1209600; Path=/; Expires=Thu, 15 Jan 2026 00:00:00 GMT; HttpOnly; SameSite=Lax',
    )
  })

  test('altered, truncated, oversized, foreign and empty cookies are 401, and cleared (ASVS 7.2.1)', async () => {
    const client = await logIn()
    const good = client.cookies.get('latchkey') ?? ''
    const last = good.endsWith('0') ? '1' : '0'
    const bad = [
      good.slice(0, -1),
      good.slice(1),
      `${good.slice(0, -1)}${last}`,
      `${good}x`,
      good.toUpperCase(),
      newToken('lks'),
      newToken('lkp'),
      'x'.repeat(10_000),
      '',
      '%',
      `"${good}"`,
      encodeURIComponent(`${good}=`),
    ]
    for (const value of bad) {
      const reply = await instance.client().get('/auth/session', { cookie: `latchkey=${value}` })
      expect([value, reply.status]).toEqual([value, 401])
      expect(reply.headers.getSetCookie()).toEqual([
        expect.stringMatching(/^latchkey=; Max-Age=0; Path=\/; Expires=Thu, 01 Jan 1970/),
      ])
    }
    expect((await client.get('/auth/session')).status).toBe(200)
  })

  test('several cookies with our name: the live one is accepted; two live ones and more than four are not', async () => {
    const good = `latchkey=${(await logIn()).cookies.get('latchkey')}`
    const other = `latchkey=${(await logIn()).cookies.get('latchkey')}`
    const dead = (): string => `latchkey=${newToken('lks')}`
    const cases: [string, number][] = [
      [`${good}; ${good}`, 401],
      [`${good}; ${other}`, 401],
      [[other, dead(), dead(), good].join('; '), 401],
      [`latchkey=x; a=b; ${good}`, 200],
      [`${good};latchkey=`, 200],
      [[dead(), good, dead(), dead()].join('; '), 200],
      [[dead(), dead(), dead(), good].join('; '), 200],
      [[dead(), dead(), dead(), dead(), good].join('; '), 401],
      [[good, dead(), dead(), dead(), other].join('; '), 401],
    ]
    for (const [cookie, status] of cases) {
      const reply = await instance.client().get('/auth/session', { cookie })
      expect([cookie, reply.status]).toEqual([cookie, status])
      const cleared = status === 401
      expect(reply.headers.getSetCookie()).toEqual([
        cleared ? expect.stringContaining('latchkey=; Max-Age=0') : expect.stringContaining(`${good}; Path=/`),
      ])
    }
    const before = instance.statements.length
    await instance.client().get('/auth/session', { cookie: Array.from({ length: 200 }, dead).join('; ') })
    expect(instance.statements.length - before).toBe(0)
    const neighbours = `latchkey2=x; a=latchkey=y; xlatchkey=z; ${good}; b=latchkey`
    expect((await instance.client().get('/auth/session', { cookie: neighbours })).status).toBe(200)
  })

  test('Bearer beside our cookie is 400; Basic is ignored; Bearer alone is 401', async () => {
    const client = await logIn()
    const both = await client.get('/auth/session', { authorization: 'Bearer x' })
    expect([both.status, both.body.code]).toEqual([400, 'two_credentials'])
    expect((await client.get('/auth/session', { authorization: 'Basic eDp5' })).status).toBe(200)
    expect((await instance.client().get('/auth/session', { authorization: 'Bearer x' })).status).toBe(401)
  })

  test('the token is only in the cookie (promise 1) (ASVS 3.3.4, 14.2.4)', async () => {
    const client = await logIn()
    const token = client.cookies.get('latchkey') ?? ''
    const replies = await Promise.all(
      ['/auth/session', '/auth/sessions', '/auth/user', '/auth/account', '/auth'].map((path) => client.get(path)),
    )
    for (const { text, headers } of replies) expect(`${text}${JSON.stringify([...headers])}`).not.toContain(token)
    expect(JSON.stringify(instance.events)).not.toContain(token)
    expect(instance.statements.join('\n')).not.toContain(token)
    const stored = await instance.stored()
    expect(stored).not.toContain(token)
    expect(stored).not.toContain(PASSWORD)
    expect(stored).toContain('ada@example.com') // proves that the search works
  })

  test('idle limit: refused after 24 hours without use, and the row is deleted (ASVS 7.3.1)', async () => {
    const client = await logIn()
    instance.advance(DAY - 1_000)
    expect((await client.get('/auth/session')).status).toBe(200)
    instance.advance(DAY - 1_000)
    expect((await client.get('/auth/session')).status).toBe(200)
    const [user] = await instance.auth.users.list()
    instance.advance(DAY)
    const other = await logIn()
    expect((await client.get('/auth/session')).status).toBe(401)
    expect(await instance.auth.sessions.list(user?.id ?? '')).toHaveLength(1)
    await other.post('/auth/logout')
  })

  test('absolute limit: refused after 7 days of constant use; setting the clock back does not revive the session (ASVS 7.3.2)', async () => {
    const client = await logIn()
    const token = client.cookies.get('latchkey')
    for (let hours = 0; hours < 7 * 24 - 12; hours += 12) {
      instance.advance(DAY / 2)
      expect((await client.get('/auth/session')).status).toBe(200)
    }
    instance.advance(DAY / 2)
    expect((await client.get('/auth/session', { cookie: `latchkey=${token}` })).status).toBe(401)
    instance.advance(-2 * DAY)
    expect((await client.get('/auth/session', { cookie: `latchkey=${token}` })).status).toBe(401)
  })

  test('a remembered cookie is renewed at most once a day, and ends at the absolute limit', async () => {
    const client = await logIn(true)
    const renewals = []
    for (let step = 0; step < 4; step++) {
      instance.advance(DAY / 2)
      renewals.push((await client.get('/auth/session')).headers.getSetCookie().length)
      renewals.push((await client.get('/auth/session')).headers.getSetCookie().length)
    }
    expect(renewals).toEqual([0, 0, 1, 0, 0, 0, 1, 0])
    instance.advance(13 * DAY)
    expect((await client.get('/auth/session')).status).toBe(200)
    instance.advance(13 * DAY)
    const late = await client.get('/auth/session')
    expect(late.status).toBe(200)
    expect(late.headers.getSetCookie()[0]).toContain(`Max-Age=${2 * 24 * 60 * 60}`)
    instance.advance(2 * DAY)
    expect((await client.get('/auth/session')).status).toBe(401)
  })

  test('of several simultaneous requests, one renews a remembered cookie', async () => {
    const client = await logIn(true)
    instance.advance(DAY + 1_000)
    const replies = await Promise.all(Array.from({ length: 10 }, () => client.get('/auth/session')))
    expect(replies.map(({ status }) => status)).toEqual(Array(10).fill(200))
    expect(replies.flatMap(({ headers }) => headers.getSetCookie())).toEqual([
      expect.stringMatching(/^latchkey=.*Max-Age=1209600/),
    ])
  })

  test('a session without remember is never given a lifetime in the browser', async () => {
    const client = await logIn()
    instance.advance(DAY - 1_000)
    expect((await client.get('/auth/session')).headers.getSetCookie()).toEqual([])
  })
})
