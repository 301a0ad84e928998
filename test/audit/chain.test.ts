/* Verification of the audit log proves that it is unmodified, or names the modified batch. */
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { digestPersonal } from '../../src/audit/chain.ts'
import type { AuditReport } from '../../src/index.ts'
import { Client } from '../support/client.ts'
import { type Instance, PASSWORD, type Ring, sendTo, startInstance } from '../support/rings.ts'
import { insertStatement } from '../support/sql-literal.ts'
import { until } from '../support/until.ts'

const DAY = 86_400_000
const RINGS: readonly Ring[] = ['handler', 'server, PostgreSQL', 'handler, PostgreSQL and Redis']

/** Modifications by an attacker with access to the database, and the expected findings. */
const ATTACKS: readonly {
  readonly what: string
  readonly sql: readonly string[]
  readonly found: readonly string[]
}[] = [
  {
    what: 'changes what a row says',
    sql: ["UPDATE audit_events SET detail = '{}' WHERE type = 'login.refused' AND batch = 2"],
    found: ['2 rows_changed'],
  },
  {
    what: 'changes when it was',
    sql: ["UPDATE audit_events SET at = LONG_AGO WHERE type = 'user.renamed'"],
    found: ['2 rows_changed'],
  },
  {
    what: 'gives it to somebody else',
    sql: ["UPDATE audit_events SET user_id = NULL WHERE type = 'user.renamed'"],
    found: ['2 rows_changed'],
  },
  { what: 'deletes a row', sql: ["DELETE FROM audit_events WHERE type = 'user.renamed'"], found: ['2 rows_missing'] },
  { what: 'deletes a batch of rows', sql: ['DELETE FROM audit_events WHERE batch = 2'], found: ['2 rows_missing'] },
  {
    what: 'swaps the places of two rows',
    sql: [
      "UPDATE audit_events SET id = '00000000-0000-7000-8000-000000000000' WHERE id = (SELECT id FROM audit_events WHERE batch = 2 ORDER BY id DESC LIMIT 1)",
    ],
    found: ['2 rows_changed'],
  },
  {
    what: 'moves a row to another batch',
    sql: ["UPDATE audit_events SET batch = 3 WHERE type = 'user.renamed'"],
    found: ['2 rows_missing', '3 rows_added'],
  },
  {
    what: 'takes a row out, to be sealed again',
    sql: ["UPDATE audit_events SET batch = NULL WHERE type = 'user.renamed'"],
    found: ['2 rows_missing'],
  },
  {
    what: 'takes a row out, to be forgotten after a day',
    sql: ["UPDATE audit_events SET batch = 0 WHERE type = 'user.renamed'"],
    found: ['2 rows_missing'],
  },
  {
    what: 'adds a row to a sealed batch',
    sql: [
      "INSERT INTO audit_events (id, at, type, detail, personal_digest, batch) SELECT '00000000-0000-7000-8000-000000000000', at, 'user.renamed', '{}', personal_digest, 2 FROM audit_events WHERE type = 'user.renamed'",
    ],
    found: ['2 rows_added', '2 personal_data_missing'],
  },
  {
    what: 'changes an address',
    sql: ["UPDATE audit_events SET ip = '203.0.113.9' WHERE type = 'user.renamed'"],
    found: ['2 personal_data_changed'],
  },
  {
    what: 'takes an address away that nobody had erased',
    sql: ["UPDATE audit_events SET ip = NULL, user_agent = NULL, personal_salt = NULL WHERE type = 'user.renamed'"],
    found: ['2 personal_data_missing'],
  },
  {
    what: 'deletes a seal',
    sql: ['DELETE FROM audit_seals WHERE batch = 2'],
    found: ['2 seal_missing', '2 seal_missing'],
  },
  {
    what: 'deletes the first seal',
    sql: ['DELETE FROM audit_seals WHERE batch = 1'],
    found: ['1 seal_missing', '1 seal_missing'],
  },
  { what: 'deletes the last seal', sql: ['DELETE FROM audit_seals WHERE batch = 3'], found: ['3 seal_missing'] },
  {
    what: 'changes the count of a seal with its rows',
    sql: [
      "DELETE FROM audit_events WHERE type = 'user.renamed'",
      'UPDATE audit_seals SET event_count = event_count - 1 WHERE batch = 2',
    ],
    found: ['2 rows_changed', '2 seal_changed'],
  },
  {
    what: 'swaps two batches',
    sql: [
      'UPDATE audit_seals SET batch = 9 WHERE batch = 2',
      'UPDATE audit_seals SET batch = 2 WHERE batch = 3',
      'UPDATE audit_seals SET batch = 3 WHERE batch = 9',
    ],
    found: ['2 chain_broken', '2 rows_added', '2 seal_changed', '3 chain_broken', '3 rows_missing', '3 seal_changed'],
  },
  {
    what: 'passes a batch off as removed after its time',
    sql: ['DELETE FROM audit_events WHERE batch = 1', 'UPDATE audit_seals SET removed_at = sealed_at WHERE batch = 1'],
    found: ['1 removed_early'],
  },
  {
    what: 'passes it off as old as well',
    sql: [
      'DELETE FROM audit_events WHERE batch = 1',
      'UPDATE audit_seals SET removed_at = sealed_at WHERE batch = 1',
      'UPDATE audit_seals SET last_event_at = LONG_AGO WHERE batch = 1',
    ],
    found: ['1 seal_changed'],
  },
  {
    what: 'gives a removed batch rows again',
    sql: ['UPDATE audit_seals SET removed_at = sealed_at WHERE batch = 1'],
    found: ['1 rows_added'],
  },
]

