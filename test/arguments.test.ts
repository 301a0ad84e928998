/* Promise 10: an object from a caller of the library is never ignored in part. Every wrong use names its key. */
import { mkdtemp } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fastify from 'fastify'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { createClient } from '../src/client.ts'
import * as forExpress from '../src/express.ts'
import * as forFastify from '../src/fastify.ts'
import * as forHono from '../src/hono.ts'
import { ConfigurationError, createLatchkey, Refusal } from '../src/index.ts'
import * as forKoa from '../src/koa.ts'
import { toNodeHandler } from '../src/node.ts'
import { LIBRARY_SETTINGS, SHARED_SETTINGS } from '../src/options/settings.ts'
import { postgres } from '../src/postgres.ts'
import * as presets from '../src/providers.ts'
import { redis } from '../src/redis.ts'
import { createSmtpMailer } from '../src/smtp.ts'
import { sqlite } from '../src/sqlite.ts'
import { createAuthenticator, createTestKit, type TestKit } from '../src/testing.ts'
import { type Instance, ORIGIN, PASSWORD, startInstance } from './support/rings.ts'

/** A call as JavaScript allows it: the compiler does not help. */
// biome-ignore lint/suspicious/noExplicitAny: these calls are wrong on purpose
type Loose = any

/** Name of the case, the wrong call, and the part of the message that names the key. */
type Wrong = readonly [call: string, run: (to: Loose) => unknown, message: string]

const ID = '01a20561-b5ed-7332-a6ad-36fc2a9cc78b'

let instance: Instance
let kit: TestKit
beforeAll(async () => {
  instance = await startInstance('handler', { scopes: ['read', 'write'] })
  kit = await createTestKit()
})
afterAll(async () => {
  await kit.close()
  await instance.close()
})

async function errorOf(run: () => unknown): Promise<Error> {
  try {
    await run()
  } catch (error) {
    return error as Error
  }
  throw new Error('The call was accepted')
}

describe('a requirement that is wrong lets no request in', () => {
  const WRONG: readonly (readonly [unknown, string])[] = [
    [
      { scope: ['read'] },
      'scope: there is no such member; the members are fresh, session, client, resource, methods, scopes',
    ],
    [{ fres: true }, 'fres: there is no such member'],
    [{ session: true, role: 'admin' }, 'role: there is no such member'],
    [{ scope: undefined }, 'scope: there is no such member'],
    [{ scopes: ['read', 'wirte'] }, 'scopes.1: must be a scope of this service; they are read, write'],
    [{ scopes: 'read' }, 'scopes: must be a list of scopes'],
    [{ fresh: 'yes' }, 'fresh: must be true or false'],
    [{ session: null }, 'session: must be true or false'],
    ['read', 'must be an object with the members fresh, session, client, resource, methods, scopes'],
    [['read'], 'must be an object with the members'],
    [null, 'must be an object with the members'],
    [Promise.resolve({ fresh: true }), 'must be an object, not a Promise: an await is missing'],
    [new Map([['scopes', ['read']]]), 'must be a plain object, not a Map'],
    [new Set(['read']), 'must be a plain object, not a Set'],
  ]

  test.each(WRONG)('%j: require rejects, and every requireAuth throws when it is created', async (wrong, message) => {
    const { cookie } = await logIn()
    const request = new Request(ORIGIN, { headers: { cookie } })
    const error = await errorOf(() => instance.auth.require(request, wrong as object))
    expect(error).toBeInstanceOf(ConfigurationError)
    expect(error.message).toContain(message)
    for (const { requireAuth } of [forExpress, forFastify, forHono, forKoa]) {
      expect(() => requireAuth(instance.auth, wrong as object)).toThrow(message)
    }
    expect(instance.auth.toResponse(error).status).toBe(500)
  })

  test('a service without scopes refuses a requirement with scopes', async () => {
    expect(() => forKoa.requireAuth(kit.auth, { scopes: ['read'] })).toThrow('this service has none')
  })

  test('right requirements pass', async () => {
    const { cookie } = await logIn()
    const request = new Request(ORIGIN, { headers: { cookie } })
    for (const right of [undefined, {}, { fresh: true, session: false, scopes: ['write'] }, { scopes: undefined }]) {
      expect((await instance.auth.require(request, right as object)).kind).toBe('session')
    }
  })
})

