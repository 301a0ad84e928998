import { html } from 'hono/html'
import type { Locale } from '../../kernel/locale.ts'
import type { Html, PageParts, PageView } from '../../kernel/page-view.ts'
import { form } from '../../pages/components/form.ts'
import { rows } from '../../pages/components/row.ts'
import { OAUTH_TEXTS } from '../texts.ts'
import type { AskedAccess } from './asked-access.ts'

/** Data of the pages about an app that asks. */
export interface ConsentView extends PageView {
  readonly email: string
}

/** A question whether an app may act for the user. */
export interface Question {
  readonly asked: AskedAccess & { readonly client: { readonly name: string } }
  /** The note between the access and the buttons; null: none. */
  readonly warning: Html | null
  /** Where the form goes, below the base path. */
  readonly path: string
  /** Fields that the form passes on. */
  readonly fields: Readonly<Record<string, string>>
}

type Texts = (typeof OAUTH_TEXTS)['texts']['en']

/** Renders a question whether an app may act for the user: what it will be able to do, and the buttons that allow or deny it. */
export function questionPage(view: ConsentView, { asked, warning, path, fields }: Question): PageParts {
  const { basePath, siteName, locale, email } = view
  const texts = locale.texts(OAUTH_TEXTS)
  const { name } = asked.client
  return {
    title: texts.title(name),
    lead: texts.lead(name, siteName),
    body: html`${accessRows(locale, asked)}
${warning}
${form(`${basePath}${path}`, decisionButtons(texts), { ...fields })}
<p class="hint">${texts.asUser(email)}</p>`,
    below: html`<p class="hint">${texts.later}</p>`,
  }
}

function decisionButtons({ allow, deny }: Texts): Html {
  return html`<div class="buttons"><button class="main" name="decision" value="allow">${allow}</button><button class="plain" name="decision" value="deny">${deny}</button></div>`
}

/** Renders the list of what an app will be able to do, where, and for how long (ASVS 10.7.2). */
function accessRows(locale: Locale, { scopes, resources, endsAt }: AskedAccess): Html {
  const texts = locale.texts(OAUTH_TEXTS)
  const hosts = locale.list(resources.map((url) => URL.parse(url)?.host ?? url))
  const where = resources.length === 0 ? '' : html`${texts.forApis(hosts)} `
  return html`${rows(scopes.map((scope) => ({ icon: 'check' as const, title: meaningOf(texts, scope) })))}
<p>${where}${endsAt === null ? texts.endsWithSession : texts.endsOn(locale.day(endsAt))}</p>`
}

/** Returns the meaning of a scope in plain words. */
export function meaningOf(texts: Texts, scope: string): string {
  const known: Readonly<Record<string, string>> = {
    openid: texts.openid,
    profile: texts.profile,
    email: texts.email,
    offline_access: texts.offlineAccess,
  }
  return known[scope] ?? texts.use(scope)
}
