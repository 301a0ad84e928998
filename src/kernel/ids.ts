import { v7, validate } from 'uuid'
import type { Clock } from './clock.ts'

declare const idOf: unique symbol

/** Public id of a user: a UUIDv7 (RFC 9562). Never a secret. */
export type UserId = string & { readonly [idOf]: 'user' }

/** Public id of a session: a UUIDv7 (RFC 9562). Never the session token. */
export type SessionId = string & { readonly [idOf]: 'session' }

/** Public id of an access token: a UUIDv7 (RFC 9562). Never its secret. */
export type AccessTokenId = string & { readonly [idOf]: 'access_token' }

/** Id of an event of the audit: a UUIDv7 (RFC 9562). */
export type EventId = string & { readonly [idOf]: 'event' }

/** A new user id whose time part is the given clock's. */
export function newUserId(clock: Clock): UserId {
  return v7({ msecs: clock() }) as UserId
}

/** A new session id whose time part is the given clock's. */
export function newSessionId(clock: Clock): SessionId {
  return v7({ msecs: clock() }) as SessionId
}

/** A new id of an access token whose time part is the given clock's. */
export function newAccessTokenId(clock: Clock): AccessTokenId {
  return v7({ msecs: clock() }) as AccessTokenId
}

/** The text as a user id, or null when it is no UUID: such an id cannot exist and costs no query. */
export function parseUserId(text: string): UserId | null {
  return validate(text) ? (text.toLowerCase() as UserId) : null
}

/** The text as a session id, or null when it is no UUID: such an id cannot exist and costs no query. */
export function parseSessionId(text: string): SessionId | null {
  return validate(text) ? (text.toLowerCase() as SessionId) : null
}

/** The text as the id of an access token, or null when it is no UUID: such an id cannot exist and costs no query. */
export function parseAccessTokenId(text: string): AccessTokenId | null {
  return validate(text) ? (text.toLowerCase() as AccessTokenId) : null
}

/** The text as the id of an event, or null when it is no UUID. */
export function parseEventId(text: string): EventId | null {
  return validate(text) ? (text.toLowerCase() as EventId) : null
}
