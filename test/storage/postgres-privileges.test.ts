/* The privileges that docs/scaling.md lists are enough, and Latchkey works with exactly these. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { beforeEach, expect, inject, onTestFinished, test } from 'vitest'
import { assembleLatchkey } from '../../src/latchkey.ts'
import { postgres } from '../../src/postgres.ts'
import { ROOMY_LIMITS } from '../../src/testing/roomy-limits.ts'
import { Client } from '../support/client.ts'
import { createDatabase, dropDatabase, runSql } from '../support/postgres-server.ts'
import { ORIGIN, PASSWORD, SMALL_COST, sendTo } from '../support/rings.ts'

const PAGE = readFileSync(resolve(import.meta.dirname, '../../docs/scaling.md'), 'utf8')
const [, DOCUMENTED = ''] = /^```sql run\n([\s\S]*?)^```$/m.exec(PAGE) ?? []

let url: string
let database: string
beforeEach(async () => {
  url = await createDatabase(inject('databaseServer'))
  database = new URL(url).pathname.slice(1)
  await runSql(url, `REVOKE ALL ON DATABASE ${database} FROM PUBLIC; REVOKE ALL ON SCHEMA public FROM PUBLIC`)
})

/** Returns the URL of a role that may connect to the database. The role is dropped after the test. */
async function admit(role: string): Promise<string> {
  await runSql(url, `GRANT CONNECT ON DATABASE ${database} TO ${role}`)
  onTestFinished(async () => {
    await runSql(url, `DROP OWNED BY ${role} CASCADE; DROP ROLE ${role}`)
    if (role.endsWith('_server')) await dropDatabase(url)
  })
  const own = new URL(url)
  own.username = role
  return own.href
}

async function expectWork(address: string): Promise<void> {
  const errors: unknown[] = []
  const auth = await assembleLatchkey(
    {
      baseUrl: ORIGIN,
      storage: postgres(address),
      secrets: [Buffer.alloc(32, 7).toString('base64url')],
      throttle: ROOMY_LIMITS,
      onError: (error) => errors.push(error),
      mailer: async () => undefined,
    },
    SMALL_COST,
  )
  const [client, other] = [new Client(sendTo(auth)), new Client(sendTo(auth))]
  const account = { email: 'ada@example.com', password: PASSWORD }
  const replies = [
    await client.post('/auth/register', account),
    await other.post('/auth/login', account),
    await client.delete('/auth/sessions'),
    await client.post('/auth/tokens', { name: 'script', scopes: [] }),
    await client.post('/auth/password/change', { currentPassword: PASSWORD, newPassword: `${PASSWORD} staple` }),
    await client.get('/auth/user/events'),
  ]
  expect(replies.map(({ status }) => status)).toEqual([201, 200, 200, 201, 200, 200])
  await auth.ping()
  await auth.sweep()
  expect((await auth.audit.verify()).problems).toEqual([])
  expect((await client.delete('/auth/user')).status).toBe(204)
  await auth.close()
  expect(errors).toEqual([])
}

test('one role migrates and another serves, with the documented privileges', async () => {
  await runSql(url, DOCUMENTED.replaceAll(/latchkey_(?=migrator|server)/g, `${database}_`))
  const server = await admit(`${database}_server`)
  const migrator = await admit(`${database}_migrator`)
  await expect(postgres(server).open()).rejects.toThrow(/42501.*permission denied.*docs\/scaling\.md/)
  expect(await postgres(migrator).migrate()).not.toHaveLength(0)
  expect(await postgres(migrator).migrate()).toHaveLength(0)
  await expectWork(server)
})

test('a role that owns the schema but may not create in the database migrates and serves', async () => {
  const role = `${database}_server`
  await runSql(url, `CREATE ROLE ${role} LOGIN; CREATE SCHEMA latchkey AUTHORIZATION ${role}`)
  await expectWork(await admit(role))
})

test('a role that may create in the database needs nothing else', async () => {
  const role = `${database}_server`
  await runSql(url, `CREATE ROLE ${role} LOGIN; GRANT CREATE ON DATABASE ${database} TO ${role}`)
  await expectWork(await admit(role))
})
