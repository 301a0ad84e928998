import { z } from 'zod'
import type { CookieFactory } from '../kernel/cookie.ts'
import type { LoginStep } from '../kernel/login-step.ts'
import { type Answer, defineRoute, type Route, type RouteRequest } from '../kernel/route.ts'
import type { CompleteJson, StepRequiredJson } from '../kernel/wire.ts'
import { typedPasswordSchema } from '../passwords/password-schema.ts'
import { completeJsonSchema, sessionJsonSchema, toCompleteJson, toSessionJson } from '../sessions/session-json.ts'
import { deviceCookie, readCaller } from '../throttle/device-cookie.ts'
import type { Caller } from '../throttle/throttle.ts'
import { attemptCookie, clearAttemptCookie, readAttemptToken } from './attempt-cookie.ts'
import { attemptJsonSchema, stepRequiredJsonSchema, toAttemptJson, toStepRequiredJson } from './attempt-json.ts'
import { type ContinueLoginDeps, continueLogin } from './continue-login.ts'
import { findAttempt } from './find-attempt.ts'
import type { LoginOutcome } from './finish-login.ts'
import { type LogInDeps, logIn } from './log-in.ts'
import { reauthenticate } from './reauthenticate.ts'

/** Dependencies of the login routes. */
export interface LoginRouteDeps extends LogInDeps, ContinueLoginDeps {
  readonly cookies: CookieFactory
}

const loginAnswers = { 200: z.union([completeJsonSchema, stepRequiredJsonSchema]) }

/** Routes that log a user in and confirm the identity of a user who is logged in. */
export function loginRoutes(deps: LoginRouteDeps): Route[] {
  return [
    defineRoute({
      method: 'POST',
      path: '/login',
      summary: 'Log in and start a session',
      access: 'anyone',
      body: z.strictObject({
        email: z.string('Must be a string.').meta({ format: 'email' }),
        password: typedPasswordSchema,
        remember: z.boolean('Must be true or false.').optional(),
      }),
      answers: loginAnswers,
      refusals: ['invalid_credentials', 'email_not_verified', 'too_many_requests', 'overloaded'],
      form: { page: '/login', done: '/account', checkboxes: ['remember'] },
      async handle({ body: { email, password, remember = false }, principal, ...request }) {
        const caller = readCaller(deps.throttle, 'login', request)
        const input = { email, password, remember, caller, replaces: principal }
        return toAnswer(deps, request, caller, await logIn(deps, input, request.stamp))
      },
    }),

    ...deps.steps.map((step) => stepRoute(deps, step)),

    defineRoute({
      method: 'GET',
      path: '/login/attempt',
      summary: 'The open steps of the login in progress',
      access: 'anyone',
      answers: { 200: attemptJsonSchema },
      refusals: ['attempt_ended'],
      async handle(request) {
        const caller = readCaller(deps.throttle, 'login', request)
        const attempt = await findAttempt(deps, readAttemptToken(request), caller)
        return { status: 200, body: toAttemptJson(attempt) }
      },
    }),

    defineRoute({
      method: 'POST',
      path: '/reauthenticate',
      summary: 'Confirm your identity; the session becomes fresh and keeps its id',
      access: 'session',
      body: z.strictObject({ password: typedPasswordSchema }),
      answers: { 200: z.object({ session: sessionJsonSchema }) },
      refusals: ['wrong_password', 'too_many_requests', 'overloaded'],
      form: { page: '/account', done: '/account', notice: 'reauthenticated' },
      async handle({ principal, sessionToken, body: { password }, ...request }) {
        const caller = readCaller(deps.throttle, 'reauthenticate', request)
        const issued = await reauthenticate(deps, { principal, sessionToken, password, caller }, request.stamp)
        return {
          status: 200,
          body: { session: toSessionJson(issued.session, issued.session.id) },
          session: issued,
        }
      },
    }),
  ]
}

/** The route that takes the answer to a step. It is the same for every step. */
function stepRoute(deps: LoginRouteDeps, step: LoginStep): Route {
  return defineRoute({
    method: 'POST',
    path: step.path,
    summary: step.summary,
    access: 'anyone',
    body: step.body,
    answers: loginAnswers,
    refusals: ['attempt_ended', 'wrong_code', 'too_many_requests'],
    form: { page: '/login/attempt', done: '/account' },
    async handle({ body: answer, principal, ...request }) {
      const caller = readCaller(deps.throttle, 'login', request)
      const input = { step, answer, token: readAttemptToken(request), caller, replaces: principal }
      return toAnswer(deps, request, caller, await continueLogin(deps, input, request.stamp))
    },
  })
}

/** A login that is complete sets the session and the device cookie; one that asks for more sets the attempt cookie. */
function toAnswer(
  { cookies, throttle }: LoginRouteDeps,
  { cookie }: Pick<RouteRequest, 'cookie'>,
  caller: Caller,
  outcome: LoginOutcome,
): Answer<CompleteJson | StepRequiredJson> {
  if (outcome.status === 'step_required') {
    const { token } = outcome
    return {
      status: 200,
      body: toStepRequiredJson(outcome),
      formLocation: '/login/attempt',
      ...(token === null ? {} : { attempt: { token, cookie: attemptCookie(cookies, token) } }),
    }
  }
  const { issued, deviceUser } = outcome
  return {
    status: 200,
    body: toCompleteJson(issued),
    session: issued,
    cookies: [deviceCookie({ cookies, throttle }, caller, deviceUser), ...clearAttemptCookie(cookies, cookie)],
  }
}
