/* The subjects of the benchmark, and the measures that each takes part in. */

/** A database that a subject needs. */
export type DatabaseKind = 'postgres' | 'redis'

/** The role of a subject in the comparison. */
export type Role = 'limit' | 'latchkey' | 'peer' | 'hand'

/** A subject of the benchmark. */
export interface Entry {
  readonly id: string
  readonly title: string
  readonly role: Role
  /** The file under bench/ that creates it. */
  readonly file: string
  /** The bare server or framework that it runs on. */
  readonly limit: string
  readonly needs: readonly DatabaseKind[]
  /** Path of its login; null if it has none. */
  readonly login: string | null
  /** The credential in GET /me. Default: a cookie. */
  readonly proof?: 'access_token'
  /** True if only GET /me of one session is measured: all other measures would equal those of Latchkey on SQLite. */
  readonly isOnlyWarm?: true
  /** The subject that fills its store, for the measure of cold requests. Default: itself. */
  readonly storeOf?: string
}

const LATCHKEY = { role: 'latchkey', login: '/auth/login' } as const
const PEER = { role: 'peer', login: '/login' } as const
const LIMIT = { role: 'limit', login: null, needs: [] } as const
/** A framework with an async middleware that does nothing: no adapter can be faster. */
const EMPTY_MIDDLEWARE = { ...LIMIT, isOnlyWarm: true } as const
const HAND = { role: 'hand', login: null, file: 'subjects/by-hand.ts', limit: 'bare' } as const
const BETTER_AUTH = {
  role: 'peer',
  login: '/api/auth/sign-in/email',
  file: 'peers/better-auth.js',
  limit: 'bare',
} as const
const FASTIFY = { ...PEER, limit: 'fastify' } as const
const EXPRESS = { ...PEER, file: 'peers/express-session.js', limit: 'express' } as const
const LATCHKEY_ON_NODE = { ...LATCHKEY, file: 'subjects/latchkey.ts', limit: 'bare' } as const

