import { html } from 'hono/html'
import type { PageParts, PageView } from '../../kernel/page-view.ts'
import { button } from '../../pages/components/button.ts'
import { form } from '../../pages/components/form.ts'
import { OAUTH_TEXTS } from '../texts.ts'
import type { LogoutParameters, LogoutRequest } from './read-logout-request.ts'

/** Renders the question whether to log out. Every page can send a browser here, so only the button logs out. */
export function logoutPage(
  { basePath, locale }: PageView,
  { client }: LogoutRequest,
  { post_logout_redirect_uri: uri, state }: LogoutParameters,
): PageParts {
  const texts = locale.texts(OAUTH_TEXTS)
  return {
    title: texts.logoutTitle,
    lead: client === null ? texts.logoutUnnamed : texts.logoutLead(client.name),
    body: form(`${basePath}/oauth/logout/confirm`, button('main', texts.logout), {
      client_id: client?.id ?? null,
      post_logout_redirect_uri: client === null ? null : (uri ?? null),
      state: client === null ? null : (state ?? null),
    }),
    below: html`<p><a href="${basePath}/account">${texts.stay}</a></p>`,
  }
}
