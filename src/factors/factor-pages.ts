import { html, raw } from 'hono/html'
import type { AccountPage, AccountPageRequest } from '../kernel/feature.ts'
import type { PageParts } from '../kernel/page-view.ts'
import { button, buttonLink } from '../pages/components/button.ts'
import { confirm } from '../pages/components/confirm.ts'
import { copyable } from '../pages/components/copyable.ts'
import { field } from '../pages/components/field.ts'
import { form } from '../pages/components/form.ts'
import { PAGE_TEXTS } from '../pages/texts.ts'
import { codeList } from './recovery-codes/code-list-page.ts'
import { SECURITY_TEXTS } from './security-texts.ts'
import { findPendingSetup, type TotpDeps } from './totp/enrol-totp.ts'
import type { AuthenticatorSetup } from './totp/totp-code.ts'

/** Returns the account pages that set up and remove the authenticator app, and show new recovery codes once. */
export function factorPages(deps: TotpDeps): readonly AccountPage[] {
  return [
    {
      path: '/security/totp',
      needsFresh: true,
      async render(request) {
        const setup = await findPendingSetup(deps, request.principal.user, request.query.setup ?? '')
        return setup === null ? startPage(request) : setupPage(request, setup)
      },
    },
    { path: '/security/totp/remove', needsFresh: true, render: async (request) => removePage(request) },
    {
      path: '/security/recovery-codes',
      needsFresh: true,
      render: async (request) =>
        request.flash?.secret === undefined ? questionPage(request) : codesPage(request, request.flash.secret),
    },
  ]
}

function startPage({ basePath, locale }: AccountPageRequest): PageParts {
  const texts = locale.texts(SECURITY_TEXTS)
  const { cancel } = locale.texts(PAGE_TEXTS)
  const buttons = html`<div class="buttons">${button('main', texts.setUp)}${buttonLink('plain', `${basePath}/account/security`, cancel)}</div>`
  return {
    title: texts.setUpTitle,
    body: html`<section class="card"><p>${texts.appLead}</p>${form(`${basePath}/account/start-totp`, buttons)}</section>`,
  }
}

function setupPage(request: AccountPageRequest, { secret, uri, qr }: AuthenticatorSetup): PageParts {
  const { basePath, locale } = request
  const texts = locale.texts(SECURITY_TEXTS)
  const { cancel } = locale.texts(PAGE_TEXTS)
  const code = field(request, {
    name: 'code',
    label: texts.firstCode,
    type: 'text',
    autocomplete: 'one-time-code',
    inputMode: 'numeric',
  })
  const buttons = html`<div class="buttons">${button('main', texts.confirmApp)}${buttonLink('plain', `${basePath}/account/security`, cancel)}</div>`
  return {
    title: texts.setUpTitle,
    lead: texts.scanLead,
    body: html`<section class="card"><div class="qr" role="img" aria-label="${texts.qrLabel}">${raw(qr)}</div>
<p><a href="${uri}">${texts.openApp}</a></p>
<p class="soft">${texts.typeSecret}</p>${copyable({ locale }, secret, texts.secretLabel)}</section>
<section class="card">${form(`${basePath}/account/confirm-totp`, html`${code}${buttons}`, { setup: request.query.setup ?? null })}</section>`,
  }
}

function removePage({ basePath, locale }: AccountPageRequest): PageParts {
  const texts = locale.texts(SECURITY_TEXTS)
  return confirm({
    title: texts.removeQuestion,
    body: texts.removeBody,
    action: `${basePath}/account/remove-totp`,
    fields: {},
    yes: texts.remove,
    back: `${basePath}/account/security`,
    no: locale.texts(PAGE_TEXTS).cancel,
  })
}

function questionPage({ basePath, locale }: AccountPageRequest): PageParts {
  const texts = locale.texts(SECURITY_TEXTS)
  return confirm({
    title: texts.newCodesQuestion,
    body: texts.newCodesBody,
    action: `${basePath}/account/create-recovery-codes`,
    fields: {},
    yes: texts.newCodes,
    back: `${basePath}/account/security`,
    no: locale.texts(PAGE_TEXTS).cancel,
  })
}

/** Shows the codes once. */
function codesPage(request: AccountPageRequest, secret: string): PageParts {
  const { basePath, locale } = request
  const texts = locale.texts(SECURITY_TEXTS)
  return {
    title: texts.codesTitle,
    lead: texts.codesLead,
    body: html`<section class="card">${codeList(request, secret.split(' '))}
<div class="buttons">${buttonLink('main', `${basePath}/account/security`, texts.kept)}</div></section>`,
  }
}
