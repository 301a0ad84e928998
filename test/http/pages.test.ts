/* Pages over HTTP: languages, the brand, error pages, and links that say at once that they are dead. */
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { ConfigurationError, createLatchkey } from '../../src/index.ts'
import { sqlite } from '../../src/sqlite.ts'
import { mailTo } from '../support/caught-mails.ts'
import { type Instance, ORIGIN, PASSWORD, startInstance, wholeMinute } from '../support/rings.ts'
import { totpCode } from '../support/totp.ts'

const folder = mkdtempSync(join(tmpdir(), 'latchkey-brand-'))
const BROWSER = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' }

function file(name: string, content: string): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

function svg(content: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">${content}</svg>`
}

describe('pages', () => {
  let instance: Instance
  beforeAll(async () => {
    instance = await startInstance('handler', {
      siteName: 'Acme',
      brand: { logo: file('logo.svg', svg('<circle r="9"/>')), color: '#0a6b4f', terms: 'https://acme.example/terms' },
      texts: { de: { login: { button: 'Los geht’s' } } },
    })
    await instance.auth.users.create({ email: 'ada@example.com', password: PASSWORD, name: 'Ada' })
  })
  afterAll(() => instance.close())

  test.each([
    [{}, '', 'en'],
    [{ 'accept-language': 'de-AT,en;q=0.5' }, '', 'de'],
    [{ 'accept-language': 'nl, fr;q=0.8, es;q=0.9' }, '', 'es'],
    [{ 'accept-language': 'de;q=0, fr;q=0.1' }, '', 'fr'],
    [{ 'accept-language': 'xx;q=9,;;,*' }, '', 'en'],
    [{ 'accept-language': 'de' }, '?lang=fr', 'fr'],
    [{ 'accept-language': 'de' }, '?lang=xx', 'de'],
  ])('the language of %j with the query %j is %s', async (headers, query, language) => {
    const page = await instance.client().get(`/auth/login${query}`, headers as Record<string, string>)
    expect(page.text).toContain(`<html lang="${language}" dir="ltr">`)
    expect(page.headers.get('content-language')).toBe(language)
    expect(page.headers.get('vary')).toContain('Accept-Language')
  })

  test('a language that a person chose stays, and the texts of the application replace ours', async () => {
    const client = instance.client()
    await client.get('/auth/login?lang=de')
    const page = await client.get('/auth/login', { 'accept-language': 'es' })
    expect(page.text).toContain('Bei Acme anmelden')
    expect(page.text).toContain('Los geht’s')
    await client.form('/auth/login', { email: 'ada@example.com', password: 'wrong' })
    expect((await client.get('/auth/login')).text).toContain('E-Mail-Adresse und Passwort passen nicht zusammen.')
  })

  test.each([
    [{ 'accept-language': 'de-AT,en;q=0.5' }, 'Neues Passwort für Acme festlegen'],
    [{ 'accept-language': 'nl' }, 'Set a new password for Acme'],
    [{ 'accept-language': 'de', cookie: 'latchkey-lang=fr' }, 'Choisissez un nouveau mot de passe pour Acme'],
    [{}, 'Elige una contraseña nueva para Acme', '?lang=es&lang=fr'],
  ])('an email is in the language of the request that causes it: %j', async (headers, subject, query = '') => {
    const email = `lang-${subject.length}@example.com`
    await instance.auth.users.create({ email, password: PASSWORD })
    await instance.client().post(`/auth/password/forgot${query}`, { email }, headers as Record<string, string>)
    const mail = await instance.waitForMail(mailTo(email, '/password/reset'))
    expect(mail.subject).toBe(subject)
    expect(mail.html).toContain('#0a6b4f')
  })

  test('an email that no request causes is in the first language of the service', async () => {
    await instance.auth.invitations.create({ email: 'guest@example.com' })
    expect((await instance.waitForMail(mailTo('guest@example.com', '/register'))).subject).toBe(
      'You are invited to Acme',
    )
  })

  test('links to other languages keep the token of the page', async () => {
    const { text } = await instance.client().get('/auth/password/reset?token=lkr_x')
    expect(text).toContain('href="?token=lkr_x&amp;lang=de"')
  })

  test('the brand is on the page, and its files are immutable and sandboxed', async () => {
    const page = await instance.client().get('/auth/login')
    expect(page.text).toContain('--brand:#0a6b4f')
    expect(page.headers.get('content-security-policy')).toContain("img-src 'self'")
    const [path = ''] = /\/auth\/brand\/logo-[0-9a-f]{12}\.svg/.exec(page.text) ?? []
    const logo = await instance.client().get(path)
    expect([logo.status, logo.headers.get('content-type')]).toEqual([200, 'image/svg+xml'])
    expect(logo.headers.get('cache-control')).toContain('immutable')
    expect(logo.headers.get('content-security-policy')).toContain('sandbox')
    expect((await instance.client().get('/auth/brand/../settings.ts')).status).toBe(404)
  })

  test('a logo for light screens is on white in the dark; one for dark screens takes its place', async () => {
    expect((await instance.client().get('/auth/login')).text).toMatch(/<img class="plate" src="[^"]*logo-/)
    const brand = {
      logo: file('light.svg', svg('<circle r="8"/>')),
      logoDark: file('dark.svg', svg('<circle r="7"/>')),
    }
    const both = await startInstance('handler', { brand })
    const page = (await both.client().get('/auth/login')).text
    expect(page).toMatch(/<source srcset="[^"]*" media="\(prefers-color-scheme: dark\)">/)
    expect(page).not.toContain('class="plate"')
    await both.close()
  })

  test.each([
    ['/auth/session', 401, 'Please log in'],
    ['/auth/nowhere', 404, 'Page not found'],
    ['/auth/password/change', 405, 'Page not found'],
    ['/auth/login/attempt', 401, 'This login has ended'],
  ])('a browser that opens %s gets a page with status %i; a program gets JSON', async (path, status, title) => {
    const page = await instance.client().get(path, BROWSER)
    expect([page.status, page.headers.get('content-type')]).toEqual([status, 'text/html; charset=utf-8'])
    expect(page.text).toContain(`<h1>${title}</h1>`)
    for (const accept of [
      '*/*',
      'application/json',
      'application/json, text/html',
      'text/html;q=0.1, application/json',
    ]) {
      const reply = await instance.client().get(path, { accept })
      expect([accept, reply.status, reply.headers.get('content-type')]).toEqual([
        accept,
        status,
        'application/problem+json',
      ])
    }
  })

  test('a form of another site gets a page, and the page names its reference', async () => {
    const headers = { ...BROWSER, 'sec-fetch-site': 'cross-site' }
    const page = await instance.client().form('/auth/login', { email: 'a', password: 'b' }, headers)
    expect(page.status).toBe(403)
    expect(page.text).toContain(`Reference: ${page.headers.get('x-request-id')}`)
  })

  test('opening the logout logs nobody out; a program gets 405', async () => {
    const client = instance.client()
    await client.form('/auth/login', { email: 'ada@example.com', password: PASSWORD })
    expect((await client.get('/auth/logout')).status).toBe(405)
    const page = await client.get('/auth/logout', BROWSER)
    expect([page.status, page.text.includes('action="/auth/logout"')]).toEqual([200, true])
    expect((await client.get('/auth/session')).status).toBe(200)
  })

  test('an account is deleted only with its typed address, from a fresh session', async () => {
    const client = instance.client()
    await client.form('/auth/register', { email: 'gone@example.com', password: PASSWORD })
    const wrong = await client.form('/auth/account/delete', { email: 'other@example.com' })
    expect(wrong.headers.get('location')).toBe('/auth/account/delete#email')
    expect((await client.form('/auth/account/delete', {})).headers.get('location')).toBe('/auth/account/delete#email')
    expect((await client.get('/auth/session')).status).toBe(200)
    instance.advance(11 * 60_000)
    const stale = await client.form('/auth/account/delete', { email: 'gone@example.com' })
    expect(stale.headers.get('location')).toBe('/auth/reauthenticate?next=%2Fauth%2Faccount%2Fdelete')
    expect((await client.get('/auth/account/delete')).headers.get('location')).toContain('/auth/reauthenticate?next=')
    const proven = await client.form('/auth/reauthenticate', { password: PASSWORD, next: '/auth/account/delete' })
    expect(proven.headers.get('location')).toBe('/auth/account/delete')
    const done = await client.form('/auth/account/delete', { email: 'Gone@example.com ' })
    expect(done.headers.get('location')).toBe('/auth/login')
    expect(await instance.auth.users.find('gone@example.com')).toBeNull()
  })

  test('a name is changed and removed; a pending change of address is shown and cancelled', async () => {
    const client = instance.client()
    await client.form('/auth/register', { email: 'pending@example.com', password: PASSWORD })
    await client.form('/auth/account/rename', { name: ' Grace ' })
    expect((await client.get('/auth/account')).text).toContain('value="Grace"')
    await client.form('/auth/account/rename', { name: '' })
    expect((await client.get('/auth/user')).body.user.name).toBeNull()
    await client.form('/auth/email/change', { email: 'after@example.com' })
    const { text } = await instance.waitForMail(({ to }) => to === 'after@example.com')
    const [link = ''] = /\/auth\/email\/change\/confirm\?token=\S+/.exec(text) ?? []
    expect((await client.get('/auth/account')).text).toContain('Your address changes to after@example.com')
    expect((await client.get(link)).text).toContain('Use this email address?')
    await client.form('/auth/account/cancel-email-change', {})
    expect((await client.get('/auth/account')).text).not.toContain('after@example.com')
    expect((await client.get(link)).text).toContain('This link no longer works')
    expect((await client.get('/auth/account/activity')).text).toContain('Change of email address cancelled')
  })

  test('the emails about a new device and about a new factor open the page on which their reader can act', async () => {
    const now = wholeMinute()
    const { auth, client: newClient, waitForMail, close } = await startInstance('handler', { clock: () => now })
    onTestFinished(close)
    const email = 'grace@example.com'
    await auth.users.create({ email, password: PASSWORD, emailVerified: true })
    const client = newClient()
    await client.post('/auth/login', { email, password: PASSWORD })
    expect((await waitForMail(mailTo(email, '/account/devices'))).subject).toContain('New login')
    const { secret } = (await client.post('/auth/totp')).body
    expect((await client.post('/auth/totp/confirm', { code: totpCode(secret, now) })).status).toBe(200)
    expect((await waitForMail(mailTo(email, '/account/security'))).text).toContain('was set up')
  })

  test('a link shows its address, stays alive when it is opened, and a dead one says so at once', async () => {
    const client = instance.client()
    await client.form('/auth/password/forgot', { email: 'ada@example.com', next: '/app' })
    const sent = await client.get('/auth/password/forgot?next=%2Fapp')
    expect(sent.text).toContain('Check your email')
    expect(sent.text).toContain('/auth/login?next=%2Fapp')
    const { text } = await instance.waitForMail(
      ({ to, text: body }) => to === 'ada@example.com' && body.includes('lkr_'),
    )
    const [link = ''] = /\/auth\/password\/reset\?token=\S+/.exec(text) ?? []
    for (let round = 0; round < 3; round++) expect((await client.get(link)).text).toContain('For ada@example.com')
    const token = link.split('token=')[1] ?? ''
    const weak = await client.form('/auth/password/reset', { token, password: 'short' })
    expect(weak.headers.get('location')).toBe(`/auth/password/reset?token=${token}#password`)
    await client.form('/auth/password/reset', { token, password: 'a new long password' })
    expect((await client.get(link)).text).toContain('This link no longer works')
  })

  test('a refused login leads to a new password, with the way to next, where the service sends email', async () => {
    const refuse = async ({ client }: Instance): Promise<string> => {
      const browser = client()
      await browser.form('/auth/login', { email: 'ada@example.com', password: 'a wrong password', next: '/app' })
      return (await browser.get('/auth/login?next=%2Fapp')).text
    }
    expect(await refuse(instance)).toMatch(
      /role="alert">.*do not match\. Check both, or <a href="\/auth\/password\/forgot\?next=%2Fapp">set a new password<\/a>\./,
    )
    const silent = await startInstance('handler', { mailer: undefined, baseUrl: 'https://acme.example' })
    await silent.auth.users.create({ email: 'ada@example.com', password: PASSWORD })
    expect(await refuse(silent)).toMatch(/role="alert">(?:(?!<a ).)*do not match\.<\/p>/)
    await silent.close()
  })

  test('all problems of a form are shown at once, and what was typed stays', async () => {
    const client = instance.client()
    await client.form('/auth/register', { email: 'nonsense', password: 'short', name: 'Ada', next: '/app' })
    const page = (await client.get('/auth/register?next=%2Fapp')).text
    expect(page).toMatch(/id="email-error">.*Type an email address/)
    expect(page).toMatch(/id="password-error">.*Use at least 15 characters/)
    expect(page).not.toContain(' autofocus') // the anchor of the page moves the cursor
    expect(page).toContain('value="nonsense"')
    expect(page).toContain('name="next" value="/app"')
  })
})

