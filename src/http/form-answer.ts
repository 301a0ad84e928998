/*
 * Forms of our own pages. Success and refusal both become a 303 to a page (POST, redirect, GET), so that a reload
 * repeats nothing. A signed cookie that lives one minute contains the message for the page.
 */
import type { Refusal } from '../kernel/refusal.ts'
import type { Answer, FormUse, Route } from '../kernel/route.ts'
import type { Pages } from '../pages/pages.ts'

const MAX_KEPT_VALUE = 254

/** Dependencies of `acceptForm` and `refuseForm`. */
export interface FormAnswerDeps {
  readonly pages: Pages
}

/** Returns the fields of a form as the equivalent JSON body. `next` is not part of the body. */
export function toFormBody(fields: ReadonlyMap<string, string>, { checkboxes = [] }: FormUse): Record<string, unknown> {
  const members = [...fields].filter(([name]) => name !== 'next')
  return Object.fromEntries(members.map(([name, value]) => [name, checkboxes.includes(name) ? value === 'on' : value]))
}

/** Answers a successful form: redirects to `next`, or to the page that follows the form. */
export function acceptForm(deps: FormAnswerDeps, answer: Answer, form: FormUse, next: string | null): Answer {
  const { basePath } = deps.pages
  const { status: _, body: __, formLocation, ...kept } = answer
  if (formLocation !== undefined) {
    const query = toQuery(next === null ? {} : { next })
    return { ...kept, status: 303, location: `${basePath}${formLocation}${query}`, text: explain('accepted') }
  }
  const notice = answer.notice ?? form.notice
  const flash = notice === undefined || next !== null ? [] : [deps.pages.leave({ notice })]
  return {
    ...kept,
    status: 303,
    location: answer.location ?? next ?? `${basePath}${form.done}`,
    cookies: [...(answer.cookies ?? []), ...flash],
    text: explain('accepted'),
  }
}

/** The parts of a refused form that its refusal needs. */
export interface RefusedForm {
  readonly route: Route & { readonly form: FormUse }
  readonly fields: ReadonlyMap<string, string>
  readonly next: string | null
}

/** Answers a refused form: redirects to the form, or to the login page without a session. */
export function refuseForm(deps: FormAnswerDeps, refusal: Refusal, { route, fields, next }: RefusedForm): Answer {
  const page = refusal.code === 'unauthenticated' ? '/login' : route.form.page
  const values = pick(fields, ['email', 'name'])
  const kept = page === route.form.page ? pick(fields, route.form.keeps ?? []) : {}
  const { code, detail, errors = [] } = refusal
  return {
    status: 303,
    location: `${deps.pages.basePath}${page}${toQuery({ ...kept, ...(next === null ? {} : { next }) })}`,
    cookies: [deps.pages.leave({ problem: { code, detail, errors: errors.slice(0, 5) }, values })],
    text: explain(`refused (${code})`),
  }
}

/**
 * Returns the body of the redirect. Browsers follow the redirect and never show it. It is for people who forgot the media
 * type: `curl -d` sends a form if it is not told otherwise.
 */
function explain(outcome: string): Required<Answer>['text'] {
  const content =
    `The request was ${outcome}. It came as an HTML form (Content-Type: application/x-www-form-urlencoded), so the answer ` +
    'redirects a browser to a page. For an answer in JSON, send JSON with the header "Content-Type: application/json".\n'
  return { type: 'text/plain; charset=utf-8', content }
}

function pick(fields: ReadonlyMap<string, string>, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = fields.get(name)
      return value === undefined || value.length > MAX_KEPT_VALUE ? [] : [[name, value.toWellFormed()]]
    }),
  )
}

function toQuery(values: Readonly<Record<string, string>>): string {
  const query = new URLSearchParams(values).toString()
  return query === '' ? '' : `?${query}`
}
