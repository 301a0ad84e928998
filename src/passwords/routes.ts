import { z } from 'zod'
import { checkAll } from '../kernel/all-problems.ts'
import type { CookieFactory } from '../kernel/cookie.ts'
import { inEqualTime } from '../kernel/equal-time.ts'
import { defineRoute, type Route } from '../kernel/route.ts'
import { sessionJsonSchema, toSessionJson } from '../sessions/session-json.ts'
import { deviceCookies, readCaller } from '../throttle/device-cookie.ts'
import { takeForgotBudget } from '../throttle/other-tries.ts'
import { type ChangePasswordDeps, changePassword, refuseExisting } from './change-password.ts'
import { type ForgotPasswordDeps, forgotPassword } from './forgot-password.ts'
import { checkNewPassword } from './password.ts'
import { typedPasswordSchema } from './password-schema.ts'
import { type ResetPasswordDeps, resetPassword } from './reset-password.ts'
import { passwordCalls } from './wire.ts'

/** The route that changes the password. */
export function passwordRoutes(deps: ChangePasswordDeps & { readonly cookies: CookieFactory }): Route[] {
  return [
    defineRoute(passwordCalls['POST /password/change'], {
      summary: 'Change your password, or set a first one; all other sessions are revoked',
      body: z.strictObject({ currentPassword: typedPasswordSchema.optional(), newPassword: typedPasswordSchema }),
      checkRefused: async ({ currentPassword, newPassword }, { principal, stamp }) => {
        const { email, name, id: userId } = principal?.user ?? { email: '', name: null, id: null }
        const isMissing = currentPassword === undefined && userId !== null
        await checkAll(
          async () => isMissing && refuseExisting(await deps.passwords.findByUserId(userId)),
          () => checkNewPassword(deps, newPassword, { email, name, userId, pointer: '#/newPassword', stamp }),
        )
      },
      answers: { 200: z.object({ session: sessionJsonSchema }) },
      form: {
        page: '/account/security/password',
        done: '/account/security',
        notice: 'passwords.changed',
        marks: { wrong_password: ['currentPassword', 'wrong_password'] },
      },
      async handle({ principal, sessionToken, body, stamp, ...request }) {
        const caller = readCaller(deps.throttle, 'password_change', { ...request, stamp })
        const changed = await changePassword(deps, { principal, sessionToken: sessionToken(), ...body, caller }, stamp)
        const { issued, securityEpoch } = changed
        const user = { userId: principal.user.id, securityEpoch }
        return {
          status: 200,
          body: { session: toSessionJson(issued.session, issued.session.id) },
          session: issued,
          cookies: deviceCookies(deps, caller, user),
        }
      },
    }),
  ]
}

/** Routes that send a reset link by email and set a new password with it. */
export function passwordResetRoutes(deps: ForgotPasswordDeps & ResetPasswordDeps): Route[] {
  return [
    defineRoute(passwordCalls['POST /password/forgot'], {
      summary: 'Send an email with a link that resets the password; the answer is the same for every address',
      body: z.strictObject({
        email: z.string('Must be a string.').meta({ format: 'email' }),
      }),
      answers: { 202: null },
      form: {
        page: '/password/forgot',
        done: '/password/forgot',
        notice: 'passwords.resetSent',
        keepsNext: true,
        sendsLink: 'success',
      },
      async handle({ body, ...request }) {
        await takeForgotBudget(deps.throttle, readCaller(deps.throttle, 'password_forgot', request))
        await inEqualTime(() => forgotPassword(deps, body.email, request.stamp))
        return { status: 202 }
      },
    }),

    defineRoute(passwordCalls['POST /password/reset'], {
      summary: 'Set a new password with the token of the email; all sessions are revoked',
      body: z.strictObject({
        token: z.string('Must be a string.'),
        password: typedPasswordSchema,
      }),
      checkRefused: ({ password }, { stamp }) =>
        checkNewPassword(deps, password, { email: '', name: null, userId: null, pointer: '#/password', stamp }),
      answers: { 204: null },
      form: {
        page: '/password/reset',
        done: '/login',
        notice: 'passwords.wasReset',
        keeps: ['token'],
        keepsNext: true,
        endsLink: true,
      },
      async handle({ body, ...request }) {
        const caller = readCaller(deps.throttle, 'password_reset', request)
        await resetPassword(deps, { ...body, caller }, request.stamp)
        return { status: 204 }
      },
    }),
  ]
}
