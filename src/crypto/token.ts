/*
 * The token format: <prefix>_<43 base64url characters of 32 random bytes><6 base62 characters of CRC-32>.
 * The checksum refuses random text without a query, and lets secret scanners find leaked tokens. It does not protect against
 * attackers. Only the SHA-256 of a token is stored. Tested by token.test.ts.
 */
import { hash, randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'

declare const tokenBrand: unique symbol
declare const hashBrand: unique symbol
declare const digestBrand: unique symbol

/** A well-formed secret: its prefix, length, alphabet and checksum are correct. */
export type Token = string & { readonly [tokenBrand]: true }

/** SHA-256 of a token in base64url. The storage stores and finds tokens by it. */
export type TokenHash = string & { readonly [hashBrand]: true }

/** SHA-256 of a token as 32 characters of one byte each: faster to compute than a `TokenHash`, and a shorter key in memory. */
export type TokenDigest = string & { readonly [digestBrand]: true }

const SECRET_BYTES = 32
const SECRET_CHARACTERS = 43
const CHECKSUM_CHARACTERS = 6
const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const BODY = /^[A-Za-z0-9_-]{43}[A-Za-z0-9]{6}$/

/**
 * Returns a new token of 256 random bits (ASVS 7.2.3).
 * @param prefix must not contain an underscore.
 */
export function newToken(prefix: string): Token {
  return tokenOfBytes(prefix, randomBytes(SECRET_BYTES))
}

/**
 * Returns the token of 32 secret bytes.
 * @param prefix must not contain an underscore.
 */
export function tokenOfBytes(prefix: string, secret: Buffer): Token {
  const payload = `${prefix}_${secret.toString('base64url')}`
  return `${payload}${checksum(payload)}` as Token
}

/** Parses a token. Returns null if prefix, length, alphabet or checksum is wrong. */
export function parseToken(prefix: string, text: string): Token | null {
  const start = prefix.length + 1
  if (text.length !== start + SECRET_CHARACTERS + CHECKSUM_CHARACTERS) return null
  if (!text.startsWith(prefix) || text[prefix.length] !== '_' || !BODY.test(text.slice(start))) return null
  const payload = text.slice(0, -CHECKSUM_CHARACTERS)
  return text.endsWith(checksum(payload)) ? (text as Token) : null
}

/**
 * Returns the SHA-256 of a token in base64url. That is enough for a secret of 256 random bits (ASVS 6.5.2), and does not use
 * the thread pool.
 */
export function hashToken(token: string): TokenHash {
  return hash('sha256', token, 'base64url') as TokenHash
}

/** Returns the digest of a token. Use it in memory only: its characters are bytes, not printable text. */
export function digestToken(token: string): TokenDigest {
  return hash('sha256', token, 'binary') as TokenDigest
}

/** Converts a digest to the hash that is stored. */
export function toTokenHash(digest: TokenDigest): TokenHash {
  return Buffer.from(digest, 'latin1').toString('base64url') as TokenHash
}

function checksum(payload: string): string {
  let rest = crc32(payload)
  let digits = ''
  for (let index = 0; index < CHECKSUM_CHARACTERS; index++) {
    digits = `${BASE62[rest % 62]}${digits}`
    rest = Math.floor(rest / 62)
  }
  return digits
}