describe('calls with data answer validation_failed', () => {
  const CASES: readonly Wrong[] = [
    ['users.create()', ({ users }) => users.create(), '#: Must be an object with the members email, password'],
    ['users.create without a password', ({ users }) => users.create({ email: 'a@example.com' }), '#/password: Must be'],
    ['an unknown member', ({ users }) => users.create({ ...ADA, emailverified: true }), '#/emailverified: There is no'],
    [
      'a text for a flag',
      ({ users }) => users.create({ ...ADA, emailVerified: 'false' }),
      '#/emailVerified: Must be true',
    ],
    ['a name that is a number', ({ users }) => users.create({ ...ADA, name: 7 }), '#/name: Must be'],
    ['users.find(7)', ({ users }) => users.find(7), '#: Must be the id or the email address'],
    [
      'users.list after nonsense',
      ({ users }) => users.list({ after: 'nonsense' }),
      '#/after: Must be the id of a user',
    ],
    ['users.list after an address', ({ users }) => users.list({ after: 'a@example.com' }), '#/after: Must be the id'],
    [
      'users.list from',
      ({ users }) => users.list({ form: ID }),
      '#/form: There is no such member. The members'.slice(0, 26),
    ],
    [
      'users.list of a promise',
      ({ users }) => users.list(Promise.resolve({ limit: 1 })),
      '#: Must be an object, not a Promise',
    ],
    [
      'audit.list of a map',
      ({ audit }) => audit.list(new Map([['type', 'user.created']])),
      '#: Must be a plain object',
    ],
    [
      'invitations.create of a promise',
      ({ invitations }) => invitations.create(Promise.resolve({})),
      'an await is missing',
    ],
    ['users.list(null)', ({ users }) => users.list(null), '#: Must be an object with the members after, limit'],
    ['users.import of a text', ({ users }) => users.import('{"email":"a@example.com"}'), 'lines must be a list'],
    ['users.import of bytes', ({ users }) => users.import(Buffer.from('x')), 'lines must be a list'],
    ['users.import dryrun', ({ users }) => users.import([], { dryrun: true }), '#/dryrun: There is no such member'],
    ['users.import dryRun: 1', ({ users }) => users.import([], { dryRun: 1 }), '#/dryRun: Must be true or false'],
    ['users.import onSkipped', ({ users }) => users.import([], { onSkipped: {} }), '#/onSkipped: Must be a function'],
    ['tokens.create()', ({ tokens }) => tokens.create(ID), '#: Must be an object with the members name, scopes'],
    [
      'tokens expiresAT',
      ({ tokens }) => tokens.create(ID, { ...TOKEN, expiresAT: 1 }),
      '#/expiresAT: There is no such',
    ],
    [
      'tokens expiresAt a Date',
      ({ tokens }) => tokens.create(ID, { ...TOKEN, expiresAt: new Date() }),
      '#/expiresAt: Must',
    ],
    [
      'tokens expiresAt NaN',
      ({ tokens }) => tokens.create(ID, { ...TOKEN, expiresAt: Number.NaN }),
      '#/expiresAt: Must',
    ],
    [
      'tokens scopes a text',
      ({ tokens }) => tokens.create(ID, { ...TOKEN, scopes: 'read' }),
      '#/scopes: Must be a list',
    ],
    [
      'tokens name of two lines',
      ({ tokens }) => tokens.create(ID, { ...TOKEN, name: 'a\u2028b' }),
      '#/name: Must not have control',
    ],
    ['tokens without scopes', ({ tokens }) => tokens.create(ID, { name: 'x' }), '#/scopes: Must be a list of scopes'],
    [
      'an unknown method',
      ({ sessions }) => sessions.count({ method: 'pasword' }),
      '#/method: Must be a method: password',
    ],
    [
      'revokeWhere method',
      ({ sessions }) => sessions.revokeWhere({ method: 'Password' }),
      '#/method: Must be a method',
    ],
    ['a filter member', ({ sessions }) => sessions.count({ userID: ID }), '#/userID: There is no such member'],
    ['since as a Date', ({ sessions }) => sessions.count({ since: new Date() }), '#/since: Must be a time'],
    ['since -1', ({ sessions }) => sessions.revokeWhere({ since: -1 }), '#/since: Must be a time in milliseconds'],
    ['an empty filter', ({ sessions }) => sessions.revokeWhere({}), 'Must name at least one member'],
    ['no filter', ({ sessions }) => sessions.revokeWhere(), '#: Must be an object with the members userId'],
    [
      'an event type',
      ({ audit }) => audit.list({ type: 'user.create' }),
      '#/type: Must be a type of event: user.created',
    ],
    ['audit types', ({ audit }) => audit.list({ types: ['user.created'] }), '#/types: There is no such member'],
    ['audit since', ({ audit }) => audit.list({ since: '2026-01-01' }), '#/since: Must be a time in milliseconds'],
    ['audit newestFirst', ({ audit }) => audit.list({ newestFirst: 'no' }), '#/newestFirst: Must be true or false'],
    ['audit after', ({ audit }) => audit.list({ after: '7' }), '#/after: Must be an id'],
    ['audit.verify heads', ({ audit }) => audit.verify({ heads: 'ab' }), '#/heads: There is no such member'],
    ['audit.verify head', ({ audit }) => audit.verify({ head: 'ab' }), '#/head: Must be the head of a report'],
    ['invitation mail', ({ invitations }) => invitations.create({ mail: 'a@example.com' }), '#/mail: There is no such'],
    [
      'invitation lifeMs',
      ({ invitations }) => invitations.create({ lifeMs: 1e15 }),
      '#/lifeMs: Must be a whole number',
    ],
    ['invitation email', ({ invitations }) => invitations.create({ email: 7 }), '#/email: Must be an email address'],
    ...[-1, 0, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 1_001, '10', null].flatMap((limit): Wrong[] => [
      [`users.list limit ${limit}`, ({ users }) => users.list({ limit }), '#/limit: Must be a whole number, 1 to 1000'],
      [`audit.list limit ${limit}`, ({ audit }) => audit.list({ limit }), '#/limit: Must be a whole number, 1 to 1000'],
    ]),
  ]
  const ADA = { email: 'ada@example.com', password: PASSWORD }
  const TOKEN = { name: 'script', scopes: ['read'] }

  test.each(CASES)('%s', async (_name, run, message) => {
    const error = await errorOf(() => run(instance.auth))
    expect(error).toBeInstanceOf(Refusal)
    expect(error).toMatchObject({ code: 'validation_failed' })
    expect(error.message).toContain(message)
  })

  test('every problem is reported at once, and names are escaped and cut', async () => {
    const wrong = { limit: 0, after: 1, 'a/b': 1, ['x'.repeat(100)]: 1 }
    const { errors } = (await errorOf(() => instance.auth.users.list(wrong as object))) as Refusal
    expect(errors?.map(({ pointer }) => pointer)).toEqual(['#/after', '#/limit', '#/a~1b', `#/${'x'.repeat(64)}`])
  })

  test('a page of events over HTTP refuses unknown parameters, which would give the first page again', async () => {
    const client = instance.client()
    await client.post('/auth/register', { email: 'pages@example.com', password: PASSWORD })
    expect((await client.get(`/auth/user/events?before=${ID}`)).status).toBe(200)
    expect((await client.get(`/auth/user/events?befor=${ID}`)).body).toMatchObject({ code: 'bad_request' })
  })

  test('a deletion over HTTP refuses parameters, which it would ignore, and deletes nothing', async () => {
    const client = instance.client()
    const user = { email: 'deletions@example.com', password: PASSWORD }
    await client.post('/auth/register', user)
    await instance.client().post('/auth/login', user)
    for (const path of ['sessions?except=1', 'access?kind=session', 'user?dry=1', `sessions/${ID}?force`]) {
      const { status, body } = await client.delete(`/auth/${path}`)
      expect([path, status, body.code]).toEqual([path, 400, 'bad_request'])
    }
    expect((await client.get('/auth/sessions')).body.sessions).toHaveLength(2)
    expect((await client.delete('/auth/sessions/?')).body).toEqual({ revoked: 1 })
  })
})

