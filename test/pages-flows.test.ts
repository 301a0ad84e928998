/// <reference lib="dom" />
/* The pages as people and attackers use them, in Chromium: by keyboard alone, from a second origin, with markup in every stored field. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CreationOptionsJson } from '../src/factors/passkeys/wire.ts'
import { oidc } from '../src/providers.ts'
import { createMemoryProvider } from '../src/testing/memory-provider.ts'
import { createAuthenticator } from '../src/testing/software-authenticator.ts'
import { launchChromium } from './support/chromium.ts'
import { PASSWORD, SMALL_COST } from './support/rings.ts'
import { startSite, type TestSite } from './support/site.ts'
import { totpCode } from './support/totp.ts'

const NEW_PASSWORD = 'another long password'
/** One in the head, for passkey buttons, and one at the end. */
const MAX_SCRIPTS = 2
/** More presses of the tab key than any page needs. */
const MAX_TABS = 60

let browser: Browser
beforeAll(async () => {
  browser = await launchChromium()
})
afterAll(() => browser.close())

/** Runs in the page. Returns the name of the element with the focus, and whether a ring shows it. */
function describeFocus(): { readonly name: string; readonly isSeen: boolean } {
  const element = document.activeElement as HTMLElement
  const labels = (element as HTMLInputElement).labels ?? []
  const name = element.ariaLabel ?? [...labels].map((label) => label.innerText).join(' ')
  const { outlineStyle, outlineWidth } = getComputedStyle(element)
  return { name: (name || element.innerText).trim(), isSeen: outlineStyle !== 'none' && outlineWidth !== '0px' }
}

/** Presses the tab key until an element with this name has the focus. Every stop on the way must be visible. */
async function tabTo(page: Page, name: string): Promise<void> {
  const passed: string[] = []
  for (let tabs = 0; tabs < MAX_TABS; tabs++) {
    await page.keyboard.press('Tab')
    const focus = await page.evaluate(describeFocus)
    expect(focus).toMatchObject({ isSeen: true })
    if (focus.name === name) return
    passed.push(focus.name)
  }
  throw new Error(`The tab key does not reach ${name}, only ${passed.join(', ')}`)
}

/** Goes to an element and presses a key; then the browser opens another page. */
async function go(page: Page, name: string, path: string): Promise<void> {
  await tabTo(page, name)
  await enter(page, path)
}

/** Presses a key that leads to another page, or to the same one again. */
async function enter(page: Page, path: string): Promise<void> {
  await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')])
  expect(new URL(page.url()).pathname).toBe(path)
}

/** Waits until the page itself puts the cursor into a field, and types. */
async function typeAtCursor(page: Page, name: string, text: string): Promise<void> {
  await expect.poll(() => page.evaluate(describeFocus)).toMatchObject({ name })
  await page.keyboard.insertText(text)
}

async function typeInto(page: Page, name: string, text: string): Promise<void> {
  await tabTo(page, name)
  await page.keyboard.insertText(text)
}

