/* The first login of a user who exists only in an old system. The old system is a real server. */
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { VerifyLegacy } from '../src/index.ts'
import { type Instance, PASSWORD, REAL_COST, type Ring, startInstance } from './support/rings.ts'
import { startServerProcess } from './support/server-process.ts'

/** Shorter than any policy allows. */
const OLD_PASSWORD = 'secret1'

/** Knows every address of legacy.example, with one password. */
let asked: { email: string; password: string }[] = []
const oldSystem = createServer(async (request, response) => {
  const { email, password } = (await json(request)) as { email: string; password: string }
  asked.push({ email, password })
  if (email.startsWith('hang')) return
  if (email.startsWith('broken')) return void response.writeHead(500).end()
  if (!email.endsWith('@legacy.example') || password !== OLD_PASSWORD) return void response.writeHead(401).end()
  const name = email.startsWith('odd') ? 'two\nlines' : 'Ada of old'
  response.end(JSON.stringify(email.startsWith('text') ? 'yes' : { name, emailVerified: email.startsWith('proven') }))
})

beforeAll(async () => {
  oldSystem.listen(0, '127.0.0.1')
  await once(oldSystem, 'listening')
})
afterAll(() => {
  oldSystem.closeAllConnections()
  oldSystem.close()
})
beforeEach(() => {
  asked = []
})

const oldUrl = (): string => `http://127.0.0.1:${(oldSystem.address() as AddressInfo).port}`

const verifyLegacy: VerifyLegacy = async (credentials) => {
  const answer = await fetch(oldUrl(), { method: 'POST', body: JSON.stringify(credentials) })
  if (answer.status === 401) return null
  if (!answer.ok) throw new Error(`the old system answered with ${answer.status}`)
  return (await answer.json()) as { name: string }
}

describe.each(['handler', 'server, PostgreSQL', 'handler, PostgreSQL and Redis'] as const)(
  'verifyLegacy (%s)',
  (ring: Ring) => {
    let instance: Instance
    beforeAll(async () => {
      instance = await startInstance(ring, { verifyLegacy, registration: 'closed' }, REAL_COST)
    })
    afterAll(() => instance.close())

    const logIn = (email: string, password = OLD_PASSWORD) => instance.client().post('/auth/login', { email, password })

    test('a right password in the old system creates the user with that password and logs in; the old system is asked once', async () => {
      const first = await logIn(' Proven.Ada@Legacy.example')
      expect(first.status).toBe(200)
      expect(first.body.user).toMatchObject({
        email: 'proven.ada@legacy.example',
        name: 'Ada of old',
        emailVerified: true,
      })
      expect(asked).toEqual([{ email: 'proven.ada@legacy.example', password: OLD_PASSWORD }])
      expect((await logIn('proven.ada@legacy.example')).body.user).toEqual(first.body.user)
      expect((await logIn('proven.ada@legacy.example', 'wrong')).status).toBe(401)
      expect(asked).toHaveLength(1)
      const types = instance.events.filter(({ userId }) => userId === first.body.user.id).map(({ type }) => type)
      expect(types).toEqual(['user.created', 'login.succeeded', 'login.succeeded', 'login.refused'])
    })

    test('a wrong password, an unknown user, a failure and an invalid answer look like a wrong password here', async () => {
      await instance.auth.users.create({ email: 'own@example.com', password: PASSWORD })
      instance.errors.length = 0
      const own = await logIn('own@example.com', 'wrong')
      const emails = ['eve@legacy.example', 'nobody@example.com', 'broken@legacy.example', 'text@legacy.example']
      for (const email of emails) {
        const reply = await logIn(email, email.startsWith('text') ? OLD_PASSWORD : 'wrong')
        expect([email, reply.status, reply.text]).toEqual([email, own.status, own.text])
        expect(await instance.auth.users.find(email)).toBeNull()
      }
      expect(asked.map(({ email }) => email)).toEqual(emails)
      expect(instance.errors.map(String)).toEqual([
        'Error: the old system answered with 500',
        expect.stringMatching(/^TypeError: verifyLegacy must return null or an object/),
      ])
    })

    test('a user imported without a password gets one; the old system is not asked about a user who has one or is disabled', async () => {
      await instance.auth.users.import([
        { email: 'moved@legacy.example', name: 'Moved' },
        { email: 'gone@legacy.example', disabled: true },
      ])
      await instance.auth.users.create({ email: 'here@legacy.example', password: PASSWORD })
      expect((await logIn('gone@legacy.example')).status).toBe(401)
      expect((await logIn('here@legacy.example')).status).toBe(401)
      expect(asked).toEqual([])
      const moved = await logIn('moved@legacy.example')
      expect([moved.status, moved.body.user.name]).toEqual([200, 'Moved'])
      expect((await logIn('moved@legacy.example')).status).toBe(200)
      expect(asked).toHaveLength(1)
      expect(instance.events).toContainEqual(
        expect.objectContaining({ type: 'password.changed', userId: moved.body.user.id, sessionId: null }),
      )
    })

    test('many simultaneous first logins of one user all succeed, and create one user', async () => {
      const replies = await Promise.all(Array.from({ length: 8 }, () => logIn('many@legacy.example')))
      expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 200))
      expect(new Set(replies.map(({ body }) => body.user.id)).size).toBe(1)
      await instance.auth.users.import([{ email: 'without@legacy.example' }])
      const others = await Promise.all(Array.from({ length: 8 }, () => logIn('without@legacy.example')))
      expect(others.map(({ status }) => status)).toEqual(others.map(() => 200))
    })

    test('an invalid name does not stop the login; the old system is not asked about a malformed address or password', async () => {
      expect((await logIn('odd@legacy.example')).body.user.name).toBeNull()
      asked = []
      expect((await logIn('no address')).status).toBe(401)
      expect((await logIn('ill@legacy.example', 'lone \ud800 surrogate')).status).toBe(401)
      expect(asked).toEqual([])
    })
  },
)

test('the login stops waiting for an old system after five seconds', async () => {
  const instance = await startInstance('handler', { verifyLegacy })
  const startedAt = performance.now()
  const reply = await instance.client().post('/auth/login', { email: 'hang@legacy.example', password: OLD_PASSWORD })
  expect(reply.status).toBe(401)
  expect(performance.now() - startedAt).toBeGreaterThan(4_900)
  expect(instance.errors.map(String)).toEqual(['Error: verifyLegacy took over 5000 ms'])
  await instance.close()
})

test('if addresses must be verified, a user whose address the old system did not verify must verify it', async () => {
  const instance = await startInstance('handler', {
    verifyLegacy,
    verifyEmail: 'required',
    mailer: async () => undefined,
  })
  const logIn = (email: string) => instance.client().post('/auth/login', { email, password: OLD_PASSWORD })
  expect((await logIn('unproven@legacy.example')).body.code).toBe('email_not_verified')
  expect((await logIn('proven@legacy.example')).status).toBe(200)
  await instance.close()
})

test('the server reads verifyLegacy from its configuration file', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'latchkey-legacy-'))
  writeFileSync(
    join(directory, 'latchkey.config.mts'),
    `export default {
      verifyLegacy: async (credentials) => {
        const answer = await fetch('${oldUrl()}', { method: 'POST', body: JSON.stringify(credentials) })
        return answer.ok ? await answer.json() : null
      },
    }`,
  )
  const server = await startServerProcess({}, directory)
  const reply = await server.client().post('/auth/login', { email: 'ada@legacy.example', password: OLD_PASSWORD })
  expect(reply.status).toBe(200)
  await server.end('SIGTERM')
  rmSync(directory, { recursive: true })
})
