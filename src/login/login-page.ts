import { html } from 'hono/html'
import { SECOND_MS } from '../kernel/clock.ts'
import type { LoginWay } from '../kernel/feature.ts'
import type { Html, PageParts } from '../kernel/page-view.ts'
import { button } from '../pages/components/button.ts'
import { checkbox } from '../pages/components/checkbox.ts'
import { field } from '../pages/components/field.ts'
import { form, withQuery } from '../pages/components/form.ts'
import { note } from '../pages/components/note.ts'
import { otherWays } from '../pages/components/other-ways.ts'
import { password } from '../pages/components/password.ts'
import type { EntryPage } from '../pages/page-route.ts'
import { PAGE_TEXTS } from '../pages/texts.ts'
import { LOGIN_REFUSALS } from './refusals.ts'
import { LOGIN_TEXTS } from './texts.ts'

/** Optional parts of the login page. */
export interface LoginOffers {
  /** True shows a link to reset the password; it requires that the service sends email. */
  readonly passwordReset: boolean
  /** True shows a link to register; it requires that anyone may register. */
  readonly registration: boolean
  /** Other ways to log in, in their order. */
  readonly ways: readonly LoginWay[]
  /** How long a remembered session lasts, in milliseconds. */
  readonly rememberMs: number
}

/** Renders the login form. */
export function loginPage(page: EntryPage, offers: LoginOffers): PageParts {
  const { basePath, siteName, locale, flash, kept } = page
  const texts = locale.texts(LOGIN_TEXTS)
  const { emailLabel, passwordLabel } = locale.texts(PAGE_TEXTS)
  const forgotPath = withQuery(`${basePath}/password/forgot`, { ...kept })
  const forgot = html`<a href="${forgotPath}">${texts.forgot}</a>`
  const isKnown = flash?.problem !== undefined && flash.values?.email !== undefined
  const body = html`${field(page, {
    name: 'email',
    label: emailLabel,
    type: 'email',
    autocomplete: 'username webauthn',
    ...(isKnown ? {} : { autofocus: true }),
  })}
${password(page, {
  name: 'password',
  label: passwordLabel,
  autocomplete: 'current-password',
  ...(isKnown ? { autofocus: true } : {}),
  ...(offers.passwordReset ? { beside: forgot } : {}),
})}
${checkbox({ name: 'remember', label: texts.remember(locale.duration(offers.rememberMs)), checked: kept.remember === 'on' })}
${button('main', texts.button, waitOf(page))}`
  const hasWayOut = offers.passwordReset && flash?.problem?.code === LOGIN_REFUSALS.invalid_credentials.code
  return {
    title: texts.title(siteName),
    replacesMessage: hasWayOut,
    body: html`${hasWayOut ? wayOut(page, forgotPath) : ''}${otherWays(page, offers.ways)}${form(`${basePath}/login`, body, { next: kept.next })}`,
    below: offers.registration
      ? html`<p>${texts.newHere(siteName)} <a href="${withQuery(`${basePath}/register`, { ...kept })}">${texts.create}</a></p>`
      : undefined,
  }
}

/** Says that email address and password do not match, with a link to a new password. */
function wayOut({ locale }: EntryPage, forgotPath: string): Html {
  const { checkBoth, setNew } = locale.texts(LOGIN_TEXTS)
  const reason = LOGIN_REFUSALS.invalid_credentials.text[locale.language]
  return note('danger', html`<p>${reason} ${checkBoth} <a href="${forgotPath}">${setNew}</a>.</p>`)
}

/** After too many attempts the script disables the button until another one makes sense. */
function waitOf({ flash, now }: EntryPage): { readonly waitSeconds?: number } {
  const retryAt = flash?.problem?.retryAt ?? 0
  return retryAt <= now ? {} : { waitSeconds: Math.ceil((retryAt - now) / SECOND_MS) }
}
