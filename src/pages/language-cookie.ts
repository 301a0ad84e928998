import type { Cookie, CookieFactory } from '../kernel/cookie.ts'
import { chooseLanguage, type Language } from '../kernel/language.ts'
import type { RouteRequest } from '../kernel/route.ts'

/** Suffix of the cookie with the language that a person chose. */
const LANGUAGE = 'lang'
const YEAR_SECONDS = 365 * 24 * 60 * 60

/** The part of a request that says which language the reader wants. */
export type LanguageRequest = Pick<RouteRequest, 'query' | 'cookies' | 'header'>

/** Returns the language of a page: the query `?lang=`, then the cookie, then Accept-Language, then the first language. */
export function readLanguage(
  { query, cookies, header }: LanguageRequest,
  languages: readonly [Language, ...Language[]],
): Language {
  const chosen = [query.lang, ...cookies(LANGUAGE)]
  const known = chosen.flatMap((text) => languages.find((language) => language === text) ?? [])
  return known[0] ?? chooseLanguage(header('accept-language'), languages)
}

/**
 * Returns the cookie that keeps the language of `?lang=`, after cookies that delete that of a service on a nested domain, or
 * nothing if the query has no language.
 */
export function languageCookie(
  cookies: CookieFactory,
  { query }: LanguageRequest,
  language: Language,
): readonly Cookie[] {
  if (query.lang !== language) return []
  return cookies.replace(cookies.make(language, { suffix: LANGUAGE, maxAgeSeconds: YEAR_SECONDS }))
}