describe('by keyboard alone', () => {
  let site: TestSite
  beforeAll(async () => {
    site = await startSite()
  })
  afterAll(() => site.close())

  test.each([true, false])(
    'register, set up the app, change the password, log out, reset, log in (JavaScript: %s)',
    async (javaScriptEnabled) => {
      const email = `keys-${javaScriptEnabled}@example.com`
      const context = await browser.newContext({ javaScriptEnabled })
      const page = await context.newPage()
      await page.goto(`${site.base}/auth/login?next=/auth/account/security`)
      await go(page, 'Create an account', '/auth/register')
      await typeInto(page, 'Email', email)
      await typeInto(page, 'Password', 'short')
      await enter(page, '/auth/register')
      await typeAtCursor(page, 'Password', PASSWORD) // the wrong field
      await enter(page, '/auth/account/security')

      await tabTo(page, 'Skip to the content')
      await go(page, 'Set up', '/auth/account/security/totp')
      const secret = await page.locator('main input[readonly]').inputValue()
      await typeInto(page, 'Code from the app', totpCode(secret.replaceAll(' ', ''), Date.now()))
      await enter(page, '/auth/account/security/recovery-codes')
      expect(await page.locator('.codes li').count()).toBe(10)
      await go(page, 'Security', '/auth/account/security')

      await go(page, 'Change password', '/auth/account/security/password')
      await typeInto(page, 'Current password', 'a wrong password')
      await typeInto(page, 'New password', NEW_PASSWORD)
      await enter(page, '/auth/account/security/password')
      await typeAtCursor(page, 'Current password', PASSWORD)
      if (javaScriptEnabled) {
        await tabTo(page, 'Show password')
        await page.keyboard.press('Space')
        expect(await page.locator('#currentPassword').getAttribute('type')).toBe('text')
      }
      await typeInto(page, 'New password', NEW_PASSWORD)
      await enter(page, '/auth/account/security')
      await page.getByText('Your password is changed.').waitFor()
      await go(page, 'Log out', '/auth/login')

      await typeAtCursor(page, 'Email', email)
      await typeInto(page, 'Password', NEW_PASSWORD)
      await tabTo(page, 'Keep me logged in for 30 days')
      await page.keyboard.press('Space')
      await enter(page, '/auth/login/attempt')
      await typeAtCursor(page, 'Code', '000000')
      await enter(page, '/auth/login/attempt')
      await expect.poll(() => page.evaluate(describeFocus)).toMatchObject({ name: 'Code' })
      await go(page, 'Log in again', '/auth/login')
      expect(await page.getByLabel('Keep me logged in').isChecked()).toBe(true)

      await go(page, 'Forgot password?', '/auth/password/forgot')
      await typeAtCursor(page, 'Email', email)
      await enter(page, '/auth/password/forgot')
      const { text } = await site.waitForMail((mail) => mail.to === email && mail.text.includes('/password/reset?'))
      await page.goto(/http:\S+\/password\/reset\?\S+/.exec(text)?.[0] ?? '')
      await typeAtCursor(page, 'New password', PASSWORD)
      await enter(page, '/auth/login')
      await typeAtCursor(page, 'Email', email)
      await typeInto(page, 'Password', PASSWORD)
      await enter(page, '/auth/account') // the first proof of the address ended what a stranger could have set up
      await context.close()
    },
  )
})

