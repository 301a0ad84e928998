/* The sweep of an instance: a part that fails keeps no other part from its work. */
import { describe, expect, onTestFinished, test } from 'vitest'
import { type Instance, PASSWORD, type Ring, startInstance } from '../support/rings.ts'

const HOUR_MS = 3_600_000
const USER = { email: 'ada@example.com', password: PASSWORD }
const SWEPT = ['sessions', 'access_tokens', 'one_time_tokens']

describe.each([
  ['handler', ''],
  ['server, PostgreSQL', 'latchkey.'],
] as const)('%s', (ring, schema) => {
  test.each(['audit_seals', 'throttle', 'one_time_tokens', 'access_tokens'])(
    'while the table %s is gone, the sweep deletes expired sessions and tokens in the other tables, and then fails',
    async (lost) => {
      const instance = await startWithExpiredRows(ring)
      expect(await countRows(instance)).toEqual({ sessions: 1, access_tokens: 1, one_time_tokens: 1 })
      await instance.runSql(`ALTER TABLE ${schema}${lost} RENAME TO lost`)
      await expect(instance.auth.sweep()).rejects.toThrow(lost)
      await instance.runSql(`ALTER TABLE ${schema}lost RENAME TO ${lost}`)
      const empty = { sessions: 0, access_tokens: 0, one_time_tokens: 0 }
      expect(await countRows(instance)).toEqual(lost in empty ? { ...empty, [lost]: 1 } : empty)
      await instance.auth.sweep()
      expect(await countRows(instance)).toEqual(empty)
    },
  )

  async function countRows(instance: Instance): Promise<Record<string, number>> {
    const counts: Record<string, number> = {}
    for (const table of SWEPT) {
      const [row] = await instance.runSql(`SELECT count(*) AS count FROM ${schema}${table}`)
      counts[table] = Number(row?.count)
    }
    return counts
  }
})

/** Starts an instance with a session, an access token and a one-time token that have expired. */
async function startWithExpiredRows(ring: Ring): Promise<Instance> {
  const instance = await startInstance(ring, { deliverMails: false, scopes: ['notes:read'] })
  onTestFinished(() => instance.close())
  const { id } = await instance.auth.users.create(USER)
  await instance.client().post('/auth/login', USER)
  await instance.auth.tokens.create(id, {
    name: 'nightly',
    scopes: ['notes:read'],
    expiresAt: Date.now() + HOUR_MS,
  })
  await instance.client().post('/auth/password/forgot', { email: USER.email })
  await instance.auth.audit.seal()
  instance.advance(400 * 24 * HOUR_MS)
  return instance
}
