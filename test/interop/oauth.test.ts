/* Apps that we did not write, from Debian: Authlib in Python, and Apache with mod_auth_openidc, a certified relying party. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { CHILD_ENVIRONMENT } from '../support/child-environment.ts'
import type { Client } from '../support/client.ts'
import { createCommandLine } from '../support/command-line.ts'
import { freePort } from '../support/free-port.ts'
import { open } from '../support/oauth.ts'
import { PASSWORD } from '../support/rings.ts'
import { type ServerProcess, startServerProcess } from '../support/server-process.ts'
import { until } from '../support/until.ts'
import { APACHE, APACHE_MODULES, DEBIAN_PYTHON } from './clients.ts'

const directory = mkdtempSync(join(tmpdir(), 'latchkey-oauth-'))
const settings: Record<string, string> = { LATCHKEY_OAUTH: 'on', LATCHKEY_SCOPES: 'read' }
let server: ServerProcess
let origin: string
let browser: Client

beforeAll(async () => {
  const port = await freePort()
  origin = `http://127.0.0.1:${port}`
  Object.assign(settings, { PORT: String(port), LATCHKEY_BASE_URL: origin })
  server = await startServerProcess(settings, directory)
  browser = server.client()
  const registered = await browser.post('/auth/register', { email: 'ada@example.com', password: PASSWORD })
  expect(registered.status).toBe(201)
})
afterAll(async () => {
  await server.end('SIGTERM')
  rmSync(directory, { recursive: true })
})

async function createClient(redirectUri: string): Promise<{ clientId: string; clientSecret: string }> {
  const args = ['client', 'create', '--name', 'Notes', '--redirect-uri', redirectUri, '--scope', 'read', '--json']
  const { code, out, err } = await createCommandLine(directory)(args, '', settings)
  expect(code, err).toBe(0)
  return JSON.parse(out)
}

/** Opens a URL of ours in the user's browser, and allows the app. Returns where the browser goes next. */
async function allowIn(url: string): Promise<string> {
  const path = (text: string): string => text.replace(origin, '')
  const page = await open(browser, path(url))
  const [, request = ''] = /name="request" value="([^"]+)"/.exec(page.text) ?? []
  const posted = await browser.form('/auth/oauth/consent', { request, decision: 'allow' }, { accept: 'text/html' })
  const done = await browser.get(path(posted.headers.get('location') ?? ''), { accept: 'text/html' })
  return done.headers.get('location') ?? ''
}

test('Authlib: code with PKCE, userinfo, refresh, introspection and revocation', async () => {
  const callback = 'http://127.0.0.1:4711/callback'
  const { clientId, clientSecret } = await createClient(callback)
  const program = [
    join(import.meta.dirname, 'programs/authlib_client.py'),
    `${origin}/auth`,
    clientId,
    clientSecret,
    callback,
  ]
  const child = spawn(DEBIAN_PYTHON, program, { env: CHILD_ENVIRONMENT, stdio: ['pipe', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill())
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const { value: url = '' } = await lines.next()
  child.stdin.write(`${await allowIn(url)}\n`)
  const { value: result = '' } = await lines.next()
  expect(JSON.parse(result)).toEqual({ email: 'ada@example.com', statuses: [204, 204, 401], active: true })
})

test('mod_auth_openidc: Apache lets the user in, and logs out at Latchkey', async () => {
  const site = `http://127.0.0.1:${await freePort()}`
  const { clientId, clientSecret } = await createClient(`${site}/protected/callback`)
  const goodbye = `${site}/goodbye`
  const update = ['client', 'update', clientId, '--post-logout-redirect-uri', goodbye, '--json']
  expect((await createCommandLine(directory)(update, '', settings)).code).toBe(0)
  await startApache({ site, clientId, clientSecret })
  const jar = new Map<string, string>()
  const get = async (url: string): Promise<Response> => {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(url, { redirect: 'manual', headers: { cookie, accept: 'text/html' } })
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      jar.set(name, value)
    }
    return response
  }
  const toLogin = await get(`${site}/protected/`)
  expect(toLogin.status).toBe(302)
  const back = await get(await allowIn(toLogin.headers.get('location') ?? ''))
  expect([back.status, back.headers.get('location')]).toEqual([302, `${site}/protected/`])
  const page = await get(`${site}/protected/`)
  expect([page.status, page.headers.get('x-email')]).toEqual([200, 'ada@example.com'])
  const out = await get(`${site}/protected/callback?logout=${encodeURIComponent(goodbye)}`)
  const toLatchkey = out.headers.get('location') ?? ''
  expect(toLatchkey).toContain(`${origin}/auth/oauth/logout?`)
  const done = await browser.get(toLatchkey.replace(origin, ''), { accept: 'text/html' })
  expect(done.headers.get('location')).toBe(goodbye)
  expect((await browser.get('/auth/session')).status).toBe(401)
})

/** Starts Apache, with one page that needs a login. */
async function startApache(app: {
  readonly site: string
  readonly clientId: string
  readonly clientSecret: string
}): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'latchkey-apache-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  chmodSync(root, 0o755) // Apache reads it as another user
  mkdirSync(join(root, 'htdocs/protected'), { recursive: true })
  writeFileSync(join(root, 'htdocs/protected/index.html'), 'protected')
  const { host } = new URL(app.site)
  const modules = ['mpm_event', 'authn_core', 'authz_core', 'authz_user', 'dir', 'headers', 'auth_openidc']
  writeFileSync(
    join(root, 'apache.conf'),
    `ServerRoot ${root}
ServerName ${host}
Listen ${host}
PidFile ${root}/pid
ErrorLog ${root}/error.log
User nobody
Group nogroup
${modules.map((name) => `LoadModule ${name}_module ${APACHE_MODULES}/mod_${name}.so`).join('\n')}
DocumentRoot ${root}/htdocs
DirectoryIndex index.html
OIDCProviderMetadataURL ${origin}/auth/.well-known/openid-configuration
OIDCClientID ${app.clientId}
OIDCClientSecret ${app.clientSecret}
OIDCRedirectURI ${app.site}/protected/callback
OIDCCryptoPassphrase ${'p'.repeat(32)}
OIDCScope "openid email"
OIDCPKCEMethod S256
OIDCCacheShmMax 10
# The fetch of Node says that it is not a navigation.
OIDCUnAuthAction auth true
<Location /protected>
  AuthType openid-connect
  Require valid-user
  Header set X-Email "%{OIDC_CLAIM_email}e"
</Location>
`,
  )
  const child = spawn(APACHE, ['-X', '-f', join(root, 'apache.conf')], { env: CHILD_ENVIRONMENT, stdio: 'inherit' })
  onTestFinished(async () => {
    child.kill()
    if (child.exitCode === null) await once(child, 'exit')
  })
  await until(async () => (await fetch(app.site).catch(() => null)) !== null)
}
