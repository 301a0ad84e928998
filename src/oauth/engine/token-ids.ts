import { createHmac, type KeyObject } from 'node:crypto'
import { newToken, parseToken, tokenOfBytes } from '../../crypto/token.ts'

/** Prefix of access tokens of apps. */
export const ACCESS_PREFIX = 'lko'
/** Prefix of refresh tokens. */
export const REFRESH_PREFIX = 'lkf'

const PREFIXES: Readonly<Record<string, string>> = {
  AccessToken: ACCESS_PREFIX,
  ClientCredentials: ACCESS_PREFIX,
  RefreshToken: REFRESH_PREFIX,
}

/** Returns a new secret of a kind of token, or null if the engine makes the secrets of that kind. */
export function newTokenId(kind: string): string | null {
  const prefix = PREFIXES[kind]
  return prefix === undefined ? null : newToken(prefix)
}

/** Returns false if a text cannot be a secret of this kind, so that it needs no query. */
export function isTokenId(kind: string, text: string): boolean {
  const prefix = PREFIXES[kind]
  return prefix === undefined ? text.length <= 256 : parseToken(prefix, text) !== null
}

/**
 * Returns the refresh token that follows another: always the same one, so that two requests that use a refresh token at the same
 * moment get the same successor, and stay one family.
 * @param key secret of the service: without it, the successor cannot be computed.
 */
export function successorOf(key: KeyObject, refreshToken: string): string {
  return tokenOfBytes(REFRESH_PREFIX, createHmac('sha256', key).update(refreshToken).digest())
}
