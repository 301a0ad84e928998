import { z } from 'zod'
import type { CookieFactory } from '../kernel/cookie.ts'
import { defineCall, json } from '../kernel/define-calls.ts'
import { parseEmailAddress } from '../kernel/email-address.ts'
import type { SessionPrincipal, User } from '../kernel/principal.ts'
import { invalidMember } from '../kernel/refusal.ts'
import { defineRoute, HEAD_ANSWER, type Route, type RouteRequest } from '../kernel/route.ts'
import { toUserJson, userJsonSchema } from '../kernel/user-json.ts'
import { readCaller } from '../throttle/device-cookie.ts'
import { takeChangeBudget } from '../throttle/other-tries.ts'
import type { Throttle } from '../throttle/throttle.ts'
import { type DeleteUserDeps, deleteUser } from './delete-user.ts'
import { type ExportDeps, exportUser, userExportSchema } from './export-user.ts'
import { cancelEmailChange, type PendingChangeDeps } from './pending-change.ts'
import { type RenameUserDeps, renameUser } from './rename-user.ts'
import { nameSchema } from './user-name.ts'
import { accountCalls } from './wire.ts'

/** Dependencies of the routes of accounts. */
export interface AccountRouteDeps extends RenameUserDeps, DeleteUserDeps, ExportDeps, PendingChangeDeps {
  readonly cookies: CookieFactory
  readonly throttle: Throttle
}

/** See, rename and delete your account. */
export function accountRoutes(deps: AccountRouteDeps): Route[] {
  return [
    defineRoute(accountCalls['GET /user'], {
      summary: 'Your account',
      answers: { 200: z.object({ user: userJsonSchema }) },
      async handle({ principal }) {
        return { status: 200, body: { user: toUserJson(principal.user) } }
      },
    }),

    defineRoute(accountCalls['GET /user/export'], {
      summary: 'Everything that is stored about your account',
      answers: { 200: userExportSchema(deps.exportParts) },
      refusesOtherOrigins: true,
      async handle(request) {
        if (request.isHead) return HEAD_ANSWER
        const caller = readCaller(deps.throttle, 'user_export', request)
        const stream = await exportUser(deps, request.principal.user.id, caller)
        return { status: 200, stream, fileName: 'account.json' }
      },
    }),

    defineRoute(accountCalls['PATCH /user'], {
      summary: 'Change your name',
      body: z.strictObject({ name: nameSchema.nullable() }),
      answers: { 200: z.object({ user: userJsonSchema }) },
      async handle({ body, ...request }) {
        const user = await rename(deps, request, body.name)
        return { status: 200, body: { user: toUserJson(user) } }
      },
    }),

    defineRoute(accountCalls['DELETE /user'], {
      summary: 'Delete your account and everything that belongs to it',
      answers: { 204: null },
      async handle({ principal, stamp }) {
        await deleteUser(deps, principal.user.id, stamp)
        return { status: 204, cookies: deps.cookies.clear() }
      },
    }),

    defineRoute(
      defineCall('POST /account/rename', {
        name: 'forms.rename',
        access: 'session',
        body: json<{ readonly name?: string | undefined }>(),
      }),
      {
        summary: 'Form of the account page: change your name, or remove it',
        body: z.strictObject({ name: nameSchema.optional() }),
        answers: {},
        form: { only: true, page: '/account', done: '/account', notice: 'account.renamed' },
        async handle({ body, ...request }) {
          await rename(deps, request, body.name ?? null)
          return { status: 204 }
        },
      },
    ),

    defineRoute(
      defineCall('POST /account/cancel-email-change', { name: 'forms.cancelEmailChange', access: 'session' }),
      {
        summary: 'Form of the account page: cancel a pending change of your email address',
        answers: {},
        form: { only: true, page: '/account', done: '/account', notice: 'account.changeCancelled' },
        async handle({ principal, stamp }) {
          await cancelEmailChange(deps, principal.user.id, stamp)
          return { status: 204 }
        },
      },
    ),

    defineRoute(
      defineCall('POST /account/delete', {
        name: 'forms.deleteAccount',
        access: 'fresh_session',
        body: json<{ readonly email: string }>(),
      }),
      {
        summary: 'Form of the account page: delete your account. The typed email address confirms it',
        body: z.strictObject({ email: z.string('Must be a string.') }),
        answers: {},
        form: { only: true, page: '/account/delete', done: '/login', notice: 'account.deleted' },
        async handle({ principal, body, stamp }) {
          requireOwnEmail(principal.user, body.email)
          await deleteUser(deps, principal.user.id, stamp)
          return { status: 204, cookies: deps.cookies.clear() }
        },
      },
    ),
  ]
}

/** Throws `validation_failed` if a typed email address is not the address of the account. */
function requireOwnEmail({ email }: User, typed: string): void {
  if (parseEmailAddress(typed) === email) return
  throw invalidMember('#/email', 'Must be the email address of the account.', { code: 'other_email' })
}

/** Changes the name within the budget of the user. The API and the form share it. */
async function rename(
  deps: AccountRouteDeps,
  { principal: { user }, ...request }: Omit<RouteRequest<unknown, SessionPrincipal>, 'body'>,
  name: string | null,
): Promise<User> {
  await takeChangeBudget(deps.throttle, readCaller(deps.throttle, 'user_rename', request), user.id)
  return renameUser(deps, user.id, name, request.stamp)
}
