import { getPublicSuffix } from 'tldts'
import { z } from 'zod'
import { COOKIE_NAME, type CookieScope } from '../kernel/cookie.ts'
import { isLocalOrigin } from '../kernel/origins.ts'
import { defineSettings, type Settings } from '../kernel/settings.ts'

/** Settings of cookies. */
export interface CookieSettings {
  /** Replaces `latchkey` in the name of every cookie: `__Host-acme`, `__Host-acme-device`. Default `latchkey`. */
  readonly name: string
  /** Shares the cookie with the subdomains of this domain, without the `__Host-` prefix. Default: this host only. */
  readonly domain?: string | undefined
}

/** The table of the settings of cookies. */
export const cookieSettings: Settings<CookieSettings> = defineSettings<CookieSettings>(
  'cookie',
  {
    name: {
      meaning:
        'replaces `latchkey` in the name of every cookie; give each service its own if several are on one host or on nested domains',
      default: COOKIE_NAME,
      schema: z
        .string()
        .regex(
          /^[A-Za-z0-9][\w.-]{0,63}$/,
          'must be 1 to 64 letters, digits, ".", "_" or "-", without the prefix __Host-',
        ),
      variable: { name: 'LATCHKEY_COOKIE_NAME' },
    },
    domain: {
      meaning: 'shares the cookie with the subdomains of this domain; not a public suffix; https only',
      default: undefined,
      defaultIs: 'this host only',
      schema: z.hostname().regex(/[^.]$/, 'must not end with a dot'),
    },
  },
  ({ domain }, { baseUrl }) => findContradiction({ baseUrl, domain }),
)

function findContradiction({ baseUrl, domain }: CookieScope): string | null {
  const isHttps = baseUrl.protocol === 'https:'
  if (!isHttps && !isLocalOrigin(baseUrl)) {
    return `baseUrl is plain http on ${baseUrl.hostname}, where others on the network can read the cookie: use https (plain http is for localhost)`
  }
  if (domain === undefined) return null
  if (!isHttps) return 'cookie.domain needs an https baseUrl'
  if (getPublicSuffix(domain, { allowPrivateDomains: true }) === domain) {
    return `cookie.domain "${domain}" is a public suffix: every site below it would receive the cookie. Use a domain you own, such as example.${domain}`
  }
  const host = baseUrl.hostname
  if (host !== domain && !host.endsWith(`.${domain}`)) {
    return `cookie.domain "${domain}" does not cover the host of baseUrl, ${host}`
  }
  return null
}