/** All subjects, in the order of the tables. */
export const CATALOGUE: readonly Entry[] = [
  { ...LIMIT, id: 'bare', title: 'bare node:http', file: 'subjects/bare.ts', limit: 'bare' },
  { ...LIMIT, id: 'bare-again', title: 'bare node:http, again', file: 'subjects/bare.ts', limit: 'bare' },
  { ...LIMIT, id: 'hono', title: 'bare Hono', file: 'peers/hono.js', limit: 'hono' },
  { ...LIMIT, id: 'fastify', title: 'bare Fastify', file: 'peers/fastify.js', limit: 'fastify' },
  { ...LIMIT, id: 'express', title: 'bare Express', file: 'peers/express.js', limit: 'express' },
  { ...LIMIT, id: 'koa', title: 'bare Koa', file: 'peers/koa.js', limit: 'koa' },
  { ...EMPTY_MIDDLEWARE, id: 'hono-middleware', title: 'Hono, empty middleware', file: 'peers/hono.js', limit: 'hono' },
  {
    ...EMPTY_MIDDLEWARE,
    id: 'fastify-middleware',
    title: 'Fastify, empty hook',
    file: 'peers/fastify.js',
    limit: 'fastify',
  },
  {
    ...EMPTY_MIDDLEWARE,
    id: 'express-middleware',
    title: 'Express, empty middleware',
    file: 'peers/express.js',
    limit: 'express',
  },
  { ...EMPTY_MIDDLEWARE, id: 'koa-middleware', title: 'Koa, empty middleware', file: 'peers/koa.js', limit: 'koa' },
  {
    ...LIMIT,
    id: 'nginx',
    title: 'API behind nginx, without authentication',
    file: 'subjects/nginx.ts',
    limit: 'nginx',
    isOnlyWarm: true,
  },
  { ...LATCHKEY_ON_NODE, id: 'latchkey-sqlite', storeOf: 'latchkey-sqlite', title: 'Latchkey, SQLite', needs: [] },
  {
    ...LATCHKEY_ON_NODE,
    id: 'latchkey-postgres',
    storeOf: 'latchkey-postgres',
    title: 'Latchkey, PostgreSQL',
    needs: ['postgres'],
  },
  {
    ...LATCHKEY_ON_NODE,
    id: 'latchkey-redis',
    storeOf: 'latchkey-redis',
    title: 'Latchkey, Redis',
    needs: ['postgres', 'redis'],
  },
  { ...LATCHKEY_ON_NODE, id: 'latchkey-sealed', title: 'Latchkey, SQLite, sealed cookie', needs: [] },
  {
    ...LATCHKEY_ON_NODE,
    id: 'latchkey-token',
    proof: 'access_token',
    isOnlyWarm: true,
    title: 'Latchkey, SQLite, access token',
    needs: [],
  },
  {
    ...LATCHKEY_ON_NODE,
    id: 'latchkey-sealed-cold',
    title: 'Latchkey, SQLite, sealed cookie, opened each time',
    needs: [],
  },
  { ...LATCHKEY, id: 'latchkey-hono', title: 'Latchkey in Hono', file: 'peers/hono.js', limit: 'hono', needs: [] },
  {
    ...LATCHKEY,
    id: 'latchkey-fastify',
    title: 'Latchkey in Fastify',
    file: 'peers/fastify.js',
    limit: 'fastify',
    needs: [],
  },
  {
    ...LATCHKEY,
    id: 'latchkey-express',
    title: 'Latchkey in Express',
    file: 'peers/express.js',
    limit: 'express',
    needs: [],
  },
  { ...LATCHKEY, id: 'latchkey-koa', title: 'Latchkey in Koa', file: 'peers/koa.js', limit: 'koa', needs: [] },
  {
    ...LATCHKEY,
    id: 'latchkey-nginx',
    title: 'API behind nginx, forward-auth by Latchkey',
    file: 'subjects/nginx.ts',
    limit: 'nginx',
    needs: [],
    isOnlyWarm: true,
  },
  { ...BETTER_AUTH, id: 'better-auth-sqlite', storeOf: 'better-auth-sqlite', title: 'better-auth, SQLite', needs: [] },
  {
    ...BETTER_AUTH,
    id: 'better-auth-postgres',
    storeOf: 'better-auth-postgres',
    title: 'better-auth, PostgreSQL',
    needs: ['postgres'],
  },
  { ...BETTER_AUTH, id: 'better-auth-cookie-cache', title: 'better-auth, cookie cache', needs: [] },
  {
    ...EXPRESS,
    id: 'express-session-redis',
    storeOf: 'express-session-redis',
    title: 'express-session + passport, Redis',
    needs: ['redis'],
  },
  {
    ...EXPRESS,
    id: 'express-session-postgres',
    storeOf: 'express-session-postgres',
    title: 'express-session + passport, PostgreSQL',
    needs: ['postgres'],
  },
  {
    ...FASTIFY,
    id: 'fastify-session-redis',
    file: 'peers/fastify-session.js',
    storeOf: 'fastify-session-redis',
    title: '@fastify/session, Redis',
    needs: ['redis'],
  },
  {
    ...FASTIFY,
    id: 'fastify-secure-session',
    file: 'peers/fastify-secure-session.js',
    title: '@fastify/secure-session (in the cookie)',
    needs: [],
  },
  { ...FASTIFY, id: 'fastify-jwt', file: 'peers/fastify-jwt.js', title: '@fastify/jwt (in the cookie)', needs: [] },
  {
    ...PEER,
    id: 'iron-session',
    title: 'iron-session (in the cookie)',
    file: 'peers/iron-session.js',
    limit: 'bare',
    needs: [],
  },
  {
    ...HAND,
    id: 'hand-memory',
    title: 'by hand, in memory',
    file: 'subjects/bare.ts',
    login: '/login',
    needs: [],
  },
  { ...HAND, id: 'hand-sqlite', storeOf: 'latchkey-sqlite', title: 'by hand, SQLite', needs: [] },
  { ...HAND, id: 'hand-postgres', storeOf: 'latchkey-postgres', title: 'by hand, PostgreSQL', needs: ['postgres'] },
  { ...HAND, id: 'hand-redis', storeOf: 'hand-redis', title: 'by hand, Redis', needs: ['redis'] },
]

/** Subjects that `--quick` leaves out. */
export const OMITTED_WHEN_QUICK: ReadonlySet<string> = new Set([
  'koa',
  'latchkey-koa',
  'hono-middleware',
  'fastify-middleware',
  'express-middleware',
  'koa-middleware',
  'hand-memory',
  'better-auth-postgres',
  'better-auth-cookie-cache',
  'express-session-postgres',
  'fastify-jwt',
])

/** Subjects that `--quick` includes in every measure; the others take part in warm requests only. */
export const EVERYWHERE_WHEN_QUICK: ReadonlySet<string> = new Set([
  'latchkey-sqlite',
  'latchkey-postgres',
  'latchkey-redis',
  'better-auth-sqlite',
  'express-session-redis',
])

/** Returns true for Latchkey inside a framework: its login, queries and store equal those of Latchkey on SQLite. */
export function isInFramework({ role, limit }: Entry): boolean {
  return role === 'latchkey' && limit !== 'bare'
}

/**
 * Returns the entry with this id.
 * @throws Error if there is none.
 */
export function entryOf(id: string): Entry {
  const entry = CATALOGUE.find((each) => each.id === id)
  if (entry === undefined) {
    throw new Error(`There is no subject "${id}". There are: ${CATALOGUE.map((each) => each.id).join(', ')}`)
  }
  return entry
}
