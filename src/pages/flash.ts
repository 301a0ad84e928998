/* The message that a form leaves for the next page travels in a signed cookie for one minute. */
import type { Signer } from '../crypto/signature.ts'
import type { Cookie, CookieFactory } from '../kernel/cookie.ts'
import type { Flash } from '../kernel/flash.ts'
import { onlyOne } from '../kernel/only-one.ts'
import type { RouteRequest } from '../kernel/route.ts'

/** Suffix of the cookie that contains the message. */
const FLASH = 'flash'
const FLASH_SECONDS = 60

/** Returns the message in the request's cookies, or null if no cookie has a valid signature. */
export function readFlash(signer: Signer, { cookies }: Pick<RouteRequest, 'cookies'>): Flash | null {
  const text = onlyOne(cookies(FLASH).map((value) => signer.open(value)))
  // Only texts written by `flashCookie` have our signature for this purpose.
  return text === null ? null : (JSON.parse(text) as Flash)
}

/** Returns the cookie that contains a message for the next page. */
export function flashCookie(
  { cookies, signer }: { readonly cookies: CookieFactory; readonly signer: Signer },
  flash: Flash,
): Cookie {
  return cookies.make(signer.sign(JSON.stringify(flash)), { suffix: FLASH, maxAgeSeconds: FLASH_SECONDS })
}

/** Returns the cookies that clear the message of the request, or nothing if the request has none. */
export function clearFlashCookie(
  factory: CookieFactory,
  { cookies }: Pick<RouteRequest, 'cookies'>,
): readonly Cookie[] {
  return cookies(FLASH).length === 0 ? [] : factory.clear(FLASH)
}