describe('arguments that configure something throw ConfigurationError at the call', () => {
  const STORAGE = { baseUrl: ORIGIN, storage: sqlite(':memory:') }
  const URL_OF = 'postgres://localhost/app'
  const CASES: readonly Wrong[] = [
    ['sqlite migrat', () => sqlite('a.db', { migrat: false } as Loose), 'options.migrat: there is no such option'],
    ['sqlite migrate', () => sqlite('a.db', { migrate: 'no' } as Loose), 'options.migrate: must be true or false'],
    [
      'sqlite onStatement',
      () => sqlite('a.db', { onStatement: 1 } as Loose),
      'options.onStatement: must be a function',
    ],
    [
      'sqlite options of a promise',
      () => sqlite('a.db', Promise.resolve({ migrate: false }) as Loose),
      'options: must be an object, not a Promise',
    ],
    [
      'a section of the settings that is a promise',
      () => createLatchkey({ ...STORAGE, session: Promise.resolve({ idleMs: 1 }) as Loose }),
      'session: must be an object, not a Promise: an await is missing',
    ],
    ['sqlite null', () => sqlite('a.db', null as Loose), 'options: must be an object with the options migrate'],
    ...['', 'sqlite:a.db', 'file:a.db', 'data/', 7].map(
      (path): Wrong => [
        `sqlite(${JSON.stringify(path)})`,
        () => sqlite(path as Loose),
        'path: must be the path of a file',
      ],
    ),
    ['postgres url', () => postgres('localhost/app'), 'url: must be postgres://'],
    [
      'postgres poolsize',
      () => postgres(URL_OF, { poolsize: 5 } as Loose),
      'options.poolsize: there is no such option',
    ],
    ['postgres directUrl', () => postgres(URL_OF, { directUrl: 'x' }), 'options.directUrl: must be postgres://'],
    ...[0, -1, 1.5, Number.NaN, '5'].map(
      (poolSize): Wrong => [
        `postgres poolSize ${poolSize}`,
        () => postgres(URL_OF, { poolSize } as Loose),
        'options.poolSize: must be a number of connections, 1 to',
      ],
    ),
    ...[0, -1, 0.5, Number.NaN, 2 ** 31, '2s'].flatMap((deadlineMs): Wrong[] => [
      [
        `postgres deadlineMs ${deadlineMs}`,
        () => postgres(URL_OF, { deadlineMs } as Loose),
        'options.deadlineMs: must be',
      ],
      [
        `redis deadlineMs ${deadlineMs}`,
        () => redis('redis://localhost', { deadlineMs } as Loose),
        'options.deadlineMs: must',
      ],
    ]),
    ['redis url', () => redis('localhost:6379'), 'url: must be redis://'],
    ['redis keyPrefix', () => redis('redis://h', { keyPrefix: 'a:' } as Loose), 'options.keyPrefix: there is no such'],
    ['redis prefix', () => redis('redis://h', { prefix: 7 } as Loose), 'options.prefix: must be a text'],
    [
      'smtp',
      () => createSmtpMailer({ url: 'smtp://h', from: 'a@h.de', timeout: 1 } as Loose),
      'timeout: there is no such',
    ],
    ['smtp from', () => createSmtpMailer({ url: 'smtp://h' } as Loose), 'from: must be a sender'],
    ['no options', () => createLatchkey(undefined as Loose), 'must be an object with the settings baseUrl'],
    [
      'a storage for sessions',
      () => createLatchkey({ ...STORAGE, sessionStorage: sqlite(':memory:') as Loose }),
      'sessionStorage: must',
    ],
    [
      'redis as storage',
      () => createLatchkey({ ...STORAGE, storage: redis('redis://h') as Loose }),
      'storage: must be',
    ],
    [
      'a clock of dates',
      () => createLatchkey({ ...STORAGE, clock: (() => new Date()) as Loose }),
      'clock: must return',
    ],
    [
      'mailTexts',
      () => createLatchkey({ ...STORAGE, mailTexts: { newDevice: {} } as Loose }),
      'mailTexts.newDevice: there is',
    ],
    [
      'mailTexts.new_device',
      () => createLatchkey({ ...STORAGE, mailTexts: { new_device: { title: 'x' } } as Loose }),
      'mailTexts.new_device.title: there is no such text; the texts are subject',
    ],
    [
      'a text that must be a function',
      () => createLatchkey({ ...STORAGE, mailTexts: { new_device: { subject: 'x' } } as Loose }),
      'mailTexts.new_device.subject: must be a function',
    ],
    [
      'toNodeHandler of a promise',
      () => toNodeHandler(createKit() as Loose),
      'toNodeHandler: auth must be an instance',
    ],
    ['an application', () => toNodeHandler(kit.auth, { listen: true } as Loose), 'application must be a function'],
    ['express without await', () => forExpress.latchkey(createKit() as Loose), 'with the await'],
    [
      'hono requireAuth',
      () => forHono.requireAuth({ scopes: ['read'] } as Loose),
      'requireAuth: auth must be an instance',
    ],
    ['koa crossOrigin', () => forKoa.crossOrigin(undefined as Loose), 'crossOrigin: auth must be an instance'],
    [
      'the options of the Fastify plugin',
      () => fastify().register(forFastify.latchkey, { auth: kit.auth, prefix: '/v1' } as Loose),
      'prefix: there is no such option',
    ],
    ['createTestKit clock', () => createTestKit({ clock: Date.now } as Loose), 'clock: the kit has a clock'],
    ['createTestKit onEvent', () => createTestKit({ onEvent: 'x' } as Loose), 'onEvent: must be a function'],
    ['createTestKit scops', () => createTestKit({ scops: [] } as Loose), 'scops: there is no such setting'],
    ['logIn nam', () => kit.logIn('a@example.com', { nam: 'A' } as Loose), 'nam: there is no such option'],
    [
      'logIn remember',
      () => kit.logIn('a@example.com', { remember: 'yes' } as Loose),
      'remember: must be true or false',
    ],
    ...[-1, 1.5, Number.NaN, '60'].map(
      (ms): Wrong => [`advance(${ms})`, async () => kit.advance(ms as Loose), 'advance: these settings are wrong'],
    ),
    [
      'logInWith emailverified',
      () => kit.logInWith('google', { subject: '1', emailverified: true } as Loose),
      'emailverified: there is no such member',
    ],
    ['logInWith a number', () => kit.logInWith('github', { subject: 1 } as Loose), 'subject: must be a text'],
    [
      'createAuthenticator algoritm',
      () => createAuthenticator({ algoritm: -8 } as Loose),
      'algoritm: there is no such option',
    ],
    ['createAuthenticator algorithm', () => createAuthenticator({ algorithm: 7 } as Loose), 'algorithm: must be -8'],
    [
      'an override of a passkey',
      () => createAuthenticator().create({} as Loose, { rpID: 'x' } as Loose),
      'rpID: there is no such member',
    ],
    [
      'an override of a login',
      () => createAuthenticator().get({} as Loose, { userverified: false } as Loose),
      'userverified: there is no such member',
    ],
    ['waitForMail', () => kit.waitForMail({ to: 'ada@example.com' } as Loose), 'must be a function'],
    ['countStatements', () => kit.countStatements(Promise.resolve() as Loose), 'must be a function'],
  ]

  test.each(CASES)('%s', async (_name, run, message) => {
    const error = await errorOf(() => run(null))
    expect(error).toBeInstanceOf(ConfigurationError)
    expect(error.message).toContain(message)
  })

  test.each([...LIBRARY_SETTINGS, ...SHARED_SETTINGS].flatMap(({ section }) => section ?? []))(
    'the settings of %s: a misspelt name is refused with the right names',
    async (section) => {
      const wrong = { ...STORAGE, [section]: { Misspelt: 1 } } as Loose
      await expect(createLatchkey(wrong)).rejects.toThrow(
        `${section}.Misspelt: there is no such setting; the settings are`,
      )
    },
  )

  const NUMBERS = SHARED_SETTINGS.flatMap(({ section, list }) =>
    list.filter(({ default: value }) => typeof value === 'number').map(({ name }) => [section, name] as const),
  )
  test.each(NUMBERS)('the number %s.%s takes no impossible number', async (section, name) => {
    for (const value of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '5', 2 ** 53]) {
      const wrong = section === null ? { [name]: value } : { [section]: { [name]: value } }
      await expect(createLatchkey({ ...STORAGE, ...wrong } as Loose), String(value)).rejects.toThrow(`${name}: `)
    }
  })
})

