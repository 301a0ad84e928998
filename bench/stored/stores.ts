/* The stores that are filled with sessions, one for each subject in the measure of cold requests. */
import { createClient } from 'redis'
import { hashToken } from '../../src/crypto/token.ts'
import { type HandRedisSession, handRedisKey } from '../subjects/by-hand.ts'
import type { SubjectOptions } from '../subjects/subject.ts'
import { sqliteFile } from '../support/files.ts'
import { betterAuthCookie, expressSessionCookie, fastifySessionCookie } from '../support/peer-cookies.ts'
import { emailOf } from '../support/requests.ts'
import {
  SESSIONS_PER_USER,
  storedId,
  storedSecret,
  storedToken,
  storedTokenHash,
  userOfSession,
} from '../support/stored-tokens.ts'
import { openRedisKeys } from './redis-keys.ts'
import { openPostgresRows, openSqliteRows, type RowTarget } from './rows.ts'

/** The store of a subject, which receives sessions without using the subject. */
export interface FilledStore {
  /** Adds the sessions with the numbers from `start` up to, but not including, `end`. */
  add(start: number, end: number): Promise<void>
  /** Returns the Cookie header of a session. */
  cookie(session: number): string
  /** Brings the store to a resting state, without pending writes. */
  settle(): Promise<void>
  close(): Promise<void>
}

/** The origin of a store: the subject has run once, and user 0 has logged in with this cookie. */
export interface StoreSeed {
  readonly options: SubjectOptions
  readonly cookie: string
}

const ACCESS_TOKEN_PREFIX = 'lkp'
const DAY_MS = 24 * 60 * 60 * 1_000

const latchkeyCookie = (session: number): string => `latchkey=${storedToken(session)}`

/** Functions that open each store, by the id of its subject. */
export const STORES: Readonly<Record<string, (seed: StoreSeed) => Promise<FilledStore>>> = {
  'latchkey-sqlite': ({ options }) => latchkeyRows(openSqliteRows(sqliteFile(options.directory)), options),

  'latchkey-postgres': async ({ options }) =>
    latchkeyRows(await openPostgresRows(options.postgresUrl ?? '', 'latchkey'), options),

  async 'latchkey-redis'({ options, cookie }) {
    const rows = await openPostgresRows(options.postgresUrl ?? '', 'latchkey')
    const keys = await openRedisKeys(options.redisUrl ?? '')
    const userId = await rows.read('users', 'id', ['email', emailOf(0)])
    const tokenHash = hashToken(/\blatchkey=([^;]*)/.exec(cookie)?.[1] ?? '')
    const sessionId = findOtherId(keys.text, userId)
    const users = addUsers(rows, 'users', { templateId: userId, existing: options.users })
    return {
      cookie: latchkeyCookie,
      async add(start, end) {
        await users(end)
        await keys.copy([
          [tokenHash, each(start, end, storedTokenHash)],
          [sessionId, each(start, end, (session) => storedId('session', session))],
          [userId, each(start, end, (session) => userIdOf(session, userId))],
          [emailOf(0), each(start, end, (session) => emailOf(userOfSession(session)))],
        ])
      },
      settle: rows.settle,
      async close() {
        await rows.close()
        await keys.close()
      },
    }
  },

  'better-auth-sqlite': ({ options }) => betterAuthRows(openSqliteRows(sqliteFile(options.directory)), options),

  'better-auth-postgres': async ({ options }) =>
    betterAuthRows(await openPostgresRows(options.postgresUrl ?? '', 'public'), options),

  'express-session-redis': (seed) => sessionKeys(seed, expressSessionCookie),

  'fastify-session-redis': (seed) => sessionKeys(seed, fastifySessionCookie),

  async 'express-session-postgres'({ options, cookie }) {
    const rows = await openPostgresRows(options.postgresUrl ?? '', 'public')
    const sid = readSessionId(cookie)
    const sess = await rows.read('session', 'sess', ['sid', sid])
    return {
      cookie: expressSessionCookie,
      add: (start, end) =>
        rows.copy({
          table: 'session',
          template: ['sid', sid],
          replaced: {
            sid: each(start, end, storedSecret),
            sess: each(start, end, (session) => sess.replaceAll(emailOf(0), emailOf(userOfSession(session)))),
          },
        }),
      settle: rows.settle,
      close: rows.close,
    }
  },

  async 'hand-redis'({ options }) {
    const client = createClient({ url: options.redisUrl ?? '' })
    await client.connect()
    return {
      cookie: latchkeyCookie,
      async add(start, end) {
        const expiresAt = Date.now() + DAY_MS
        const sets = each(start, end, (session) => {
          const value: HandRedisSession = { email: emailOf(userOfSession(session)), expiresAt }
          const expiration = { type: 'PX', value: DAY_MS } as const
          return client.set(handRedisKey(storedTokenHash(session)), JSON.stringify(value), { expiration })
        })
        await Promise.all(sets)
      },
      settle: async () => undefined,
      async close() {
        await client.close()
      },
    }
  },
}