describe('as people use them', () => {
  let site: TestSite
  beforeAll(async () => {
    site = await startSite({ emailLogin: 'on' })
    await site.auth.users.create({ email: 'ada@example.com', password: PASSWORD, emailVerified: true })
  })
  afterAll(() => site.close())

  async function logIn(context: BrowserContext, path = '/auth/account'): Promise<Page> {
    const page = await context.newPage()
    await page.goto(`${site.base}/auth/login?next=${encodeURIComponent(path)}`)
    await page.getByLabel('Email', { exact: true }).fill('ada@example.com')
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
    await page.getByRole('button', { name: 'Log in', exact: true }).click()
    await page.waitForURL(`${site.base}${path}`)
    return page
  }

  test('a way to log in that needs JavaScript leaves no line behind without it', async () => {
    const other = await startSite()
    for (const javaScriptEnabled of [true, false]) {
      const context = await browser.newContext({ javaScriptEnabled })
      const page = await context.newPage()
      await page.goto(`${other.base}/auth/login`)
      const state = javaScriptEnabled ? 'visible' : 'hidden'
      await page.getByRole('button', { name: 'Log in with a passkey' }).waitFor({ state })
      await page.getByText('or', { exact: true }).waitFor({ state })
      await context.close()
    }
    await other.close()
  })

  test('on a phone the navigation shows the open page, also if it is the last one', async () => {
    const context = await browser.newContext({ viewport: { width: 320, height: 700 } })
    const page = await logIn(context, '/auth/account/data')
    const { left, right } = await page.evaluate(() => {
      const box = document.querySelector('.sections [aria-current]')?.getBoundingClientRect()
      return { left: box?.left ?? -1, right: box?.right ?? -1 }
    })
    expect(left).toBeGreaterThanOrEqual(0)
    expect(right).toBeLessThanOrEqual(320)
    await context.close()
  })

  test('the checkbox of the login follows to the other ways', async () => {
    const context = await browser.newContext()
    const page = await context.newPage()
    await page.goto(`${site.base}/auth/login`)
    await page.getByLabel('Keep me logged in').check()
    await page.getByRole('link', { name: 'Forgot password?' }).click()
    await page.getByRole('link', { name: 'Back to the login' }).click()
    expect(await page.getByLabel('Keep me logged in').isChecked()).toBe(true)
    await page.getByLabel('Keep me logged in').uncheck()
    await page.getByRole('link', { name: 'email' }).first().click()
    expect(await page.getByLabel('Keep me logged in').isChecked()).toBe(false)
    await context.close()
  })

  test.each(['en-US', 'en-GB'])(
    'times and days are those of the reader, written as in the region: %s',
    async (locale) => {
      const context = await browser.newContext({ timezoneId: 'Pacific/Kiritimati', locale }) // 14 hours ahead
      const page = await logIn(context, '/auth/account/activity')
      const shown = await page.evaluate(
        (region) =>
          [...document.querySelectorAll('.days section')].map((section) => ({
            day: section.querySelector('h2')?.textContent,
            times: [...section.querySelectorAll('time')].map(({ dateTime, textContent }) => ({
              text: textContent,
              expected: new Date(dateTime).toLocaleTimeString(region, { timeStyle: 'short' }),
              day: new Date(dateTime).toLocaleDateString(region, { dateStyle: 'long' }),
            })),
          })),
        locale,
      )
      expect(shown.length).toBeGreaterThan(0)
      for (const { day, times } of shown) {
        expect(times.length).toBeGreaterThan(0)
        for (const time of times) expect(time).toEqual({ text: time.expected, expected: time.expected, day })
      }
      const utc = await browser.newContext({ timezoneId: 'Pacific/Kiritimati', locale, javaScriptEnabled: false })
      const plain = await logIn(utc, '/auth/account/activity')
      expect(await plain.locator('main time').first().textContent()).toContain('UTC')
      await context.close()
      await utc.close()
    },
  )

  test('a session that ended: the form leads to a login that says so, and back to the form', async () => {
    const context = await browser.newContext()
    const page = await logIn(context, '/auth/account')
    const user = await site.auth.users.find('ada@example.com')
    await site.auth.sessions.revokeAll(user?.id ?? '')
    await page.getByLabel('Name').fill('Countess')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Your session has ended.').waitFor()
    await page.getByLabel('Email', { exact: true }).fill('ada@example.com')
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
    await page.getByRole('button', { name: 'Log in', exact: true }).click()
    await page.waitForURL(`${site.base}/auth/account`)
    await context.close()
  })
})

