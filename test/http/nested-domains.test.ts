/* Services below one domain: a browser sends the cookies of all of them, and each service believes its own. */
import { CookieJar } from 'tough-cookie'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { LatchkeyOptions } from '../../src/index.ts'
import { Client } from '../support/client.ts'
import { createTestSteps, RIGHT } from '../support/login-steps.ts'
import { type Instance, PASSWORD, type Ring, SMALL_COST, sendTo, startInstance } from '../support/rings.ts'

const DAY = 24 * 60 * 60 * 1_000
const ADA = { email: 'ada@example.com', password: PASSWORD }
const PRODUCTION = { baseUrl: 'https://shop.example.co.uk', cookie: { domain: 'example.co.uk' } }
const STAGING = { baseUrl: 'https://api.staging.example.co.uk', cookie: { domain: 'staging.example.co.uk' } }

/** A browser that talks to a service under its public URL. */
type Visit = (path: string, body?: object) => Promise<{ status: number; set: string[] }>

function visitor(jar: CookieJar, instance: Pick<Instance, 'client'>, { baseUrl }: { readonly baseUrl: string }): Visit {
  return async (path, body) => {
    const headers = { cookie: await jar.getCookieString(baseUrl), 'sec-fetch-site': 'same-origin' }
    const client = instance.client()
    const reply = await (body === undefined ? client.get(path, headers) : client.post(path, body, headers))
    const set = reply.headers.getSetCookie()
    for (const line of set) await jar.setCookie(line, baseUrl)
    return { status: reply.status, set }
  }
}

async function start(ring: Ring, options: Partial<LatchkeyOptions>): Promise<Instance> {
  const instance = await startInstance(ring, options)
  onTestFinished(() => instance.close())
  await instance.auth.users.create(ADA)
  return instance
}

function sessionCookies(jar: CookieJar, url: string, name = '__Secure-latchkey'): Promise<string[]> {
  return jar.getCookies(url).then((all) => all.filter(({ key }) => key === name).map(({ domain }) => domain ?? ''))
}

