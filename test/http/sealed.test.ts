/* Sealed sessions: the cookie is an encrypted package, verified without a read, and revoked as fast as any other. */
import { createCipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { CompactEncrypt, compactDecrypt } from 'jose'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Latchkey, LatchkeyOptions } from '../../src/index.ts'
import type { Client } from '../support/client.ts'
import { type Instance, PASSWORD, RINGS, type Ring, startInstance } from '../support/rings.ts'

const ADA = 'ada@example.com'
const COOKIE = 'latchkey'
const MINUTE_MS = 60 * 1_000
const HOUR_MS = 60 * MINUTE_MS
const SECRET = Buffer.alloc(32, 7).toString('base64url')
const SEALED = { session: { token: 'sealed' } } as const

async function start(ring: Ring, options: Partial<LatchkeyOptions> = SEALED): Promise<Instance> {
  const instance = await startInstance(ring, options)
  onTestFinished(() => instance.close())
  return instance
}

async function sibling(instance: Instance, options: Partial<LatchkeyOptions> = {}): Promise<Latchkey> {
  const node = await instance.sibling(options)
  onTestFinished(() => node.close())
  return node
}

async function register(instance: Instance, email = ADA): Promise<Client> {
  const client = instance.client()
  expect((await client.post('/auth/register', { email, password: PASSWORD })).status).toBe(201)
  return client
}

const cookieOf = (client: Client): string => client.cookies.get(COOKIE) ?? ''

function requestWith(cookie: string): Request {
  return new Request('http://localhost:3000/', { headers: { cookie: `${COOKIE}=${cookie}` } })
}

const keyOf = (secret: string): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', Buffer.from(secret, 'base64url'), '', 'latchkey session', 32))

/** Waits until the node knows recent changes, so that it trusts a package. */
async function untilBelieved(node: Latchkey, cookie: string): Promise<void> {
  await expect
    .poll(
      async () => {
        const before = node.stats().verifications.cold
        await node.authenticate(requestWith(cookie))
        return node.stats().verifications.cold - before
      },
      { timeout: 5_000, interval: 20 },
    )
    .toBe(0)
}

