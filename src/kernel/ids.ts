import { v7, validate } from 'uuid'
import type { Clock } from './clock.ts'

declare const idOf: unique symbol

/** Public id of a user: a UUIDv7 (RFC 9562). Never a secret. */
export type UserId = string & { readonly [idOf]: 'user' }

/** Public id of a session: a UUIDv7 (RFC 9562). Never the session token. */
export type SessionId = string & { readonly [idOf]: 'session' }

/** Public id of an access token: a UUIDv7 (RFC 9562). Never its secret. */
export type AccessTokenId = string & { readonly [idOf]: 'access_token' }

/** Public id of a grant, which is what a user allowed an app to do: a UUIDv7 (RFC 9562). Never a secret. */
export type OAuthGrantId = string & { readonly [idOf]: 'oauth_grant' }

/** Id of an event of the audit log: a UUIDv7 (RFC 9562). */
export type EventId = string & { readonly [idOf]: 'event' }

/** The id of no user. A lookup with it takes as long as for any other user. */
export const NOBODY: UserId = '00000000-0000-0000-0000-000000000000' as UserId // no user has this id: ids are UUIDv7

/** Returns a new user id. Its time part comes from the given clock. */
export function newUserId(clock: Clock): UserId {
  return v7({ msecs: clock() }) as UserId
}

/** Returns a new session id. Its time part comes from the given clock. */
export function newSessionId(clock: Clock): SessionId {
  return v7({ msecs: clock() }) as SessionId
}

/** Returns a new id of an access token. Its time part comes from the given clock. */
export function newAccessTokenId(clock: Clock): AccessTokenId {
  return v7({ msecs: clock() }) as AccessTokenId
}

/** Returns a new id of a grant. Its time part comes from the given clock. */
export function newOAuthGrantId(clock: Clock): OAuthGrantId {
  return v7({ msecs: clock() }) as OAuthGrantId
}

/** Returns a new id of an OAuth client. Its time part comes from the given clock. */
export function newOAuthClientId(clock: Clock): string {
  return v7({ msecs: clock() })
}

/** Returns the time in an id: milliseconds since 1970 UTC (RFC 9562 section 5.7). */
export function timeOfId(id: string): number {
  return Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)
}

/** Parses a user id. Returns null if the text is not a UUID: such an id cannot exist, so it needs no query. */
export function parseUserId(text: string): UserId | null {
  return validate(text) ? (text.toLowerCase() as UserId) : null
}

/** Parses a session id. Returns null if the text is not a UUID: such an id cannot exist, so it needs no query. */
export function parseSessionId(text: string): SessionId | null {
  return validate(text) ? (text.toLowerCase() as SessionId) : null
}

/** Parses the id of an access token. Returns null if the text is not a UUID: such an id cannot exist, so it needs no query. */
export function parseAccessTokenId(text: string): AccessTokenId | null {
  return validate(text) ? (text.toLowerCase() as AccessTokenId) : null
}

/** Parses an id of any kind. Returns null if the text is not a UUID. */
export function parseId(text: string): string | null {
  return validate(text) ? text.toLowerCase() : null
}

/** Parses the id of a grant. Returns null if the text is not a UUID: such an id cannot exist, so it needs no query. */
export function parseOAuthGrantId(text: string): OAuthGrantId | null {
  return validate(text) ? (text.toLowerCase() as OAuthGrantId) : null
}

/** Parses the id of an event. Returns null if the text is not a UUID. */
export function parseEventId(text: string): EventId | null {
  return validate(text) ? (text.toLowerCase() as EventId) : null
}