describe('a brand that is refused at the start', () => {
  const start = (brand: object): Promise<unknown> =>
    createLatchkey({ baseUrl: ORIGIN, storage: sqlite(':memory:'), brand })

  test.each([
    ['a colour without contrast', { color: '#ffcc00' }, /brand\.color #ffcc00 .*4\.5:1.* readable is (#[0-9a-f]{6})/],
    ['a colour that is none', { color: 'red' }, /must be a colour such as #2450c8/],
    ['a script', { logo: file('script.svg', svg('<script>alert(1)</script>')) }, /an active element/],
    ['an event handler', { logo: file('handler.svg', svg('<circle onload="alert(1)"/>')) }, /an event handler/],
    [
      'a foreign image',
      { logo: file('foreign.svg', svg('<image href="https://evil.example/x.png"/>')) },
      /another file/,
    ],
    [
      'a hidden reference',
      { logo: file('hidden.svg', svg('<use href="&#104;ttps://evil.example/#x"/>')) },
      /another file/,
    ],
    ['a style from elsewhere', { logo: file('style.svg', svg('<style>@import "x.css"</style>')) }, /style sheet/],
    ['an entity', { logo: file('entity.svg', `<!DOCTYPE svg [<!ENTITY x "y">]>${svg('')}`) }, /document type/],
    ['a missing file', { logo: join(folder, 'missing.svg') }, /cannot be read/],
    ['another type', { logo: file('logo.gif', 'GIF89a') }, /must be one of/],
    ['CSS that leaves its element', { css: file('bad.css', 'a{}</style><script>') }, /must not contain/],
    ['CSS that is too long', { css: file('long.css', 'a{}'.repeat(4_000)) }, /at most 10000 bytes/],
    ['an unknown member', { colour: '#000' }, /brand\.colour: there is no such setting/],
    ['a link that runs code', { home: 'javascript:alert(1)' }, /must be an https URL/],
  ])('%s', async (_, brand, message) => {
    const failure = await start(brand).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(ConfigurationError)
    expect(String(failure)).toMatch(message)
  })

  test('the colour that the message names is accepted', async () => {
    const failure = await start({ color: '#7fd6a0' }).catch((error: unknown) => error)
    const [, color = ''] = /readable is (#[0-9a-f]{6})/.exec(String(failure)) ?? []
    const auth = (await start({ color })) as { close(): Promise<void> }
    await auth.close()
  })

  test('a misspelt text is refused', async () => {
    const texts = { de: { login: { titel: 'x' } } } as object
    await expect(createLatchkey({ baseUrl: ORIGIN, storage: sqlite(':memory:'), texts })).rejects.toThrow(
      'de.login.titel',
    )
  })
})
