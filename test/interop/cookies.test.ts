/*
 * Cookies in third-party clients: real clients over TLS, each with its usual cookie store. The table in docs/clients.md
 * shows the results.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, inject, type TestContext, test } from 'vitest'
import { CLIENTS, type InteropClient } from './clients.ts'
import { clientsTable, readTable, type Verdicts, withoutVersions, writeTable } from './clients-table.ts'
import { type SessionOptions, type Site, startSite } from './site.ts'
import { startVisitor, type Visitor } from './visitor.ts'

const HOUR_MS = 60 * 60 * 1_000
/** Lifetime of a cookie that expires during a test, long enough to renew it. */
const SHORT_LIFE_MS = 10_000
const OPAQUE = expect.stringMatching(/^lks_[\w-]+$/)
const SEALED = expect.stringMatching(/^ey[\w-]+(?:\.[\w-]*){4}$/)
const ADA = { status: 200, email: 'ada@example.com' }
const NOBODY = { status: 401, cookie: undefined }

const found = new Map<InteropClient, Partial<Verdicts>>(CLIENTS.map((client) => [client, {}]))

describe.concurrent.each(CLIENTS)('$name', (client) => {
  test('keeps the cookie of a login and sends it automatically', async (context) => {
    const { visitor } = await visit(context)
    expect(await visitor.ask('user')).toMatchObject(NOBODY)
    expect(await visitor.ask('login')).toMatchObject(ADA)
    const asked = await visitor.ask('user')
    expect(asked).toMatchObject({ ...ADA, cookie: OPAQUE })
    note({ version: client.version(asked.userAgent), login: 'yes' })
  })

  test('keeps a remembered login for its next process, if the cookies are in a file', async (context) => {
    const { visitor } = await visit(context)
    expect(await visitor.ask('remember')).toMatchObject(ADA)
    await visitor.restart()
    expect(await visitor.ask('user')).toMatchObject(client.isPersistent ? { ...ADA, cookie: OPAQUE } : NOBODY)
    note({ remembered: client.isPersistent ? 'yes' : 'no' })
  })

  test('keeps or drops a login that is not remembered, as the table says', async (context) => {
    const { visitor } = await visit(context)
    await visitor.ask('login')
    await visitor.restart()
    const { cookie } = await visitor.ask('user')
    note({ notRemembered: cookie === undefined ? 'gone' : 'kept' })
  })

  test('replaces a cookie with the renewed one, and continues after the first one expires', async (context) => {
    const { visitor, site, another } = await visit(context, { rememberedIdleMs: SHORT_LIFE_MS, touchWindowMs: 1_000 })
    const absent = another()
    expect(await absent.ask('remember')).toMatchObject(ADA)
    expect(await visitor.ask('remember')).toMatchObject(ADA)
    const firstEndsAt = Date.now() + SHORT_LIFE_MS
    await site.restart({ cookieRenewalMs: 1_000 })
    site.advance(1_000)
    expect(await visitor.ask('user')).toMatchObject(ADA)
    // The clock of a client is the machine's, and counts whole seconds.
    await sleep(firstEndsAt + 1_000 - Date.now())
    expect(await visitor.ask('user')).toMatchObject({ ...ADA, cookie: OPAQUE })
    expect(await absent.ask('user')).toMatchObject(NOBODY)
    note({ renewed: 'yes' })
  })

  test('forgets the cookie at a logout', async (context) => {
    const { visitor } = await visit(context)
    await visitor.ask('remember')
    expect(await visitor.ask('user')).toMatchObject(ADA)
    expect(await visitor.ask('logout')).toMatchObject({ status: 204, cookie: OPAQUE })
    expect(await visitor.ask('user')).toMatchObject(NOBODY)
    await visitor.restart()
    expect(await visitor.ask('user')).toMatchObject(NOBODY)
    note({ logout: 'yes' })
  })

  test('works with sealed cookies, and accepts one that is sealed again', async (context) => {
    const { visitor, site } = await visit(context, { token: 'sealed' })
    await visitor.ask('login')
    const { cookie: first, ...user } = await visitor.ask('user')
    expect([user, first]).toEqual([expect.objectContaining(ADA), SEALED])
    site.advance(2 * HOUR_MS)
    expect(await visitor.ask('user')).toMatchObject({ ...ADA, cookie: first })
    const { cookie: second } = await visitor.ask('user')
    expect([second, second === first]).toEqual([SEALED, false])
    expect(await visitor.ask('logout')).toMatchObject({ status: 204, cookie: second })
    expect(await visitor.ask('user')).toMatchObject(NOBODY)
    note({ sealed: 'yes' })
  })

  test('sends the cookie to no other host, and over plain http as the table says', async (context) => {
    const { visitor, site } = await visit(context)
    await visitor.ask('login')
    expect(await visitor.ask('user', site.otherHost)).toMatchObject(NOBODY)
    const { status, cookie } = await visitor.ask('user', site.plainHttp)
    expect(status).toBe(200)
    note({ plainHttp: cookie === undefined ? 'no' : 'yes' })
  })

  /** A site, and a visitor with this client. */
  async function visit({ onTestFinished }: TestContext, session: SessionOptions = {}): Promise<Visit> {
    const site = await startSite(inject('certificate'), session)
    onTestFinished(() => site.close())
    const another = (): Visitor => {
      const visitor = startVisitor(client, site, inject('prepared'))
      onTestFinished(() => visitor.close())
      return visitor
    }
    return { site, visitor: another(), another }
  }

  function note(verdicts: Partial<Verdicts>): void {
    found.set(client, { ...found.get(client), ...verdicts })
  }
})

test('the table in docs/clients.md matches the results; `npm run test:interop -- --update` writes it', () => {
  const table = clientsTable(found)
  expect(table).not.toContain('| ? |')
  if (inject('writesTable')) writeTable(table)
  expect(withoutVersions(readTable())).toBe(withoutVersions(table))
})

interface Visit {
  readonly site: Site
  readonly visitor: Visitor
  another(): Visitor
}
