/*
 * Forms of our own pages. Success and refusal both become a 303 to a page (POST, redirect, GET), so that a reload
 * repeats nothing. A sealed cookie contains the message for the page.
 */
import { type Clock, SECOND_MS } from '../kernel/clock.ts'
import type { FlashError, FlashProblem } from '../kernel/flash.ts'
import type { Kept } from '../kernel/page-view.ts'
import type { DescribedFieldError, Refusal } from '../kernel/refusal.ts'
import type { Answer, FormUse, Route } from '../kernel/route.ts'
import { type PageRequest, type Pages, SESSION_ENDED } from '../pages/pages.ts'
import { KEPT_NOTHING } from '../pages/return-cookie.ts'

const MAX_KEPT_VALUE = 254
/** The message is a cookie, which browsers keep up to 4,096 bytes. */
const MAX_KEPT_VALUES = 10
/** Fields that no page fills in again. */
const NEVER_KEPT = /password|token|code|credential|invitation/i
const MAX_ERRORS = 5

/** Dependencies of `acceptForm` and `refuseForm`. */
export interface FormAnswerDeps {
  readonly pages: Pages
  readonly clock: Clock
}

/** Fields that a form passes on to the next page. They are no part of the body, unless the form has a checkbox of the name. */
const PASSED_ON: readonly string[] = ['next', 'remember'] satisfies (keyof Kept)[]

/** Returns the fields of a form as the equivalent JSON body. */
export function toFormBody(fields: ReadonlyMap<string, string>, { checkboxes = [] }: FormUse): Record<string, unknown> {
  const members = [...fields].filter(([name]) => checkboxes.includes(name) || !PASSED_ON.includes(name))
  return Object.fromEntries(members.map(([name, value]) => [name, checkboxes.includes(name) ? value === 'on' : value]))
}

/** Answers a successful form: redirects to `next`, or to the page that follows the form. */
export function acceptForm(deps: FormAnswerDeps, answer: Answer, form: FormUse, sent: SentForm): Answer {
  const { fields, next } = sent
  const { basePath } = deps.pages
  const { status: _, body: __, formLocation, secret, ...kept } = answer
  const notice = answer.notice ?? (form.notice === undefined ? undefined : { text: form.notice })
  const passedOn = keptOf(sent)
  // A page of ours keeps `next` for its links; any other form ends there.
  const page = formLocation ?? (form.keepsNext === true ? form.done : null)
  const location = page === null ? (next ?? `${basePath}${form.done}`) : `${basePath}${withKept(page, passedOn)}`
  const isOurs = page !== null || next === null || next.startsWith(`${basePath}/`)
  const flash = { notice, values: keptValues(fields), secret }
  return {
    ...kept,
    status: 303,
    location: answer.location ?? location,
    cookies: [
      ...(answer.cookies ?? []),
      ...((notice ?? secret) === undefined || !isOurs ? [] : [deps.pages.leave(flash)]),
      ...(form.sendsLink === 'success' && answer.session === undefined
        ? deps.pages.keepWay(sent.request, passedOn)
        : []),
      ...(form.endsLink === true ? deps.pages.keepWay(sent.request, KEPT_NOTHING) : []),
    ],
    text: explain('accepted'),
  }
}

/** A form that was sent. */
export interface SentForm {
  readonly fields: ReadonlyMap<string, string>
  readonly next: string | null
  readonly request: Pick<PageRequest, 'cookies'>
}

/** A refused form, and its route. */
export interface RefusedForm extends SentForm {
  readonly route: Route & { readonly form: FormUse }
}

/** Returns what a form passes on. */
export function keptOf({ fields, next }: Pick<SentForm, 'fields' | 'next'>): Kept {
  return { next, remember: fields.get('remember') === 'on' ? 'on' : null }
}

/**
 * Answers a refused form: redirects to the form, whose first wrong field is the anchor; without a session to the login, and
 * without a recent proof of identity to the page that asks for one. Both return to the page of the form.
 */
export function refuseForm(deps: FormAnswerDeps, refusal: Refusal, refused: RefusedForm): Answer {
  const { basePath } = deps.pages
  const { form } = refused.route
  const kept = { ...form.query, ...pick(refused.fields, form.keeps ?? []) }
  const detour = DETOURS[refusal.code]
  if (detour !== undefined) {
    const next = refused.next ?? `${basePath}${form.page}${toQuery(kept)}`
    const cookies = refusal.code === 'unauthenticated' ? [deps.pages.leave({ notice: SESSION_ENDED })] : []
    return {
      status: 303,
      location: `${basePath}${detour}${toQuery({ next })}`,
      cookies,
      text: explain(`refused (${refusal.code})`),
    }
  }
  const problem = toFlashProblem(refusal, form, deps.clock())
  const anchor = problem.errors.find(({ field }) => field !== '')?.field
  const passedOn = keptOf(refused)
  const page = withKept(`${form.page}${toQuery(kept)}`, passedOn)
  return {
    status: 303,
    location: `${basePath}${page}${anchor === undefined ? '' : `#${encodeURIComponent(anchor)}`}`,
    cookies: [
      deps.pages.leave({ problem, values: keptValues(refused.fields) }),
      ...(form.sendsLink === refusal.code ? deps.pages.keepWay(refused.request, passedOn) : []),
    ],
    text: explain(`refused (${refusal.code})`),
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

/** Pages that a refusal leads to instead of the page of the form. */
const DETOURS: Readonly<Record<string, string>> = {
  unauthenticated: '/login',
  reauthentication_required: '/reauthenticate',
}

function toFlashProblem(
  { code, errors = [], retryAfterSeconds }: Refusal,
  { marks = {} }: FormUse,
  now: number,
): FlashProblem {
  const mark = marks[code]
  const marked = mark === undefined ? [] : [{ field: mark[0], code: mark[1] }]
  const retryAt = retryAfterSeconds === undefined ? {} : { retryAt: now + retryAfterSeconds * SECOND_MS }
  return { code, errors: [...errors.slice(0, MAX_ERRORS).map(toFlashError), ...marked], ...retryAt }
}

function toFlashError({ pointer, problem }: DescribedFieldError): FlashError {
  // Without a problem, it is a member that the form does not have.
  if (problem === undefined) return { field: '', code: 'invalid' }
  const { code, values } = problem
  return { field: fieldOf(pointer), code, ...(values === undefined ? {} : { values }) }
}

/** Returns the field of a JSON pointer: its first step, if it could be the name of a field. */
function fieldOf(pointer: string): string {
  return /^#\/([\w:.-]{1,64})/.exec(pointer)?.[1] ?? ''
}

/** Returns what the person typed or chose, without secrets. */
function keptValues(fields: ReadonlyMap<string, string>): Record<string, string> {
  const names = [...fields.keys()].filter((name) => !NEVER_KEPT.test(name) && !PASSED_ON.includes(name))
  return pick(fields, names.slice(0, MAX_KEPT_VALUES))
}

function pick(fields: ReadonlyMap<string, string>, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = fields.get(name)
      return value === undefined || value.length > MAX_KEPT_VALUE ? [] : [[name, value.toWellFormed()]]
    }),
  )
}

/** Adds what the form passes on to the query of a page. */
function withKept(page: string, { next, remember }: Kept): string {
  const query = toQuery({ ...(next === null ? {} : { next }), ...(remember === null ? {} : { remember }) })
  return `${page}${page.includes('?') ? query.replace('?', '&') : query}`
}

function toQuery(values: Readonly<Record<string, string>>): string {
  const query = new URLSearchParams(values).toString()
  return query === '' ? '' : `?${query}`
}