describe('attacks from a page of another origin', () => {
  let site: TestSite
  let evil: string
  let stopEvil: () => void
  beforeAll(async () => {
    site = await startSite({ scopes: ['read'] })
    await site.auth.users.create({ email: 'victim@example.com', password: PASSWORD, emailVerified: true })
    // Another port of the same host is the same site: SameSite=Lax cookies come along.
    const server = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html').end('<!doctype html><title>Evil</title><body></body>')
    }).listen(0, 'localhost')
    await once(server, 'listening')
    evil = `http://localhost:${(server.address() as AddressInfo).port}`
    stopEvil = () => server.close()
  })
  afterAll(async () => {
    stopEvil()
    await site.close()
  })

  /** A browser in which the victim is logged in, on the page of the attacker. */
  async function openEvil(): Promise<{ context: BrowserContext; page: Page; cookie: string }> {
    const context = await browser.newContext()
    const page = await context.newPage()
    await page.goto(`${site.base}/auth/login`)
    await page.getByLabel('Email', { exact: true }).fill('victim@example.com')
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
    await page.getByRole('button', { name: 'Log in', exact: true }).click()
    await page.waitForURL(`${site.base}/auth/account`)
    const cookies = await context.cookies()
    const { value: cookie = '' } = cookies.find(({ name }) => name === 'latchkey') ?? {}
    await page.goto(evil)
    return { context, page, cookie }
  }

  /** The path and every form of the pages, as the reference lists them. */
  async function formRoutes(): Promise<string[]> {
    const document = (await (await fetch(`${site.base}/auth/openapi.json`)).json()) as {
      readonly paths: Readonly<Record<string, { readonly post?: object }>>
    }
    const listed = Object.entries(document.paths).flatMap(([path, { post }]) => (post === undefined ? [] : [path]))
    const own = ['rename', 'delete', 'create-token', 'revoke-token', 'end-session', 'end-other-sessions', 'start-totp']
    return [...listed.map((path) => path.replaceAll(/\{\w+\}/g, 'x')), ...own.map((form) => `/auth/account/${form}`)]
  }

  test('a form post is refused on every route, with the cookies of the victim', async () => {
    const { context, page, cookie } = await openEvil()
    const routes = await formRoutes()
    expect(routes.length).toBeGreaterThan(20)
    const statuses: [string, number][] = []
    for (const path of routes) {
      await page.goto(evil)
      const [answer] = await Promise.all([
        page.waitForResponse((response) => response.url() === `${site.base}${path}`),
        page.waitForEvent('load'),
        page.evaluate((action) => {
          document.body.innerHTML = `<form method="post" action="${action}"><input name="email" value="victim@example.com"></form>`
          document.querySelector('form')?.submit()
        }, `${site.base}${path}`),
      ])
      statuses.push([path, answer.status()])
    }
    const allowed = statuses.filter(([path, status]) => status !== 403 && !path.startsWith('/auth/oauth/'))
    expect(allowed).toEqual([])
    const sent = { headers: { cookie: `latchkey=${cookie}` } }
    expect((await fetch(`${site.base}/auth/session`, sent)).status).toBe(200) // the session is alive, the account exists
    await context.close()
  })

  test('fetch reads nothing and changes nothing, and a script or an image of ours does not load', async () => {
    const { context, page } = await openEvil()
    const outcomes = await page.evaluate(async (base) => {
      const json = { 'content-type': 'application/json' }
      const attempt = (path: string, init: RequestInit): Promise<string> =>
        fetch(`${base}${path}`, { credentials: 'include', ...init }).then(
          async (response) => `read ${(await response.text()).length} bytes of ${path}`,
          () => 'refused',
        )
      const load = (tag: 'script' | 'img', path: string): Promise<string> =>
        new Promise((resolve) => {
          const element = Object.assign(document.createElement(tag), { src: `${base}${path}` })
          element.addEventListener('load', () => resolve(`loaded ${path}`))
          element.addEventListener('error', () => resolve('refused'))
          document.body.append(element)
        })
      return Promise.all([
        attempt('/auth/session', {}),
        attempt('/auth/user/export', {}),
        attempt('/auth/account', {}),
        attempt('/auth/user', { method: 'DELETE' }),
        attempt('/auth/user', { method: 'PATCH', headers: json, body: '{"name":"Evil"}' }),
        attempt('/auth/tokens', { method: 'POST', headers: json, body: '{"name":"x","scopes":[]}' }),
        attempt('/auth/login', {
          method: 'POST',
          body: new URLSearchParams({ email: 'a@example.com', password: 'x' }),
        }),
        load('script', '/auth/session'),
        load('img', '/auth/user'),
      ])
    }, site.base)
    expect(new Set(outcomes)).toEqual(new Set(['refused']))
    // An opaque request is sent, and must not have changed anything.
    await page.evaluate(
      (url) =>
        fetch(url, { method: 'POST', mode: 'no-cors', credentials: 'include', body: 'name=Evil' }).catch(() => null),
      `${site.base}/auth/account/rename`,
    )
    const user = await site.auth.users.find('victim@example.com')
    expect([user?.name, (await site.auth.tokens.list(user?.id ?? '')).length]).toEqual([null, 0])
    await context.close()
  })

  test.each(['/auth/login', '/auth/account', '/auth/account/delete', '/auth/logout', '/auth/session', '/auth/nowhere'])(
    'no frame shows %s (clickjacking)',
    async (path) => {
      const { context, page } = await openEvil()
      await page.evaluate((src) => {
        document.body.innerHTML = `<iframe src="${src}"></iframe>`
      }, `${site.base}${path}`)
      const element = await page.locator('iframe').elementHandle()
      const frame = await element?.contentFrame()
      await frame?.waitForLoadState('load')
      expect(await frame?.content()).not.toMatch(/<form|latchkey|"user"/)
      await context.close()
    },
  )

  test('opening a page of ours from there logs nobody out and changes nothing', async () => {
    const { context, page } = await openEvil()
    for (const path of ['/auth/logout', '/auth/account/end-other-sessions', '/auth/account/delete']) {
      await page.goto(`${site.base}${path}`, { referer: evil })
    }
    await page.goto(`${site.base}/auth/account`)
    expect(page.url()).toBe(`${site.base}/auth/account`)
    await context.close()
  })
})

