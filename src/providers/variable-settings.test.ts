/* Providers by environment variables: what is missing or wrong is refused at the start, and named. */
import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { readEnvironment } from '../options/environment.ts'
import { google, microsoft, oidc } from '../providers.ts'
import { isProvider } from './provider.ts'

afterEach(() => void vi.unstubAllEnvs())

const idsOf = (env: Record<string, string>): unknown =>
  readEnvironment(env).providers?.map(({ id, name }) => [id, name])
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const PEM = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const OIDC = {
  LATCHKEY_OIDC_ISSUER: 'https://id.example.com/realm',
  LATCHKEY_OIDC_CLIENT_ID: 'id',
  LATCHKEY_OIDC_CLIENT_SECRET: 's',
}

test('each provider is on if its variables are set', () => {
  expect(idsOf({})).toBe(undefined)
  const env = {
    LATCHKEY_GOOGLE_CLIENT_ID: 'id',
    LATCHKEY_GOOGLE_CLIENT_SECRET: 's',
    LATCHKEY_APPLE_CLIENT_ID: 'com.example.web',
    LATCHKEY_APPLE_TEAM_ID: 'ABCDE12345',
    LATCHKEY_APPLE_KEY_ID: 'ABCDE12345',
    LATCHKEY_APPLE_PRIVATE_KEY: PEM.replaceAll('\n', '\\n'),
    LATCHKEY_MICROSOFT_CLIENT_ID: 'id',
    LATCHKEY_MICROSOFT_CLIENT_SECRET: 's',
    LATCHKEY_MICROSOFT_TENANT: 'organizations',
    LATCHKEY_GITHUB_CLIENT_ID: 'id',
    LATCHKEY_GITHUB_CLIENT_SECRET: 's',
    LATCHKEY_GITLAB_CLIENT_ID: 'id',
    LATCHKEY_GITLAB_CLIENT_SECRET: 's',
    LATCHKEY_GITLAB_ISSUER: 'https://git.example.com',
    ...OIDC,
    LATCHKEY_OIDC_NAME: 'Company',
    LATCHKEY_OIDC_DOMAINS: 'example.com, example.org',
  }
  expect(idsOf(env)).toEqual([
    ['google', 'Google'],
    ['apple', 'Apple'],
    ['microsoft', 'Microsoft'],
    ['github', 'GitHub'],
    ['gitlab', 'GitLab'],
    ['oidc', 'Company'],
  ])
})

test('a secret can be in a file', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'latchkey-provider-')), 'secret')
  writeFileSync(file, 'from-file\n')
  const env = { LATCHKEY_GITHUB_CLIENT_ID: 'id', LATCHKEY_GITHUB_CLIENT_SECRET_FILE: file }
  expect(idsOf(env)).toEqual([['github', 'GitHub']])
  expect(() => idsOf({ ...env, LATCHKEY_GITHUB_CLIENT_SECRET: 's' })).toThrow(
    'LATCHKEY_GITHUB_CLIENT_SECRET is set too',
  )
  expect(() => idsOf({ ...env, LATCHKEY_GITHUB_CLIENT_SECRET_FILE: `${file}.not` })).toThrow('cannot be read')
})

test.each([
  [{ LATCHKEY_GOOGLE_CLIENT_ID: 'id' }, 'LATCHKEY_GOOGLE_CLIENT_SECRET: is missing'],
  [{ LATCHKEY_GOOGLE_CLIENT_SECRET: 's' }, 'LATCHKEY_GOOGLE_CLIENT_ID: is missing'],
  [{ LATCHKEY_MICROSOFT_TENANT: 'common' }, 'LATCHKEY_MICROSOFT_CLIENT_ID: is missing'],
  [{ ...OIDC, LATCHKEY_OIDC_ISSUER: 'nonsense' }, 'LATCHKEY_OIDC_ISSUER: must be the URL of the issuer'],
  [
    { ...OIDC, LATCHKEY_OIDC_ISSUER: 'http://id.example.com' },
    'LATCHKEY_OIDC_ISSUER: the issuer of oidc must be https',
  ],
  [{ ...OIDC, LATCHKEY_OIDC_ALLOW_PRIVATE: 'yes' }, 'LATCHKEY_OIDC_ALLOW_PRIVATE: must be 1'],
  [{ ...OIDC, LATCHKEY_OIDC_CLIENT_ID: 'a b' }, 'LATCHKEY_OIDC_CLIENT_ID: must be a text without spaces'],
  [{ LATCHKEY_OIDC_ALLOW_PRIVATE: '1' }, 'LATCHKEY_OIDC_ISSUER: is missing'],
  [{ LATCHKEY_GITHUB_TENANT: 'x' }, 'LATCHKEY_GITHUB_TENANT: there is no such setting'],
])('wrong variables are refused: %o', (env, message) => {
  expect(() => idsOf(env as Record<string, string>)).toThrow(message)
})

