/* The session cookies of peers whose stores the benchmark fills itself. Each is first checked against a real server. */
import { createHmac } from 'node:crypto'
import { storedSecret } from './stored-tokens.ts'

/** The secret with which all peers sign or seal. */
export const PEER_SECRET = 'latchkey-bench-secret-of-at-least-32-characters'

/** Returns a cookie of express-session: `s:`, the session id and its HMAC without padding. */
export function expressSessionCookie(session: number): string {
  return `connect.sid=${encodeURIComponent(`s:${signWithoutPadding(storedSecret(session))}`)}`
}

/** Returns a cookie of `@fastify/session`: the session id and its HMAC without padding. */
export function fastifySessionCookie(session: number): string {
  return `sessionId=${encodeURIComponent(signWithoutPadding(storedSecret(session)))}`
}

/** Returns a cookie of better-auth: the token and its HMAC, with padding. */
export function betterAuthCookie(session: number): string {
  const token = storedSecret(session)
  return `better-auth.session_token=${encodeURIComponent(`${token}.${signatureOf(token)}`)}`
}

function signWithoutPadding(value: string): string {
  return `${value}.${signatureOf(value).replace(/=+$/, '')}`
}

function signatureOf(value: string): string {
  return createHmac('sha256', PEER_SECRET).update(value).digest('base64')
}
