import { isFromBrowser } from '../authentication/credentials.ts'
import { Refusal } from '../kernel/refusal.ts'

/** A request with this header gets the session token in a response header of the same name. */
export const SESSION_HEADER = 'Latchkey-Session'

/**
 * Returns true if the request asks for the session in a header. Throws `cookie_required` for browsers, where the header
 * would bypass HttpOnly.
 */
export function asksForHeader({ headers }: Request): boolean {
  const value = headers.get(SESSION_HEADER)
  if (value === null) return false
  if (value !== 'header') throw new Refusal('bad_request', { detail: `${SESSION_HEADER} accepts one value: header.` })
  if (isFromBrowser((name) => headers.get(name))) throw new Refusal('cookie_required')
  return true
}
