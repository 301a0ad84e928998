import { z } from 'zod'
import type { EmailAddress } from '../kernel/email-address.ts'
import type { UserId } from '../kernel/ids.ts'
import type { SessionPrincipal } from '../kernel/principal.ts'
import { type Answer, defineRoute, type Route, type RouteRequest } from '../kernel/route.ts'
import { checkNewPassword } from '../passwords/password.ts'
import { typedPasswordSchema } from '../passwords/password-schema.ts'
import { requireSecurityEpoch, type SecurityEpochDeps } from '../sessions/security-epoch.ts'
import { readCaller } from '../throttle/device-cookie.ts'
import { takeForgotBudget } from '../throttle/other-tries.ts'
import { type ChangeEmailDeps, requestEmailChange, requireOtherAddress } from './change-email.ts'
import { type ConfirmEmailChangeDeps, confirmEmailChange } from './confirm-email-change.ts'
import { clearRegistrantCookie, isRegistrant, type RegistrantDeps } from './registrant-cookie.ts'
import { requestVerification, type VerificationDeps } from './request-verification.ts'
import { type UndoEmailChangeDeps, undoEmailChange } from './undo-email-change.ts'
import { type VerifyEmailDeps, verifyEmail } from './verify-email.ts'
import { emailCalls } from './wire.ts'

/** Accepts any text, because a malformed token and an unknown token get the same refusal. */
const token = z.string('Must be a string.')

/**
 * Logs the reader of an emailed link in, with the password that they typed on the page of the link. `login/log-in-reader.ts`
 * implements it.
 * @returns null if the login is refused; the link was used anyway.
 */
export type LogInReader = (
  typed: { readonly email: EmailAddress; readonly password: string },
  request: Omit<RouteRequest<unknown, SessionPrincipal | null>, 'body'>,
) => Promise<Answer<never> | null>

/** Dependencies of `emailRoutes`. */
export interface EmailRoutesDeps
  extends VerificationDeps,
    VerifyEmailDeps,
    ChangeEmailDeps,
    ConfirmEmailChangeDeps,
    UndoEmailChangeDeps,
    SecurityEpochDeps,
    RegistrantDeps {
  readonly logInReader: LogInReader
}

const TO_LOGIN = { formLocation: '/login' }

/** Routes that verify and change the email address of an account. */
export function emailRoutes(deps: EmailRoutesDeps): Route[] {
  return [
    defineRoute(emailCalls['POST /email/verify/request'], {
      summary: 'Send an email with a link that verifies your email address',
      answers: { 202: null },
      form: { page: '/account', done: '/account', notice: 'account.verificationSent' },
      async handle({ principal, ...request }) {
        await takeForgotBudget(deps.throttle, readCaller(deps.throttle, 'email_verify_request', request))
        await requestVerification(deps, principal.user, request.stamp)
        return { status: 202 }
      },
    }),

    defineRoute(emailCalls['POST /email/verify'], {
      summary: 'Verify an email address with the token of the email',
      body: z
        .strictObject({
          token,
          password: typedPasswordSchema.optional(),
          newPassword: typedPasswordSchema.optional(),
        })
        .refine(({ password, newPassword }) => password === undefined || newPassword === undefined, {
          path: ['newPassword'],
          message: 'Must not come together with password.',
        }),
      checkRefused: ({ newPassword }, { stamp }) =>
        checkNewPassword(deps, newPassword, { email: '', name: null, userId: null, pointer: '#/newPassword', stamp }),
      answers: { 204: null },
      form: {
        page: '/email/verify',
        done: '/account',
        notice: 'links.verified',
        marks: { wrong_password: ['password', 'wrong_password'] },
        keeps: ['token'],
        endsLink: true,
      },
      async handle({ body, ...request }) {
        const { principal } = request
        const caller = readCaller(deps.throttle, 'email_verify', request)
        const registrant = (userId: UserId): boolean => isRegistrant(deps, request, userId)
        const input = { ...body, principal, isRegistrant: registrant, caller }
        const email = await verifyEmail(deps, input, request.stamp)
        const password = body.password ?? body.newPassword
        const cookies = clearRegistrantCookie(deps, request)
        if (request.form === null) return { status: 204, cookies }
        if (password === undefined) return { status: 204, cookies, ...(principal === null ? TO_LOGIN : {}) }
        // A person who typed the password on the page of the link need not type it again on the login page.
        return (await deps.logInReader({ email, password }, request)) ?? { status: 204, ...TO_LOGIN }
      },
    }),

    defineRoute(emailCalls['POST /email/change'], {
      summary: 'Request another email address; it changes when the emailed link is confirmed',
      body: z.strictObject({ email: z.string('Must be a string.').meta({ format: 'email', maxLength: 254 }) }),
      checkRefused: async ({ email }, { principal }) => {
        if (typeof email === 'string') requireOtherAddress(email, principal?.user.email)
      },
      answers: { 202: null },
      form: { page: '/account/email', done: '/account', notice: 'account.changeSent' },
      async handle({ body, principal: { user, session }, sessionToken, stamp }) {
        const securityEpoch = await requireSecurityEpoch(deps, sessionToken())
        const request = { user, sessionId: session.id, securityEpoch, email: body.email }
        await requestEmailChange(deps, request, stamp)
        return { status: 202 }
      },
    }),

    defineRoute(emailCalls['POST /email/change/confirm'], {
      summary: 'Change the email address with the token of the email',
      body: z.strictObject({ token, password: typedPasswordSchema.optional() }),
      answers: { 204: null },
      form: {
        page: '/email/change/confirm',
        done: '/account',
        notice: 'links.changed',
        keeps: ['token'],
        marks: { wrong_password: ['password', 'wrong_password'] },
      },
      async handle({ body, principal, ...request }) {
        const caller = readCaller(deps.throttle, 'email_change_confirm', request)
        await confirmEmailChange(deps, { ...body, principal, caller }, request.stamp)
        return { status: 204 }
      },
    }),

    defineRoute(emailCalls['POST /email/change/undo'], {
      summary: 'Undo or stop a change of email address with the token of the notice; all sessions are revoked',
      body: z.strictObject({ token }),
      answers: { 204: null },
      form: { page: '/email/change/undo', done: '/login', notice: 'links.undone', keeps: ['token'] },
      async handle({ body, stamp }) {
        await undoEmailChange(deps, body.token, stamp)
        return { status: 204 }
      },
    }),
  ]
}