/** Markup that would run in one context or another if a page did not escape it. Each sets `window.pwned`. */
const MARKUP = [
  '<script>pwned=1</script>',
  '<img src=x onerror=pwned=1>',
  '"><svg onload=pwned=1>',
  `'><img src=x onerror='pwned=1'>`,
  '" autofocus onfocus=pwned=1 x="',
  '</title><script>pwned=1</script>',
  '</script><script>pwned=1</script>',
  '--><script>pwned=1</script>',
  'javascript:pwned=1',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: an attack on templates
  '${pwned=1}{{pwned=1}}',
  '&lt;img src=x onerror=pwned=1&gt;',
  '<iframe srcdoc="<script>parent.pwned=1</script>">',
] as const

describe('markup in every stored field is text (ASVS 1.2.1)', () => {
  const memory = createMemoryProvider(Date.now)
  const [SCRIPT, IMAGE] = MARKUP
  let site: TestSite
  beforeAll(async () => {
    const options = {
      siteName: `Site ${IMAGE}`,
      scopes: ['read', 'write'],
      oauth: {},
      emailLogin: 'on',
      providers: [
        oidc({
          id: 'company',
          name: `Company ${SCRIPT}`,
          issuer: 'https://id.example.com',
          clientId: 'a',
          clientSecret: 'b',
        }),
      ],
    } as const
    site = await startSite(options, { ...SMALL_COST, fetchProvider: memory.fetch })
  })
  afterAll(() => site.close())

  /** Opens a page without its content security policy, so that only escaping protects it. Returns its text. */
  async function look(page: Page, path: string): Promise<string> {
    await page.goto(`${site.base}${path}`)
    const found = await page.evaluate(() => ({
      pwned: 'pwned' in globalThis,
      foreign: document.querySelectorAll('img,iframe,[onerror],[onload],[onfocus],a[href^="javascript:"]').length,
      scripts: document.scripts.length,
    }))
    expect([path, found.pwned, found.foreign, found.scripts <= MAX_SCRIPTS]).toEqual([path, false, 0, true])
    return page.locator('body').innerText()
  }

  /** Opens a browser without policy whose user agent is markup. */
  const openBrowser = (): Promise<BrowserContext> =>
    browser.newContext({ bypassCSP: true, userAgent: `Mozilla/5.0 ${MARKUP.join(' ')}`.slice(0, 250) })

  /** Registers a person whose name is markup. Returns the id. */
  async function register(page: Page): Promise<string> {
    await page.goto(`${site.base}/auth/register`)
    await page.getByLabel('Name (optional)', { exact: true }).fill(MARKUP.slice(0, 3).join(' '))
    await page.getByLabel('Email', { exact: true }).fill('markup@example.com')
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
    await page.getByRole('button', { name: 'Create account', exact: true }).click()
    await page.waitForURL(`${site.base}/auth/account`)
    return (await site.auth.users.find('markup@example.com'))?.id ?? ''
  }

  async function addPasskeys(page: Page, names: readonly string[]): Promise<void> {
    const call = (path: string, body: object): Promise<{ readonly options: CreationOptionsJson }> =>
      page.evaluate(
        ([url, text]) =>
          fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: text }).then((answer) =>
            answer.json(),
          ),
        [`${site.base}/auth${path}`, JSON.stringify(body)] as const,
      )
    for (const name of names) {
      const { options } = await call('/passkeys/options', {})
      await call('/passkeys', { credential: createAuthenticator({ origin: site.base }).create(options), name })
    }
  }

  /** Creates an app whose name is markup. Returns the path with its question. */
  async function askConsent(name: string): Promise<string> {
    const redirectUri = 'https://app.example.com/'
    const { client } = await site.auth.oauthClients.create({ name, redirectUris: [redirectUri], scopes: ['read'] })
    const query = new URLSearchParams({
      client_id: client.id,
      redirect_uri: redirectUri,
      response_type: 'code',
      scope: 'openid read',
      state: SCRIPT,
      code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
      code_challenge_method: 'S256',
    })
    return `/auth/oauth/authorize?${query}`
  }

  test('name, user agent, access token, passkey, provider, app and site', async () => {
    const context = await openBrowser()
    const page = await context.newPage()
    const id = await register(page)
    for (const name of MARKUP) await site.auth.tokens.create(id, { name, scopes: ['read'] })
    const passkeys = MARKUP.slice(0, 6)
    await addPasskeys(page, passkeys)
    expect(await look(page, await askConsent(MARKUP.slice(0, 3).join(' ')))).toContain(SCRIPT)
    expect(await look(page, '/auth/account')).toContain('Log out')
    expect(await page.getByLabel('Name').inputValue()).toContain(SCRIPT)
    const security = await look(page, '/auth/account/security')
    for (const name of [...passkeys, `Company ${SCRIPT}`]) expect(security).toContain(name)
    const tokens = await look(page, '/auth/account/tokens')
    for (const name of MARKUP) expect(tokens).toContain(name)
    const paths = ['/devices', '/activity', '/data', '/delete', '/email', '/tokens/new', '/apps', '/security/password']
    for (const path of paths) await look(page, `/auth/account${path}`)
    const [last] = await site.auth.tokens.list(id)
    await look(page, `/auth/account/tokens/revoke?id=${last?.id}`)
    await context.close()
  })

  test('the parameters of a URL, and the address of an invitation', async () => {
    const context = await openBrowser()
    const page = await context.newPage()
    for (const value of MARKUP) {
      const query = new URLSearchParams({ next: `/${value}`, remember: value, lang: value, method: value })
      await look(page, `/auth/login?${query}`)
    }
    const quote = '" autofocus onfocus=pwned=1 x="'
    const paths = ['/register', '/password/forgot', '/password/reset', '/login/email', '/email/verify', '/nowhere']
    for (const path of paths) {
      await look(page, `/auth${path}?${new URLSearchParams({ next: `/${quote}`, token: quote, invitation: quote })}`)
    }
    const email = `"<img/src=x/onerror=pwned=1>"@example.com`
    const invited = await site.auth.invitations.create({ email }).catch(() => null)
    if (invited !== null) {
      const { text } = await site.waitForMail(({ to }) => to.includes('onerror'))
      await look(page, /\/auth\/register\?\S+/.exec(text)?.[0] ?? '')
    }
    await context.close()
  })
})
