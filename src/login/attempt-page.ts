import { html } from 'hono/html'
import type { ShownStep, StepView } from '../kernel/login-step.ts'
import type { Html, PageParts, PageView } from '../kernel/page-view.ts'
import type { Method } from '../kernel/principal.ts'
import { button, buttonLink } from '../pages/components/button.ts'
import { field } from '../pages/components/field.ts'
import { form, withQuery } from '../pages/components/form.ts'
import { toEnrolment } from './login-attempt.ts'
import type { LoginAttemptRecord } from './store.ts'
import { LOGIN_TEXTS } from './texts.ts'

/** The request for the page of an open step. */
export interface AttemptPage extends PageView {
  /** The step that the reader chose, by its method. */
  readonly method: string | undefined
}

/** Renders a link for users who lost every second factor; null if the open round does not ask for one. */
export type RecoveryLink = (page: AttemptPage, round: readonly Method[]) => Html | null

/**
 * Renders the page of the open step of a login: the form of one step, and links to the other steps of the round. A step
 * without a page of its own gets a field for a code.
 */
export async function attemptPage(
  page: AttemptPage,
  attempt: LoginAttemptRecord,
  { steps, recoveryLink }: { readonly steps: readonly ShownStep[]; readonly recoveryLink: RecoveryLink | null },
): Promise<PageParts> {
  const { basePath, locale, kept, now } = page
  const texts = locale.texts(LOGIN_TEXTS)
  const round = attempt.openRounds[0] ?? []
  const open = [...steps.filter(({ method }) => round.includes(method)), ...enrolments(steps, round)]
  const step = open.find(({ method }) => method === page.method) ?? open[0]
  if (step === undefined) return endedPage(page)
  const view: StepView = { ...page, action: `${basePath}${step.call.path}`, isLogin: true, email: attempt.email }
  const others = open.filter((each) => each !== step)
  return {
    title: step.page?.title(locale) ?? texts.stepTitle,
    lead: step.page?.lead?.(locale, view) ?? texts.stepLead,
    body: html`${(await step.page?.render(view)) ?? codeForm(view)}
${others.length === 0 ? '' : html`<nav class="below" aria-label="${texts.otherSteps}">${others.map((other) => stepLink(page, other))}</nav>`}`,
    below: html`${recoveryLink?.(page, round) ?? ''}<p class="soft">${texts.stepExpires(locale.duration(attempt.expiresAt - now))}</p>
<p><a href="${withQuery(`${basePath}/login`, { ...kept })}">${texts.startAgain}</a></p>`,
  }
}

/** Returns the steps that the user may set up in this round, with the pages that do that. */
function enrolments(steps: readonly ShownStep[], round: readonly string[]): ShownStep[] {
  return round.flatMap((word) =>
    steps.flatMap(({ page, ...step }) =>
      page?.enrolment !== undefined && word === toEnrolment(step.method) ? [{ ...step, page: page.enrolment }] : [],
    ),
  )
}

/** Parts of a form for a code. */
interface CodeFormParts {
  /** What follows the field. Default: nothing. */
  readonly extra?: Html | undefined
  /** True: the code has letters, so a phone shows the whole keyboard. Default false. */
  readonly hasLetters?: boolean
}

/** Renders a form with one field for a code. Steps use it for their own pages. */
export function codeForm(view: StepView, { extra, hasLetters = false }: CodeFormParts = {}): Html {
  const texts = view.locale.texts(LOGIN_TEXTS)
  const body = html`${field(view, {
    name: 'code',
    label: texts.code,
    type: 'text',
    autocomplete: 'one-time-code',
    ...(hasLetters ? {} : { inputMode: 'numeric' }),
    autofocus: true,
  })}
${extra ?? ''}
${button('main', texts.proveButton)}`
  return form(view.action, body, { ...view.kept })
}

/** Renders the page of a login that has ended. */
export function endedPage({ basePath, locale, kept }: AttemptPage): PageParts {
  const texts = locale.texts(LOGIN_TEXTS)
  const again = buttonLink('main', withQuery(`${basePath}/login`, { ...kept }), texts.startAgain)
  return { title: texts.endedTitle, lead: texts.endedLead, body: again }
}

function stepLink({ basePath, locale, kept }: AttemptPage, { method, page }: ShownStep): Html {
  const label = page?.title(locale) ?? locale.texts(LOGIN_TEXTS).step(method)
  return html`<p><a href="${withQuery(`${basePath}/login/attempt`, { method, ...kept })}">${label}</a></p>`
}
