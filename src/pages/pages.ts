import { html } from 'hono/html'
import { createSealer } from '../crypto/sealed-text.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Cookie, CookieFactory } from '../kernel/cookie.ts'
import { readCookies } from '../kernel/cookie-syntax.ts'
import type { Flash, Notice } from '../kernel/flash.ts'
import type { Language } from '../kernel/language.ts'
import type { Links } from '../kernel/links.ts'
import { createLocales, type Locale, type TextOverrides } from '../kernel/locale.ts'
import { parseNextLocation } from '../kernel/next-location.ts'
import type { Origins } from '../kernel/origins.ts'
import type { Kept, PageParts, PageView } from '../kernel/page-view.ts'
import type { Answer, RouteRequest } from '../kernel/route.ts'
import type { Brand } from './brand.ts'
import { entryBody } from './entry.ts'
import { clearFlashCookie, flashCookie, readFlash } from './flash.ts'
import { renderDocument, type Site } from './frame.ts'
import { languageCookie, readLanguage } from './language-cookie.ts'
import { type MessageTexts, message } from './message.ts'
import { readReturn, returnCookies } from './return-cookie.ts'
import { ENTRY_STYLE } from './style.ts'

/** The notice on the login page after a session that has ended. */
export const SESSION_ENDED: Notice = { text: 'pages.sessionEnded', kind: 'info' }

/** The part of a request that pages read. */
export type PageRequest = Pick<RouteRequest, 'query' | 'cookies' | 'header'>

/** An entry page: a card for people who are not logged in, or a question. */
export interface EntryShow {
  /** Default 200. */
  readonly status?: number
  readonly headers?: Answer['headers']
  /** True: the message stays for the next page, so that this one can be reloaded. Default false. */
  readonly keepsFlash?: boolean
  /** True: an emailed link opens the page. It continues to where the person was when they asked for the email. Default false. */
  readonly isLinked?: boolean
  content(view: PageView): PageParts | Promise<PageParts>
}

/** Functions and settings that the pages of all features share. */
export interface Pages {
  /** Base path of the forms: `/auth`. */
  readonly basePath: string
  readonly origins: Origins
  readonly site: Site
  readonly texts: MessageTexts
  readonly locale: (language: Language) => Locale
  readonly clock: Clock
  /** Reads the language of a request: `?lang=`, then the cookie, then Accept-Language, then the first language. */
  language(request: PageRequest): Language
  /** Reads what a page knows about a request: its language and the message of the last form. */
  view(request: PageRequest): PageView
  /** Returns an answer with an entry page. */
  showEntry(request: PageRequest, page: EntryShow): Promise<Answer<never>>
  /** Returns the cookies of an answer with a page: the message is read, and a chosen language is kept. */
  cookiesAfter(request: PageRequest, view: PageView): readonly Cookie[]
  /** Returns true if the request has a session cookie, dead or alive. */
  hadSession(request: Pick<RouteRequest, 'header'>): boolean
  /** Returns the cookie that contains a message for the next page. */
  leave(flash: Flash): Cookie
  /** Returns the cookies that keep the way for the page of an emailed link, or that clear it if there is none. */
  keepWay(request: Pick<RouteRequest, 'cookies'>, kept: Kept): readonly Cookie[]
}

/** Dependencies of `createPages`. */
export interface PagesDeps {
  /** The name that users know the service by. */
  readonly siteName: string
  readonly brand: Brand
  /** The languages of the service; the first one is the default. */
  readonly languages: readonly [Language, ...Language[]]
  /** Texts of the application in place of ours. */
  readonly overrides: TextOverrides
  readonly texts: MessageTexts
  readonly origins: Origins
  readonly links: Links
  readonly cookies: CookieFactory
  readonly clock: Clock
  /** Newest first. */
  readonly secrets: readonly Uint8Array[]
}

/** Creates the pages of an instance. */
export function createPages(deps: PagesDeps): Pages {
  const { siteName, brand, languages, overrides, texts, origins, links, cookies, clock, secrets } = deps
  const sealer = createSealer(secrets, 'flash')
  const returnSealer = createSealer(secrets, 'return')
  const locale = createLocales(overrides)
  const { basePath } = links
  const site: Site = { name: siteName, brand, basePath, languages }
  const language = (request: PageRequest): Language => readLanguage(request, languages)
  const view = (request: PageRequest): PageView => ({
    basePath,
    siteName,
    locale: locale(language(request)),
    flash: readFlash(sealer, request),
    now: clock(),
    kept: readKept(request.query, origins),
  })
  return {
    basePath,
    origins,
    site,
    texts,
    locale,
    clock,
    language,
    view,
    async showEntry(request, { status = 200, headers, keepsFlash = false, isLinked = false, content }) {
      const asked = view(request)
      const isFirst = isLinked && asked.kept.next === null && asked.kept.remember === null
      const seen = isFirst ? { ...asked, kept: readReturn(returnSealer, request) } : asked
      const parts = await content(seen)
      return renderDocument(site, {
        status,
        locale: seen.locale,
        title: parts.title,
        layout: 'entry',
        style: ENTRY_STYLE,
        body: entryBody(site, seen, {
          ...parts,
          message: parts.replacesMessage === true ? html`` : message(texts, seen),
          query: keptQuery(request.query, origins),
        }),
        cookies: [
          ...(keepsFlash ? [] : clearFlashCookie(cookies, request)),
          ...languageCookie(cookies, request, seen.locale.language),
        ],
        ...(headers === undefined ? {} : { headers }),
      })
    },
    cookiesAfter: (request, { locale: { language } }) => [
      ...clearFlashCookie(cookies, request),
      ...languageCookie(cookies, request, language),
    ],
    hadSession: ({ header }) => readCookies(header('cookie') ?? '', cookies.name()).length > 0,
    leave: (flash) => flashCookie({ cookies, sealer }, flash),
    keepWay: (request, kept) => returnCookies({ cookies, sealer: returnSealer }, request, kept),
  }
}

/** Reads what the page passes on. */
function readKept({ next, remember }: PageRequest['query'], origins: Origins): Kept {
  return { next: parseNextLocation(next, origins), remember: remember === 'on' ? 'on' : null }
}

/** Returns the parameters that the links to other languages keep: those of our pages, and `next` only if it is allowed. */
function keptQuery(query: PageRequest['query'], origins: Origins): Record<string, string> {
  const { token, invitation } = query
  const kept = { ...readKept(query, origins), token, invitation }
  return Object.fromEntries(
    Object.entries(kept).filter((each): each is [string, string] => typeof each[1] === 'string'),
  )
}
