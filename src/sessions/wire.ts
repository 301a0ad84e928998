import { defineCalls, json } from '../kernel/define-calls.ts'
import type { NextPageJson, PageQuery } from '../kernel/page-json.ts'
import type { UserJson } from '../kernel/wire.ts'

/** The device that a request came from, as far as it is known. */
export interface DeviceJson {
  readonly ip: string | null
  readonly userAgent: string | null
  /** A name for users: `Firefox on Linux`. */
  readonly label: string
}

/** A session. It never has the token, which only the cookie holds. */
export interface SessionJson {
  readonly id: string
  readonly createdAt: string
  /** Accurate to a minute. */
  readonly lastSeenAt: string
  /** The absolute limit. */
  readonly expiresAt: string
  /** The idle limit; each use extends it. */
  readonly idleExpiresAt: string
  /** The last proof of identity. */
  readonly authenticatedAt: string
  /** In the order proven. Clients must accept words that they do not know. */
  readonly methods: readonly string[]
  /** True for the session of the request. */
  readonly current: boolean
  readonly device: DeviceJson
}

/** The user who is logged in, and their session. */
export interface LoginJson {
  readonly user: UserJson
  readonly session: SessionJson
}

/** A complete login or registration. */
export interface CompleteJson extends LoginJson {
  readonly status: 'complete'
}

/** A page of your sessions, most recently used first. */
export interface SessionsJson extends NextPageJson {
  readonly sessions: readonly SessionJson[]
}

/** The part of sessions in `GET /user/export`. */
export interface SessionExportJson {
  readonly sessions: readonly SessionJson[]
}

/** The calls that show, list and revoke sessions. */
export const sessionCalls = defineCalls({
  'GET /session': { name: 'session', access: 'session', answer: json<LoginJson>() },
  'POST /logout': { name: 'logOut', access: 'anyone', answer: null },
  'GET /sessions': {
    name: 'sessions.list',
    access: 'session',
    query: json<PageQuery>(),
    answer: json<SessionsJson>(),
    refusals: ['bad_request'],
  },
  'DELETE /sessions/{id}': { name: 'sessions.revoke', access: 'session', answer: null },
  'DELETE /sessions': {
    name: 'sessions.revokeOthers',
    access: 'session',
    answer: json<{ readonly revoked: number }>(),
  },
})
