import { z } from 'zod'
import type { CookieFactory } from '../kernel/cookie.ts'
import { defineRoute, type Route } from '../kernel/route.ts'
import { typedPasswordSchema } from '../passwords/password-schema.ts'
import { completeJsonSchema, sessionJsonSchema, toCompleteJson, toSessionJson } from '../sessions/session-json.ts'
import { deviceCookie, readCaller } from '../throttle/device-cookie.ts'
import { type LogInDeps, logIn } from './log-in.ts'
import { reauthenticate } from './reauthenticate.ts'

/** Routes that log a user in and confirm the identity of a user who is logged in. */
export function loginRoutes(deps: LogInDeps & { readonly cookies: CookieFactory }): Route[] {
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
      answers: { 200: completeJsonSchema },
      refusals: ['invalid_credentials', 'email_not_verified', 'too_many_requests', 'overloaded'],
      form: { page: '/login', done: '/account', checkboxes: ['remember'] },
      async handle({ body: { email, password, remember = false }, principal, ...request }) {
        const caller = readCaller(deps.throttle, 'login', request)
        const input = { email, password, remember, caller, replaces: principal }
        const { issued, deviceUser } = await logIn(deps, input, request.stamp)
        return {
          status: 200,
          body: toCompleteJson(issued),
          session: issued,
          cookies: [deviceCookie(deps, caller, deviceUser)],
        }
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
