import { html } from 'hono/html'
import type { ProofWay, SecuritySection } from '../kernel/feature.ts'
import { enrolledSteps, type SecondFactors, type ShownStep, type StepView } from '../kernel/login-step.ts'
import { parseNextLocation } from '../kernel/next-location.ts'
import type { Html, PageParts } from '../kernel/page-view.ts'
import type { SessionPrincipal } from '../kernel/principal.ts'
import { Refusal } from '../kernel/refusal.ts'
import { defineRoute, type Route } from '../kernel/route.ts'
import { button, buttonLink, divider } from '../pages/components/button.ts'
import { form, withQuery } from '../pages/components/form.ts'
import { icon } from '../pages/components/icon.ts'
import { hiddenUsername, password } from '../pages/components/password.ts'
import { time } from '../pages/components/time.ts'
import { type EntryPage, pageCall } from '../pages/page-route.ts'
import { type Pages, SESSION_ENDED } from '../pages/pages.ts'
import { PAGE_TEXTS } from '../pages/texts.ts'
import type { PasswordStore } from '../passwords/store.ts'
import { codeForm } from './attempt-page.ts'
import { LOGIN_TEXTS } from './texts.ts'

/** Dependencies of the page. */
export interface ReauthenticatePageDeps {
  readonly secondFactors: Pick<SecondFactors, 'proofs'>
  readonly passwords: Pick<PasswordStore, 'findChangedAt'>
  /** Steps that begin a login, such as a code by email. */
  readonly firstSteps: readonly ShownStep[]
  /** Other ways to confirm the identity. */
  readonly proofWays: readonly ProofWay[]
}

/**
 * The page that asks for a proof of identity before a dangerous action, and then continues to `next`: for the password, or for
 * a second factor if the user set one up. A program that opens it
 * gets 405.
 */
export function reauthenticateRoute(pages: Pages, deps: ReauthenticatePageDeps): Route {
  const { basePath } = pages
  return defineRoute(pageCall('/reauthenticate'), {
    summary: 'Page: confirm your identity',
    answers: { 200: 'text/html', 303: null },
    async handle(request) {
      if (!request.wantsHtml()) throw new Refusal('method_not_allowed', { allow: ['POST', 'OPTIONS'] })
      const { principal, query } = request
      const next = parseNextLocation(query.next, pages.origins)
      if (principal === null) {
        const cookies = pages.hadSession(request) ? [pages.leave({ notice: SESSION_ENDED })] : []
        return { status: 303, location: withQuery(`${basePath}/login`, { next }), cookies }
      }
      const enrolled = await enrolledSteps(deps.secondFactors.proofs, principal.user.id)
      const steps = enrolled.filter(({ reauthenticateCall }) => reauthenticateCall !== undefined)
      const email = principal.user.email
      const other = deps.firstSteps.find(({ reauthenticateCall }) => reauthenticateCall !== undefined)
      const step =
        steps.find(({ method }) => method === query.method) ??
        steps[0] ??
        (other?.method === query.method ? other : undefined)
      return pages.showEntry(request, {
        content: (view) =>
          step === undefined
            ? provePage({ ...view, query }, { ...deps, other }, principal)
            : proveStepPage({ ...view, query }, { email, step, others: steps.filter((each) => each !== step) }),
      })
    },
  })
}

async function proveStepPage(
  page: EntryPage,
  { step, email, others }: { readonly step: ShownStep; readonly email: string; readonly others: readonly ShownStep[] },
): Promise<PageParts> {
  const { basePath, locale } = page
  const texts = locale.texts(LOGIN_TEXTS)
  const view: StepView = { ...page, action: `${basePath}${step.reauthenticateCall?.path ?? ''}`, isLogin: false, email }
  return {
    title: step.page?.title(locale) ?? texts.proveTitle,
    lead: step.page?.lead?.(locale, view) ?? texts.step(step.method),
    body: (await step.page?.render(view)) ?? codeForm(view),
    below: html`${others.map((other) => otherProof(page, other))}<p><a href="${basePath}/account">${locale.texts(PAGE_TEXTS).cancel}</a></p>`,
  }
}

function otherProof({ basePath, locale, kept }: EntryPage, { method, page }: ShownStep): Html {
  const label = page?.title(locale) ?? locale.texts(LOGIN_TEXTS).step(method)
  return html`<p><a href="${withQuery(`${basePath}/reauthenticate`, { method, ...kept })}">${label}</a></p>`
}

/** Asks for the password, if the user has one, or for another proof. */
async function provePage(
  page: EntryPage,
  { passwords, proofWays, other }: ReauthenticatePageDeps & { readonly other: ShownStep | undefined },
  { user }: SessionPrincipal,
): Promise<PageParts> {
  const { basePath, locale } = page
  const texts = locale.texts(LOGIN_TEXTS)
  const { or, cancel } = locale.texts(PAGE_TEXTS)
  const hasPassword = (await passwords.findChangedAt(user.id)) !== null
  const ways = await Promise.all(proofWays.map((way) => way.render(page, user)))
  const byEmail = other === undefined ? null : proveByEmail(page)
  const given = [byEmail, ...ways].filter((way) => way !== null)
  const between = hasPassword && given.length > 0 ? divider(or) : ''
  return {
    title: texts.proveTitle,
    lead: hasPassword ? texts.proveLead : texts.proveLeadOther,
    body: html`<p class="lead"><strong>${user.email}</strong></p>${hasPassword ? passwordForm(page, user.email) : ''}${between}${given}`,
    below: html`<p><a href="${basePath}/account">${cancel}</a></p>`,
  }
}

function proveByEmail({ basePath, locale, kept }: EntryPage): Html {
  const ask = button('plain', html`${icon('mail')}<span>${locale.texts(LOGIN_TEXTS).proveByEmail}</span>`)
  return form(`${basePath}/reauthenticate/email`, ask, { ...kept })
}

function passwordForm(page: EntryPage, email: string): Html {
  const { basePath, locale, kept } = page
  const { passwordLabel } = locale.texts(PAGE_TEXTS)
  const body = html`${hiddenUsername(email)}
${password(page, { name: 'password', label: passwordLabel, autocomplete: 'current-password', autofocus: true })}
${button('main', locale.texts(LOGIN_TEXTS).proveButton)}`
  return form(`${basePath}/reauthenticate`, body, { ...kept })
}

/** The section of the security page that says when the user last proved their identity. */
export const PROOF_SECTION: SecuritySection = {
  place: 90,
  async render({ basePath, locale, now, isFresh, principal }) {
    const texts = locale.texts(LOGIN_TEXTS)
    const proveNow = buttonLink(
      'plain',
      withQuery(`${basePath}/reauthenticate`, { next: `${basePath}/account/security` }),
      texts.proveNow,
      { small: true },
    )
    return html`<section class="card"><div class="card-head"><span class="badge">${icon('shield')}</span><div><h2>${texts.lastProof} · ${time({ locale, now }, principal.session.authenticatedAt)}</h2>
<p class="sub">${isFresh ? texts.lastProofFresh : texts.lastProofOld}</p></div>${isFresh ? '' : proveNow}</div></section>`
  },
}
