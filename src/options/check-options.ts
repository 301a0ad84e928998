import { z } from 'zod'
import { DAY_MS, SECOND_MS } from '../kernel/clock.ts'
import { parseUserId } from '../kernel/ids.ts'
import { parseIpNetwork } from '../kernel/ip-address.ts'
import { isLocalOrigin } from '../kernel/origins.ts'
import type { VerifyLegacy } from '../login/legacy-login.ts'
import type { MailTextOverrides } from '../mail/texts.ts'
import { DEFAULT_SESSION_SETTINGS, findSettingsProblem } from '../sessions/settings.ts'
import type { SessionStorage, Storage } from '../storage/storage.ts'
import { DEFAULT_THROTTLE_SETTINGS, findThrottleProblem } from '../throttle/settings.ts'
import { findCookieProblem } from './cookie-scope.ts'
import { ConfigurationError, type LatchkeyOptions } from './options.ts'

const MIN_SECRET_BYTES = 32
/** Browsers keep no cookie for longer (RFC 6265bis section 5.5). */
/** Of sessions, and of links in mails. */
const RESERVED_PREFIXES = ['lks', 'lkr', 'lkv']
const MAX_DURATION_MS = 400 * DAY_MS
const durationMs = z.int().positive().max(MAX_DURATION_MS, 'must be at most 400 days in milliseconds')
/** Behind a proxy that hides its clients a whole service is one network. */
const perNetwork = z.int().min(1).max(1_000_000)
const callback = z.custom<never>((value) => typeof value === 'function', 'must be a function')

/** A secret of at least 32 bytes in base64url. */
export const secretSchema = z
  .string()
  .regex(/^[A-Za-z0-9_-]+$/, 'must be base64url')
  .refine(
    (text) => Buffer.from(text, 'base64url').byteLength >= MIN_SECRET_BYTES,
    'must have at least 32 bytes; make one with: openssl rand -base64 32 | tr +/ -_ | tr -d =',
  )

/** An origin: scheme, host and port, nothing else. */
export const originSchema = z
  .string()
  .refine(
    (text) => /^https?:\/\/[^*]+$/.test(text) && URL.canParse(text) && new URL(text).origin === text,
    'must be an origin such as https://app.example.com: http(s), without path, wildcard or slash at the end',
  )

