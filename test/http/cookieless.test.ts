/* Sessions for apps that keep no cookies: requested with `Latchkey-Session: header`, never given to a browser. */
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Reply } from '../support/client.ts'
import { type Instance, PASSWORD, RINGS, type Ring, startInstance } from '../support/rings.ts'

const ADA = 'ada@example.com'
const CREDENTIALS = { email: ADA, password: PASSWORD }
const ASKING = { 'latchkey-session': 'header' }
const TOKEN = /^lks_[A-Za-z0-9_-]{43}[0-9A-Za-z]{6}$/

async function start(ring: Ring): Promise<Instance> {
  const instance = await startInstance(ring)
  onTestFinished(() => instance.close())
  return instance
}

const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` })

function tokenOf(reply: Reply): string {
  const token = reply.headers.get('latchkey-session') ?? ''
  expect(token).toMatch(TOKEN)
  expect(reply.headers.getSetCookie()).toEqual([])
  expect(reply.text).not.toContain(token)
  return token
}

describe.each(RINGS)('sessions without cookies (%s)', (ring) => {
  test('login returns the token once, in the header of the same name, and no cookie; requests send it as a Bearer token', async () => {
    const instance = await start(ring)
    const app = instance.client()
    const registered = await app.post('/auth/register', CREDENTIALS, ASKING)
    expect(registered.status).toBe(201)
    const first = tokenOf(registered)
    const loggedIn = await app.post('/auth/login', CREDENTIALS, ASKING)
    expect(loggedIn.status).toBe(200)
    const token = tokenOf(loggedIn)
    expect(token).not.toBe(first)

    const who = await app.get('/auth/session', bearer(token))
    expect([who.status, who.body.user.email]).toEqual([200, ADA])
    expect(who.headers.has('latchkey-session')).toBe(false)
    expect(who.headers.getSetCookie()).toEqual([])
    const request = new Request('http://localhost:3000/', { headers: bearer(token) })
    expect(await instance.auth.authenticate(request)).toMatchObject({ kind: 'session', user: { email: ADA } })

    expect((await app.post('/auth/logout', undefined, bearer(token))).headers.getSetCookie()).toEqual([])
    const gone = await app.get('/auth/session', bearer(token))
    expect([gone.status, gone.body.code]).toEqual([401, 'invalid_token'])
    expect(gone.headers.get('www-authenticate')).toContain('error="invalid_token"')
    expect((await app.get('/auth/session', bearer(first))).status).toBe(200)
  })

  test('confirming the identity and changing the password give a new token; the old one is refused', async () => {
    const instance = await start(ring)
    const app = instance.client()
    const first = tokenOf(await app.post('/auth/register', CREDENTIALS, ASKING))
    const second = tokenOf(await app.post('/auth/reauthenticate', { password: PASSWORD }, bearer(first)))
    expect((await app.get('/auth/session', bearer(first))).status).toBe(401)
    const change = { currentPassword: PASSWORD, newPassword: 'another long password' }
    const third = tokenOf(await app.post('/auth/password/change', change, bearer(second)))
    expect((await app.get('/auth/session', bearer(second))).status).toBe(401)
    expect((await app.get('/auth/session', bearer(third))).status).toBe(200)
  })

  test.each([
    { origin: 'http://localhost:3000' },
    { 'sec-fetch-site': 'same-origin' },
    { 'sec-fetch-site': 'none' },
    { 'sec-fetch-mode': 'cors', 'sec-fetch-site': 'same-origin' },
  ])('a browser (%j) neither gets nor can use such a token', async (browser) => {
    const instance = await start(ring)
    const app = instance.client()
    const token = tokenOf(await app.post('/auth/register', CREDENTIALS, ASKING))
    const asked = await app.post('/auth/login', CREDENTIALS, { ...ASKING, ...browser })
    expect([asked.status, asked.body.code]).toEqual([403, 'cookie_required'])
    expect(asked.headers.has('latchkey-session')).toBe(false)
    expect(asked.headers.getSetCookie()).toEqual([])
    const used = await app.get('/auth/session', { ...bearer(token), ...browser })
    expect([used.status, used.body.code]).toEqual([403, 'cookie_required'])
    const request = new Request('http://localhost:3000/', { headers: { ...bearer(token), ...browser } })
    expect(await instance.auth.authenticate(request)).toBeNull()
    await expect(instance.auth.require(request)).rejects.toMatchObject({ code: 'cookie_required' })
    expect((await app.get('/auth/session', bearer(token))).status).toBe(200)
  })

  test('other values of the header are 400; without the header nothing changes', async () => {
    const instance = await start(ring)
    const app = instance.client()
    await app.post('/auth/register', CREDENTIALS)
    for (const value of ['cookie', 'Header', 'header, header', 'lks_x']) {
      const answer = await app.post('/auth/login', CREDENTIALS, { 'latchkey-session': value })
      expect([value, answer.status, answer.body.code]).toEqual([value, 400, 'bad_request'])
    }
    const answer = await app.post('/auth/login', CREDENTIALS)
    expect(answer.headers.has('latchkey-session')).toBe(false)
    expect(answer.headers.getSetCookie()).toHaveLength(2)
  })
})
