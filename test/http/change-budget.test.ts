/* Changes that leave a row have a budget per user (CWE-770; ASVS 2.4.1). */
import { expect, test } from 'vitest'
import { PASSWORD, startInstance } from '../support/rings.ts'

const HOUR_MS = 3_600_000

test('CWE-770, ASVS 2.4.1: one user cannot fill the database with renames, tokens or factors; others can go on', async () => {
  const instance = await startInstance('handler', { throttle: { changesPerAccount: 7 }, scopes: ['read'] })
  const [mallory, ada] = [instance.client(), instance.client()]
  await mallory.post('/auth/register', { email: 'mallory@example.com', password: PASSWORD })
  await ada.post('/auth/register', { email: 'ada@example.com', password: PASSWORD })
  const kinds = [
    (index: number) => mallory.patch('/auth/user', { name: `Mallory ${index}` }),
    (index: number) => mallory.post('/auth/tokens', { name: `token ${index}`, scopes: ['read'] }),
    () => mallory.post('/auth/totp'),
  ]
  for (const change of kinds) {
    for (let index = 0; index < 7; index++) expect((await change(index)).status).toBeLessThan(300)
    const stored = await instance.runSql('SELECT count(*) AS count FROM audit_events')
    const refused = await change(7)
    expect([refused.status, refused.body.code]).toEqual([429, 'too_many_requests'])
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await instance.runSql('SELECT count(*) AS count FROM audit_events')).toEqual(stored)
  }
  // The forms of the pages share the budgets.
  const before = await instance.runSql('SELECT count(*) AS count FROM audit_events')
  await mallory.form('/auth/account/rename', { name: 'Mallory 8' })
  await mallory.form('/auth/account/create-token', { name: 'token 8' })
  expect(await instance.runSql('SELECT count(*) AS count FROM audit_events')).toEqual(before)
  // An intruder in a session of the owner cannot keep the owner from ending things.
  const { tokens } = (await mallory.get('/auth/tokens')).body
  expect((await mallory.delete(`/auth/tokens/${tokens[0].id}`)).status).toBe(204)
  expect((await mallory.delete('/auth/sessions')).status).toBe(200)
  expect((await ada.patch('/auth/user', { name: 'Ada' })).status).toBe(200)
  instance.advance(HOUR_MS)
  expect((await mallory.patch('/auth/user', { name: 'Mallory' })).status).toBe(200)
  await instance.close()
})
