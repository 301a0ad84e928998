/*
 * Promise 2 on the node that revokes a session: when it answers, its memory has dropped the session. A database in
 * memory has no other nodes, so only the eviction itself can make the node refuse the session.
 */
import { expect, onTestFinished, test } from 'vitest'
import type { Latchkey } from '../src/index.ts'
import { sqlite } from '../src/sqlite.ts'
import type { Client } from './support/client.ts'
import { ORIGIN, PASSWORD, startInstance } from './support/rings.ts'

const EMAIL = 'ada@example.com'
const NEW_PASSWORD = 'another long password'

interface Ending {
  readonly auth: Latchkey
  /** The browser whose session is revoked. */
  readonly client: Client
  readonly userId: string
  readonly sessionId: string
}

const ENDINGS: Record<string, (ending: Ending) => Promise<unknown>> = {
  'a login in the same browser': ({ client }) => client.post('/auth/login', { email: EMAIL, password: PASSWORD }),
  'a registration in the same browser': ({ client }) =>
    client.post('/auth/register', { email: 'bob@example.com', password: PASSWORD }),
  'a logout': ({ client }) => client.post('/auth/logout'),
  'a reauthentication, which changes the token': ({ client }) =>
    client.post('/auth/reauthenticate', { password: PASSWORD }),
  'a password change, which changes the token': ({ client }) =>
    client.post('/auth/password/change', { currentPassword: PASSWORD, newPassword: NEW_PASSWORD }),
  'a deleted account': ({ client }) => client.delete('/auth/user'),
  'a revocation by the application': ({ auth, userId, sessionId }) => auth.sessions.revoke(userId, sessionId),
  'a revocation of all sessions': ({ auth, userId }) => auth.sessions.revokeAll(userId),
  'a disabled user': ({ auth, userId }) => auth.users.disable(userId),
  'a user deleted by the application': ({ auth, userId }) => auth.users.delete(userId),
}

test.each(Object.entries(ENDINGS))('after %s the warm cookie is refused at once', async (_, end) => {
  const instance = await startInstance('handler', { storage: sqlite(':memory:') })
  onTestFinished(() => instance.close())
  const { auth } = instance
  const client = instance.client()
  const { body } = await client.post('/auth/register', { email: EMAIL, password: PASSWORD })
  const cookie = `latchkey=${client.cookies.get('latchkey')}`
  const isBelieved = async (): Promise<boolean> =>
    (await auth.authenticate(new Request(ORIGIN, { headers: { cookie } }))) !== null
  expect([await isBelieved(), await isBelieved()]).toEqual([true, true])
  expect(auth.stats().verifications.warm).toBeGreaterThan(0)
  await end({ auth, client, userId: body.user.id, sessionId: body.session.id })
  expect(await isBelieved()).toBe(false)
})
