/* The clients: how each one starts, where it keeps cookies, and how it trusts an authority. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'

/** Files that the setup created: the authority in each format that the clients need, and the Java programs. */
export interface Prepared {
  readonly pem: string
  readonly wgetrc: string
  /** A PKCS #12 store. */
  readonly javaStore: string
  /** A home directory with an NSS database. */
  readonly browserHome: string
  /** Where the classes are. */
  readonly classes: string
}

/** A third-party HTTP client. */
export interface InteropClient {
  /** Its common name. */
  readonly name: string
  /** Its program in `clients/`. */
  readonly program: string
  /** The command that starts it. */
  command(program: string, prepared: Prepared): readonly string[]
  /** Variables of its environment. */
  env?(prepared: Prepared): Record<string, string>
  /** @param userAgent the user agent of the client; most include the version. */
  version(userAgent: string): string
  /** The cookie store, for the table. */
  readonly store: string
  /** True if the store is a file. */
  readonly isPersistent: boolean
}

/** The default store: a custom certificate store hides nothing. */
export const JAVA_STORE_PASSWORD = 'changeit'
/** Where the programs are. */
export const PROGRAMS: string = join(import.meta.dirname, 'clients')
const JARS = process.env.JAVA_JARS ?? '/usr/share/java'
/** OkHttp, and what it needs. */
export const OKHTTP_JARS: readonly string[] = ['okhttp', 'okhttp-urlconnection', 'okio'].map(
  (name) => `${JARS}/${name}.jar`,
)

/** The Python that finds the packages of Debian. */
export const DEBIAN_PYTHON = '/usr/bin/python3'
/** Apache, and the folder of its modules. */
export const APACHE = '/usr/sbin/apache2'
export const APACHE_MODULES = '/usr/lib/apache2/modules'

const sentVersion = (userAgent: string): string => /^[\w.-]+\/([\d.]+)/.exec(userAgent)?.[1] ?? 'unknown'
const java: InteropClient['command'] = (program, { javaStore, classes }) => [
  'java',
  '-XX:TieredStopAtLevel=1', // starts faster
  `-Djavax.net.ssl.trustStore=${javaStore}`,
  `-Djavax.net.ssl.trustStorePassword=${JAVA_STORE_PASSWORD}`,
  '-cp',
  [classes, ...OKHTTP_JARS].join(':'),
  basename(program, '.java'),
]

export const CLIENTS: readonly InteropClient[] = [
  {
    name: 'curl',
    program: 'curl.sh',
    command: (program) => ['sh', program],
    env: ({ pem }) => ({ CURL_CA_BUNDLE: pem }),
    version: sentVersion,
    store: '`-b` and `-c` with a file',
    isPersistent: true,
  },
  {
    name: 'wget',
    program: 'wget.sh',
    command: (program) => ['sh', program],
    env: ({ wgetrc }) => ({ WGETRC: wgetrc }),
    version: sentVersion,
    store: '`--load-cookies`, `--save-cookies`, `--keep-session-cookies`',
    isPersistent: true,
  },
  {
    name: 'Python `http.cookiejar`',
    program: 'http_cookiejar.py',
    command: (program) => ['python3', program],
    env: ({ pem }) => ({ SSL_CERT_FILE: pem }),
    version: sentVersion,
    store: '`LWPCookieJar`',
    isPersistent: true,
  },
  {
    name: 'Java `HttpClient`',
    program: 'HttpClientLogin.java',
    command: java,
    version: sentVersion,
    store: '`CookieManager`, in memory',
    isPersistent: false,
  },
  {
    name: 'OkHttp',
    program: 'OkHttpLogin.java',
    command: java,
    version: sentVersion,
    store: '`JavaNetCookieJar`, in memory',
    isPersistent: false,
  },
  {
    name: 'Perl LWP',
    program: 'lwp.pl',
    command: (program) => ['perl', program],
    env: ({ pem }) => ({ PERL_LWP_SSL_CA_FILE: pem }),
    version: sentVersion,
    store: '`HTTP::Cookies` with a file',
    isPersistent: true,
  },
  {
    name: 'PHP curl',
    program: 'curl.php',
    command: (program, { pem }) => ['php', '-d', `curl.cainfo=${pem}`, program],
    version: () => execFileSync('php', ['-r', 'echo PHP_VERSION;'], { encoding: 'utf8' }),
    store: '`CURLOPT_COOKIEFILE`, `CURLOPT_COOKIEJAR`',
    isPersistent: true,
  },
  {
    name: '`fetch-cookie`, undici',
    program: 'fetch-cookie.ts',
    command: (program) => [process.execPath, program],
    env: ({ pem }) => ({ NODE_EXTRA_CA_CERTS: pem }),
    version: () => `${installedVersion('fetch-cookie')}, ${installedVersion('undici')}`,
    store: '`CookieJar` of tough-cookie as JSON',
    isPersistent: true,
  },
  {
    name: 'Chromium',
    program: 'chromium.ts',
    command: (program) => [process.execPath, program],
    env: ({ browserHome }) => ({ HOME: browserHome }),
    version: (userAgent) => /Chrome\/([\d.]+)/.exec(userAgent)?.[1] ?? 'unknown',
    store: 'its profile',
    isPersistent: true,
  },
]

function installedVersion(name: string): string {
  const file = new URL(`../../node_modules/${name}/package.json`, import.meta.url)
  return JSON.parse(readFileSync(file, 'utf8')).version
}
