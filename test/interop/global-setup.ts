/* Installs the clients if possible, and creates an authority that each client trusts. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { bundleCli } from '../../scripts/bundle-cli.ts'
import { type Certificate, makeAuthority } from '../support/certificate.ts'
import { installWhatIsMissing, NEEDED_CHROMIUM, neededCommand, succeeds } from '../support/needed.ts'
import { findPostgres } from '../support/postgres-server.ts'
import { MAIN } from '../support/server-process.ts'
import {
  APACHE,
  APACHE_MODULES,
  DEBIAN_PYTHON,
  JAVA_STORE_PASSWORD,
  OKHTTP_JARS,
  PROGRAMS,
  type Prepared,
} from './clients.ts'
import { hasPortal, PORTAL } from './lemonldap.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    readonly prepared: Prepared
    /** The certificate of the servers, issued by the authority. */
    readonly certificate: Certificate
    /** True with `--update`, which writes the table in the docs. */
    readonly writesTable: boolean
  }
}

const NEEDED = [
  NEEDED_CHROMIUM,
  neededCommand('openssl', { versionFlag: 'version' }),
  neededCommand('curl'),
  neededCommand('wget'),
  neededCommand('python3'),
  neededCommand('javac', { debianPackage: 'default-jdk-headless' }),
  neededCommand('php', { debianPackage: 'php-cli' }),
  {
    debianPackage: 'postgresql',
    isThere: () => findPostgres() !== null,
    otherwise: 'have PostgreSQL in /usr/lib/postgresql',
  },
  neededCommand('redis-server'),
  {
    debianPackage: 'php-curl',
    isThere: () => succeeds('php', ['-r', 'exit(extension_loaded("curl") ? 0 : 1);']),
    otherwise: 'have PHP with curl on the path',
  },
  {
    debianPackage: 'liblwp-protocol-https-perl',
    isThere: () => succeeds('perl', ['-MLWP::Protocol::https', '-e1']),
    otherwise: 'have Perl with LWP::Protocol::https on the path',
  },
  {
    debianPackage: 'libokhttp-java',
    isThere: () => OKHTTP_JARS.every((jar) => existsSync(jar)),
    otherwise: `have ${OKHTTP_JARS.join(', ')}`,
  },
  {
    debianPackage: 'libnss3-tools',
    isThere: () => succeeds('which', ['certutil']),
    otherwise: 'have certutil of NSS on the path',
  },
  {
    debianPackage: 'python3-authlib python3-requests',
    isThere: () => succeeds(DEBIAN_PYTHON, ['-c', 'import authlib, requests']),
    otherwise: `have Authlib and requests in ${DEBIAN_PYTHON}`,
  },
  {
    debianPackage: 'apache2 libapache2-mod-auth-openidc',
    isThere: () => [APACHE, `${APACHE_MODULES}/mod_auth_openidc.so`].every((path) => existsSync(path)),
    otherwise: `have Apache at ${APACHE} with mod_auth_openidc in ${APACHE_MODULES}`,
  },
  {
    debianPackage: 'liblemonldap-ng-portal-perl libplack-perl libio-string-perl libstring-random-perl',
    isThere: hasPortal,
    otherwise: `have the portal of LemonLDAP::NG at ${PORTAL}, with plackup, IO::String and String::Random`,
  },
]

export default async function setUp({ provide, config }: TestProject): Promise<() => void> {
  installWhatIsMissing(NEEDED)
  await bundleCli(dirname(MAIN))
  const directory = mkdtempSync(join(tmpdir(), 'latchkey-interop-'))
  const authority = makeAuthority()
  provide('prepared', prepare(directory, authority.cert))
  provide('certificate', authority.issue())
  provide('writesTable', config.snapshotOptions.updateSnapshot === 'all')
  return () => rmSync(directory, { recursive: true, force: true })
}

function prepare(directory: string, cert: string): Prepared {
  const prepared: Prepared = {
    pem: join(directory, 'ca.pem'),
    wgetrc: join(directory, 'wgetrc'),
    javaStore: join(directory, 'ca.p12'),
    browserHome: join(directory, 'home'),
    classes: join(directory, 'classes'),
  }
  writeFileSync(prepared.pem, cert)
  writeFileSync(prepared.wgetrc, `ca_certificate = ${prepared.pem}\n`)
  const store = ['-keystore', prepared.javaStore, '-storepass', JAVA_STORE_PASSWORD, '-storetype', 'PKCS12']
  run('keytool', ['-importcert', '-noprompt', '-alias', 'ca', '-file', prepared.pem, ...store])
  const database = join(prepared.browserHome, '.pki/nssdb')
  mkdirSync(database, { recursive: true })
  run('certutil', ['-N', '-d', `sql:${database}`, '--empty-password'])
  run('certutil', ['-A', '-d', `sql:${database}`, '-t', 'C,,', '-n', 'ca', '-i', prepared.pem])
  const sources = readdirSync(PROGRAMS).filter((name) => name.endsWith('.java'))
  const options = ['-cp', OKHTTP_JARS.join(':'), '-d', prepared.classes]
  run('javac', [...options, ...sources.map((name) => join(PROGRAMS, name))])
  return prepared
}

function run(command: string, args: readonly string[]): void {
  execFileSync(command, args, { stdio: 'pipe' })
}
