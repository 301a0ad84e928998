/*
 * Forms of our own pages: success and refusal both become a 303 to a page (POST, redirect, GET), so that a reload
 * repeats nothing. What the page has to say travels in a signed cookie of one minute.
 */
import type { Refusal } from '../kernel/refusal.ts'
import type { Answer, FormUse, Route } from '../kernel/route.ts'
import type { Pages } from '../pages/pages.ts'

const MAX_KEPT_VALUE = 254

/** Dependencies of answers to forms. */
export interface FormAnswerDeps {
  readonly pages: Pages
}

/** A form's fields as the JSON body that they stand for. `next` is not of the body. */
export function toFormBody(fields: ReadonlyMap<string, string>, { checkboxes = [] }: FormUse): Record<string, unknown> {
  const members = [...fields].filter(([name]) => name !== 'next')
  return Object.fromEntries(members.map(([name, value]) => [name, checkboxes.includes(name) ? value === 'on' : value]))
}

/** Success: redirects to `next`, or to where the form leads. */
export function acceptForm(deps: FormAnswerDeps, answer: Answer, form: FormUse, next: string | null): Answer {
  const { basePath } = deps.pages
  const { status: _, body: __, formLocation, ...kept } = answer
  if (formLocation !== undefined) {
    const query = toQuery(next === null ? {} : { next })
    return { ...kept, status: 303, location: `${basePath}${formLocation}${query}` }
  }
  const notice = answer.notice ?? form.notice
  const flash = notice === undefined || next !== null ? [] : [deps.pages.leave({ notice })]
  return {
    ...kept,
    status: 303,
    location: answer.location ?? next ?? `${basePath}${form.done}`,
    cookies: [...(answer.cookies ?? []), ...flash],
  }
}

/** What of a form a refusal keeps. */
export interface RefusedForm {
  readonly route: Route & { readonly form: FormUse }
  readonly fields: ReadonlyMap<string, string>
  readonly next: string | null
}

/** Refusal: back to the form, or to the login page when nobody is logged in any more. */
export function refuseForm(deps: FormAnswerDeps, refusal: Refusal, { route, fields, next }: RefusedForm): Answer {
  const page = refusal.code === 'unauthenticated' ? '/login' : route.form.page
  const values = pick(fields, ['email', 'name'])
  const kept = page === route.form.page ? pick(fields, route.form.keeps ?? []) : {}
  const { code, detail, errors = [] } = refusal
  return {
    status: 303,
    location: `${deps.pages.basePath}${page}${toQuery({ ...kept, ...(next === null ? {} : { next }) })}`,
    cookies: [deps.pages.leave({ problem: { code, detail, errors: errors.slice(0, 5) }, values })],
  }
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