test('a loopback issuer needs LATCHKEY_OIDC_ALLOW_PRIVATE=1, and is never allowed in production', () => {
  const env = { ...OIDC, LATCHKEY_OIDC_ISSUER: 'http://127.0.0.1:9000', LATCHKEY_OIDC_ALLOW_PRIVATE: '1' }
  expect(idsOf(env)).toEqual([['oidc', '127.0.0.1:9000']])
  vi.stubEnv('NODE_ENV', 'production')
  expect(() => idsOf(env)).toThrow('must be https in production')
  const hosts = ['localhost', '127.0.0.2', '[::1]', '[::ffff:7f00:1]', '0.0.0.0', '2130706433', '169.254.169.254']
  for (const host of hosts) {
    const given = { ...env, LATCHKEY_OIDC_ISSUER: `https://${host}` }
    expect(() => idsOf(given), host).toThrow('not allowed in production')
  }
  expect(idsOf({ ...env, LATCHKEY_OIDC_ISSUER: 'https://10.1.2.3' })).toEqual([['oidc', '10.1.2.3']])
})

test('an issuer at a private address is refused at start unless LATCHKEY_OIDC_ALLOW_PRIVATE=1', () => {
  for (const host of ['10.1.2.3', '192.168.0.9', '[fd00::1]', '127.0.0.1', '3232235521', '0xc0a80001']) {
    const env = { ...OIDC, LATCHKEY_OIDC_ISSUER: `https://${host}` }
    expect(() => idsOf(env), host).toThrow('LATCHKEY_OIDC_ISSUER: the issuer of oidc has a private address')
  }
})

test('your own GitLab has the same settings as in the library', () => {
  const env = {
    LATCHKEY_GITLAB_CLIENT_ID: 'id',
    LATCHKEY_GITLAB_CLIENT_SECRET: 's',
    LATCHKEY_GITLAB_ISSUER: 'http://10.1.2.3:8080',
    LATCHKEY_GITLAB_DOMAINS: 'example.com',
  }
  const [provider] = readEnvironment({ ...env, LATCHKEY_GITLAB_ALLOW_PRIVATE: '1' }).providers ?? []
  const emailOf = (email: string): unknown =>
    isProvider(provider) && provider.emailOf({ email, email_verified: true }).isAuthoritative
  expect([emailOf('ada@example.com'), emailOf('ada@example.org')]).toEqual([true, false])
  expect(() => idsOf(env)).toThrow(
    'LATCHKEY_GITLAB_ISSUER: the issuer of gitlab must be https (for tests, set LATCHKEY_GITLAB_ALLOW_PRIVATE=1)',
  )
})

test('wrong options of the functions are refused and named', () => {
  expect(() => google({ clientId: '', clientSecret: 's' })).toThrow('clientId')
  expect(() => google({ clientId: 'a', clientSecret: 'b', secret: 'c' } as never)).toThrow(
    'secret: there is no such option',
  )
  expect(() => microsoft({ clientId: 'a', clientSecret: 'b', tenant: 'contoso.example' })).toThrow('tenant: must be')
  expect(() => oidc({ id: 'google', issuer: 'https://x.example', clientId: 'a', clientSecret: 'b' })).toThrow(
    'id: must',
  )
})
