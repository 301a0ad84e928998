import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { tokenIn } from '../support/caught-mails.ts'
import type { Reply } from '../support/client.ts'
import { type Instance, startInstance } from '../support/rings.ts'

const BREACHED = 'a password of somebody'
const PADDED = 'an entry that is padding'
const CLEAN = 'never seen in any breach'

/** The answer of the list: several endings, one of which is padding. */
const answerWithEndings: RequestListener = (_request, response) => {
  response.end([line(BREACHED, 12), `${'0'.repeat(35)}:3`, line(PADDED, 0), `${'F'.repeat(35)}:0`].join('\r\n'))
}

function line(password: string, count: number): string {
  return `${sha1(password).slice(5)}:${count}`
}

function sha1(password: string): string {
  return createHash('sha1').update(password).digest('hex').toUpperCase()
}

describe('a list of breached passwords', () => {
  let list: Server
  let instance: Instance
  let answer: RequestListener
  let asked: string[] = []
  let count = 0
  beforeAll(async () => {
    list = createServer((request, response) => {
      asked.push(
        `${request.method} ${request.url} ${request.headers['add-padding']} ${JSON.stringify(request.headers)}`,
      )
      answer(request, response)
    }).listen(0, '127.0.0.1')
    await once(list, 'listening')
    const { port } = list.address() as AddressInfo
    instance = await startInstance('handler', { password: { breachUrl: `http://127.0.0.1:${port}/range` } })
  })
  beforeEach(() => {
    answer = answerWithEndings
    asked = []
    instance.events.length = 0
  })
  afterAll(async () => {
    await instance.close()
    list.closeAllConnections()
    list.close()
  })

  const register = (password: string): Promise<Reply> =>
    instance.client().post('/auth/register', { email: `user${count++}@example.com`, password })

  const failures = (): unknown[] => instance.events.filter(({ type }) => type === 'password.breach_check_failed')

  test('a password on the list is refused, on every route that sets a password (ASVS 6.2.12)', async () => {
    const refusal = [422, 'Was found in a data breach, so attackers know it. Choose another one.']
    const refused = await register(BREACHED)
    expect([refused.status, refused.body.errors[0].detail]).toEqual(refusal)
    expect(refused.body.errors[0].pointer).toBe('#/password')
    const client = instance.client()
    const email = 'ada@example.com'
    await client.post('/auth/register', { email, password: CLEAN })
    const verification = tokenIn(await instance.waitForMail(({ to }) => to === email))
    await client.post('/auth/password/forgot', { email })
    const reset = tokenIn(await instance.waitForMail(({ to }) => to === email))
    for (const [path, body] of [
      ['/auth/password/change', { currentPassword: CLEAN, newPassword: BREACHED }],
      ['/auth/password/reset', { token: reset, password: BREACHED }],
      ['/auth/email/verify', { token: verification, newPassword: BREACHED }],
    ] as const) {
      const reply = await client.post(path, body)
      expect([reply.status, reply.body.errors[0].detail]).toEqual(refusal)
    }
  })

  test('padding does not count as a breach, and neither do other endings', async () => {
    expect((await register(PADDED)).status).toBe(201)
    expect((await register(CLEAN)).status).toBe(201)
    expect(failures()).toEqual([])
  })

  test('the list receives five hex digits and nothing else (ASVS 14.2.3)', async () => {
    await register(BREACHED)
    expect(asked).toHaveLength(1)
    expect(asked[0]).toMatch(new RegExp(`^GET /range/${sha1(BREACHED).slice(0, 5)} true `))
    for (const secret of [sha1(BREACHED).slice(5, 12), BREACHED, 'example.com', 'password']) {
      expect(asked[0]?.toLowerCase()).not.toContain(secret.toLowerCase())
    }
  })

  test('a login does not ask the list', async () => {
    await register(CLEAN)
    asked = []
    await instance.client().post('/auth/login', { email: `user${count - 1}@example.com`, password: CLEAN })
    expect(asked).toEqual([])
  })

  const broken: [string, RequestListener, RegExp][] = [
    ['answers with 500', (_request, response) => response.writeHead(500).end(), /answered with status 500/],
    [
      'is rate limited',
      (_request, response) => response.writeHead(429).end(line(BREACHED, 9)),
      /answered with status 429/,
    ],
    ['sends elsewhere', (_request, response) => response.writeHead(302, { location: '/' }).end(), /fetch failed/],
    ['hangs up', (_request, response) => response.destroy(), /fetch failed/],
    ['never answers', () => undefined, /timeout/],
    ['never ends', (_request, response) => response.write(`${'0'.repeat(35)}:1\r\n`), /timeout/],
    ['answers with too much', (_request, response) => response.end('0'.repeat(1_000_001)), /too many bytes/],
  ]
  test.each(broken)(
    'if the list %s, the password is accepted and an event reports it',
    async (_what, listener, reason) => {
      answer = listener
      expect((await register(BREACHED)).status).toBe(201)
      expect(failures()).toEqual([expect.objectContaining({ userId: null, reason: expect.stringMatching(reason) })])
      expect(instance.events.map(({ type }) => type)).toContain('user.created')
    },
  )

  test('a password that the policy refuses is not sent to the list', async () => {
    expect((await register('too short')).status).toBe(422)
    expect((await register('passwordpassword')).status).toBe(422)
    expect(asked).toEqual([])
  })

  const names = (): string[] => instance.events.map(({ type }) => type)

  test('CWE-770: while the list is down, a refused request leaves no event (ASVS 2.4.1)', async () => {
    await register(CLEAN)
    const email = `user${count - 1}@example.com`
    answer = (_request, response) => response.writeHead(503).end()
    instance.events.length = 0
    expect((await instance.client().post('/auth/register', { email, password: CLEAN })).status).toBe(409)
    const token = 'lkr_0000000000000000000000000000000000000000000000000'
    expect((await instance.client().post('/auth/password/reset', { token, password: CLEAN })).status).toBe(410)
    expect(names()).not.toContain('password.breach_check_failed')
  })

  test('CWE-770: only the right current password causes a request to the list (ASVS 2.4.1)', async () => {
    const client = instance.client()
    await client.post('/auth/register', { email: 'eve@example.com', password: CLEAN })
    asked = []
    const wrong = { currentPassword: 'not the current one', newPassword: BREACHED }
    expect((await client.post('/auth/password/change', wrong)).status).toBe(403)
    expect(asked).toEqual([])
  })

  test('CWE-770: after ten failures in a row, the list is not asked for ten seconds (ASVS 13.1.2)', async () => {
    answer = (_request, response) => response.writeHead(500).end()
    for (let turn = 0; turn < 12; turn++) expect((await register(CLEAN)).status).toBe(201)
    expect(asked.length).toBeLessThanOrEqual(10)
    expect(failures()).toHaveLength(12)
    answer = answerWithEndings
    instance.advance(10_001)
    expect((await register(BREACHED)).status).toBe(422)
  })

  test('CWE-770: at most eight requests to the list run at the same time (ASVS 13.1.2)', async () => {
    const { promise: isFull, resolve: reportFull } = Promise.withResolvers<void>()
    const waiting: (() => void)[] = []
    let most = 0
    answer = (_request, response) => {
      waiting.push(() => response.end(line(PADDED, 0)))
      most = Math.max(most, waiting.length)
      if (waiting.length === 8) reportFull()
    }
    const registering = Array.from({ length: 24 }, () => register(CLEAN))
    await isFull
    answer = answerWithEndings
    for (const end of waiting.splice(0)) end()
    const replies = await Promise.all(registering)
    expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 201))
    expect(most).toBe(8)
  })
})

