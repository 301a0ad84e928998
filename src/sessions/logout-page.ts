import { html } from 'hono/html'
import { defineCall } from '../kernel/define-calls.ts'
import { Refusal } from '../kernel/refusal.ts'
import { defineRoute, type Route } from '../kernel/route.ts'
import { button, buttonLink } from '../pages/components/button.ts'
import { form } from '../pages/components/form.ts'
import type { Pages } from '../pages/pages.ts'
import { PAGE_TEXTS } from '../pages/texts.ts'
import { SESSION_TEXTS } from './texts.ts'

/**
 * The page that logs out with a button. Opening it does not log out, because other sites can open it. A program that opens
 * it gets 405.
 */
export function logoutPage(pages: Pages): Route {
  return defineRoute(defineCall('GET /logout', { name: 'pages.logout', access: 'anyone' }), {
    summary: 'Page: log out',
    answers: { 200: 'text/html' },
    async handle(request) {
      if (!request.wantsHtml()) throw new Refusal('method_not_allowed', { allow: ['POST', 'OPTIONS'] })
      const { principal } = request
      return pages.showEntry(request, {
        content({ basePath, locale }) {
          const texts = locale.texts(SESSION_TEXTS)
          if (principal === null) {
            const logIn = buttonLink('main', `${basePath}/login`, locale.texts(PAGE_TEXTS).logIn)
            return { title: texts.notLoggedIn, body: logIn }
          }
          return {
            title: texts.logOutTitle,
            lead: texts.logOutLead,
            body: form(`${basePath}/logout`, button('main', locale.texts(PAGE_TEXTS).logOut)),
            below: html`<p><a href="${basePath}/account">${texts.stay}</a></p>`,
          }
        },
      })
    },
  })
}
