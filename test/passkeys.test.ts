/// <reference lib="dom" />
/* Passkeys in Chromium, with virtual authenticators: the pages of Latchkey, and what happens without JavaScript. */
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, BrowserContext, CDPSession, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launchChromium } from './support/chromium.ts'
import { freePort } from './support/free-port.ts'
import { PASSWORD } from './support/rings.ts'
import { type ServerProcess, startServerProcess } from './support/server-process.ts'

describe('passkeys in Chromium', () => {
  let server: ServerProcess
  let browser: Browser
  let base: string
  let people = 0
  beforeAll(async () => {
    const port = await freePort()
    base = `http://localhost:${port}`
    server = await startServerProcess(
      { PORT: String(port), LATCHKEY_BASE_URL: base },
      mkdtempSync(join(tmpdir(), 'latchkey-passkeys-')),
    )
    browser = await launchChromium()
  })
  afterAll(async () => {
    await browser.close()
    await server.end('SIGTERM')
  })

  interface Opened {
    readonly context: BrowserContext
    readonly page: Page
    readonly cdp: CDPSession
    readonly authenticatorId: string
  }

  /** Opens a page with an authenticator that verifies its user at once. */
  async function open({ protocol = 'ctap2' }: { readonly protocol?: 'ctap2' | 'u2f' } = {}): Promise<Opened> {
    const isModern = protocol === 'ctap2'
    const context = await browser.newContext()
    const page = await context.newPage()
    const cdp = await context.newCDPSession(page)
    await cdp.send('WebAuthn.enable')
    const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol,
        transport: isModern ? 'internal' : 'usb',
        hasResidentKey: isModern,
        hasUserVerification: isModern,
        isUserVerified: isModern,
        automaticPresenceSimulation: true,
      },
    })
    return { context, page, cdp, authenticatorId }
  }

  /** Registers with a password, and adds a passkey on the page *Security*. */
  async function register(page: Page): Promise<string> {
    const email = `person${people++}@example.com`
    await page.goto(`${base}/auth/register`)
    await page.getByLabel('Email', { exact: true }).fill(email)
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
    await page.locator('form button.main').click()
    await page.waitForURL(`${base}/auth/account`)
    await page.goto(`${base}/auth/account/security`)
    await page.getByRole('button', { name: 'Add a passkey' }).click()
    await page.getByText('last used').or(page.getByText('Added')).first().waitFor()
    return email
  }

  /** Returns the passkeys that the authenticator holds. */
  const credentialsOf = async ({ cdp, authenticatorId }: Opened) =>
    (await cdp.send('WebAuthn.getCredentials', { authenticatorId })).credentials

  const logOut = async ({ context }: Opened): Promise<void> => context.clearCookies()

  test('add a passkey, log in with it alone, rename and remove it', async () => {
    const opened = await open()
    const { page, cdp, authenticatorId } = opened
    await register(page)
    expect((await cdp.send('WebAuthn.getCredentials', { authenticatorId })).credentials).toHaveLength(1)
    await logOut(opened)
    await page.goto(`${base}/auth/login?next=/auth/account/security`)
    await page.waitForURL(`${base}/auth/account/security`) // the authenticator answers the conditional request by itself
    await page.getByRole('link', { name: /^Change (?!password)/ }).click()
    await page.getByLabel('Name', { exact: true }).fill('Blue key')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Blue key').waitFor()
    await page.getByRole('link', { name: 'Change Blue key' }).click()
    await page.getByRole('link', { name: 'Remove this passkey' }).click()
    await page.getByRole('heading', { name: 'Remove this passkey?' }).waitFor()
    await page.getByRole('button', { name: 'Remove this passkey' }).click()
    await page.getByText('The passkey is removed.').waitFor()
    // The signals of WebAuthn: the browser forgets the passkey, so it does not offer it again.
    await expect.poll(() => credentialsOf(opened)).toEqual([])
    await opened.context.close()
  })

  test('signals: after another name of the user, the browser shows that name at the passkey', async () => {
    const opened = await open()
    const { page } = opened
    const userName = await register(page)
    expect(await credentialsOf(opened)).toMatchObject([{ userName, userDisplayName: userName }])
    await page.goto(`${base}/auth/account`)
    await page.getByLabel('Name').fill('Ada Lovelace')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.goto(`${base}/auth/account/security`)
    await expect.poll(() => credentialsOf(opened)).toMatchObject([{ userName, userDisplayName: 'Ada Lovelace' }])
    await opened.context.close()
  })

  test('register with a passkey and no password, from the form; a taken address is refused', async () => {
    const opened = await open()
    const { page, cdp, authenticatorId } = opened
    const email = `person${people++}@example.com`
    const fill = async (): Promise<void> => {
      await page.goto(`${base}/auth/register`)
      await page.getByLabel('Email', { exact: true }).fill(email)
      await page.getByLabel('Name').fill('Ada')
      await page.getByRole('button', { name: 'Use a passkey instead' }).click()
    }
    await fill()
    await page.waitForURL(`${base}/auth/account`)
    await page.locator('input[value="Ada"]').waitFor()
    expect((await cdp.send('WebAuthn.getCredentials', { authenticatorId })).credentials).toHaveLength(1)
    await logOut(opened)
    await fill()
    await page.getByText('The passkey did not work').waitFor()
    await opened.context.close()
  })

  test('second step: the password asks for the passkey', async () => {
    const opened = await open()
    const { page, cdp, authenticatorId } = opened
    const email = await register(page)
    await logOut(opened)
    await cdp.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled: false })
    await page.goto(`${base}/auth/login?next=/auth/account/devices`)
    await page.getByLabel('Email', { exact: true }).fill(email)
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
    await page.getByRole('button', { name: 'Log in', exact: true }).click()
    await page.getByText('Use your passkey').waitFor()
    await cdp.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled: true })
    await page.getByRole('button', { name: 'Use a passkey' }).click()
    await page.waitForURL(`${base}/auth/account/devices`)
    await opened.context.close()
  })

  test('confirm an identity with a passkey, and an authenticator without verification is refused', async () => {
    const opened = await open()
    const { page, cdp, authenticatorId } = opened
    await register(page)
    await page.goto(`${base}/auth/reauthenticate?next=/auth/account/devices`)
    await cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false })
    const button = page.getByRole('button', { name: 'Use a passkey' })
    await button.click()
    await page.locator('[data-passkey]:enabled').waitFor() // the browser refused: the button is free again
    await cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: true })
    await page.goto(`${base}/auth/reauthenticate?next=/auth/account/devices`)
    await button.click()
    await page.waitForURL(`${base}/auth/account/devices`)
    await opened.context.close()
  })

  test('immediate mode: without a passkey on this device, another one is asked for; a person who says no is not asked again', async () => {
    const opened = await open()
    const { page, context } = opened
    await register(page)
    // What a browser with immediate mode does is the only thing that is replaced: headless Chromium has no such dialog.
    await page.addInitScript(`{
      const { credentials } = navigator
      const get = credentials.get.bind(credentials)
      const refuseAfter = (ms) =>
        new Promise((_, reject) => setTimeout(() => reject(new DOMException('', 'NotAllowedError')), ms))
      window.asked = []
      PublicKeyCredential.isConditionalMediationAvailable = async () => false
      PublicKeyCredential.getClientCapabilities = async () => ({ immediateGet: true })
      credentials.get = ({ uiMode = 'modal', ...options }) => {
        asked.push(uiMode)
        const delay = { '#none': 0, '#dismissed': 1100 }[location.hash]
        return uiMode === 'immediate' && delay !== undefined ? refuseAfter(delay) : get(options)
      }
    }`)
    const press = async (hash: string): Promise<void> => {
      await logOut(opened)
      await page.goto('about:blank')
      await page.goto(`${base}/auth/login?next=/auth/account/devices${hash}`)
      await page.getByRole('button', { name: 'Log in with a passkey' }).click()
    }
    await press('#none')
    await page.waitForURL(`${base}/auth/account/devices`)
    await press('#dismissed')
    await page.locator('[data-passkey]:disabled').waitFor()
    await page.locator('[data-passkey]:enabled').waitFor()
    expect(await page.evaluate('asked')).toEqual(['immediate'])
    expect(await page.getByText('The passkey did not work').isVisible()).toBe(false)
    await context.close()
  })

  test('a U2F security key (CTAP1) cannot verify its user: the browser refuses it, and so do we if a page asked for less', async () => {
    const { page, context, cdp, authenticatorId } = await open({ protocol: 'u2f' })
    await page.addInitScript(`{
      const create = navigator.credentials.create.bind(navigator.credentials)
      navigator.credentials.create = ({ publicKey, ...more }) => {
        const less = { authenticatorSelection: { userVerification: 'discouraged', residentKey: 'discouraged' } }
        return create({ publicKey: location.hash === '#less' ? { ...publicKey, ...less } : publicKey, ...more }).catch(
          (error) => {
            window.refused = error.name
            throw error
          },
        )
      }
    }`)
    const register = async (hash: string): Promise<void> => {
      await page.goto('about:blank')
      await page.goto(`${base}/auth/register${hash}`)
      await page.getByLabel('Email', { exact: true }).fill(`person${people++}@example.com`)
      await page.getByRole('button', { name: 'Use a passkey instead' }).click()
    }
    await register('')
    await expect.poll(() => page.evaluate('window.refused')).toBe('NotAllowedError')
    await register('#less')
    await page.getByText('The passkey did not work').waitFor()
    expect((await cdp.send('WebAuthn.getCredentials', { authenticatorId })).credentials).toHaveLength(1)
    expect((await context.cookies()).some(({ name }) => name === 'latchkey')).toBe(false)
    await context.close()
  })

  test('with JavaScript off there is no button, and the password still logs in', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false })
    const page = await context.newPage()
    await page.goto(`${base}/auth/login`)
    expect(await page.getByRole('button', { name: 'passkey' }).count()).toBe(0)
    expect(await page.getByRole('button', { name: 'Log in', exact: true }).isVisible()).toBe(true)
    await context.close()
  })
})
