/// <reference lib="dom" />
/* The hosted pages in Chromium, with JavaScript on and off. */
import { once } from 'node:events'
import { mkdirSync, mkdtempSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { toNodeHandler } from '../src/node.ts'
import { launchChromium } from './support/chromium.ts'
import { freePort } from './support/free-port.ts'
import { PASSWORD, startInstance } from './support/rings.ts'
import { type ServerProcess, startServerProcess } from './support/server-process.ts'

const NEW_PASSWORD = 'another long password'

describe('the hosted pages', () => {
  let server: ServerProcess
  let browser: Browser
  let base: string
  beforeAll(async () => {
    const port = await freePort()
    base = `http://localhost:${port}`
    server = await startServerProcess(
      { PORT: String(port), LATCHKEY_BASE_URL: base },
      mkdtempSync(join(tmpdir(), 'latchkey-pages-')),
    )
    browser = await launchChromium()
  })
  afterAll(async () => {
    await browser.close()
    await server.end('SIGTERM')
  })

  /** A new browser that records requests to other sites and every error of the page. */
  async function open(
    javaScriptEnabled: boolean,
  ): Promise<{ context: BrowserContext; page: Page; complaints: string[] }> {
    const context = await browser.newContext({ javaScriptEnabled })
    const page = await context.newPage()
    const complaints: string[] = []
    page.on('request', (request) => {
      if (!request.url().startsWith(base)) complaints.push(`request to ${request.url()}`)
    })
    page.on('console', (message) => {
      complaints.push(message.text())
    })
    page.on('pageerror', (error) => complaints.push(error.message))
    return { context, page, complaints }
  }

  async function fill(page: Page, fields: Record<string, string>, button: string): Promise<void> {
    for (const [label, value] of Object.entries(fields)) await page.getByLabel(label, { exact: true }).fill(value)
    await page.getByRole('button', { name: button, exact: true }).click()
  }

  async function shoot(page: Page, name: string): Promise<void> {
    const folder = process.env.SCREENSHOTS
    if (folder === undefined) return
    mkdirSync(folder, { recursive: true })
    await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true })
  }

  test.each([true, false])(
    'register, log out, log in, log out sessions, change the password (JavaScript: %s)',
    async (scripts) => {
      const email = `browser-${scripts}@example.com`
      const { context, page, complaints } = await open(scripts)
      await page.goto(base)
      expect(page.url()).toBe(`${base}/auth/login?next=%2Fauth%2Faccount`)
      await shoot(page, `login-${scripts}`)
      await page.getByRole('link', { name: 'Create an account' }).click()
      await fill(page, { 'Name (optional)': 'Ada', Email: email, Password: 'too short' }, 'Create account')
      await page.getByText('Use at least 15 characters.').waitFor()
      expect(page.url()).toMatch(/\/auth\/register\?next=[^#]*#password$/)
      expect(await page.evaluate(() => document.activeElement?.id)).toBe('password')
      expect(await page.getByLabel('Email', { exact: true }).inputValue()).toBe(email)
      await shoot(page, `register-error-${scripts}`)
      await fill(page, { Password: PASSWORD }, 'Create account')
      await page.waitForURL(`${base}/auth/account`)
      await page.getByText('Welcome!').waitFor()

      const phone = await open(scripts)
      await phone.page.goto(`${base}/auth/login?next=${encodeURIComponent('/auth/reference')}`)
      await fill(phone.page, { Email: email, Password: 'a wrong password' }, 'Log in')
      expect(await phone.page.getByRole('alert').textContent()).toContain('do not match')
      await fill(phone.page, { Password: PASSWORD }, 'Log in')
      await phone.page.waitForURL(`${base}/auth/reference`)
      await shoot(phone.page, `reference-${scripts}`)

      await page.getByRole('link', { name: 'Devices' }).click()
      await page.waitForURL(`${base}/auth/account/devices`)
      expect(await page.getByText('This device').count()).toBe(1)
      expect(await page.getByText('Chrome on Linux', { exact: true }).count()).toBe(2)
      await page.getByRole('button', { name: 'Log out Chrome on Linux' }).click()
      await page.getByText('Chrome on Linux is logged out.').waitFor()
      await phone.page.goto(`${base}/auth/account/security`)
      expect(phone.page.url()).toBe(`${base}/auth/login?next=%2Fauth%2Faccount%2Fsecurity`)
      await phone.page.getByText('Your session has ended.').waitFor()

      await fill(phone.page, { Email: email, Password: PASSWORD }, 'Log in')
      await phone.page.waitForURL(`${base}/auth/account/security`)
      await page.reload()
      await page.getByRole('link', { name: 'Log out all others' }).click()
      await page.getByRole('button', { name: 'Log out all others' }).click()
      await page.getByText('One other device is logged out.').waitFor()

      await page.getByRole('link', { name: 'Activity' }).click()
      await page.getByRole('link', { name: 'Secure my account' }).click()
      await fill(page, { 'Current password': PASSWORD, 'New password': NEW_PASSWORD }, 'Change password')
      await page.getByText('Your password is changed.').waitFor()
      await page.getByRole('button', { name: 'Log out', exact: true }).click()
      await page.waitForURL(`${base}/auth/login`)
      await page.goBack()
      expect(page.url()).toContain(`${base}/auth/login`) // the page is not shown from a cache
      await page.goto(`${base}/auth/login`)
      await page.getByLabel('Keep me logged in for 30 days').check()
      await fill(page, { Email: email, Password: NEW_PASSWORD }, 'Log in')
      await page.waitForURL(`${base}/auth/account`)
      const cookies = await context.cookies()
      const cookie = cookies.find(({ name }) => name === 'latchkey')
      expect(cookie).toMatchObject({ name: 'latchkey', httpOnly: true, sameSite: 'Lax' })
      expect(cookie?.expires).toBeGreaterThan(Date.now() / 1_000 + 13 * 86_400)
      expect([...complaints, ...phone.complaints]).toEqual([])
      await context.close()
      await phone.context.close()
    },
  )

  test('JavaScript can read neither the cookie nor stored data; the password can be shown and pasted (ASVS 3.3.4, 6.2.6, 6.2.7, 10.1.1, 14.3.3)', async () => {
    const { context, page } = await open(true)
    await page.goto(`${base}/auth/register`)
    const password = page.getByLabel('Password', { exact: true })
    expect(await password.getAttribute('autocomplete')).toBe('new-password')
    await password.evaluate((input: HTMLInputElement) => input.focus())
    await page.keyboard.insertText(PASSWORD) // like a paste
    expect(await password.inputValue()).toBe(PASSWORD)
    await page.getByRole('button', { name: 'Show password' }).click()
    expect(await password.getAttribute('type')).toBe('text')
    await page.getByRole('button', { name: 'Hide password' }).click()
    expect(await password.getAttribute('type')).toBe('password')
    await fill(page, { Email: 'script@example.com' }, 'Create account')
    await page.waitForURL(`${base}/auth/account`)
    expect(await page.evaluate(() => [document.cookie, localStorage.length, sessionStorage.length])).toEqual(['', 0, 0])
    await context.close()
  })

  test('a page of another origin can neither log in nor read', async () => {
    const { context, page } = await open(true)
    await page.route('http://evil.example/', (route) =>
      route.fulfill({
        contentType: 'text/html',
        body: `<form method="post" action="${base}/auth/login"><input name="email" value="a@example.com"><input name="password" value="x"><button>Win</button></form>`,
      }),
    )
    await page.goto('http://evil.example/')
    const [response] = await Promise.all([page.waitForResponse(`${base}/auth/login`), page.getByRole('button').click()])
    expect(response.status()).toBe(403)
    await page.goto('http://evil.example/')
    const outcome = await page.evaluate(
      (url) =>
        fetch(url, { credentials: 'include' }).then(
          () => 'read',
          () => 'refused',
        ),
      `${base}/auth`,
    )
    expect(outcome).toBe('refused')
    await context.close()
  })

  test('after login the browser continues to a page of a trusted origin', async () => {
    const port = await freePort()
    const url = `http://localhost:${port}`
    const trusted = 'http://app.example'
    const env = { PORT: String(port), LATCHKEY_BASE_URL: url, LATCHKEY_TRUSTED_ORIGINS: trusted }
    const trusting = await startServerProcess(env, mkdtempSync(join(tmpdir(), 'latchkey-next-')))
    const { context, page } = await open(true)
    await page.route(`${trusted}/**`, (route) => route.fulfill({ contentType: 'text/html', body: 'the application' }))
    await page.goto(`${url}/auth/register?next=${encodeURIComponent(`${trusted}/in`)}`)
    await fill(page, { Email: 'next@example.com', Password: PASSWORD }, 'Create account')
    await page.waitForURL(`${trusted}/in`)
    expect(await page.textContent('body')).toBe('the application')
    await context.close()
    await trusting.end('SIGTERM')
  })

  test('the login ends where the application leads, on another origin too', async () => {
    const port = await freePort()
    const url = `http://localhost:${port}`
    const instance = await startInstance('handler', { baseUrl: url })
    await instance.auth.users.create({ email: 'ada@example.com', password: PASSWORD })
    const app = createServer(
      toNodeHandler(instance.auth, (request, response) => {
        const location = request.url === '/go' ? '/on' : 'http://elsewhere.example/in'
        response.writeHead(request.url === '/go' ? 307 : 302, { location }).end()
      }),
    ).listen(port, 'localhost')
    await once(app, 'listening')
    const { context, page } = await open(true)
    await page.route('http://elsewhere.example/**', (route) => route.fulfill({ body: 'elsewhere' }))
    await page.goto(`${url}/auth/login?next=/go`)
    await fill(page, { Email: 'ada@example.com', Password: PASSWORD }, 'Log in')
    await page.waitForURL('http://elsewhere.example/in')
    await context.close()
    app.closeAllConnections()
    app.close()
    await instance.close()
  })

  test('pages fit on a phone', async () => {
    const context = await browser.newContext({ viewport: { width: 360, height: 700 }, colorScheme: 'dark' })
    const page = await context.newPage()
    for (const path of ['/auth/login', '/auth/register']) {
      await page.goto(`${base}${path}`)
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360)
    }
    await shoot(page, 'telephone-dark')
    await context.close()
  })
})
