/* Lists have caps and cursors (CWE-770, ASVS 2.4.1), and the export of an account is streamed, one at a time. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ROOMY_LIMITS } from '../../src/testing/roomy-limits.ts'
import type { Client } from '../support/client.ts'
import { type Instance, PASSWORD, RINGS, startInstance } from '../support/rings.ts'

const EMAIL = 'ada@example.com'

/** A list of the account: its path and member, and whether its order is the order of the ids. */
const LISTS = [
  ['/auth/sessions', 'sessions'],
  ['/auth/tokens', 'tokens'],
  ['/auth/user/events', 'events'],
  ['/auth/access', 'access'],
] as const

describe.each(RINGS)('lists of an account (%s)', (ring) => {
  let instance: Instance
  let client: Client
  let userId: string
  beforeAll(async () => {
    instance = await startInstance(ring, {
      deliverMails: false,
      session: { maxPerUser: 500 },
      accessTokens: { maxPerUser: 500 },
    })
    client = instance.client()
    userId = (await client.post('/auth/register', { email: EMAIL, password: PASSWORD })).body.user.id
    for (let nth = 0; nth < 7; nth++) {
      instance.advance(1_000)
      await instance.client().post('/auth/login', { email: EMAIL, password: PASSWORD })
      await instance.auth.tokens.create(userId, { name: `token ${nth}`, scopes: [] })
    }
  })
  afterAll(async () => {
    expect(instance.errors).toEqual([])
    await instance.close()
  })

  /** Follows `next` from page to page; returns the ids of each page. */
  async function readPages(path: string, member: string, limit: number): Promise<string[][]> {
    const pages: string[][] = []
    for (let query = `?limit=${limit}`; ; ) {
      const { status, body } = await client.get(path + query)
      expect(status).toBe(200)
      const ids: string[] = body[member].map(({ id }: { id: string }) => id)
      pages.push(ids)
      if (body.next === undefined) return pages
      expect(body.next).toBe(ids.at(-1))
      query = `?limit=${limit}&before=${body.next}`
    }
  }

  test.each(LISTS)('%s: the pages have each item once, in the order of the whole list', async (path, member) => {
    const whole = (await client.get(path)).body
    const ids = whole[member].map(({ id }: { id: string }) => id)
    expect(ids.length).toBeGreaterThan(6)
    expect(Object.keys(whole)).toEqual([member])
    for (const limit of [1, 3, ids.length, 100]) {
      const pages = await readPages(path, member, limit)
      expect(pages.flat()).toEqual(ids)
      expect(pages.every((page) => page.length <= limit)).toBe(true)
      expect(pages).toHaveLength(Math.ceil(ids.length / limit))
    }
  })

  test.each(LISTS)('%s: a wrong, unknown or repeated parameter is refused', async (path) => {
    for (const query of [
      'limit=0',
      'limit=-1',
      'limit=101',
      'limit=1.5',
      'limit=1e1',
      'limit=',
      'limit=%20',
      'before=',
      'before=x',
      'befor=x',
      'limit=1&limit=2',
    ]) {
      const reply = await client.get(`${path}?${query}`)
      expect([query, reply.status, reply.body.code]).toEqual([query, 400, 'bad_request'])
    }
  })

  test('sessions do not continue after a session of another user, or after one that has ended', async () => {
    const other = instance.client()
    const { body } = await other.post('/auth/register', { email: 'bob@example.com', password: PASSWORD })
    const theirs = await client.get(`/auth/sessions?before=${body.session.id}`)
    const ended = '01a20561-b5ed-7332-a6ad-36fc2a9cc78b'
    const gone = await client.get(`/auth/sessions?before=${ended}`)
    expect([theirs.status, theirs.body.detail]).toEqual([400, gone.body.detail])
  })

  test('HEAD of a list and of the export does no work', async () => {
    await client.get('/auth/session')
    instance.statements.length = 0
    for (const path of [...LISTS.map(([each]) => each), '/auth/user/export']) {
      const reply = await client.request(path, { method: 'HEAD' })
      expect([reply.status, reply.text, reply.headers.get('content-type')]).toEqual([200, '', 'application/json'])
    }
    expect(instance.statements).toEqual([])
  })

  test.runIf(ring.startsWith('handler'))(
    '120 sessions are listed in two pages, and the page of devices shows the first hundred',
    async () => {
      await instance.auth.users.create({ email: 'eve@example.com', password: PASSWORD })
      const eve = instance.client()
      for (let nth = 0; nth < 119; nth++) {
        await instance.client().post('/auth/login', { email: 'eve@example.com', password: PASSWORD })
      }
      instance.advance(1_000)
      await eve.post('/auth/login', { email: 'eve@example.com', password: PASSWORD })
      const first = (await eve.get('/auth/sessions')).body
      const second = (await eve.get(`/auth/sessions?before=${first.next}`)).body
      expect([first.sessions.length, second.sessions.length, second.next]).toEqual([100, 20, undefined])
      const page = await eve.get('/auth/account/devices')
      expect(page.text.match(/end-session/g)).toHaveLength(99) // all but the current one
      const { body } = await eve.get('/auth/user/export')
      expect(new Set(body.sessions.map(({ id }: { id: string }) => id)).size).toBe(120)
    },
  )
})

describe.each(['handler', 'server', 'server, PostgreSQL'] as const)('the export of an account (%s)', (ring) => {
  let instance: Instance
  let client: Client
  beforeAll(async () => {
    instance = await startInstance(ring, { deliverMails: false, throttle: { ...ROOMY_LIMITS, exportsPerAccount: 3 } })
    client = instance.client()
    await client.post('/auth/register', { email: EMAIL, password: PASSWORD })
    for (let nth = 0; nth < 130; nth++) await client.patch('/auth/user', { name: `Ada ${nth}` })
  })
  afterAll(async () => {
    expect(instance.errors).toEqual([])
    await instance.close()
  })

  test.each(['same-site', 'cross-site'])('a page of another origin cannot trigger it (%s)', async (site) => {
    for (const method of ['GET', 'HEAD']) {
      const reply = await client.request('/auth/user/export', { method, headers: { 'sec-fetch-site': site } })
      expect(reply.status).toBe(403)
    }
  })

  test('it has every event, one runs at a time for each user, and an hour has a few (CWE-770)', async () => {
    const cookie = { cookie: `latchkey=${client.cookies.get('latchkey')}` }
    const whole = await client.get('/auth/user/export', { 'sec-fetch-site': 'same-origin' })
    expect(whole.headers.get('content-disposition')).toBe('attachment; filename="account.json"')
    const renamed = whole.body.events.filter(({ type }: { type: string }) => type === 'user.renamed')
    expect(new Set(renamed.map(({ id }: { id: string }) => id)).size).toBe(130)
    if (ring === 'handler') {
      // The client does not read this answer yet, so the export continues.
      const unread = await instance.auth.handler(
        new Request('http://localhost:3000/auth/user/export', { headers: cookie }),
      )
      const second = await client.get('/auth/user/export')
      expect([second.status, second.body.code]).toEqual([429, 'too_many_requests'])
      expect(second.headers.get('retry-after')).toBe('10')
      await unread.body?.cancel()
    } else {
      expect((await client.get('/auth/user/export')).status).toBe(200)
    }
    expect((await client.get('/auth/user/export')).status).toBe(200)
    const fourth = await client.get('/auth/user/export')
    expect([fourth.status, fourth.body.code]).toEqual([429, 'too_many_requests'])
    instance.advance(60 * 60 * 1_000)
    expect((await client.get('/auth/user/export')).status).toBe(200)
  })
})
