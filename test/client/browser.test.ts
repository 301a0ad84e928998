/// <reference lib="dom" />
/* The client in Chromium: the browser's own cookies, several tabs, another origin. */
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { rolldown } from 'rolldown'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { LatchkeyClient } from '../../src/client.ts'
import type { Latchkey } from '../../src/index.ts'
import { assembleLatchkey } from '../../src/latchkey.ts'
import { toNodeHandler } from '../../src/node.ts'
import { google } from '../../src/providers.ts'
import { sqlite } from '../../src/sqlite.ts'
import { createMemoryProvider } from '../../src/testing/memory-provider.ts'
import { ROOMY_LIMITS } from '../../src/testing/roomy-limits.ts'
import { launchChromium } from '../support/chromium.ts'
import { freePort } from '../support/free-port.ts'
import { PASSWORD } from '../support/rings.ts'

declare global {
  var auth: LatchkeyClient
  /** The states that `onChange` received. */
  var told: string[]
}

/** Creates a client as `auth`, and collects its states in `told`. */
const page = (
  options: object,
): string => `<!doctype html><title>A page</title><link rel="icon" href="data:,"><script type="module">
  import { createClient } from '/client.js'
  globalThis.auth = createClient(${JSON.stringify(options)})
  globalThis.told = []
  auth.onChange(({ status, user }) => told.push(user?.email ?? status))
</script>`

