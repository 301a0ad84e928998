/*
 * Promise 11: one person's work never stalls the others. With SQLite every query runs on the event loop, so each route, job
 * and call with many rows must let the loop continue (CWE-400, CWE-770). Measured in CPU time; `test/support/event-loop.ts`.
 */
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { Client, Reply } from './support/client.ts'
import { longestTurnMs, MAX_TURN_MS } from './support/event-loop.ts'
import { type Instance, ORIGIN, PASSWORD, startInstance } from './support/rings.ts'

const EMAIL = 'ada@example.com'
const DAY_MS = 24 * 60 * 60 * 1_000
const AGENT = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36'

/** An account with many rows. */
interface Crowded {
  readonly instance: Instance
  readonly client: Client
  readonly userId: string
}

/** Creates an account whose owner is logged in. */
async function createAccount(): Promise<Crowded> {
  const instance = await startInstance('handler', { deliverMails: false })
  const client = instance.client()
  const { body } = await client.post('/auth/register', { email: EMAIL, password: PASSWORD })
  return { instance, client, userId: body.user.id }
}

/** Returns the SQL of numbers from 1, and of ids made of them. */
function series(count: number): string {
  return `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})`
}
const id = (kind: number): string => `printf('01a20561-b5ed-7${kind}32-a6ad-%012x', i)`

async function addSessions({ instance, userId }: Crowded, count: number, expiresInMs = DAY_MS): Promise<void> {
  const [now, kind] = [Date.now(), expiresInMs > 0 ? 1 : 2]
  const expiresAt = now + expiresInMs
  await instance.runSql(`INSERT INTO sessions ${series(count)} SELECT ${id(kind)}, 'hash ${kind} ' || i, '${userId}',
    ${now} - 1000 - i, ${now} - i, ${expiresAt}, ${expiresAt}, ${now}, '["password"]', 0, ${now}, '192.0.2.1',
    '${AGENT} ' || (i % 500), ${expiresAt} FROM n`)
}

async function addEvents({ instance, userId }: Crowded, count: number): Promise<void> {
  await instance.runSql(`INSERT INTO audit_events ${series(count)} SELECT ${id(3)}, ${Date.now()} - 1000, 'user.renamed',
    '${userId}', '${userId}', NULL, 'request', '{}', '192.0.2.1', '${AGENT} ' || (i % 500), 'salt', 'digest', NULL FROM n`)
}

async function addTokens({ instance, userId }: Crowded, count: number, expiresInMs = DAY_MS): Promise<void> {
  const kind = expiresInMs > 0 ? 4 : 5
  await instance.runSql(`INSERT INTO access_tokens ${series(count)} SELECT ${id(kind)}, 'hash ${kind} ' || i, '${userId}',
    'token', 'read', 'abcd', ${Date.now()}, ${Date.now() + expiresInMs}, NULL FROM n`)
}

/** @param prepare makes what the work uses up. */
async function expectShortTurns(work: () => unknown, prepare?: () => unknown): Promise<void> {
  const turn = await longestTurnMs(work, prepare)
  expect(turn, `the longest turn of the event loop took ${turn} ms`).toBeLessThan(MAX_TURN_MS)
}

test('a loop that never waits for the event loop is found', async () => {
  const work = async (): Promise<void> => {
    for (const start = process.threadCpuUsage(); process.threadCpuUsage(start).user < 40_000; ) await undefined
  }
  expect(await longestTurnMs(work)).toBeGreaterThan(MAX_TURN_MS)
})

describe('reading with 4,000 sessions, 1,000 access tokens and 8,000 events', () => {
  let crowded: Crowded
  beforeAll(async () => {
    crowded = await createAccount()
    await addSessions(crowded, 4_000)
    await addTokens(crowded, 1_000)
    await addEvents(crowded, 8_000)
  })
  afterAll(async () => {
    expect(crowded.instance.errors).toEqual([])
    await crowded.instance.close()
  })

  test.each([
    '/auth/sessions',
    '/auth/tokens',
    '/auth/access',
    '/auth/user/events',
    '/auth/account',
    '/auth/account/devices',
    '/auth/account/tokens',
    '/auth/user/export',
  ])('GET %s', async (path) => {
    const { instance, client } = crowded
    const headers = { cookie: `latchkey=${client.cookies.get('latchkey')}` }
    let bytes = 0
    await expectShortTurns(async () => {
      const { status, body } = await instance.auth.handler(new Request(ORIGIN + path, { headers }))
      expect(status).toBe(200)
      for await (const part of body ?? []) bytes += part.byteLength // the work of the client is not measured
    })
    expect(bytes).toBeGreaterThan(8_000) // the whole answer, and not an error
  })

  test.each<[string, (crowded: Crowded) => Promise<unknown>]>([
    ['auth.sessions.list', ({ instance, userId }) => instance.auth.sessions.list(userId)],
    ['auth.sessions.count', ({ instance }) => instance.auth.sessions.count({ since: 1 })],
    ['auth.tokens.list', ({ instance, userId }) => instance.auth.tokens.list(userId)],
    ['auth.audit.list', ({ instance }) => instance.auth.audit.list({ limit: 1_000 })],
    ['auth.audit.seal', ({ instance }) => instance.auth.audit.seal()],
    ['auth.audit.verify', ({ instance }) => instance.auth.audit.verify()],
    ['auth.checkIntegrity', ({ instance }) => instance.auth.checkIntegrity()],
  ])('%s', async (_, call) => {
    await expectShortTurns(() => call(crowded))
  })
})

