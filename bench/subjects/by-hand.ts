/*
 * The minimum that an application would write by hand: hash the cookie, look it up, compare the deadlines. Without
 * cache, last use, and revocation on other nodes. SQL reads the tables that Latchkey filled; Redis has one key per
 * session.
 */
import { DatabaseSync } from 'node:sqlite'
import { Pool } from 'pg'
import { createClient } from 'redis'
import { hashToken } from '../../src/crypto/token.ts'
import { sqliteFile } from '../support/files.ts'
import { answerMe, onNodeHttp, readCookie, type Subject, type SubjectMakers } from './subject.ts'

/** A session as stored in Redis. */
export interface HandRedisSession {
  readonly email: string
  readonly expiresAt: number
}

/** Returns the Redis key of a session. */
export function handRedisKey(tokenHash: string): string {
  return `hand:${tokenHash}`
}

type FindEmail = (tokenHash: string) => string | null | Promise<string | null>

const SQL = `SELECT users.email, sessions.expires_at, sessions.idle_expires_at
  FROM sessions JOIN users ON users.id = sessions.user_id
  WHERE sessions.token_hash = `

interface Row {
  readonly email: string
  readonly expires_at: number | Date
  readonly idle_expires_at: number | Date
}

export const subjects: SubjectMakers = {
  async 'hand-sqlite'({ directory }) {
    const file = new DatabaseSync(sqliteFile(directory), { readOnly: true })
    const find = file.prepare(`${SQL}?`)
    return lookUp((tokenHash) => emailOfRow(find.get(tokenHash) as unknown as Row | undefined))
  },

  async 'hand-postgres'({ postgresUrl }) {
    const pool = new Pool({ connectionString: postgresUrl ?? '', options: '-c search_path=latchkey' })
    return lookUp(async (tokenHash) => {
      const { rows } = await pool.query<Row>({ name: 'find', text: `${SQL}$1`, values: [tokenHash] })
      return emailOfRow(rows[0])
    })
  },

  async 'hand-redis'({ redisUrl }) {
    const client = createClient({ url: redisUrl ?? '' })
    await client.connect()
    return lookUp(async (tokenHash) => {
      const text = await client.get(handRedisKey(tokenHash))
      if (text === null) return null
      const session = JSON.parse(text) as HandRedisSession
      return session.expiresAt > Date.now() ? session.email : null
    })
  },
}

function lookUp(find: FindEmail): Subject {
  return onNodeHttp(async (request, response) => {
    answerMe(response, await find(hashToken(readCookie(request.headers.cookie, 'latchkey'))))
  })
}

function emailOfRow(row: Row | undefined): string | null {
  if (row === undefined) return null
  const now = Date.now()
  return Number(row.expires_at) > now && Number(row.idle_expires_at) > now ? row.email : null
}
