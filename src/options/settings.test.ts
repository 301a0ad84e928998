/* The settings of all rooms together: all are listed and complete, and their own schemas accept their defaults. */
import { globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { REQUIRED, type RoomSettings } from '../kernel/settings.ts'
import { sqlite } from '../storage/sql/sqlite.ts'
import { mergeOptions, readEnvironment } from './environment.ts'
import { completeOptions, LIBRARY_SETTINGS, SERVER_SETTINGS, SHARED_SETTINGS } from './settings.ts'
import { zodSchema } from './zod-schema.ts'

const source = resolve(import.meta.dirname, '..')
const ALL = [...SERVER_SETTINGS, ...LIBRARY_SETTINGS, ...SHARED_SETTINGS]
const REQUIRED_OPTIONS = { baseUrl: 'https://example.com', storage: sqlite(':memory:') }

describe('the settings of all rooms', () => {
  test('every table that a room exports is in the list', async () => {
    const files = globSync('**/{settings,*-settings}.ts', {
      cwd: source,
      exclude: ['kernel/**', 'options/settings.ts'],
    })
    const modules: object[] = await Promise.all(files.map((file) => import(join(source, file))))
    const tables = modules.flatMap((module) => Object.values(module)).filter(isTable)
    expect(new Set(tables)).toEqual(new Set(ALL))
    expect(tables.length).toBe(ALL.length)
  })

  test('no name is defined twice, and complete options contain every name', () => {
    const paths = [...LIBRARY_SETTINGS, ...SHARED_SETTINGS].flatMap(({ section, list }) =>
      list.map(({ name }) => [section, name].filter((part) => part !== null).join('.')),
    )
    const complete = Object.entries(completeOptions(REQUIRED_OPTIONS)).flatMap(([name, value]) => {
      const isSection = SHARED_SETTINGS.some(({ section }) => section === name)
      return isSection ? Object.keys(value).map((member) => `${name}.${member}`) : [name]
    })
    expect(complete.toSorted()).toEqual(paths.toSorted())
    const variables = ALL.flatMap(({ list }) => list.flatMap(({ variable }) => variable?.name ?? []))
    expect(new Set(variables).size).toBe(variables.length)
  })

  test('every default is accepted by its own schema', () => {
    for (const setting of ALL.flatMap(({ list }) => list)) {
      const { name, default: value } = setting
      const accepts = value === REQUIRED || value === undefined || zodSchema(setting).safeParse(value).success
      expect([name, accepts]).toEqual([name, true])
    }
  })

  test('an undefined option gets its default, null stays null, a required option is reported', () => {
    const { session, accessTokens } = completeOptions({
      ...REQUIRED_OPTIONS,
      accessTokens: { maxLifetimeMs: null, maxPerUser: 3 },
    })
    expect(session.maxPerUser).toBe(100)
    expect(accessTokens).toMatchObject({ maxLifetimeMs: null, maxPerUser: 3, prefix: 'lkp' })
    const { list } = LIBRARY_SETTINGS[0] ?? { list: [] }
    expect(list.filter(({ default: value }) => value === REQUIRED).map(({ name }) => name)).toEqual([
      'baseUrl',
      'storage',
    ])
  })
})

describe('the environment', () => {
  test('sets options at their place; options that are not set are absent', () => {
    const environment = readEnvironment({
      PORT: '8080',
      NODE_ENV: 'production',
      LATCHKEY_BASE_URL: 'https://id.example.com/',
      LATCHKEY_SESSION_TOKEN: 'sealed',
      LATCHKEY_SCOPES: 'read, write,',
      LATCHKEY_TRUST_PROXY: '10.0.0.0/8,::1',
      LATCHKEY_REGISTRATION: '',
    })
    expect(environment).toEqual({
      allowPublicDevelopment: false,
      workers: 1,
      port: 8_080,
      host: '127.0.0.1',
      databaseUrl: 'sqlite:latchkey.db',
      isProduction: true,
      baseUrl: 'https://id.example.com',
      options: {
        scopes: ['read', 'write'],
        session: { token: 'sealed' },
        trustProxy: ['10.0.0.0/8', '::1'],
      },
    })
  })

  test('takes precedence over the file, setting by setting', () => {
    const file = { registration: 'closed', session: { token: 'opaque', idleMs: 1_000 }, cookie: {} } as const
    const environment = readEnvironment({ LATCHKEY_SESSION_TOKEN: 'sealed', LATCHKEY_REGISTRATION: 'open' })
    expect(mergeOptions(file, environment)).toEqual({
      registration: 'open',
      session: { token: 'sealed', idleMs: 1_000 },
      cookie: {},
    })
  })

  test.each(['0x1f', '1e3', '80.0', ' ', '+80', '-0', '٨٠', '9'.repeat(20)])(
    'a port is decimal digits, not %j',
    (port) => {
      expect(() => readEnvironment({ PORT: port })).toThrow('PORT: must be a port')
      expect(() => readEnvironment({ LATCHKEY_METRICS_PORT: port })).toThrow('LATCHKEY_METRICS_PORT: must be a port')
    },
  )

  test('white space around a number is ignored, as files with CRLF have it', () => {
    const { port, options } = readEnvironment({ PORT: ' 8080\r', LATCHKEY_TRUST_PROXY: '2\r' })
    expect([port, options.trustProxy]).toEqual([8_080, 2])
  })

  test('variables that Kubernetes and Docker make of services called latchkey are ignored', () => {
    const services = {
      LATCHKEY_SERVICE_HOST: '10.96.14.3',
      LATCHKEY_SERVICE_PORT: '80',
      LATCHKEY_SERVICE_PORT_HTTP_ADMIN: '8081',
      LATCHKEY_PORT: 'tcp://10.96.14.3:80',
      LATCHKEY_PORT_80_TCP: 'tcp://10.96.14.3:80',
      LATCHKEY_PORT_80_TCP_PROTO: 'tcp',
      LATCHKEY_PORT_80_TCP_PORT: '80',
      LATCHKEY_PORT_80_TCP_ADDR: '10.96.14.3',
      LATCHKEY_METRICS_SERVICE_HOST: 'fd00::14',
      LATCHKEY_METRICS_SERVICE_PORT_SCRAPE: '9464',
      LATCHKEY_METRICS_PORT: 'udp://[fd00::14]:9464',
      LATCHKEY_METRICS_PORT_9464_SCTP: 'sctp://[fd00::14]:9464',
      LATCHKEY_METRICS_PORT_9464_UDP_ADDR: 'fd00::14',
      LATCHKEY_DB_NAME: '/api/latchkey-db',
      LATCHKEY_DB_ENV_POSTGRES_USER: 'app',
    }
    expect(readEnvironment(services)).toEqual(readEnvironment({}))
  })

  test.each([
    ['LATCHKEY_SERVICE', 'on'],
    ['LATCHKEY_SERVICE_HOST', 'latchkey.example.com'],
    ['LATCHKEY_SERVICE_PORT', 'http'],
    ['LATCHKEY_PORT', '3000'],
    ['LATCHKEY_PORT', 'tcp://localhost:3000'],
    ['LATCHKEY_PORT_HTTP_TCP', 'tcp://10.0.0.1:80'],
    ['LATCHKEY_PORT_80_TCP_PROTO', 'http'],
    ['LATCHKEY_DB_ENV_POSTGRES_USER', 'app'],
    ['LATCHKEY_SITE_NAMES', '/a/b'],
  ])('%s=%s is still refused', (name, value) => {
    expect(() => readEnvironment({ [name]: value })).toThrow(`${name}: there is no such setting`)
  })

  test('a container linked as latchkey-site does not name the site', () => {
    const link = { LATCHKEY_SITE_PORT: 'tcp://172.17.0.2:80', LATCHKEY_SITE_NAME: '/web/latchkey-site' }
    expect(readEnvironment(link)).toEqual(readEnvironment({}))
  })

  test.each([
    ['PORT', 'tcp://10.96.14.3:80'],
    ['DATABASE_URL', 'tcp://10.96.14.9:5432'],
    ['LATCHKEY_BASE_URL', 'tcp://10.96.14.3:3000'],
    ['LATCHKEY_DRAIN_MS', 'udp://10.96.14.3:1'],
  ])('%s=%s is wrong, and not a variable of a service', (name, value) => {
    expect(() => readEnvironment({ [name]: value })).toThrow(`${name}: must be`)
  })

  test('every secret can come from a file', () => {
    const directory = mkdtempSync(join(tmpdir(), 'latchkey-secrets-'))
    onTestFinished(() => rmSync(directory, { recursive: true }))
    const write = (name: string, text: string): string => {
      writeFileSync(join(directory, name), text)
      return join(directory, name)
    }
    const secret = Buffer.alloc(32, 5).toString('base64url')
    const environment = readEnvironment({
      LATCHKEY_SECRETS_FILE: write('secrets', `${secret}\n`),
      DATABASE_URL_FILE: write('database', 'postgres://app:p%40ss@db/app\r\n'),
      DATABASE_DIRECT_URL_FILE: write('direct', 'postgres://app:p%40ss@primary/app'),
      REDIS_URL_FILE: write('redis', ' redis://:pass@cache:6379 '),
      SMTP_URL_FILE: write('smtp', 'smtps://user:pass@mail.example.com\n'),
    })
    expect(environment).toMatchObject({
      databaseUrl: 'postgres://app:p%40ss@db/app',
      databaseDirectUrl: 'postgres://app:p%40ss@primary/app',
      redisUrl: 'redis://:pass@cache:6379',
      smtpUrl: 'smtps://user:pass@mail.example.com',
      options: { secrets: [secret] },
    })
    for (const name of [
      'GOOGLE_CLIENT_SECRET',
      'MICROSOFT_CLIENT_SECRET',
      'GITHUB_CLIENT_SECRET',
      'GITLAB_CLIENT_SECRET',
    ]) {
      const id = `LATCHKEY_${name.replace('SECRET', 'ID')}`
      const made = readEnvironment({ [id]: 'id', [`LATCHKEY_${name}_FILE`]: write(name, '\ufeffsecret\n') })
      expect(made.providers).toHaveLength(1)
    }
    for (const name of ['OIDC_CLIENT_SECRET', 'APPLE_PRIVATE_KEY', 'OAUTH_INITIAL_ACCESS_TOKEN']) {
      const variable = `LATCHKEY_${name}_FILE`
      expect(() => readEnvironment({ [variable]: join(directory, 'absent') })).toThrow(`${variable}: the file cannot`)
    }
    writeFileSync(join(directory, 'latin'), Buffer.from('smtp://app:caf\u00e9@mail.example.com', 'latin1'))
    const latin = join(directory, 'latin')
    expect(() => readEnvironment({ SMTP_URL_FILE: latin })).toThrow(`SMTP_URL_FILE: the file ${latin} is not UTF-8`)
    const file = write('empty', '\n')
    const read = (): unknown =>
      readEnvironment({
        REDIS_URL_FILE: file,
        SMTP_URL_FILE: join(directory, 'absent'),
        DATABASE_URL_FILE: directory,
        LATCHKEY_SECRETS_FILE: write('again', secret),
        LATCHKEY_SECRETS: secret,
        LATCHKEY_SCOPES_FILE: file,
        PORT: 'x',
      })
    expect(read).toThrow(`REDIS_URL_FILE: the file ${file} is empty`)
    expect(read).toThrow(/SMTP_URL_FILE: the file cannot be read: ENOENT/)
    expect(read).toThrow(/DATABASE_URL_FILE: the file cannot be read: EISDIR/)
    expect(read).toThrow('LATCHKEY_SECRETS_FILE: LATCHKEY_SECRETS is set too')
    expect(read).toThrow('LATCHKEY_SCOPES_FILE: there is no such setting')
    expect(read).toThrow('PORT: must be a port')
    expect(read).not.toThrow(secret)
  })

  test('all wrong and unknown variables are reported at once', () => {
    const read = () => readEnvironment({ PORT: '-1', LATCHKEY_SCOPES: 'a b', LATCHKEY_SESION_TOKEN: 'sealed' })
    expect(read).toThrow(/PORT: must be a port/)
    expect(read).toThrow(/LATCHKEY_SCOPES: must be a word/)
    expect(read).toThrow(/LATCHKEY_SESION_TOKEN: there is no such setting. Known are .*LATCHKEY_SESSION_TOKEN/)
    for (const name of ['latchkey_session_token', 'Latchkey_Registration']) {
      expect(() => readEnvironment({ [name]: 'x' })).toThrow(`${name}: there is no such setting`)
    }
  })
})

function isTable(value: unknown): value is RoomSettings {
  return typeof value === 'object' && value !== null && 'findContradiction' in value
}