describe('work that uses up its rows', () => {
  let crowded: Crowded
  beforeAll(async () => {
    crowded = await createAccount()
  })
  afterAll(async () => {
    expect(crowded.instance.errors).toEqual([])
    await crowded.instance.close()
  })

  test('auth.users.import of 1,000 lines', async () => {
    let attempt = 0
    let lines: string[] = []
    await expectShortTurns(
      () => crowded.instance.auth.users.import(lines),
      () => {
        attempt++
        lines = Array.from({ length: 1_000 }, (_, nth) => `{"email":"user${nth}@${attempt}.example.com"}`)
      },
    )
    await expectShortTurns(() => crowded.instance.auth.users.list({ limit: 1_000 }))
  })

  test('auth.sweep of 4,000 expired sessions, 1,000 tokens, 4,000 counters and 4,000 changes', async () => {
    const { instance } = crowded
    await expectShortTurns(
      () => instance.auth.sweep(),
      async () => {
        await addSessions(crowded, 4_000, -DAY_MS)
        await addTokens(crowded, 1_000, -DAY_MS)
        await instance.runSql(`INSERT INTO throttle ${series(4_000)} SELECT 'key ' || i, 1, 0, 1 FROM n`)
        await instance.runSql('UPDATE changes SET changed_at = 1') // of an earlier attempt: rows are in the order of their times
        await instance.runSql(`INSERT INTO changes ${series(4_000)} SELECT NULL, 'session', 'id', 'id', 1 FROM n`)
        await instance.runSql(`INSERT INTO changes VALUES (NULL, 'session', 'id', 'id', ${Date.now()})`)
      },
    )
    const left = await instance.runSql(`SELECT (SELECT count(*) FROM sessions) AS sessions,
      (SELECT count(*) FROM access_tokens) AS tokens, (SELECT count(*) FROM throttle WHERE expires_at = 1) AS counters,
      (SELECT count(*) FROM changes WHERE changed_at = 1) AS changes`)
    expect(left).toEqual([{ sessions: 1, tokens: 0, counters: 0, changes: 0 }])
  })

  test('DELETE /auth/sessions of 4,000 sessions', async () => {
    let reply: Reply | undefined
    await expectShortTurns(
      async () => {
        reply = await crowded.client.delete('/auth/sessions')
      },
      () => addSessions(crowded, 4_000),
    )
    expect(reply?.body).toEqual({ revoked: 4_000 })
  })

  test('auth.sessions.revokeWhere of 3,000 sessions', async () => {
    await expectShortTurns(
      () => crowded.instance.auth.sessions.revokeWhere({ network: '192.0.2.0/24' }),
      () => addSessions(crowded, 3_000),
    )
  })

  test('auth.sweep with 20,000 logins to apps, most of whose sessions are over', async () => {
    const instance = await startInstance('handler', { deliverMails: false, oauth: { enabled: true } })
    onTestFinished(() => instance.close())
    const { body } = await instance.client().post('/auth/register', { email: EMAIL, password: PASSWORD })
    await addSessions({ instance, client: instance.client(), userId: body.user.id }, 5_000)
    const { client } = await instance.auth.oauthClients.create({
      name: 'App',
      redirectUris: ['https://app.example/cb'],
    })
    const later = Date.now() + DAY_MS
    await expectShortTurns(
      () => instance.auth.sweep(),
      async () => {
        await instance.runSql('DELETE FROM oauth_logins')
        await instance.runSql(
          `INSERT INTO oauth_logins ${series(20_000)} SELECT ${id(1)}, '${client.id}', '${body.user.id}', 1, ${later}, 0 FROM n`,
        )
      },
    )
    const [left] = await instance.runSql(`SELECT count(*) AS waiting FROM oauth_logins WHERE due_at = ${later}`)
    expect(left?.waiting).toBe(5_000)
  })

  test('auth.sweep with 3,000 logins to apps whose sessions are in Redis, and are over', async () => {
    const instance = await startInstance('handler, PostgreSQL and Redis', { oauth: { enabled: true } })
    onTestFinished(() => instance.close())
    const app = { name: 'App', redirectUris: ['https://app.example/cb'] }
    const { client } = await instance.auth.oauthClients.create(app)
    await expectShortTurns(
      () => instance.auth.sweep(),
      async () => {
        await instance.runSql(`INSERT INTO oauth_logins
          SELECT gen_random_uuid(), '${client.id}', gen_random_uuid(), now(), now() + interval '1 day', 0
          FROM generate_series(1, 3000)`)
      },
    )
    expect(await instance.runSql("SELECT 1 FROM oauth_logins WHERE due_at > now() + interval '1 hour'")).toEqual([])
  })

  test('auth.oauthClients: an update and the deletion of an app with 3,000 users, 6,000 tokens and 3,000 logins', async () => {
    const instance = await startInstance('handler', { deliverMails: false, oauth: { enabled: true } })
    onTestFinished(() => instance.close())
    const app = { name: 'App', redirectUris: ['https://app.example/cb'] }
    const ids: string[] = []
    const prepare = async (): Promise<void> => {
      await instance.runSql('DELETE FROM users')
      const { client } = await instance.auth.oauthClients.create(app)
      ids.push(client.id)
      const [now, later] = [Date.now(), Date.now() + DAY_MS]
      const rows = series(3_000)
      await instance.runSql(`INSERT INTO users (id, email, email_verified, created_at, security_epoch) ${rows}
        SELECT ${id(6)}, i || '@example.com', 1, ${now}, 0 FROM n`)
      await instance.runSql(`INSERT INTO oauth_grants (id, user_id, client_id, scopes, created_at) ${rows}
        SELECT ${id(7)}, ${id(6)}, '${client.id}', 'read', ${now} FROM n`)
      for (const kind of ['AccessToken', 'RefreshToken']) {
        await instance.runSql(`INSERT INTO oauth_tokens
          (token_hash, kind, client_id, user_id, grant_id, scopes, payload, created_at, expires_at) ${rows}
          SELECT '${kind} ' || i, '${kind}', '${client.id}', ${id(6)}, ${id(7)}, 'read', '{}', ${now}, ${later} FROM n`)
      }
      await instance.runSql(`INSERT INTO oauth_logins ${rows}
        SELECT ${id(8)}, '${client.id}', ${id(6)}, ${now}, ${later}, 0 FROM n`)
    }
    await expectShortTurns(async () => {
      const last = ids.at(-1) ?? ''
      await instance.auth.oauthClients.update(last, { name: 'Other' })
      await instance.auth.oauthClients.delete(last)
    }, prepare)
    const left = ['grants', 'tokens', 'logins', 'clients'].map(
      async (table) => (await instance.runSql(`SELECT 1 FROM oauth_${table}`)).length,
    )
    expect(await Promise.all(left)).toEqual([0, 0, 0, 0])
  })

  test('a login after the limit of sessions was lowered ends some of the many sessions', async () => {
    await addSessions(crowded, 4_000)
    const login = { email: EMAIL, password: PASSWORD }
    const count = async (): Promise<number> => crowded.instance.auth.sessions.count({ userId: crowded.userId })
    const before = await count()
    await expectShortTurns(async () => {
      expect((await crowded.instance.client().post('/auth/login', login)).status).toBe(200)
    })
    expect(await count()).toBeLessThan(before)
  })

  test('DELETE /auth/user of an account with 4,000 sessions, 1,000 tokens and 4,000 events', async () => {
    const { instance } = crowded
    const user: Crowded[] = []
    let reply: Reply | undefined
    await expectShortTurns(
      async () => {
        reply = await user.at(-1)?.client.delete('/auth/user')
      },
      async () => {
        const client = instance.client()
        const { body } = await client.post('/auth/register', { email: 'bob@example.com', password: PASSWORD })
        const bob = { instance, client, userId: body.user.id }
        user.push(bob)
        await instance.runSql("DELETE FROM sessions WHERE token_hash LIKE 'hash %'")
        await instance.runSql("DELETE FROM audit_events WHERE request_id = 'request'")
        await addSessions(bob, 4_000)
        await addTokens(bob, 1_000)
        await addEvents(bob, 4_000)
      },
    )
    expect(reply?.status).toBe(204)
    const left = await instance.runSql(`SELECT count(*) AS count FROM audit_events
      WHERE ip IS NOT NULL AND request_id = 'request'`)
    expect(left).toEqual([{ count: 0 }])
    expect(await instance.runSql('SELECT * FROM erasures')).toEqual([])
  })

  test('the sweep finishes a deletion that was interrupted', async () => {
    const { instance } = crowded
    await instance.runSql("DELETE FROM audit_events WHERE request_id = 'request'")
    await addEvents(crowded, 500)
    await instance.runSql(`INSERT INTO erasures VALUES ('${crowded.userId}')`)
    await instance.auth.sweep()
    const left = await instance.runSql(`SELECT (SELECT count(*) FROM erasures) +
      (SELECT count(*) FROM audit_events WHERE ip IS NOT NULL AND request_id = 'request') AS count`)
    expect(left).toEqual([{ count: 0 }])
  })

  test('auth.close with 4,000 events that are not sealed', async () => {
    let closing = crowded
    await expectShortTurns(
      () => closing.instance.close(),
      async () => {
        closing = await createAccount()
        await addEvents(closing, 4_000)
      },
    )
  })
})