async function latchkeyRows(rows: RowTarget, options: SubjectOptions): Promise<FilledStore> {
  const userId = await rows.read('users', 'id', ['email', emailOf(0)])
  const sessionId = await rows.read('sessions', 'id', ['user_id', userId])
  const users = addUsers(rows, 'users', { templateId: userId, existing: options.users })
  return {
    cookie: latchkeyCookie,
    async add(start, end) {
      await users(end)
      await rows.copy({
        table: 'sessions',
        template: ['id', sessionId],
        replaced: {
          id: each(start, end, (session) => storedId('session', session)),
          token_hash: each(start, end, storedTokenHash),
          user_id: each(start, end, (session) => userIdOf(session, userId)),
        },
      })
    },
    settle: rows.settle,
    close: rows.close,
  }
}

/** Copies the only access token of a Latchkey. Returns the new tokens. */
export async function addAccessTokens(rows: RowTarget, count: number): Promise<string[]> {
  const userId = await rows.read('users', 'id', ['email', emailOf(0)])
  const id = await rows.read('access_tokens', 'id', ['user_id', userId])
  const tokens = each(0, count, (number) => storedToken(number, ACCESS_TOKEN_PREFIX))
  const replaced = { id: each(0, count, (number) => storedId('session', number)), token_hash: tokens.map(hashToken) }
  await rows.copy({ table: 'access_tokens', template: ['id', id], replaced })
  return tokens
}

async function betterAuthRows(rows: RowTarget, options: SubjectOptions): Promise<FilledStore> {
  const userId = await rows.read('user', 'id', ['email', emailOf(0)])
  const sessionId = await rows.read('session', 'id', ['userId', userId])
  const users = addUsers(rows, 'user', { templateId: userId, existing: options.users })
  return {
    cookie: betterAuthCookie,
    async add(start, end) {
      await users(end)
      await rows.copy({
        table: 'session',
        template: ['id', sessionId],
        replaced: {
          id: each(start, end, (session) => storedId('session', session)),
          token: each(start, end, storedSecret),
          userId: each(start, end, (session) => userIdOf(session, userId)),
        },
      })
    },
    settle: rows.settle,
    close: rows.close,
  }
}

/** Opens a store of express-session or a similar library: one key per session, with the id in its name. */
async function sessionKeys(
  { options, cookie }: StoreSeed,
  toCookie: (session: number) => string,
): Promise<FilledStore> {
  const keys = await openRedisKeys(options.redisUrl ?? '')
  const sid = readSessionId(cookie)
  return {
    cookie: toCookie,
    add: (start, end) =>
      keys.copy([
        [sid, each(start, end, storedSecret)],
        [emailOf(0), each(start, end, (session) => emailOf(userOfSession(session)))],
      ]),
    settle: async () => undefined,
    close: keys.close,
  }
}

/** The users that the subject itself created, of which user 0 is copied. */
interface ExistingUsers {
  readonly templateId: string
  readonly existing: number
}

/** Creates the missing users of sessions up to a number. Their email addresses follow those of the existing users. */
function addUsers(
  rows: RowTarget,
  table: string,
  { templateId, existing }: ExistingUsers,
): (endSession: number) => Promise<void> {
  const offset = Math.max(0, existing - 1)
  let next = 1
  return async (endSession) => {
    const end = Math.ceil(endSession / SESSIONS_PER_USER)
    if (end <= next) return
    const replaced = {
      id: each(next, end, (user) => storedId('user', user)),
      email: each(next, end, (user) => emailOf(user + offset)),
    }
    await rows.copy({ table, template: ['id', templateId], replaced })
    next = end
  }
}

function userIdOf(session: number, firstUserId: string): string {
  const user = userOfSession(session)
  return user === 0 ? firstUserId : storedId('user', user)
}

/** Returns the session id in a signed cookie: the text before the first dot, without `s:`. */
function readSessionId(cookie: string): string {
  const value = decodeURIComponent(cookie.slice(cookie.indexOf('=') + 1)).replace(/^s:/, '')
  return value.slice(0, value.indexOf('.'))
}

function findOtherId(text: string, userId: string): string {
  const ids = text.match(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g) ?? []
  const other = ids.find((id) => id !== userId)
  if (other === undefined) throw new Error('The keys of Latchkey in Redis contain no session id')
  return other
}

function each<Value>(start: number, end: number, make: (number: number) => Value): Value[] {
  return Array.from({ length: Math.max(0, end - start) }, (_, index) => make(start + index))
}
