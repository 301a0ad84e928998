import { html } from 'hono/html'
import type { AccountPage, AccountPageRequest, LoginWay, SecuritySection } from '../../kernel/feature.ts'
import { isIpAddress } from '../../kernel/ip-address.ts'
import type { StepPage } from '../../kernel/login-step.ts'
import type { Html, PageParts, PageView } from '../../kernel/page-view.ts'
import type { Passkey } from '../../kernel/passkey.ts'
import { button, buttonLink } from '../../pages/components/button.ts'
import { confirm } from '../../pages/components/confirm.ts'
import { empty } from '../../pages/components/empty.ts'
import { field } from '../../pages/components/field.ts'
import { form, withQuery } from '../../pages/components/form.ts'
import { icon } from '../../pages/components/icon.ts'
import { dotted, type Row, rows } from '../../pages/components/row.ts'
import { time } from '../../pages/components/time.ts'
import { PAGE_TEXTS } from '../../pages/texts.ts'
import { REGISTER_TEXTS } from '../../registration/texts.ts'
import { toUserHandle } from './challenge.ts'
import { type PasskeyButton, passkeyButton } from './passkey-button-page.ts'
import type { RelyingParty } from './relying-party.ts'
import type { PasskeyStore } from './store.ts'
import { PASSKEY_TEXTS } from './texts.ts'

const PAGE = '/security/passkey'
const REMOVE_PAGE = '/security/passkey/remove'

/** Dependencies of the pages about passkeys. */
export interface PasskeyPageDeps {
  readonly passkeys: PasskeyStore
  readonly rp: RelyingParty
}

/** Returns the button on the login page; nothing for an IP address, which browsers accept as no domain of passkeys. */
export function passkeyWays(deps: Pick<PasskeyPageDeps, 'rp'>): readonly LoginWay[] {
  return waysWith(deps, ({ basePath, locale }) => ({
    text: locale.texts(PASSKEY_TEXTS).logIn,
    action: `${basePath}/login/passkey`,
    ceremony: 'Request',
    isConditional: true,
  }))
}

/** Returns the button on the registration page, in its form; nothing for an IP address. */
export function passkeyRegisterWays(deps: Pick<PasskeyPageDeps, 'rp'>): readonly LoginWay[] {
  return waysWith(deps, ({ basePath, locale }) => ({
    text: locale.texts(PASSKEY_TEXTS).register,
    action: `${basePath}/register/passkey`,
    ceremony: 'Creation',
    pending: locale.texts(REGISTER_TEXTS).verificationRequired,
  }))
}

function waysWith(
  { rp }: Pick<PasskeyPageDeps, 'rp'>,
  buttonOf: (view: PageView) => Omit<PasskeyButton, 'kind' | 'next'>,
): readonly LoginWay[] {
  if (isIpAddress(rp.id)) return []
  return [
    {
      place: 10,
      needsScript: true,
      render: (view) => passkeyButton(view, { kind: 'plain', next: view.kept.next, ...buttonOf(view) }),
    },
  ]
}

/** The page of the step `passkey`: at a login, and to confirm an identity. */
export const PASSKEY_PAGE: StepPage = {
  title: (locale) => locale.texts(PASSKEY_TEXTS).stepTitle,
  lead: (locale) => locale.texts(PASSKEY_TEXTS).stepLead,
  render(view) {
    const { use, needsScript } = view.locale.texts(PASSKEY_TEXTS)
    const { action, kept } = view
    return html`${passkeyButton(view, { kind: 'main', text: use, action, ceremony: 'Request', next: kept.next })}<noscript><p>${needsScript}</p></noscript>`
  },
  enrolment: {
    title: (locale) => locale.texts(PASSKEY_TEXTS).add,
    lead: (locale) => locale.texts(PASSKEY_TEXTS).enrolLead,
    render(view) {
      const { add, needsScript } = view.locale.texts(PASSKEY_TEXTS)
      const { basePath, kept } = view
      const action = `${basePath}/passkeys`
      return html`${passkeyButton(view, { kind: 'main', text: add, action, ceremony: 'Creation', next: kept.next })}<noscript><p>${needsScript}</p></noscript>`
    },
  },
}

