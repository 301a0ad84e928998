/* The authorization server as apps and users see it (DESIGN section 3, OAuth). Real client libraries: test/oauth-clients.test.ts. */
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Reply } from '../support/client.ts'
import {
  authorization,
  call,
  createApp,
  decide,
  exchange,
  locationOf,
  obtain,
  open,
  refresh,
  register,
  startOAuth,
  statusOf,
} from '../support/oauth.ts'
import { type Instance, RINGS, type Ring } from '../support/rings.ts'

async function start(ring: Ring, options: Parameters<typeof startOAuth>[1] = {}): Promise<Instance> {
  const instance = await startOAuth(ring, options)
  onTestFinished(() => instance.close())
  onTestFinished(() => expect(instance.errors).toEqual([]))
  return instance
}

describe.each(RINGS)('OAuth (%s)', (ring) => {
  test('a user allows an app, which gets tokens for the API and for the user', async () => {
    const instance = await start(ring)
    const ada = await register(instance)
    const app = await createApp(instance)
    const request = authorization(app, { scope: 'openid email offline_access read', nonce: 'n-1' })
    const page = await open(ada, request.path)
    expect(page.status, page.text).toBe(200)
    expect(page.text).toContain('notes.example.com')
    const location = await decide(ada, page)
    expect([location.origin, location.pathname]).toEqual(['https://notes.example.com', '/callback'])
    expect([location.searchParams.get('state'), location.searchParams.get('iss')]).toEqual([
      'state-1',
      'http://localhost:3000/auth',
    ])
    const { body: tokens } = await exchange(instance.client(), app, location.searchParams.get('code') ?? '', request)
    expect(tokens).toMatchObject({ token_type: 'Bearer', expires_in: 3600, scope: 'openid email offline_access read' })
    expect([tokens.access_token, tokens.refresh_token]).toEqual([
      expect.stringMatching(/^lko_[\w-]{49}$/),
      expect.stringMatching(/^lkf_[\w-]{49}$/),
    ])
    const { user } = (await ada.get('/auth/session')).body
    const bearer = { authorization: `Bearer ${tokens.access_token}` }
    const userinfo = await instance.client().get('/auth/oauth/userinfo', bearer)
    expect(userinfo.body).toEqual({ sub: user.id, email: 'ada@example.com', email_verified: false })
    const verified = await instance.client().get('/auth/verify?scope=read', bearer)
    expect([verified.status, verified.headers.get('x-auth-user-id')]).toEqual([204, user.id])
    expect(await statusOf(instance, tokens.access_token, '?scope=write')).toBe(403)
    const request2 = new Request('http://localhost:3000/notes', { headers: bearer })
    expect(await instance.auth.authenticate(request2)).toMatchObject({
      kind: 'oauth_grant',
      user: { id: user.id },
      client: { id: app.clientId, name: 'Notes' },
      scopes: ['openid', 'email', 'offline_access', 'read'],
    })
  })

  test('an app that asks for form_post gets its code or the refusal as a form, from our page in the language of the user', async () => {
    const instance = await start(ring)
    const ada = await register(instance)
    const app = await createApp(instance)
    const state = `"><b>&'`
    const request = authorization(app, { response_mode: 'form_post', state })
    const answer = (path: string) => ada.get(path, { accept: 'text/html', 'accept-language': 'de' })
    const fieldsOf = ({ text }: Reply): Record<string, string> =>
      Object.fromEntries([...text.matchAll(/type="hidden" name="(\w+)" value="([^"]*)"/g)].map(([, k, v]) => [k, v]))
    const page = await open(ada, request.path)
    const [, id = ''] = /name="request" value="([^"]+)"/.exec(page.text) ?? []
    await ada.form('/auth/oauth/consent', { request: id, decision: 'allow' })
    const posted = await answer(`/auth/oauth/authorize/${id}`)
    expect(posted.status).toBe(200)
    expect(posted.text).toContain(`<form method="post" action="${app.redirectUri}" class="auto">`)
    expect(posted.text).toContain('Sie werden zu notes.example.com zurückgeleitet.')
    expect(posted.headers.get('content-security-policy')).not.toContain('form-action')
    const fields = fieldsOf(posted)
    expect(fields).toMatchObject({ iss: 'http://localhost:3000/auth', state: '&quot;&gt;&lt;b&gt;&amp;&#39;' })
    expect((await exchange(instance.client(), app, fields.code ?? '', request)).status).toBe(200)
    const silent = authorization(app, { response_mode: 'form_post', prompt: 'none', scope: 'openid write' })
    const refused = await answer(silent.path)
    expect([refused.status, fieldsOf(refused).error]).toEqual([200, 'invalid_scope'])
    const again = await open(ada, authorization(app, { response_mode: 'form_post', prompt: 'consent' }).path)
    const [, second = ''] = /name="request" value="([^"]+)"/.exec(again.text) ?? []
    await ada.form('/auth/oauth/consent', { request: second, decision: 'deny' })
    expect(fieldsOf(await answer(`/auth/oauth/authorize/${second}`)).error).toBe('access_denied')
  })

  test('refreshing ends at an absolute time, which the user was told before they allowed (ASVS 10.4.8, 10.7.2)', async () => {
    const DAY = 86_400_000
    const oauth = { refreshTokenMs: 3 * DAY, refreshTokenAbsoluteMs: 7 * DAY, resources: ['https://pay.example.com/'] }
    const instance = await start(ring, { oauth })
    const ada = await register(instance)
    const app = await createApp(instance)
    const asked = { scope: 'openid offline_access', resource: 'https://pay.example.com/' }
    const page = await open(ada, authorization(app, asked).path)
    expect(page.text).toMatch(/The access is for pay\.example\.com\. The access ends on [^.<]*\d{4} at the latest\./)
    const [, id] = /name="request" value="([^"]+)"/.exec(page.text) ?? []
    const { body: question } = await ada.get(`/auth/oauth/consent?request=${id}`)
    const { session } = (await ada.get('/auth/session')).body
    expect(question.resources).toEqual(['https://pay.example.com/'])
    expect(Date.parse(question.accessEndsAt) - Date.parse(session.createdAt)).toBe(7 * DAY)
    expect((await open(ada, authorization(app).path)).text).toContain('The access ends when you log out.')
    let { refresh_token: token } = await obtain(instance, ada, app, { scope: 'openid offline_access' })
    const statuses = []
    for (let day = 2; day <= 8; day += 2) {
      instance.advance(2 * DAY)
      const { status, body } = await refresh(instance.client(), app, token ?? '')
      statuses.push(status)
      token = body.refresh_token
    }
    expect(statuses).toEqual([200, 200, 200, 400])
  })

  test('pages of any origin read the public keys, without credentials', async () => {
    const instance = await start(ring)
    const { headers } = await instance.client().get('/auth/jwks.json', { origin: 'https://spa.example.com' })
    const names = ['access-control-allow-origin', 'access-control-allow-credentials', 'cross-origin-resource-policy']
    expect(names.map((name) => headers.get(name))).toEqual(['*', null, 'cross-origin'])
  })

  test('a second authorization asks nothing: one redirect', async () => {
    const instance = await start(ring)
    const ada = await register(instance)
    const app = await createApp(instance)
    await obtain(instance, ada, app)
    instance.statements.length = 0
    const again = await ada.get(authorization(app).path, { accept: 'text/html' })
    expect(locationOf(again)).toMatch(/^https:\/\/notes\.example\.com\/callback\?code=/)
    const own = instance.statements.filter((text) => !/\bmails\b/.test(text)) // the outbox works in the background
    expect(own.length).toBeLessThanOrEqual(3)
    const more = await open(ada, authorization(app, { prompt: 'consent' }).path)
    expect(more.url).toMatch(/^\/auth\/oauth\/consent\?/)
  })

  test('a refresh token gives new tokens, and the previous one ends the family when it is used later (ASVS 10.4.5)', async () => {
    const instance = await start(ring)
    const ada = await register(instance)
    const app = await createApp(instance)
    const first = await obtain(instance, ada, app)
    const second = await refresh(instance.client(), app, first.refresh_token ?? '')
    expect(second.status, second.text).toBe(200)
    const raced = await refresh(instance.client(), app, first.refresh_token ?? '')
    expect(raced.body.refresh_token).toBe(second.body.refresh_token)
    expect(await statusOf(instance, second.body.access_token)).toBe(204)
    instance.advance(11_000)
    const replayed = await refresh(instance.client(), app, first.refresh_token ?? '')
    expect([replayed.status, replayed.body.error]).toEqual([400, 'invalid_grant'])
    expect(await statusOf(instance, second.body.access_token)).toBe(401)
    expect((await refresh(instance.client(), app, second.body.refresh_token)).status).toBe(400)
    expect(instance.events.map(({ type }) => type)).toContain('oauth_grant.replayed')
  })

  test('a client revokes and introspects its own tokens only', async () => {
    const instance = await start(ring)
    const ada = await register(instance)
    const [app, other] = [await createApp(instance), await createApp(instance, { name: 'Other' })]
    const tokens = await obtain(instance, ada, app)
    const token = tokens.access_token ?? ''
    const own = await call(instance.client(), '/auth/oauth/introspect', app, { token })
    expect(own.body).toMatchObject({ active: true, client_id: app.clientId, scope: 'openid email read' })
    const stranger = await call(instance.client(), '/auth/oauth/introspect', other, { token })
    expect(stranger.body).toEqual({ active: false })
    await call(instance.client(), '/auth/oauth/revoke', other, { token })
    expect(await statusOf(instance, token)).toBe(204)
    expect((await call(instance.client(), '/auth/oauth/revoke', app, { token })).status).toBe(200)
    expect(await statusOf(instance, token)).toBe(401)
    const refreshed = await refresh(instance.client(), app, tokens.refresh_token ?? '')
    expect(refreshed.status).toBe(200)
    await call(instance.client(), '/auth/oauth/revoke', app, { token: refreshed.body.refresh_token })
    expect(await statusOf(instance, refreshed.body.access_token)).toBe(401)
  })

  test('a user who is not logged in logs in first, and returns', async () => {
    const instance = await start(ring)
    await register(instance)
    const app = await createApp(instance)
    const browser = instance.client()
    const request = authorization(app)
    const login = await open(browser, request.path)
    expect(login.url).toMatch(/^\/auth\/login\?next=/)
    const next = new URL(login.url, 'http://localhost').searchParams.get('next') ?? ''
    const fields = { email: 'ada@example.com', password: 'correct horse battery', next }
    const posted = await browser.form('/auth/login', fields)
    const page = await open(browser, locationOf(posted))
    expect(page.url).toMatch(/^\/auth\/oauth\/consent\?/)
    const location = await decide(browser, page)
    expect((await exchange(instance.client(), app, location.searchParams.get('code') ?? '', request)).status).toBe(200)
    const silent = await instance.client().get(authorization(app, { prompt: 'none' }).path)
    expect(new URL(locationOf(silent)).searchParams.get('error')).toBe('login_required')
  })

  test('a user who denies sends the app access_denied', async () => {
    const instance = await start(ring)
    const ada = await register(instance)
    const app = await createApp(instance)
    const location = await decide(ada, await open(ada, authorization(app).path), 'deny')
    expect(Object.fromEntries(location.searchParams)).toMatchObject({ error: 'access_denied', state: 'state-1' })
    expect((await ada.get('/auth/grants')).body.grants).toEqual([])
  })

  test('logout ends tokens without offline_access at once, and others stay', async () => {
    const instance = await start(ring)
    const ada = await register(instance)
    const app = await createApp(instance)
    const bound = await obtain(instance, ada, app)
    const offline = await obtain(instance, ada, app, { scope: 'openid offline_access read' })
    expect(await statusOf(instance, bound.access_token)).toBe(204)
    await ada.post('/auth/logout')
    expect(await statusOf(instance, bound.access_token)).toBe(401)
    expect((await refresh(instance.client(), app, bound.refresh_token ?? '')).status).toBe(400)
    expect(await statusOf(instance, offline.access_token)).toBe(204)
    expect((await refresh(instance.client(), app, offline.refresh_token ?? '')).status).toBe(200)
  })

  test('a warm token costs no query; a code and a refresh cost one transaction', async () => {
    const instance = await start(ring)
    const ada = await register(instance)
    const app = await createApp(instance)
    const isReal = (statement: string): boolean => !/^(?:BEGIN|COMMIT)/i.test(statement)
    const counted = async (work: () => Promise<unknown>): Promise<number> => {
      instance.statements.length = 0
      await work()
      return instance.statements.filter(isReal).length
    }
    await obtain(instance, ada, app)
    const request = authorization(app)
    const code = locationOf(await ada.get(request.path)).replace(/^.*[?&]code=([^&]*).*$/, '$1')
    let tokens: Record<string, string> = {}
    const exchanged = await counted(async () => {
      tokens = (await exchange(instance.client(), app, code, request)).body
    })
    const limit = ring.endsWith('Redis') ? 7 : 6 // one look at the session in Redis
    expect(exchanged).toBeLessThanOrEqual(limit)
    const refreshed = await counted(async () => {
      tokens = (await refresh(instance.client(), app, tokens.refresh_token ?? '')).body
    })
    expect(refreshed).toBeLessThanOrEqual(limit)
    const headers = { authorization: `Bearer ${tokens.access_token}` }
    const authenticate = () => instance.auth.authenticate(new Request('http://localhost:3000/me', { headers }))
    expect(await counted(authenticate)).toBeLessThanOrEqual(ring.endsWith('Redis') ? 3 : 1)
    expect(await counted(authenticate)).toBe(0)
    expect(
      await counted(() => call(instance.client(), '/auth/oauth/introspect', app, { token: tokens.access_token ?? '' })),
    ).toBeLessThanOrEqual(ring.endsWith('Redis') ? 4 : 2)
  })

  test('no secret is in any row', async () => {
    const instance = await start(ring)
    const ada = await register(instance)
    const app = await createApp(instance)
    const request = authorization(app, { scope: 'openid offline_access' })
    const page = await open(ada, request.path)
    const [, uid = ''] = /name="request" value="([^"]+)"/.exec(page.text) ?? []
    const code = (await decide(ada, page)).searchParams.get('code') ?? ''
    const { body: tokens } = await exchange(instance.client(), app, code, request)
    const stored = await instance.stored()
    const secrets = [app.clientSecret, code, tokens.access_token, tokens.refresh_token, request.verifier, uid]
    for (const secret of secrets) {
      expect(secret?.length).toBeGreaterThan(20)
      expect(stored.includes(secret ?? '')).toBe(false)
    }
  })

  test('a change of one node ends tokens on the other', async () => {
    const instance = await start(ring)
    const other = await instance.sibling()
    onTestFinished(() => other.close())
    const ada = await register(instance)
    const app = await createApp(instance)
    const tokens = await obtain(instance, ada, app, { scope: 'openid offline_access read' })
    const headers = { authorization: `Bearer ${tokens.access_token}` }
    const seen = async () =>
      (await other.authenticate(new Request('http://localhost:3000/me', { headers })))?.kind ?? null
    expect([await seen(), await seen()]).toEqual(['oauth_grant', 'oauth_grant'])
    await instance.auth.oauthClients.delete(app.clientId)
    await expect.poll(seen, { interval: 20, timeout: 5_000 }).toBeNull()
  })

  test('the user sees what apps may do, and revokes it (ASVS 10.4.9, 10.7.3)', async () => {
    const instance = await start(ring)
    const ada = await register(instance)
    const app = await createApp(instance)
    const tokens = await obtain(instance, ada, app)
    expect(await statusOf(instance, tokens.access_token)).toBe(204)
    const { grants } = (await ada.get('/auth/grants')).body
    expect(grants).toMatchObject([{ client: { id: app.clientId, name: 'Notes' }, scopes: ['openid', 'email', 'read'] }])
    expect((await ada.get('/auth/access')).body.access).toContainEqual(
      expect.objectContaining({ kind: 'oauth_grant', id: grants[0].id, name: 'Notes', current: false }),
    )
    expect((await ada.get('/auth/account/apps', { accept: 'text/html' })).text).toContain('Notes')
    expect((await ada.delete(`/auth/grants/${grants[0].id}`)).status).toBe(204)
    expect(await statusOf(instance, tokens.access_token)).toBe(401)
    expect((await refresh(instance.client(), app, tokens.refresh_token ?? '')).status).toBe(400)
    expect((await ada.delete(`/auth/grants/${grants[0].id}`)).status).toBe(404)
  })
})
