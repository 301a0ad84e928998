import { z } from 'zod'
import { checkRefusedUser, FIRST_SECURITY_EPOCH } from '../accounts/create-user.ts'
import { nameSchema } from '../accounts/user-name.ts'
import type { CookieFactory } from '../kernel/cookie.ts'
import { defineRoute, type Route } from '../kernel/route.ts'
import { stepRequiredJsonSchema } from '../login/attempt-json.ts'
import { toLoginAnswer } from '../login/login-answer.ts'
import { typedPasswordSchema } from '../passwords/password-schema.ts'
import { completeJsonSchema, toCompleteJson } from '../sessions/session-json.ts'
import { deviceCookies, readCaller } from '../throttle/device-cookie.ts'
import { type RegisterDeps, register } from './register.ts'
import { registrationCalls } from './wire.ts'

/** The route that registers a user. */
export function registrationRoutes(deps: RegisterDeps & { readonly cookies: CookieFactory }): Route[] {
  return [
    defineRoute(registrationCalls['POST /register'], {
      summary: 'Register and log in',
      body: z.strictObject({
        email: z.string('Must be a string.').meta({ format: 'email', maxLength: 254 }),
        password: typedPasswordSchema,
        name: nameSchema.optional(),
        invitation: z.string('Must be a string.').optional(),
      }),
      checkRefused: (members, { stamp }) => checkRefusedUser(deps, members, stamp),
      answers: {
        201: z.union([completeJsonSchema, stepRequiredJsonSchema]),
        202: z.object({ status: z.literal('verification_required') }),
      },
      form: {
        page: '/register',
        done: '/account',
        notice: 'account.welcome',
        keeps: ['invitation'],
        sendsLink: 'success',
      },
      async handle({ body, principal, ...request }) {
        const caller = readCaller(deps.throttle, 'register', request)
        const issued = await register(deps, { ...body, caller, replaces: principal }, request.stamp)
        if (issued === null) {
          return {
            status: 202,
            body: { status: 'verification_required' as const },
            formLocation: '/register',
            notice: { text: 'register.verificationRequired' },
          }
        }
        if ('status' in issued) return { ...toLoginAnswer(deps, request, caller, issued), status: 201 }
        const user = { userId: issued.user.id, securityEpoch: FIRST_SECURITY_EPOCH }
        return {
          status: 201,
          body: toCompleteJson(issued),
          session: issued,
          cookies: deviceCookies(deps, caller, user),
        }
      },
    }),
  ]
}
