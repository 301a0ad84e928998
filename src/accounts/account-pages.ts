import { html } from 'hono/html'
import type { AccountPage, AccountPageRequest } from '../kernel/feature.ts'
import type { Html, PageParts } from '../kernel/page-view.ts'
import { button, buttonLink } from '../pages/components/button.ts'
import { field } from '../pages/components/field.ts'
import { form } from '../pages/components/form.ts'
import { note } from '../pages/components/note.ts'
import { tag } from '../pages/components/row.ts'
import { day } from '../pages/components/time.ts'
import { PAGE_TEXTS } from '../pages/texts.ts'
import { findPendingChange, type PendingChangeDeps } from './pending-change.ts'
import { ACCOUNT_TEXTS } from './texts.ts'

/** Dependencies of the account's own pages. */
export interface AccountPageDeps extends PendingChangeDeps {
  readonly sendsEmail: boolean
}

/** Returns the account's own pages: profile, change of email address, data and deletion. */
export function accountPages(deps: AccountPageDeps): readonly AccountPage[] {
  const change: AccountPage = { path: '/email', needsFresh: true, render: async (request) => changeEmailPage(request) }
  return [
    {
      path: '',
      navigation: { place: 10, icon: 'user', label: (locale) => locale.texts(ACCOUNT_TEXTS).title },
      async render(request) {
        const pending = deps.sendsEmail ? await findPendingChange(deps, request.principal.user.id) : null
        return profilePage(request, deps, pending)
      },
    },
    ...(deps.sendsEmail ? [change] : []),
    {
      path: '/data',
      navigation: { place: 60, icon: 'download', label: (locale) => locale.texts(ACCOUNT_TEXTS).dataTitle },
      render: async (request) => dataPage(request),
    },
    { path: '/delete', needsFresh: true, render: async (request) => deletePage(request) },
  ]
}

function profilePage(request: AccountPageRequest, { sendsEmail }: AccountPageDeps, pending: string | null): PageParts {
  const { basePath, locale, principal } = request
  const { user } = principal
  const texts = locale.texts(ACCOUNT_TEXTS)
  const name = field(request, {
    name: 'name',
    label: texts.name,
    type: 'text',
    autocomplete: 'name',
    hint: texts.nameHint,
    optional: true,
    maxLength: 100,
    value: user.name ?? '',
  })
  const change = buttonLink('plain', `${basePath}/account/email`, texts.change, { small: true })
  return {
    title: texts.title,
    body: html`${sendsEmail && !user.emailVerified ? verifyNote(request) : ''}
${pending === null ? '' : pendingNote(request, pending)}
<section class="card">${form(`${basePath}/account/rename`, html`${name}${button('main', texts.save)}`)}</section>
<section class="card"><div class="card-head"><div><h2>${texts.email}</h2><p>${user.email} ${tag(user.emailVerified ? 'ok' : 'warn', user.emailVerified ? texts.verified : texts.unverified)}</p></div>${sendsEmail ? change : ''}</div></section>
<p class="soft">${texts.since} ${day(request, user.createdAt)}</p>`,
  }
}

function verifyNote({ basePath, locale }: AccountPageRequest): Html {
  const texts = locale.texts(ACCOUNT_TEXTS)
  const send = form(`${basePath}/email/verify/request`, button('plain', texts.verifyButton, { small: true }))
  return note('warn', html`<p>${texts.verifyLead}</p>${send}`)
}

function pendingNote({ basePath, locale }: AccountPageRequest, email: string): Html {
  const texts = locale.texts(ACCOUNT_TEXTS)
  const cancel = form(`${basePath}/account/cancel-email-change`, button('plain', texts.cancelChange, { small: true }))
  return note('info', html`<p>${texts.pending(email)}</p>${cancel}`)
}

function changeEmailPage(request: AccountPageRequest): PageParts {
  const { basePath, locale } = request
  const texts = locale.texts(ACCOUNT_TEXTS)
  const fields = html`${field(request, { name: 'email', label: texts.newEmail, type: 'email', autocomplete: 'email', autofocus: true })}
<div class="buttons">${button('main', texts.changeButton)}${buttonLink('plain', `${basePath}/account`, locale.texts(PAGE_TEXTS).cancel)}</div>`
  return {
    title: texts.changeTitle,
    lead: texts.changeLead,
    body: html`<section class="card">${form(`${basePath}/email/change`, fields)}</section>`,
  }
}

function dataPage({ basePath, locale }: AccountPageRequest): PageParts {
  const texts = locale.texts(ACCOUNT_TEXTS)
  const download = html`<a class="button plain small" href="${basePath}/user/export" download>${texts.exportButton}</a>`
  const remove = buttonLink('danger', `${basePath}/account/delete`, texts.deleteTitle, { small: true })
  return {
    title: texts.dataTitle,
    lead: texts.dataLead,
    body: html`<section class="card"><div class="card-head"><div><h2>${texts.exportTitle}</h2><p class="sub">${texts.exportLead}</p></div>${download}</div></section>
<section class="card risk"><div class="card-head"><div><h2>${texts.deleteTitle}</h2><p class="sub">${texts.deleteLead}</p></div>${remove}</div></section>`,
  }
}

function deletePage(request: AccountPageRequest): PageParts {
  const { basePath, locale, principal } = request
  const texts = locale.texts(ACCOUNT_TEXTS)
  const label = texts.deleteConfirm(principal.user.email)
  const fields = html`${field(request, { name: 'email', label, type: 'email', autocomplete: 'off' })}
<div class="buttons">${button('danger', texts.deleteButton)}${buttonLink('plain', `${basePath}/account/data`, texts.keep)}</div>`
  return {
    title: texts.deleteQuestion,
    body: html`<section class="card risk"><p>${texts.deleteWarning}</p><ul class="plain">${texts.deleteList.map((each) => html`<li>${each}</li>`)}</ul>${form(`${basePath}/account/delete`, fields)}</section>`,
  }
}
