import { html } from 'hono/html'
import type { Locale } from '../../kernel/locale.ts'
import type { Html, PageParts, PageView } from '../../kernel/page-view.ts'
import { form } from '../../pages/components/form.ts'
import { note } from '../../pages/components/note.ts'
import { rows } from '../../pages/components/row.ts'
import { OAUTH_TEXTS } from '../texts.ts'
import type { AskedAccess } from './asked-access.ts'
import type { ConsentRequest } from './find-request.ts'

/** Data of the consent page. */
export interface ConsentView extends PageView {
  readonly email: string
}

type Texts = (typeof OAUTH_TEXTS)['texts']['en']

/**
 * Renders the question whether an app may act for the user. It names the host that gets the answer, because everyone can choose
 * the name of an app.
 */
export function consentPage(view: ConsentView, asked: Omit<ConsentRequest, 'stored'>): PageParts {
  const { client, redirectHost, id } = asked
  const { basePath, siteName, locale, email } = view
  const texts = locale.texts(OAUTH_TEXTS)
  return {
    title: texts.title(client.name),
    lead: texts.lead(client.name, siteName),
    body: html`${accessRows(locale, asked)}
${client.isFirstParty ? '' : note('info', texts.warning(redirectHost))}
${form(`${basePath}/oauth/consent`, decisionButtons(locale), { request: id })}
<p class="hint">${email}</p>`,
    below: html`<p>${texts.later}</p>`,
  }
}

/** Renders the buttons of a question whether an app may act for the user. */
export function decisionButtons(locale: Locale): Html {
  const { allow, deny } = locale.texts(OAUTH_TEXTS)
  return html`<div class="buttons"><button class="main" name="decision" value="allow">${allow}</button><button class="plain" name="decision" value="deny">${deny}</button></div>`
}

/** Renders the list of what an app will be able to do, where, and for how long (ASVS 10.7.2). */
export function accessRows(locale: Locale, { scopes, resources, endsAt }: AskedAccess): Html {
  const texts = locale.texts(OAUTH_TEXTS)
  const hosts = locale.list(resources.map((url) => URL.parse(url)?.host ?? url))
  const where = resources.length === 0 ? '' : html`${texts.forApis(hosts)} `
  return html`${rows(scopes.map((scope) => ({ icon: 'check' as const, title: meaningOf(texts, scope) })))}
<p>${where}${endsAt === null ? texts.endsWithSession : texts.endsOn(locale.day(endsAt))}</p>`
}

/** Returns the meaning of a scope in plain words. */
function meaningOf(texts: Texts, scope: string): string {
  const known: Readonly<Record<string, string>> = {
    openid: texts.openid,
    profile: texts.profile,
    email: texts.email,
    offline_access: texts.offlineAccess,
  }
  return known[scope] ?? texts.use(scope)
}
