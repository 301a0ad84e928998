import { expect, test } from 'vitest'
import { createLatchkey, type Storage } from '../index.ts'
import { sqlite } from '../sqlite.ts'

const ORIGIN = 'http://localhost:3000'

/** The real storage, with reads of sessions that wait until the gate opens. */
function delayed(storage: Storage, gate: () => Promise<void>): Storage {
  return {
    ...storage,
    async open(options) {
      const stores = await storage.open(options)
      const { sessions } = stores
      return {
        ...stores,
        sessions: {
          ...sessions,
          async findByTokenHash(tokenHash) {
            const found = await sessions.findByTokenHash(tokenHash)
            await gate()
            return found
          },
        },
      }
    },
  }
}

test('a session that was read before its revocation does not enter the cache after it', async () => {
  let gate = Promise.resolve()
  const auth = await createLatchkey({ baseUrl: ORIGIN, storage: delayed(sqlite(':memory:'), () => gate) })
  const registered = await auth.handler(
    new Request(`${ORIGIN}/auth/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'ada@example.com', password: 'correct horse battery' }),
    }),
  )
  const { user } = await registered.json()
  const cookie = registered.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  const request = new Request(ORIGIN, { headers: { cookie } })

  let openGate = (): void => undefined
  gate = new Promise((resolve) => {
    openGate = resolve
  })
  const reading = auth.authenticate(request)
  await auth.sessions.revokeAll(user.id)
  openGate()
  await reading // the request was sent before the revocation, so both results are correct
  expect(await auth.authenticate(request)).toBeNull()
  await auth.close()
})
