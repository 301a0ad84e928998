/*
 * The message that a form leaves for the next page travels in a cookie for ten minutes. It is sealed: it can contain an
 * email address, or a new secret that the page shows once.
 */
import type { Sealer } from '../crypto/sealed-text.ts'
import type { Cookie, CookieFactory } from '../kernel/cookie.ts'
import type { Flash } from '../kernel/flash.ts'
import { onlyOne } from '../kernel/only-one.ts'
import type { RouteRequest } from '../kernel/route.ts'

/** Suffix of the cookie that contains the message. */
const FLASH = 'flash'
const FLASH_SECONDS = 600

/** Returns the message in the request's cookies, or null if we sealed none of them. */
export function readFlash(sealer: Sealer, { cookies }: Pick<RouteRequest, 'cookies'>): Flash | null {
  // Decoders ignore other characters, so a changed value could still open.
  const text = onlyOne(cookies(FLASH).map((value) => (/^[\w-]+$/.test(value) ? sealer.open(value) : null)))
  // Only texts written by `flashCookie` are sealed for this purpose.
  return text === null ? null : (JSON.parse(text) as Flash)
}

/** Returns the cookie that contains a message for the next page. */
export function flashCookie(
  { cookies, sealer }: { readonly cookies: CookieFactory; readonly sealer: Sealer },
  flash: Flash,
): Cookie {
  return cookies.make(sealer.seal(JSON.stringify(flash)), { suffix: FLASH, maxAgeSeconds: FLASH_SECONDS })
}

/** Returns the cookies that clear the message of the request, or nothing if the request has none. */
export function clearFlashCookie(
  factory: CookieFactory,
  { cookies }: Pick<RouteRequest, 'cookies'>,
): readonly Cookie[] {
  return cookies(FLASH).length === 0 ? [] : factory.clear(FLASH)
}
