import { html } from 'hono/html'
import { DAY_MS } from '../kernel/clock.ts'
import type { AccountPageRequest } from '../kernel/feature.ts'
import type { Html, PageParts } from '../kernel/page-view.ts'
import { button, buttonLink } from '../pages/components/button.ts'
import { checkbox } from '../pages/components/checkbox.ts'
import { field } from '../pages/components/field.ts'
import { form } from '../pages/components/form.ts'
import { PAGE_TEXTS } from '../pages/texts.ts'
import type { AccessTokenSettings } from './settings.ts'
import { TOKEN_TEXTS } from './texts.ts'

/** Field of the checkbox of a scope. */
export const SCOPE_FIELD = 'scope:'
/** Value of the expiry of a token that never expires. */
export const NEVER = 'never'

const CHOICES_DAYS = [7, 30, 90, 365] as const

/** Settings that the form shows. */
export interface CreateTokenSettings {
  readonly accessTokenSettings: AccessTokenSettings
  readonly scopes: readonly string[]
}

/** Renders the form for a new access token. */
export function createTokenPage(request: AccountPageRequest, settings: CreateTokenSettings): PageParts {
  const { basePath, locale } = request
  const texts = locale.texts(TOKEN_TEXTS)
  const { cancel } = locale.texts(PAGE_TEXTS)
  const fields = html`${field(request, {
    name: 'name',
    label: texts.name,
    type: 'text',
    autocomplete: 'off',
    hint: texts.nameHint,
    maxLength: 100,
    autofocus: true,
  })}
${expiryField(request, settings.accessTokenSettings)}
${scopeFields(request, settings.scopes)}
<div class="buttons">${button('main', texts.create)}${buttonLink('plain', `${basePath}/account/tokens`, cancel)}</div>`
  return {
    title: texts.createTitle,
    lead: texts.createLead,
    body: html`<section class="card">${form(`${basePath}/account/create-token`, fields)}</section>`,
  }
}

/** Returns the lifetimes that the form offers, in days. */
export function lifetimesDays({ lifetimeMs, maxLifetimeMs }: AccessTokenSettings): readonly number[] {
  const days = new Set([...CHOICES_DAYS, Math.max(1, Math.floor(lifetimeMs / DAY_MS))])
  return [...days].filter((each) => maxLifetimeMs === null || each * DAY_MS <= maxLifetimeMs).toSorted((a, b) => a - b)
}

function expiryField({ locale, flash }: AccountPageRequest, settings: AccessTokenSettings): Html {
  const texts = locale.texts(TOKEN_TEXTS)
  const usual = Math.max(1, Math.floor(settings.lifetimeMs / DAY_MS))
  const chosen = (flash?.problem === undefined ? undefined : flash.values?.expires) ?? String(usual)
  const options = lifetimesDays(settings).map(
    (days) =>
      html`<option value="${days}"${String(days) === chosen ? html` selected` : ''}>${texts.expiryIn(locale.duration(days * DAY_MS))}</option>`,
  )
  const never = settings.allowNoExpiry
    ? html`<option value="${NEVER}"${chosen === NEVER ? html` selected` : ''}>${texts.never}</option>`
    : ''
  return html`<div class="field"><label for="expires">${texts.expiry}</label><select id="expires" name="expires">${options}${never}</select></div>`
}

function scopeFields({ locale, flash }: AccountPageRequest, scopes: readonly string[]): Html {
  if (scopes.length === 0) return html``
  const chosen = flash?.problem === undefined ? {} : flash.values
  return html`<fieldset><legend>${locale.texts(TOKEN_TEXTS).scopes}</legend>${scopes.map((scope) =>
    checkbox({ name: `${SCOPE_FIELD}${scope}`, label: scope, checked: chosen?.[`${SCOPE_FIELD}${scope}`] === 'on' }),
  )}</fieldset>`
}