describe('an object that a function does not take is refused, because JavaScript would ignore it', () => {
  const request = new Request(ORIGIN)
  const SURPLUS: readonly Wrong[] = [
    ['a second requirement', ({ require }) => require(request, {}, { scopes: ['write'] }), 'require: argument 3'],
    [
      'checkRequirement',
      ({ checkRequirement }) => checkRequirement({}, { fresh: true }),
      'checkRequirement: argument 2',
    ],
    ...[forExpress, forFastify, forHono, forKoa].map(
      (adapter: Loose): Wrong => [
        'requireAuth',
        ({ auth }) => adapter.requireAuth(auth, {}, { scopes: ['write'] }),
        'requireAuth: argument 3',
      ],
    ),
  ]

  test.each(SURPLUS)('%s', async (_name, run, message) => {
    const error = await errorOf(() => run({ ...instance.auth, auth: instance.auth }))
    expect(error).toBeInstanceOf(ConfigurationError)
    expect(error.message).toContain(message)
  })

  test('each server-side call', async () => {
    const rooms = Object.entries<Loose>(instance.auth as Loose).filter(([, room]) => typeof room === 'object')
    const calls = rooms.flatMap(([room, members]) => Object.keys(members).map((name) => [room, name] as const))
    expect(calls.length).toBeGreaterThan(25)
    for (const [room, name] of calls) {
      const call = (instance.auth as Loose)[room][name]
      const given = [...Array(4).fill(undefined), { dryRun: true }]
      const error = await errorOf(() => call(...given))
      expect(error).toBeInstanceOf(ConfigurationError)
      expect(error.message).toContain(`${room}.${name}: argument 5 would be ignored`)
    }
  })

  test('revokeAll with an exception revokes nothing, and an undefined argument is absent', async () => {
    const { sessions, users } = instance.auth as Loose
    await logIn()
    const { id } = await users.find('requirement@example.com', undefined)
    const before = await sessions.list(id)
    await expect(sessions.revokeAll(id, { except: before[0].id })).rejects.toThrow('sessions.revokeAll: argument 2')
    expect(await sessions.list(id)).toHaveLength(before.length)
  })

  test('a call is also a callback of map', async () => {
    await logIn()
    const [user] = await Promise.all(['requirement@example.com'].map(instance.auth.users.find))
    expect(user?.email).toBe('requirement@example.com')
  })
})

