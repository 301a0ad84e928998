import { isIP } from 'node:net'
import { html } from 'hono/html'
import type { AccountPage, AccountPageRequest, LoginWay, SecuritySection } from '../../kernel/feature.ts'
import type { StepPage } from '../../kernel/login-step.ts'
import type { Html, PageParts } from '../../kernel/page-view.ts'
import type { Passkey } from '../../kernel/passkey.ts'
import { button, buttonLink } from '../../pages/components/button.ts'
import { field } from '../../pages/components/field.ts'
import { form, withQuery } from '../../pages/components/form.ts'
import { dotted, type Row, rows } from '../../pages/components/row.ts'
import { time } from '../../pages/components/time.ts'
import { PAGE_TEXTS } from '../../pages/texts.ts'
import { REGISTER_TEXTS } from '../../registration/texts.ts'
import { toUserHandle } from './challenge.ts'
import { passkeyButton } from './passkey-button-page.ts'
import type { RelyingParty } from './relying-party.ts'
import type { PasskeyStore } from './store.ts'
import { PASSKEY_TEXTS } from './texts.ts'

const PAGE = '/security/passkey'

/** Dependencies of the pages about passkeys. */
export interface PasskeyPageDeps {
  readonly passkeys: PasskeyStore
  readonly rp: RelyingParty
}

/** Returns the button on the login page; nothing for an IP address, which browsers accept as no domain of passkeys. */
export function passkeyWays({ rp }: Pick<PasskeyPageDeps, 'rp'>): readonly LoginWay[] {
  if (isIP(rp.id) !== 0) return []
  const way: LoginWay = {
    place: 10,
    render: (view, next) =>
      passkeyButton(view, {
        kind: 'plain',
        text: view.locale.texts(PASSKEY_TEXTS).logIn,
        action: `${view.basePath}/login/passkey`,
        ceremony: 'Request',
        next,
        isConditional: true,
      }),
  }
  return [way]
}

/** Returns the button on the registration page, in its form; nothing for an IP address. */
export function passkeyRegisterWays({ rp }: Pick<PasskeyPageDeps, 'rp'>): readonly LoginWay[] {
  if (isIP(rp.id) !== 0) return []
  const way: LoginWay = {
    place: 10,
    render: (view, next) =>
      passkeyButton(view, {
        kind: 'plain',
        text: view.locale.texts(PASSKEY_TEXTS).register,
        action: `${view.basePath}/register/passkey`,
        ceremony: 'Creation',
        next,
        pending: view.locale.texts(REGISTER_TEXTS).verificationRequired,
      }),
  }
  return [way]
}

/** The page of the step `passkey`: at a login, and to confirm an identity. */
export const PASSKEY_PAGE: StepPage = {
  title: (locale) => locale.texts(PASSKEY_TEXTS).stepTitle,
  lead: (locale) => locale.texts(PASSKEY_TEXTS).stepLead,
  render(view) {
    const { use, needsScript } = view.locale.texts(PASSKEY_TEXTS)
    const { action, next } = view
    return html`${passkeyButton(view, { kind: 'main', text: use, action, ceremony: 'Request', next })}<noscript><p>${needsScript}</p></noscript>`
  },
  enrolment: {
    title: (locale) => locale.texts(PASSKEY_TEXTS).add,
    lead: (locale) => locale.texts(PASSKEY_TEXTS).enrolLead,
    render(view) {
      const { add, needsScript } = view.locale.texts(PASSKEY_TEXTS)
      const { basePath, next } = view
      const action = `${basePath}/passkeys`
      return html`${passkeyButton(view, { kind: 'main', text: add, action, ceremony: 'Creation', next })}<noscript><p>${needsScript}</p></noscript>`
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
            text: texts.add,
            action: `${basePath}/passkeys`,
            ceremony: 'Creation',
            next: here,
          })
        : html`<p class="sub">${texts.proveFirst}</p>${buttonLink('plain', withQuery(`${basePath}/reauthenticate`, { next: here }), texts.prove, { small: true })}`
      const list =
        own.length === 0 ? html`<p class="sub">${texts.none}</p>` : rows(own.map((each) => toRow(request, each)))
      return html`<section class="card" data-known="${knownOf(rp, request, own)}"><h2>${texts.title}</h2><p class="sub">${texts.lead}</p>${list}${add}</section>`
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
    icon: 'key',
    title: name,
    tag: syncs ? { kind: 'plain', text: texts.syncs } : undefined,
    sub: dotted([
      html`${texts.created} ${time(request, createdAt)}`,
      lastUsedAt === null ? null : html`${texts.used} ${time(request, lastUsedAt)}`,
    ]),
    action: buttonLink('plain', path, texts.change, { small: true, label: texts.changeLabel(name) }),
  }
}

/** Returns the account page that renames or removes one passkey. */
export function passkeyPage({ passkeys }: Pick<PasskeyPageDeps, 'passkeys'>): AccountPage {
  return {
    path: PAGE,
    needsFresh: true,
    async render(request) {
      const own = await passkeys.list(request.principal.user.id)
      return changePage(
        request,
        own.find(({ id }) => id === request.query.id),
      )
    },
  }
}

function changePage(request: AccountPageRequest, passkey: Passkey | undefined): PageParts {
  const { basePath, locale } = request
  const texts = locale.texts(PASSKEY_TEXTS)
  const back = buttonLink('plain', `${basePath}/account/security`, locale.texts(PAGE_TEXTS).back)
  if (passkey === undefined) return { title: texts.changeTitle, body: html`<p>${texts.gone}</p>${back}` }
  const { id, name } = passkey
  const fields: Html = html`${field(request, { name: 'name', label: texts.name, type: 'text', autocomplete: 'off', maxLength: 100, value: name })}
<div class="buttons">${button('main', texts.save)}${back}</div>`
  return {
    title: texts.changeTitle,
    body: html`<section class="card">${form(`${basePath}/account/rename-passkey`, fields, { id })}</section>
<section class="card risk"><p>${texts.removeLead}</p>${form(`${basePath}/account/remove-passkey`, button('danger', texts.remove), { id })}</section>`,
  }
}
