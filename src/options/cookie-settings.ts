import { getPublicSuffix } from 'tldts'
import { z } from 'zod'
import type { CookieScope } from '../kernel/cookie.ts'
import { isLocalOrigin } from '../kernel/origins.ts'
import { defineSettings, type Settings } from '../kernel/settings.ts'

/** Settings of cookies. */
export interface CookieSettings {
  /** Shares the cookie with the subdomains of this domain, without the `__Host-` prefix. Default: this host only. */
  readonly domain?: string | undefined
}

/** The table of the settings of cookies. */
export const cookieSettings: Settings<CookieSettings> = defineSettings<CookieSettings>(
  'cookie',
  {
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