describe.each<Ring>(['handler', 'server, PostgreSQL'])('nested domains (%s)', (ring) => {
  test("a neighbour's session cookie does not keep a user out: the next request is 200", async () => {
    const jar = new CookieJar()
    const production = visitor(jar, await start(ring, PRODUCTION), PRODUCTION)
    const staging = visitor(jar, await start(ring, STAGING), STAGING)
    expect((await production('/auth/login', { ...ADA, remember: true })).status).toBe(200)
    expect((await staging('/auth/session')).status).toBe(401)
    expect((await production('/auth/login', { ...ADA, remember: true })).status).toBe(200)
    expect((await staging('/auth/login', ADA)).status).toBe(200)
    for (let count = 0; count < 3; count++) expect((await staging('/auth/session')).status).toBe(200)
    expect(await sessionCookies(jar, STAGING.baseUrl)).toEqual(['staging.example.co.uk'])
  })

  test('a neighbour that logs in later: both cookies arrive, the live one is believed, the other one is cleared', async () => {
    const jar = new CookieJar()
    const production = visitor(jar, await start(ring, PRODUCTION), PRODUCTION)
    const staging = visitor(jar, await start(ring, STAGING), STAGING)
    await staging('/auth/login', { ...ADA, remember: true })
    await production('/auth/login', ADA)
    expect(await sessionCookies(jar, STAGING.baseUrl)).toHaveLength(2)
    expect((await staging('/auth/session')).status).toBe(200)
    expect(await sessionCookies(jar, STAGING.baseUrl)).toEqual(['staging.example.co.uk'])
    const kept = (await jar.getCookies(STAGING.baseUrl)).find(({ key }) => key === '__Secure-latchkey')
    expect(kept?.maxAge).toBe(14 * 24 * 60 * 60) // the live cookie keeps its lifetime
    expect((await staging('/auth/session')).set).toEqual([])
  })

  test('after a change of cookie.domain, sessions continue and end on the new domain, without a second cookie', async () => {
    const jar = new CookieJar()
    const before = await start(ring, { ...STAGING, cookie: { domain: 'example.co.uk' } })
    const after = await before.sibling(STAGING)
    onTestFinished(() => after.close())
    const old = visitor(jar, before, STAGING)
    const visit = visitor(jar, { client: () => new Client(sendTo(after)) }, STAGING)
    await old('/auth/login', { ...ADA, remember: true })
    expect((await visit('/auth/session')).status).toBe(200)
    before.advance(DAY + 1)
    expect((await visit('/auth/session')).status).toBe(200) // renewed
    expect(await sessionCookies(jar, STAGING.baseUrl)).toEqual(['staging.example.co.uk'])
    expect((await visit('/auth/session')).status).toBe(200)
    expect((await visit('/auth/login', ADA)).status).toBe(200)
    expect((await visit('/auth/session')).status).toBe(200)
    await visit('/auth/logout', {})
    expect(await sessionCookies(jar, STAGING.baseUrl)).toEqual([])
  })

  test('a dead cookie is cleared on every domain from the host up to the registrable one, and not above', async () => {
    const instance = await start(ring, {
      baseUrl: 'https://a.b.example.co.uk',
      cookie: { domain: 'b.example.co.uk', name: 'acme' },
    })
    const reply = await instance.client().get('/auth/session', { cookie: '__Secure-acme=x' })
    expect(reply.status).toBe(401)
    const domains = reply.headers.getSetCookie().map((line) => {
      expect(line).toMatch(/^__Secure-acme=; Max-Age=0; .*Path=\/; .*HttpOnly; Secure; SameSite=Lax$/)
      return /Domain=([^;]*)/.exec(line)?.[1]
    })
    expect(domains).toEqual(['b.example.co.uk', undefined, 'a.b.example.co.uk', 'example.co.uk'])
  })

  test("a neighbour's cookies of a login in progress do not end the login", async () => {
    const jar = new CookieJar()
    const [one, two] = [createTestSteps('totp'), createTestSteps('totp')]
    const instances = await Promise.all([
      startInstance(ring, { ...PRODUCTION, secrets: [Buffer.alloc(32, 1).toString('hex')] }, withSteps(one)),
      startInstance(ring, STAGING, withSteps(two)),
    ])
    onTestFinished(async () => void (await Promise.all(instances.map((instance) => instance.close()))))
    for (const [index, { auth }] of instances.entries()) {
      const { id } = await auth.users.create(ADA)
      ;[one, two][index]?.enrol('totp', id)
    }
    const [production, staging] = [visitor(jar, instances[0], PRODUCTION), visitor(jar, instances[1], STAGING)]
    await production('/auth/login', ADA)
    await staging('/auth/login', ADA)
    expect(await sessionCookies(jar, STAGING.baseUrl, '__Secure-latchkey-attempt')).toHaveLength(2)
    expect((await staging('/auth/login/test-totp', { code: RIGHT })).status).toBe(200)
    expect(await sessionCookies(jar, STAGING.baseUrl, '__Secure-latchkey-attempt')).toEqual([])
  })
})

test("a neighbour's language does not replace the one that a person chose here", async () => {
  const jar = new CookieJar()
  const [production, staging] = await Promise.all([start('handler', PRODUCTION), start('handler', STAGING)])
  const languageAt = async (instance: Instance, { baseUrl }: { readonly baseUrl: string }, query = '') => {
    const headers = { cookie: await jar.getCookieString(baseUrl), accept: 'text/html' }
    const reply = await instance.client().get(`/auth/login${query}`, headers)
    for (const line of reply.headers.getSetCookie()) await jar.setCookie(line, baseUrl)
    return /<html lang="([^"]*)"/.exec(reply.text)?.[1]
  }
  expect(await languageAt(production, PRODUCTION, '?lang=fr')).toBe('fr')
  expect(await languageAt(staging, STAGING)).toBe('fr') // nothing else was chosen
  expect(await languageAt(staging, STAGING, '?lang=de')).toBe('de')
  expect(await languageAt(staging, STAGING)).toBe('de')
})

test('services on one host and different ports keep their cookies apart by cookie.name', async () => {
  const jar = new CookieJar()
  const [one, two] = [{ baseUrl: 'http://localhost:3000' }, { baseUrl: 'http://localhost:4000' }]
  const first = visitor(jar, await start('handler', one), one)
  const second = visitor(jar, await start('handler', { ...two, cookie: { name: 'acme' } }), two)
  expect((await first('/auth/login', ADA)).status).toBe(200)
  expect((await second('/auth/login', ADA)).status).toBe(200)
  expect([(await first('/auth/session')).status, (await second('/auth/session')).status]).toEqual([200, 200])
  const names = (await jar.getCookies(one.baseUrl)).map(({ key }) => key)
  expect(names.toSorted()).toEqual(['acme', 'acme-device', 'latchkey', 'latchkey-device'])
})

function withSteps(steps: ReturnType<typeof createTestSteps>): typeof SMALL_COST {
  return { ...SMALL_COST, features: () => [steps.feature] }
}
