/*
 * Promise 11: no header and no member of a body takes the event loop for more than 20 ms, no matter which text it repeats and how
 * long it is (CWE-1333, CWE-407; ASVS 1.3.12). Headers and bodies are limited to 16 KiB, so every text here has that length.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Client } from '../support/client.ts'
import { longestTurnMs, MAX_TURN_MS } from '../support/event-loop.ts'
import { type Instance, ORIGIN, PASSWORD, startInstance } from '../support/rings.ts'

const LENGTH = 16_000
/** Texts that expressions and parsers repeat over. The marks have different classes, so they are sorted when normalized. */
const UNITS = [' ', '"', ';', ',', '=', '%', '[', '(', '\\', '.', '/', 'a ', '::1,', '\u0301', '\u0323\u0301']
const MARKS = ['\u0327\u0345\u0323\u0301', '\u1100\u1161\u11a8', '\ufdfa', '\u200b', '\ud83d']
/** Headers that the source reads. The first test compares them with the headers that requests really read. */
const HEADERS: Readonly<Record<string, readonly string[]>> = {
  accept: ['', 'text/html'],
  'accept-language': [''],
  'access-control-request-headers': [''],
  'access-control-request-method': [''],
  authorization: ['', 'Bearer', 'Bearer x', 'Basic', 'DPoP'],
  'content-encoding': [''],
  'content-length': [],
  'content-type': ['', 'application/json;', 'application/json; charset', 'application/json; charset="'],
  cookie: ['', 'latchkey', 'latchkey=', 'latchkey=lks_', 'latchkey-device=', 'latchkey-attempt=', 'latchkey-flash='],
  host: [],
  'latchkey-attempt': ['', 'lka_'],
  'latchkey-session': ['', 'header'],
  origin: ['', 'http://'],
  'sec-fetch-site': [''],
  'sec-websocket-version': [],
  'transfer-encoding': ['', 'gzip'],
  'user-agent': ['', 'Mozilla/5.0 (', 'curl/'],
  'x-forwarded-for': ['', '127.0.0.1,', '"'],
  'x-forwarded-host': ['', 'localhost'],
  'x-forwarded-method': [''],
  'x-forwarded-proto': [''],
  'x-forwarded-uri': ['', '/'],
  'x-original-method': [''],
  'x-original-uri': ['', '/'],
}

let instance: Instance
let client: Client
beforeAll(async () => {
  instance = await startInstance('handler', {
    trustProxy: ['127.0.0.0/8', '::/0'],
    trustedOrigins: ['https://app.example.com'],
    scopes: ['read'],
  })
  client = instance.client()
  await client.post('/auth/register', { email: 'ada@example.com', password: PASSWORD })
})
afterAll(async () => {
  const isHop = (error: unknown): boolean => String(error).includes('X-Forwarded-For') // it is reported once
  expect(instance.errors.filter((error) => !isHop(error))).toEqual([])
  await instance.close()
})

function pump(unit: string, before = '', after = ''): string {
  return (before + unit.repeat(Math.ceil(LENGTH / unit.length))).slice(0, LENGTH) + after
}

/** Sends a request, and expects that it was answered and never took the event loop for long. */
async function send(what: string, path: string, init: RequestInit): Promise<void> {
  let status = 0
  const turn = await longestTurnMs(async () => {
    const headers = new Headers(init.headers)
    if (!headers.has('cookie')) headers.set('cookie', `latchkey=${client.cookies.get('latchkey')}`)
    status = (await instance.client().request(path, { ...init, headers })).status
  })
  expect([
    what,
    status < 500 || status === 501 ? 'answered' : status,
    turn < MAX_TURN_MS ? 'in time' : `${turn} ms`,
  ]).toEqual([what, 'answered', 'in time'])
}

/** Returns what a header can carry: a header value has characters of one byte and no blank at its ends. */
function toHeaderValue(text: string): string {
  return Buffer.from(text).toString('latin1').replaceAll('\0', '')
}

test('the list of pumped headers has every header that a request reads', async () => {
  const read = new Set<string>()
  const { get } = Headers.prototype
  Headers.prototype.get = function (name) {
    read.add(name.toLowerCase())
    return get.call(this, name)
  }
  try {
    const headers = { origin: ORIGIN, 'content-type': 'application/json', 'access-control-request-method': 'POST' }
    for (const method of ['GET', 'OPTIONS', 'POST']) {
      for (const path of [
        '/auth/login',
        '/auth/verify?redirect=login',
        '/auth/user',
        '/auth/register',
        '/auth/account',
      ]) {
        const body = method === 'POST' ? '{}' : null
        await instance.auth.handler(new Request(ORIGIN + path, { method, headers, body }))
      }
    }
  } finally {
    Headers.prototype.get = get
  }
  expect([...read].filter((name) => !Object.hasOwn(HEADERS, name))).toEqual([])
})

