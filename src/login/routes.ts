import { z } from 'zod'
import type { CookieFactory } from '../kernel/cookie.ts'
import type { LoginStep, ShownStep } from '../kernel/login-step.ts'
import { Refusal } from '../kernel/refusal.ts'
import { type Answer, defineRoute, type Route, type RouteRequest } from '../kernel/route.ts'
import type { Pages } from '../pages/pages.ts'
import { typedPasswordSchema } from '../passwords/password-schema.ts'
import { sessionJsonSchema, toSessionJson } from '../sessions/session-json.ts'
import { readCaller } from '../throttle/device-cookie.ts'
import { readAttemptTokens } from './attempt-cookie.ts'
import { attemptJsonSchema, toAttemptJson } from './attempt-json.ts'
import { attemptPage, endedPage, type RecoveryLink } from './attempt-page.ts'
import { type ContinueLoginDeps, continueLogin } from './continue-login.ts'
import { findAttempt } from './find-attempt.ts'
import { type LogInDeps, logIn } from './log-in.ts'
import { loginAnswers, rememberDevice, toLoginAnswer } from './login-answer.ts'
import { reauthenticate } from './reauthenticate.ts'
import { reauthenticateWithStep } from './reauthenticate-with-step.ts'
import { LOGIN_REFUSALS } from './refusals.ts'
import type { LoginAttemptRecord } from './store.ts'
import { readTrustedTokens } from './trusted-cookie.ts'
import { loginCalls } from './wire.ts'

/** Dependencies of the login routes. */
export interface LoginRouteDeps extends LogInDeps, ContinueLoginDeps {
  readonly cookies: CookieFactory
  readonly pages: Pages
  /** Steps that begin a login, besides the password. */
  readonly firstSteps: readonly ShownStep[]
  /** Renders the link for users who lost every second factor. Null: recovery is off. */
  readonly recoveryLink: RecoveryLink | null
}

/** Routes that log a user in and confirm the identity of a user who is logged in. */
export function loginRoutes(deps: LoginRouteDeps): Route[] {
  return [
    defineRoute(loginCalls['POST /login'], {
      summary: 'Log in and start a session',
      body: z.strictObject({
        email: z.string('Must be a string.').meta({ format: 'email' }),
        password: typedPasswordSchema,
        remember: z.boolean('Must be true or false.').optional(),
      }),
      answers: loginAnswers,
      form: {
        page: '/login',
        done: '/account',
        checkboxes: ['remember'],
        sendsLink: LOGIN_REFUSALS.email_not_verified.code,
        marks: { invalid_credentials: ['password', 'type_again'] },
      },
      async handle({ body: { email, password, remember = false }, principal, ...request }) {
        const caller = readCaller(deps.throttle, 'login', request)
        const rememberedTokens = readTrustedTokens(request)
        const input = { email, password, remember, caller, replaces: principal, rememberedTokens }
        return toLoginAnswer(deps, request, caller, await logIn(deps, input, request.stamp))
      },
    }),

    ...deps.secondFactors.steps
      .filter(({ hasOwnRoutes = false }) => !hasOwnRoutes)
      .flatMap((step) => [stepRoute(deps, step), ...reauthenticateRoutes(deps, step)]),

    defineRoute(loginCalls['GET /login/attempt'], {
      summary: 'List the open steps of the login in progress',
      answers: { 200: attemptJsonSchema },
      async handle(request) {
        const find = (): Promise<LoginAttemptRecord> =>
          findAttempt(deps, readAttemptTokens(request), readCaller(deps.throttle, 'login', request))
        if (request.wantsHtml()) return showAttempt(deps, request, find)
        return { status: 200, body: toAttemptJson(await find()) }
      },
    }),

    defineRoute(loginCalls['POST /reauthenticate'], {
      summary: 'Confirm your identity; the session becomes fresh and keeps its id',
      body: z.strictObject({ password: typedPasswordSchema }),
      answers: { 200: z.object({ session: sessionJsonSchema }) },
      form: {
        page: '/reauthenticate',
        done: '/account/security',
        notice: 'login.proved',
        marks: { wrong_password: ['password', 'wrong_password'] },
      },
      async handle({ principal, sessionToken, body: { password }, ...request }) {
        const caller = readCaller(deps.throttle, 'reauthenticate', request)
        const issued = await reauthenticate(
          deps,
          { principal, sessionToken: sessionToken(), password, caller },
          request.stamp,
        )
        return {
          status: 200,
          body: { session: toSessionJson(issued.session, issued.session.id) },
          session: issued,
        }
      },
    }),
  ]
}

/** Answers a browser with the page of the open step, or with a page that says that the login has ended. */
async function showAttempt(
  { pages, secondFactors, firstSteps, recoveryLink }: LoginRouteDeps,
  request: RouteRequest,
  find: () => Promise<LoginAttemptRecord>,
): Promise<Answer<never>> {
  const { method } = request.query
  const attempt = await find().catch(nullIfEnded)
  return pages.showEntry(request, {
    status: attempt === null ? 401 : 200,
    content: (view) => {
      const page = { ...view, method }
      const steps = [...secondFactors.steps, ...firstSteps]
      return attempt === null ? endedPage(page) : attemptPage(page, attempt, { steps, recoveryLink })
    },
  })
}

function nullIfEnded(error: unknown): null {
  if (error instanceof Refusal && error.code === LOGIN_REFUSALS.attempt_ended.code) return null
  throw error
}

/** Builds the route that takes the answer to a step. It is the same for every step. */
function stepRoute(deps: LoginRouteDeps, step: LoginStep): Route {
  return defineRoute(step.call, {
    summary: `Continue a login with ${step.summary}`,
    body: step.body,
    answers: loginAnswers,
    form: {
      page: '/login/attempt',
      done: '/account',
      query: { method: step.method },
      checkboxes: ['rememberDevice'],
      marks: { wrong_code: ['code', 'wrong_code'] },
    },
    async handle({ body: answer, principal, ...request }) {
      const caller = readCaller(deps.throttle, 'login', request)
      const input = { step, answer, tokens: readAttemptTokens(request), caller, replaces: principal }
      const outcome = await continueLogin(deps, input, request.stamp)
      const trusted = answer.rememberDevice === true ? await rememberDevice(deps, request, outcome) : []
      const { cookies = [], ...rest } = toLoginAnswer(deps, request, caller, outcome)
      return { ...rest, cookies: [...cookies, ...trusted] }
    },
  })
}

/** Builds the route that confirms the identity of a user with a step, if the step can do that. */
function reauthenticateRoutes(deps: LoginRouteDeps, step: LoginStep): Route[] {
  if (step.reauthenticateCall === undefined) return []
  const route = defineRoute(step.reauthenticateCall, {
    summary: `Confirm your identity with ${step.summary}; the session becomes fresh and keeps its id`,
    body: step.body,
    answers: { 200: z.object({ session: sessionJsonSchema }) },
    form: {
      page: '/reauthenticate',
      done: '/account/security',
      notice: 'login.proved',
      query: { method: step.method },
      marks: { wrong_code: ['code', 'wrong_code'] },
    },
    async handle({ principal, sessionToken, body: answer, ...request }) {
      const caller = readCaller(deps.throttle, 'reauthenticate', request)
      const input = { step, answer, principal, sessionToken: sessionToken(), caller }
      const issued = await reauthenticateWithStep(deps, input, request.stamp)
      return { status: 200, body: { session: toSessionJson(issued.session, issued.session.id) }, session: issued }
    },
  })
  return [route]
}
