import { z } from 'zod'
import { defineRoute, type Route } from '../kernel/route.ts'
import { type CookieJar, sessionCookie } from '../sessions/session-cookie.ts'
import { sessionJsonSchema, toSessionJson } from '../sessions/session-json.ts'
import type { SessionSettings } from '../sessions/settings.ts'
import { readAttempt } from '../throttle/device-cookie.ts'
import { type ChangePasswordDeps, changePassword } from './change-password.ts'
import { typedPasswordSchema } from './password-schema.ts'

/** Change the password. */
export function passwordRoutes(
  deps: ChangePasswordDeps & { readonly jar: CookieJar; readonly settings: SessionSettings },
): Route[] {
  return [
    defineRoute({
      method: 'POST',
      path: '/password/change',
      summary: 'Change the own password; all other sessions end',
      access: 'session',
      body: z.strictObject({ currentPassword: typedPasswordSchema, newPassword: typedPasswordSchema }),
      answers: { 200: z.object({ session: sessionJsonSchema }) },
      refusals: ['wrong_password', 'too_many_requests', 'overloaded'],
      form: { page: '/account', done: '/account', notice: 'password_changed' },
      async handle({ principal, sessionToken, body, note, ...request }) {
        const attempt = readAttempt(deps.throttle, 'password_change', { ...request, note })
        const issued = await changePassword(deps, { principal, sessionToken, ...body, attempt }, note)
        return {
          status: 200,
          body: { session: toSessionJson(issued.session, issued.session.id) },
          cookies: [sessionCookie(deps.jar, deps.settings, issued)],
        }
      },
    }),
  ]
}