const kindsOf = ({ problems }: AuditReport): string[] => problems.map(({ batch, kind }) => `${batch} ${kind}`).sort()

describe.each(RINGS)('the chain of the audit (%s)', (ring) => {
  let instance: Instance
  let userId: string
  beforeEach(async () => {
    instance = await startInstance(ring, { deliverMails: false })
    const client = instance.client()
    const { body } = await client.post('/auth/register', { email: 'ada@example.com', password: PASSWORD })
    userId = body.user.id
    await instance.auth.audit.seal()
    await client.patch('/auth/user', { name: 'Ada' })
    await client.post('/auth/login', { email: 'ada@example.com', password: 'wrong' })
    await client.post('/auth/login', { email: 'nobody@example.com', password: 'wrong' }) // a passing event
    await instance.auth.audit.seal()
    await client.post('/auth/login', { email: 'ada@example.com', password: 'wrong' })
    await instance.auth.audit.seal()
    await client.post('/auth/logout')
  })
  afterEach(() => instance.close())

  const attack = async (statements: readonly string[]): Promise<void> => {
    const longAgo = ring === 'handler' ? '1' : "'2001-01-01'"
    for (const sql of statements) await instance.runSql(sql.replace('LONG_AGO', longAgo))
  }

  test('an unmodified audit log passes verification', async () => {
    const report = await instance.auth.audit.verify()
    expect(report).toMatchObject({ ok: true, batches: 3, removedBatches: 0, events: 5, unsealed: 1, problems: [] })
    expect(await instance.auth.audit.seal()).toBe(1)
    expect(await instance.auth.audit.seal()).toBe(0)
    const after = await instance.auth.audit.verify({ head: report.head ?? '' })
    expect(after).toMatchObject({ ok: true, batches: 4, events: 6, unsealed: 0 })
    expect(after.head).not.toBe(report.head)
  })

  test('every modification in the database is found, and its batch is named (ASVS 16.4.2)', async () => {
    for (const { what, sql, found } of ATTACKS) {
      const before = await snapshot(instance)
      expect([what, await instance.auth.audit.verify()]).toMatchObject([what, { ok: true }])
      await attack(sql)
      const report = await instance.auth.audit.verify()
      expect([what, report.ok, kindsOf(report)]).toEqual([what, false, [...found].sort()])
      for (const { detail } of report.problems) expect(detail).toMatch(/^[A-Z].*\.$/)
      await restore(instance, before)
    }
  })

  test('a chain that is cut off or recomputed is found only by a head that was stored elsewhere', async () => {
    const { head } = await instance.auth.audit.verify()
    await attack(['DELETE FROM audit_events WHERE batch = 3', 'DELETE FROM audit_seals WHERE batch = 3'])
    expect(await instance.auth.audit.verify()).toMatchObject({ ok: true, batches: 2 })
    expect(kindsOf(await instance.auth.audit.verify({ head: head ?? '' }))).toEqual(['null head_unknown'])
    await attack(['UPDATE audit_events SET batch = NULL', 'DELETE FROM audit_seals'])
    await attack(["UPDATE audit_events SET detail = '{}'"])
    await instance.auth.audit.seal()
    expect(await instance.auth.audit.verify()).toMatchObject({ ok: true })
    expect(await instance.auth.audit.verify({ head: head ?? '' })).toMatchObject({ ok: false })
  })

  test('nodes that seal at the same time create one chain, without lost or duplicate events', async () => {
    const nodes = await Promise.all([instance.sibling(), instance.sibling(), instance.sibling()])
    const all = [instance.auth, ...nodes]
    await addRows(2_500) // more than one node can seal at once, so that several batches are in progress
    await Promise.all(all.map((node) => node.audit.seal()))
    for (let round = 0; round < 15; round++) {
      await Promise.all([
        ...all.map((node, index) => node.users.create({ email: `${round}-${index}@example.com`, password: PASSWORD })),
        ...all.map((node) => node.audit.seal()),
        ...all.map((node) => node.audit.seal()),
      ])
    }
    await instance.auth.audit.seal()
    const report = await instance.auth.audit.verify()
    expect(report).toMatchObject({ ok: true, unsealed: 0, events: 2_506 + 15 * all.length })
    for (const node of nodes) await node.close()
  }, 60_000)

  /** Writes this number of unsealed rows. */
  async function addRows(count: number): Promise<void> {
    const rows = Array.from({ length: count }, (_, index) => ({
      id: `01a20561-b5ed-7000-8000-${String(index).padStart(12, '0')}`,
      at: ring === 'handler' ? 1 : '2026-01-01',
      type: 'user.renamed',
      detail: '{}',
      personal_salt: '',
      personal_digest: digestPersonal('', null, null),
    }))
    await instance.runSql(insertStatement('audit_events', rows))
  }

  test('sealing works across more than one batch', async () => {
    await addRows(1_100)
    expect(await instance.auth.audit.seal()).toBe(1_101)
    expect(await instance.auth.audit.verify()).toMatchObject({ ok: true, batches: 26, events: 1_106 })
  })

  test('a deleted account leaves a pseudonym and nothing personal, and the chain holds', async () => {
    const client = instance.client()
    await client.post('/auth/login', { email: 'ada@example.com', password: PASSWORD }, { 'user-agent': 'Secret/7' })
    await instance.auth.audit.seal()
    expect(await instance.runSql("SELECT 1 FROM audit_events WHERE user_agent = 'Secret/7'")).toHaveLength(1)
    expect((await client.delete('/auth/user')).status).toBe(204)
    const rows = await instance.runSql('SELECT user_id, ip, user_agent, personal_salt, type FROM audit_events')
    const own = rows.filter(({ user_id }) => user_id === userId)
    expect(own.map(({ type }) => type)).toEqual(expect.arrayContaining(['user.created', 'user.deleted']))
    for (const { type, ip, user_agent, personal_salt } of own) {
      expect([type, ip, user_agent]).toEqual([type, null, null])
      if (type !== 'user.deleted') expect(personal_salt).toBeNull()
    }
    expect(rows.some(({ user_id, ip }) => user_id === null && ip !== null)).toBe(true) // other users keep theirs
    await instance.auth.audit.seal()
    expect(await instance.auth.audit.verify()).toMatchObject({ ok: true, problems: [] })
    const [last] = await instance.auth.audit.list({ userId, newestFirst: true, limit: 1 })
    expect(last).toMatchObject({ type: 'user.deleted', userId, actor: userId, client: { ip: null, userAgent: null } })
  })

  test('events written while a user is being deleted lose their personal data when they are sealed', async () => {
    await instance.auth.users.delete(userId)
    await attack([
      `INSERT INTO audit_events (id, at, type, user_id, detail, ip, personal_salt, personal_digest) SELECT '01ffffff-b5ed-7000-8000-000000000000', at, 'login.refused', user_id, '{}', '192.0.2.1', 'salt', 'x' FROM audit_events WHERE type = 'user.renamed'`,
    ])
    await instance.auth.audit.seal()
    const rows = await instance.runSql(
      `SELECT ip, personal_salt FROM audit_events WHERE id = '01ffffff-b5ed-7000-8000-000000000000'`,
    )
    expect(rows).toEqual([{ ip: null, personal_salt: null }])
    expect(await instance.auth.audit.verify()).toMatchObject({ ok: true })
  })

  test('events are deleted after the retention time, whole batches at once, and the chain stays valid (ASVS 14.2.7)', async () => {
    instance.advance(100 * DAY)
    await instance.auth.users.disable(userId)
    await instance.auth.audit.seal()
    await instance.auth.sweep()
    expect(await instance.auth.audit.verify()).toMatchObject({ ok: true, removedBatches: 0 })
    instance.advance(265 * DAY + 1)
    await instance.auth.sweep()
    const report = await instance.auth.audit.verify()
    // The batch that was sealed late also contains recent events, so it stays complete.
    expect(report).toMatchObject({ ok: true, batches: 4, removedBatches: 3, events: 2, problems: [] })
    expect(report.removedThrough).toBeGreaterThan(0)
    expect(await instance.auth.audit.list()).toHaveLength(2)
    await instance.auth.sweep()
    expect(await instance.auth.audit.verify()).toMatchObject({ ok: true, removedBatches: 3 })
    await attack(['DELETE FROM audit_seals WHERE batch = 2'])
    expect(kindsOf(await instance.auth.audit.verify())).toEqual(['2 seal_missing'])
  })

  test('with retentionMs 0 nothing is deleted; a node with a longer retention time reports the deleted batches', async () => {
    const forever = await instance.sibling({ audit: { retentionMs: 0 } })
    instance.advance(4_000 * DAY)
    await forever.sweep()
    expect(await forever.audit.verify()).toMatchObject({ ok: true, removedBatches: 0 })
    await instance.auth.sweep()
    expect(await instance.auth.audit.verify()).toMatchObject({ ok: true, removedBatches: 3 })
    expect(kindsOf(await forever.audit.verify())).toEqual(['1 removed_early', '2 removed_early', '3 removed_early'])
    await forever.close()
  })

  test('CWE-770: what strangers cause about nobody stays for a day and is not sealed (ASVS 14.2.7)', async () => {
    const stranger = instance.client()
    await instance.auth.audit.seal()
    const before = await instance.auth.audit.verify()
    for (const email of ['nobody@example.com', 'no-one@example.org', 'not an address']) {
      await stranger.post('/auth/login', { email, password: PASSWORD })
      await stranger.post('/auth/password/forgot', { email })
    }
    await instance.auth.audit.seal()
    const aboutNobody = async (): Promise<number> => {
      const events = await instance.auth.audit.list({ limit: 100 })
      return events.filter((event) => event.userId === null && event.actor === null).length
    }
    expect(await aboutNobody()).toBe(6)
    expect(await instance.auth.audit.verify()).toMatchObject({ ok: true, unsealed: 0, events: before.events })
    instance.advance(DAY)
    await instance.auth.sweep()
    expect(await aboutNobody()).toBe(6)
    instance.advance(1)
    await instance.auth.sweep()
    expect(await aboutNobody()).toBe(0)
    expect(await instance.auth.audit.verify()).toMatchObject({ ok: true, events: before.events, removedBatches: 0 })
  })

  test('CWE-770: what a caller who is logged in causes about nobody does not stay either; an app that registers does', async () => {
    const initialAccessToken = 'dGhlIGluaXRpYWwgYWNjZXNzIHRva2Vu-of.a+test'
    const auth = await instance.sibling({ oauth: { initialAccessToken } })
    onTestFinished(() => auth.close())
    const caller = new Client(sendTo(auth))
    const account = { email: 'caller@example.com', password: PASSWORD }
    await auth.users.create(account)
    expect((await caller.post('/auth/login', account)).status).toBe(200)
    await caller.post('/auth/password/forgot', { email: 'nobody-at-all@example.com' })
    const app = { client_name: 'App', redirect_uris: ['https://app.example/callback'] }
    const headers = { authorization: `Bearer ${initialAccessToken}` }
    expect((await new Client(sendTo(auth)).post('/auth/oauth/register', app, headers)).status).toBe(201)
    await auth.audit.seal()
    instance.advance(DAY + 1)
    await auth.sweep()
    const types = (await auth.audit.list({ newestFirst: true, limit: 4 })).map(({ type }) => type)
    expect(types).toContain('oauth_client.created')
    expect(types).not.toContain('password.reset_requested')
    expect(await auth.audit.verify()).toMatchObject({ ok: true })
  })

  test('sealing costs one read if there is nothing to seal', async () => {
    await instance.auth.audit.seal()
    instance.statements.length = 0
    await instance.auth.audit.seal()
    expect(instance.statements).toEqual([expect.stringMatching(/^select .* is null/)])
  })

  test('closing seals the remaining events', async () => {
    const node = await instance.sibling()
    await node.users.create({ email: 'grace@example.com', password: PASSWORD })
    await node.close()
    expect(await instance.auth.audit.verify()).toMatchObject({ ok: true, unsealed: 0 })
  })
})

