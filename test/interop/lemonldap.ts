/* LemonLDAP::NG of Debian as an OpenID provider: its portal, with the accounts that it brings for demonstrations. */
import { execFileSync, spawn } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CHILD_ENVIRONMENT } from '../support/child-environment.ts'
import { freePort } from '../support/free-port.ts'
import { until } from '../support/until.ts'

/** The program of the portal. */
export const PORTAL = '/usr/share/lemonldap-ng/portal/htdocs/index.psgi'
const PLACKUP = '/usr/bin/plackup'
const TEMPLATES = '/usr/share/lemonldap-ng/portal/templates'
const FOLDERS = ['conf', 'sessions', 'lock', 'persistent', 'persistent-lock', 'cache']

/** The user who the portal knows; the password is the name. */
export const DOCTOR = { login: 'dwho', email: 'dwho@badwolf.org', name: 'Doctor Who' }

/** A running portal. */
export interface Portal {
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
  close(): Promise<void>
}

/** Returns true if Perl has the modules of the portal, also those that Debian only recommends. */
export function hasPortal(): boolean {
  const modules = ['String::Random', 'IO::String', 'Lemonldap::NG::Portal']
  try {
    execFileSync('/usr/bin/perl', [...modules.map((name) => `-M${name}`), '-e1'], { stdio: 'ignore' })
  } catch {
    return false
  }
  return existsSync(PORTAL) && existsSync(PLACKUP)
}

/** Starts the portal with one client. */
export async function startPortal(redirectUri: string): Promise<Portal> {
  const root = mkdtempSync(join(tmpdir(), 'latchkey-lemonldap-'))
  for (const folder of FOLDERS) mkdirSync(join(root, folder))
  const port = await freePort()
  const issuer = `http://127.0.0.1:${port}`
  const client = { clientId: 'latchkey', clientSecret: 'secret-of-the-portal' }
  const configuration = { ...portalOf(root, issuer), ...relyingPartyOf(client, redirectUri) }
  writeFileSync(join(root, 'conf/lmConf-1.json'), JSON.stringify(configuration))
  const file = join(root, 'lemonldap-ng.ini')
  writeFileSync(
    file,
    `[all]
logLevel = error
[configuration]
type = File
dirName = ${root}/conf
[portal]
templateDir = ${TEMPLATES}
languages = en
`,
  )
  const program = [
    '--server',
    'HTTP::Server::PSGI',
    '--env',
    'production',
    '--host',
    '127.0.0.1',
    '--port',
    String(port),
    PORTAL,
  ]
  const env = { ...CHILD_ENVIRONMENT, LLNG_DEFAULTCONFFILE: file }
  const child = spawn(PLACKUP, program, { env, stdio: ['ignore', 'ignore', 'inherit'] })
  await until(async () => {
    if (child.exitCode !== null) throw new Error(`LemonLDAP::NG ended with ${child.exitCode}`)
    return (await fetch(issuer).catch(() => null)) !== null
  })
  return {
    ...{ issuer, ...client },
    async close() {
      child.kill()
      if (child.exitCode === null) await once(child, 'exit')
      rmSync(root, { recursive: true })
    },
  }
}

/** What the portal needs to run from one folder, without Apache. */
function portalOf(root: string, issuer: string): object {
  const storage = { generateModule: 'Lemonldap::NG::Common::Apache::Session::Generate::SHA256' }
  return {
    ...{ cfgNum: 1, cfgVersion: '2.16.1', cfgAuthor: 'test', cfgDate: '1' },
    ...{ portal: `${issuer}/`, domain: '127.0.0.1', cookieName: 'lemonldap', securedCookie: 0 },
    ...{ authentication: 'Demo', userDB: 'Same', passwordDB: 'Demo', registerDB: 'Null', whatToTrace: 'uid' },
    demoExportedVars: { cn: 'cn', mail: 'mail', uid: 'uid' },
    ...{ exportedVars: {}, groups: {}, macros: {}, exportedHeaders: {}, vhostOptions: {} },
    portalForceAuthnInterval: 300, // seconds after a login in which `prompt=login` does not ask again
    locationRules: { '127.0.0.1': { default: 'accept' } },
    globalStorage: 'Apache::Session::File',
    globalStorageOptions: { Directory: `${root}/sessions`, LockDirectory: `${root}/lock`, ...storage },
    persistentStorage: 'Apache::Session::File',
    persistentStorageOptions: { Directory: `${root}/persistent`, LockDirectory: `${root}/persistent-lock` },
    localSessionStorage: 'Cache::FileCache',
    localSessionStorageOptions: { namespace: 'sessions', cache_root: `${root}/cache`, directory_umask: '007' },
    // The portal loads a module for captchas in any case. Its own one needs ImageMagick.
    captcha: '::Auth::Null',
  }
}

function relyingPartyOf(
  client: { readonly clientId: string; readonly clientSecret: string },
  redirectUri: string,
): object {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const option = (name: string, value: unknown): object => ({ [`oidcRPMetaDataOptions${name}`]: value })
  return {
    ...{ issuerDBOpenIDConnectActivation: 1, issuerDBOpenIDConnectRule: 1, oidcServiceAllowAuthorizationCodeFlow: 1 },
    oidcServicePrivateKeySig: privateKey.export({ type: 'pkcs1', format: 'pem' }),
    oidcServicePublicKeySig: publicKey.export({ type: 'spki', format: 'pem' }),
    oidcServiceKeyIdSig: 'key',
    oidcRPMetaDataOptions: {
      latchkey: {
        ...option('ClientID', client.clientId),
        ...option('ClientSecret', client.clientSecret),
        ...option('RedirectUris', redirectUri),
        ...option('IDTokenSignAlg', 'RS256'),
        ...option('RequirePKCE', 1),
        ...option('UserIDAttr', 'uid'),
      },
    },
    oidcRPMetaDataExportedVars: { latchkey: { email: 'mail', name: 'cn' } },
  }
}
