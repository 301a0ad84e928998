import { z } from 'zod'
import { NODE_ENVS } from '../kernel/origins.ts'
import { parseInteger } from '../kernel/setting-schemas.ts'
import { defineSettings, type Settings } from '../kernel/settings.ts'
import { redisUrlSchema } from '../storage/redis/redis-url.ts'
import { findPostgresUrlProblem, postgresUrlSchema } from '../storage/sql/postgres-url.ts'

/** Settings that only the server has, each an environment variable. */
export interface ServerSettings {
  readonly port: number
  readonly host: string
  readonly databaseUrl: string
  /** The PostgreSQL server itself, behind a pooler. Default: `databaseUrl`. */
  readonly databaseDirectUrl?: string | undefined
  /** URL of the Redis that stores sessions. Default: sessions are in the database. */
  readonly redisUrl?: string | undefined
  /** Port of the metrics. Default: metrics are off. */
  readonly metricsPort?: number | undefined
  /** Milliseconds for which a stopping server accepts connections. Default: 5,000 in production, else 0. */
  readonly drainMs?: number | undefined
  /** Processes that answer requests; `auto`: one per core. */
  readonly workers: number | 'auto'
  readonly isProduction: boolean
  /** True if a server in development may listen on an address that other machines reach. */
  readonly allowPublicDevelopment: boolean
}

const NO_PORT = 'must be a port, 0 to 65535'
const MAX_WORKERS = 256
const NO_WORKERS = `must be auto, or a number from 1 to ${MAX_WORKERS}`
const portSchema = z.int(NO_PORT).min(0, NO_PORT).max(65_535, NO_PORT)

/** The table of the settings that only the server has. */
export const serverSettings: Settings<ServerSettings> = defineSettings<ServerSettings>(null, {
  port: {
    meaning: 'port to listen on; 0: any free port, which requires `LATCHKEY_BASE_URL`',
    default: 3_000,
    schema: portSchema,
    defaultIs: '3000',
    variable: { name: 'PORT', parse: parseInteger },
  },
  host: {
    meaning: 'address to listen on',
    default: '127.0.0.1',
    schema: z.string(),
    variable: { name: 'HOST' },
  },
  databaseUrl: {
    meaning:
      '`sqlite:<file>`, or `postgres://user:password@host:5432/database`; [several hosts](scaling.md) with commas',
    default: 'sqlite:latchkey.db',
    schema: z
      .string()
      .regex(
        /^(?:sqlite:|postgres(?:ql)?:\/\/)/,
        'must be sqlite:<file> or postgres://user:password@host:5432/database',
      )
      .superRefine((text, context) => {
        const problem = text.startsWith('postgres') ? findPostgresUrlProblem(text) : null
        if (problem !== null) context.addIssue({ code: 'custom', message: problem })
      }),
    variable: { name: 'DATABASE_URL', isSecret: true },
  },
  databaseDirectUrl: {
    meaning: 'the PostgreSQL server itself, when `DATABASE_URL` leads through PgBouncer in transaction mode',
    default: undefined,
    defaultIs: 'as `DATABASE_URL`',
    schema: postgresUrlSchema,
    variable: { name: 'DATABASE_DIRECT_URL', isSecret: true },
  },
  redisUrl: {
    meaning:
      'keeps sessions in Redis or Valkey: `redis://`, `rediss://`, `redis+cluster://one:6379,two:6379`, `redis+sentinel://one:26379,two:26379/name`',
    default: undefined,
    defaultIs: 'none: sessions are in the database',
    schema: redisUrlSchema,
    variable: { name: 'REDIS_URL', isSecret: true },
  },
  metricsPort: {
    meaning: 'answers `GET /metrics` for Prometheus on this port of `HOST`; requires the package `prom-client`',
    default: undefined,
    schema: portSchema,
    variable: { name: 'LATCHKEY_METRICS_PORT', parse: parseInteger },
  },
  drainMs: {
    meaning: 'milliseconds for which a stopping server is not ready but accepts connections, at most 10 minutes',
    default: undefined,
    defaultIs: '5000 in production, else 0',
    schema: z.int('must be milliseconds').min(0).max(600_000, 'must be at most 600000 (10 minutes)'),
    variable: { name: 'LATCHKEY_DRAIN_MS', parse: parseInteger },
  },
  workers: {
    meaning:
      'processes that answer requests, 1 to 256; `auto`: one per core. They share the port and the cores, see [More cores](scaling.md#more-cores)',
    default: 1,
    schema: z.union([z.literal('auto'), z.int().min(1).max(MAX_WORKERS)], NO_WORKERS),
    variable: { name: 'LATCHKEY_WORKERS', parse: (text) => (text === 'auto' ? text : parseInteger(text)) },
  },
  isProduction: {
    meaning:
      "`production`: secrets are required, and no greeting is printed; `development`, `test`: a developer's machine. Another value is refused",
    default: false,
    defaultIs: 'development',
    schema: z.boolean('must be production, development or test; not set means development'),
    variable: {
      name: 'NODE_ENV',
      parse: (text) => (NODE_ENVS.includes(text) ? text === 'production' : text),
    },
  },
  allowPublicDevelopment: {
    meaning: '`1`: the server may listen on a `HOST` that is not loopback while `NODE_ENV` is not `production`',
    default: false,
    schema: z.boolean('must be 1'),
    variable: { name: 'LATCHKEY_ALLOW_PUBLIC_DEVELOPMENT', parse: (text) => (text === '1' ? true : text) },
  },
})
