import type { WireAnswer } from '../catalogue/wire.ts'
import type { Answer, Call, CallOptions } from './calls.ts'
import { pageLocation } from './page-location.ts'
import type { ClientOptions } from './send.ts'

/** Calls that show whether the browser kept the cookie of a login. */
interface Checks {
  readonly session: Call<'GET /session'>
  readonly attempt: Call<'GET /login/attempt'>
}

/** The calls that can begin a session. */
export type LoginKey =
  | 'POST /login'
  | 'POST /register'
  | 'POST /login/passkey'
  | 'POST /register/passkey'
  | 'POST /login/with/{provider}'

/** The calls that begin a session, or a login that this browser must complete. */
export type FirstKey = LoginKey | 'POST /login/email'

/** Returns true on a page of another origin and in a frame, where the browser can refuse cookies of the service. */
export function mayLoseCookies(authUrl: string): boolean {
  const page = pageLocation()
  return page !== undefined && (isFramed() || new URL(authUrl, page.href).origin !== page.origin)
}

function isFramed(): boolean {
  const { self, top } = globalThis as { readonly self?: unknown; readonly top?: unknown }
  return top !== undefined && self !== top
}

/**
 * Returns the result of a login, or the refusal `session_not_kept` if the browser did not keep its cookie: browsers refuse the
 * cookies of another site (SameSite), and report success all the same. Only the next request shows it.
 */
export async function confirmCookie<Key extends FirstKey>(
  result: Awaited<Answer<Key>>,
  checks: Checks,
  { credentials, baseUrl = '', signal }: ClientOptions & CallOptions,
): Answer<Key> {
  if (!result.ok) return result
  const { data }: { readonly data: WireAnswer<FirstKey> } = result
  const status = data?.status // a login by email has none
  if (status === 'verification_required') return result // it sets no cookie
  const check = await (status === 'complete' ? checks.session({ signal }) : checks.attempt({ signal }))
  if (check.ok || check.status !== 401) return result
  const { origin, href } = pageLocation() ?? { origin: '', href: '' }
  const isOwn = baseUrl === '' || new URL(baseUrl, href).origin === origin
  const detail =
    isOwn || credentials === 'include'
      ? `This page (${origin}) ${isOwn ? 'is in a frame of another site' : `and ${baseUrl} are different sites`}, and browsers keep no session between sites. Serve the page from the same site; see docs/spa.md.`
      : `The client sends no cookies to another origin. Create it with credentials: 'include'; see docs/spa.md.`
  return { ...check, code: 'session_not_kept', title: 'The browser did not keep the session', detail }
}
