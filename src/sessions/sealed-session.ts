/*
 * A session as an encrypted package in its cookie: its opaque token, and what a verification would have read of session and
 * user. Opened, it is either believed, or its token goes the way of any other.
 */
import { createJweSealer } from '../crypto/compact-jwe.ts'
import { SECOND_MS } from '../kernel/clock.ts'
import type { EmailAddress } from '../kernel/email-address.ts'
import type { SessionId, UserId } from '../kernel/ids.ts'
import type { Authenticated, IssuedSession, Method, SessionPrincipal } from '../kernel/principal.ts'

/** A package that was opened: the session as it was when it was sealed. `verify-sealed-session.ts` decides whether to believe it. */
export interface OpenedSession extends Authenticated<SessionPrincipal> {
  readonly token: string
  readonly sealedAt: number
}

/** Seals sessions and opens them. */
export interface SessionSealer {
  /** Null where the package would be too large for a cookie: then the token itself is sent. */
  seal(issued: IssuedSession, now: number): string | null
  /** Null for what is altered, truncated, too long, or sealed with none of our secrets. */
  open(text: string): OpenedSession | null
}

/** With its name and attributes the cookie stays below 1,024 bytes. */
const MAX_SEALED_LENGTH = 860
/** What base64url and the other parts of a JWE leave of it for the payload. */
const MAX_PAYLOAD_BYTES = Math.floor(((MAX_SEALED_LENGTH - 96) * 3) / 4)

/** The payload. Names and times as in JWTs where these have them (RFC 7519, OpenID Connect Core): seconds, with fractions. */
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

/** Makes a sealer. The newest secret seals, all open. */
export function createSessionSealer(secrets: readonly Uint8Array[]): SessionSealer {
  const jwe = createJweSealer(secrets, 'session')
  return {
    seal(issued, now) {
      const payload = toText(toPayload(issued, now))
      return payload === null ? null : jwe.seal(payload)
    },
    open(text) {
      const payload = text.length > MAX_SEALED_LENGTH ? null : jwe.open(text)
      // Only what `seal` made can be opened.
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

/** The payload as text. Of a long `User-Agent` only as much as fits, which names browser and system first. */
function toText(payload: Payload): string | null {
  const whole = JSON.stringify(payload)
  const surplus = Buffer.byteLength(whole) - MAX_PAYLOAD_BYTES
  if (surplus <= 0) return whole
  // One character of a User-Agent is one byte or more.
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
