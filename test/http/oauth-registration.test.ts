/* Apps that register themselves (RFC 7591), and attacks on it. */
import { expect, onTestFinished, test } from 'vitest'
import type { Reply } from '../support/client.ts'
import { CALLBACK, obtain, register, startOAuth } from '../support/oauth.ts'
import type { Instance } from '../support/rings.ts'

const TOKEN = 'initial-access-token-0123456789abcdef'
const PATH = '/auth/oauth/register'

async function start(initialAccessToken: string | undefined = TOKEN): Promise<Instance> {
  const instance = await startOAuth('handler', { oauth: { initialAccessToken } })
  onTestFinished(() => instance.close())
  return instance
}

const send = (instance: Instance, body: object, token: string | null = TOKEN): Promise<Reply> =>
  instance.client().post(PATH, body, token === null ? {} : { authorization: `Bearer ${token}` })

test('without the setting there is no such endpoint; with it, the description names it (ASVS 10.4.7)', async () => {
  const off = await startOAuth('handler')
  onTestFinished(() => off.close())
  expect((await send(off, { redirect_uris: [CALLBACK] })).status).toBe(404)
  const discovery = '/auth/.well-known/oauth-authorization-server'
  expect((await off.client().get(discovery)).body.registration_endpoint).toBeUndefined()
  const on = await start()
  expect((await on.client().get(discovery)).body.registration_endpoint).toBe(`http://localhost:3000${PATH}`)
})

test('an app registers, and a user allows it', async () => {
  const instance = await start()
  const { status, body } = await send(instance, {
    redirect_uris: [CALLBACK],
    client_name: 'Notes',
    scope: 'openid read unknown',
    logo_uri: 'https://notes.example.com/logo.png', // ignored
    isFirstParty: true,
    is_first_party: true,
  })
  expect([status, body]).toEqual([
    201,
    {
      client_id: expect.any(String),
      client_id_issued_at: expect.any(Number),
      client_secret: expect.stringMatching(/^lkc_/),
      client_secret_expires_at: 0,
      client_name: 'Notes',
      redirect_uris: [CALLBACK],
      post_logout_redirect_uris: [],
      token_endpoint_auth_method: 'client_secret_basic',
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      scope: 'openid profile email offline_access read',
    },
  ])
  const [client] = await instance.auth.oauthClients.list()
  expect(client).toMatchObject({ id: body.client_id, isFirstParty: false, isPublic: false, scopes: ['read'] })
  const app = { clientId: body.client_id, clientSecret: body.client_secret, redirectUri: CALLBACK }
  const ada = await register(instance)
  expect((await obtain(instance, ada, app)).access_token).toMatch(/^lko_/)
  expect(await instance.stored()).not.toContain(body.client_secret)
  expect(instance.events).toContainEqual(expect.objectContaining({ type: 'oauth_client.created' }))
})

test('a public app gets no secret, the name of its host, and may ask for every scope', async () => {
  const instance = await start()
  const { status, body } = await send(instance, { redirect_uris: [CALLBACK], token_endpoint_auth_method: 'none' })
  expect([status, body.client_secret, body.client_name]).toEqual([201, undefined, 'notes.example.com'])
  expect(body.scope).toBe('openid profile email offline_access read write')
})

test.each([null, 'wrong', `${TOKEN}x`, '', 'x'.repeat(9_000)])('the token %j registers nothing', async (token) => {
  const instance = await start()
  const { status, body, headers } = await send(instance, { redirect_uris: [CALLBACK] }, token)
  expect([status, body.error, headers.get('www-authenticate')]).toEqual([
    401,
    'invalid_token',
    'Bearer error="invalid_token"',
  ])
  expect(await instance.auth.oauthClients.list()).toEqual([])
})

test.each([
  [{ redirect_uris: ['http://evil.example/callback'] }, 'invalid_redirect_uri'],
  [{ redirect_uris: ['javascript:alert(1)'] }, 'invalid_redirect_uri'],
  [{ redirect_uris: [`${CALLBACK}#x`] }, 'invalid_redirect_uri'],
  [{ redirect_uris: [] }, 'invalid_redirect_uri'],
  [{ redirect_uris: CALLBACK }, 'invalid_redirect_uri'],
  [{}, 'invalid_redirect_uri'],
  [{ redirect_uris: [CALLBACK], grant_types: ['password'] }, 'invalid_client_metadata'],
  [{ redirect_uris: [CALLBACK], grant_types: ['implicit'] }, 'invalid_client_metadata'],
  [{ redirect_uris: [CALLBACK], response_types: ['token'] }, 'invalid_client_metadata'],
  [{ redirect_uris: [CALLBACK], token_endpoint_auth_method: 'client_secret_jwt' }, 'invalid_client_metadata'],
  [{ redirect_uris: [CALLBACK], client_name: 'a\u202eb' }, 'invalid_client_metadata'],
  [{ redirect_uris: [CALLBACK], post_logout_redirect_uris: ['http://evil.example/'] }, 'invalid_client_metadata'],
  [[], 'invalid_client_metadata'],
])('%j is refused as %s', async (body, error) => {
  const instance = await start()
  const reply = await send(instance, body)
  expect([reply.status, reply.body.error]).toEqual([400, error])
  expect(reply.body.error_description).toMatch(/^[\x20-\x7e]+$/)
  expect(await instance.auth.oauthClients.list()).toEqual([])
})

test('a short or guessable initial access token does not start', async () => {
  for (const initialAccessToken of [
    'short',
    '',
    'two words of at least thirty-two characters',
    'x'.repeat(40),
    'changeme'.repeat(5),
  ])
    await expect(startOAuth('handler', { oauth: { initialAccessToken } })).rejects.toThrow('oauth.initialAccessToken')
})
