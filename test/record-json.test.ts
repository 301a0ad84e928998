/* The records of the public library in JSON: the same members, and the times as every route has them (decision 41). */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Instance, ORIGIN, PASSWORD, startInstance } from './support/rings.ts'

const ADA = { email: 'ada@example.com', password: PASSWORD }
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/
let instance: Instance
beforeAll(async () => {
  instance = await startInstance('handler', { scopes: ['notes'], oauth: {} })
  await instance.auth.users.create(ADA)
})
afterAll(() => instance.close())

const requestWith = (headers: Record<string, string>): Request => new Request(`${ORIGIN}/me`, { headers })

/** Expects that all times of a record are numbers, and ISO 8601 in its JSON; everything else is the same. */
function expectIsoTimes(record: object): void {
  const json = JSON.parse(JSON.stringify(record)) as Record<string, unknown>
  expect(Object.keys(json)).toEqual(Object.keys(record))
  for (const [name, value] of Object.entries(record)) {
    if (name !== 'at' && !name.endsWith('At')) continue
    if (value === null) expect([name, json[name]]).toEqual([name, null])
    else expect([typeof value, json[name]]).toEqual(['number', expect.stringMatching(ISO)])
    if (value !== null) expect(Date.parse(String(json[name]))).toBe(value)
  }
}

test('the user of a principal in JSON is the user of the routes; its times remain numbers', async () => {
  const client = instance.client()
  await client.post('/auth/login', ADA)
  const principal = await instance.auth.require(requestWith({ cookie: `latchkey=${client.cookies.get('latchkey')}` }), {
    session: true,
  })
  const { user, session } = (await client.get('/auth/session')).body
  expect(JSON.parse(JSON.stringify(principal.user))).toEqual(user)
  expect(typeof principal.user.createdAt).toBe('number')
  expectIsoTimes(principal.user)
  expectIsoTimes(principal.session)
  const json = JSON.parse(JSON.stringify(principal))
  expect(json.session).toMatchObject({ id: session.id, createdAt: session.createdAt, expiresAt: session.expiresAt })
  expect(structuredClone(principal)).toEqual({ ...principal })
  expect({ ...principal.user }).toStrictEqual({ ...user, createdAt: principal.user.createdAt })
  expect(
    await instance.auth.authenticate(requestWith({ cookie: `latchkey=${client.cookies.get('latchkey')}` })),
  ).toEqual(principal)
})

test('the records that the library lists', async () => {
  const { audit, invitations, oauthClients, sessions, signingKeys, tokens, users } = instance.auth
  const [user] = await users.list()
  const { token, accessToken } = await tokens.create(user?.id ?? '', { name: 'x', scopes: [] })
  const found = await users.find(ADA.email)
  const { client } = await oauthClients.create({ name: 'App', redirectUris: ['https://app.example/callback'] })
  const principal = await instance.auth.require(requestWith({ authorization: `Bearer ${token}` }))
  const records = [
    user,
    found,
    accessToken,
    principal.kind === 'access_token' ? principal.accessToken : null,
    ...(await tokens.list(user?.id ?? '')),
    ...(await sessions.list(user?.id ?? '')),
    ...(await audit.list({ limit: 3 })),
    await invitations.create(),
    client,
    ...(await oauthClients.list()),
    await oauthClients.update(client.id, { name: 'Other' }),
    await signingKeys.rotate(),
  ]
  expect(records.length).toBeGreaterThan(7)
  for (const record of records) expectIsoTimes(record ?? {})
})
