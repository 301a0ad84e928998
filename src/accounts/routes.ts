import { z } from 'zod'
import type { AuditStore } from '../audit/store.ts'
import { parseEventId } from '../kernel/ids.ts'
import { Refusal } from '../kernel/refusal.ts'
import { defineRoute, type Route } from '../kernel/route.ts'
import { toUserJson, userJsonSchema } from '../kernel/user-json.ts'
import { typedPasswordSchema } from '../passwords/password-schema.ts'
import type { CookieJar } from '../sessions/session-cookie.ts'
import { completeJsonSchema, toCompleteJson } from '../sessions/session-json.ts'
import { deviceCookie, readAttempt } from '../throttle/device-cookie.ts'
import { type AccountDeps, deleteUser, renameUser } from './change-user.ts'
import { FIRST_SECURITY_EPOCH } from './create-user.ts'
import { type ExportDeps, exportUser, userExportSchema } from './export-user.ts'
import { type RegisterDeps, register } from './register.ts'
import { listUserEvents, MAX_USER_EVENTS, userEventJsonSchema } from './user-events.ts'
import { nameSchema } from './user-name.ts'

/** What the routes of accounts work with. */
export interface AccountRouteDeps extends RegisterDeps, AccountDeps, ExportDeps {
  readonly audit: AuditStore
  readonly jar: CookieJar
}

/** Register; see, rename and delete the own account. */
export function accountRoutes(deps: AccountRouteDeps): Route[] {
  return [
    defineRoute({
      method: 'POST',
      path: '/register',
      summary: 'Make an account and log in',
      access: 'anyone',
      body: z.strictObject({
        email: z.string('Must be a string.').meta({ format: 'email', maxLength: 254 }),
        password: typedPasswordSchema,
        name: nameSchema.optional(),
        invitation: z.string('Must be a string.').optional(),
      }),
      answers: {
        201: completeJsonSchema,
        202: z.object({ status: z.literal('verification_required') }),
      },
      refusals: ['registration_closed', 'email_taken', 'token_invalid', 'too_many_requests', 'overloaded'],
      form: { page: '/register', done: '/account', notice: 'welcome', keeps: ['invitation'] },
      async handle({ body, principal, ...request }) {
        const attempt = readAttempt(deps.throttle, 'register', request)
        const issued = await register(deps, { ...body, attempt, replaces: principal }, request.note)
        if (issued === null) {
          return { status: 202, body: { status: 'verification_required' as const }, notice: 'verification_required' }
        }
        const user = { userId: issued.user.id, securityEpoch: FIRST_SECURITY_EPOCH }
        return {
          status: 201,
          body: toCompleteJson(issued),
          session: issued,
          cookies: [deviceCookie(deps, attempt, user)],
        }
      },
    }),

    defineRoute({
      method: 'GET',
      path: '/user',
      summary: 'The own account',
      access: 'user',
      answers: { 200: z.object({ user: userJsonSchema }) },
      async handle({ principal }) {
        return { status: 200, body: { user: toUserJson(principal.user) } }
      },
    }),

    defineRoute({
      method: 'GET',
      path: '/user/export',
      summary: 'All that is stored about the own account',
      access: 'session',
      answers: { 200: userExportSchema },
      async handle({ principal, note }) {
        const body = await exportUser(deps, principal.user.id, note)
        return { status: 200, body, fileName: 'account.json' }
      },
    }),

    defineRoute({
      method: 'GET',
      path: '/user/events',
      summary: 'What happened to the own account, newest first, at most 100 events',
      access: 'session',
      query: { before: 'The id of an event: those before it. For the next page, the last one of this page.' },
      answers: { 200: z.object({ events: z.array(userEventJsonSchema) }) },
      refusals: ['bad_request'],
      async handle({ principal, query: { before: text } }) {
        const before = text === undefined ? null : parseEventId(text)
        if (before === null && text !== undefined) {
          throw new Refusal('bad_request', { detail: 'The parameter before must be the id of an event.' })
        }
        const events = await listUserEvents(deps.audit, principal.user.id, { before, limit: MAX_USER_EVENTS })
        return { status: 200, body: { events } }
      },
    }),

    defineRoute({
      method: 'PATCH',
      path: '/user',
      summary: 'Change the own name',
      access: 'session',
      body: z.strictObject({ name: nameSchema.nullable() }),
      answers: { 200: z.object({ user: userJsonSchema }) },
      async handle({ principal, body, note }) {
        const user = await renameUser(deps, principal.user.id, body.name, note)
        return { status: 200, body: { user: toUserJson(user) } }
      },
    }),

    defineRoute({
      method: 'DELETE',
      path: '/user',
      summary: 'Delete the own account and all that belongs to it',
      access: 'fresh_session',
      answers: { 204: null },
      async handle({ principal, note }) {
        await deleteUser(deps, principal.user.id, note)
        return { status: 204, cookies: [deps.jar.clear()], clearsSiteData: true }
      },
    }),
  ]
}