describe('a method of a provider that is not configured', () => {
  const method = 'provider:gogle'
  const KNOWN = 'password, passkey, totp, recovery_code, email_code'

  test('is refused in a filter that matches no session, and in a requirement', async () => {
    const { sessions, checkRequirement, handler } = instance.auth
    for (const call of [sessions.count, sessions.revokeWhere]) {
      const error = await errorOf(() => call({ method }))
      expect(error).toMatchObject({ code: 'validation_failed' })
      expect(error.message).toContain(
        `#/method: No session matches, and no such provider is configured. The methods are ${KNOWN}`,
      )
    }
    expect(() => checkRequirement({ methods: ['totp', method] })).toThrow(
      `methods.1: must be a method of this service; they are ${KNOWN}`,
    )
    const asked = await handler(new Request(`${ORIGIN}/auth/verify?method=totp&method=${method}`))
    expect(await asked.json()).toMatchObject({
      code: 'bad_request',
      detail: `Each method must be one that a login can prove: ${KNOWN}.`,
    })
  })

  test('one that is configured is accepted, and sessions of a removed one are still found', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'arguments-')), 'app.db')
    const google = presets.google({ clientId: 'x', clientSecret: 'y' })
    const before = await createTestKit({ storage: sqlite(file), providers: [google] })
    before.auth.checkRequirement({ methods: ['provider:google'] })
    expect(await before.auth.sessions.count({ method: 'provider:google' })).toBe(0)
    await before.logInWith('google', { subject: '1', email: 'ada@gmail.com', emailVerified: true })
    await before.close()
    const after = await createTestKit({ storage: sqlite(file) })
    onTestFinished(() => after.close())
    expect(await after.auth.sessions.revokeWhere({ method: 'provider:google' })).toBe(1)
    await expect(after.auth.sessions.count({ method: 'provider:google' })).rejects.toThrow('#/method')
  })
})