describe('the worker', () => {
  afterEach(() => vi.useRealTimers())

  test.each([
    [300_000, 0],
    [0, 1],
  ])('with sweepIntervalMs %i, %i events are unsealed after ten seconds', async (sweepIntervalMs, unsealed) => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    const instance = await startInstance('handler', { sweepIntervalMs, deliverMails: false })
    await instance.auth.users.create({ email: 'ada@example.com', password: PASSWORD })
    vi.advanceTimersByTime(9_999)
    expect((await instance.auth.audit.verify()).unsealed).toBe(1)
    vi.advanceTimersByTime(1)
    await until(async () => (await instance.auth.audit.verify()).unsealed === unsealed)
    await instance.close()
  })
})

interface Tables {
  readonly events: readonly Record<string, unknown>[]
  readonly seals: readonly Record<string, unknown>[]
}

async function snapshot({ runSql }: Instance): Promise<Tables> {
  return { events: await runSql('SELECT * FROM audit_events'), seals: await runSql('SELECT * FROM audit_seals') }
}

async function restore({ runSql }: Instance, { events, seals }: Tables): Promise<void> {
  await runSql('DELETE FROM audit_events')
  await runSql('DELETE FROM audit_seals')
  await runSql(insertStatement('audit_events', events))
  await runSql(insertStatement('audit_seals', seals))
}
