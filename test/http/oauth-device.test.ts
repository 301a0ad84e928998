/* Devices without a browser (RFC 8628), and attacks on them. */
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Client, Reply } from '../support/client.ts'
import {
  type App,
  call,
  createApp,
  locationOf,
  open,
  refresh,
  register,
  startOAuth,
  statusOf,
} from '../support/oauth.ts'
import { type Instance, RINGS, type Ring } from '../support/rings.ts'

const HTML = { accept: 'text/html' }
const GRANT = 'urn:ietf:params:oauth:grant-type:device_code'

async function start(ring: Ring = 'handler'): Promise<Instance> {
  const instance = await startOAuth(ring)
  onTestFinished(() => instance.close())
  onTestFinished(() => expect(instance.errors).toEqual([]))
  return instance
}

/** Begins on a device. */
async function begin(instance: Instance, app: App, scope = 'openid email read'): Promise<Record<string, string>> {
  const reply = await call(instance.client(), '/auth/oauth/device', app, { scope })
  expect(reply.status, reply.text).toBe(200)
  return reply.body
}

/** Asks whether the user decided. */
function poll(client: Client, app: App, deviceCode = ''): Promise<Reply> {
  return call(client, '/auth/oauth/token', app, { grant_type: GRANT, device_code: deviceCode })
}

describe.each(RINGS)('devices (%s)', (ring) => {
  test('a user types the code of a device and allows it, and the device gets tokens once', async () => {
    const instance = await start(ring)
    const ada = await register(instance)
    const app = await createApp(instance, { isPublic: true })
    const device = await begin(instance, app, 'openid email offline_access read')
    expect(device).toMatchObject({
      user_code: expect.stringMatching(/^[B-Z]{4}-[B-Z]{4}$/),
      verification_uri: 'http://localhost:3000/auth/device',
      verification_uri_complete: `http://localhost:3000/auth/device?user_code=${device.user_code}`,
      expires_in: 600,
    })
    const script = instance.client()
    expect((await poll(script, app, device.device_code)).body.error).toBe('authorization_pending')
    expect((await poll(script, app, device.device_code)).body.error).toBe('slow_down')
    instance.advance(5_000)
    expect((await poll(script, app, device.device_code)).body.error).toBe('authorization_pending')
    const typed = await ada.form('/auth/device/code', { userCode: ` ${device.user_code?.toLowerCase()} ` })
    const page = await open(ada, locationOf(typed))
    expect([page.status, page.text.includes(device.user_code ?? '')]).toEqual([200, true])
    const decided = await ada.form('/auth/device', { userCode: device.user_code ?? '', decision: 'allow' }, HTML)
    expect(locationOf(decided)).toBe('/auth/account/apps')
    expect((await ada.get('/auth/account/apps', HTML)).text).toContain('Notes')
    const stored = await instance.stored()
    expect([device.device_code, device.user_code].map((secret = '') => stored.includes(secret))).toEqual([false, false])
    expect(stored).not.toContain(device.user_code?.replace('-', ''))
    const replies = await Promise.all([1, 2].map(() => poll(script, app, device.device_code)))
    expect(replies.map(({ status }) => status).toSorted()).toEqual([200, 400])
    const { body: tokens } = replies.find(({ status }) => status === 200) as Reply
    expect(tokens.scope).toBe('openid email offline_access read')
    expect((await refresh(script, app, tokens.refresh_token)).status).toBe(200)
    const userinfo = await script.get('/auth/oauth/userinfo', { authorization: `Bearer ${tokens.access_token}` })
    expect(userinfo.body.email).toBe('ada@example.com')
  })

  test('of two users who decide about one code at the same moment, the first counts', async () => {
    const instance = await start(ring)
    const [ada, eve] = [await register(instance), await register(instance, 'eve@example.com')]
    const app = await createApp(instance, { isPublic: true })
    const { user_code: userCode = '', device_code: deviceCode } = await begin(instance, app)
    const decisions = await Promise.all([
      ada.post('/auth/device', { userCode, decision: 'allow' }),
      eve.post('/auth/device', { userCode, decision: 'deny' }),
    ])
    expect(decisions.map(({ status }) => status).toSorted()).toEqual([204, 410])
    const reply = await poll(instance.client(), app, deviceCode)
    expect(reply.body.error ?? 'allowed').toBe(decisions[0].status === 204 ? 'allowed' : 'access_denied')
  })
})

