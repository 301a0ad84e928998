import type { Cookie } from '../kernel/cookie.ts'
import type { Refusal } from '../kernel/refusal.ts'
import type { Answer } from '../kernel/route.ts'
import type { ProblemJson } from '../kernel/wire.ts'
import { toResponse } from './answer.ts'

/** Settings of this installation that refusals contain. */
export interface RefusalContext {
  /** `baseUrl` with the base path: https://example.com/auth */
  readonly authUrl: string
  readonly cookieName: string
  /** URL of the description of the API, for apps (RFC 9728 section 5.1); null: OAuth is off. */
  readonly resourceMetadata: string | null
}

/** Headers and cookies of the answer to a refusal. */
export interface RefusalExtras {
  /** The common headers. */
  readonly headers: Headers
  readonly cookies: readonly Cookie[]
  /** The page that a browser gets instead of the JSON. */
  readonly page?: Answer<never> | null
  readonly now: number
}

const DEFAULT_RETRY_SECONDS = 1
/** Refusals that callers can cause at will, so that they must not fill the log. A full queue is an event. */
const UNREPORTED = new Set(['overloaded', 'unsupported_transfer_coding'])

/** Returns true if operators must hear of a refusal: it is a bug, or a part does not answer. */
export function isFault({ status, code }: Refusal): boolean {
  return status >= 500 && !UNREPORTED.has(code)
}

/** Returns a refusal as a Response, without its private reason. */
export function refusalResponse(
  refusal: Refusal,
  context: RefusalContext,
  { headers, cookies, page = null, now }: RefusalExtras,
): Response {
  const { status, allow, retryAfterSeconds } = refusal
  const challenge = challengeOf(refusal, context)
  if (challenge !== null) headers.set('WWW-Authenticate', challenge)
  if (allow !== undefined) headers.set('Allow', allow.join(', '))
  if (status === 429 || status === 503) headers.set('Retry-After', String(retryAfterSeconds ?? DEFAULT_RETRY_SECONDS))
  if (page !== null) return toResponse({ ...page, cookies: [...cookies, ...(page.cookies ?? [])] }, headers, now)
  headers.set('Content-Type', 'application/problem+json')
  return toResponse({ status, body: toProblem(refusal, context), cookies }, headers, now)
}

function toProblem({ code, title, status, detail, errors }: Refusal, { authUrl }: RefusalContext): ProblemJson {
  const type = `${authUrl}/problems/${code}`
  if (errors === undefined) return { type, title, status, detail, code }
  return {
    type,
    title,
    status,
    detail,
    code,
    errors: errors.map(({ pointer, detail: text }) => ({ pointer, detail: text })),
  }
}

/**
 * Returns the challenge that RFC 9110 section 11.6.1 requires with 401. The scheme for cookies is from
 * draft-broyer-http-cookie-auth, the scheme for tokens from RFC 6750 section 3. Apps read the first challenge only.
 */
function challengeOf(refusal: Refusal, { authUrl, cookieName, resourceMetadata }: RefusalContext): string | null {
  const { code, status } = refusal
  const metadata = resourceMetadata === null ? '' : `, resource_metadata="${resourceMetadata}"`
  const scope = refusal.scopes === undefined ? '' : `, scope="${refusal.scopes.join(' ')}"`
  const bearer = bearerError(refusal)
  if (bearer !== null) return `Bearer realm="latchkey", error="${code}"${scope}${bearer}${metadata}`
  if (status !== 401) return null
  const cookie = `Cookie realm="latchkey", form-action="${authUrl}/login", cookie-name="${cookieName}"`
  return resourceMetadata === null ? cookie : `Bearer realm="latchkey"${scope}${metadata}, ${cookie}`
}

/** Returns the parameters of an error about a token (RFC 6750 section 3.1, RFC 9470 section 3), or null for other refusals. */
function bearerError({ code, maxAgeSeconds, acrValues }: Refusal): string | null {
  if (code === 'invalid_token' || code === 'insufficient_scope') return ''
  if (code !== 'insufficient_user_authentication') return null
  return `${acrValues === undefined ? '' : `, acr_values="${acrValues}"`}, max_age="${maxAgeSeconds}"`
}
