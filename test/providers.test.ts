/* Login with a provider in Chromium: a real OpenID provider over HTTP, and Apple's cross-site answer. */

import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type MutableToken, OAuth2Server } from 'oauth2-mock-server'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { assembleLatchkey } from '../src/latchkey.ts'
import { apple } from '../src/providers.ts'
import { createHttpServer } from '../src/server/http-server.ts'
import { sqlite } from '../src/sqlite.ts'
import { createMemoryProvider } from '../src/testing/memory-provider.ts'
import { launchChromium } from './support/chromium.ts'
import { freePort } from './support/free-port.ts'
import { SMALL_COST } from './support/rings.ts'
import { type ServerProcess, startServerProcess } from './support/server-process.ts'

let browser: Browser
beforeAll(async () => {
  browser = await launchChromium()
})
afterAll(() => browser.close())

describe('oauth2-mock-server and the server process', () => {
  let provider: OAuth2Server
  let server: ServerProcess
  let base: string
  let claims: Record<string, unknown> = {}
  beforeAll(async () => {
    provider = new OAuth2Server()
    await provider.issuer.keys.generate('RS256')
    await provider.start(0, '127.0.0.1')
    provider.service.on('beforeTokenSigning', ({ payload }: MutableToken) => Object.assign(payload, claims))
    const port = await freePort()
    base = `http://localhost:${port}`
    const env = {
      PORT: String(port),
      LATCHKEY_BASE_URL: base,
      LATCHKEY_OIDC_ISSUER: provider.issuer.url ?? '',
      LATCHKEY_OIDC_CLIENT_ID: 'my-client',
      LATCHKEY_OIDC_CLIENT_SECRET: 'my-secret',
      LATCHKEY_OIDC_NAME: 'Acme ID',
      LATCHKEY_OIDC_ALLOW_PRIVATE: '1',
    }
    server = await startServerProcess(env, mkdtempSync(join(tmpdir(), 'latchkey-providers-')))
  })
  afterAll(async () => {
    await server.end('SIGTERM')
    await provider.stop()
  })

  test('the button leads to the provider and back into the account, which lists the provider', async () => {
    claims = { sub: 'ada', email: 'ada@example.com', email_verified: true, name: 'Ada' }
    const page = await browser.newPage()
    await page.goto(`${base}/auth/login?next=/auth/account/security`)
    await page.getByRole('link', { name: 'Continue with Acme ID' }).click()
    await page.waitForURL(`${base}/auth/account/security`)
    await page.getByRole('heading', { name: 'Log in with other services' }).waitFor()
    expect(await page.textContent('body')).toContain('Acme ID')
    await page.getByRole('link', { name: 'Unlink Acme ID' }).click()
    await page.getByRole('heading', { name: 'Unlink Acme ID?' }).waitFor()
    await page.getByRole('button', { name: 'Unlink', exact: true }).click()
    await page.getByText('This is your only way to log in.').waitFor()
    await page.close()
  })

  test('an existing address is told to log in first, and then links under Security', async () => {
    const email = 'grace@example.com'
    await server.client().post('/auth/register', { email, password: 'correct horse battery' })
    claims = { sub: 'grace', email, email_verified: true }
    const page = await browser.newPage()
    await page.goto(`${base}/auth/login`)
    await page.getByRole('link', { name: 'Continue with Acme ID' }).click()
    await page.getByText('Log in the way you did before').waitFor()
    await page.getByLabel('Email', { exact: true }).fill(email)
    await page.getByLabel('Password', { exact: true }).fill('correct horse battery')
    await page.getByRole('button', { name: 'Log in', exact: true }).click()
    await page.waitForURL(`${base}/auth/account`)
    await page.goto(`${base}/auth/account/security`)
    await page.getByRole('button', { name: 'Link Acme ID' }).click()
    await page.getByText('Acme ID is linked.').waitFor()
    await page.close()
  })

  test('the metadata names the provider', async () => {
    const { features } = (await server.client().get('/auth')).body
    expect(features).toEqual(expect.arrayContaining(['providers', 'provider:oidc']))
  })
})

describe('Apple', () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()

  test.each([true, false])(
    'the cross-site form_post is posted once more from our origin (JavaScript: %s)',
    async (javaScriptEnabled) => {
      const memory = createMemoryProvider(Date.now)
      const port = await freePort()
      const base = `http://localhost:${port}`
      const secrets: string[] = []
      const auth = await assembleLatchkey(
        {
          baseUrl: base,
          storage: sqlite(':memory:'),
          providers: [apple({ clientId: 'web', teamId: 'ABCDE12345', keyId: 'ABCDE12345', privateKey: key })],
        },
        {
          ...SMALL_COST,
          fetchProvider(url, request) {
            const form = new URLSearchParams(String(request.body ?? ''))
            if (form.has('client_secret')) secrets.push(form.get('client_secret') ?? '')
            return memory.fetch(url, request)
          },
        },
      )
      const server = createHttpServer(auth, base).listen(port, '127.0.0.1')
      await once(server, 'listening')
      const context = await browser.newContext({ javaScriptEnabled })
      const page = await context.newPage()
      const posts: (string | undefined)[] = []
      page.on('request', (request) => {
        if (request.method() === 'POST' && request.url().endsWith('/callback'))
          posts.push(request.postData() ?? undefined)
      })
      await context.route('https://appleid.apple.com/**', async (route) => {
        const location = route.request().url()
        expect(new URL(location).searchParams.get('response_mode')).toBe('form_post')
        const account = { subject: '001.apple', email: 'x7@privaterelay.appleid.com', emailVerified: 'true' }
        const answer = {
          ...memory.approve(location, account),
          user: '{"name":{"firstName":"Ada","lastName":"Lovelace"}}',
        }
        const fields = Object.entries(answer).map(([name, value]) => `<input name="${name}" value='${value}'>`)
        const action = `${base}/auth/login/with/apple/callback`
        const html = `<form method="post" action="${action}">${fields.join('')}<button>Continue at Apple</button></form>`
        await route.fulfill({ contentType: 'text/html', body: html })
      })
      await page.goto(`${base}/auth/login`)
      await page.getByRole('link', { name: 'Continue with Apple' }).click()
      await page.getByRole('button', { name: 'Continue at Apple' }).click()
      if (!javaScriptEnabled) await page.getByRole('button', { name: 'Continue', exact: true }).click()
      await page.waitForURL(`${base}/auth/account`)
      const user = await auth.users.find('x7@privaterelay.appleid.com')
      expect(user).toMatchObject({ name: 'Ada Lovelace', emailVerified: true })
      expect(posts).toHaveLength(2)
      expect(JSON.parse(Buffer.from(secrets[0]?.split('.')[1] ?? '', 'base64url').toString())).toMatchObject({
        iss: 'ABCDE12345',
        sub: 'web',
        aud: 'https://appleid.apple.com',
      })
      await context.close()
      server.closeAllConnections()
      server.close()
      await auth.close()
    },
  )
})
