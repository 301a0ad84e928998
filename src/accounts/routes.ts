import { z } from 'zod'
import type { CookieFactory } from '../kernel/cookie.ts'
import { defineRoute, type Route } from '../kernel/route.ts'
import { toUserJson, userJsonSchema } from '../kernel/user-json.ts'
import { type DeleteUserDeps, deleteUser } from './delete-user.ts'
import { type ExportDeps, exportUser, userExportSchema } from './export-user.ts'
import { type RenameUserDeps, renameUser } from './rename-user.ts'
import { nameSchema } from './user-name.ts'

/** Dependencies of the routes of accounts. */
export interface AccountRouteDeps extends RenameUserDeps, DeleteUserDeps, ExportDeps {
  readonly cookies: CookieFactory
}

/** See, rename and delete your account. */
export function accountRoutes(deps: AccountRouteDeps): Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/user',
      summary: 'Your account',
      access: 'user',
      answers: { 200: z.object({ user: userJsonSchema }) },
      async handle({ principal }) {
        return { status: 200, body: { user: toUserJson(principal.user) } }
      },
    }),

    defineRoute({
      method: 'GET',
      path: '/user/export',
      summary: 'Everything that is stored about your account',
      access: 'session',
      answers: { 200: userExportSchema(deps.exportParts) },
      async handle({ principal, stamp }) {
        const body = await exportUser(deps, principal.user.id, stamp)
        return { status: 200, body, fileName: 'account.json' }
      },
    }),

    defineRoute({
      method: 'PATCH',
      path: '/user',
      summary: 'Change your name',
      access: 'session',
      body: z.strictObject({ name: nameSchema.nullable() }),
      answers: { 200: z.object({ user: userJsonSchema }) },
      async handle({ principal, body, stamp }) {
        const user = await renameUser(deps, principal.user.id, body.name, stamp)
        return { status: 200, body: { user: toUserJson(user) } }
      },
    }),

    defineRoute({
      method: 'DELETE',
      path: '/user',
      summary: 'Delete your account and everything that belongs to it',
      access: 'fresh_session',
      answers: { 204: null },
      async handle({ principal, stamp }) {
        await deleteUser(deps, principal.user.id, stamp)
        return { status: 204, cookies: [deps.cookies.clear()], clearsSiteData: true }
      },
    }),

    defineRoute({
      method: 'POST',
      path: '/account/delete',
      summary: 'Form of the account page: delete your account',
      access: 'fresh_session',
      answers: {},
      form: { only: true, page: '/account', done: '/login', notice: 'account_deleted' },
      async handle({ principal, stamp }) {
        await deleteUser(deps, principal.user.id, stamp)
        return { status: 204, cookies: [deps.cookies.clear()], clearsSiteData: true }
      },
    }),
  ]
}