test('CWE-770: refused passwords that were sent to the list count in the budgets (ASVS 2.4.1)', async () => {
  const list = createServer(answerWithEndings).listen(0, '127.0.0.1')
  await once(list, 'listening')
  const { port } = list.address() as AddressInfo
  const instance = await startInstance('handler', {
    password: { breachUrl: `http://127.0.0.1:${port}/range` },
    throttle: { registrationsPerNetwork: 4, changesPerAccount: 3 },
  })
  const client = instance.client()
  const email = 'grace@example.com'
  await client.post('/auth/register', { email, password: CLEAN })
  await client.post('/auth/password/forgot', { email })
  const token = tokenIn(await instance.waitForMail(({ to, text }) => to === email && text.includes('/password/reset')))
  const statuses = async (path: string, body: object): Promise<number[]> => {
    const all: number[] = []
    for (let turn = 0; turn < 4; turn++) all.push((await client.post(path, body)).status)
    return all
  }
  const other = { email: 'other@example.com', password: BREACHED }
  expect(await statuses('/auth/register', other)).toEqual([422, 422, 422, 429])
  expect(await statuses('/auth/password/reset', { token, password: BREACHED })).toEqual([422, 422, 422, 429])
  const change = { currentPassword: CLEAN, newPassword: BREACHED }
  expect(await statuses('/auth/password/change', change)).toEqual([422, 422, 422, 429])
  await instance.close()
  list.closeAllConnections()
  list.close()
})
