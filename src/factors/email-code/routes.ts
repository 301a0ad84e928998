import { z } from 'zod'
import type { Token } from '../../crypto/token.ts'
import type { CookieFactory } from '../../kernel/cookie.ts'
import { inEqualTime } from '../../kernel/equal-time.ts'
import { invalidMember } from '../../kernel/refusal.ts'
import { type Answer, defineRoute, type Route } from '../../kernel/route.ts'
import { attemptCookie, clearAttemptCookie, readAttemptTokens } from '../../login/attempt-cookie.ts'
import { loginAnswers, toLoginAnswer } from '../../login/login-answer.ts'
import { readTrustedTokens } from '../../login/trusted-cookie.ts'
import { sessionJsonSchema, toSessionJson } from '../../sessions/session-json.ts'
import { readCaller } from '../../throttle/device-cookie.ts'
import { EMAIL_METHOD } from './begin-email-attempt.ts'
import { type ConfirmEmailLoginDeps, confirmEmailLogin } from './confirm-email-login.ts'
import type { EmailAnswer } from './email-secret.ts'
import {
  type ReauthenticateWithEmailDeps,
  reauthenticateWithEmail,
  requestEmailProof,
} from './reauthenticate-with-email.ts'
import { type RequestEmailLoginDeps, requestEmailLogin } from './request-email-login.ts'
import { type EmailAnswerBody, emailCodeCalls } from './wire.ts'

/** Dependencies of the routes of the login by email. */
export interface EmailCodeRouteDeps extends RequestEmailLoginDeps, ConfirmEmailLoginDeps, ReauthenticateWithEmailDeps {
  readonly cookies: CookieFactory
}

const answerSchema: z.ZodType<EmailAnswerBody> = z.strictObject({
  code: z.string('Must be a string.').max(64, 'Must have at most 64 characters.').optional(),
  token: z.string('Must be a string.').max(256, 'Must have at most 256 characters.').optional(),
})

const MARKS = { wrong_code: ['code', 'wrong_code'] } as const
const STEP = { method: EMAIL_METHOD } as const

/** Routes that log a person in with a code or a link from an email. */
export function emailLoginRoutes(deps: EmailCodeRouteDeps): Route[] {
  return [
    defineRoute(emailCodeCalls['POST /login/email'], {
      summary: 'Begin a login with a code or a link from an email; the answer is the same for every address',
      body: z.strictObject({
        email: z.string('Must be a string.').meta({ format: 'email' }),
        remember: z.boolean('Must be true or false.').optional(),
      }),
      answers: { 202: null },
      form: {
        page: '/login/email',
        done: '/login/attempt',
        checkboxes: ['remember'],
        keepsNext: true,
        sendsLink: 'success',
      },
      async handle({ body: { email, remember = false }, ...request }) {
        const caller = readCaller(deps.throttle, 'email_login', request)
        const work = (): Promise<Token> => requestEmailLogin(deps, { email, remember, caller }, request.stamp)
        return asked(deps, await inEqualTime(work))
      },
    }),

    defineRoute(emailCodeCalls['POST /login/email/confirm'], {
      summary: 'Continue a login with the code or the token of an email, in the browser that asked',
      body: answerSchema,
      answers: loginAnswers,
      form: { page: '/login/attempt', done: '/account', query: STEP, marks: MARKS, endsLink: true },
      async handle({ body, principal, ...request }) {
        const caller = readCaller(deps.throttle, 'login', request)
        const input = {
          answer: toEmailAnswer(body),
          tokens: readAttemptTokens(request),
          caller,
          replaces: principal,
          rememberedTokens: readTrustedTokens(request),
        }
        return toLoginAnswer(deps, request, caller, await confirmEmailLogin(deps, input, request.stamp))
      },
    }),
  ]
}

/** Routes that confirm the identity of a user who is logged in with a code or a link from an email. */
export function emailProofRoutes(deps: EmailCodeRouteDeps): Route[] {
  return [
    defineRoute(emailCodeCalls['POST /reauthenticate/email'], {
      summary: 'Send yourself a code and a link that confirm your identity',
      answers: { 202: null },
      form: {
        page: '/reauthenticate',
        done: '/reauthenticate?method=email_code',
        keepsNext: true,
        sendsLink: 'success',
      },
      async handle({ principal, sessionToken, ...request }) {
        const caller = readCaller(deps.throttle, 'email_login', request)
        const prover = { principal, sessionToken: sessionToken(), caller }
        return asked(deps, await requestEmailProof(deps, prover, request.stamp))
      },
    }),

    defineRoute(emailCodeCalls['POST /reauthenticate/email/confirm'], {
      summary:
        'Confirm your identity with the code or the token of an email; the session becomes fresh and keeps its id',
      body: answerSchema,
      answers: { 200: z.object({ session: sessionJsonSchema }) },
      form: {
        page: '/reauthenticate',
        done: '/account/security',
        notice: 'login.proved',
        query: STEP,
        marks: MARKS,
        endsLink: true,
      },
      async handle({ body, principal, sessionToken, ...request }) {
        const caller = readCaller(deps.throttle, 'reauthenticate', request)
        const answer = toEmailAnswer(body)
        const tokens = readAttemptTokens(request)
        const input = { principal, sessionToken: sessionToken(), caller, answer, tokens }
        const issued = await reauthenticateWithEmail(deps, input, request.stamp)
        return {
          status: 200,
          body: { session: toSessionJson(issued.session, issued.session.id) },
          session: issued,
          cookies: clearAttemptCookie(deps.cookies, request),
        }
      },
    }),
  ]
}

/** A browser gets the attempt as a cookie, an app without cookies in a header. */
function asked({ cookies }: EmailCodeRouteDeps, token: string): Answer<null> {
  return { status: 202, attempt: { token, cookie: attemptCookie(cookies, token) } }
}

function toEmailAnswer({ code, token }: EmailAnswerBody): EmailAnswer {
  if (code !== undefined && token === undefined) return { code }
  if (token !== undefined && code === undefined) return { token }
  throw invalidMember('#/code', 'Give either the code or the token.', { code: 'required' })
}
