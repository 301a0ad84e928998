/*
 * What a page has to say of the form that led to it travels in a signed cookie of one minute.
 */
import type { Signer } from '../crypto/signature.ts'
import type { Cookie, CookieFactory } from '../kernel/cookie.ts'
import type { FieldError } from '../kernel/refusal.ts'

/** Suffix of the cookie that carries a message to the next page. */
export const FLASH = 'flash'
const FLASH_SECONDS = 60

/** What the next page says. */
export interface Flash {
  /** After success: which of the page's own texts. */
  readonly notice?: string
  /** After a refusal. */
  readonly problem?: { readonly code: string; readonly detail: string; readonly errors: readonly FieldError[] }
  /** What was typed, secrets excepted, to be filled in again. */
  readonly values?: Readonly<Record<string, string>>
}

/** The message in a flash cookie; null when there is none that we signed. */
export function readFlash(signer: Signer, cookie: string | null): Flash | null {
  const text = cookie === null ? null : signer.open(cookie)
  // Only texts that `flashCookie` wrote carry our signature for this purpose.
  return text === null ? null : (JSON.parse(text) as Flash)
}

/** The cookie that carries a message to the next page. */
export function flashCookie(
  { cookies, signer }: { readonly cookies: CookieFactory; readonly signer: Signer },
  flash: Flash,
): Cookie {
  return cookies.make(signer.sign(JSON.stringify(flash)), { suffix: FLASH, maxAgeSeconds: FLASH_SECONDS })
}
