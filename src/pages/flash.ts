/* The message that a form leaves for the next page travels in a signed cookie for one minute. */
import type { Signer } from '../crypto/signature.ts'
import type { Cookie, CookieFactory } from '../kernel/cookie.ts'
import type { Flash } from '../kernel/flash.ts'
import type { RouteRequest } from '../kernel/route.ts'

/** Suffix of the cookie. */
const FLASH = 'flash'
const FLASH_SECONDS = 60

/** Returns the message of the request's cookie, or null if there is none that we signed. */
export function readFlash(signer: Signer, cookie: RouteRequest['cookie']): Flash | null {
  const value = cookie(FLASH)
  const text = value === null ? null : signer.open(value)
  // Only texts that `flashCookie` wrote carry our signature for this purpose.
  return text === null ? null : (JSON.parse(text) as Flash)
}

/** Returns the cookie that carries a message to the next page. */
export function flashCookie(
  { cookies, signer }: { readonly cookies: CookieFactory; readonly signer: Signer },
  flash: Flash,
): Cookie {
  return cookies.make(signer.sign(JSON.stringify(flash)), { suffix: FLASH, maxAgeSeconds: FLASH_SECONDS })
}

/** Returns the cookie that ends the message of the request, if there is one. */
export function clearFlashCookie(cookies: CookieFactory, cookie: RouteRequest['cookie']): readonly Cookie[] {
  return cookie(FLASH) === null ? [] : [cookies.clear(FLASH)]
}
