import { z } from 'zod'
import { isDecodable } from '../../kernel/percent-escapes.ts'
import { listOfParameter, readAttribute, splitHosts } from './postgres-hosts.ts'

const RIGHT = 'must be postgres://user:password@host:5432/database'
const ENCODE = `${RIGHT}; special characters in the password must be percent-encoded, such as %40 for @`

const ATTRIBUTE =
  'target_session_attrs must be read-write, primary or any: Latchkey writes, so it cannot use a server that only accepts reads'

/** Parameters that decide where and how safely the driver connects. It ignores names that it does not know. */
const CONNECTING = [
  ...['host', 'port', 'ssl', 'target_session_attrs'],
  ...[
    'mode',
    'negotiation',
    'compression',
    'cert',
    'key',
    'password',
    'certmode',
    'rootcert',
    'crl',
    'crldir',
    'sni',
  ].map((end) => `ssl${end}`),
  ...['ssl_min_protocol_version', 'ssl_max_protocol_version', 'sslkeylogfile'],
]

/** Returns the problem of a URL of PostgreSQL servers, without any value of the URL; null if there is none. */
export function findPostgresUrlProblem(text: string): string | null {
  if (!/^postgres(?:ql)?:\/\//.test(text)) return RIGHT
  if (readAttribute(text) === null) return ATTRIBUTE
  const urls = splitHosts(text)
  if (hasOtherPorts(text)) return `${RIGHT}; there must be one port, or as many as hosts`
  if (urls.length > 1 && urls.some(isWithoutHost)) return `${RIGHT}; between two commas there must be a host`
  return urls.map(findProblemOfOne).find((problem) => problem !== null) ?? findMisspelt(text)
}

function findMisspelt(text: string): string | null {
  const names = text
    .slice(text.indexOf('?') + 1)
    .split('&')
    .map((each) => each.split('=')[0] ?? '')
  const misspelt = names.find(isMisspelt)
  return misspelt === undefined ? null : `there is no parameter ${misspelt}; there are ${CONNECTING.join(', ')}`
}

/** Returns true for a name that looks like one of the parameters, such as `sslMode` and `ssl_mode`, and is none. */
function isMisspelt(name: string): boolean {
  return /^(?:host|port|ssl\w{0,30}|target\w{0,30})$/i.test(name) && !CONNECTING.includes(name)
}

function hasOtherPorts(text: string): boolean {
  const [hosts, ports] = ['host', 'port'].map((name) => listOfParameter(text, name).length)
  return ports !== undefined && ports > 1 && ports !== hosts
}

function isWithoutHost(url: string): boolean {
  return /^[^/]*\/\/(?:[^/?#]*@)?(?::\d*)?(?:[/?#]|$)/.test(url) && !/[?&]host=[^&]/.test(url)
}

function findProblemOfOne(text: string): string | null {
  // The host may be empty: `postgres://user@/database?host=/var/run/postgresql`.
  const url = URL.parse(text) ?? URL.parse(text.replace('@/', '@localhost/'))
  if (url === null) return ENCODE
  const isCutShort = url.hash !== '' || (url.username === '' && url.pathname.includes('@'))
  return isCutShort || !isDecodable(asDriverReads(url.username + url.password)) ? ENCODE : null
}

/** A URL of a PostgreSQL server. */
export const postgresUrlSchema = z.string(RIGHT).superRefine((text, context) => {
  const problem = findPostgresUrlProblem(text)
  if (problem !== null) context.addIssue({ code: 'custom', message: problem })
})

/** The driver decodes the user and the password. A percent sign without two digits stands for itself there. */
function asDriverReads(text: string): string {
  return text.replaceAll(/%(?![\da-f]{2})/gi, '%25')
}
