import { html } from 'hono/html'
import type { PageParts } from '../kernel/page-view.ts'
import type { Route } from '../kernel/route.ts'
import { findLiveToken, type OneTimeTokenDeps } from '../one-time-tokens/one-time-token.ts'
import type { TokenPurpose } from '../one-time-tokens/store.ts'
import { button, buttonLink } from '../pages/components/button.ts'
import { form } from '../pages/components/form.ts'
import { hiddenUsername, password } from '../pages/components/password.ts'
import { type LinkPage, linkPage } from '../pages/page-route.ts'
import type { Pages } from '../pages/pages.ts'
import { PAGE_TEXTS } from '../pages/texts.ts'
import { LINK_TEXTS } from './link-texts.ts'
import { isRegistrant, type RegistrantDeps } from './registrant-cookie.ts'

const VERIFY = '/email/verify'

/** Dependencies of the pages that emailed links open. */
export interface EmailPageDeps extends OneTimeTokenDeps, RegistrantDeps {
  readonly pages: Pages
  readonly minLength: number
}

/** What an emailed link is about. */
interface FoundLink {
  readonly email: string
  /** True if the reader is logged in to the account of the link, or registered it in this browser. */
  readonly isOwner: boolean
}

type EmailLinkPage = LinkPage<FoundLink> & { readonly found: FoundLink }

/** Routes of the pages that the links in emails about an email address open. */
export function emailPages(deps: EmailPageDeps): Route[] {
  return [
    emailLink(deps, ['email_verify'], VERIFY, {
      summary: 'verify your email address',
      content: (page) => verifyPage(page, deps.minLength),
    }),
    emailLink(deps, ['email_change'], '/email/change/confirm', {
      summary: 'change your email address',
      content: (page) => changePage(page),
    }),
    emailLink(deps, ['email_undo', 'email_stop'], '/email/change/undo', {
      summary: 'undo the change of your email address',
      content: (page) => undoPage(page),
    }),
  ]
}

interface EmailLink {
  readonly summary: string
  content(page: EmailLinkPage): PageParts
}

function emailLink(
  deps: EmailPageDeps,
  purposes: readonly [TokenPurpose, ...TokenPurpose[]],
  path: string,
  { summary, content }: EmailLink,
): Route {
  return linkPage<FoundLink>(deps.pages, {
    path,
    summary,
    async find(text, { userId, cookies }) {
      const token = await findLiveToken(deps, purposes, text)
      if (token === null || token.email === null) return null
      const isOwner = userId !== null && token.userId === userId
      const isOurs = path === VERIFY && isRegistrant(deps, { cookies }, token.userId)
      return { email: token.email, isOwner: isOwner || isOurs }
    },
    content: (page) => (page.found === null ? deadPage(page) : content({ ...page, found: page.found })),
  })
}

/**
 * Renders the verification page. It verifies at once for a user who is logged in; otherwise it asks for the current
 * password or a new one.
 */
function verifyPage(page: EmailLinkPage, minLength: number): PageParts {
  const { basePath, locale, token, found, kept } = page
  const texts = locale.texts(LINK_TEXTS)
  const action = `${basePath}/email/verify`
  const body = found.isOwner
    ? form(action, button('main', texts.verifyButton), { token, ...kept })
    : proofForms(page, action, minLength)
  return { title: texts.verifyTitle, lead: texts.forAddress(found.email), body }
}

function proofForms(page: EmailLinkPage, action: string, minLength: number): PageParts['body'] {
  const { locale, token, found, kept } = page
  const texts = locale.texts(LINK_TEXTS)
  const { passwordLabel, newPassword, passwordHint } = locale.texts(PAGE_TEXTS)
  const known = html`${hiddenUsername(found.email)}
${password(page, { name: 'password', label: passwordLabel, autocomplete: 'current-password', autofocus: true })}
${button('main', texts.verifyButton)}`
  const unknown = html`${hiddenUsername(found.email)}
${password(page, { name: 'newPassword', label: newPassword, autocomplete: 'new-password', hint: passwordHint(minLength) })}
${button('plain', texts.setAndVerify)}`
  const isOpen = page.flash?.problem?.errors.some(({ field }) => field === 'newPassword') === true
  return html`${form(action, known, { token, ...kept })}
${logInFirst(page)}
<details${isOpen ? html` open` : ''}><summary>${texts.notYours}</summary><p class="soft">${texts.notYoursLead}</p>${form(action, unknown, { token, ...kept })}</details>`
}

/** Renders the page that changes the address. It asks for the password, except of a user who is logged in. */
function changePage(page: EmailLinkPage): PageParts {
  const { basePath, locale, token, found } = page
  const texts = locale.texts(LINK_TEXTS)
  const { passwordLabel } = locale.texts(PAGE_TEXTS)
  const proof = found.isOwner
    ? ''
    : password(page, {
        name: 'password',
        label: passwordLabel,
        autocomplete: 'current-password',
        hint: texts.accountPassword,
        autofocus: true,
      })
  return {
    title: texts.changeTitle,
    lead: found.email,
    body: html`${form(`${basePath}/email/change/confirm`, html`${proof}${button('main', texts.changeButton)}`, { token })}
${found.isOwner ? '' : logInFirst(page)}`,
  }
}

/** A person without a password proves the account by logging in. The link stays out of the URL of the login page. */
function logInFirst({ basePath, locale }: EmailLinkPage): PageParts['body'] {
  const { noPassword, logInHere } = locale.texts(LINK_TEXTS)
  return html`<p class="soft">${noPassword} <a href="${basePath}/login">${logInHere}</a></p>`
}

function undoPage({ basePath, locale, token, found }: EmailLinkPage): PageParts {
  const texts = locale.texts(LINK_TEXTS)
  return {
    title: texts.undoTitle,
    lead: texts.forAddress(found.email),
    body: html`<p>${texts.undoLead}</p>${form(`${basePath}/email/change/undo`, button('main', texts.undoButton), { token })}`,
  }
}

function deadPage({ basePath, locale }: LinkPage<FoundLink>): PageParts {
  const texts = locale.texts(LINK_TEXTS)
  return {
    title: texts.deadTitle,
    lead: texts.deadLead,
    body: buttonLink('main', `${basePath}/account`, texts.toAccount),
  }
}
