import { html } from 'hono/html'
import type { LoginWay } from '../kernel/feature.ts'
import type { Html, PageParts } from '../kernel/page-view.ts'
import { findLiveToken, type OneTimeTokenDeps } from '../one-time-tokens/one-time-token.ts'
import type { OneTimeToken } from '../one-time-tokens/store.ts'
import type { Brand } from '../pages/brand.ts'
import { button, buttonLink } from '../pages/components/button.ts'
import { field } from '../pages/components/field.ts'
import { form, withQuery } from '../pages/components/form.ts'
import { icon } from '../pages/components/icon.ts'
import { otherWays } from '../pages/components/other-ways.ts'
import { password } from '../pages/components/password.ts'
import type { EntryPage } from '../pages/page-route.ts'
import { PAGE_TEXTS } from '../pages/texts.ts'
import type { Registration } from './settings.ts'
import { REGISTER_TEXTS } from './texts.ts'

/** Dependencies and settings of the registration page. */
export interface RegisterPageDeps extends OneTimeTokenDeps {
  readonly registration: Registration
  readonly minLength: number
  readonly brand: Brand
  /** Other ways to create an account, in their order. */
  readonly ways: readonly LoginWay[]
  /** Other ways that use the fields of the form. */
  readonly formWays: readonly LoginWay[]
}

/** Renders the registration form, or the reason why the caller cannot register. */
export async function registerPage(page: EntryPage, deps: RegisterPageDeps): Promise<PageParts> {
  const { locale, flash, query } = page
  const { registration } = deps
  const texts = locale.texts(REGISTER_TEXTS)
  const email = flash?.values?.email
  const isSent = flash?.notice?.text === 'register.verificationRequired' && query.other === undefined
  if (isSent && email !== undefined) return sentPage(page, email)
  const invitation = query.invitation ?? ''
  if (registration === 'closed') return closedPage(page, deps, texts.closed)
  if (registration === 'invite' && invitation === '') return closedPage(page, deps, texts.inviteOnly)
  const found = invitation === '' ? null : await findLiveToken(deps, ['invitation'], invitation)
  if (invitation !== '' && found === null) return deadPage(page)
  return formPage(page, deps, found)
}

function formPage(
  page: EntryPage,
  { registration, minLength, brand, ways, formWays }: RegisterPageDeps,
  invited: OneTimeToken | null,
): PageParts {
  const { basePath, siteName, locale, kept, query } = page
  const texts = locale.texts(REGISTER_TEXTS)
  const { emailLabel, passwordLabel, passwordHint } = locale.texts(PAGE_TEXTS)
  const email = invited?.email ?? null
  const isOpen = registration === 'open' && invited === null
  const others = ways.filter(({ registers }) => registers === 'always' || (registers === 'open' && isOpen))
  const fields = html`${field(page, { name: 'name', label: texts.name, type: 'text', autocomplete: 'name', optional: true, maxLength: 100 })}
${field(page, { name: 'email', label: emailLabel, type: 'email', autocomplete: 'username', ...(email === null ? {} : { value: email, locked: true }) })}
${password(page, { name: 'password', label: passwordLabel, autocomplete: 'new-password', hint: passwordHint(minLength) })}
${button('main', texts.button)}
${formWays.map((way) => way.render(page))}
${agreement(page, brand)}`
  return {
    title: texts.title(siteName),
    lead: email === null ? undefined : texts.invited(email),
    body: html`${otherWays(page, others, query.invitation)}${form(`${basePath}/register`, fields, { ...kept, invitation: query.invitation ?? null })}`,
    below: logInLink(page),
  }
}

function agreement({ locale }: EntryPage, { terms, privacy }: Brand): Html {
  const texts = locale.texts(PAGE_TEXTS)
  const links = [
    [terms, texts.terms],
    [privacy, texts.privacy],
  ] as const
  const given = links.filter(([href]) => href !== null)
  if (given.length === 0) return html``
  return html`<p class="hint">${locale.texts(REGISTER_TEXTS).agree} ${given.map(([href, text], index) => html`${index === 0 ? '' : ', '}<a href="${href}">${text}</a>`)}</p>`
}

function logInLink({ basePath, locale, kept }: EntryPage): Html {
  const href = withQuery(`${basePath}/login`, { ...kept })
  return html`<p>${locale.texts(REGISTER_TEXTS).haveAccount} <a href="${href}">${locale.texts(PAGE_TEXTS).logIn}</a></p>`
}

function closedPage(page: EntryPage, { brand }: RegisterPageDeps, lead: string): PageParts {
  const { basePath, locale, kept } = page
  const texts = locale.texts(REGISTER_TEXTS)
  const logIn = buttonLink('main', withQuery(`${basePath}/login`, { ...kept }), locale.texts(PAGE_TEXTS).logIn)
  const contact = brand.support === null ? '' : buttonLink('plain', brand.support, texts.contact)
  return { title: texts.closedTitle, lead, body: html`${logIn}${contact}` }
}

function deadPage(page: EntryPage): PageParts {
  const { basePath, locale, kept } = page
  const texts = locale.texts(REGISTER_TEXTS)
  const logIn = buttonLink('main', withQuery(`${basePath}/login`, { ...kept }), locale.texts(PAGE_TEXTS).logIn)
  return { title: texts.deadTitle, lead: texts.deadLead, body: logIn }
}

function sentPage(page: EntryPage, email: string): PageParts {
  const { basePath, locale, kept } = page
  const texts = locale.texts(REGISTER_TEXTS)
  const logIn = buttonLink('plain', withQuery(`${basePath}/login`, { ...kept }), locale.texts(PAGE_TEXTS).logIn)
  const other = withQuery(`${basePath}/register`, { other: 'on', ...kept })
  return {
    title: texts.sentTitle,
    replacesMessage: true,
    lead: texts.sentLead(email),
    body: html`<span class="state">${icon('mail')}</span><p class="soft">${texts.sentHelp}</p>${logIn}`,
    below: html`<p><a href="${other}">${texts.otherAddress}</a></p>`,
  }
}
