/// <reference lib="dom" />
/* oidc-client-ts, which we did not write, in Chromium: an app in a browser, on another origin than Latchkey. */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { User, UserManager } from 'oidc-client-ts'
import { expect, onTestFinished, test } from 'vitest'
import { launchChromium } from './support/chromium.ts'
import { freePort } from './support/free-port.ts'
import { createApp, SCOPES } from './support/oauth.ts'
import { PASSWORD } from './support/rings.ts'
import { startSite } from './support/site.ts'

declare global {
  var manager: UserManager
  /** The user after a login; null before. */
  var user: User | null
}

const LIBRARY = readFileSync('node_modules/oidc-client-ts/dist/browser/oidc-client-ts.min.js')

/** A page that uses the library as its documentation shows. */
const pageOf = (
  settings: object,
): string => `<!doctype html><title>Notes</title><link rel="icon" href="data:,"><script src="/oidc.js"></script><script>
  globalThis.manager = new oidc.UserManager(${JSON.stringify(settings)})
  const isBack = location.search.includes('code=')
  ;(isBack ? manager.signinCallback() : manager.getUser()).then((user) => { globalThis.user = user ?? null })
</script>`

test('oidc-client-ts in a browser: code with PKCE, userinfo, refresh and revocation', async () => {
  const site = await startSite({ oauth: {}, scopes: SCOPES })
  onTestFinished(() => site.close())
  await site.auth.users.create({ email: 'ada@example.com', password: PASSWORD, name: 'Ada' })
  const home = `http://127.0.0.1:${await freePort()}/`
  const { clientId } = await createApp(site, { redirectUris: [home], isPublic: true })
  const settings = {
    authority: `${site.base}/auth`,
    client_id: clientId,
    redirect_uri: home,
    scope: 'openid email offline_access read',
    loadUserInfo: true,
    automaticSilentRenew: false,
  }
  const app = createServer((request, response) => {
    const isLibrary = request.url === '/oidc.js'
    response.setHeader('content-type', isLibrary ? 'text/javascript' : 'text/html')
    response.end(isLibrary ? LIBRARY : pageOf(settings))
  }).listen(Number(new URL(home).port), '127.0.0.1')
  await once(app, 'listening')
  const browser = await launchChromium()
  onTestFinished(async () => {
    await browser.close()
    app.closeAllConnections()
    app.close()
  })

  const page = await browser.newPage()
  await page.goto(home)
  await page.waitForFunction(() => globalThis.user === null)
  await page.evaluate(() => void globalThis.manager.signinRedirect())
  await page.getByLabel('Email', { exact: true }).fill('ada@example.com')
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await page.getByRole('button', { name: 'Log in', exact: true }).click()
  await page.getByRole('button', { name: 'Allow', exact: true }).click()
  await page.waitForFunction(() => (globalThis.user ?? null) !== null)
  const user = await page.evaluate(() => ({ ...globalThis.user }))
  expect(user.profile).toMatchObject({ email: 'ada@example.com', email_verified: false })

  const statusOf = async (token: string | undefined): Promise<number> =>
    (await fetch(`${site.base}/auth/verify?scope=read`, { headers: { authorization: `Bearer ${token}` } })).status
  expect(await statusOf(user.access_token)).toBe(204)
  const renewed = await page.evaluate(async () => ({ ...(await globalThis.manager.signinSilent()) }))
  expect([await statusOf(renewed.access_token), renewed.access_token === user.access_token]).toEqual([204, false])
  await page.evaluate(() => globalThis.manager.revokeTokens())
  expect([await statusOf(user.access_token), await statusOf(renewed.access_token)]).toEqual([401, 401])
})
