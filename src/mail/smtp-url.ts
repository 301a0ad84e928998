import ipaddr from 'ipaddr.js'
import { isIpAddress } from '../kernel/ip-address.ts'

/** A mail server, and how to connect to it. */
export interface SmtpServer {
  readonly host: string
  readonly port: number
  /** True if TLS starts with the first byte (RFC 8314 section 3.3). */
  readonly isImplicitTls: boolean
  /** True if the connection never leaves this machine. */
  readonly isLoopback: boolean
  /** True for a private IP address, and for a name that only a private network knows, such as `mailpit`. */
  readonly isPrivate: boolean
  readonly auth: { readonly user: string; readonly pass: string } | null
}

/** Default ports: message submission (RFC 6409 section 3.1), and message submission over TLS (RFC 8314 section 7.3). */
const DEFAULT_PORTS = { 'smtp:': 587, 'smtps:': 465 } as const
const RIGHT = 'it must be smtp://user:password@host:587 (STARTTLS) or smtps://user:password@host:465'
const HOST_NAME = /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/
const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|::1)$/
/** A name without a dot (Docker, Kubernetes), or in a domain for private networks (RFC 6762, RFC 6761, ICANN's .internal). */
const PRIVATE_NAME = /^[a-z0-9_-]+$|\.(?:localhost|local|internal|test)$/
const PRIVATE_RANGES = new Set(['private', 'uniqueLocal', 'linkLocal', 'loopback'])

/**
 * Parses SMTP_URL. User and password are percent-encoded. Parameters are refused, so that none can switch TLS off.
 * @throws Error that shows correct values. It does not repeat the URL, because the URL can contain a password.
 */
export function parseSmtpUrl(text: string): SmtpServer {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || (url.protocol !== 'smtp:' && url.protocol !== 'smtps:')) {
    throw new Error(`The URL of the mail server is wrong: ${RIGHT}`)
  }
  const host = url.hostname.toLowerCase().replace(/^\[(.*)\]$/, '$1')
  if (!HOST_NAME.test(host) && !isIpAddress(host)) {
    throw new Error(`The URL of the mail server has an invalid host: ${RIGHT}`)
  }
  if (!/^\/?$/.test(url.pathname) || url.search !== '' || url.hash !== '') {
    throw new Error(`The URL of the mail server must not have a path or parameters: ${RIGHT}`)
  }
  return {
    host,
    port: url.port === '' ? DEFAULT_PORTS[url.protocol] : Number(url.port),
    isImplicitTls: url.protocol === 'smtps:',
    isLoopback: LOOPBACK.test(host),
    isPrivate: isIpAddress(host) ? PRIVATE_RANGES.has(ipaddr.process(host).range()) : PRIVATE_NAME.test(host),
    auth: readCredentials(url),
  }
}

function readCredentials({ username, password }: URL): SmtpServer['auth'] {
  if (username === '' && password === '') return null
  try {
    const auth = { user: decodeURIComponent(username), pass: decodeURIComponent(password) }
    if (auth.user !== '' && auth.pass !== '') return auth
  } catch {
    // The URL contains a percent sign that two hexadecimal digits do not follow.
  }
  throw new Error(`The URL of the mail server must have both user and password, percent-encoded, or neither: ${RIGHT}`)
}