test('the kit refuses options that it could not read', async () => {
  for (const wrong of [
    Promise.resolve({ scopes: ['read'] }),
    new Map([['scopes', ['read']]]),
    null,
    'read',
  ] as Loose[]) {
    await expect(createTestKit(wrong)).rejects.toThrow('createTestKit: these settings are wrong')
  }
})

describe('the client throws TypeError at the call', () => {
  const fetch = (): never => {
    throw new Error('a request was sent')
  }
  const create = (options: Loose): unknown => createClient(options)
  const client = createClient({ baseUrl: ORIGIN, fetch }) as Loose
  test.each<Wrong>([
    ['baseURL', () => create({ baseURL: ORIGIN }), 'baseURL: there is no such member; the members are baseUrl'],
    ['baseUrl without a scheme', () => create({ baseUrl: 'id.example.com' }), 'baseUrl: must be the origin'],
    ['basePath', () => create({ basePath: 'auth/' }), 'basePath: must be a path such as /auth'],
    ['credentials', () => create({ credentials: 'omit' }), 'credentials: must be same-origin or include'],
    ['headers', () => create({ headers: { cookie: 7 } }), 'headers: must be an object with texts'],
    ['fetch', () => create({ fetch: {} }), 'fetch: must be a function'],
    ...[-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, '2'].map(
      (maxRetries): Wrong => [
        `maxRetries ${maxRetries}`,
        () => create({ maxRetries }),
        'maxRetries: must be a whole number',
      ],
    ),
    ['maxRetryWaitSeconds', () => create({ maxRetryWaitSeconds: Number.NaN }), 'maxRetryWaitSeconds: must be a number'],
    ['no object', () => create(ORIGIN), 'createClient: must be an object'],
    ['a promise', () => create(Promise.resolve({ baseUrl: ORIGIN })), 'createClient: must be an object'],
    ['a URL', () => create(new URL(ORIGIN)), 'createClient: must be an object'],
    ['a map', () => create(new Map([['baseUrl', ORIGIN]])), 'createClient: must be an object'],
    ['headers of fetch', () => create({ headers: new Headers({ cookie: 'a=b' }) }), 'headers: must be an object'],
    [
      'a signal in place of options',
      () => client.session(AbortSignal.abort()),
      'must be an object with the members signal',
    ],
    ['signl', () => client.session({ signl: AbortSignal.abort() }), 'signl: there is no such member'],
    ['signal', () => client.logOut({ signal: new AbortController() }), 'signal: must be an AbortSignal'],
    // The path would be that of all sessions.
    ...['', '.', '..', undefined, null, 7].map(
      (id): Wrong => [`sessions.revoke(${JSON.stringify(id)})`, () => client.sessions.revoke(id), 'must be an id'],
    ),
  ])('%s', async (_name, run, message) => {
    const error = await errorOf(() => run(null))
    expect(error).toBeInstanceOf(TypeError)
    expect(error.message).toContain(message)
  })
})

