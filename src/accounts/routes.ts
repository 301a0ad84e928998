import { z } from 'zod'
import type { CookieFactory } from '../kernel/cookie.ts'
import { defineCall } from '../kernel/define-calls.ts'
import { defineRoute, type Route } from '../kernel/route.ts'
import { toUserJson, userJsonSchema } from '../kernel/user-json.ts'
import { type DeleteUserDeps, deleteUser } from './delete-user.ts'
import { type ExportDeps, exportUser, userExportSchema } from './export-user.ts'
import { type RenameUserDeps, renameUser } from './rename-user.ts'
import { nameSchema } from './user-name.ts'
import { accountCalls } from './wire.ts'

/** Dependencies of the routes of accounts. */
export interface AccountRouteDeps extends RenameUserDeps, DeleteUserDeps, ExportDeps {
  readonly cookies: CookieFactory
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
      async handle({ principal, stamp }) {
        const body = await exportUser(deps, principal.user.id, stamp)
        return { status: 200, body, fileName: 'account.json' }
      },
    }),

    defineRoute(accountCalls['PATCH /user'], {
      summary: 'Change your name',
      body: z.strictObject({ name: nameSchema.nullable() }),
      answers: { 200: z.object({ user: userJsonSchema }) },
      async handle({ principal, body, stamp }) {
        const user = await renameUser(deps, principal.user.id, body.name, stamp)
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

    defineRoute(defineCall('POST /account/delete', { name: 'forms.deleteAccount', access: 'fresh_session' }), {
      summary: 'Form of the account page: delete your account',
      answers: {},
      form: { only: true, page: '/account', done: '/login', notice: 'account_deleted' },
      async handle({ principal, stamp }) {
        await deleteUser(deps, principal.user.id, stamp)
        return { status: 204, cookies: deps.cookies.clear() }
      },
    }),
  ]
}