/** A scope, as RFC 6749 section 3.3 has it. */
export const scopeSchema = z
  .string()
  .regex(
    /^[!#-[\]-~]{1,64}$/,
    'must be a word of 1 to 64 printable ASCII characters, without quote, backslash or space',
  )

/** An address of the web. */
export const httpUrlSchema = z.url({ protocol: /^https?$/, error: 'must be an http(s) URL' })

/** The settings that a configuration file may have: those of the options that are plain data, and `verifyLegacy`. */
export const settingsSchema = z.strictObject({
  basePath: z
    .string()
    .regex(/^(?:\/[a-z0-9-]+)+$/, 'must be a path such as /auth, without a slash at the end')
    .optional(),
  siteName: z.string().min(1).max(100).optional(),
  secrets: z.array(secretSchema).min(1).optional(),
  trustedOrigins: z.array(originSchema).optional(),
  trustProxy: z
    .union(
      [z.int().min(0).max(10), z.array(z.string().refine((text) => parseIpNetwork(text) !== null, { abort: true }))],
      'must be a number of proxies (0 to 10) or a list of CIDRs',
    )
    .optional(),
  registration: z.enum(['open', 'invite', 'closed']).optional(),
  verifyEmail: z.enum(['required', 'optional', 'off']).optional(),
  deliverMails: z.boolean().optional(),
  verifyLegacy: z.custom<VerifyLegacy>((value) => typeof value === 'function', 'must be a function').optional(),
  cookie: z.strictObject({ domain: z.hostname().regex(/[^.]$/, 'must not end with a dot').optional() }).optional(),
  session: z
    .strictObject({
      token: z.enum(['opaque', 'sealed'], 'must be opaque or sealed'),
      idleMs: durationMs,
      absoluteMs: durationMs,
      rememberedIdleMs: durationMs,
      rememberedAbsoluteMs: durationMs,
      touchWindowMs: durationMs,
      freshMs: durationMs,
      cookieRenewalMs: durationMs,
      maxPerUser: z.int().min(1).max(10_000),
      cacheSize: z.int().min(0).max(100_000_000),
    })
    .partial()
    .optional(),
  password: z
    .strictObject({
      minLength: z.int().min(8).max(64).optional(),
      contextWords: z.array(z.string()).optional(),
      breachUrl: httpUrlSchema.optional(),
    })
    .optional(),
  passwordHashing: z
    .strictObject({
      memoryKib: z
        .int()
        .min(19_456, 'must be at least 19456 (19 MiB), the least that OWASP advises')
        .max(4_194_304, 'must be at most 4194304 (4 GiB)')
        .optional(),
      passes: z
        .int()
        .min(2, 'must be at least 2, the least that OWASP advises')
        .max(100, 'must be at most 100')
        .optional(),
      maxWaiting: z.int().min(0).optional(),
      niceness: z.int().min(0).max(19).optional(),
    })
    .optional(),
  scopes: z
    .array(scopeSchema)
    .max(100)
    .refine((scopes) => new Set(scopes).size === scopes.length, 'must not name a scope twice')
    .optional(),
  accessTokens: z
    .strictObject({
      prefix: z
        .string()
        .regex(/^[a-z][a-z0-9]{1,15}$/, 'must be 2 to 16 characters of a-z and 0-9, a letter first')
        .refine((prefix) => !RESERVED_PREFIXES.includes(prefix), 'is the prefix of other tokens'),
      lifetimeMs: durationMs,
      maxLifetimeMs: durationMs.nullable(),
      allowNoExpiry: z.boolean(),
      maxPerUser: z.int().min(0).max(10_000),
    })
    .partial()
    .optional(),
  forwardAuth: z.strictObject({ jwt: z.boolean().optional() }).optional(),
  throttle: z
    .strictObject({
      freeFailures: z.int().min(1).max(99),
      firstWaitMs: z.int().min(100, 'must be at least 100 milliseconds').max(DAY_MS, 'must be at most one day'),
      maxWaitMs: z.int().min(SECOND_MS, 'must be at least one second').max(DAY_MS, 'must be at most one day'),
      failuresUntilDisabled: z.int().min(10).max(100, 'must be at most 100, as NIST SP 800-63B-4 has it'),
      failuresPerNetwork: perNetwork,
      registrationsPerNetwork: perNetwork,
      recoveriesPerNetwork: perNetwork,
      mailsPerAccount: z.int().min(1).max(100),
    })
    .partial()
    .optional(),
  audit: z
    .strictObject({
      retentionMs: z
        .int()
        .refine(
          (ms) => ms === 0 || ms >= DAY_MS,
          'must be at least one day in milliseconds (86400000), or 0 to keep events for ever',
        )
        .optional(),
    })
    .optional(),
  sweepIntervalMs: z.int().min(0).max(DAY_MS, 'must be at most one day in milliseconds').optional(),
})

const optionsSchema = settingsSchema.extend({
  baseUrl: originSchema,
  storage: z.custom<Storage>(
    (value) => typeof (value as Storage | undefined)?.open === 'function',
    'must be a storage such as sqlite("app.db") of latchkey/sqlite',
  ),
  sessionStorage: z
    .custom<SessionStorage>(
      (value) => typeof (value as SessionStorage | undefined)?.open === 'function',
      'must be a session storage such as redis("redis://localhost") of latchkey/redis',
    )
    .optional(),
  mailer: callback.optional(),
  mailTexts: z.custom<MailTextOverrides>((value) => typeof value === 'object' && value !== null).optional(),
  actor: z
    .string()
    .regex(/^[^\p{C}]{1,100}$/u, 'must be 1 to 100 characters without control characters')
    .refine((name) => parseUserId(name) === null, 'must not look like the id of a user')
    .optional(),
  clock: callback.optional(),
  onStatement: callback.optional(),
  onEvent: callback.optional(),
  onError: callback.optional(),
  onRequest: callback.optional(),
})

/** Refuses options that are unknown or wrong. Throws ConfigurationError with one line per problem. */
export function checkOptions(options: LatchkeyOptions): void {
  const { success, error } = optionsSchema.safeParse(options)
  if (!success) throw new ConfigurationError(describeProblems('createLatchkey', error))
  const settings = { ...DEFAULT_SESSION_SETTINGS, ...options.session }
  const cookieScope = { baseUrl: new URL(options.baseUrl), domain: options.cookie?.domain }
  const throttle = { ...DEFAULT_THROTTLE_SETTINGS, ...options.throttle }
  const problem = findSettingsProblem(settings) ?? findCookieProblem(cookieScope) ?? findThrottleProblem(throttle)
  const isDevelopment = isLocalOrigin(cookieScope.baseUrl) && process.env.NODE_ENV !== 'production'
  if (options.verifyEmail === 'required' && options.mailer === undefined && !isDevelopment) {
    throw new ConfigurationError(
      'createLatchkey: verifyEmail "required" needs a mailer, and SMTP_URL for the server: nobody could verify an address',
    )
  }
  if (problem !== null) throw new ConfigurationError(`createLatchkey: ${problem}`)
}

/** What a schema has against a configuration, one line per key. */
export function describeProblems(where: string, error: z.ZodError): string {
  const lines = error.issues.flatMap((issue) => {
    const path = issue.path.map(String).join('.')
    if (issue.code !== 'unrecognized_keys') return [`${path}: ${issue.message}`]
    return issue.keys.map((key) => `${path === '' ? '' : `${path}.`}${key}: there is no such setting`)
  })
  return [`${where}: these settings are wrong`, ...lines.map((line) => `  ${line}`)].join('\n')
}