describe('requests and answers of another kind', () => {
  test('authenticate, require and refuseCrossOrigin refuse what is not a request', async () => {
    const { cookie } = await logIn()
    for (const wrong of [undefined, null, {}, { headers: { cookie } }, { request: new Request(ORIGIN) }] as Loose[]) {
      await expect(instance.auth.authenticate(wrong)).rejects.toThrow('The request must be a Request')
      await expect(instance.auth.require(wrong)).rejects.toThrow('The request must be a Request')
      expect(() => instance.auth.refuseCrossOrigin(wrong)).toThrow('The request must be a Request')
    }
  })

  test('a request whose Headers are of another realm is read like any other', async () => {
    const { cookie } = await logIn()
    const { headers } = new Request(ORIGIN, { headers: { cookie } })
    const foreign = { get: (name: string) => headers.get(name) }
    const found = await instance.auth.authenticate({ method: 'GET', headers: foreign } as unknown as IncomingMessage)
    expect(found?.kind).toBe('session')
  })

  test('a target that cannot take the cookie is refused at once, not on the day of the renewal', async () => {
    const request = new Request(ORIGIN)
    for (const wrong of [{}, null, new Response(), { header: () => undefined }] as Loose[]) {
      await expect(instance.auth.authenticate(request, wrong)).rejects.toThrow('The answer must be Headers')
    }
  })

  test('a wrong connection is a reported bug, and the handler answers', async () => {
    const auth = await instance.sibling()
    onTestFinished(() => auth.close())
    const request = (): Request => new Request(`${ORIGIN}/auth/session`)
    const wrong = [{ remoteAdress: '192.0.2.1' }, '192.0.2.1', null, { remoteAddress: 7 }, { address: '192.0.2.1' }]
    for (const connection of wrong as Loose[]) {
      expect((await auth.handler(request(), connection)).status).toBe(500)
      expect(String(instance.errors.pop())).toContain('{ remoteAddress }')
    }
    expect((await auth.handler({ url: '/auth/session', method: 'GET', headers: {} } as Loose)).status).toBe(500)
    expect(String(instance.errors.pop())).toContain('toNodeHandler')
    for (const connection of [undefined, {}, { remoteAddress: undefined }, { remoteAddress: '192.0.2.1' }]) {
      expect((await auth.handler(request(), connection)).status).toBe(401)
    }
  })

  test('a refusal of the application needs a code and options that exist', () => {
    expect(() => new Refusal('forbiden' as Loose)).toThrow('code must be one of')
    expect(() => new Refusal('not_found', { detial: 'x' } as Loose)).toThrow('detial: there is no such option')
  })
})

async function createKit(): Promise<unknown> {
  return kit.auth
}

async function logIn(): Promise<{ readonly cookie: string }> {
  const client = instance.client()
  const email = 'requirement@example.com'
  const known = await client.post('/auth/login', { email, password: PASSWORD })
  if (known.status !== 200) await client.post('/auth/register', { email, password: PASSWORD })
  return { cookie: `latchkey=${client.cookies.get('latchkey')}` }
}