describe('the client in a browser', () => {
  const servers: Server[] = []
  const memory = createMemoryProvider(() => Date.now())
  let auth: Latchkey
  let browser: Browser
  let origin: string
  let elsewhere: string
  let otherSite: string
  beforeAll(async () => {
    const bundle = await rolldown({ input: resolve(import.meta.dirname, '../../src/client.ts') })
    const { output } = await bundle.generate()
    const port = await freePort()
    const otherPort = await freePort()
    origin = `http://localhost:${port}`
    elsewhere = `http://localhost:${otherPort}`
    otherSite = `http://127.0.0.1:${otherPort}`
    const serve = (listener: RequestListener, at: number): Promise<unknown> => {
      const server = createServer(listener).listen(at, 'localhost') // 127.0.0.1
      servers.push(server)
      return once(server, 'listening')
    }
    const file = join(mkdtempSync(join(tmpdir(), 'latchkey-browser-')), 'test.db')
    const options = {
      baseUrl: origin,
      trustedOrigins: [elsewhere, otherSite],
      storage: sqlite(file),
      throttle: ROOMY_LIMITS,
      emailLogin: 'on',
      providers: [google({ clientId: 'client', clientSecret: 'secret' })],
    } as const
    auth = await assembleLatchkey({ ...options, mailer: async () => {} }, { fetchProvider: memory.fetch })
    const answer =
      (clientOptions: object): RequestListener =>
      (request, response) => {
        const isScript = request.url === '/client.js'
        const contents: Readonly<Record<string, string>> = {
          '/client.js': output[0].code,
          '/forgot': page({ baseUrl: origin }),
          '/framing': `<iframe src="${origin}"></iframe>`,
        }
        response.setHeader('Content-Type', isScript ? 'text/javascript' : 'text/html')
        response.end(contents[request.url ?? ''] ?? page(clientOptions))
      }
    await serve(toNodeHandler(auth, answer({})), port)
    await serve(answer({ baseUrl: origin, credentials: 'include' }), otherPort)
    browser = await launchChromium()
  })
  afterAll(async () => {
    await browser.close()
    for (const server of servers) {
      server.closeAllConnections()
      server.close()
    }
    await auth.close()
  })

  async function openTab(context: BrowserContext, url: string): Promise<Page> {
    const tab = await context.newPage()
    await tab.goto(url)
    await tab.waitForFunction(() => 'told' in globalThis)
    return tab
  }
  const logIn = (tab: Page, email: string): Promise<string> =>
    tab.evaluate(
      async (credentials) => {
        const result = await globalThis.auth.register(credentials)
        return result.ok ? result.data.status : result.code
      },
      { email, password: PASSWORD },
    )
  const told = (tab: Page): Promise<string[]> => tab.evaluate(() => globalThis.told)

  test('a login and a logout in one tab reach the other tabs', async () => {
    const context = await browser.newContext()
    const [first, second] = [await openTab(context, origin), await openTab(context, origin)]
    expect(await logIn(first, 'ada@example.com')).toBe('complete')
    await second.waitForFunction(() => globalThis.told.length === 1)
    expect(await told(second)).toEqual(['ada@example.com'])
    expect(await second.evaluate(async () => (await globalThis.auth.sessions.list()).ok)).toBe(true)
    await second.evaluate(() => globalThis.auth.logOut())
    await first.waitForFunction(() => globalThis.told.length === 2)
    expect([await told(first), await told(second)]).toEqual([
      ['ada@example.com', 'logged_out'],
      ['ada@example.com', 'logged_out'],
    ])
    await context.close()
  })

  test('an error of one listener is reported, and the other listeners still run', async () => {
    const context = await browser.newContext()
    const tab = await openTab(context, origin)
    const reported = tab.waitForEvent('pageerror')
    await tab.evaluate(() => {
      globalThis.auth.onChange(() => {
        throw new Error('a bug of the page')
      })
      globalThis.auth.onChange(({ status }) => globalThis.told.push(`then ${status}`))
    })
    expect(await logIn(tab, 'grace@example.com')).toBe('complete')
    expect((await reported).message).toBe('a bug of the page')
    expect(await told(tab)).toEqual(['grace@example.com', 'then logged_in'])
    await context.close()
  })

  test('a page of a trusted origin logs in with credentials: include', async () => {
    const context = await browser.newContext()
    const tab = await openTab(context, elsewhere)
    expect(await logIn(tab, 'edsger@example.com')).toBe('complete')
    const emails = await tab.evaluate(async () => {
      const result = await globalThis.auth.session()
      return result.ok ? result.data.user.email : result.code
    })
    expect(emails).toBe('edsger@example.com')
    await context.close()
  })

  test('on a page of another site a login says that the browser did not keep the session', async () => {
    const context = await browser.newContext()
    const tab = await openTab(context, otherSite)
    const first = await tab.evaluate((credentials) => globalThis.auth.register(credentials), {
      email: 'barbara@example.com',
      password: PASSWORD,
    })
    expect(first).toMatchObject({
      ok: false,
      code: 'session_not_kept',
      title: 'The browser did not keep the session',
      detail: expect.stringMatching(`\\(${otherSite}\\) and ${origin} are different sites`),
    })
    const again = await tab.evaluate((credentials) => globalThis.auth.logIn(credentials), {
      email: 'barbara@example.com',
      password: PASSWORD,
    })
    expect(again).toMatchObject({ ok: false, code: 'session_not_kept' })
    expect(await told(tab)).toEqual(['logged_out'])
    const wrong = await tab.evaluate((credentials) => globalThis.auth.logIn(credentials), {
      email: 'barbara@example.com',
      password: 'a wrong long password',
    })
    expect(wrong).toMatchObject({ ok: false, code: 'invalid_credentials' })
    await context.close()
  })

  test('on a page of another site a login by email, and with an ID token, say so too', async () => {
    const context = await browser.newContext()
    const tab = await openTab(context, otherSite)
    const byEmail = await tab.evaluate(() => globalThis.auth.login.email({ email: 'hedy@example.com' }))
    expect(byEmail).toMatchObject({ ok: false, code: 'session_not_kept' })
    const account = { subject: 'hedy', email: 'hedy@gmail.com', emailVerified: true }
    const tokenFor = (nonce: string) => ({
      idToken: memory.idToken('https://accounts.google.com', 'client', account, nonce),
      nonce,
    })
    const withToken = await tab.evaluate((each) => globalThis.auth.login.withIdToken('google', each), tokenFor('one'))
    expect(withToken).toMatchObject({ ok: false, code: 'session_not_kept' })
    expect(await told(tab)).toEqual(['logged_out'])
    const own = await openTab(context, elsewhere)
    expect(await own.evaluate(() => globalThis.auth.login.email({ email: 'hedy@example.com' }))).toMatchObject({
      ok: true,
    })
    expect(
      await own.evaluate((each) => globalThis.auth.login.withIdToken('google', each), tokenFor('two')),
    ).toMatchObject({
      ok: true,
    })
    expect(await told(own)).toEqual(['hedy@gmail.com'])
    await context.close()
  })

  test('in a frame of another site a login says that the browser did not keep the session', async () => {
    const context = await browser.newContext()
    const tab = await context.newPage()
    await tab.goto(`${otherSite}/framing`)
    const frame = tab.frames().find((each) => each.url().startsWith(origin))
    await frame?.waitForFunction(() => 'told' in globalThis)
    const result = await frame?.evaluate((credentials) => globalThis.auth.register(credentials), {
      email: 'frame@example.com',
      password: PASSWORD,
    })
    expect(result).toMatchObject({
      code: 'session_not_kept',
      detail: expect.stringContaining('is in a frame of another site'),
    })
    await context.close()
  })

  test('on a page of the same site without credentials: include, a login names the missing option', async () => {
    const context = await browser.newContext()
    const tab = await openTab(context, `${elsewhere}/forgot`)
    const result = await tab.evaluate((credentials) => globalThis.auth.register(credentials), {
      email: 'adele@example.com',
      password: PASSWORD,
    })
    expect(result).toMatchObject({
      code: 'session_not_kept',
      detail: expect.stringContaining("credentials: 'include'"),
    })
    await context.close()
  })

  test('a page whose tracing adds headers to every request logs in from a trusted origin', async () => {
    const context = await browser.newContext()
    const tab = await openTab(context, elsewhere)
    const status = await tab.evaluate(async (url) => {
      const headers = {
        baggage: 'a=1',
        traceparent: '00-1-2-01',
        'sentry-trace': '1',
        'x-requested-with': 'XMLHttpRequest',
      }
      return (await fetch(`${url}/auth/session`, { credentials: 'include', headers })).status
    }, origin)
    expect(status).toBe(401)
    await context.close()
  })

  test('a login while the server is down is a refusal, and the page stays', async () => {
    const context = await browser.newContext()
    const tab = await openTab(context, origin)
    await context.setOffline(true)
    expect(await logIn(tab, 'offline@example.com')).toBe('network_error')
    await context.setOffline(false)
    expect(await logIn(tab, 'offline@example.com')).toBe('complete')
    await context.close()
  })
})