describe.each(RINGS)('sealed sessions (%s)', (ring) => {
  test("the cookie is a JWE under 1,024 bytes without readable content; jose and Latchkey can open each other's", async () => {
    const instance = await start(ring)
    const ada = await register(instance)
    const cookie = cookieOf(ada)
    expect(cookie).toMatch(/^[\w-]+\.\.[\w-]{16}\.[\w-]+\.[\w-]{22}$/)
    const { plaintext, protectedHeader } = await compactDecrypt(cookie, keyOf(SECRET))
    expect(protectedHeader).toEqual({ alg: 'dir', enc: 'A256GCM' })
    const payload = JSON.parse(new TextDecoder().decode(plaintext))
    const { user, session } = (await ada.get('/auth/session')).body
    expect(payload).toMatchObject({ sid: session.id, sub: user.id, amr: ['password'], email: ADA })
    expect(payload.exp * 1_000).toBeCloseTo(Date.parse(session.expiresAt), 0)
    const made = await new CompactEncrypt(plaintext)
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
      .encrypt(keyOf(SECRET))
    expect((await instance.auth.authenticate(requestWith(made)))?.user.email).toBe(ADA)
    expect(await instance.stored()).not.toContain(payload.tok)
    expect(JSON.stringify(instance.events)).not.toContain(payload.tok)

    const long = instance.client()
    const userAgent = `Mozilla/5.0 ${'x'.repeat(600)}`
    const email = `${'e'.repeat(40)}@${'host.'.repeat(30)}example.com`
    const answer = await long.post('/auth/register', { email, password: PASSWORD }, { 'user-agent': userAgent })
    expect(answer.status).toBe(201)
    for (const line of answer.headers.getSetCookie()) expect(Buffer.byteLength(line)).toBeLessThan(1_024)
    expect((await long.get('/auth/session')).body.user.email).toBe(email)
  })

  test('verifying reads no row, warm or cold, on a process that has just started', async () => {
    const instance = await start(ring)
    instance.advance(2 * MINUTE_MS) // a Redis that has just started may have lost earlier changes
    const cookie = cookieOf(await register(instance))
    const statements: string[] = []
    const node = await sibling(instance, { onStatement: (statement) => statements.push(statement) })
    await untilBelieved(node, cookie)
    const { cold } = node.stats().verifications
    statements.length = 0
    const others = await Promise.all(['a', 'b', 'c'].map((name) => register(instance, `${name}@example.com`)))
    for (const other of others) {
      expect((await node.authenticate(requestWith(cookieOf(other))))?.user.email).toMatch(/@example\.com$/)
    }
    expect((await node.authenticate(requestWith(cookie)))?.user.email).toBe(ADA)
    expect(statements.filter((text) => /sessions|HMGET|HGET/.test(text))).toEqual([])
    expect(node.stats().verifications.cold).toBe(cold)
  })

  test('revoking a session takes effect on all nodes as fast as for an opaque one, and on nodes that start later (ASVS 7.4.1)', async () => {
    const instance = await start(ring)
    const other = await sibling(instance)
    const ada = await register(instance)
    const phone = instance.client()
    await phone.post('/auth/login', { email: ADA, password: PASSWORD })
    const [here, there] = [cookieOf(ada), cookieOf(phone)]
    await untilBelieved(other, here)
    await untilBelieved(instance.auth, here)

    expect((await ada.post('/auth/logout')).status).toBe(204)
    expect(await instance.auth.authenticate(requestWith(here))).toBeNull()
    await expect.poll(() => other.authenticate(requestWith(here)), { timeout: 1_000, interval: 5 }).toBeNull()
    expect((await other.authenticate(requestWith(there)))?.user.email).toBe(ADA)
    const late = await sibling(instance)
    for (let count = 0; count < 20; count++) expect(await late.authenticate(requestWith(here))).toBeNull()
    await untilBelieved(late, cookieOf(await register(instance, 'eve@example.com')))
    expect(await late.authenticate(requestWith(here))).toBeNull()

    await instance.auth.users.disable((await instance.auth.users.find(ADA))?.id ?? '')
    expect(await instance.auth.authenticate(requestWith(there))).toBeNull()
    await expect.poll(() => other.authenticate(requestWith(there)), { timeout: 1_000, interval: 5 }).toBeNull()
  })

  test('confirming the identity and changing the password give a new package, and the old one is refused', async () => {
    const instance = await start(ring)
    const ada = await register(instance)
    const first = cookieOf(ada)
    await untilBelieved(instance.auth, first)
    expect((await ada.post('/auth/reauthenticate', { password: PASSWORD })).status).toBe(200)
    const second = cookieOf(ada)
    expect(second).not.toBe(first)
    expect(await instance.auth.authenticate(requestWith(first))).toBeNull()
    const change = { currentPassword: PASSWORD, newPassword: 'another long password' }
    expect((await ada.post('/auth/password/change', change)).status).toBe(200)
    expect(await instance.auth.authenticate(requestWith(second))).toBeNull()
    expect((await ada.get('/auth/session')).status).toBe(200)
  })

  test('a package dated in the future is refused, beyond the clock difference allowed between nodes', async () => {
    const instance = await start(ring)
    instance.advance(2 * MINUTE_MS)
    const sealedIn = async (ms: number): Promise<string> => {
      instance.advance(ms)
      const cookie = cookieOf(await register(instance, `in-${ms}@example.com`))
      instance.advance(-ms)
      return cookie
    }
    const [soon, late] = [await sealedIn(MINUTE_MS - 1), await sealedIn(MINUTE_MS)]
    const node = await sibling(instance)
    await untilBelieved(node, soon)
    const { cold } = node.stats().verifications
    expect((await node.authenticate(requestWith(late)))?.user.email).toBe(`in-${MINUTE_MS}@example.com`)
    expect(node.stats().verifications.cold).toBe(cold + 1) // the node read its row
  })

  test('a change of the user is visible at once', async () => {
    const instance = await start(ring)
    const ada = await register(instance)
    await untilBelieved(instance.auth, cookieOf(ada))
    expect((await ada.patch('/auth/user', { name: 'Ada' })).status).toBe(200)
    expect((await instance.auth.authenticate(requestWith(cookieOf(ada))))?.user.name).toBe('Ada')
  })

  test('a package in use is sealed again once an hour, so that the idle limit is right and the absolute limit holds', async () => {
    const instance = await start(ring)
    const ada = await register(instance)
    const first = cookieOf(ada)
    instance.advance(HOUR_MS - 1)
    expect((await ada.get('/auth/session')).headers.getSetCookie()).toEqual([])
    instance.advance(1)
    expect((await ada.get('/auth/session')).headers.getSetCookie()).toHaveLength(1)
    expect(cookieOf(ada)).not.toBe(first)
    expect((await ada.get('/auth/session')).headers.getSetCookie()).toEqual([])
    instance.advance(23 * HOUR_MS)
    expect(await instance.auth.authenticate(requestWith(first))).not.toBeNull() // its session was used in the meantime
    instance.advance(2 * HOUR_MS - 1)
    expect((await ada.get('/auth/session')).status).toBe(200)
    for (let day = 0; day < 7; day++) {
      instance.advance(23 * HOUR_MS)
      await ada.get('/auth/session')
    }
    expect((await ada.get('/auth/session')).status).toBe(401)

    const idle = await register(instance, 'idle@example.com')
    instance.advance(24 * HOUR_MS)
    expect((await idle.get('/auth/session')).status).toBe(401)
  })

  test('answers of the application itself also set the new package', async () => {
    const instance = await start(ring)
    const cookie = cookieOf(await register(instance))
    const headers = new Headers()
    await instance.auth.authenticate(requestWith(cookie), headers)
    expect(headers.getSetCookie()).toEqual([])
    instance.advance(HOUR_MS)
    await instance.auth.authenticate(requestWith(cookie), headers)
    expect(headers.getSetCookie()).toHaveLength(1)
  })

  test('an altered, truncated or oversized package, or one of another key or kind, gets 401 (ASVS 9.1.1, 9.1.2, 9.2.2, 11.2.5, 11.3.2)', async () => {
    const instance = await start(ring)
    const cookie = cookieOf(await register(instance))
    const [header = '', , iv = '', body = '', tag = ''] = cookie.split('.')
    const flip = (text: string): string => `${text.startsWith('A') ? 'B' : 'A'}${text.slice(1)}`
    const payload = Buffer.from(JSON.stringify({ sid: 'x', sub: 'y' }))
    const alien = await new CompactEncrypt(payload)
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
      .encrypt(randomBytes(32))
    const gcm128 = await new CompactEncrypt(payload)
      .setProtectedHeader({ alg: 'dir', enc: 'A128GCM' })
      .encrypt(keyOf(SECRET).slice(0, 16))
    const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload.toString('base64url')}.`
    const cipher = createCipheriv('aes-256-gcm', keyOf(SECRET), Buffer.from(iv, 'base64url'))
    const withoutHeader = Buffer.concat([cipher.update(payload), cipher.final()]).toString('base64url')
    const bad = [
      `${flip(header)}..${iv}.${body}.${tag}`,
      `${header}..${flip(iv)}.${body}.${tag}`,
      `${header}..${iv}.${flip(body)}.${tag}`,
      `${header}..${iv}.${body}.${flip(tag)}`,
      `${header}..${iv}.${body}.${tag.slice(0, 16)}`,
      `${header}..${iv}.${body}`,
      `${header}..${iv}..${tag}`,
      `${header}.AAAA.${iv}.${body}.${tag}`,
      cookie.slice(0, -1),
      `${cookie}A`,
      `${cookie}.A`,
      `${header}..${iv}.${body.repeat(3)}.${tag}`,
      `${header}..${iv}.${'A'.repeat(3_000)}.${tag}`,
      `${header}..${iv}.${withoutHeader}.${cipher.getAuthTag().toString('base64url')}`,
      alien,
      gcm128,
      none,
    ]
    for (const text of bad) {
      const answer = await instance.client().get('/auth/session', { cookie: `${COOKIE}=${text}` })
      expect([text.slice(0, 60), answer.status]).toEqual([text.slice(0, 60), 401])
    }
    expect(instance.errors).toEqual([])
  })

  test('switching the kind of token and rotating secrets log no user out (ASVS 11.2.2)', async () => {
    const instance = await start(ring, {})
    const ada = await register(instance)
    const opaque = cookieOf(ada)
    expect(opaque).toMatch(/^lks_/)
    const sealing = await sibling(instance, SEALED)
    instance.advance(HOUR_MS)
    const headers = new Headers()
    expect((await sealing.authenticate(requestWith(opaque), headers))?.user.email).toBe(ADA)
    const [line = ''] = headers.getSetCookie()
    const sealed = /^latchkey=([^;]+)/.exec(line)?.[1] ?? ''
    expect(sealed).toMatch(/^ey/)
    // Back to opaque tokens: the package still works, and stops with its session.
    expect((await instance.auth.authenticate(requestWith(sealed)))?.user.email).toBe(ADA)
    const newSecret = randomBytes(32).toString('base64url')
    const rotated = await sibling(instance, { ...SEALED, secrets: [newSecret, SECRET] })
    expect((await rotated.authenticate(requestWith(sealed)))?.user.email).toBe(ADA)
    const forgetful = await sibling(instance, { ...SEALED, secrets: [newSecret] })
    expect(await forgetful.authenticate(requestWith(sealed))).toBeNull()
    ada.cookies.set(COOKIE, sealed)
    expect((await ada.post('/auth/logout')).status).toBe(204)
    for (const each of [opaque, sealed]) expect(await instance.auth.authenticate(requestWith(each))).toBeNull()
  })

  test('a session requested in a header gets the opaque token', async () => {
    const instance = await start(ring)
    const body = { email: ADA, password: PASSWORD }
    const answer = await instance.client().post('/auth/register', body, { 'latchkey-session': 'header' })
    expect(answer.headers.get('latchkey-session')).toMatch(/^lks_/)
    expect(answer.headers.getSetCookie()).toEqual([])
  })

  test('a remembered package survives the browser and is renewed', async () => {
    const instance = await start(ring)
    await register(instance)
    const phone = instance.client()
    const answer = await phone.post('/auth/login', { email: ADA, password: PASSWORD, remember: true })
    expect(answer.headers.getSetCookie()[0]).toContain('Max-Age=1209600')
    instance.advance(HOUR_MS)
    const [renewed = ''] = (await phone.get('/auth/session')).headers.getSetCookie()
    expect(renewed).toContain('Max-Age=1209600')
  })
})
