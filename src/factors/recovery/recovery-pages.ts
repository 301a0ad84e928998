import { html } from 'hono/html'
import type { SecuritySection } from '../../kernel/feature.ts'
import type { Html, PageParts, PageView } from '../../kernel/page-view.ts'
import { Refusal } from '../../kernel/refusal.ts'
import { defineRoute, type Route, type RouteRequest } from '../../kernel/route.ts'
import { readAttemptTokens } from '../../login/attempt-cookie.ts'
import { endedPage, type RecoveryLink } from '../../login/attempt-page.ts'
import { LOGIN_REFUSALS } from '../../login/refusals.ts'
import { button } from '../../pages/components/button.ts'
import { form, withQuery } from '../../pages/components/form.ts'
import { icon } from '../../pages/components/icon.ts'
import { exactTime } from '../../pages/components/time.ts'
import { pageCall } from '../../pages/page-route.ts'
import type { Pages } from '../../pages/pages.ts'
import { readCaller } from '../../throttle/device-cookie.ts'
import { findOpenLogin, isRecoverable, type RecoverDeps } from './recover.ts'
import { findRemoval } from './request-removal.ts'
import type { FactorRemoval, FactorRemovalStore } from './store.ts'
import { RECOVERY_TEXTS } from './texts.ts'

/** The page, and the route that its form POSTs to. */
const PATH = '/login/recovery'

/** Renders the link to the page, for the page of an open step. */
export const recoveryLink: RecoveryLink = ({ basePath, locale, kept }, round) => {
  if (!isRecoverable(round)) return null
  return html`<p><a href="${withQuery(`${basePath}${PATH}`, { ...kept })}">${locale.texts(RECOVERY_TEXTS).offer}</a></p>`
}

/** The page on which a user asks for a recovery, sees how long it waits, and completes it. */
export function recoveryPage(deps: RecoverDeps & { readonly pages: Pages }): Route {
  const { pages } = deps
  return defineRoute(pageCall(PATH), {
    summary: 'Page: recover an account without its second factors',
    answers: { 200: 'text/html', 401: 'text/html' },
    async handle(request) {
      const state = await readState(deps, request)
      return pages.showEntry(request, {
        status: state === 'ended' ? 401 : 200,
        content: (view) => (state === 'ended' ? endedPage({ ...view, method: undefined }) : showState(view, state)),
      })
    },
  })
}

async function readState(deps: RecoverDeps, request: RouteRequest): Promise<'ended' | FactorRemoval | null> {
  const caller = readCaller(deps.throttle, 'login', request)
  const login = await findOpenLogin(deps, { tokens: readAttemptTokens(request), caller }).catch((error: unknown) => {
    if (error instanceof Refusal && error.code === LOGIN_REFUSALS.attempt_ended.code) return null
    throw error
  })
  return login === null ? 'ended' : findRemoval(deps, { userId: login.user.id, method: 'all' }, deps.clock())
}

function showState(view: PageView, removal: FactorRemoval | null): PageParts {
  const { basePath, locale, kept, now } = view
  const texts = locale.texts(RECOVERY_TEXTS)
  const below = html`<p><a href="${withQuery(`${basePath}/login/attempt`, { ...kept })}">${texts.back}</a></p>`
  const send = (text: string): Html => form(`${basePath}${PATH}`, button('main', text), { ...kept })
  if (removal === null) return { title: texts.title, lead: texts.lead, body: send(texts.request), below }
  if (removal.availableAt <= now) return { title: texts.title, lead: texts.dueLead, body: send(texts.complete), below }
  const when = html`<p><strong>${texts.availableAt}:</strong> ${exactTime(view, removal.availableAt)}</p>`
  return { title: texts.title, body: html`${when}<p>${texts.waitLead}</p>`, below }
}

/** Returns the section of the page *Security* that shows removals that wait, with a button that cancels them. */
export function recoverySection({ factorRemovals }: { readonly factorRemovals: FactorRemovalStore }): SecuritySection {
  return {
    place: 5,
    async render(request) {
      const { basePath, locale, principal, now } = request
      const texts = locale.texts(RECOVERY_TEXTS)
      const removals = await factorRemovals.list(principal.user.id, now)
      if (removals.length === 0) return null
      const lines = removals.map(({ method, availableAt }) => {
        const why = method === 'all' ? texts.sectionByLogin : texts.sectionByAdministrator
        return html`<p class="sub">${why} ${exactTime(request, availableAt)}</p>`
      })
      const cancel = form(`${basePath}/account/cancel-recovery`, button('danger', texts.cancel, { small: true }))
      return html`<section class="card risk"><div class="card-head"><span class="badge">${icon('warn')}</span><div><h2>${texts.sectionTitle}</h2>${lines}</div>${cancel}</div></section>`
    },
  }
}
