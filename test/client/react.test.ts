/// <reference lib="dom" />
/* The React hooks: the program of docs/client.md in Chromium, and a page that a server renders and a browser hydrates. */
import { once } from 'node:events'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { createElement } from 'react'
import { renderToString } from 'react-dom/server'
import { rolldown } from 'rolldown'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createClient } from '../../src/client.ts'
import { createLatchkey, type Latchkey } from '../../src/index.ts'
import { toNodeHandler } from '../../src/node.ts'
import { useSession } from '../../src/react.ts'
import { sqlite } from '../../src/sqlite.ts'
import { ROOMY_LIMITS } from '../../src/testing/roomy-limits.ts'
import { launchChromium } from '../support/chromium.ts'
import { freePort } from '../support/free-port.ts'
import { reactPage } from '../support/react-page.ts'
import { PASSWORD } from '../support/rings.ts'

interface Opened {
  readonly page: Page
  /** Errors and warnings from React. */
  readonly complaints: string[]
  /** Requests for the session. */
  readonly questions: string[]
}

const root = resolve(import.meta.dirname, '../..')
const EMAIL = 'ada@example.com'

/** Bundles a program with its imports for a browser. It uses the development build of React, which reports errors. */
async function bundle(input: string): Promise<string> {
  const built = await rolldown({
    input,
    platform: 'browser',
    resolve: {
      alias: { 'latchkey/client': join(root, 'src/client.ts'), 'latchkey/react': join(root, 'src/react.ts') },
      modules: [join(root, 'node_modules')],
    },
    transform: { define: { 'process.env.NODE_ENV': '"development"' }, jsx: { runtime: 'automatic' } },
  })
  const { output } = await built.generate()
  return output[0].code
}

describe('latchkey/react', () => {
  let auth: Latchkey
  let server: Server
  let browser: Browser
  let origin: string
  const scripts = new Map<string, string>()
  beforeAll(async () => {
    const directory = mkdtempSync(join(tmpdir(), 'latchkey-react-'))
    const [, code = ''] = /```tsx run\n([\s\S]*?)```/.exec(readFileSync(join(root, 'docs/client.md'), 'utf8')) ?? []
    writeFileSync(join(directory, 'docs.tsx'), code)
    scripts.set('/docs.js', await bundle(join(directory, 'docs.tsx')))
    scripts.set('/page.js', await bundle(join(root, 'test/support/react-page.ts')))
    const port = await freePort()
    origin = `http://localhost:${port}`
    const storage = sqlite(join(directory, 'test.db'))
    auth = await createLatchkey({ baseUrl: origin, storage, throttle: ROOMY_LIMITS, mailer: async () => {} })
    await auth.users.create({ email: EMAIL, password: PASSWORD })
    const handler = toNodeHandler(auth, async (request, response) => {
      const script = scripts.get(request.url ?? '')
      response.setHeader('Content-Type', script === undefined ? 'text/html' : 'text/javascript')
      response.end(script ?? (await html(request)))
    })
    server = createServer(handler).listen(port, 'localhost')
    await once(server, 'listening')
    browser = await launchChromium()
  })
  afterAll(async () => {
    await browser.close()
    server.closeAllConnections()
    server.close()
    await auth.close()
  })

  /** `/docs` has the program of the docs; `/` is rendered here. */
  async function html(request: IncomingMessage): Promise<string> {
    const head = '<!doctype html><title>A page</title><link rel="icon" href="data:,">'
    if (request.url === '/docs') return `${head}<body><script type="module" src="/docs.js"></script>`
    const client = createClient({ baseUrl: origin, headers: { cookie: request.headers.cookie ?? '' } })
    await client.session()
    const rendered = renderToString(reactPage(client, client.state))
    const initial = `<script type="application/json" id="initial">${JSON.stringify(client.state).replaceAll('<', '\\u003c')}</script>`
    return `${head}<main>${rendered}</main>${initial}<script type="module" src="/page.js"></script>`
  }

  /** Opens a page, and waits until it knows the session state. */
  async function open(context: BrowserContext, path: string): Promise<Opened> {
    const page = await context.newPage()
    const questions: string[] = []
    page.on('request', (request) => {
      if (request.url() === `${origin}/auth/session`) questions.push(request.method())
    })
    const answered = page.waitForResponse(`${origin}/auth/session`)
    const complaints: string[] = []
    page.on('console', (message) => {
      const isOfReact = ['error', 'warning'].includes(message.type()) && !/Failed to load resource/.test(message.text()) // a 401
      if (isOfReact) complaints.push(message.text())
    })
    page.on('pageerror', (error) => complaints.push(error.message))
    await page.goto(`${origin}${path}`)
    await answered
    return { page, complaints, questions }
  }

  test('the program of the docs logs in, shows what is wrong, and logs out', async () => {
    const context = await browser.newContext()
    const { page, complaints } = await open(context, '/docs')
    await page.getByLabel('Email').fill(EMAIL)
    await page.getByLabel('Password').fill('a wrong password')
    await page.getByRole('button', { name: 'Log in' }).click()
    await page.getByText('Invalid credentials').waitFor()
    await page.getByLabel('Email').fill(EMAIL)
    await page.getByLabel('Password').fill(PASSWORD)
    await page.getByRole('button', { name: 'Log in' }).click()
    await page.getByText(`Hello ${EMAIL}`).waitFor()
    await page.reload()
    await page.getByText(`Hello ${EMAIL}`).waitFor()
    await page.getByRole('button', { name: 'Log out' }).click()
    await page.getByLabel('Email').waitFor()
    expect(complaints).toEqual([])
    await context.close()
  })

  test.each([
    ['nothing answers', 'abort'],
    ['a proxy answers', 'fulfill'],
  ] as const)('the login of the docs stays on the page while the server is down: %s', async (_, how) => {
    const context = await browser.newContext()
    const { page, complaints } = await open(context, '/docs')
    await page.route('**/auth/login', (route) =>
      how === 'abort'
        ? route.abort()
        : route.fulfill({ status: 502, contentType: 'text/html', body: '<h1>Bad Gateway' }),
    )
    const submit = async (): Promise<void> => {
      await page.getByLabel('Email').fill(EMAIL)
      await page.getByLabel('Password').fill(PASSWORD)
      await page.getByRole('button', { name: 'Log in' }).click()
    }
    await submit()
    await page.getByText('The service does not answer').waitFor()
    await page.unroute('**/auth/login')
    await submit()
    await page.getByText(`Hello ${EMAIL}`).waitFor()
    expect(complaints).toEqual([])
    await context.close()
  })

  test('the browser hydrates what the server rendered; then the page follows the client, which asks once', async () => {
    const context = await browser.newContext()
    const away = await open(context, '/')
    await away.page.getByText('logged_out').first().waitFor()
    const credentials = { email: EMAIL, password: PASSWORD }
    expect((await context.request.post(`${origin}/auth/login`, { data: credentials })).status()).toBe(200)
    expect(await (await context.request.get(origin)).text()).toContain(
      `<button type="button">Log out ${EMAIL}</button>`,
    )

    const { page, complaints, questions } = await open(context, '/')
    expect(questions).toEqual(['GET'])
    await page.getByRole('button').first().click()
    await page.getByText('logged_out').nth(1).waitFor()
    expect([...complaints, ...away.complaints]).toEqual([])
    await context.close()
  })

  test('without a provider the error names the missing provider', () => {
    const Lost = (): string => useSession().status
    expect(() => renderToString(createElement(Lost))).toThrow('This component is not inside a SessionProvider.')
  })
})
