/* A provider that we did not write, in Chromium: LemonLDAP::NG of Debian. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchChromium } from '../support/chromium.ts'
import { freePort } from '../support/free-port.ts'
import { type ServerProcess, startServerProcess } from '../support/server-process.ts'
import { DOCTOR, type Portal, startPortal } from './lemonldap.ts'

const directory = mkdtempSync(join(tmpdir(), 'latchkey-portal-'))
let portal: Portal
let server: ServerProcess
let browser: Browser
let base: string

beforeAll(async () => {
  const port = await freePort()
  base = `http://localhost:${port}`
  portal = await startPortal(`${base}/auth/login/with/oidc/callback`)
  server = await startServerProcess(
    {
      PORT: String(port),
      LATCHKEY_BASE_URL: base,
      LATCHKEY_OIDC_ISSUER: portal.issuer,
      LATCHKEY_OIDC_CLIENT_ID: portal.clientId,
      LATCHKEY_OIDC_CLIENT_SECRET: portal.clientSecret,
      LATCHKEY_OIDC_NAME: 'Lemon',
      LATCHKEY_OIDC_ALLOW_PRIVATE: '1',
    },
    directory,
  )
  browser = await launchChromium()
})
afterAll(async () => {
  await browser.close()
  await server.end('SIGTERM')
  await portal.close()
  rmSync(directory, { recursive: true })
})

/** Answers the login form of the portal. */
async function logInAtPortal(page: Page): Promise<void> {
  await page.locator('input[name=user]').fill(DOCTOR.login)
  await page.locator('input[name=password]').fill(DOCTOR.login)
  await page.getByRole('button', { name: 'Connect' }).click()
}

test('LemonLDAP::NG: register, log in again, confirm the identity', async () => {
  const context = await browser.newContext()
  const page = await context.newPage()
  const home = `${base}/auth/account/security`
  const open = async (path: string, button: string): Promise<void> => {
    await page.goto(`${base}${path}?next=/auth/account/security`)
    await page
      .getByRole('link', { name: button })
      .or(page.getByRole('button', { name: button }))
      .click()
  }
  const session = async () => (await context.request.get(`${base}/auth/session`)).json()

  await open('/auth/login', 'Continue with Lemon')
  await logInAtPortal(page)
  await page.getByRole('button', { name: 'Accept' }).click()
  await page.waitForURL(home)
  const first = await session()
  expect(first.user).toMatchObject({ email: DOCTOR.email, emailVerified: false, name: DOCTOR.name })
  expect(first.session.methods).toEqual(['provider:oidc'])
  await page.getByText(`${DOCTOR.email} · Last used`).waitFor()

  await context.clearCookies({ name: 'latchkey' })
  await open('/auth/login', 'Continue with Lemon') // the portal remembers its user and the consent
  await page.waitForURL(home)
  const second = await session()
  expect(second.user.id).toBe(first.user.id)
  expect(second.session.authenticatedAt).toBe(first.session.authenticatedAt) // its `auth_time`

  await open('/auth/reauthenticate', 'Confirm with Lemon')
  await page.waitForURL(home)
  await page.getByText('Thank you. You can continue now.').waitFor()
  // In spite of `prompt=login` the portal does not ask again so soon. Its login is less than a minute old, so it is accepted.
  const third = await session()
  expect(third.session.id).toBe(second.session.id)
  expect(third.session.authenticatedAt > second.session.authenticatedAt).toBe(true)
  await context.close()
})
