/* The session cookies of peers whose stores the benchmark fills itself. Each is checked against a real server before it counts. */
import { createHmac } from 'node:crypto'
import { storedSecret } from './stored-tokens.ts'

/** Secret with which all peers sign or seal. */
export const PEER_SECRET = 'latchkey-bench-secret-of-at-least-32-characters'

/** express-session: `s:`, the session id and its HMAC without padding. */
export function expressSessionCookie(session: number): string {
  return `connect.sid=${encodeURIComponent(`s:${signWithoutPadding(storedSecret(session))}`)}`
}

/** `@fastify/session`: the same without `s:`. */
export function fastifySessionCookie(session: number): string {
  return `sessionId=${encodeURIComponent(signWithoutPadding(storedSecret(session)))}`
}

/** better-auth: the token and its HMAC, with padding. */
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
