/* The settings of all rooms together: all are listed and complete, and their own schemas accept their defaults. */
import { globSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
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

  test('all wrong and unknown variables are reported at once', () => {
    const read = () => readEnvironment({ PORT: '-1', LATCHKEY_SCOPES: 'a b', LATCHKEY_SESION_TOKEN: 'sealed' })
    expect(read).toThrow(/PORT: must be a port/)
    expect(read).toThrow(/LATCHKEY_SCOPES: must be a word/)
    expect(read).toThrow(/LATCHKEY_SESION_TOKEN: there is no such setting. Known are .*LATCHKEY_SESSION_TOKEN/)
  })
})

function isTable(value: unknown): value is RoomSettings {
  return typeof value === 'object' && value !== null && 'findContradiction' in value
}
