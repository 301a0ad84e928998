import { z } from 'zod'
import type { TrustProxy } from '../http/client-address.ts'
import { DAY_MS, MINUTE_MS } from '../kernel/clock.ts'
import { parseIpNetwork } from '../kernel/ip-address.ts'
import { parseInteger, parseList } from '../kernel/setting-schemas.ts'
import { defineSettings, type Settings } from '../kernel/settings.ts'
import { trustedOriginSchema } from './origin-schema.ts'

/** Settings of the service as a whole. */
export interface ServiceSettings {
  /** Path under which Latchkey responds. Default `/auth`. */
  readonly basePath: string
  /** Name of the service on its pages; passwords must not be built from it. Default: the host of `baseUrl`. */
  readonly siteName?: string | undefined
  /**
   * Secrets for signatures, newest first, each at least 32 bytes in base64url. Required if NODE_ENV is `production`.
   * Default in development: created once, stored next to the database.
   */
  readonly secrets?: readonly string[] | undefined
  /** Other origins whose pages may call Latchkey with credentials. Default none. */
  readonly trustedOrigins: readonly string[]
  /** Number of proxies in front of Latchkey, or their CIDRs; only their X-Forwarded-For is trusted. Default 0. */
  readonly trustProxy: TrustProxy
  /** Adds `includeSubDomains` to Strict-Transport-Security. Default false. */
  readonly hstsIncludeSubDomains: boolean
  /**
   * Milliseconds between sweeps of expired sessions and of the audit log. Default 5 minutes. 0 turns off the sweep, and
   * also the sealing of the audit log every ten seconds.
   */
  readonly sweepIntervalMs: number
}

const MIN_SECRET_BYTES = 32

const secretSchema = z
  .string()
  .regex(/^[A-Za-z0-9_-]+$/, 'must be base64url')
  .refine(
    (text) => Buffer.from(text, 'base64url').byteLength >= MIN_SECRET_BYTES,
    'must have at least 32 bytes; create one with: openssl rand -base64 32 | tr +/ -_ | tr -d =',
  )

/** The table of the settings of the service as a whole. */
export const serviceSettings: Settings<ServiceSettings> = defineSettings<ServiceSettings>(null, {
  basePath: {
    meaning: 'path under which Latchkey responds',
    default: '/auth',
    schema: z.string().regex(/^(?:\/[a-z0-9-]+)+$/, 'must be a path such as /auth, without a slash at the end'),
  },
  siteName: {
    meaning: 'name of the service on its pages; passwords must not be built from it',
    default: undefined,
    defaultIs: 'the host of `baseUrl`',
    schema: z.string().min(1).max(100),
    variable: { name: 'LATCHKEY_SITE_NAME' },
  },
  secrets: {
    meaning: 'comma-separated, newest first, each at least 32 bytes in base64url; required when `NODE_ENV=production`',
    default: undefined,
    defaultIs:
      'created once, in `<database>.secrets` (PostgreSQL: `latchkey.secrets` in the working directory), mode 0600',
    schema: z.array(secretSchema).min(1),
    variable: { name: 'LATCHKEY_SECRETS', parse: parseList, isSecret: true },
  },
  trustedOrigins: {
    meaning: 'comma-separated other origins whose pages may call Latchkey with credentials',
    default: [],
    schema: z.array(trustedOriginSchema),
    variable: { name: 'LATCHKEY_TRUSTED_ORIGINS', parse: parseList },
  },
  trustProxy: {
    meaning:
      'number of proxies in front, or comma-separated CIDRs. Where the socket has no address (a Unix socket, a fetch handler without a connection) only a number counts the first proxy',
    default: 0,
    schema: z.union(
      [z.int().min(0).max(10), z.array(z.string().refine((text) => parseIpNetwork(text) !== null, { abort: true }))],
      'must be a number of proxies (0 to 10) or a list of CIDRs',
    ),
    variable: {
      name: 'LATCHKEY_TRUST_PROXY',
      parse: (text) => (/^\s*\d+\s*$/.test(text) ? parseInteger(text) : parseList(text)),
    },
  },
  hstsIncludeSubDomains: {
    meaning:
      'adds `includeSubDomains` to Strict-Transport-Security, which every https answer has: browsers then refuse plain http on all subdomains of the host',
    default: false,
    schema: z.boolean(),
  },
  sweepIntervalMs: {
    meaning:
      'milliseconds between sweeps of expired sessions and of the audit log, at most one day; 0 turns off the sweep and the sealing of the audit log',
    default: 5 * MINUTE_MS,
    schema: z.int().min(0).max(DAY_MS, 'must be at most one day in milliseconds'),
  },
})
