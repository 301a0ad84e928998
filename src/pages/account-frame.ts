import { html } from 'hono/html'
import type { AccountNavigation } from '../kernel/feature.ts'
import type { Locale } from '../kernel/locale.ts'
import type { Html, PageParts, PageView } from '../kernel/page-view.ts'
import type { User } from '../kernel/principal.ts'
import { button } from './components/button.ts'
import { form } from './components/form.ts'
import { icon } from './components/icon.ts'
import { footer, logo, type Site } from './frame.ts'
import { isIcon } from './icons.ts'
import { PAGE_TEXTS } from './texts.ts'

/** An entry of the navigation. */
export interface NavigationEntry extends AccountNavigation {
  /** Path below `/account`. */
  readonly path: string
}

/** The parts of an account page, with its navigation and the message of the last form. */
export interface AccountParts extends PageParts {
  readonly user: User
  readonly navigation: readonly NavigationEntry[]
  /** Path of this page below `/account`. */
  readonly path: string
  readonly message: Html
  readonly query: Readonly<Record<string, string>>
}

/** Renders the layout of an account page: header bar, navigation, content and footer. */
export function accountBody(site: Site, { locale, basePath }: PageView, parts: AccountParts): Html {
  const { title, lead, action, body, user, message, query } = parts
  const texts = locale.texts(PAGE_TEXTS)
  return html`<a class="skip" href="#content">${texts.skip}</a>
<header class="top"><div class="bar">${logo(site)}<span class="avatar" aria-hidden="true">${initials(user)}</span>${form(`${basePath}/logout`, button('plain', texts.logOut, { small: true }))}</div></header>
<div class="columns">
<nav class="sections" aria-label="${texts.sections}">${navigation(basePath, parts, locale)}</nav>
<main id="content">
${message}
<div class="head"><div><h1>${title}</h1>${lead === undefined ? '' : html`<p class="lead soft">${lead}</p>`}</div>${action ?? ''}</div>
${body}
</main>
${footer(site, locale, query)}
</div>`
}

function navigation(basePath: string, { navigation: entries, path }: AccountParts, locale: Locale): Html {
  return html`${entries.map(({ path: target, icon: name, label }) => {
    const isHere = target === '' ? path === '' : path === target || path.startsWith(`${target}/`)
    return html`<a href="${basePath}/account${target}"${isHere ? html` aria-current="page"` : ''}>${isIcon(name) ? icon(name) : ''}${label(locale)}</a>`
  })}`
}

/** Returns one or two letters for a user: of the name, or of the email address. */
export function initials({ name, email }: Pick<User, 'name' | 'email'>): string {
  const words = (name ?? email).split(/[\s@._-]+/).filter((word) => /\p{L}|\p{N}/u.test(word))
  const [first, ...others] = words
  const last = name === null ? undefined : others.at(-1)
  return [first, last]
    .map((word) => [...(word ?? '')][0] ?? '')
    .join('')
    .toUpperCase()
}
