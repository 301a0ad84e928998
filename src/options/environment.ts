/*
 * The settings of the server from the environment (DESIGN section 3). Every LATCHKEY_* variable is known or refused:
 * a mistyped name never means "the default" in silence.
 */
import { z } from 'zod'
import { httpUrlSchema, originSchema, scopeSchema, secretSchema } from './check-options.ts'
import { ConfigurationError } from './options.ts'

/** What the environment says, read and checked. Absent: not set. */
export interface Environment {
  readonly port: number
  readonly host: string
  readonly baseUrl: string
  readonly databaseUrl: string
  readonly databaseDirectUrl?: string | undefined
  readonly redisUrl?: string | undefined
  readonly metricsPort?: number | undefined
  readonly isProduction: boolean
  readonly secrets?: readonly string[] | undefined
  readonly trustProxy?: number | readonly string[] | undefined
  readonly trustedOrigins?: readonly string[] | undefined
  readonly sessionToken?: 'opaque' | 'sealed' | undefined
  readonly scopes?: readonly string[] | undefined
  readonly registration?: 'open' | 'invite' | 'closed' | undefined
  readonly verifyEmail?: 'required' | 'optional' | 'off' | undefined
  readonly breachUrl?: string | undefined
  readonly smtpUrl?: string | undefined
  readonly mailFrom?: string | undefined
}

const DEFAULT_PORT = 3_000
const DEFAULT_HOST = '127.0.0.1'
const DEFAULT_DATABASE = 'sqlite:latchkey.db'

const commaList = z.string().transform((text) =>
  text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== ''),
)

const portSchema = z.coerce.number('must be a port, 0 to 65535').int().min(0).max(65_535)
const postgresUrl = z.string().regex(/^postgres(?:ql)?:\/\//, 'must be postgres://user:password@host:5432/database')

const variables = z.object({
  PORT: portSchema.optional(),
  HOST: z.string().optional(),
  LATCHKEY_BASE_URL: z
    .string()
    .transform((text) => text.replace(/\/$/, ''))
    .pipe(originSchema)
    .optional(),
  DATABASE_URL: z
    .string()
    .regex(/^(?:sqlite:|postgres(?:ql)?:\/\/)/, 'must be sqlite:<file> or postgres://user:password@host:5432/database')
    .optional(),
  DATABASE_DIRECT_URL: postgresUrl.optional(),
  REDIS_URL: z
    .string()
    .regex(
      /^rediss?(?:\+cluster|\+sentinel)?:\/\//,
      'must be redis://host:6379, redis+cluster://one:6379,two:6379 or redis+sentinel://one:26379,two:26379/name',
    )
    .optional(),
  LATCHKEY_METRICS_PORT: portSchema.optional(),
  LATCHKEY_SECRETS: commaList.pipe(z.array(secretSchema).min(1)).optional(),
  LATCHKEY_TRUST_PROXY: z
    .string()
    .transform((text) => (/^\d+$/.test(text) ? Number(text) : text.split(',').map((cidr) => cidr.trim())))
    .optional(),
  LATCHKEY_TRUSTED_ORIGINS: commaList.pipe(z.array(originSchema)).optional(),
  LATCHKEY_SESSION_TOKEN: z.enum(['opaque', 'sealed'], 'must be opaque or sealed').optional(),
  LATCHKEY_SCOPES: commaList.pipe(z.array(scopeSchema)).optional(),
  LATCHKEY_REGISTRATION: z.enum(['open', 'invite', 'closed'], 'must be open, invite or closed').optional(),
  LATCHKEY_VERIFY_EMAIL: z.enum(['required', 'optional', 'off'], 'must be required, optional or off').optional(),
  LATCHKEY_BREACH_URL: httpUrlSchema.optional(),
  SMTP_URL: z
    .string()
    .regex(/^smtps?:\/\//, 'must be smtp://user:password@host:587 or smtps://…')
    .optional(),
  LATCHKEY_MAIL_FROM: z.string().optional(),
})

/**
 * Reads the environment. An empty value counts as not set.
 * @throws ConfigurationError with one line per variable that is unknown or wrong.
 */
export function readEnvironment(env: Readonly<Record<string, string | undefined>>): Environment {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''))
  const problems = findUnknown(set)
  const { success, data, error } = variables.safeParse(set)
  const wrong = success ? [] : error.issues.map((issue) => `${issue.path[0]?.toString()}: ${issue.message}`)
  if (!success || problems.length > 0) {
    throw new ConfigurationError(['The environment has wrong settings', ...problems, ...wrong].join('\n  '))
  }
  const port = data.PORT ?? DEFAULT_PORT
  return {
    port,
    host: data.HOST ?? DEFAULT_HOST,
    baseUrl: data.LATCHKEY_BASE_URL ?? defaultBaseUrl(port),
    databaseUrl: data.DATABASE_URL ?? DEFAULT_DATABASE,
    databaseDirectUrl: data.DATABASE_DIRECT_URL,
    redisUrl: data.REDIS_URL,
    metricsPort: data.LATCHKEY_METRICS_PORT,
    isProduction: set.NODE_ENV === 'production',
    secrets: data.LATCHKEY_SECRETS,
    trustProxy: data.LATCHKEY_TRUST_PROXY,
    trustedOrigins: data.LATCHKEY_TRUSTED_ORIGINS,
    sessionToken: data.LATCHKEY_SESSION_TOKEN,
    scopes: data.LATCHKEY_SCOPES,
    registration: data.LATCHKEY_REGISTRATION,
    verifyEmail: data.LATCHKEY_VERIFY_EMAIL,
    breachUrl: data.LATCHKEY_BREACH_URL,
    smtpUrl: data.SMTP_URL,
    mailFrom: data.LATCHKEY_MAIL_FROM,
  }
}

function defaultBaseUrl(port: number): string {
  if (port === 0)
    throw new ConfigurationError('PORT=0 takes any free port, so LATCHKEY_BASE_URL must say the public origin')
  return new URL(`http://localhost:${port}`).origin
}

function findUnknown(set: Readonly<Record<string, unknown>>): string[] {
  const known = Object.keys(variables.shape)
  return Object.keys(set)
    .filter((name) => name.startsWith('LATCHKEY_') && !known.includes(name))
    .map(
      (name) =>
        `${name}: there is no such setting. Known are ${known.filter((each) => each.startsWith('LATCHKEY_')).join(', ')}`,
    )
}