test('a single-page app asks the question itself', async () => {
  const instance = await start()
  const ada = await register(instance)
  const app = await createApp(instance, { isPublic: true })
  const { user_code: userCode = '', device_code: deviceCode } = await begin(instance, app)
  expect((await ada.get(`/auth/device?user_code=${userCode}`)).body).toEqual({
    client: { id: app.clientId, name: 'Notes', isFirstParty: false },
    userCode,
    scopes: ['openid', 'email', 'read'],
    newScopes: ['openid', 'email', 'read'],
    resources: [],
    accessEndsAt: null,
  })
  expect((await ada.post('/auth/device', { userCode, decision: 'deny' })).status).toBe(204)
  expect((await poll(instance.client(), app, deviceCode)).body.error).toBe('access_denied')
  expect((await ada.get('/auth/grants')).body.grants).toEqual([])
})

test('phishing: the page warns, also first-party apps ask, and a visitor logs in before the question', async () => {
  const instance = await start()
  const ada = await register(instance)
  const app = await createApp(instance, { isPublic: true, isFirstParty: true })
  const { user_code: userCode = '' } = await begin(instance, app)
  expect((await open(ada, '/auth/device')).text).toContain('Type only a code that you see on your own device')
  const page = await open(ada, `/auth/device?user_code=${userCode}`)
  expect(page.text).toContain('If a person sent you this code or a link, deny')
  expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
  const visitor = await open(instance.client(), `/auth/device?user_code=${userCode}`)
  expect(visitor.url).toBe(`/auth/login?${new URLSearchParams({ next: `/auth/device?user_code=${userCode}` })}`)
  const foreign = { 'sec-fetch-site': 'cross-site' }
  await ada.form('/auth/device', { userCode, decision: 'allow' }, foreign)
  expect((await ada.get('/auth/grants')).body.grants).toEqual([])
})

test('guessed codes are throttled, per user', async () => {
  const instance = await start()
  const ada = await register(instance)
  const app = await createApp(instance, { isPublic: true })
  const { user_code: userCode = '' } = await begin(instance, app)
  for (let round = 0; round < 20; round++) {
    expect((await ada.get('/auth/device?user_code=BBBB-BBBB')).status).toBe(410)
    if (round === 0) expect((await ada.get(`/auth/device?user_code=${userCode}`)).status).toBe(200)
  }
  const refused = await ada.get(`/auth/device?user_code=${userCode}`)
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '900'])
  const eve = await register(instance, 'eve@example.com')
  expect((await eve.get(`/auth/device?user_code=${userCode}`)).status).toBe(200)
  const wrong = await open(eve, '/auth/device?user_code=nonsense')
  expect([wrong.status, wrong.text.includes('This code is wrong')]).toEqual([410, true])
})

test('owner binding: tokens belong to the user and the session that allowed, and another client cannot redeem', async () => {
  const instance = await start()
  const [ada, eve] = [await register(instance), await register(instance, 'eve@example.com')]
  const [app, other] = [await createApp(instance, { isPublic: true }), await createApp(instance, { isPublic: true })]
  const { user_code: userCode = '', device_code: deviceCode } = await begin(instance, app)
  expect((await ada.post('/auth/device', { userCode, decision: 'allow' })).status).toBe(204)
  expect((await eve.post('/auth/device', { userCode, decision: 'allow' })).status).toBe(410)
  expect((await poll(instance.client(), other, deviceCode)).body.error).toBe('invalid_grant')
  const { body: tokens } = await poll(instance.client(), app, deviceCode)
  const bearer = { authorization: `Bearer ${tokens.access_token}` }
  const { user } = (await ada.get('/auth/session')).body
  expect((await instance.client().get('/auth/oauth/userinfo', bearer)).body.sub).toBe(user.id)
  await ada.post('/auth/logout')
  expect(await statusOf(instance, tokens.access_token)).toBe(401)
})

test('a code whose session ended before the device asked gives nothing, and codes expire', async () => {
  const instance = await start()
  const ada = await register(instance)
  const app = await createApp(instance, { isPublic: true })
  const first = await begin(instance, app)
  await ada.post('/auth/device', { userCode: first.user_code, decision: 'allow' })
  await ada.post('/auth/logout')
  expect((await poll(instance.client(), app, first.device_code)).body.error).toBe('invalid_grant')
  const second = await begin(instance, app)
  instance.advance(601_000)
  expect((await poll(instance.client(), app, second.device_code)).body.error).toBe('expired_token')
  const eve = await register(instance, 'eve@example.com')
  expect((await eve.get(`/auth/device?user_code=${second.user_code}`)).status).toBe(410)
})