test.each(Object.entries(HEADERS))('the header %s is read in linear time (ASVS 1.3.12)', async (name, starts) => {
  for (const start of starts) {
    for (const unit of UNITS) {
      const headers = { 'content-type': 'application/json', [name]: toHeaderValue(pump(unit, start, 'x x')) }
      const what = `${name}: ${start} ${JSON.stringify(unit)}`
      const isForProxies = name.startsWith('x-')
      if (isForProxies) await send(what, '/auth/verify?redirect=login', { headers })
      else await send(what, '/auth/login', { method: 'POST', headers, body: '{}' })
      if (name.startsWith('accept')) await send(what, '/auth/login', { headers })
      const turn = await longestTurnMs(() => instance.auth.authenticate(new Request(ORIGIN, { headers })))
      expect([what, turn < MAX_TURN_MS]).toEqual([what, true])
    }
  }
})

const PLAIN_ENDS = [['', '']] as const
const EMAIL_ENDS = [
  ['a@', '.example.com'],
  ['a', '@example.com'],
] as const

interface BodySchema {
  readonly properties?: Readonly<Record<string, unknown>>
}

test('every member of every body is read in linear time (ASVS 1.3.12)', async () => {
  const { body: document } = await client.get('/auth/openapi.json')
  let members = 0
  for (const [path, methods] of Object.entries<Record<string, { requestBody?: unknown }>>(document.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const content = (operation.requestBody as { content: Record<string, { schema: BodySchema }> } | undefined)
        ?.content
      const names = Object.keys(content?.['application/json']?.schema.properties ?? {})
      for (const name of names) {
        members++
        await pumpMember(method.toUpperCase(), path, { names, name })
      }
    }
  }
  expect(members).toBeGreaterThan(15)
}, 120_000)

/** Fills one member; the others have values that are right as far as possible. */
async function pumpMember(
  method: string,
  path: string,
  { names, name }: { readonly names: readonly string[]; readonly name: string },
): Promise<void> {
  const rest = Object.fromEntries(names.map((each) => [each, sampleOf(each)]))
  for (const unit of [...UNITS, ...MARKS]) {
    for (const [start, end] of name === 'email' ? EMAIL_ENDS : PLAIN_ENDS) {
      const most = 15_500 - Buffer.byteLength(JSON.stringify(rest))
      let text = start + unit.repeat(Math.floor(most / Buffer.byteLength(JSON.stringify(unit).slice(1, -1)))) + end
      if (!text.isWellFormed()) text = text.slice(0, 2_000)
      const body = JSON.stringify({ ...rest, [name]: text })
      const what = `${method} ${path} ${name}: ${start}${JSON.stringify(unit)}${end}`
      await send(what, path, { method, body, headers: { 'content-type': 'application/json' } })
    }
  }
}

function sampleOf(name: string): unknown {
  if (name === 'email') return 'bob@example.com'
  if (/password/i.test(name)) return PASSWORD
  return name === 'remember' ? false : 'x'
}

test.each([
  ['open arrays', '['],
  ['open objects', '{"a":'],
  ['quotes', '"'],
  ['strings', '"",'],
  ['backslashes', '"\\'],
  ['blanks', ' '],
  ['minus signs', '-'],
  ['digits', '1'],
  ['marks', '\u0323\u0301'],
])('a whole body of %s is read in linear time', async (_, unit) => {
  const body = pump(unit).slice(0, 5_000)
  await send(unit, '/auth/login', { method: 'POST', body, headers: { 'content-type': 'application/json' } })
  const wrapped = `{"email":${JSON.stringify(body)}}`.slice(0, LENGTH)
  await send(unit, '/auth/login', { method: 'POST', body: wrapped, headers: { 'content-type': 'application/json' } })
})

test('a body of thousands of members is refused in linear time', async () => {
  const members = Object.fromEntries(Array.from({ length: 1_600 }, (_, nth) => [`m${nth}`, 1]))
  const headers = { 'content-type': 'application/json' }
  await send('members', '/auth/login', { method: 'POST', body: JSON.stringify(members), headers })
  const names = JSON.stringify({ name: 'x', scopes: Array.from({ length: 3_500 }, () => 'r') })
  await send('scopes', '/auth/tokens', { method: 'POST', body: names, headers })
})

test.each(['&', '=', '%', '+', 'a=&', '%41', '%25', 'a', ';', '\u0323\u0301'])(
  'a form of "%s" is read in linear time',
  async (unit) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' }
    for (const start of ['', 'email=', 'next=', 'next=/', 'password=']) {
      const body = pump(unit, start).slice(0, unit.length > 1 && unit > '\u0300' ? 7_000 : LENGTH)
      await send(start + unit, '/auth/login', { method: 'POST', body, headers })
    }
  },
)

test.each([
  '%41',
  '%2f',
  '/',
  '.',
  './',
  '../',
  ';',
  '&',
  '=',
  '&a=',
  '&scope=read',
  '+',
  ',',
  '"',
  '[',
  '%ff',
  '@',
  ':',
])('a path and a query of "%s" are read in linear time', async (unit) => {
  for (const path of [
    '/auth/',
    '/auth/sessions/',
    '/auth/problems/',
    '/auth/verify?',
    '/auth/verify?scope=',
    '/auth/login?next=',
    '/auth/login?next=/',
    '/auth/user/events?before=',
    '/auth/password/reset?token=',
  ]) {
    await send(path + unit, path + unit.repeat(Math.floor(15_000 / unit.length)), { headers: {} })
  }
})
