/*
 * The frame of all pages: data in, HTML out. Pages work without JavaScript and load nothing from other origins. Hono's
 * `html` escapes every value. Styles and the script run by a nonce that is new in each answer.
 */
import { randomBytes } from 'node:crypto'
import { html, raw } from 'hono/html'
import { LANGUAGE_NAMES, type Language } from '../kernel/language.ts'
import type { Locale } from '../kernel/locale.ts'
import type { Html } from '../kernel/page-view.ts'
import type { Answer } from '../kernel/route.ts'
import { type Brand, brandVariables } from './brand.ts'
import { withQuery } from './components/form.ts'
import { sprite } from './components/icon.ts'
import { FIND_PASSKEYS, PASSKEY_SCRIPT } from './passkey-script.ts'
import { scriptFor } from './script.ts'
import { PAGE_TEXTS } from './texts.ts'
import { type Style, styleFor } from './used-style.ts'

/** What passkeys need their script for. A value of a user cannot contain the pattern: it is escaped. */
const PASSKEY_PART = / data-(?:passkey|known)="/

/** Facts about the service that every page shows. */
export interface Site {
  readonly name: string
  readonly brand: Brand
  /** Base path of all routes: `/auth`. */
  readonly basePath: string
  /** The languages of the service. */
  readonly languages: readonly Language[]
}

/** A page in its layout, without the document around it. */
export interface FramedPage {
  readonly status: number
  readonly locale: Locale
  /** Title of the document, without the name of the site. */
  readonly title: string
  /** Class of the body. */
  readonly layout: 'entry' | 'account' | 'document'
  readonly style: Style
  readonly body: Html
  readonly cookies?: Answer['cookies']
  readonly headers?: Answer['headers']
  /** Sources of frames that the page may show. Default: none. */
  readonly frames?: string
}

/** Renders the document around a page. Browsers show it when they have read it to its `end`, so that nothing moves. */
export async function renderDocument({ name, brand }: Site, page: FramedPage): Promise<Answer<never>> {
  const { status, locale, title, layout, style, frames, cookies = [], headers = {} } = page
  const nonce = randomBytes(16).toString('base64url')
  const body = String(await page.body)
  const hasPasskeys = PASSKEY_PART.test(body)
  const script = `${scriptFor(body)}${hasPasskeys ? `\n${PASSKEY_SCRIPT}` : ''}`
  const document = await html`<!doctype html>
<html lang="${locale.language}" dir="ltr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · ${name}</title>
<link rel="expect" href="#end" blocking="render">
${brand.icon === null ? '' : html`<link rel="icon" href="${brand.icon}">`}
<style nonce="${nonce}">${raw(`${styleFor(style, `class="${layout}"${body}`)}${brandVariables(brand)}${brand.css}`)}</style>
${hasPasskeys ? html`<script nonce="${nonce}">${raw(FIND_PASSKEYS)}</script>` : ''}
</head>
<body class="${layout}">
${raw(sprite(body))}${raw(body)}
${script === '' ? '' : html`<script nonce="${nonce}">${raw(script)}</script>`}
<template id="end"></template>
</body>
</html>
`
  return {
    status,
    cookies,
    headers: { 'Content-Language': locale.language, Vary: 'Accept-Language, Cookie', ...headers },
    text: {
      type: 'text/html; charset=utf-8',
      content: String(document),
      policy: policyOf(nonce, brand, { frames, connects: hasPasskeys }),
    },
  }
}

/**
 * Renders the logo or the name of the site, with a link to its home page if there is one. On a dark screen, a logo that is not made for
 * it is on white, as in emails.
 */
export function logo({ name, brand }: Site): Html {
  const { logo: light, logoDark } = brand
  const dark = logoDark === null ? '' : html`<source srcset="${logoDark}" media="(prefers-color-scheme: dark)">`
  const image =
    light === null
      ? html`${name}`
      : html`<picture>${dark}<img${logoDark === null ? html` class="plate"` : ''} src="${light}" alt="${name}"></picture>`
  return brand.home === null
    ? html`<span class="logo">${image}</span>`
    : html`<a class="logo" href="${brand.home}">${image}</a>`
}

/**
 * Renders the links to the pages of the site and to the other languages.
 * @param query the query of the page, which the links to other languages keep.
 */
export function footer({ brand, languages }: Site, locale: Locale, query: Readonly<Record<string, string>>): Html {
  const texts = locale.texts(PAGE_TEXTS)
  const links = [
    [brand.terms, texts.terms],
    [brand.privacy, texts.privacy],
    [brand.support, texts.support],
  ] as const
  const others = languages.filter((language) => language !== locale.language)
  const given = links.filter(([href]) => href !== null)
  if (given.length === 0 && others.length === 0) return html``
  return html`<footer>${given.length === 0 ? '' : html`<nav aria-label="${texts.legal}">${given.map(([href, text]) => html`<a href="${href}">${text}</a>`)}</nav>`}${others.length === 0 ? '' : html`<nav aria-label="${texts.languages}">${others.map((language) => html`<a href="${withQuery('', { ...query, lang: language })}" hreflang="${language}" lang="${language}">${LANGUAGE_NAMES[language]}</a>`)}</nav>`}</footer>`
}

/**
 * Returns the content security policy of a page. It has no `form-action`: browsers apply it to the redirects that follow a
 * form as well, and a login ends where the application leads.
 */
function policyOf(
  nonce: string,
  { logo: light, icon }: Brand,
  { frames = '', connects }: { readonly frames?: string | undefined; readonly connects: boolean },
): string {
  return [
    "default-src 'none'",
    `style-src 'nonce-${nonce}'`,
    `script-src 'nonce-${nonce}'`,
    ...(light === null && icon === null ? [] : ["img-src 'self'"]),
    ...(connects ? ["connect-src 'self'"] : []),
    ...(frames === '' ? [] : [`frame-src ${frames}`]),
    "base-uri 'none'",
    "object-src 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}