/** Returns the section of the page *Security* that lists passkeys. It tells the browser which ones exist. */
export function passkeySection({ passkeys, rp }: PasskeyPageDeps): SecuritySection {
  return {
    place: 20,
    async render(request) {
      const { basePath, locale, isFresh, principal } = request
      const texts = locale.texts(PASSKEY_TEXTS)
      const own = await passkeys.list(principal.user.id)
      const here = `${basePath}/account/security`
      const add = isFresh
        ? passkeyButton(request, {
            kind: 'plain',
            small: true,
            text: texts.add,
            action: `${basePath}/passkeys`,
            ceremony: 'Creation',
            next: here,
          })
        : buttonLink('plain', withQuery(`${basePath}/reauthenticate`, { next: here }), texts.prove, { small: true })
      const list = own.length === 0 ? '' : rows(own.map((each) => toRow(request, each)))
      return html`<section class="card" data-known="${knownOf(rp, request, own)}"><div class="card-head"><span class="badge">${icon('passkey')}</span><div><h2>${texts.title}</h2><p class="sub">${texts.lead}${isFresh ? '' : html` ${texts.proveFirst}`}</p></div>${add}</div>${list}</section>`
    },
  }
}

/** What the signals of WebAuthn tell the browser: passkeys that exist, and the name of their user. */
function knownOf(
  { id: rpId }: RelyingParty,
  { principal: { user } }: AccountPageRequest,
  own: readonly Passkey[],
): string {
  return JSON.stringify({
    rpId,
    userId: toUserHandle(user.id),
    allAcceptedCredentialIds: own.map(({ credentialId }) => credentialId),
    name: user.email,
    displayName: user.name ?? user.email,
  })
}

function toRow(request: AccountPageRequest, { id, name, syncs, createdAt, lastUsedAt }: Passkey): Row {
  const texts = request.locale.texts(PASSKEY_TEXTS)
  const path = withQuery(`${request.basePath}/account${PAGE}`, { id })
  return {
    icon: 'passkey',
    title: name,
    tag: syncs ? { kind: 'plain', text: texts.syncs } : undefined,
    sub: dotted([
      html`${texts.created} ${time(request, createdAt)}`,
      lastUsedAt === null ? null : html`${texts.used} ${time(request, lastUsedAt)}`,
    ]),
    action: buttonLink('plain', path, texts.change, { small: true, label: texts.changeLabel(name) }),
  }
}

/** Returns the account pages about one passkey: the form that renames it, and the question before it is removed. */
export function passkeyPages({ passkeys }: Pick<PasskeyPageDeps, 'passkeys'>): readonly AccountPage[] {
  const page = (
    path: AccountPage['path'],
    parts: (view: AccountPageRequest, own: Passkey) => PageParts,
  ): AccountPage => ({
    path,
    needsFresh: true,
    async render(request) {
      const own = await passkeys.list(request.principal.user.id)
      const passkey = own.find(({ id }) => id === request.query.id)
      return passkey === undefined ? gonePage(request) : parts(request, passkey)
    },
  })
  return [page(PAGE, changePage), page(REMOVE_PAGE, removePage)]
}

function gonePage({ basePath, locale }: AccountPageRequest): PageParts {
  const texts = locale.texts(PASSKEY_TEXTS)
  const back = buttonLink('plain', `${basePath}/account/security`, locale.texts(PAGE_TEXTS).back, { small: true })
  return { title: texts.changeTitle, body: empty('passkey', texts.gone, back) }
}

function removePage({ basePath, locale }: AccountPageRequest, { id, name }: Passkey): PageParts {
  const texts = locale.texts(PASSKEY_TEXTS)
  return confirm({
    title: texts.removeQuestion,
    body: html`<strong>${name}</strong> · ${texts.removeLead}`,
    action: `${basePath}/account/remove-passkey`,
    fields: { id },
    yes: texts.remove,
    back: `${basePath}/account/security`,
    no: locale.texts(PAGE_TEXTS).cancel,
  })
}

function changePage(request: AccountPageRequest, { id, name }: Passkey): PageParts {
  const { basePath, locale } = request
  const texts = locale.texts(PASSKEY_TEXTS)
  const cancel = buttonLink('plain', `${basePath}/account/security`, locale.texts(PAGE_TEXTS).cancel)
  const page = withQuery(`${basePath}/account${REMOVE_PAGE}`, { id })
  const remove = buttonLink('danger', page, texts.remove, { small: true })
  const fields: Html = html`${field(request, { name: 'name', label: texts.name, type: 'text', autocomplete: 'off', maxLength: 100, value: name })}
<div class="buttons">${button('main', texts.save)}${cancel}</div>`
  return {
    title: texts.changeTitle,
    body: html`<section class="card">${form(`${basePath}/account/rename-passkey`, fields, { id })}</section>
<section class="card risk"><p>${texts.removeLead}</p><div class="buttons">${remove}</div></section>`,
  }
}
