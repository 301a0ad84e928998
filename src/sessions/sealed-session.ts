/*
 * Sealed sessions: the cookie contains an encrypted package with the session token, and with the data of session and user
 * that a verification would read. `verify-sealed-session.ts` either trusts an opened package, or verifies its token like any
 * other session token.
 */
import { createJweSealer } from '../crypto/compact-jwe.ts'
import { SECOND_MS } from '../kernel/clock.ts'
import type { EmailAddress } from '../kernel/email-address.ts'
import type { SessionId, UserId } from '../kernel/ids.ts'
import type { Authenticated, IssuedSession, Method, SessionPrincipal } from '../kernel/principal.ts'

/** An opened package: the session at the time of sealing. `verify-sealed-session.ts` decides whether to trust it. */
export interface OpenedSession extends Authenticated<SessionPrincipal> {
  readonly token: string
  readonly sealedAt: number
}

/** Seals sessions and opens sealed sessions. */
export interface SessionSealer {
  /** Returns the sealed session, or null if it is too large for a cookie: then the cookie contains the token itself. */
  seal(issued: IssuedSession, now: number): string | null
  /** Opens a sealed session. Returns null if it is altered, truncated, too long, or not sealed with one of our secrets. */
  open(text: string): OpenedSession | null
}

/** Keeps the cookie, with its name and attributes, below 1,024 bytes. */
const MAX_SEALED_LENGTH = 860
/** Space for the payload, after base64url and the other parts of the JWE. */
const MAX_PAYLOAD_BYTES = Math.floor(((MAX_SEALED_LENGTH - 96) * 3) / 4)

/**
 * The payload. Names come from JWTs where they exist there (RFC 7519, OpenID Connect Core). Times are seconds since 1970 UTC,
 * with fractions.
 */
interface Payload {
  readonly tok: string
  readonly sid: string
  readonly sub: string
  readonly iat: number
  readonly exp: number
  readonly idle: number
  readonly start: number
  readonly auth_time: number
  readonly amr: readonly Method[]
  readonly rem: 0 | 1
  readonly ip: string | null
  readonly ua: string | null
  readonly email: string
  readonly email_verified: 0 | 1
  readonly name: string | null
  readonly joined: number
}

/**
 * Creates a sealer.
 * @param secrets newest first; the first one seals, all of them open.
 */
export function createSessionSealer(secrets: readonly Uint8Array[]): SessionSealer {
  const jwe = createJweSealer(secrets, 'session')
  return {
    seal(issued, now) {
      const payload = toText(toPayload(issued, now))
      return payload === null ? null : jwe.seal(payload)
    },
    open(text) {
      const payload = text.length > MAX_SEALED_LENGTH ? null : jwe.open(text)
      // Only the output of `seal` opens.
      return payload === null ? null : fromPayload(JSON.parse(payload) as Payload)
    },
  }
}

function toPayload({ user, session, token }: IssuedSession, now: number): Payload {
  return {
    tok: token,
    sid: session.id,
    sub: user.id,
    iat: now / SECOND_MS,
    exp: session.expiresAt / SECOND_MS,
    idle: session.idleExpiresAt / SECOND_MS,
    start: session.createdAt / SECOND_MS,
    auth_time: session.authenticatedAt / SECOND_MS,
    amr: session.methods,
    rem: session.remembered ? 1 : 0,
    ip: session.client.ip,
    ua: session.client.userAgent,
    email: user.email,
    email_verified: user.emailVerified ? 1 : 0,
    name: user.name,
    joined: user.createdAt / SECOND_MS,
  }
}

/** Returns the payload as text, or null if it does not fit. A long `User-Agent` is cut; it names browser and system first. */
function toText(payload: Payload): string | null {
  const whole = JSON.stringify(payload)
  const surplus = Buffer.byteLength(whole) - MAX_PAYLOAD_BYTES
  if (surplus <= 0) return whole
  // Each removed character saves at least one byte.
  const shorter = JSON.stringify({
    ...payload,
    ua: payload.ua?.slice(0, Math.max(0, payload.ua.length - surplus)) ?? null,
  })
  return Buffer.byteLength(shorter) <= MAX_PAYLOAD_BYTES ? shorter : null
}

function fromPayload(payload: Payload): OpenedSession {
  const userId = payload.sub as UserId
  const sealedAt = toMs(payload.iat)
  return {
    token: payload.tok,
    sealedAt,
    principal: {
      kind: 'session',
      scopes: null,
      user: {
        id: userId,
        email: payload.email as EmailAddress,
        emailVerified: payload.email_verified === 1,
        name: payload.name,
        createdAt: toMs(payload.joined),
      },
      session: {
        id: payload.sid as SessionId,
        userId,
        createdAt: toMs(payload.start),
        lastSeenAt: sealedAt,
        expiresAt: toMs(payload.exp),
        idleExpiresAt: toMs(payload.idle),
        authenticatedAt: toMs(payload.auth_time),
        methods: payload.amr,
        remembered: payload.rem === 1,
        cookieSentAt: sealedAt,
        client: { ip: payload.ip, userAgent: payload.ua },
      },
    },
  }
}

function toMs(seconds: number): number {
  return Math.round(seconds * SECOND_MS)
}
