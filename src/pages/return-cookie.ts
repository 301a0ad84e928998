/*
 * Where a person goes after they opened a link in an email. The browser that asked for the email keeps `next` and `remember` in a
 * sealed cookie. They are not in the email, so an attacker cannot send a person a link that continues to a page of the attacker's choice.
 */
import type { Sealer } from '../crypto/sealed-text.ts'
import { DAY_MS, SECOND_MS } from '../kernel/clock.ts'
import type { Cookie, CookieFactory } from '../kernel/cookie.ts'
import { onlyOne } from '../kernel/only-one.ts'
import type { Kept } from '../kernel/page-view.ts'
import type { RouteRequest } from '../kernel/route.ts'

/** Suffix of the cookie. */
const RETURN = 'return'
/** The life of the longest link that reads the cookie: the one that verifies an address. */
const RETURN_MS = 2 * DAY_MS

/** Nothing to pass on. */
export const KEPT_NOTHING: Kept = { next: null, remember: null }

type WithCookies = Pick<RouteRequest, 'cookies'>

/** Returns what the browser kept when it asked for the email. */
export function readReturn(sealer: Sealer, { cookies }: WithCookies): Kept {
  const text = onlyOne(cookies(RETURN).map((value) => sealer.open(value)))
  // Only texts written by `returnCookies` are sealed for this purpose.
  return text === null ? KEPT_NOTHING : (JSON.parse(text) as Kept)
}

/** Returns the cookie that keeps the way for an emailed link. Without anything to keep, it clears an earlier one. */
export function returnCookies(
  { cookies: factory, sealer }: { readonly cookies: CookieFactory; readonly sealer: Sealer },
  { cookies }: WithCookies,
  kept: Kept,
): readonly Cookie[] {
  if (kept.next === null && kept.remember === null) return cookies(RETURN).length === 0 ? [] : factory.clear(RETURN)
  return [factory.make(sealer.seal(JSON.stringify(kept)), { suffix: RETURN, maxAgeSeconds: RETURN_MS / SECOND_MS })]
}
