import { html } from 'hono/html'
import type { Clock } from '../kernel/clock.ts'
import type { PageParts } from '../kernel/page-view.ts'
import type { Route } from '../kernel/route.ts'
import { findLiveToken, type OneTimeTokenDeps } from '../one-time-tokens/one-time-token.ts'
import { button, buttonLink } from '../pages/components/button.ts'
import { field } from '../pages/components/field.ts'
import { form, withQuery } from '../pages/components/form.ts'
import { icon } from '../pages/components/icon.ts'
import { hiddenUsername, password } from '../pages/components/password.ts'
import { type EntryPage, type LinkPage, linkPage, openPage } from '../pages/page-route.ts'
import type { Pages } from '../pages/pages.ts'
import { PAGE_TEXTS } from '../pages/texts.ts'
import { PASSWORD_TEXTS } from './texts.ts'

/** Dependencies of the pages that reset a password. */
export interface ResetPageDeps extends OneTimeTokenDeps {
  readonly pages: Pages
  readonly minLength: number
  readonly clock: Clock
}

/** Seconds until the same email may be sent again. */
const WAIT_SECONDS = 30

/** Routes of the pages that request a reset email and set a new password. */
export function passwordResetPages(deps: ResetPageDeps): Route[] {
  return [
    openPage(deps.pages, {
      path: '/password/forgot',
      summary: 'forgot your password',
      keepsFlash: true,
      content: (page) => {
        const { notice, values } = page.flash ?? {}
        const isSent = notice?.text === 'passwords.resetSent' && page.query.other === undefined
        return isSent && values?.email !== undefined ? sentPage(page, values.email) : forgotPage(page)
      },
    }),
    linkPage<{ readonly email: string }>(deps.pages, {
      path: '/password/reset',
      summary: 'set a new password',
      async find(token) {
        const email = (await findLiveToken(deps, ['password_reset'], token))?.email
        return email == null ? null : { email }
      },
      content: (page) => (page.found === null ? deadPage(page) : resetPage(page, page.found.email, deps.minLength)),
    }),
  ]
}

function forgotPage(page: EntryPage): PageParts {
  const { basePath, locale, kept } = page
  const texts = locale.texts(PASSWORD_TEXTS)
  const { emailLabel } = locale.texts(PAGE_TEXTS)
  const body = html`${field(page, { name: 'email', label: emailLabel, type: 'email', autocomplete: 'username', autofocus: true })}
${button('main', texts.forgotButton)}`
  return {
    title: texts.forgotTitle,
    lead: texts.forgotLead,
    body: form(`${basePath}/password/forgot`, body, { ...kept }),
    below: html`<p><a href="${withQuery(`${basePath}/login`, { ...kept })}">${texts.backToLogin}</a></p>`,
  }
}

function sentPage(page: EntryPage, email: string): PageParts {
  const { basePath, locale, kept } = page
  const texts = locale.texts(PASSWORD_TEXTS)
  const again = button('plain', texts.sendAgain, { waitSeconds: WAIT_SECONDS })
  const other = withQuery(`${basePath}/password/forgot`, { other: 'on', ...kept })
  return {
    title: texts.sentTitle,
    replacesMessage: true,
    lead: texts.sentLead(email),
    body: html`<span class="state">${icon('mail')}</span>
<p class="soft">${texts.sentHelp}</p>
${form(`${basePath}/password/forgot`, again, { email, ...kept })}`,
    below: html`<p><a href="${other}">${texts.otherAddress}</a> · <a href="${withQuery(`${basePath}/login`, { ...kept })}">${texts.backToLogin}</a></p>`,
  }
}

function resetPage(page: LinkPage<unknown>, email: string, minLength: number): PageParts {
  const { basePath, locale, token, kept } = page
  const texts = locale.texts(PASSWORD_TEXTS)
  const { newPassword, passwordHint } = locale.texts(PAGE_TEXTS)
  const hint = `${passwordHint(minLength)} ${texts.resetEffect}`
  const body = html`${hiddenUsername(email)}
${password(page, { name: 'password', label: newPassword, autocomplete: 'new-password', hint, autofocus: true })}
${button('main', texts.resetButton)}`
  return {
    title: texts.resetTitle,
    lead: texts.resetLead(email),
    body: form(`${basePath}/password/reset`, body, { token, ...kept }),
  }
}

function deadPage({ basePath, locale, kept }: LinkPage<unknown>): PageParts {
  const texts = locale.texts(PASSWORD_TEXTS)
  return {
    title: texts.deadTitle,
    lead: texts.deadLead,
    body: buttonLink('main', withQuery(`${basePath}/password/forgot`, { ...kept }), texts.deadButton),
    below: html`<p><a href="${withQuery(`${basePath}/login`, { ...kept })}">${texts.backToLogin}</a></p>`,
  }
}
